"""Procedures that change what later results mean: transplants, gene therapy, granulocytes; and aphereses.

There is no verified code for apheresis or granulocyte transfusion: text on a completed Procedure counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.source import Sifted, Source
from cds_service.fhir.elements import first_when, name_of, texts
from cds_service.fhir.records import Record
from cds_service.logic import Answer, Evidence
from cds_service.timing import When
from cds_service.wording import reasons, shown

DONE = ("completed", "in-progress", "stopped")
_WORDS = ("~transplant", "~gene-therapy", "~other-gene-therapy", "~kresladi")
_CODES = ("stem-cell-transplant", "allogeneic-transplant", "genetically-modified-cell-infusion", "kresladi")


@dataclass(frozen=True, slots=True)
class Event:
    """Something done to the patient, and when, as far as the chart says."""

    when: When | None
    evidence: Evidence
    allogeneic: bool = False


@dataclass(frozen=True, slots=True)
class Treatments:
    """What was done to the patient that bears on other results."""

    transplants: tuple[Event, ...] = ()
    """Transplants of haematopoietic cells and gene therapies."""
    granulocytes: tuple[Event, ...] = ()
    aphereses: tuple[Event, ...] = ()

    def spoil(self, when: When | None) -> str | None:
        """Why a result of that moment says nothing about the diagnosis; None where it does."""
        for event in self.transplants:
            before = when.before(event.when) if when and event.when else Answer.UNKNOWN
            if before is Answer.NOT_MET:
                return reasons.after_treatment(event.evidence.says)
            if before is Answer.UNKNOWN:
                return reasons.not_known_before(event.evidence.says)
        for event in self.granulocytes:
            after = when.within_days_after(event.when, 7) if when and event.when else Answer.UNKNOWN
            if after is not Answer.NOT_MET:
                return reasons.after_granulocytes(event.evidence.says)
        return None


def read_treatments(source: Source) -> Treatments:
    """All transplants, gene therapies, granulocyte transfusions and aphereses on record."""
    procedures = source.sift(source.about(("Procedure",), *_CODES, *_WORDS, "~granulocyte-transfusion", "~apheresis"))
    done = [(record, model) for record, model in procedures.usable if model.status in DONE]
    transplants = [*_events(done, lambda p: _is_transplant(source, *p)), *_administered(source)]
    if not any(event.when for event in transplants):
        transplants += _by_status_code(source)
    return Treatments(
        tuple(transplants),
        tuple(_events(done, lambda p: phrases.plainly_named("granulocyte-transfusion", texts(p[1].code)))),
        tuple(_events(done, lambda p: p[1].status == "completed" and _is_apheresis(texts(p[1].code)))),
    )


def _events(pairs: Iterable[tuple[Record, Any]], wanted: Any) -> list[Event]:
    return [_event(record, model) for record, model in pairs if wanted((record, model))]


def _event(record: Record, model: Any) -> Event:
    when = first_when(model, "performedDateTime", "performedPeriod", "effectiveDateTime", "effectivePeriod")
    concept = getattr(model, "code", None) or getattr(model, "medicationCodeableConcept", None)
    said = texts(concept)
    codes = {coding.code for coding in (concept.coding or () if concept else ())}
    allogeneic = phrases.plainly_named("allogeneic", said) or "38240" in codes
    return Event(when, Evidence(shown.event(name_of(concept), when), record.reference), allogeneic)


def _is_transplant(source: Source, record: Record, model: Any) -> bool:
    means = source.means(record)
    if means & set(_CODES):
        return True
    said = texts(model.code)
    named = any(phrases.plainly_named(tag, said) for tag in ("transplant", "gene-therapy", "kresladi"))
    named = named or phrases.plainly_named("other-gene-therapy", said)
    return named and not phrases.about_a_procedure(said)


def _administered(source: Source) -> list[Event]:
    records = source.about(("MedicationAdministration",), "kresladi", "~kresladi", "~other-gene-therapy")
    given = source.sift(records)
    return [
        _event(record, model)
        for record, model in given.usable
        if model.status in DONE and source.means(record) & {"kresladi", "~kresladi", "~other-gene-therapy"}
    ]


def _by_status_code(source: Source) -> list[Event]:
    """A diagnosis code that says "has had one", for charts that hold no dated procedure."""
    conditions: Sifted = source.sift(source.about(("Condition",), "stem-cell-transplant", "gene-therapy-history"))
    return [
        Event(
            first_when(model, "onsetDateTime", "onsetPeriod"),
            Evidence(shown.named(name_of(model.code)), record.reference),
        )
        for record, model in conditions.usable
        if source.means(record) & {"stem-cell-transplant", "gene-therapy-history"}
    ]


def _is_apheresis(said: tuple[str, ...]) -> bool:
    return phrases.plainly_named("apheresis", said) and not phrases.names("other-apheresis", said)
