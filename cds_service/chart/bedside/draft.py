"""A draft order as its words and codes: read from what was sent, whatever else of it cannot be read.

Most drafts of a hospital have nothing to do with Kresladi. They are told apart here, on plain dicts, and nothing is
validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.chart.bedside.members import (
    concepts_of,
    dicts,
    folded,
    meanings_of,
    medication_at,
    text_of,
    words_of,
)
from cds_service.chart.orders import KINDS, OUT_OF_SCOPE
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry
from cds_service.fhir.records import Records
from cds_service.fhir.terminology import Terminology
from cds_service.once import once


@dataclass(frozen=True)
class Draft:
    """One draft order that may be signed. `id` is None where it has none.

    `medication` is the Medication that it refers to, where that is here.
    """

    reference: str
    id: str | None
    resource: dict[str, Any]
    entry: Entry
    terminology: Terminology
    medication: dict[str, Any] | None = None

    @property
    def full_url(self) -> str | None:
        """The address under which it stands in the Bundle."""
        return self.entry.fullUrl

    @once
    def concepts(self) -> tuple[dict[str, Any], ...]:
        """What it orders: medication or service, with its details; R5 wraps some of them."""
        named = ("medicationCodeableConcept", "medication", "code", "orderDetail")
        held = [each for name in named for each in dicts(self.resource.get(name))]
        return (
            *(concept for each in held for concept in dicts(each.get("concept", each))),
            *concepts_of(self.medication),
        )

    @once
    def means(self) -> frozenset[str]:
        """The ids of the ValueSets that hold a code of what it orders, or of how that is given."""
        return meanings_of(self.terminology, (*self.concepts, *self._routes))

    @once
    def what(self) -> tuple[str, ...]:
        """The words for what it orders."""
        shown = folded(each.get("display") for each in dicts(self.resource.get("medicationReference")))
        return (*words_of(*self.concepts), *shown)

    @once
    def how(self) -> tuple[str, ...]:
        """The words for how it is carried out: form of the drug, dosage, route, site, instructions to the patient."""
        texts = [self.resource.get("patientInstruction")]
        texts += [dosage.get(name) for dosage in self.dosages for name in ("text", "patientInstruction")]
        texts += [coding.get("code") for route in self._routes for coding in dicts(route.get("coding"))]
        named = ("additionalInstruction", "method", "site", "route", "asNeededCodeableConcept")
        concepts = (dosage.get(name) for dosage in self.dosages for name in named)
        return (
            *folded(texts),
            *words_of(*concepts, self.resource.get("bodySite"), (self.medication or {}).get("form")),
        )

    @once
    def why(self) -> tuple[str, ...]:
        """The words of its reason and its notes."""
        order, note = self.resource, self.resource.get("note")
        texts = [note, *(each.get("text") for each in dicts(note))]
        texts += [each.get("display") for each in dicts(order.get("reasonReference"))]
        newer = (each.get("concept") for each in dicts(order.get("reason")))
        return (*folded(texts), *words_of(order.get("reasonCode"), order.get("reasonCodeableConcept"), *newer))

    @property
    def said(self) -> tuple[str, ...]:
        """Every word of it."""
        return (*self.what, *self.how, *self.why)

    @once
    def dosages(self) -> tuple[dict[str, Any], ...]:
        """Its dosage instructions."""
        return dicts(self.resource.get("dosageInstruction"))

    @property
    def sites(self) -> tuple[str, ...]:
        """The words for where on the body, and by which route, it is given."""
        return words_of(*(dosage.get("site") for dosage in self.dosages), self.resource.get("bodySite"), self._routes)

    @once
    def _routes(self) -> tuple[dict[str, Any], ...]:
        return dicts([dosage.get("route") for dosage in self.dosages])


def drafts_in(entries: Iterable[Entry], records: Records, terminology: Terminology) -> tuple[Draft, ...]:
    """The drafts that may be signed: no finished or withdrawn order, none that says not to do something."""
    found = []
    for place, entry in enumerate(entries):
        order = _as_dict(entry)
        if order.get("resourceType") in KINDS and _may_be_signed(order):
            id_ = text_of(order.get("id"))
            reference = f"{order['resourceType']}/{id_}" if id_ else f"draftOrders.entry[{place}]"
            medication = _medication(order, records)
            found.append(Draft(reference, id_, order, entry, terminology, medication))
    return tuple(found)


def _may_be_signed(order: dict[str, Any]) -> bool:
    return str(order.get("status")) not in OUT_OF_SCOPE and order.get("doNotPerform") is not True


def _medication(order: dict[str, Any], records: Records) -> dict[str, Any] | None:
    """The Medication that an order refers to: contained, or beside it in what was sent or read."""
    r5 = order.get("medication")
    references = dicts([order.get("medicationReference"), r5.get("reference") if isinstance(r5, dict) else None])
    found = (medication_at(records, reference.get("reference"), order) for reference in references)
    return next(filter(None, found), None)


def _as_dict(entry: Entry) -> dict[str, Any]:
    if not bytes(entry.resource):
        return {}
    try:
        value = plain(entry.resource)
    except UNREADABLE:
        return {}
    return value if isinstance(value, dict) else {}
