"""What the cards around the infusion can do: remove an order, have a blood product irradiated, flag the chart.

An update sends the order back as it came, with one thing added: whoever accepts it changes nothing else. Only empty
members, which CDS Hooks forbids in an answer, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from cds_service.hooks.shapes import Shape
from cds_service.hooks.suggestions import CallContext
from cds_service.policy.model import Order
from cds_service.wording import label as say

_SAFETY = {"system": "http://terminology.hl7.org/CodeSystem/flag-category", "code": "safety", "display": "Safety"}


def remove(order: Order) -> tuple[Shape, ...]:
    """Delete the draft; nothing where it has no id to name it by."""
    if order.id is None:
        return ()
    description = say.remove_action(order.reference)
    return (_suggestion(say.REMOVE, {"type": "delete", "description": description, "resourceId": order.reference}),)


def ask_for_irradiation(order: Order, draft: Mapping[str, Any]) -> tuple[Shape, ...]:
    """Update the draft so that it asks for an irradiated product; nothing where it has no id or cannot say so."""
    try:
        resource = _irradiated(_without_empty_members(dict(draft)))
    except RecursionError:  # an order nested hundreds deep is read, but not sent back
        resource = None
    if order.id is None or resource is None:
        return ()
    description = say.irradiated_action(order.reference)
    return (_suggestion(say.IRRADIATE_ORDER, {"type": "update", "description": description, "resource": resource}),)


def flag_never_a_donor(call: CallContext) -> tuple[Shape, ...]:
    """Create the flag that tells everybody who opens the chart."""
    author = {"author": call.clinician} if call.clinician else {}
    resource = {
        "resourceType": "Flag",
        "status": "active",
        "category": [{"coding": [_SAFETY]}],
        "code": {"text": say.FLAG},
        "subject": {"reference": f"Patient/{call.patient_id}"},
    } | author
    return (_suggestion(say.RECORD_FLAG, {"type": "create", "description": say.FLAG_ACTION, "resource": resource}),)


def _suggestion(label: str, action: Shape) -> Shape:
    return {"label": label, "uuid": str(uuid4()), "actions": [action]}


def _irradiated(draft: Shape) -> Shape | None:
    """The order as sent, saying "irradiated" besides; None where its shape has no place for it."""
    kind = draft.get("resourceType")
    if kind == "ServiceRequest" and "code" in draft:  # FHIR has orderDetail only beside a code
        details = _added(draft.get("orderDetail"))
        return None if details is None else {**draft, "orderDetail": details}
    if kind == "MedicationRequest":
        instructions = _instructions(draft.get("dosageInstruction"))
        return None if instructions is None else {**draft, "dosageInstruction": instructions}
    return None


def _instructions(sent: Any) -> list[Shape] | None:
    """Every dosage instruction with the word added: each of them is a product to be given."""
    instructions = sent or [{}]
    if not _is_list_of_objects(instructions):
        return None
    added = [_added(each.get("additionalInstruction")) for each in instructions]
    if None in added:
        return None
    return [{**each, "additionalInstruction": words} for each, words in zip(instructions, added, strict=True)]


def _added(sent: Any) -> list[Shape] | None:
    """A list of concepts with the word added; None where what was sent is no such list."""
    concepts = sent or []
    return [*concepts, {"text": say.IRRADIATED}] if _is_list_of_objects(concepts) else None


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _without_empty_members(value: Any) -> Any:
    """A resource without members that hold nothing. A null in a list stays: FHIR keeps the places of a list so."""
    if isinstance(value, dict):
        kept = {key: _without_empty_members(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each is not None and each not in ("", [], {})}
    return [_without_empty_members(each) for each in value] if isinstance(value, list) else value
