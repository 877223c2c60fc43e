"""Whether the patient is in sight of Kresladi: whether an order, a plan, a delivery or a dispense names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.members import dicts, folded, medication_at, words_of
from cds_service.chart.bedside.said import says
from cds_service.chart.bedside.small import sift_plain
from cds_service.chart.naming import mentions_kresladi
from cds_service.chart.orders import Naming
from cds_service.chart.phrases import KRESLADI, names
from cds_service.chart.source import Source
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable

_KRESLADI = re.compile(KRESLADI, re.IGNORECASE)
STANDS = frozenset({"draft", "active", "on-hold", "completed"})
"""Of an order or a plan: one that was withdrawn says nothing."""
_NOT_HANDED_OUT = frozenset({"cancelled", "declined", "entered-in-error"})


def is_in_sight(source: Source, drafts: Iterable[Draft]) -> bool:
    """Whether Kresladi is named by a draft, an order, a care plan, a delivery or a dispense of this patient."""
    naming = Naming(source.terminology, source.records)
    return (
        any(naming.names_kresladi(draft.resource) for draft in drafts)
        or any(_orders(source, naming))
        or any(_dispenses(source, naming))
        or any(_plans(source, naming))
        or any(delivery.get("status") != "abandoned" for _, delivery in deliveries(source))
    )


def deliveries(source: Source) -> list[tuple[Record, dict[str, Any]]]:
    """The deliveries of Kresladi to this patient."""
    naming = Naming(source.terminology, source.records)
    return [
        (record, delivery)
        for record, delivery in sift_plain(source, "SupplyDelivery", "patient").usable
        if any(_supplies(source, naming, item, delivery) for item in dicts(delivery.get("suppliedItem")))
    ]


def dispenses(source: Source) -> list[Record]:
    """The dispenses that name Kresladi, whoever's they are."""
    naming = Naming(source.terminology, source.records)
    return [each for each in source.records.of("MedicationDispense") if _names(naming, each)]


def _orders(source: Source, naming: Naming) -> Iterable[bool]:
    named = [each for each in source.records.of("MedicationRequest", "ServiceRequest") if _names(naming, each)]
    for _, order in source.sift(named).usable:
        yield order.status in STANDS and not order.doNotPerform


def _dispenses(source: Source, naming: Naming) -> Iterable[bool]:
    named = [each for each in source.records.of("MedicationDispense") if _names(naming, each)]
    yield from (dispense.status not in _NOT_HANDED_OUT for _, dispense in source.sift(named).usable)


def _plans(source: Source, naming: Naming) -> Iterable[bool]:
    for _, plan in sift_plain(source, "CarePlan", "subject").usable:
        yield plan.get("status") in STANDS and _plan_names(naming, plan)


def _plan_names(naming: Naming, plan: dict[str, Any]) -> bool:
    details = [each for activity in dicts(plan.get("activity")) for each in dicts(activity.get("detail"))]
    planned = [each for each in details if each.get("doNotPerform") is not True]
    concepts = [each.get(name) for each in planned for name in ("code", "productCodeableConcept")]
    if any(naming.concept_names(concept) for concept in (*concepts, *dicts(plan.get("category")))):
        return True
    texts = [plan.get("title"), plan.get("description"), *(each.get("description") for each in planned)]
    texts += [note.get("text") for note in dicts(plan.get("note"))]
    products = [each.get("productReference") for each in planned]
    references = [each.get("display") for each in dicts([*products, *dicts(plan.get("activity"))])]
    return says(_KRESLADI, (*folded(texts), *folded(references)))


def _supplies(source: Source, naming: Naming, item: dict[str, Any], delivery: dict[str, Any]) -> bool:
    if naming.concept_names(item.get("itemCodeableConcept")) or names("kresladi", words_of(item.get("type"))):
        return True
    for reference in dicts(item.get("itemReference")):
        if names("kresladi", folded((reference.get("display"),))):
            return True
        if naming.medication_names(medication_at(source.records, reference.get("reference"), delivery)):
            return True
    return False


def _names(naming: Naming, record: Record) -> bool:
    """Whether a record names Kresladi; told from its bytes where they hold neither a name nor a reference."""
    if not mentions_kresladi(record) and not len(record.header.medicationReference):
        return False
    try:
        return naming.names_kresladi(record.plain())
    except Unreadable:
        return False
