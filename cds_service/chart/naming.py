"""Whether a record of the chart is of Kresladi: by its code, its words, or the Medication it refers to."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from cds_service.chart.aside import is_entered_in_error
from cds_service.chart.concepts import TELLS_NOTHING, taken_apart
from cds_service.chart.ordering_words import names_as_given
from cds_service.chart.source import Source
from cds_service.chart.withheld import tells, withholds
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import is_masked, meanings, name_text, texts
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.remembered import remembered

_MENTIONS = re.compile(
    rb"kresladi|marnetegra|rp(?:-|\\u201\d|\xe2\x80[\x90-\x95]| )?l ?201|"
    rb"83537|rd86xhh46n|\"2740386\"|\"2740392\"|nct03812263"
)
_STEMS = (
    b"kresladi", b"marnetegra", b"l201", b"l 201", b"83537", b"rd86xhh46n", b"2740386", b"2740392", b"nct03812263",
)  # fmt: skip
"""One of these stands wherever there is a mention, and in a whole resource is looked for at half the price."""


class _Reference(msgspec.Struct):
    reference: str | None = None
    display: str | None = None


_reference = msgspec.json.Decoder(_Reference)


def mentions_kresladi(record: Record) -> bool:
    """Whether the drug's name, a code of it or its trial stands anywhere in the resource; told from the bytes."""
    text = bytes(record.raw).lower()
    return any(stem in text for stem in _STEMS) and bool(_MENTIONS.search(text))


def is_mentioned_in(part: msgspec.Raw) -> bool:
    """The same of a small part of a resource, still bytes."""
    return bool(_MENTIONS.search(bytes(part).lower()))


def names_kresladi(source: Source, record: Record) -> bool | None:
    """Whether a record is of Kresladi; None where it does not tell of which drug it is."""
    concept = record.header.code if record.type == "ServiceRequest" else record.header.medicationCodeableConcept
    means = source.concepts.means(concept)
    if "kresladi" in means or ("~kresladi" in means and _names_as_given(bytes(concept))):
        return True
    if len(record.header.medicationReference):
        return _names_through_reference(source, record)
    return False if means.isdisjoint(TELLS_NOTHING) else None


def concept_is_kresladi(source: Source, concept: Any) -> bool:
    """Whether a CodeableConcept is of Kresladi, by a code or in words."""
    return "kresladi" in meanings(source.terminology, concept) or names_as_given(texts(concept))


@remembered
def _names_as_given(raw: bytes) -> bool:
    try:
        concept = taken_apart(raw)
    except UNREADABLE:
        return True
    said = (concept.text, *(coding.display for coding in concept.coding or ()))
    return names_as_given(name_text(text) for text in said if text)


def has_labels(record: Record) -> bool:
    """Whether there is any security label: nearly no resource has one."""
    return bytes(record.header.meta).find(b'"security"') >= 0


def is_labelled_masked(record: Record) -> bool:
    """Whether a security label says that the content of a resource was masked."""
    if not has_labels(record):
        return False
    try:
        return is_masked(record.read())
    except Unreadable:
        return True


def medication_is_elsewhere(source: Source, record: Record) -> bool:
    """Whether the drug is named by a reference to a Medication that was not sent."""
    try:
        literal = _reference.decode(record.header.medicationReference).reference or ""
    except UNREADABLE:
        return False
    looked_up = "/".join(split_literal(literal)[1:]) in source.absent
    return bool(literal) and not literal.startswith("#") and not looked_up and _at(source, literal) is None


def _names_through_reference(source: Source, record: Record) -> bool | None:
    try:
        reference = _reference.decode(record.header.medicationReference)
    except UNREADABLE:
        return None
    display = name_text(reference.display or "")
    if names_as_given((display,)):
        return True
    medication = medication_at(source, record, reference.reference or "")
    told = is_kresladi(source, medication) if medication is not None else None
    return False if told is None and display and not withholds(display) else told


def medication_at(source: Source, record: Record, literal: str) -> Any:
    """The Medication that a literal reference leads to, contained or sent; None where there is none to read."""
    try:
        if literal.startswith("#"):
            return next((each for each in record.read().contained or () if each.id == literal[1:]), None)
        found = _at(source, literal)
        return found.read() if found is not None else None
    except Unreadable:
        return None


def _at(source: Source, literal: str) -> Record | None:
    _, kind, id_ = split_literal(literal)
    return source.records.at(literal) or source.records.at(f"{kind}/{id_}")


def is_kresladi(source: Source, medication: Any) -> bool | None:
    """Whether a Medication is Kresladi; None where it does not tell, or was entered in error."""
    if medication.get_resource_type() != "Medication" or is_entered_in_error(medication):
        return None
    concepts = [medication.code, *(each.itemCodeableConcept for each in medication.ingredient or ())]
    stated = [concept for concept in concepts if concept is not None and tells(concept)]
    if any(concept_is_kresladi(source, concept) for concept in stated):
        return True
    return False if stated and not is_masked(medication) else None
