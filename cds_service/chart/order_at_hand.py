"""Whether a Reference means the order at hand, in whichever of FHIR's spellings it does."""

from __future__ import annotations

import re

import msgspec

from cds_service.chart.orders import DraftOrder
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.identity import Located, split_literal
from cds_service.frozen import frozen


class _Identifier(msgspec.Struct, gc=False):
    system: str | None = None
    value: str | None = None


class _Reference(msgspec.Struct, gc=False):
    reference: str | None = None
    identifier: _Identifier | None = None


_reference = msgspec.json.Decoder(_Reference)


@frozen
class AtHand:
    """The order at hand, and the servers on which its id is an id."""

    order: DraftOrder
    bases: frozenset[str]

    def is_meant(self, raw: msgspec.Raw, record: Located) -> bool:
        """Whether a Reference, still bytes, that stands in the record means the order; one that cannot be read but
        holds the order's id may."""
        if not len(raw):
            return False
        try:
            stated = _reference.decode(raw)
        except UNREADABLE:
            return self._stands_in(bytes(raw))
        by_literal = stated.reference is not None and self._is_at(stated.reference.strip(), record)
        return by_literal or (stated.identifier is not None and self._is_known_as(stated.identifier))

    def _stands_in(self, raw: bytes) -> bool:
        """Whether the order's whole id stands anywhere in the bytes."""
        if not self.order.id:
            return False
        return bool(re.search(rb"(?<![\w.-])%b(?![\w.-])" % re.escape(self.order.id.encode()), raw))

    def _is_at(self, literal: str, record: Located) -> bool:
        order = self.order
        if literal and literal == order.full_url:
            return True
        if order.id is None or order.id not in literal:
            return False
        base, kind, id_ = split_literal(literal)
        if not order.is_at(kind, id_) and (kind, id_) != (order.kind, order.id):
            return literal == f"urn:uuid:{order.id}"
        beside = (each.full_url for each in (record, order) if each.full_url)
        return not base or base in self.bases or base in {split_literal(url)[0] for url in beside}

    def _is_known_as(self, identifier: _Identifier) -> bool:
        return (identifier.system, identifier.value) in self.order.identifiers
