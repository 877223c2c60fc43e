"""Suggestions that do something: remove the order, or draft the order that closes a gap."""

from __future__ import annotations

import re
from uuid import uuid4

from cds_service.frozen import frozen
from cds_service.hooks.shapes import Shape, without_empties
from cds_service.logic import Remedy
from cds_service.policy.model import Order
from cds_service.wording import cards as say

_CODES = {Remedy.FLOW_CYTOMETRY: [{"system": "http://loinc.org", "code": "94266-4"}]}
"""Only where a verified code says exactly this; the others go by their text."""
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""FHIR's id, and the underscore that some servers have in theirs."""
_WHO_MAY_ORDER = ("Practitioner", "PractitionerRole")


def is_id(text: str) -> bool:
    """Whether a resource can be referred to by this id."""
    return bool(_ID.fullmatch(text))


@frozen
class CallContext:
    """What a drafted order has to refer to."""

    patient_id: str
    user_id: str = ""
    encounter_id: str = ""

    @property
    def encounter(self) -> Shape | None:
        """The reference to the encounter; None where there is none to refer to."""
        return {"reference": f"Encounter/{self.encounter_id}"} if is_id(self.encounter_id) else None

    @property
    def clinician(self) -> Shape | None:
        """The reference to a user who may order; None of anybody else."""
        kind, _, id_ = self.user_id.partition("/")
        return {"reference": self.user_id} if kind in _WHO_MAY_ORDER and is_id(id_) else None


def order_named(reference: str, id_: str | None) -> Order:
    """An order as an answer refers to it; one whose id is no FHIR id cannot be acted on, as if it had none."""
    return Order(reference, id_ if id_ is not None and is_id(id_) else None)


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
            "encounter": call.encounter,
            "requester": call.clinician,
        }
    )
    action = {"type": "create", "description": text, "resource": resource}
    return {"label": label, "uuid": str(uuid4()), "actions": [action]}
