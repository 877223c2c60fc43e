"""Which types of leukocyte adhesion deficiency free text names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.hedging import hedged

_LAD = re.compile(
    r"(?:\btype[ -]*(III|II|I|3|2|1)[ ,-]+)?"
    r"(?:leu[ck]o|leuco)cyte[ -]adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)\b(?:[ ,-]*\(?\bLAD\b\)?)?"
    r"(?:[ ,(-]*(?:syndrome[ ,(-]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b)?|\bLAD[ -]*\(?(?:type[ -]*)?(III|II|I|3|2|1)\b",
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
    r"lymph ?aden|\bnodes?\b|shotty|cervical|inguinal|axillar|clavicular|mandibular|occipital|"
    r"mediastin|hilar|palpa",
    re.IGNORECASE,
)
_A_SIZE = re.compile(r"^(?:[.,]\d|\+| ?(?:[x×-] ?\d|[cm]m\b))", re.IGNORECASE)
_VARIANT_OF_ONE = re.compile(r"^[ ]*(?:[-/,(] *|like |and )?(?:variant|v|III|3)\b", re.IGNORECASE)
_SECOND_TYPE = re.compile(
    r"^[ )]*(?:[/,&]|\bor\b|\band\b|\bto\b)[ ]*(?:LAD[ -]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b", re.IGNORECASE
)
_NAMES_OF_OTHER_TYPES = re.compile(
    r"rambam[- ]hasharon|\bSLC35C1\b|\bCDG[- ]?(?:IIc|2c)\b|\bkindlin[- ]?3\b|\bFERMT3\b", re.IGNORECASE
)
_NEVER_LAD = re.compile(
    r"granulomatous|ch[eé]diak|wiskott|myeloperoxidase|hyper-?ige|sickle|thalass|\bscid\b|severe combined",
    re.IGNORECASE,
)
_ROMAN = {"1": "I", "2": "II", "3": "III"}


def lad_types(texts: Iterable[str]) -> tuple[frozenset[str], bool]:
    """The types of leukocyte adhesion deficiency that the texts name ("" where none is said), and whether any of
    the mentions is hedged. LAD-I variant is type III; LAD of a coronary artery, or of lymph nodes, is none; a gene or
    another name of type II or III says that type."""
    types: set[str] = set()
    doubtful = False
    for text in texts:
        for match in _LAD.finditer(text):
            if match.group(3) and _is_another_lad(text, match):
                continue
            kind, after = _type(match.group(1) or match.group(2) or match.group(3)), text[match.end() :]
            second = _SECOND_TYPE.search(after)
            if kind == "I" and _VARIANT_OF_ONE.search(after):
                kind = "III"
            elif second:
                types.add(_type(second.group(1)))
            types.add(kind)
            doubtful = doubtful or hedged(text, *match.span()) or _is_only_about_it(text, match)
        for match in _NAMES_OF_OTHER_TYPES.finditer(text):
            if not hedged(text, *match.span()):
                types.add("III" if match.group(0).upper().startswith(("KINDLIN", "FERMT3")) else "II")
    return frozenset(types), doubtful


def _is_only_about_it(text: str, match: re.Match[str]) -> bool:
    """Whether the words are on something to do with the disease, and do not say that the patient has it."""
    return bool(_ONLY_ABOUT_IT.search(text[: match.start()]) or _SOMETHING_OF_IT.search(text[match.end() :]))


def _is_another_lad(text: str, match: re.Match[str]) -> bool:
    """Whether LAD is short for a coronary artery (`LAD 1-vessel disease`) or for lymph nodes (`cervical LAD 1 cm`)."""
    if _CORONARY.search(text) or _A_SIZE.search(text[match.end() :]):
        return True
    return match.group(3).isdigit() and " " in match.group(0) and bool(_LYMPH_NODES.search(text))


def names_never_lad(text: str) -> bool:
    """Whether a text names a disease that no code of LAD stands for."""
    return bool(_NEVER_LAD.search(text))


def _type(said: str | None) -> str:
    return _ROMAN.get(said or "", (said or "").upper())
