"""What free text tells of a transplant or a gene therapy: that one was given, or only that one was had before."""

from __future__ import annotations

import re

from cds_service.chart import phrases
from cds_service.chart.purposes import (
    apart,
    besides_what_came_before,
    comes_for,
    of_the_patient,
    up_to_what_came_before,
)

PROCEDURES, PRODUCTS = ("transplant", "gene-therapy"), ("other-gene-therapy", "kresladi")
"""The phrases that name a transplant or a gene therapy by what is done, and by its product."""
_DONOR = re.compile(
    r"\b(?:matched|related|identical|full|hla|[- ])*\b(?:sibling|brother|sister|mother|father|cousin|parent|uncle|aunt|"
    r"maternal|paternal)\b(?:'s)?(?: donor)?",
    re.IGNORECASE,
)
_HAS_HAD = re.compile(
    r"history of|status[- ]post|\bs/p\b|\bh/o\b|\bpost\b|recipient|\bafter\b|\bfollowing\b", re.IGNORECASE
)
_COLLECTED_BY = re.compile(r"(?<=[a-z])(?:, ?| ?\()(?:by )?apheresis\b", re.IGNORECASE)
"""How a product was come by, as part of its name: `HPC, Apheresis`."""

Said = tuple[str, ...]


def without_donor(said: Said) -> Said:
    """The words; "sibling donor" says where cells came from, not that the transplant was the sibling's."""
    return tuple(_DONOR.sub(" allogeneic", text) for text in said)


def gives(tags: tuple[str, ...], said: Said) -> bool:
    """Whether words plainly name one of the phrases, and not only as what a visit or a collection is for."""
    left = [_told(_COLLECTED_BY.sub("", text)) for text in without_donor(said)]
    return any(phrases.plainly_named(tag, left) for tag in tags)


def is_afterwards(said: Said) -> bool:
    """Whether words name a transplant or a gene therapy only as what came before: a follow-up, a scan after it."""
    return any(map(_is_after_one, said))


def has_had_one(said: Said) -> bool:
    """Whether a diagnosis says that the patient, not a relative, has had a transplant or a gene therapy."""
    own = without_donor(tuple(map(of_the_patient, said)))
    left = [_told(text) for text in own if _HAS_HAD.search(text)]
    return any(phrases.plainly_named(tag, left) for tag in PROCEDURES)


def _told(text: str) -> str:
    """What a text tells of a treatment given, at that time or before."""
    if _is_after_one(text):
        return up_to_what_came_before(text)
    return text if comes_for(text) else apart(text)


def _is_after_one(text: str) -> bool:
    return _names_one(text) and not _names_one(besides_what_came_before(text))


def _names_one(text: str) -> bool:
    return any(phrases.names(tag, (text,)) for tag in (*PROCEDURES, *PRODUCTS))
