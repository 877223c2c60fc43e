"""Other active orders for Kresladi: on the chart, or signed in the same call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.chart.handling_words import is_around_kresladi
from cds_service.chart.naming import names_kresladi
from cds_service.chart.ordering_words import is_paperwork
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Source
from cds_service.fhir.elements import texts, when
from cds_service.fhir.identity import identifiers_of
from cds_service.fhir.records import Record
from cds_service.logic import Evidence
from cds_service.wording import shown

_TYPES = ("MedicationRequest", "ServiceRequest")


def active_orders(source: Source, order: DraftOrder, others: Iterable[DraftOrder]) -> tuple[Evidence, ...]:
    """Every other active order; one with the same type and id, or a shared identifier is the same order."""
    return (*_on_chart(source, order), *_in_this_call(order, others))


def _on_chart(source: Source, order: DraftOrder) -> Iterator[Evidence]:
    records = [
        record
        for record in source.records.of(*_TYPES)
        if record.header.status == "active" and names_kresladi(source, record) is True
    ]
    for record, model in source.sift(records).usable:
        if (
            model.intent not in ("proposal", "plan")
            and not model.doNotPerform
            and not _is_same(order, record, model)
            and not (record.type == "ServiceRequest" and _is_around_it(texts(model.code)))
        ):
            yield Evidence(shown.active_order(when(model.authoredOn)), record.reference)


def _is_around_it(said: tuple[str, ...]) -> bool:
    return is_around_kresladi(said) or is_paperwork(said)


def _in_this_call(order: DraftOrder, others: Iterable[DraftOrder]) -> Iterator[Evidence]:
    for other in others:
        shared = order.identifiers & other.identifiers
        if other is not order and not shared and (not order.is_at(other.type, other.id)):
            yield Evidence(shown.SIGNED_TOGETHER, other.reference)


def _is_same(order: DraftOrder, record: Record, model: Any) -> bool:
    return order.is_at(record.type, record.header.id) or bool(order.identifiers & identifiers_of(model))
