"""How certain a Condition is: its verification status, from codes or words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.fhir.elements import texts

CONFIRMED, REFUTED, ENTERED_IN_ERROR = "confirmed", "refuted", "entered-in-error"
UNCERTAIN = ("provisional", "differential", "unconfirmed")
UNCLEAR = "unclear"
"""A status is stated, but none of FHIR's, or several that contradict each other."""

_CLAUSE = re.compile(r"[.;:,\n]|\bbut\b", re.IGNORECASE)
_RULED_OUT = re.compile(
    r"\b(?:ruled[- ]out|excluded|refuted|disproved|disproven|not confirmed|entered (?:here )?(?:in error|by mistake)|"
    r"misdiagnos(?:ed|is)(?! as\b))\b",
    re.IGNORECASE,
)
_OF_IT = frozenset(
    {"this", "it", "the", "that", "diagnosis", "condition", "problem", "has", "been", "was", "is", "now"}
)
"""Words with which a clause on a Condition may begin without naming anything else."""
_WORD = re.compile(r"\w+")


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


def ruled_out_in_note(condition: Any, *names: str) -> bool:
    """Whether a note on the Condition rules it out: under no name, its own, or one of `names` (in small letters).

    What else a note rules out (another cause, another type) takes nothing back.
    """
    notes = [note.text for note in condition.note or () if note.text]
    if not notes:
        return False
    own = _OF_IT.union(names, _words(texts(condition.code)))
    return any(
        own.issuperset(_words([clause[: match.start()]]))
        for note in notes
        for clause in _CLAUSE.split(note)
        for match in _RULED_OUT.finditer(clause)
    )


def _words(said: Iterable[str]) -> set[str]:
    return {word.lower() for text in said for word in _WORD.findall(text)}
