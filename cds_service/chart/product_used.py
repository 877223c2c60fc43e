"""Whether what a procedure used is Kresladi: a Medication, or the substance or device that some record instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cds_service.chart.concepts import Concept
from cds_service.chart.naming import concept_is_kresladi, is_kresladi, medication_at, mentions_kresladi
from cds_service.chart.order_shapes import listed
from cds_service.chart.ordering_words import names_as_given
from cds_service.chart.phrases import names
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import name_text, texts
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable

_CONCEPTS = {"Substance": "code", "Device": "type", "BiologicallyDerivedProduct": "productCode"}
"""Per type of a thing that is no Medication, the member that says what it is."""
_GIVEN = ("Medication", "Substance")
"""What is given; of a device that is not here, nothing is asked."""
_IN_ERROR = "entered-in-error"

Plain = dict[str, Any]


class _Reference(msgspec.Struct):
    reference: str | None = None


_references = msgspec.json.Decoder(list[_Reference])


def may_lead_to_kresladi(source: Source, used: msgspec.Raw) -> bool:
    """Whether References, still bytes, lead to a drug, or to a thing with a word of Kresladi; nearly none does."""
    raw = bytes(used)
    if b'"#' in raw or b'"urn:' in raw or any(f"{kind}/".encode() in raw for kind in _GIVEN):
        return True
    try:
        found = [source.at(reference) for reference in _references.decode(used)]
    except UNREADABLE:
        return False
    return any(record is not None and mentions_kresladi(record) for record in found)


def product_used(source: Source, record: Record, used: Iterable[Any]) -> bool | None:
    """Whether any of the References, to what a resource used, leads to Kresladi; None where one leads to a product
    that is not here, or that does not tell."""
    told = {_is_product(source, record, (reference.reference or "").strip()) for reference in used}
    return True if True in told else None if None in told else False


def names_of_things_used(source: Source, record: Record, used: Iterable[Any]) -> tuple[str, ...]:
    """The words by which substances and devices that were used name Kresladi."""
    things = (_thing(source, record, (reference.reference or "").strip()) for reference in used)
    said = [text for thing in things if thing is not None for text in _words(thing)]
    return tuple(text for text in said if names("kresladi", (text,)))


def _is_product(source: Source, record: Record, literal: str) -> bool | None:
    _, kind, id_ = split_literal(literal)
    thing = _thing(source, record, literal)
    if thing is not None:
        return _thing_is_kresladi(source, thing)
    medication = medication_at(source, record, literal)
    if medication is None:
        return None if kind in _GIVEN and f"{kind}/{id_}" not in source.absent else False
    return is_kresladi(source, medication) if medication.get_resource_type() == "Medication" else False


def _thing(source: Source, record: Record, literal: str) -> Plain | None:
    """The substance or device that a literal reference leads to, contained or sent, as it was written."""
    try:
        if literal.startswith("#"):
            inside = [each for each in listed(record.plain().get("contained")) if isinstance(each, dict)]
            found = next((each for each in inside if each.get("id") == literal[1:]), {})
        else:
            _, kind, id_ = split_literal(literal)
            at = source.records.at(literal) or source.records.at(f"{kind}/{id_}")
            found = at.plain() if at is not None and at.type in _CONCEPTS else {}
    except Unreadable:
        return None
    return found if found.get("resourceType") in _CONCEPTS else None


def _thing_is_kresladi(source: Source, thing: Plain) -> bool | None:
    """None where it would be, but was entered in error, or cannot be read."""
    try:
        concepts = list(_concepts(thing))
    except UNREADABLE:
        return None
    is_it = any(concept_is_kresladi(source, concept) for concept in concepts) or names_as_given(_words(thing))
    return None if is_it and thing.get("status") == _IN_ERROR else is_it


def _words(thing: Plain) -> tuple[str, ...]:
    try:
        said = [text for concept in _concepts(thing) for text in texts(concept)]
    except UNREADABLE:
        said = []
    stated = (each.get("name") for each in listed(thing.get("deviceName")) if isinstance(each, dict))
    return (*said, *(name_text(name) for name in stated if isinstance(name, str)))


def _concepts(thing: Plain) -> Iterator[Concept]:
    """What says which thing it is. Raises one of `UNREADABLE`."""
    stated = [thing.get(_CONCEPTS[thing["resourceType"]])]
    ingredients = [each for each in listed(thing.get("ingredient")) if isinstance(each, dict)]
    stated += [each.get("substanceCodeableConcept") for each in ingredients]
    yield from (msgspec.convert(concept, Concept) for concept in stated if concept is not None)
