"""Which specialty, or which other profession, free text names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.remembered import remembered

_CELLS = r"(?:bone[- ]?marrow|stem[- ]?cells?|ha?em(?:at)?opoietic(?:[- ](?:stem|progenitor))?(?:[- ]cells?)?|marrow)"
_BMT = r"(?:bmt|hsct|hct)"
_HAEM_ONC = r"\bha?em(?:e|at)?[-/& ]+(?:and )?onc"
_SPECIALTIES = {
    "transplant-specialist": (
        rf"{_CELLS}\b.{{0,30}}transplant|\b{_BMT}\b|"
        r"transplant\w*.{0,30}(?:bone[- ]marrow|stem[- ]cell|ha?em(?:at)?opoietic)|"
        r"transplant\w*[ ,/&]*(?:and )?cell(?:ular)? therap|\bcell(?:ular)? therap\w*[ ,/&]*(?:and )?transplant"
    ),
    "haematologist": rf"\bha?ematolog|{_HAEM_ONC}",
    "oncologist": rf"oncolog|{_HAEM_ONC}",
    "immunologist": r"(?<!transplant )(?<!transplantation )\bimmunolog",
    "infectious-disease-specialist": r"infectious[- ]diseases?",
}
_SPECIALTY = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SPECIALTIES.items()}
_ORGAN = re.compile(
    r"liver|hepat|kidney|renal|nephro|heart|cardi|lung|pulmon|\borgan|pancrea|islet|intestin|bowel|viscer|abdominal|"
    r"cornea|limbal|uter(?:us|ine)|fa?ecal|\bhair\b|\bface\b",
    re.IGNORECASE,
)
_OTHER_PROFESSION = re.compile(
    r"nurs|\bc?rnp?\b|\baprn\b|\bnp\b|\blpn\b|\bpa-?c\b|coordinat|technolog|technician|pharmac|social work|dietit|"
    r"nutrition|navigator|secretar|clerk|(?:physician|medical|research|administrative)(?:'s)? (?:assistant|associate)|"
    r"psych|chaplain|child life|therapist|scientist|researcher|(?:data|case|care|practice) manager|counsel|financ|"
    r"billing|interpreter|volunteer|advocate|administrator|student|teacher|caregiver",
    re.IGNORECASE,
)
_LABORATORY = re.compile(r"laborator|\blab\b|patholog|histocompatib|blood bank", re.IGNORECASE)
_LABORATORY_IMMUNOLOGY = re.compile(r"clinical (?:and|&) laboratory immunolog", re.IGNORECASE)
_OTHER_ONCOLOGY = re.compile(r"radiation|radio-?|surgical|surgery|\bgyn|orthop", re.IGNORECASE)
_TRANSPLANT = re.compile(r"transplant", re.IGNORECASE)
_ON_THE_WAY_TO_TRANSPLANT = re.compile(
    rf"\b(?:pre|post|peri|before|prior to|after|(?<!center )(?<!centre )(?<!program )(?<!institute )for|s/p|"
    rf"status post|history of)[- ]*(?:allo\w*|auto\w*)?[- ]*"
    rf"(?:{_BMT}\b|{_CELLS}|transplant)|\b(?:dent(?:al|ist)\w*|an[ae]+sthesi\w*|fertility|infusion|donor|recipient|patient)\b",
    re.IGNORECASE,
)
_NOT_ONE = re.compile(r"\b(?:no|not|non|never|former|formerly|retired|ex)\b", re.IGNORECASE)


@remembered
def specialties_in(text: str) -> frozenset[str]:
    """The specialties a text names; `transplant-surgery` and `oncologist-other-kind` need a closer look."""
    if other_profession(text) or names_laboratory(text) or _NOT_ONE.search(text):
        return frozenset()
    found = {name for name, pattern in _SPECIALTY.items() if pattern.search(text)}
    if _ORGAN.search(text):
        found.discard("transplant-specialist")
    elif _ON_THE_WAY_TO_TRANSPLANT.search(text):
        # A dentist sees the patient before a transplant, and is no specialist of it.
        found.discard("transplant-specialist")
    elif _TRANSPLANT.search(text) and "transplant-specialist" not in found:
        found.add("transplant-surgery")
    if "oncologist" in found and _OTHER_ONCOLOGY.search(text):
        found.discard("oncologist")
        found.add("oncologist-other-kind")
    if re.search(r"dermatolog", text, re.IGNORECASE):
        found -= {"immunologist", "haematologist"}
    return frozenset(found)


@remembered
def other_profession(text: str) -> bool:
    """Whether the text names a nurse, coordinator, technologist, pharmacist or the like."""
    return bool(_OTHER_PROFESSION.search(text))


@remembered
def names_laboratory(text: str) -> bool:
    """Whether the text names a laboratory or pathology, whose physicians are not the specialists consulted."""
    return bool(_LABORATORY.search(text)) and not _LABORATORY_IMMUNOLOGY.search(text)


def names_organ(texts: Iterable[str]) -> bool:
    """Whether any of the texts names an organ that is transplanted, which cells of the blood are not."""
    return any(_ORGAN.search(text) for text in texts)
