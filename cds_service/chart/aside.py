"""What does not bear on the patient, whatever it says: another's, entered in error, or never done.

Told of a resource as it was sent, too: one that is not valid FHIR is no trouble where it is none of the patient's.
"""

from __future__ import annotations

from typing import Any

from cds_service.fhir.identity import Identity, Whose
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable, reference_in
from cds_service.wording import reasons

_IN_ERROR = "entered-in-error"
_NEVER_DONE = ("not-done", "cancelled")


def is_entered_in_error(model: Any) -> bool:
    """Whether any status of the resource says that it was entered in error."""
    stated = vars(model)
    if _IN_ERROR in {stated.get("status"), stated.get("docStatus")}:
        return True
    verification = stated.get("verificationStatus")
    return any(coding.code == _IN_ERROR for coding in (verification.coding or () if verification else ()))


def why_aside(identity: Identity, record: Record, subject: str) -> str | None:
    """Why a record that cannot be read does not bear on the patient all the same; None where it may.

    `subject`: the member that says whose it is.
    """
    try:
        members = record.plain()
    except Unreadable:
        return None
    status = members.get("status")
    if _IN_ERROR in (status, members.get("docStatus")) or _is_verified_as_error(members.get("verificationStatus")):
        return reasons.ENTERED_IN_ERROR
    if identity.owner(reference_in(members, subject), record) is Whose.OTHER:
        return reasons.ANOTHER_PATIENT
    never_done = status in _NEVER_DONE and not members.get("modifierExtension")
    return reasons.has_status(str(status)) if never_done else None


def _is_verified_as_error(concept: Any) -> bool:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return isinstance(codings, list) and any(
        isinstance(each, dict) and each.get("code") == _IN_ERROR for each in codings
    )
