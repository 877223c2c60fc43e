"""Doses that stand only on a claim, or in a trial: a paid claim that names the drug is one, a billed one may be.

A preauthorization, a predetermination and a denied claim are none, nor is a denied line of a claim that was paid. That
a plan paid nothing denies nothing: somebody else may have paid for what was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cds_service.chart import phrases
from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import only_around_giving, only_around_kresladi
from cds_service.chart.hedging import names_denial
from cds_service.chart.naming import concept_is_kresladi, mentions_kresladi
from cds_service.chart.source import Source
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import meanings, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.wording import dose_reasons, shown

_PAID = {"benefit", "paidtoprovider", "paidtopatient"}
_DENIED = {"denied", "denialreason"}
_NOT_YET_PROCESSED = "queued"
_GENE_THERAPY = frozenset({"genetically-modified-cell-infusion", "gene-therapy-history", "~gene-therapy"})
_NEVER_STARTED = ("withdrawn", "ineligible", "not-registered", "potential-candidate", "screening")
"""Statuses of a ResearchSubject that end, or stand, before registration in the study."""


# --- claims ----------------------------------------------------------------------------------------------------------


def read_claims(source: Source, found: DosesFound) -> None:
    """Claims and explanations of benefit that name the drug, or a gene therapy without a name."""
    records = [each for each in source.records.of("ExplanationOfBenefit", "Claim") if _may_be_of_one(source, each)]
    for record, model in found.take(source.sift(records, subject="patient")).usable:
        mentioned = mentions_kresladi(record)
        claimed = [line for line in _lines(model) if mentioned and _names_kresladi(source, line)]
        if model.use != "claim" or model.status in ("cancelled", "draft") or _is_denied(model):
            found.no_dose(record.reference, dose_reasons.NO_PAID_CLAIM)
        elif claimed or _procedure_names(source, model):
            _sort_named(source, record, model, claimed, found)
        else:
            _sort_unnamed(source, record, model, found)


def _sort_named(source: Source, record: Record, model: Any, claimed: list[Any], found: DosesFound) -> None:
    billed = [decided for line in claimed if not _is_denial(decided := _decided_on(source, line))]
    paid = _amount_paid(model, billed) if record.type == "ExplanationOfBenefit" else None
    if claimed and not billed:
        found.no_dose(record.reference, dose_reasons.NO_PAID_CLAIM)
    elif paid is not None and paid > 0 and model.outcome != _NOT_YET_PROCESSED:
        found.dose(record.reference, shown.paid(when(model.created)))
    else:
        found.may_be(record.reference, dose_reasons.may_be_a_dose(shown.billed(when(model.created))))


def _sort_unnamed(source: Source, record: Record, model: Any, found: DosesFound) -> None:
    """A claim of a gene therapy may be of ours, unless it names another."""
    concepts = [*_procedures(model), *_diagnoses(model), *(each for line in _lines(model) for each in _said_of(line))]
    words = [text for concept in concepts for text in texts(concept)]
    of_one = [concept for concept in concepts if _is_gene_therapy(source, concept)]
    if of_one and not phrases.names("other-gene-therapy", words):
        found.may_be(record.reference, dose_reasons.unnamed_gene_therapy(name_of(of_one[0])))
    else:
        found.no_dose(record.reference, dose_reasons.NO_PAID_CLAIM)


def _is_gene_therapy(source: Source, concept: Any) -> bool:
    if meanings(source.terminology, concept) & _GENE_THERAPY:
        return True
    return phrases.plainly_named("gene-therapy", texts(concept)) and not only_around_giving(texts(concept))


def _is_denied(model: Any) -> bool:
    if model.get_resource_type() == "Claim":
        return False
    return model.outcome == "error" or bool(model.disposition and names_denial(model.disposition))


# --- the lines of a claim --------------------------------------------------------------------------------------------


def _lines(model: Any) -> list[Any]:
    """What was billed, line by line, with the lines that a payer added."""
    return [*(model.item or ()), *(getattr(model, "addItem", None) or ())]


def _parts(line: Any) -> Iterator[Any]:
    """A line, its details and their details."""
    yield line
    for member in ("detail", "subDetail"):
        for part in getattr(line, member, None) or ():
            yield from _parts(part)


def _said_of(line: Any) -> list[Any]:
    """The concepts that say what a line and its details are of."""
    return [concept for part in _parts(line) for concept in _said_of_part(part)]


def _said_of_part(part: Any) -> list[Any]:
    return [concept for concept in (part.productOrService, *(part.modifier or ())) if concept is not None]


def _names_kresladi(source: Source, line: Any) -> bool:
    """Whether a line names the drug, and not only a visit for it.

    An unclassified code does so in a claim that has the name or the number beside it, in whatever element.
    """
    said = _said_of(line)
    unclassified = "unclassified-biologic" in meanings(source.terminology, *said)
    return unclassified or any(_is_ours(source, concept) for concept in said)


def _is_ours(source: Source, concept: Any) -> bool:
    if not concept_is_kresladi(source, concept):
        return False
    return "kresladi" in meanings(source.terminology, concept) or not only_around_kresladi(texts(concept))


def _procedure_names(source: Source, model: Any) -> bool:
    return any(_is_ours(source, concept) for concept in _procedures(model))


def _procedures(model: Any) -> list[Any]:
    concepts = [each.procedureCodeableConcept for each in model.procedure or ()]
    return [concept for concept in concepts if concept is not None]


def _diagnoses(model: Any) -> list[Any]:
    concepts = [each.diagnosisCodeableConcept for each in model.diagnosis or ()]
    return [concept for concept in concepts if concept is not None]


# --- what was paid ---------------------------------------------------------------------------------------------------


def _decided_on(source: Source, line: Any) -> list[Any]:
    """What the payer decided on the parts of a line that are of the drug, else on the line, else on any part of it."""
    parts = list(_parts(line))
    ours = [part for part in parts if any(_is_ours(source, concept) for concept in _said_of_part(part))]
    for each in (ours, [line], parts):
        decided = [adjudication for part in each for adjudication in getattr(part, "adjudication", None) or ()]
        if _benefits(decided) is not None or any(map(_denies, decided)):
            return decided
    return []


def _is_denial(decided: list[Any]) -> bool:
    """Whether the payer denied a line and paid nothing for it."""
    return not _benefits(decided) and any(map(_denies, decided))


def _amount_paid(model: Any, billed: list[list[Any]]) -> Any:
    """What was paid for the lines that name the drug, None where that is not said.

    What was paid for a whole claim was paid for the drug too, unless it is said of other lines what each was paid.
    """
    on_lines = _benefits(each for decided in billed for each in decided)
    if on_lines is not None:
        return on_lines
    if any(_benefits(part.adjudication or ()) for line in _lines(model) for part in _parts(line)):
        return None
    if model.payment is not None and model.payment.amount is not None:
        return model.payment.amount.value
    return _benefits(model.total or ())


def _benefits(amounts: Iterable[Any]) -> Any:
    paid = [each.amount.value for each in amounts if _codes(each.category) & _PAID and each.amount is not None]
    stated = [value for value in paid if value is not None]
    return sum(stated) if stated else None


def _denies(adjudication: Any) -> bool:
    if adjudication.amount is not None and adjudication.amount.value == 0:
        return False
    said = (*texts(adjudication.category), *texts(adjudication.reason))
    return bool(_codes(adjudication.category) & _DENIED) or any(map(names_denial, said))


def _codes(category: Any) -> set[str]:
    return {coding.code for coding in (category.coding or () if category else ())}


# --- which claims to read --------------------------------------------------------------------------------------------


class _Line(msgspec.Struct):
    productOrService: msgspec.Raw = EMPTY
    modifier: list[msgspec.Raw] | None = None
    detail: list[_Line] | None = None
    subDetail: list[_Line] | None = None


class _Coded(msgspec.Struct):
    procedureCodeableConcept: msgspec.Raw = EMPTY
    diagnosisCodeableConcept: msgspec.Raw = EMPTY


class _Claim(msgspec.Struct):
    item: list[_Line] | None = None
    addItem: list[_Line] | None = None
    procedure: list[_Coded] | None = None
    diagnosis: list[_Coded] | None = None


_claim = msgspec.json.Decoder(_Claim)


def _may_be_of_one(source: Source, record: Record) -> bool:
    """Whether a claim mentions the drug, or one of its concepts means a gene therapy; told from its bytes."""
    if mentions_kresladi(record):
        return True
    try:
        claim = _claim.decode(record.raw)
    except UNREADABLE:
        return False
    coded = [*(claim.procedure or ()), *(claim.diagnosis or ())]
    concepts = [raw for each in coded for raw in (each.procedureCodeableConcept, each.diagnosisCodeableConcept)]
    concepts += [raw for line in _lines(claim) for part in _parts(line) for raw in _said_of_part(part)]
    return any(source.concepts.means(raw) & _GENE_THERAPY for raw in concepts)


# --- trials ----------------------------------------------------------------------------------------------------------


def read_trials(source: Source, found: DosesFound) -> None:
    """Subjects of the RP-L201 trial, who may have been given it there."""
    records = [each for each in source.records.of("ResearchSubject") if _is_our_trial(source, each)]
    for record, model in found.take(source.sift(records, subject="individual")).usable:
        if model.status not in _NEVER_STARTED:
            found.may_be(record.reference, dose_reasons.TRIAL)


def _is_our_trial(source: Source, record: Record) -> bool:
    if mentions_kresladi(record):
        return True
    try:
        study = source.at(record.read().study)
    except Unreadable:
        return False
    return study is not None and mentions_kresladi(study)
