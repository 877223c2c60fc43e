"""Whether free text has Kresladi undergo what it must not: irradiating, filtering, washing, sampling the product …"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.bedside.said import saying, says
from cds_service.chart.giving_words import only_around_giving, only_as_a_moment
from cds_service.chart.phrases import KRESLADI

_DOING = (
    r"(?:irradiat(?:e|es|ed|ion|ing)|filter(?:s|ed|ing)?|filtration|wash(?:es|ed|ing)?|spin(?:ning|s)?[- ]down|"
    r"spun[- ]down|re-?suspen[ds]\w*|re-?fr[eo]ez\w*|re-?froze\w*)\b"
)
_SAMPLING = (
    r"\bsampl\w*(?=(?:(?!\b(?:after|before|prior|following|post)\b).)*\b(?:bags?|product)\b)|"
    r"\b(?:bags?|product)\b(?=.*\bsampl)"
)
_ALTERING = re.compile(rf"\b{_DOING}|\bfreez\w* (?:it )?again\b|{_SAMPLING}", re.IGNORECASE)
_ON_THE_WAY = r"(?:(?!(?:after|before|following|for|in|post|pre|since|to|with)\b)\w+\W+){0,4}?"
_ALTERING_IT = re.compile(
    rf"\b{_DOING}\W+{_ON_THE_WAY}(?:{KRESLADI}|\bbags?\b|\bproduct\b)|(?:{KRESLADI}|\bbags?\b|\bproduct\b)\W+{_DOING}|"
    rf"\bsampl\w*\W+{_ON_THE_WAY}(?:bags?|product)\b|\b(?:bags?|product)\W+sampl",
    re.IGNORECASE,
)
"""What is done, right beside what it is done to."""
FILTER_IN_THE_LINE = re.compile(
    r"\bin[- ]?line (?:\w+ ){0,2}filters?|\b(?:blood|transfusion|leu[ck]o\w*|micro-?aggregate|standard|iv|"
    r"[\d.-]+ ?(?:micron|µm|um|μm))[- ](?:\w+[- ]){0,2}filters?\b|"
    r"\bfilter(?:ed)? (?:tubing|(?:infusion |transfusion )?set)\b",
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
    r"\b(?:serum|plasma|urine|marrow|stool|saliva|patient|cbc|edta)[- ]samples?\b|"
    r"\bsampl\w* of (?:blood|serum|plasma|urine)",
    re.IGNORECASE,
)
_LABORATORY = re.compile(r"\bcbc\b|\bcounts?\b|\bassay|\bpanel\b|\bserum\b|\bcultures?\b|\blevels?\b", re.IGNORECASE)
_GIVING = re.compile(
    r"infus|administ|transfus|inject|\bgive\b|\biv\b|intraven|\bdose[ds]?\b|\bonce\b|/ ?kg|\bbolus", re.IGNORECASE
)
_MENTIONED = re.compile(
    r"\b(?:before|prior to|ahead of|until|for|pre-?)[- ]?(?:the |its |kresladi )?(?:infus|administ|transfus)\w*|"
    r"\b(?:infusion|transfusion|iv) (?:bags?|product|suspension)\b",
    re.IGNORECASE,
)
"""Names the giving as what comes later, or the bag by what it is for."""


def altering(said: Iterable[str], what: Iterable[str]) -> str | None:
    """The words by which an order that names Kresladi has it irradiated, filtered, washed …; None where none do.

    `what`: the words for what is ordered. A laboratory test has to say that the product is what it is done to.
    """
    pattern = _ALTERING_IT if any(map(_LABORATORY.search, what)) else _ALTERING
    return saying(pattern, (_NOT_THE_PRODUCT.sub(" ", FILTER_IN_THE_LINE.sub(" ", text)) for text in said))


def is_around_kresladi(what: Iterable[str]) -> bool:
    """Whether the words of a service order are for something around Kresladi, not for giving it.

    A visit or a preparation, the handling of its bag, or what only comes before or after it.
    """
    what = tuple(what)
    return only_around_giving(what) or only_as_a_moment(what) or _only_alters(what)


def _only_alters(what: tuple[str, ...]) -> bool:
    return altering(what, what) is not None and not says(_GIVING, (_MENTIONED.sub(" ", text) for text in what))
