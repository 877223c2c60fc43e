"""What an administration gives: its own concept, or that of the Medication it refers to, sent or contained.

Told from bytes: a chart holds administrations by the thousand, and nearly none is of what is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cds_service.chart.concepts import ILLEGIBLE, Concept, taken_apart
from cds_service.chart.source import Source
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record


class _Reference(msgspec.Struct):
    reference: str | None = None
    display: msgspec.Raw = EMPTY


class _Inside(msgspec.Struct):
    id: str | None = None
    code: msgspec.Raw = EMPTY


_reference = msgspec.json.Decoder(_Reference)
_contained = msgspec.json.Decoder(list[_Inside])


def product_given(source: Source, record: Record) -> Concept:
    """The product of a MedicationAdministration, in codes and words; empty where nothing tells what it is."""
    try:
        return taken_apart(_concept(source, record))
    except UNREADABLE:
        return Concept()


def given_by_reference(source: Source, *meant: str) -> Iterator[Record]:
    """The administrations that refer to a Medication which has any of the meanings; those not readable may have any.

    The same few Medications are referred to over and over: each is looked at once.
    """
    wanted = frozenset((*meant, *ILLEGIBLE))
    seen: dict[tuple[bytes, bytes], bool] = {}
    for record in source.records.of("MedicationAdministration"):
        if len(record.header.medicationReference):
            key = bytes(record.header.medicationReference), bytes(record.header.contained)
            if key not in seen:
                seen[key] = not wanted.isdisjoint(_means(source, record))
            if seen[key]:
                yield record


def _means(source: Source, record: Record) -> frozenset[str]:
    try:
        return source.concepts.means(_concept(source, record))
    except UNREADABLE:
        return ILLEGIBLE


def _concept(source: Source, record: Record) -> msgspec.Raw:
    header = record.header
    if len(header.medicationCodeableConcept) or not len(header.medicationReference):
        return header.medicationCodeableConcept
    reference = _reference.decode(header.medicationReference)
    code = _code_at(source, record, (reference.reference or "").strip())
    if len(code) or not len(reference.display):
        return code
    return msgspec.Raw(b'{"text":' + bytes(reference.display) + b"}")


def _code_at(source: Source, record: Record, literal: str) -> msgspec.Raw:
    """The code of the Medication that a literal reference leads to; empty where there is none."""
    if literal.startswith("#"):
        inside = _contained.decode(record.header.contained) if len(record.header.contained) else []
        return next((each.code for each in inside if each.id == literal[1:]), EMPTY)
    _, kind, id_ = split_literal(literal)
    found = source.records.at(literal) or source.records.at(f"{kind}/{id_}") if literal else None
    return found.header.code if found is not None else EMPTY
