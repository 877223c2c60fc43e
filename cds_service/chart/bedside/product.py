"""Orders that have Kresladi undergo what it must not, or be given through a filter, by a pump, or peripherally."""

from __future__ import annotations

import re

from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.said import saying, says
from cds_service.chart.phrases import KRESLADI

_KRESLADI = re.compile(KRESLADI, re.IGNORECASE)
_ALTERING = re.compile(
    r"\birradiat(?:e|es|ed|ion|ing)\b|\bfilter(?:s|ed|ing)?\b|\bfiltration\b|\bwash(?:es|ed|ing)?\b|"
    r"\bspin(?:ning|s)?[- ]down\b|\bspun[- ]down\b|\bre-?suspen[ds]\w*|\bre-?fr[eo]ez\w*|\bre-?froze\w*|"
    r"\bfreez\w* (?:it )?again\b|\bsampl\w*(?=.*\b(?:bags?|product)\b)|\b(?:bags?|product)\b(?=.*\bsampl)",
    re.IGNORECASE,
)
_FILTER_IN_THE_LINE = re.compile(
    r"\bin[- ]?line (?:\w+ ){0,2}filters?|\b(?:blood|transfusion|leu[ck]o\w*|micro-?aggregate|standard|iv|"
    r"[\d.-]+ ?(?:micron|µm|um|μm))[- ](?:\w+[- ]){0,2}filters?\b|"
    r"\bfilter(?:ed)? (?:tubing|(?:infusion |transfusion )?set)\b",
    re.IGNORECASE,
)
_PUMP = re.compile(
    r"(?<!insulin )(?<!proton )(?<!pca )(?<!pain )(?<!breast )(?<!feeding )(?<!heart )\bpumps?\b(?! inhibit)",
    re.IGNORECASE,
)
_NOT_THE_PRODUCT = re.compile(
    r"irradiat\w* (?:(?:and|or|,|leu[ck]o\w*|cmv\S*|negative|safe|packed|cellular|washed|all|only)[ ,/-]+)*"
    r"(?:blood|prbcs?|rbcs?|"
    r"red|platelets?|products?|components?|granulocytes?|plasma|units?)\b|"
    r"(?:blood|prbcs?|platelets?|products?|components?|units?)\b[^.;]{0,30}\birradiat\w*|"
    r"\b(?:total|whole)[- ]body irradiation|\b(?:marrow|lymphoid|nodal|cranial|body|spleen)[- ]irradiat\w*|"
    r"\b(?:hepa|air|room|glomerular|water|needle|vena cava|ivc|umbrella)[- ](?:\w+[- ])?filt\w*|"
    r"\bfilter(?:ed)? (?:needle|straw|room|air)|"
    r"glomerular filtration|"
    r"\b(?:hand|mouth|body|face|chlorhexidine|chg|antiseptic|skin|broncho\w*|nasal|eye)[- ]*wash\w*|"
    r"\bwash\w* (?:hands?|skin|body|out|with chlorhexidine)|\bwash-?out\b|\bblood (?:products?|bags?|samples?)\b|"
    r"\bsampl\w* of (?:blood|serum|plasma|urine)",
    re.IGNORECASE,
)
_LABORATORY = re.compile(r"\bcbc\b|\bcounts?\b|\bassay|\bpanel\b|\bserum\b|\bcultures?\b|\blevels?\b", re.IGNORECASE)
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
    if not names or any(map(_LABORATORY.search, draft.what)):
        return None
    texts = (_NOT_THE_PRODUCT.sub(" ", _FILTER_IN_THE_LINE.sub(" ", text)) for text in draft.said)
    return saying(_ALTERING, texts)


def filter_or_pump_asked(draft: Draft) -> str | None:
    """The words by which an order asks for an in-line or blood filter, or an infusion or syringe pump."""
    return saying(_FILTER_IN_THE_LINE, draft.said) or saying(_PUMP, draft.said)


def peripheral_site(draft: Draft) -> str | None:
    """The words by which an order has the infusion go into a peripheral vein."""
    by_site = saying(_ARM_OR_HAND, (_CENTRAL.sub(" ", text) for text in draft.sites))
    return by_site or saying(_PERIPHERAL, (_CENTRAL.sub(" ", text) for text in draft.how))
