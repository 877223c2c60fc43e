"""Products that go without a name: a gene therapy, cells, a study's drug. What stands beside may say: Kresladi."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from operator import attrgetter
from typing import Any

from cds_service.chart.concepts import CONCEPT_OF, Concept, taken_apart
from cds_service.chart.giving_words import Telling, only_around_giving, only_for_a_gene_therapy, what_it_tells
from cds_service.chart.naming import mentions_kresladi
from cds_service.chart.order_shapes import listed
from cds_service.chart.phrases import named_in, names
from cds_service.chart.product_given import product_given
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import meanings, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.remembered import remembered

_UNCLASSIFIED = "unclassified-biologic"
_NO_NAME = frozenset(
    ["cell", "cells", "cellular", "cd", "stem", "progenitor", "hematopoietic", "haematopoietic", "hpc", "hsc", "hspc",
     "pbsc", "peripheral", "blood", "bone", "marrow", "apheresis", "autologous", "auto", "gene", "genetically",
     "modified", "transduced", "enriched", "selected", "cryopreserved", "thawed", "frozen", "fresh", "advanced",
     "therapy", "therapies", "therapeutic", "transplant", "transplantation", "product", "products", "suspension",
     "infusion", "infusions", "injection", "infused", "iv", "intravenous", "bag", "bags", "dose", "medication",
     "medications", "medicine", "drug", "drugs", "biologic", "biologics", "biological", "investigational", "study",
     "research", "trial", "clinical", "protocol", "non", "formulary", "nonformulary", "unlisted", "unclassified",
     "unspecified", "miscellaneous", "misc", "other", "special", "custom", "compounded", "pharmacy", "supplied",
     "patient", "patients", "s", "own", "specific", "a", "an", "and", "for", "from", "in", "of", "or", "the", "with"]
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


class _Hides(Enum):
    """Where a record of a drug may be of Kresladi."""

    ALWAYS = "whatever stands beside it"
    MENTIONED = "where Kresladi is mentioned at all"
    NOTED = "where a note, or the words of its dosage, tell of it"
    NEVER = "it has another name"


def drug_of(source: Source, record: Record) -> Concept:
    """What a record of a medication says that it is of, itself or through the Medication it refers to; a service
    order's code."""
    if CONCEPT_OF[record.type] == "medicationCodeableConcept":
        return product_given(source, record)
    try:
        return taken_apart(record.header.code)
    except UNREADABLE:
        return Concept()


def may_be_noted(source: Source, kind: str) -> Iterator[Record]:
    """The records of a type whose own words leave open which product they are of, where Kresladi is mentioned too."""
    by_concept: dict[bytes, list[Record]] = defaultdict(list)
    concept_in = attrgetter(CONCEPT_OF[kind])
    for record in source.records.of(kind):
        by_concept[bytes(concept_in(record.header))].append(record)
    for concept, records in by_concept.items():
        if _is_open(concept):
            yield from filter(mentions_kresladi, records)


def hiding(source: Source, records: Iterable[Record]) -> Iterator[Record]:
    """Those that may be of Kresladi under another name, each kind of drug looked at once: of a gene therapy without a
    name, or of cells, a study's drug or no drug in particular, beside a word of Kresladi."""
    seen: dict[tuple[bytes, ...], _Hides] = {}
    for record in records:
        header = record.header
        concept = getattr(header, CONCEPT_OF[record.type])
        key = (bytes(concept), bytes(header.medicationReference), bytes(header.contained))
        if key not in seen:
            seen[key] = _hides(source, record)
        if _does(seen[key], record):
            yield record


def _hides(source: Source, record: Record) -> _Hides:
    drug = drug_of(source, record)
    said = texts(drug)
    tags = named_in(said)
    if "gene-therapy" in tags:
        around = only_for_a_gene_therapy(said) or (record.type == "ServiceRequest" and only_around_giving(said))
        return _Hides.NEVER if "other-gene-therapy" in tags or around else _Hides.ALWAYS
    if "study" in tags:
        return _Hides.MENTIONED
    general = _is_general(said) if said else _UNCLASSIFIED in meanings(source.terminology, drug)
    return _Hides.NOTED if general else _Hides.NEVER


def _does(hides: _Hides, record: Record) -> bool:
    if hides in (_Hides.ALWAYS, _Hides.NEVER):
        return hides is _Hides.ALWAYS
    return mentions_kresladi(record) and (hides is _Hides.MENTIONED or any(map(_tells_of_it, _words_beside(record))))


@remembered
def _is_open(concept: bytes) -> bool:
    """Whether a CodeableConcept has no words, or none that name a product."""
    try:
        return bool(concept) and _is_general(texts(taken_apart(concept)))
    except UNREADABLE:
        return False


@remembered
def _is_general(said: tuple[str, ...]) -> bool:
    """Whether all the words are such as any product may go by."""
    return all(_NO_NAME.issuperset(_WORD.findall(text.lower())) for text in said)


def _tells_of_it(text: str) -> bool:
    return names("kresladi", (text,)) and what_it_tells(text) is not Telling.AROUND


def _words_beside(record: Record) -> Iterator[str]:
    """A record's notes and the words of its dosage."""
    try:
        plain = record.plain()
    except Unreadable:
        return
    beside = [*listed(plain.get("note")), *listed(plain.get("dosage")), *listed(plain.get("dosageInstruction"))]
    for each in beside:
        said: list[Any] = [each.get("text"), each.get("patientInstruction")] if isinstance(each, dict) else []
        yield from (plain_text(text) for text in said if isinstance(text, str))
