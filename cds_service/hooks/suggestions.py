"""Suggestions that do something: remove the order, or draft the order that closes a gap."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from cds_service.hooks.shapes import Shape, without_empties
from cds_service.logic import Remedy
from cds_service.policy.model import Order
from cds_service.wording import cards as say

_CODES = {Remedy.FLOW_CYTOMETRY: [{"system": "http://loinc.org", "code": "94266-4"}]}
"""Only where a verified code says exactly this; the others go by their text."""
_WHO_MAY_ORDER = ("Practitioner/", "PractitionerRole/")


@dataclass(frozen=True, slots=True)
class CallContext:
    """What a drafted order has to refer to."""

    patient_id: str
    user_id: str = ""
    encounter_id: str = ""


def delete_order(order: Order, *, recommended: bool = False) -> Shape:
    """Remove the draft. The order has to have an id."""
    action = {"type": "delete", "description": say.delete_action(order.reference), "resourceId": order.reference}
    return {"label": say.DELETE, "uuid": str(uuid4()), "isRecommended": recommended, "actions": [action]}


def order_remedy(remedy: Remedy, call: CallContext) -> Shape:
    """Draft the ServiceRequest that would settle what is missing."""
    label, text = say.ORDERS[remedy.value]
    resource = without_empties(
        {
            "resourceType": "ServiceRequest",
            "status": "draft",
            "intent": "order",
            "code": {"coding": _CODES.get(remedy), "text": text},
            "subject": {"reference": f"Patient/{call.patient_id}"},
            "encounter": {"reference": f"Encounter/{call.encounter_id}"} if call.encounter_id else None,
            "requester": {"reference": call.user_id} if call.user_id.startswith(_WHO_MAY_ORDER) else None,
        }
    )
    action = {"type": "create", "description": text, "resource": resource}
    return {"label": label, "uuid": str(uuid4()), "actions": [action]}
