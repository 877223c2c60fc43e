"""Who the clinicians are: a reference, joined over every resource that tells what the person specialises in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cds_service.chart.sightings import Sighting, is_current, on_care_teams, writing_notes
from cds_service.chart.source import Sifted, Source
from cds_service.chart.specialty import ONCOLOGIST, OTHER_ONCOLOGIST, Said, said_by
from cds_service.chart.specialty_words import other_profession
from cds_service.fhir.elements import is_masked, period
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen
from cds_service.wording import reasons

PEOPLE = ("Practitioner", "PractitionerRole")


@frozen
class Clinician:
    """A person as far as the chart tells: a key that is the same for the same person, and what is said of them.

    `known` is False where nothing at all could be found behind the reference.
    """

    key: str
    said: tuple[Said, ...] = ()
    known: bool = True

    @property
    def is_physician(self) -> bool:
        """Not so once anything names a nurse, coordinator, technologist or pharmacist."""
        return False not in [each.physician for each in self.said]

    @property
    def specialties(self) -> frozenset[str]:
        """What the person specialises in today."""
        said = self.said if self.is_physician else ()
        return frozenset(name for each in said if each.current for name in self._held(each))

    @property
    def words(self) -> tuple[str, ...]:
        """What the person is called in words."""
        return tuple(dict.fromkeys(word for each in self.said for word in each.words))

    def holding(self, specialties: Collection[str], *, current: bool = True) -> Said | None:
        """What says that the person holds (or, not current, once held) one of the specialties."""
        said = self.said if self.is_physician else ()
        return next((s for s in said if s.current is current and not self._held(s).isdisjoint(specialties)), None)

    def _held(self, said: Said) -> frozenset[str]:
        """What one resource says the person specialises in; "oncologist" alone is read by what the others say."""
        of_another_kind = said.any_oncologist and any(OTHER_ONCOLOGIST in each.specialties for each in self.said)
        return said.specialties - {ONCOLOGIST} if of_another_kind else said.specialties

    def also(self, said: Said) -> Clinician:
        """The same person, with one thing more said of them."""
        return Clinician(self.key, tuple(dict.fromkeys((*self.said, said))), self.known)


class Clinicians:
    """All the clinicians of one chart, by reference; and who is on the care teams and wrote the consult notes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._said: dict[str, list[Said]] = defaultdict(list)
        self._persons: dict[str, str] = {}
        self.sifted = Sifted()
        for record in source.records.of("PractitionerRole"):
            self._take_role(record)
        self.sightings = (*on_care_teams(source, self.sifted), *writing_notes(source, self.sifted))
        for sighting in self.sightings:
            self._take_sighting(sighting)

    def behind(self, reference: Any, contained: Iterable[Any] | None = None, holder: str = "") -> Clinician | None:
        """The clinician whom a Reference in the resource `holder` names; None where it names none (an organization,
        a patient, a device)."""
        literal = (reference.reference or "").strip() if reference is not None else ""
        if literal.startswith("#"):
            return self._inside(literal, list(contained or ()), holder)
        if not literal:
            return _by_name_only(reference)
        record = self._source.at(reference)
        if (record.type if record else _kind_of(reference, literal)) not in PEOPLE:
            return None
        person = self.person(reference)
        said = (*self._said.get(person, ()), *self._qualifications(self._source.records.at(person)))
        found = record is not None or bool(said) or person in self._source.absent
        unread = person in self._source.roles_unread and not any(each.specialties for each in said)
        return Clinician(person, tuple(dict.fromkeys(said)), known=found and not unread)

    def person(self, reference: Any) -> str:
        """The key of the person whom a literal reference leads to, whether to the Practitioner or to a role."""
        record = self._source.at(reference)
        if record is not None:
            return self._persons.get(record.reference, record.reference)
        literal = str(reference.reference).strip()
        base, kind, id_ = split_literal(literal)
        elsewhere = literal.startswith("urn:") or (base and base not in self._source.identity.bases)
        return literal if elsewhere else f"{kind}/{id_}"

    # --- taking in ------------------------------------------------------------------------------------------------

    def _take_role(self, record: Record) -> None:
        role = self._read(record)
        if role is None:
            return
        named = role.practitioner
        person = self.person(named) if named is not None and named.reference else record.reference
        self._persons[record.reference] = person
        self._said[person].append(self._of_role(role, record.reference))

    def _take_sighting(self, sighting: Sighting) -> None:
        literal = (sighting.who.reference or "").strip()
        if sighting.as_what and literal and not literal.startswith("#"):
            said = said_by(self._source.terminology, sighting.as_what, sighting.source)
            if said.specialties:
                self._said[self.person(sighting.who)].append(said)

    def _of_role(self, role: Any, reference: str) -> Said:
        current = role.active is not False and is_current(period(role.period), self._source)
        concepts = (*(role.specialty or ()), *(role.code or ()))
        return said_by(self._source.terminology, concepts, reference, current=current)

    def _qualifications(self, record: Record | None) -> Iterator[Said]:
        practitioner = self._read(record) if record is not None and record.type == "Practitioner" else None
        if practitioner is not None and record is not None:
            yield from self._of_practitioner(practitioner, record.reference)

    def _of_practitioner(self, practitioner: Any, reference: str) -> Iterator[Said]:
        for each in practitioner.qualification or ():
            current = practitioner.active is not False and is_current(period(each.period), self._source)
            yield said_by(self._source.terminology, (each.code,), reference, current=current)
        degrees = tuple(suffix for name in practitioner.name or () for suffix in name.suffix or () if suffix)
        if any(map(other_profession, degrees)):
            yield Said(reference, words=degrees, physician=False)

    def _inside(self, literal: str, contained: list[Any], holder: str) -> Clinician | None:
        resource = next((each for each in contained if each.id == literal[1:]), None)
        kind = resource.get_resource_type() if resource is not None else ""
        place = f"{holder}{literal}"
        if kind == "Practitioner":
            return Clinician(place, tuple(self._of_practitioner(resource, holder)))
        if kind != "PractitionerRole" or resource is None:
            return None
        named = resource.practitioner
        person = self.behind(named, contained, holder) if named is not None else None
        return (person or Clinician(place)).also(self._of_role(resource, holder))

    def _read(self, record: Record) -> Any:
        """The model; None, and noted, where it cannot be used."""
        try:
            model = record.read()
        except Unreadable as unreadable:
            because = reasons.unreadable(str(unreadable))
        else:
            if not model.modifierExtension and not is_masked(model):
                return model
            because = reasons.MODIFIED if model.modifierExtension else reasons.MASKED
        if (record.reference, because) not in self.sifted.troubles:
            self.sifted.trouble(record, because)
        return None


def _by_name_only(reference: Any) -> Clinician | None:
    """A person whom a Reference only identifies or displays: nothing can be joined to a name."""
    if reference is None or reference.type not in (None, *PEOPLE):
        return None
    identifier = reference.identifier
    if identifier is not None and identifier.value:
        return Clinician(f"{identifier.system or ''}|{identifier.value}", known=False)
    return Clinician(reference.display) if reference.display else None


def _kind_of(reference: Any, literal: str) -> str:
    """The type that a reference to a resource that is not here says it leads to; a `urn:` may be anyone's."""
    if literal.startswith("urn:"):
        return str(getattr(reference, "type", None) or PEOPLE[0])
    return split_literal(literal)[1]
