"""The people of a chart as a page names them, and what chart and directory say of the clinicians among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.clinicians import PEOPLE, Clinicians
from cds_service.chart.clinicians import Clinician as Known
from cds_service.chart.read import UserReference
from cds_service.chart.source import Source
from cds_service.chart.specialty import TRANSPLANT
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Answer
from cds_service.wording.shown import SPECIALTY
from cds_service.worksheet.opened import Clinician, Patient


class People:
    """The clinicians of a chart, with their names and what is said of them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._clinicians = Clinicians(source)

    def all(self) -> tuple[Clinician, ...]:
        """Everybody on record, each person once, by name."""
        known: dict[str, Clinician] = {}
        for record in self._source.records.of("PractitionerRole", "Practitioner"):
            person = self._clinicians.person(UserReference(record.reference))
            known.setdefault(person, self.one(record.reference))
        return tuple(sorted(known.values(), key=lambda clinician: clinician.name))

    def one(self, reference: str) -> Clinician:
        """One clinician, as far as chart and directory tell."""
        found = self._clinicians.behind(UserReference(reference))
        return Clinician(reference, self._name(reference), _words(found), self._is_transplant(found))

    def _is_transplant(self, found: Known | None) -> Answer:
        if found is not None and TRANSPLANT in found.specialties:
            return Answer.MET
        unread = found is None or not found.known or "PractitionerRole" in self._source.incomplete
        return Answer.UNKNOWN if unread else Answer.NOT_MET

    def _name(self, reference: str) -> str:
        resource = self._plain(reference)
        named = resource.get("practitioner")
        if isinstance(named, dict):
            behind = self._plain(str(named.get("reference")))
            return _name_of(behind) or str(named.get("display") or reference)
        return _name_of(resource) or reference

    def _plain(self, reference: str) -> dict[str, Any]:
        record = self._source.at(UserReference(reference))
        try:
            return record.plain() if record is not None and record.type in PEOPLE else {}
        except Unreadable:
            return {}


def _words(found: Known | None) -> tuple[str, ...]:
    """What somebody is called on record; in our words where only a code says it."""
    if found is None:
        return ()
    coded = (SPECIALTY[each] for each in sorted(found.specialties) if each in SPECIALTY)
    return found.words or tuple(coded)


def patient_of(id_: str, resource: dict[str, Any]) -> Patient:
    """The patient, from the Patient resource as a dict; empty where there is none."""
    return Patient(id_, _name_of(resource), str(resource.get("birthDate", "")))


def _name_of(resource: dict[str, Any]) -> str:
    """The first of a person's names that can be shown; a usual or official one before a former one."""
    names = [name for name in resource.get("name") or () if isinstance(name, dict) and name.get("use") != "old"]
    return next(filter(None, map(_shown, names)), "")


def _shown(name: dict[str, Any]) -> str:
    return " ".join(str(name.get("text") or " ".join(_parts(name))).split())


def _parts(name: dict[str, Any]) -> Iterator[str]:
    for part in ("prefix", "given", "family", "suffix"):
        value = name.get(part) or ()
        yield from (value,) if isinstance(value, str) else map(str, value)
