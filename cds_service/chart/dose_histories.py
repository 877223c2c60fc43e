"""What a problem list and the results say of a gene therapy that was had: it may have been Kresladi."""

from __future__ import annotations

import re
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.doses_found import DosesFound
from cds_service.chart.giving_words import only_around_giving
from cds_service.chart.naming import mentions_kresladi
from cds_service.chart.phrases import KRESLADI
from cds_service.chart.purposes import apart, of_the_patient
from cds_service.chart.source import Source
from cds_service.chart.spoken import all_no, answered_with
from cds_service.chart.verification import REFUTED, verification
from cds_service.fhir.elements import name_of, texts
from cds_service.fhir.records import Record
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
    wanted = {"gene-therapy-history", "~kresladi", "~gene-therapy"}
    records = source.about(("Condition", "Observation"), *wanted, "~study")
    return [
        record
        for record in records
        if (means := source.means(record)) & wanted or ("~study" in means and mentions_kresladi(record))
    ]
