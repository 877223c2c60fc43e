"""What problems, results and reasons say of a gene therapy that was had: it may have been Kresladi."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import msgspec

from cds_service.chart import phrases
from cds_service.chart.concepts import Concept
from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import only_around_giving
from cds_service.chart.naming import mentions_kresladi
from cds_service.chart.order_reasons import reasons_of
from cds_service.chart.orders import DraftOrder
from cds_service.chart.phrases import KRESLADI
from cds_service.chart.purposes import apart, besides_what_came_before, of_the_patient
from cds_service.chart.source import Source
from cds_service.chart.spoken import all_no, answered_with
from cds_service.chart.verification import REFUTED, verification
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import meanings, name_of, texts
from cds_service.fhir.records import Record
from cds_service.remembered import remembered
from cds_service.wording import dose_reasons

_NAMED = rf"(?:{KRESLADI}|gene[- ]therapy)"
_NOT_HAD = re.compile(
    r"\b(?:no|never|not|denies|without)(?: (?:any|a|prior|previous|earlier|history|of|had|been|received|receiving|"
    rf"given|treated|treatment|with|exposure|to))* {_NAMED}|"
    rf"{_NAMED}(?: (?:infusion|therapy|treatment|was|were|has|been|offered|but|and|,))* "
    r"(?:declined|refused|not (?:given|received|infused|done)|never (?:given|received|infused)|withheld|deferred)\b",
    re.IGNORECASE,
)
_RELATIVE = (
    r"(?:brother|sister|sibling|twin|cousin|mother|father|parent|uncle|aunt|nephew|niece|son|daughter|family member|"
    r"relative)(?:'?s)?"
)
_OF_A_RELATIVE = re.compile(
    rf"\b{_RELATIVE}(?: (?:was|is|has|had|been|treated|treatment|with|received|given|got|by|on|for|an?|the|prior))* "
    rf"{_NAMED}|{_NAMED}(?: (?:infusion|therapy|treatment|given|received|treated))* (?:in|to|of|for|by) "
    rf"(?:(?:the|a|an|his|her|their|patient's|older|younger|affected) )*{_RELATIVE}\b",
    re.IGNORECASE,
)
_HISTORY_OF = re.compile(
    rf"(?<!family )\b(?:history of|h/o|hx of|prior|previous|earlier|past) (?:(?!to\b)\w+ )?{_NAMED}", re.IGNORECASE
)
_REASONED = ("Encounter", "Procedure", "MedicationRequest", "MedicationAdministration", "ServiceRequest")
_OF_A_GENE_THERAPY = frozenset({"gene-therapy-history", "~kresladi", "~gene-therapy"})

_concepts = msgspec.json.Decoder(list[Concept])


def read_histories(source: Source, found: DosesFound) -> None:
    """Conditions and Observations that say a gene therapy was had, or name Kresladi beside a study."""
    for record, model in found.take(source.sift(_about_a_gene_therapy(source))).usable:
        said = texts(model.code)
        means = source.means(record)
        history, named = "gene-therapy-history" in means, "~kresladi" in means
        another = phrases.names("other-gene-therapy", said) and not named
        had = named or phrases.plainly_named("gene-therapy", said)
        if another or _is_denied(record, model) or (said and not history and all(map(_is_none_of_the_patient, said))):
            continue
        if history or (had and not only_around_giving(said)):
            found.may_be(record.reference, dose_reasons.unnamed_gene_therapy(name_of(model.code)))
        elif "~study" in means:
            found.may_be(record.reference, dose_reasons.TRIAL)


def _is_none_of_the_patient(text: str) -> bool:
    """Whether words say that what they name was declined, never had, is yet to come, or was given to a relative."""
    if _NOT_HAD.search(text) or _OF_A_RELATIVE.search(text):
        return True
    return _names_one(text) and not _names_one(apart(of_the_patient(text)))


def _names_one(text: str) -> bool:
    return any(phrases.names(tag, (text,)) for tag in ("kresladi", "gene-therapy"))


def _is_denied(record: Record, model: Any) -> bool:
    refuted = record.type == "Condition" and verification(model) == REFUTED
    return refuted or all_no(answered_with(model))


def _about_a_gene_therapy(source: Source) -> list[Record]:
    records = source.about(("Condition", "Observation"), *_OF_A_GENE_THERAPY, "~study")
    return [
        record
        for record in records
        if (means := source.means(record)) & _OF_A_GENE_THERAPY or ("~study" in means and mentions_kresladi(record))
    ]


# --- reasons ---------------------------------------------------------------------------------------------------------


def read_reasons(source: Source, order: DraftOrder, found: DosesFound) -> None:
    """Visits, procedures and orders, the one at hand too, that give a gene therapy that was had as a reason.

    Of what is known to be a dose, or that it may be one, nothing more is asked.
    """
    known = {*(each.source for each in found.given), *(each.source for each in found.possible)}
    reasons = _histories_given(source)
    for record, _ in found.take(source.sift(each for each in reasons if each.reference not in known)).usable:
        found.may_be(record.reference, dose_reasons.unnamed_gene_therapy(reasons[record]))
        known.add(record.reference)
    for reason in reasons_of(source, order):
        if reason.reference not in known and not reason.refuted and _is_history(source, reason.concept):
            found.may_be(reason.reference, dose_reasons.unnamed_gene_therapy(name_of(reason.concept)))


def _histories_given(source: Source) -> dict[Record, str]:
    """The records that give such a reason, and its name. The same few reasons are given over and over."""
    by_reason: dict[bytes, list[Record]] = defaultdict(list)
    for record in source.records.of(*_REASONED):
        if record.header.reasonCode is not EMPTY:
            by_reason[bytes(record.header.reasonCode)].append(record)
    return {
        record: name for raw, records in by_reason.items() if (name := _history_in(source, raw)) for record in records
    }


def _history_in(source: Source, raw: bytes) -> str:
    """The name of a history of gene therapy among reasons, still bytes; empty where there is none."""
    if source.concepts.each_means(msgspec.Raw(raw)).isdisjoint(_OF_A_GENE_THERAPY):
        return ""
    try:
        concepts = _concepts.decode(raw)
    except UNREADABLE:
        return ""
    return next((name_of(concept) for concept in concepts if _is_history(source, concept)), "")


def _is_history(source: Source, concept: Any) -> bool:
    """Whether a reason says, by its code or in words, that the patient had a gene therapy that is not another's."""
    said = texts(concept)
    had = "gene-therapy-history" in meanings(source.terminology, concept) or _tell_of_one_had(said)
    return had and (phrases.names("kresladi", said) or not phrases.names("other-gene-therapy", said))


@remembered
def _tell_of_one_had(said: tuple[str, ...]) -> bool:
    return any(map(_is_of_one_had, said))


def _is_of_one_had(text: str) -> bool:
    if not _names_one(text) or _is_none_of_the_patient(text):
        return False
    return not _names_one(besides_what_came_before(text)) or bool(_HISTORY_OF.search(text))
