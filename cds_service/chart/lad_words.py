"""Which types of leukocyte adhesion deficiency free text names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.hedging import illness_hedged
from cds_service.remembered import remembered

_NOT_OF_SOMETHING_ELSE = (
    r"(?![ -]?(?:years?|yrs?|y/?o|months?|mo|weeks?|days?|brothers?|sisters?|siblings?|[cm]m\b|nodes?\b|diabet|dm\b|"
    r"n?stemi|mi\b|myocard|lesion|endoleak|hypersens|resp|renal|hyperlip|crs))"
)
"""After a number that is no age, and no type of another disease."""
_LAD = re.compile(
    r"(?:\btype[ -]*(III|II|I|3|2|1)[ ,-]+)?"
    r"(?:leu[ck]o|leuco)cyte[ -]adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)\b(?:[ ,-]*\(?\bLAD\b\)?)?"
    rf"(?:[ ,(-]*(?:syndrome[ ,(-]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b{_NOT_OF_SOMETHING_ELSE})?|"
    r"\bLAD(?:[ -]*\(?|[ ,:(-]+(?=type))(?:type[ -]*)?(III|II|I|3|2|1)\b|\btype[ -]*(III|II|I|3|2|1)[ ,-]+LAD\b",
    re.IGNORECASE,
)
_CORONARY = re.compile(
    r"arter|coronar|descending|stenos|stent|occlu|infarct|vessel|diagonal|isch(?:a)?em|bypass|"
    r"\b(?:PCI|CABG|CAD|LIMA)\b|calcif|plaque|\b(?:prox(?:imal)?|mid|distal|ostial)\b[- /]*LAD\b",
    re.IGNORECASE,
)
_ONLY_ABOUT_IT = re.compile(
    r"\b(?:expos(?:ure|ed)|counsel+\w*|educat\w*|teaching|discuss\w*|information|advice|trial|stud(?:y|ies)|research|"
    r"registry|participa\w*|enrol\w*|volunteer|donor|referr\w*|interest\w*|question|worr\w*|fear|anxiety)"
    r"\b[^.;]*$",
    re.IGNORECASE,
)
_SOMETHING_OF_IT = re.compile(
    r"^[ )-]*(?:(?:clinical|research|gene[- ]therapy|natural[- ]history|donor) )*"
    r"(?:trial|study|studies|registry|protocol|counsel+\w*|education|teaching|discussion|information|famil(?:y|ies)|donor|question|concerns?)\b",
    re.IGNORECASE,
)
"""Words before or after the name by which it is only spoken of: `Counseling about LAD-I`, `LAD-I trial`."""
_LYMPH_NODES = re.compile(
    r"lymph ?aden|\bnodes?\b|shotty|cervical|inguinal|axill|clavicular|mandibular|occipital|"
    r"mediastin|hilar|palpa",
    re.IGNORECASE,
)
_SITE = r"(?:neck|cervical|axill\w+|inguinal|groin|\w*clavicular|\w*mandibular|occipital|mediastinal|hilar)"
_NODES_BEFORE = re.compile(rf"\b{_SITE} $", re.IGNORECASE)
_NODES_AFTER = re.compile(
    r"^[ ,:(-]*(?:(?:right|left|bilateral|\d+) )*(?:lymph ?)?(?:nodes?|levels?)\b|"
    r"^[ ]?(?:-|to)[ ]?(?:IV|VI{0,2}|[4-7])\b|"
    rf"^[ (-]+(?:(?:right|left|bilateral) )*{_SITE}[ )]*(?:$|[,;.]|and\b|region|area|side)",
    re.IGNORECASE,
)
"""Swollen nodes of a level or a site: `LAD I-IV levels neck`, `LAD-1 node`."""
_LESION = re.compile(r"^[ )]*(?:N?STEMI|MI|lesions?)\b", re.IGNORECASE)
_A_SIZE = re.compile(r"^(?:[.,]\d|\+| ?(?:[x×-] ?\d|[cm]m\b))", re.IGNORECASE)
_VARIANT_OF_ONE = re.compile(r"^[ ]*(?:[-/,(] *|like |and )?(?:variant|v|III|3)\b", re.IGNORECASE)
_SECOND_TYPE = re.compile(
    r"^[ )]*(?:[/,&-]|\bor\b|\band\b|\bto\b)[ ]*(?:LAD[ -]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b"
    rf"{_NOT_OF_SOMETHING_ELSE}",
    re.IGNORECASE,
)
_MENTION = re.compile(r"adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)|\bLAD\b", re.IGNORECASE)
_OTHER_TYPE_SAID = re.compile(
    r"(?:\b(?:types?|typ|tipos?)\b\W*(?:I(?:\W+|\W*\b(?:and|or|to|und|oder|et|ou|y|o)\b\W*))?|"
    r"(?:\bLAD\b|deficiency|defect|disorder)\b[ )\]]*(?:[ ,:/(\[-]+(?:syndrome\b\W*)?(?=I)|[:/] ?(?=[23])))"
    rf"(III|II|3|2)\b{_NOT_OF_SOMETHING_ELSE}",
    re.IGNORECASE,
)
"""Type II or III, however it stands in the words beside a code of LAD or its name: `types II/III`, `Typ III`."""
_TYPE_RULED_OUT = re.compile(r"\b(?:no|not|without|exclud\w*|rul(?:ed?|ing)[- ]out|negative)\b", re.IGNORECASE)
_CLAUSE_BEFORE, _CLAUSE_AFTER = re.compile(r"[^.;,()]*$"), re.compile(r"^[^.;,()]*")
_NAMES_OF_OTHER_TYPES = re.compile(
    r"rambam[- ]hasharon|\bSLC35C1\b|\bCDG[- ]?(?:IIc|2c)\b|\bkindlin[- ]?3\b|\bFERMT3\b", re.IGNORECASE
)
_NEVER_LAD = re.compile(
    r"granulomatous|\bCGD\b|ch[eé]diak|wiskott|myeloperoxidase|hyper-?ige|sickle|thalass|\bscid\b|severe combined",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"^[^.;]{0,15}\b(?:now|later|actually|instead|revised|changed|corrected|reclassified)\b[^.;]*"
    rf"(?:{_NEVER_LAD.pattern})",
    re.IGNORECASE,
)
"""What it turned out to be: `LAD-I, now known to be CGD`."""
_REACH = 500
"""Characters around the name that are looked at."""
_ROMAN = {"1": "I", "2": "II", "3": "III"}


def lad_types(texts: Iterable[str], *, coded: bool = False) -> tuple[frozenset[str], bool]:
    """The types of leukocyte adhesion deficiency that the texts name ("" where none is said), and whether any of
    the mentions is hedged. LAD-I variant is type III; LAD of a coronary artery, or of lymph nodes, is none; a gene or
    another name of type II or III says that type. Beside a code of LAD (`coded`) a type need not stand at the name."""
    types: set[str] = set()
    doubtful = False
    for text in texts:
        named = list(_LAD.finditer(text))
        of_the_heart = bool(named) and _CORONARY.search(text) is not None
        for match in named:
            if (match.group(3) or match.group(4)) and (of_the_heart or _is_another_lad(text, match)):
                continue
            kind, after = _type(next(filter(None, match.groups()), None)), text[match.end() :]
            second = _SECOND_TYPE.search(after)
            if kind == "I" and _VARIANT_OF_ONE.search(after):
                kind = "III"
            elif second:
                types.add(_type(second.group(1)))
            types.add(kind)
            doubtful = doubtful or illness_hedged(text, *match.span()) or _is_not_it(text, match)
        if coded or (_MENTION.search(text) and not (_CORONARY.search(text) or _LYMPH_NODES.search(text))):
            types |= _other_types_said(text)
        for match in _NAMES_OF_OTHER_TYPES.finditer(text):
            if not illness_hedged(text, *match.span()):
                types.add("III" if match.group(0).upper().startswith(("KINDLIN", "FERMT3")) else "II")
    return frozenset(types), doubtful


@remembered
def types_in_name(said: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """The same of the words of one concept."""
    return lad_types(said)


@remembered
def types_beside_code(said: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """The same of the words of one concept that has a code of LAD."""
    return lad_types(said, coded=True)


def _other_types_said(text: str) -> set[str]:
    """Types II and III that the text says anywhere, but for those that their own clause rules out."""
    said: set[str] = set()
    for match in _OTHER_TYPE_SAID.finditer(text):
        before, after = _around(text, match)
        clause = "".join(side.group() for side in (_CLAUSE_BEFORE.search(before), _CLAUSE_AFTER.search(after)) if side)
        if not _TYPE_RULED_OUT.search(clause):
            said.add(_type(match.group(1)))
    return said


def _is_not_it(text: str, match: re.Match[str]) -> bool:
    """Whether the words are only on something to do with the disease, or say that it turned out to be another."""
    before, after = _around(text, match)
    return bool(_ONLY_ABOUT_IT.search(before) or _SOMETHING_OF_IT.search(after) or _INSTEAD.search(after))


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    return text[max(match.start() - _REACH, 0) : match.start()], text[match.end() : match.end() + _REACH]


def _is_another_lad(text: str, match: re.Match[str]) -> bool:
    """Whether LAD is short for a coronary artery (`LAD, type 1 MI`) or for lymph nodes (`cervical LAD 1 cm`)."""
    before, after = _around(text, match)
    if _A_SIZE.search(after) or _LESION.search(after):
        return True
    if _NODES_BEFORE.search(before) or _NODES_AFTER.search(after):
        return True
    return (match.group(3) or "").isdigit() and " " in match.group(0) and bool(_LYMPH_NODES.search(text))


def names_never_lad(text: str) -> bool:
    """Whether a text names a disease that no code of LAD stands for."""
    return bool(_NEVER_LAD.search(text))


def _type(said: str | None) -> str:
    return _ROMAN.get(said or "", (said or "").upper())
