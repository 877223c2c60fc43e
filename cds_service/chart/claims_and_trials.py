"""Doses that stand only on a claim, or in a trial: a paid claim that names the drug is one, a billed one may be.

A preauthorization, a predetermination and a denied claim are none. That a plan paid nothing denies nothing: somebody
else may have paid for what was given.
"""

from __future__ import annotations

from typing import Any

from cds_service.chart.doses_found import DosesFound
from cds_service.chart.hedging import names_denial
from cds_service.chart.naming import concept_is_kresladi, mentions_kresladi
from cds_service.chart.source import Source
from cds_service.fhir.elements import meanings, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.wording import reasons, shown

_PAID = {"benefit", "paidtoprovider", "paidtopatient"}
_NEVER_STARTED = ("withdrawn", "ineligible", "not-registered", "potential-candidate", "screening")
"""Statuses of a ResearchSubject that end, or stand, before registration in the study."""


def read_claims(source: Source, found: DosesFound) -> None:
    """Claims and explanations of benefit that name the drug."""
    records = [each for each in source.records.of("ExplanationOfBenefit", "Claim") if mentions_kresladi(each)]
    for record, model in found.take(source.sift(records, subject="patient")).usable:
        items = [item for item in model.item or () if _is_of_kresladi(source, item)]
        named = bool(items) or _procedure_names(source, model)
        if model.use != "claim" or model.status in ("cancelled", "draft") or not named:
            found.no_dose(record.reference, reasons.NO_PAID_CLAIM)
        elif record.type == "Claim":
            found.may_be(record.reference, reasons.may_be_a_dose(shown.billed(when(model.created))))
        else:
            _sort_explanation(record, model, items, found)


def _sort_explanation(record: Record, model: Any, items: list[Any], found: DosesFound) -> None:
    paid = _amount_paid(model, items)
    denied = (model.disposition and names_denial(model.disposition)) or model.outcome == "error"
    if denied:
        found.no_dose(record.reference, reasons.NO_PAID_CLAIM)
    elif paid is not None and paid > 0:
        found.dose(record.reference, shown.paid(when(model.created)))
    else:
        found.may_be(record.reference, reasons.may_be_a_dose(shown.billed(when(model.created))))


def _is_of_kresladi(source: Source, item: Any) -> bool:
    """Whether a line names the drug. The unclassified codes do so where the name or number stands beside them."""
    details = [item, *(item.detail or ())]
    concepts = [each.productOrService for each in details if each.productOrService is not None]
    concepts += item.modifier or ()
    if any(concept_is_kresladi(source, concept) for concept in concepts):
        return True
    return "unclassified-biologic" in meanings(source.terminology, *concepts)


def _procedure_names(source: Source, model: Any) -> bool:
    concepts = [each.procedureCodeableConcept for each in model.procedure or ()]
    return any(concept_is_kresladi(source, concept) for concept in concepts if concept is not None)


def _amount_paid(model: Any, items: list[Any]) -> Any:
    """What was paid for the lines that name the drug, else for the whole claim; None where that is not said."""
    lines = [each for item in items for each in item.adjudication or ()]
    on_lines = _benefits(lines)
    if on_lines is not None:
        return on_lines
    if model.payment is not None and model.payment.amount is not None:
        return model.payment.amount.value
    return _benefits(model.total or ())


def _benefits(amounts: Any) -> Any:
    paid = [each.amount.value for each in amounts if _is_benefit(each.category) and each.amount is not None]
    stated = [value for value in paid if value is not None]
    return sum(stated) if stated else None


def _is_benefit(category: Any) -> bool:
    return any(coding.code in _PAID for coding in (category.coding or () if category else ()))


def read_trials(source: Source, found: DosesFound) -> None:
    """Subjects of the RP-L201 trial, who may have been given it there."""
    records = [each for each in source.records.of("ResearchSubject") if _is_our_trial(source, each)]
    for record, model in found.take(source.sift(records, subject="individual")).usable:
        if model.status not in _NEVER_STARTED:
            found.may_be(record.reference, reasons.TRIAL)


def _is_our_trial(source: Source, record: Record) -> bool:
    if mentions_kresladi(record):
        return True
    try:
        study = source.at(record.read().study)
    except Unreadable:
        return False
    return study is not None and mentions_kresladi(study)
