"""Who the clinicians are: a reference, joined over all PractitionerRoles and the Practitioner, to specialties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.source import Source
from cds_service.fhir.elements import period, texts
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable

TRANSPLANT = "transplant-specialist"
SECOND = ("haematologist", "oncologist", "immunologist", "infectious-disease-specialist")
TO_REVIEW = ("transplant-surgery", "oncologist-other-kind")
SPECIALTIES = (TRANSPLANT, *SECOND, *TO_REVIEW)


@dataclass(frozen=True, slots=True)
class Clinician:
    """A person as far as the chart tells: a key that is the same for the same person, and what they specialise in.

    `known` is False where nothing at all could be found behind the reference.
    """

    key: str
    specialties: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    source: str = ""
    known: bool = True
    professional: bool = True
    """False for a nurse, coordinator, technologist, pharmacist or laboratory: they are never the specialist."""


class Clinicians:
    """All the clinicians of one chart, by reference."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._roles: dict[str, list[tuple[Record, Any]]] = defaultdict(list)
        for record, role in self._readable("PractitionerRole"):
            self._roles[self._person(role, record.reference)].append((record, role))

    def behind(self, reference: Any, contained: Iterable[Any] | None = None) -> Clinician | None:
        """The clinician a Reference names; None where it names none (an organization, a patient, a device)."""
        literal = (reference.reference or "").strip() if reference is not None else ""
        if literal.startswith("#"):
            return self._inside(literal, contained)
        if not literal:
            return None
        record = self._source.at(reference)
        if record is None:
            return self._unsent(literal)
        if record.type == "PractitionerRole":
            return self._by_role(record)
        if record.type == "Practitioner":
            return self._joined(record.reference, record)
        return None

    def _by_role(self, record: Record) -> Clinician | None:
        try:
            role = record.read()
        except Unreadable:
            return Clinician(record.reference, known=False, source=record.reference)
        person = self._person(role, record.reference)
        practitioner = self._source.at(role.practitioner)
        return self._joined(person, practitioner)

    def _unsent(self, literal: str) -> Clinician | None:
        kind = literal.split("/_history/", maxsplit=1)[0].rstrip("/").split("/")[-2:-1]
        if kind not in (["Practitioner"], ["PractitionerRole"]) and not literal.startswith("urn:"):
            return None
        if literal in self._roles:
            return self._joined(literal, None)
        return Clinician(literal, known=False, source=literal)

    def _inside(self, literal: str, contained: Iterable[Any] | None) -> Clinician | None:
        for resource in contained or ():
            if resource.id != literal[1:]:
                continue
            kind = resource.get_resource_type()
            if kind == "PractitionerRole":
                person = self._person(resource, literal)
                joined = self._joined(person, self._source.at(resource.practitioner))
                return (
                    _merged(joined, self._of_role(resource), literal) if _is_active(resource, self._source) else joined
                )
            if kind == "Practitioner":
                return _merged(Clinician(literal), _Said(*self._of_qualifications(resource)), literal)
        return None

    def _joined(self, person: str, practitioner: Record | None) -> Clinician:
        clinician = Clinician(person, source=person)
        for record, role in self._roles.get(person, ()):
            if _is_active(role, self._source):
                clinician = _merged(clinician, self._of_role(role), record.reference)
        if practitioner is not None and practitioner.type == "Practitioner":
            try:
                model = practitioner.read()
            except Unreadable:
                return clinician
            if model.active is not False:
                clinician = _merged(clinician, _Said(*self._of_qualifications(model)), practitioner.reference)
        return clinician

    def _of_role(self, role: Any) -> _Said:
        concepts = [*(role.specialty or ()), *(role.code or ())]
        specialties, words = self.said_by(concepts)
        other = any(phrases.other_profession(text) for concept in role.code or () for text in texts(concept))
        other = other or any("nursing-pharmacy-technical" in self._codes(concept) for concept in concepts)
        return _Said(specialties, words, not other)

    def _of_qualifications(self, practitioner: Any) -> tuple[frozenset[str], tuple[str, ...], bool]:
        concepts = [each.code for each in practitioner.qualification or () if each.code is not None]
        specialties, words = self.said_by(concepts)
        other = any(phrases.other_profession(text) for concept in concepts for text in texts(concept))
        return specialties, words, not other

    def said_by(self, concepts: Iterable[Any]) -> tuple[frozenset[str], tuple[str, ...]]:
        """The specialties that concepts name, by code or in words, and the words themselves."""
        specialties: set[str] = set()
        words: list[str] = []
        for concept in concepts:
            codes = self._codes(concept)
            specialties |= codes & set(SPECIALTIES)
            words += texts(concept)[:1]
            if not codes & {"not-the-specialist", "nursing-pharmacy-technical"}:
                for text in texts(concept):
                    specialties |= phrases.specialties_in(text)
        return frozenset(specialties), tuple(dict.fromkeys(words))

    def _codes(self, concept: Any) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for coding in concept.coding or ():
            found |= self._source.terminology.meanings(coding.system, coding.code)
        return found

    def _person(self, role: Any, otherwise: str) -> str:
        record = self._source.at(role.practitioner) if role.practitioner else None
        if record is not None:
            return record.reference
        literal = role.practitioner.reference if role.practitioner else None
        return str(literal) if literal else otherwise

    def _readable(self, kind: str) -> Iterator[tuple[Record, Any]]:
        for record in self._source.records.of(kind):
            try:
                model = record.read()
            except Unreadable:
                continue
            if not model.modifierExtension:
                yield record, model


@dataclass(frozen=True, slots=True)
class _Said:
    specialties: frozenset[str]
    words: tuple[str, ...]
    professional: bool = True


def _merged(clinician: Clinician, said: _Said, source: str) -> Clinician:
    professional = clinician.professional and said.professional
    specialties = (clinician.specialties | said.specialties) if professional else frozenset()
    named = clinician.source if clinician.specialties else source
    return Clinician(
        clinician.key,
        specialties,
        (*clinician.words, *said.words),
        named,
        known=True,
        professional=professional,
    )


def _is_active(role: Any, source: Source) -> bool:
    if role.active is False:
        return False
    span = period(role.period)
    return span is None or span.last.date() >= source.today
