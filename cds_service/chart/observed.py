"""Observations wherever they stand (alone, or contained in a report or a panel), with what bears on all of them.

Whose sample it was, when it was taken, what it was taken with, and which status counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cds_service.chart.source import Sifted, Source
from cds_service.fhir.elements import first_when, plain_text, references, texts, when
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import SetAside
from cds_service.timing import When
from cds_service.wording import reasons

FINAL = ("final", "amended", "corrected")
REPORT_IS_FINAL = (*FINAL, "appended")
WITHDRAWN = ("entered-in-error", "cancelled")
_PERSON = re.compile(
    r"\b(?:mother|father|maternal|paternal|parent(?:al)?|sibling|brother|sister|donor)\b", re.IGNORECASE
)
_PEOPLE = ("Patient", "RelatedPerson", "Group", "Practitioner", "")


@dataclass(frozen=True)
class Observed:
    """One Observation. `record` is what names it as evidence: itself, or the `container` it is contained in."""

    source: Source
    record: Record
    model: Any
    container: Any = None

    @property
    def key(self) -> str:
        """By what another resource refers to it."""
        return f"{self.record.reference}#{self.model.id}" if self.container is not None else self.record.reference

    @cached_property
    def panels(self) -> tuple[Any, ...]:
        """The reports and panels that hold or list it, as far as they can be read and are the patient's."""
        if self.container is not None:
            return (self.container,)
        return tuple(model for record in self.source.panels_of(self.record) for model in self._own_panel(record))

    @property
    def withheld(self) -> str | None:
        """The status that keeps it from counting: its own, or the weaker one of the report that contains it, or
        that of reports that list it when all of them were withdrawn."""
        if self.model.status not in FINAL:
            return str(self.model.status)
        if self.container is not None and self.container.status not in REPORT_IS_FINAL:
            return str(self.container.status)
        statuses = [str(panel.status) for panel in self.panels]
        return statuses[0] if statuses and all(status in WITHDRAWN for status in statuses) else None

    @cached_property
    def specimen(self) -> Any:
        """The Specimen it was made on; None where it is not here."""
        reference = self.model.specimen
        literal = (reference.reference or "").strip() if reference else ""
        if literal.startswith("#"):
            holder = self.container if self.container is not None else self.model
            return next((each for each in holder.contained or () if each.id == literal[1:]), None)
        record = self.source.at(reference)
        return _read(record) if record is not None and record.type == "Specimen" else None

    @property
    def specimen_texts(self) -> tuple[str, ...]:
        """What is said in words of the specimen."""
        reference = self.model.specimen
        said = (plain_text(reference.display),) if reference and reference.display else ()
        return (*said, *texts(getattr(self.specimen, "type", None)))

    @cached_property
    def when(self) -> When | None:
        """When it was made: its own time, its specimen's, its panel's, else some time before it was issued."""
        collection = getattr(self.specimen, "collection", None)
        own = first_when(self.model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
        own = own or (first_when(collection, "collectedDateTime", "collectedPeriod") if collection else None)
        listed = (first_when(panel, "effectiveDateTime", "effectivePeriod") for panel in self.panels)
        return own or next(filter(None, listed), None) or When.between(None, when(self.model.issued))

    @property
    def together(self) -> frozenset[str]:
        """Keys of what it was taken with: the same specimen, report or panel."""
        keys = {f"report:{self.record.reference}"}
        if self.container is None:
            keys |= {f"report:{panel.reference}" for panel in self.source.panels_of(self.record)}
        reference = self.model.specimen
        if reference and reference.reference:
            keys.add(f"specimen:{self._place(reference.reference.strip())}")
        if reference and reference.identifier and reference.identifier.value:
            keys.add(f"specimen:{reference.identifier.system or ''}|{reference.identifier.value}")
        return frozenset(keys)

    def _place(self, literal: str) -> str:
        if literal.startswith("#"):
            return f"{self.record.reference}{literal}"
        record = self.source.records.at(literal)
        return record.reference if record else "/".join(split_literal(literal)[1:])

    def _own_panel(self, record: Record) -> Iterator[Any]:
        panel = _read(record)
        if panel is not None and self.source.identity.owner(panel.subject, record, panel.contained) is not Whose.OTHER:
            yield panel

    @property
    def anothers(self) -> bool:
        """Whether it was made on, or is about, somebody else (a parent's sample in the same report)."""
        return is_about_another(self.source, self.record, self.model) or self._specimen_is_anothers()

    def _specimen_is_anothers(self) -> bool:
        if any(map(_PERSON.search, self.specimen_texts)):
            return True
        owner = getattr(self.specimen, "subject", None)
        holder = self.container if self.container is not None else self.model
        return self.source.identity.owner(owner, self.record, holder.contained) is Whose.OTHER


def is_about_another(source: Source, record: Record, model: Any) -> bool:
    """Whether an Observation in the patient's chart has another person (donor, mother) as its focus."""
    for focus in references(getattr(model, "focus", None)):
        kind = split_literal(focus.reference or "")[1] or (focus.type or "")
        if kind in _PEOPLE and source.identity.owner(focus, record, model.contained) is not Whose.PATIENT:
            return True
    return False


def observed(source: Source, *meanings: str) -> tuple[list[Observed], Sifted]:
    """The patient's Observations with any of the meanings, and all contained ones; and what could not be used."""
    sifted = source.sift(source.about(("Observation",), *meanings), ("Observation",))
    found = [Observed(source, record, model) for record, model in sifted.usable]
    found += _contained(source, sifted)
    mine = []
    for each in found:
        if each.anothers:
            sifted.aside(each.record, reasons.ANOTHER_PATIENT)
        else:
            mine.append(each)
    return mine, sifted


def _contained(source: Source, sifted: Sifted) -> Iterator[Observed]:
    containers = source.sift(_containers(source), ("DiagnosticReport",))
    sifted.troubles += [each for each in containers.troubles if each not in sifted.troubles]
    sifted.set_aside += [each for each in containers.set_aside if each not in sifted.set_aside]
    for record, container in containers.usable:
        for inside in container.contained or ():
            if inside.get_resource_type() != "Observation":
                continue
            if inside.modifierExtension:
                sifted.trouble(record, reasons.MODIFIED)
            elif _is_patients(source, record, container, inside):
                yield Observed(source, record, inside, container)
            else:
                sifted.set_aside.append(SetAside(f"{record.reference}#{inside.id}", reasons.ANOTHER_PATIENT))


def _containers(source: Source) -> list[Record]:
    records = source.records.of("DiagnosticReport", "Observation")
    holding = (record for record in records if len(record.header.contained))
    return [record for record in holding if b"Observation" in bytes(record.header.contained)]


def _is_patients(source: Source, record: Record, container: Any, inside: Any) -> bool:
    """What is contained is its container's patient's, unless it says otherwise."""
    if inside.subject is None:
        return True
    return source.identity.owner(inside.subject, record, container.contained) is Whose.PATIENT


def _read(record: Record) -> Any:
    try:
        return record.read()
    except Unreadable:
        return None
