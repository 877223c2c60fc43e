"""How certain a Condition is: its verification status, from codes or words."""

from __future__ import annotations

from typing import Any

from cds_service.fhir.elements import texts

CONFIRMED, REFUTED, ENTERED_IN_ERROR = "confirmed", "refuted", "entered-in-error"
UNCERTAIN = ("provisional", "differential", "unconfirmed")
UNCLEAR = "unclear"
"""A status is stated, but none of FHIR's, or several that contradict each other."""


def verification(condition: Any) -> str:
    """The status of FHIR that a Condition states; empty where it states none, `UNCLEAR` where none can be told."""
    concept = condition.verificationStatus
    if concept is None:
        return ""
    said = {coding.code for coding in concept.coding or ()} | {
        text.lower().replace(" ", "-") for text in texts(concept)
    }
    known = [status for status in (ENTERED_IN_ERROR, REFUTED, *UNCERTAIN, CONFIRMED) if status in said]
    if not known or (REFUTED in known and CONFIRMED in known):
        return UNCLEAR if any(said) else ""
    return known[0]


def is_confirmed(condition: Any) -> bool:
    """Confirmed, or nothing to the contrary: charts often leave the status out."""
    return verification(condition) in ("", CONFIRMED)
