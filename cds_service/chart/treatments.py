"""Procedures that change what later results mean: transplants, gene therapy, granulocytes; and aphereses.

There is no verified code for apheresis or granulocyte transfusion: text on a completed Procedure counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.onset import onset_of
from cds_service.chart.product_given import given_by_reference, product_given
from cds_service.chart.source import Source
from cds_service.chart.treatment_words import (
    AGAINST_HOST,
    PROCEDURES,
    PRODUCTS,
    came_of_one,
    gives,
    has_had_one,
    is_afterwards,
    without_donor,
)
from cds_service.chart.verification import REFUTED, verification
from cds_service.fhir.elements import first_when, meanings, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.frozen import frozen
from cds_service.logic import Answer, Evidence
from cds_service.timing import When
from cds_service.wording import reasons, shown

TELL_OF_TREATMENT = ("Procedure", "MedicationAdministration", "Condition")
"""What a transplant or gene therapy may stand in, after which a result says nothing of the disease."""
DONE = ("completed", "in-progress", "stopped")
_PERHAPS = ("unknown", "on-hold")
"""A treatment that may have been given leaves it open what a later result says."""
_TRANSPLANT: dict[str, tuple[str, ...]] = {
    "Procedure": (*PROCEDURES, *PRODUCTS),
    "MedicationAdministration": ("stem-cell-product", "gene-therapy", *PRODUCTS),
}
"""The phrases by which a record of the type is a transplant or a gene therapy: a drug is given for a transplant too."""
_GRANULOCYTES = {
    "Procedure": ("granulocyte-transfusion",),
    "MedicationAdministration": ("granulocyte-transfusion", "granulocyte-product"),
}
_CORRECTED = ("genetically-modified-cell-infusion", "gene-therapy-history", "kresladi")
_CODES = ("stem-cell-transplant", "allogeneic-transplant", "genetically-modified-cell-infusion", "kresladi")
_STATUS_CODES = ("stem-cell-transplant", "gene-therapy-history")
_STATUS_WORDS = tuple(f"~{tag}" for tag in (*PROCEDURES, AGAINST_HOST))
_COMPLICATION = "T865"
"""ICD-10-CM for a complication of a transplant, which is older than its complication."""


@frozen
class Event:
    """Something done to the patient, and when, as far as the chart says."""

    when: When | None
    evidence: Evidence
    allogeneic: bool = False
    corrected: bool = False
    """Whether it was a gene therapy: the patient's own cells, corrected."""
    is_trace: bool = False
    """Whether it only tells that one was had before: a status, a complication, a visit after it."""

    def may_be(self, other: Event) -> bool:
        """Whether the two may be one: a donor's cells are never the patient's own, corrected."""
        return not (self.allogeneic and other.corrected) and not (self.corrected and other.allogeneic)


@frozen
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
    found = [*_procedures(source, _TRANSPLANT, _is_transplant, *_CODES), *_by_condition(source)]
    done = [event for event in found if not event.is_trace]
    return Treatments(
        tuple(event for event in found if not event.is_trace or not any(_explains(each, event) for each in done)),
        tuple(_procedures(source, _GRANULOCYTES, _is_granulocyte_transfusion)),
        tuple(_aphereses(source)),
    )


_Wanted = Callable[[Source, Record, Any], bool]


def _procedures(source: Source, named: dict[str, tuple[str, ...]], wanted: _Wanted, *codes: str) -> list[Event]:
    """The procedures wanted that were done, or may have been; one that cannot be used may have been at any time."""
    sifted = source.sift(_records(source, named, codes))
    done = [
        _event(source, record, model)
        for record, model in sifted.usable
        if _may_be_done(model) and wanted(source, record, model)
    ]
    return [*done, *(Event(None, Evidence(shown.PROCEDURE_NOT_USABLE, reference)) for reference, _ in sifted.troubles)]


def _records(source: Source, named: dict[str, tuple[str, ...]], codes: tuple[str, ...]) -> Iterator[Record]:
    """The records that have one of the codes, or words of their type; of administrations, by their Medication too."""
    for kind, tags in named.items():
        yield from source.about((kind,), *codes, *(f"~{tag}" for tag in tags))
    yield from given_by_reference(source, *codes, *(f"~{tag}" for tag in named["MedicationAdministration"]))


def _may_be_done(model: Any) -> bool:
    return model.status in (*DONE, *_PERHAPS)


def _event(source: Source, record: Record, model: Any) -> Event:
    moment = first_when(model, "performedDateTime", "performedPeriod", "effectiveDateTime", "effectivePeriod")
    concept = _concept(source, record, model)
    means = meanings(source.terminology, concept)
    allogeneic = phrases.plainly_named("allogeneic", without_donor(texts(concept))) or "allogeneic-transplant" in means
    is_trace = means.isdisjoint(_CODES) and is_afterwards(texts(concept))
    return Event(
        When.between(None, moment) if is_trace else moment,
        Evidence(shown.event(name_of(concept), moment), record.reference),
        allogeneic and model.status in DONE,
        _is_corrected(means, texts(concept)),
        is_trace,
    )


def _is_corrected(means: frozenset[str], said: tuple[str, ...]) -> bool:
    return not means.isdisjoint(_CORRECTED) or any(phrases.names(tag, said) for tag in ("gene-therapy", *PRODUCTS))


def _concept(source: Source, record: Record, model: Any) -> Any:
    return product_given(source, record) if record.type == "MedicationAdministration" else model.code


def _is_transplant(source: Source, record: Record, model: Any) -> bool:
    concept = _concept(source, record, model)
    if meanings(source.terminology, concept) & set(_CODES) or source.means(record) & set(_CODES):
        return True
    return gives(_TRANSPLANT[record.type], texts(concept))


def _is_granulocyte_transfusion(source: Source, record: Record, model: Any) -> bool:
    return gives(_GRANULOCYTES[record.type], texts(_concept(source, record, model)))


# --- by what is left of them -----------------------------------------------------------------------------------------


def _by_condition(source: Source) -> list[Event]:
    """Diagnoses that say "has had one"."""
    conditions = source.sift(source.about(("Condition",), *_STATUS_CODES, *_STATUS_WORDS))
    return [
        _trace(source, model, record)
        for record, model in conditions.usable
        if verification(model) != REFUTED and _says_has_had_one(source, record, model)
    ]


def _trace(source: Source, condition: Any, record: Record) -> Event:
    """The transplant that a diagnosis tells of: at its onset, before the onset of a complication; else before it was
    written down."""
    means, said = meanings(source.terminology, condition.code), without_donor(texts(condition.code))
    moment = onset_of(source, condition)
    if moment is None or _is_complication(condition.code):
        moment = When.between(None, moment or when(condition.recordedDate))
    allogeneic = phrases.plainly_named("allogeneic", said)
    evidence = Evidence(shown.named(name_of(condition.code)), record.reference)
    return Event(moment, evidence, allogeneic, _is_corrected(means, said), is_trace=True)


def _explains(done: Event, trace: Event) -> bool:
    """Whether the trace may be that of a dated procedure. A trace with a date of its own is only of that date."""
    if done.when is None or not done.may_be(trace):
        return False
    return trace.when is None or done.when.overlaps(trace.when)


def _is_complication(concept: Any) -> bool:
    codes = [normalised(coding.system, coding.code) for coding in concept.coding or () if coding.code]
    coded = any(code.system == ICD10CM and code.code.startswith(_COMPLICATION) for code in codes)
    return coded or came_of_one(texts(concept))


def _says_has_had_one(source: Source, record: Record, condition: Any) -> bool:
    return bool(source.means(record) & set(_STATUS_CODES)) or has_had_one(texts(condition.code))


# --- aphereses -------------------------------------------------------------------------------------------------------


def _aphereses(source: Source) -> list[Event]:
    """The aphereses that were begun; one whose record cannot be used may have been at any time."""
    records = [r for r in source.about(("Procedure",), "~apheresis") if "~other-apheresis" not in source.means(r)]
    sifted = source.sift(records)
    begun = [(record, p) for record, p in sifted.usable if p.status in DONE and _is_apheresis(texts(p.code))]
    done = [_event(source, record, procedure) for record, procedure in begun]
    return [*done, *(Event(None, Evidence(shown.PROCEDURE_NOT_USABLE, reference)) for reference, _ in sifted.troubles)]


def _is_apheresis(said: tuple[str, ...]) -> bool:
    return phrases.plainly_named("apheresis", said) and not phrases.names("other-apheresis", said)
