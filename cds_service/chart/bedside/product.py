"""Orders that have Kresladi undergo what it must not, or be given through a filter, by a pump, or peripherally."""

from __future__ import annotations

import re

from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.said import saying, says
from cds_service.chart.handling_words import FILTER_IN_THE_LINE, altering
from cds_service.chart.phrases import KRESLADI

_KRESLADI = re.compile(KRESLADI, re.IGNORECASE)
_PUMP = re.compile(
    r"(?<!insulin )(?<!proton )(?<!pca )(?<!pain )(?<!breast )(?<!feeding )(?<!heart )\bpumps?\b(?! inhibit)",
    re.IGNORECASE,
)
_CENTRAL = re.compile(
    r"peripherally[- ]inserted|peripheral(?:[- ]blood)?[- ](?:\w+[- ])?(?:stem|progenitor|cell)\w*", re.IGNORECASE
)
_PERIPHERAL = re.compile(r"\bperipheral(?:ly)?\b|\bpiv\b", re.IGNORECASE)
_ARM_OR_HAND = re.compile(
    r"\bperipheral(?:ly)?\b|\bpiv\b|antecubital|\bforearm\b|\bhand\b|\bscalp vein|saphenous", re.IGNORECASE
)


def alters_product(draft: Draft, *, is_kresladi: bool) -> str | None:
    """The words by which an order has Kresladi irradiated, filtered, washed …; None where it asks for no such thing."""
    names = is_kresladi or "kresladi" in draft.means or says(_KRESLADI, draft.said)
    return altering(draft.said, draft.what) if names else None


def filter_or_pump_asked(draft: Draft) -> str | None:
    """The words by which an order asks for an in-line or blood filter, or an infusion or syringe pump."""
    return saying(FILTER_IN_THE_LINE, draft.said) or saying(_PUMP, draft.said)


def peripheral_site(draft: Draft) -> str | None:
    """The words by which an order has the infusion go into a peripheral vein."""
    by_site = saying(_ARM_OR_HAND, (_CENTRAL.sub(" ", text) for text in draft.sites))
    return by_site or saying(_PERIPHERAL, (_CENTRAL.sub(" ", text) for text in draft.how))
