"""Whether words name Kresladi as what is ordered or given, or only as what something else is for or comes after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from enum import Enum

from cds_service.chart.phrases import KRESLADI, names
from cds_service.remembered import remembered

_OF_ANOTHER_DRUG = frozenset({"g-csf", "plerixafor", "conditioning-agent", "busulfan-oral"})
"""ValueSets of drugs that are given on the way to Kresladi: a code of one decides over words that mention it."""
_NAME = rf"(?:the )?(?:{KRESLADI})(?: autotemcel)?(?: \((?:{KRESLADI})(?: autotemcel)?\))?"
_GIVING_IT = r"(?:infusions?|transfusions?|administration|injection|gene therapy|treatment|therapy|dose)"
_STEP = (
    r"(?:conditioning|myeloablat\w*|mobili[sz]\w*|pre-?medicat\w*|pre-?meds?|prophyla\w*|hydrat\w*|"
    r"supportive (?:care|therapy)|chemo(?:therapy)?|pre-?(?:conditioning|infusion|treatment))\b"
)
_COLLECTION = r"(?:(?:leu[ck]o?)?apheresis|collect(?:ion|ing)|harvest(?:ing)?)\b(?! (?:product|cells?|bags?))"
_WITH_IT = r"(?:flush\w*|rinse|diluent|back-?up|rescue)\b"
"""What goes with the giving, or is given where it has failed: whoever gets one may have had Kresladi."""
_UPSHOT = r"(?:reactions?|toxicit\w+|fevers?|complications?|engraftment|follow-?up)\b"
_BEFORE = r"(?:before|prior to|ahead of|until|pre)"
_AFTER = r"(?:after|following|since|post|s/p)"
_NOT_SO_FAR = (
    r"(?! (?:cells? )?(?:(?:is|was|are|were|has been) )?(?:completed?|done|finished|given|stored|on site|ready)\b)"
)
"""Not with a word that notes beside an order how far things are: "Kresladi - conditioning completed"."""
_DAY_BEFORE, _DAY_AFTER = (rf"\b(?:day|d) ?{sign} ?[1-9]\d?\b" for sign in ("-", r"\+"))
_AFTER_IT = re.compile(
    rf"\b{_AFTER}[- ]+(?:(?:the|first|day of|receipt of|{_GIVING_IT} (?:of|with)) )*{_NAME}(?: {_GIVING_IT})?|"
    rf"{_NAME}[ -]+post[- ]?{_GIVING_IT}\b|{_NAME}(?: {_GIVING_IT})?[ -]+(?:related )?"
    rf"(?:{_UPSHOT}|{_WITH_IT}){_NOT_SO_FAR}|"
    rf"\b(?:back-?up|rescue)\b[^.;,]{{0,25}}?\b(?:for|{_BEFORE})[- ]{_NAME}",
    re.IGNORECASE,
)
_FOR_IT = re.compile(
    rf"\b(?:{_STEP}|flush\w*|diluent)[^.;,]{{0,25}}?\b(?:for|{_BEFORE})[- ]{_NAME}|"
    rf"\b(?:for|{_BEFORE})[- ]{_NAME}[ -](?:stem cell )?(?:{_STEP}|{_COLLECTION})|"
    rf"\b{_BEFORE}[- ]{_NAME}(?: infusion)?|"
    rf"{_NAME}(?:[ /-]+|: ?)(?:stem cell )?(?:{_STEP}|{_COLLECTION}){_NOT_SO_FAR}|"
    rf"{_NAME}(?:, | \(){_STEP}(?=[):]| -|$)|"
    rf"(?<!after )(?<!post )(?<!post-)(?<!following )\b{_STEP}(?: |, | ?[-:/] ?| \(){_NAME}"
    rf"(?! (?:{_GIVING_IT}|suspension|bags?|product|iv|cells?|infused|given|\d)\b)",
    re.IGNORECASE,
)
_UNDER_IT = re.compile(
    rf"\bfor {_NAME}(?: {_GIVING_IT})?|"
    rf"{_NAME}[ -]+(?:treatment )?(?:protocol|regimen|pathway|order ?set)\b|"
    rf"{_NAME}[ ,:(-]+{_DAY_BEFORE}|{_DAY_BEFORE}[ ,:()-]+(?:of )?{_NAME}",
    re.IGNORECASE,
)
_SOME_DAYS_AFTER = re.compile(rf"{_NAME}[ ,:(-]+{_DAY_AFTER}|{_DAY_AFTER}[ ,:()-]+(?:of )?{_NAME}", re.IGNORECASE)
_OF_THE_PRODUCT = (
    r"autologous|auto|autotemcel|cd34|cd18|chim|wpre|positive|lenti\w+|lv|vectors?|ex|vivo|gene(?:tically)?|modified|"
    r"corrected|edited|transduced|therap(?:y|ies)|cells?|cellular|stem|progenitor|ha?ematopoietic|hs?p?cs?|enriched|"
    r"cryopreserved|thawed|frozen|fresh|products?|drug|medication|medicinal|medicine|biologic(?:al)?|brand|generic|name|"
    r"study|trial|investigational|research|commercial|ip|imp|dp|nct\d*|suspension|vials?|bags?|bottles?|lot|doses?|"
    r"dosing|infus\w+|transfus\w+|administ\w+|inject\w+|giv(?:e|en|ing)|received|treat(?:ed|ment)|transplant\w*|"
    r"apheresis|iv|intravenous(?:ly)?|central|line|once|single|one|two|first|1st|initial|today|day|new|orders?|request|"
    r"planned|scheduled|started|rocket|human|paediatric|pediatric|peds|tx|completed?|done|patient|own|ml|kg|lad|lad-i|itgb2|leu[ck]ocyte|adhesion|deficiency|"
    r"severe|type|bmt|hsct|hct|gt|bone|marrow|inpatient|outpatient|hospital|pharmacy|specialty|formulary|non|nf|"
    r"admi(?:t|tted|ssion)|hospitali[sz]\w+|stay|bed|visit|encounter|appointment|chair|session|procedure|plan|prior|"
    r"nurs\w+|cent(?:er|re)|clinic|unit|room|suite|ward|icu|service|department|"
    r"(?:pre-?)?authori[sz]ation|auth|approv(?:al|ed)|insurance|obtained|"
    r"protocol|per|of|the|an|with|for|to|by|via|in|on|as|and|or|at|is|was|this"
)
_ANOTHER_WORD = re.compile(rf"\b(?!(?:{_OF_THE_PRODUCT}|{KRESLADI})\b)[a-z][a-z]", re.IGNORECASE)
_KRESLADI = re.compile(KRESLADI, re.IGNORECASE)
_PAPERS = (
    r"\b(?:(?:prior |pre-?)?authori[sz]ation|prior auth|pre-?certification|insurance|benefits?|appeal|"
    r"financial clearance|letter of medical necessity)\b"
    r"(?! (?:is |was )?(?:obtained|approved|granted|received|pending|done|complete\w*|on file|number|no\b|#))"
)
_PAPERS_FOR_IT = re.compile(
    rf"{_PAPERS}[^.;]{{0,30}}?(?:{KRESLADI})(?: autotemcel)?|(?:{KRESLADI})(?: autotemcel)?[ :,-]+{_PAPERS}",
    re.IGNORECASE,
)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgive\b|\bdos(?:e|es|ing)\b|/ ?kg", re.IGNORECASE)


class _Sense(Enum):
    """What a text names Kresladi as."""

    ITSELF = "what is given: nothing but words for the product stands before the name"
    PERHAPS = "perhaps what is given: something else stands before the name"
    BEFORE = "what came before something else, or goes with it"
    PURPOSE = "what something else is for"
    NOT_AT_ALL = "nothing"


def names_as_given(said: Iterable[str]) -> bool:
    """Whether any of the words name Kresladi, other than as what something else is for."""
    return any(_sense(text) not in (_Sense.PURPOSE, _Sense.NOT_AT_ALL) for text in said)


def are_of_an_order(said: Iterable[str], means: Set[str] = frozenset()) -> bool:
    """Whether the words of an order ask for Kresladi; `means` is what the codes beside them do."""
    return means.isdisjoint(_OF_ANOTHER_DRUG) and any(_sense(text) in (_Sense.ITSELF, _Sense.PERHAPS) for text in said)


def are_of_a_dose(said: Iterable[str], means: Set[str] = frozenset()) -> bool | None:
    """Whether the words for what was given are of Kresladi; None where they, with what the codes beside them mean,
    only leave it open that it was given: as what came before, or in the name of something else."""
    senses = {_sense(text) for text in said}
    if senses <= {_Sense.PURPOSE, _Sense.NOT_AT_ALL}:
        return False
    return True if _Sense.ITSELF in senses and means.isdisjoint(_OF_ANOTHER_DRUG) else None


@remembered
def _sense(text: str) -> _Sense:
    if not _KRESLADI.search(text):
        return _Sense.NOT_AT_ALL
    besides_later = _of_another(_SOME_DAYS_AFTER, _AFTER_IT.sub(" ", text))
    left = _of_another(_UNDER_IT, _FOR_IT.sub(" ", besides_later))
    named = _KRESLADI.search(left)
    if named is None:
        return _Sense.PURPOSE if besides_later == text else _Sense.BEFORE
    return _Sense.PERHAPS if _ANOTHER_WORD.search(left[: named.start()]) else _Sense.ITSELF


def _of_another(phrase: re.Pattern[str], text: str) -> str:
    """A text without the phrase, where anything else than the product is named beside it."""
    left = phrase.sub(" ", text)
    return left if _ANOTHER_WORD.search(left) else text


def is_paperwork(said: Iterable[str]) -> bool:
    """Whether words name Kresladi only as what papers are for, an authorisation or a benefit check, not its giving."""
    said = tuple(said)
    if any(map(_GIVING.search, said)) or not any(map(_PAPERS_FOR_IT.search, said)):
        return False
    return not names("kresladi", (_PAPERS_FOR_IT.sub(" ", text) for text in said))
