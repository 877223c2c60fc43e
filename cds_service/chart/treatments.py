"""Procedures that change what later results mean: transplants, gene therapy, granulocytes; and aphereses.

There is no verified code for apheresis or granulocyte transfusion: text on a completed Procedure counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.giving_words import about_a_procedure
from cds_service.chart.source import Source
from cds_service.chart.verification import REFUTED, verification
from cds_service.fhir.elements import first_when, name_of, texts
from cds_service.fhir.records import Record
from cds_service.logic import Answer, Evidence
from cds_service.timing import When
from cds_service.wording import reasons, shown

DONE = ("completed", "in-progress", "stopped")
_PERHAPS = ("unknown", "on-hold")
"""A treatment that may have been given leaves it open what a later result says."""
_PRODUCTS = ("~other-gene-therapy", "~kresladi")
_WORDS = ("~transplant", "~gene-therapy", *_PRODUCTS)
_CODES = ("stem-cell-transplant", "allogeneic-transplant", "genetically-modified-cell-infusion", "kresladi")
_STATUS_CODES = ("stem-cell-transplant", "gene-therapy-history")
_DONOR = re.compile(
    r"\b(?:matched|related|identical|full|hla|[- ])*\b(?:sibling|brother|sister|mother|father|maternal|paternal)\b"
    r"(?:'s)?(?: donor)?",
    re.IGNORECASE,
)
_HAS_HAD = re.compile(
    r"history of|status[- ]post|\bs/p\b|\bh/o\b|\bpost\b|recipient|\bafter\b|\bfollowing\b", re.IGNORECASE
)


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
        return self.after_transplant(when) or self._after_granulocytes(when)

    def after_transplant(self, when: When | None) -> str | None:
        """Why a result of that moment may be of a donor's, or of corrected, cells; None where it is from before."""
        for event in self.transplants:
            before = when.before(event.when) if when and event.when else Answer.UNKNOWN
            if before is Answer.NOT_MET:
                return reasons.after_treatment(event.evidence.says)
            if before is Answer.UNKNOWN:
                return reasons.not_known_before(event.evidence.says)
        return None

    def _after_granulocytes(self, when: When | None) -> str | None:
        for event in self.granulocytes:
            after = when.within_days_after(event.when, 7) if when and event.when else Answer.UNKNOWN
            if after is not Answer.NOT_MET:
                return reasons.after_granulocytes(event.evidence.says)
        return None


def read_treatments(source: Source) -> Treatments:
    """All transplants, gene therapies, granulocyte transfusions and aphereses on record."""
    transplants = _procedures(source, _is_transplant, *_CODES, *_WORDS)
    if not any(event.when for event in transplants):
        transplants += _by_condition(source)
    return Treatments(
        tuple(transplants),
        tuple(_procedures(source, _is_granulocyte_transfusion, "~granulocyte-transfusion")),
        tuple(_aphereses(source)),
    )


def _procedures(source: Source, wanted: Callable[[Source, Record, Any], bool], *meanings: str) -> list[Event]:
    """The procedures wanted that were done, or may have been; one that cannot be used may have been at any time."""
    sifted = source.sift(source.about(("Procedure", "MedicationAdministration"), *meanings))
    done = [
        _event(record, model)
        for record, model in sifted.usable
        if _may_be_done(model) and wanted(source, record, model)
    ]
    return [*done, *(Event(None, Evidence(shown.PROCEDURE_NOT_USABLE, reference)) for reference, _ in sifted.troubles)]


def _may_be_done(model: Any) -> bool:
    return model.status in (*DONE, *_PERHAPS)


def _event(record: Record, model: Any) -> Event:
    when = first_when(model, "performedDateTime", "performedPeriod", "effectiveDateTime", "effectivePeriod")
    concept = _concept(model)
    codes = {coding.code for coding in (concept.coding or () if concept else ())}
    allogeneic = phrases.plainly_named("allogeneic", _without_donor(concept)) or "38240" in codes
    return Event(
        when, Evidence(shown.event(name_of(concept), when), record.reference), allogeneic and model.status in DONE
    )


def _concept(model: Any) -> Any:
    return getattr(model, "code", None) or getattr(model, "medicationCodeableConcept", None)


def _without_donor(concept: Any) -> tuple[str, ...]:
    """The words of a concept; "sibling donor" says where cells came from, not that the transplant was the sibling's."""
    return tuple(_DONOR.sub(" allogeneic", text) for text in texts(concept))


def _is_transplant(source: Source, record: Record, model: Any) -> bool:
    if source.means(record) & set(_CODES):
        return True
    said = _without_donor(_concept(model))
    words = _PRODUCTS if record.type == "MedicationAdministration" else _WORDS
    named = any(phrases.plainly_named(word.removeprefix("~"), said) for word in words)
    return named and not about_a_procedure(said)


def _is_granulocyte_transfusion(_source: Source, _record: Record, model: Any) -> bool:
    return phrases.plainly_named("granulocyte-transfusion", _without_donor(_concept(model)))


def _by_condition(source: Source) -> list[Event]:
    """A diagnosis that says "has had one", for charts that hold no dated procedure."""
    conditions = source.sift(source.about(("Condition",), *_STATUS_CODES, "~transplant", "~gene-therapy"))
    return [
        Event(
            first_when(model, "onsetDateTime", "onsetPeriod"),
            Evidence(shown.named(name_of(model.code)), record.reference),
        )
        for record, model in conditions.usable
        if verification(model) != REFUTED and _says_has_had_one(source, record, model)
    ]


def _says_has_had_one(source: Source, record: Record, condition: Any) -> bool:
    if source.means(record) & set(_STATUS_CODES):
        return True
    said = [text for text in _without_donor(condition.code) if _HAS_HAD.search(text)]
    named = any(phrases.plainly_named(tag, said) for tag in ("transplant", "gene-therapy"))
    return named and not about_a_procedure(said)


def _aphereses(source: Source) -> list[Event]:
    """The aphereses that were begun; one whose record cannot be used may have been at any time."""
    records = [r for r in source.about(("Procedure",), "~apheresis") if "~other-apheresis" not in source.means(r)]
    sifted = source.sift(records)
    done = [_event(record, p) for record, p in sifted.usable if p.status in DONE and _is_apheresis(texts(p.code))]
    return [*done, *(Event(None, Evidence(shown.PROCEDURE_NOT_USABLE, reference)) for reference, _ in sifted.troubles)]


def _is_apheresis(said: tuple[str, ...]) -> bool:
    return phrases.plainly_named("apheresis", said) and not phrases.names("other-apheresis", said)
