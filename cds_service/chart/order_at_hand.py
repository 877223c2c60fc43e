"""Whether a Reference means an order for Kresladi, the one at hand or another, in whichever of FHIR's spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from cds_service.chart.giving_words import only_around_kresladi
from cds_service.chart.handling_words import is_around_kresladi
from cds_service.chart.ordering_words import is_paperwork
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Source
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import texts
from cds_service.fhir.identity import Located, identifiers_of, split_literal
from cds_service.fhir.records import Record
from cds_service.frozen import frozen

_LINKS = {
    "MedicationAdministration": "request",
    "MedicationDispense": "authorizingPrescription",
    "MedicationStatement": "basedOn",
    "Procedure": "basedOn",
}
"""Per type, the member that says under which order something was given, dispensed or done."""


class _Identifier(msgspec.Struct, gc=False):
    system: str | None = None
    value: str | None = None


class _Reference(msgspec.Struct, gc=False):
    reference: str | None = None
    identifier: _Identifier | None = None


class _Linked(msgspec.Struct):
    request: msgspec.Raw = EMPTY
    authorizingPrescription: msgspec.Raw = EMPTY
    basedOn: msgspec.Raw = EMPTY


_reference = msgspec.json.Decoder(_Reference)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_linked = msgspec.json.Decoder(_Linked)


@frozen
class Ordered:
    """One order by what may be meant by it, and the servers on which its id is an id."""

    kinds: frozenset[str]
    id: str | None
    full_url: str | None
    identifiers: frozenset[tuple[str, str]]
    bases: frozenset[str]

    def marks(self) -> Iterator[str]:
        """What stands, some of it, in every Reference that means the order."""
        yield from filter(None, (self.id, self.full_url, *(value for _, value in self.identifiers)))

    def is_meant(self, raw: msgspec.Raw, record: Located) -> bool:
        """Whether a Reference, still bytes, that stands in the record means the order; one that cannot be read but
        holds the order's id may."""
        try:
            stated = _reference.decode(raw)
        except UNREADABLE:
            return self._stands_in(bytes(raw))
        by_literal = stated.reference is not None and self._is_at(stated.reference.strip(), record)
        return by_literal or (stated.identifier is not None and self._is_known_as(stated.identifier))

    def _stands_in(self, raw: bytes) -> bool:
        """Whether the order's whole id stands anywhere in the bytes."""
        if not self.id:
            return False
        return bool(re.search(rb"(?<![\w.-])%b(?![\w.-])" % re.escape(self.id.encode()), raw))

    def _is_at(self, literal: str, record: Located) -> bool:
        if literal and literal == self.full_url:
            return True
        if self.id is None or self.id not in literal:
            return False
        base, kind, id_ = split_literal(literal)
        if id_ != self.id or kind not in self.kinds:
            return literal == f"urn:uuid:{self.id}"
        beside = (each.full_url for each in (record, self) if each.full_url)
        return not base or base in self.bases or base in {split_literal(url)[0] for url in beside}

    def _is_known_as(self, identifier: _Identifier) -> bool:
        return (identifier.system, identifier.value) in self.identifiers


def under_orders(source: Source, order: DraftOrder, others: Iterable[Record]) -> frozenset[Record]:
    """What was given, dispensed or done under the order at hand, or another of the orders on the chart, whatever the
    records say it was; `others`: those that name Kresladi."""
    orders = [_at_hand(source, order), *_on_chart(source, others)]
    marks = tuple(mark.encode() for each in orders for mark in each.marks())
    return frozenset(
        record
        for record, stated in _linked_records(source, marks)
        if any(each.is_meant(link, record) for link in _listed(stated) for each in orders)
    )


def _linked_records(source: Source, marks: tuple[bytes, ...]) -> Iterator[tuple[Record, msgspec.Raw]]:
    """The records that say under which order they stand, beside one of the marks, and what they say, still bytes."""
    for kind, member in _LINKS.items():
        for record in source.records.of(kind):
            stated = getattr(record.header, member, None)
            if stated is EMPTY or not any(map(bytes(stated or record.raw).__contains__, marks)):
                continue
            yield record, getattr(_linked.decode(record.raw), member) if stated is None else stated


def _at_hand(source: Source, order: DraftOrder) -> Ordered:
    kinds = frozenset({order.type, order.kind})
    return Ordered(kinds, order.id, order.full_url, order.identifiers, source.identity.bases)


def _on_chart(source: Source, records: Iterable[Record]) -> Iterator[Ordered]:
    """The patient's orders for giving Kresladi; one for a visit or papers is for something else."""
    for record, model in source.sift(records).usable:
        if not _is_around_it(model):
            url, identifiers = record.full_url, identifiers_of(model)
            yield Ordered(frozenset({record.type}), record.header.id, url, identifiers, source.identity.bases)


def _is_around_it(model: Any) -> bool:
    said = texts(vars(model).get("code"))
    return only_around_kresladi(said) or is_around_kresladi(said) or is_paperwork(said)


def _listed(stated: msgspec.Raw) -> list[msgspec.Raw]:
    """The References by which a record says under which order it stands, each still bytes."""
    try:
        return _list.decode(stated)
    except UNREADABLE:
        return [stated]
