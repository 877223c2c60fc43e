"""Concepts that say no more than that what stood there is not told: masked, redacted, unknown."""

from __future__ import annotations

import re
from typing import Any

_WHY_NOTHING = ("data-absent-reason", "nullflavor", "2.16.840.1.113883.5.1008")
"""Ends of the code systems whose codes say why there is nothing."""
_WITHHELD = frozenset(
    ["masked", "redacted", "restricted", "withheld", "suppressed", "hidden", "blocked", "undisclosed", "confidential",
     "msk", "unk", "unknown"]
)  # fmt: skip
_AROUND = frozenset(
    ["medication", "medications", "medicine", "drug", "product", "substance", "procedure", "service", "item", "entry",
     "information", "data", "content", "value", "name", "code", "details", "record", "by", "the", "for", "due", "to",
     "of", "and", "or", "is", "has", "been", "privacy", "security", "sensitive", "protected", "reason", "reasons",
     "label", "policy", "patient", "consent"]
)  # fmt: skip


def tells(concept: Any) -> bool:
    """Whether a CodeableConcept has a word of its own, or at least a code."""
    codings = [coding for coding in concept.coding or () if not (coding.system or "").lower().endswith(_WHY_NOTHING)]
    words = [word for word in (concept.text, *(coding.display for coding in codings)) if word and not word.isspace()]
    return not all(map(withholds, words or [coding.code or "masked" for coding in codings]))


def withholds(said: str) -> bool:
    """Whether words say only that what stood here is not told."""
    words = set(re.findall(r"\w+", said.lower()))
    return not words or (bool(words & _WITHHELD) and words <= _WITHHELD | _AROUND)
