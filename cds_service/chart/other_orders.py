"""Other active orders for Kresladi: on the chart, or signed in the same call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.chart.handling_words import is_around_kresladi
from cds_service.chart.naming import names_kresladi
from cds_service.chart.ordering_words import is_paperwork
from cds_service.chart.orders import DraftOrder, Naming
from cds_service.chart.source import Source
from cds_service.fhir.elements import texts, when
from cds_service.fhir.identity import Identity, identifiers_of, split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Evidence
from cds_service.wording import shown

_TYPES = ("MedicationRequest", "ServiceRequest")


def active_orders(source: Source, order: DraftOrder, others: Iterable[DraftOrder]) -> tuple[Evidence, ...]:
    """Every other active order; one with the same type and id, or a shared identifier is the same order, and so is
    one that this is based on, or takes the place of."""
    return (*_on_chart(source, order), *_in_this_call(order, others))


def _on_chart(source: Source, order: DraftOrder) -> Iterator[Evidence]:
    records = [
        record
        for record in source.records.of(*_TYPES)
        if record.header.status == "active" and _is_for_kresladi(source, record)
    ]
    for record, model in source.sift(records).usable:
        if (
            model.intent not in ("proposal", "plan")
            and not model.doNotPerform
            and not _is_same(order, record, model)
            and not _carries_on(order, record, source.identity)
            and not (record.type == "ServiceRequest" and _is_around_it(texts(model.code)))
        ):
            yield Evidence(shown.active_order(when(model.authoredOn)), record.reference)


def _is_for_kresladi(source: Source, record: Record) -> bool:
    """Whether an order on the chart is for Kresladi, read as a draft is: a text means the same on either."""
    if names_kresladi(source, record) is not True:
        return False
    try:
        return Naming(source.terminology, source.records).names_kresladi(record.plain())
    except Unreadable:
        return False


def _is_around_it(said: tuple[str, ...]) -> bool:
    return is_around_kresladi(said) or is_paperwork(said)


def _in_this_call(order: DraftOrder, others: Iterable[DraftOrder]) -> Iterator[Evidence]:
    for other in others:
        shared = order.identifiers & other.identifiers
        if other is order or shared or order.is_at(other.type, other.id) or _are_one_chain(order, other):
            continue
        yield Evidence(shown.SIGNED_TOGETHER, other.reference)


def _are_one_chain(order: DraftOrder, other: DraftOrder) -> bool:
    return _refers_to(order.carries_on, other) or _refers_to(other.carries_on, order)


def _refers_to(literals: frozenset[str], order: DraftOrder) -> bool:
    return order.full_url in literals or any(order.is_at(*split_literal(each)[1:]) for each in literals)


def _carries_on(order: DraftOrder, record: Record, identity: Identity) -> bool:
    """Whether the order is based on the record, or takes its place; an id is one on the chart's servers alone."""
    here = (record.type, record.header.id)
    for literal in order.carries_on:
        base, *there = split_literal(literal)
        if literal == record.full_url or (tuple(there) == here and (not base or base in identity.bases)):
            return True
    return False


def _is_same(order: DraftOrder, record: Record, model: Any) -> bool:
    return order.is_at(record.type, record.header.id) or bool(order.identifiers & identifiers_of(model))
