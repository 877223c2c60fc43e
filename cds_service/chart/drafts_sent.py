"""The entries of `draftOrders` as they were sent: each is read, with small faults of form mended, or is refused.

An order that cannot be read might be one that matters: it is never passed over in silence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from cds_service.chart.concepts import Concept
from cds_service.chart.order_shapes import listed, with_concepts_in_r4_shape
from cds_service.chart.orders import KINDS
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry
from cds_service.fhir.resources import Unreadable

_BESIDE_RESOURCE = {"fullUrl", "link", "search", "request", "response"}
"""What an entry of a Bundle may hold where it has no resource."""
_CONCEPTS = ("medicationCodeableConcept", "code")
_Stated: Any = list[Concept] | Concept | None
_encoder = msgspec.json.Encoder(decimal_format="number")


def legible(entry: Entry) -> Entry:
    """The entry, its resource's id a text, its drug a concept. Raises Unreadable where that cannot be."""
    try:
        return _mended(entry)
    except UNREADABLE:
        raise Unreadable("it cannot be read") from None


def _mended(entry: Entry) -> Entry:
    sent = plain(entry.resource)
    if sent is None or (isinstance(sent, dict) and sent.keys() <= _BESIDE_RESOURCE):
        return entry
    if not isinstance(sent, dict) or not _is_resource(sent):
        raise Unreadable("it is no resource")
    resource = sent | ({"id": str(sent["id"]).strip()} if sent.get("id") is not None else {})
    if resource["resourceType"] in KINDS:
        resource = with_concepts_in_r4_shape(resource)
        _check_drug(resource)
    if resource == sent:
        return entry
    return Entry(msgspec.Raw(_encoder.encode(resource)), entry.fullUrl, entry.search)


def _is_resource(sent: dict[str, Any]) -> bool:
    id_, kind = sent.get("id"), sent.get("resourceType")
    named = isinstance(id_, str | None) or _is_number(id_)
    return bool(kind) and isinstance(kind, str) and named and isinstance(sent.get("status"), str | None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _check_drug(order: dict[str, Any]) -> None:
    """Raises one of `UNREADABLE` where what is ordered stands in no form that it can be told from."""
    r5 = order.get("medication")
    stated = [order.get(name) for name in _CONCEPTS] + listed(order.get("orderDetail"))
    for concept in (*stated, r5.get("concept") if isinstance(r5, dict) else None):
        msgspec.convert(concept, _Stated)
