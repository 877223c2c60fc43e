"""Which specialty, or which other profession, free text names."""

from __future__ import annotations

import re

from cds_service.chart.consult_words import consulted
from cds_service.remembered import remembered

_CELLS = r"(?:bone[- ]?marrow|stem[- ]?cells?|ha?em(?:at)?opoietic(?:[- ](?:stem|progenitor))?(?:[- ]cells?)?|marrow)"
_BMT = r"(?:bmt|hsct|hct)"
_HAEM_ONC = r"\bha?em(?:e|at)?[-/& ]+(?:and )?onc"
_ID = (
    r"(?:^|[,;/&(+]|\band\b)\s*(?:(?:pa?ediatrics?|peds?|adult|general|transplant|immunocompromised host)[- ]+)*"
    r"(?-i:ID)(?: (?:physician|attending|fellow|specialist|consultant|doctor|md|service|team|clinic))*"
    r"\s*(?=$|[,;/&)+]|\band\b)"
)
"""Infectious disease in its two capitals, which stand alone or beside the patient's age and the physician's rank."""
_SPECIALTIES = {
    "transplant-specialist": (
        rf"{_CELLS}\b.{{0,30}}transplant|\b{_BMT}\b|"
        r"transplant\w*.{0,30}(?:bone[- ]marrow|stem[- ]cell|ha?em(?:at)?opoietic)|"
        r"transplant\w*[ ,/&]*(?:and )?cell(?:ular)? therap|\bcell(?:ular)? therap\w*[ ,/&]*(?:and )?transplant"
    ),
    "haematologist": rf"\bha?ematolog|{_HAEM_ONC}",
    "oncologist": rf"oncolog|{_HAEM_ONC}",
    "immunologist": (
        r"(?<!transplant )(?<!transplantation )(?<!neuro[- ])(?<!ocular )(?<!reproductive )(?<!tumor )(?<!tumour )"
        r"\bimmunolog"
    ),
    "infectious-disease-specialist": rf"infectious[- ]dis(?:eases?)?\b|infectiolog|{_ID}",
}
_SPECIALTY = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SPECIALTIES.items()}
_ORGAN = re.compile(
    r"liver|hepat|kidney|renal|nephro|heart|cardi|lung|pulmon|\borgan|pancrea|islet|intestin|bowel|viscer|abdominal|"
    r"cornea|limbal|uter(?:us|ine)|fa?ecal|\bhair\b|\bface\b",
    re.IGNORECASE,
)
_OTHER_PROFESSIONS = (
    # nurses, by their names, degrees and certificates
    r"nurs|midwi|\b[a-z]{0,4}np\b|\b(?:ap|c|cc|bs|ms)?rn\b|\bcrna\b|\bl[pv]n\b|\b[abm]sn\b|\badn\b|\bdnsc?\b|"
    r"\ba?ocn[ps]?\b|\bcp?hon\b|\bbmtcn\b|\bcnm\b|\bcns\b(?! (?:tumou?r|onco|cancer|lymph|malign|disease))",
    # pharmacists
    r"pharmac|\bpharm\b|pharm\.? ?d\b|\br\.?ph\b|\bbc(?:op|ps|pps|idp|txp|ccp|acp)\b",
    # who treats beside a physician
    r"\bpa-?c\b|(?-i:\bPAs?\b)|mid-?level|extender|advanced? practi[cs]|\bap[pc]s?\b|non-?physician|veterinar|"
    r"(?:physician|medical|research|administrative)(?:'s)? (?:assistant|associate)|\b[cr]ma\b|psych|counsel|"
    r"social work|\bl[a-z]{0,2}sw\b|\b[bm]sw\b|dietit|dietic|nutrition|\brdn?\b|\bldn\b|chaplain|child life|therapist|"
    r"(?:physical|occupational|respiratory|speech|music|art|play) therapy|\bdpt\b",
    # who draws, runs, measures
    r"technolog|technician|\btech\b|phlebotom|operator|perfusionist|paramedic|\bemt\b|\bml[st]\b|scientist|researcher",
    # who keeps it all going
    r"coordinat|navigator|secretar|clerk|schedulers?\b|scheduling|recept|"
    r"(?:tumou?r|cancer|data(?:base)?) registr|registrar\W+data\b|\bdata entry\b|\bregistry\b(?! physician)|"
    r"(?:trials?|research|business|program(?:me)?|admin\w*|transplant|bmt|hsct|hct) office\b(?! visit)|"
    r"\bmanagers?\b|financ|billing|interpreter|translator|scribes?\b|mentor|volunteer|advocate|administrator|"
    r"student|teacher|caregiver|(?<!clinician )(?<!clinician-)(?<!physician )educators?\b|liaison|planners?\b|"
    r"supervisors?\b|\bassistants?\b(?=\W*$|\s*[,;/()]|\s-|\s+to\b)|\bc?cr[ac]s?\b|analyst|representative|auditor|abstractor",
    # the offices of a unit
    r"\b(?:intake|authori[sz]ations?|pre-?cert\w*|insurance|reimbursement)\b|utili[sz]ation (?:review|management)|"
    r"\b(?:referrals?|benefits?|quality|access|registration|coding|claims?|records?|information|education|support|data|"
    r"regulatory|compliance|safety|training|program(?:me)?|operations?|outreach|admissions?|discharge|documentation|"
    r"supply|resource|service|clinical|research|processing|search) specialists?\b|"
    r"\b(?:operations?|quality|business|compliance|regulatory|executive|referrals?|benefits?|coding|admissions?) "
    r"(?:director|officer|associate|lead|leader|staff|team|department|office)\b|"
    r"(?<!medical )\bdirector,? (?:of )?(?:\w+ )?(?:operations|quality|business)\b",
)
_DOTTED = re.compile(r"\b(?:[a-z]\.)+[a-z]\b", re.IGNORECASE)
"""A degree as it is written out: `R.N.`"""
_OTHER_PROFESSION = re.compile("|".join(_OTHER_PROFESSIONS), re.IGNORECASE)
_OTHER_SPECIALTY = re.compile(
    r"radiolog|imaging|palliat|hospice|rehabilit|physiatr|physical medicine|pain (?:medicine|management)|"
    r"epidemiologist|diseases? epidemiolog|dermatolog|neurolog(?!.*neuro-?onc)|ophthalm|optometr|endocrin|"
    r"gastroenterolog|nephrolog|pulmonolog|\burolog|otolaryng|orthop|obstetric|gyna?ecolog|hospitalist|"
    r"emergency medicine|an[ae]+sthesi|(?:critical|intensive|wound) care|intensivist|"
    r"\b[cmnps]?icu\b|\bent\b|\bgenetic(?:s|ists?)\b|(?-i:\b(?:PT|OT|SLP)\b)|\bgi\b(?![- /]*(?:onc|malig))|"
    rf"(?<!transplant )(?<!transplantation )\b(?:neuro)?surg(?:ery|eons?)\b(?![- ]*(?:blood|{_CELLS}))",
    re.IGNORECASE,
)
"""What makes a specialty of its own beside the name of one that is asked for: palliative care of an oncology unit."""
_LISTED = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)
_LABORATORY = re.compile(r"laborator|\blab\b|patholog|histocompatib|blood bank", re.IGNORECASE)
_LABORATORY_IMMUNOLOGY = re.compile(r"clinical (?:and|&) laboratory immunolog", re.IGNORECASE)
_OTHER_ONCOLOGY = re.compile(
    r"radiation|radio-?|surgical|surgery|\bgyn|orthop|musculoskel|\buro|interventional|ocular|ophthalm|"
    r"head (?:and|&) neck|cardio|dermat",
    re.IGNORECASE,
)
_KIND_NOT_SAID = re.compile(
    r"(?:\W|\b(?:pa?ediatrics?|peds?|adult|general|staff|senior|consultants?|attending|fellow|physician|provider|doctor|"
    r"md|specialist|service|team|clinic|department|division|of|oncolog(?:y|ists?))\b)+",
    re.IGNORECASE,
)
_TRANSPLANT = re.compile(r"transplant", re.IGNORECASE)
_ON_THE_WAY_TO_TRANSPLANT = re.compile(
    rf"\b(?:pre|post|peri|before|prior to|after|(?<!center )(?<!centre )(?<!program )(?<!institute )for|s/p|"
    rf"status post|history of)[- ]*(?:allo\w*|auto\w*)?[- ]*"
    rf"(?:{_BMT}\b|{_CELLS}|transplant)|\b(?:dent(?:al|ist)\w*|an[ae]+sthesi\w*|fertility|infusion|"
    r"donor|recipient|patient|survivors?(?! (?:clinic|program|care)))\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\bclinic/cent(?:er|re)\b", re.IGNORECASE)
"""The taxonomy's word for a facility; "Hematology clinic" is what a physician's own service is called."""
_HAEMATOCRIT = re.compile(
    r"\bhgb\b(?! (?:disorders?|ss?)\b)|\bhb ?[/&,] ?hct\b|\bhct ?[/&,] ?hb\b|ha?emoglobin(?!opath| disorder)|"
    r"ha?ematocrit|\bcbc\b|point[- ]of[- ]care|\bpoct?\b|\bhct[- ](?:test|check|level|draw|value|result|monitor)",
    re.IGNORECASE,
)
"""What stands beside HCT where it is measured in blood."""
_HCT = re.compile(r"\bhct\b", re.IGNORECASE)
_NO_LONGER = re.compile(
    r"\b(?:former|formerly|previous|retired|ex)\b|\bpreviously\b(?=\W*$|\s*[,;)]| (?:at|in|with|of|for)\b)",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(
    rf"\bnon[- ]?(?:{_CELLS}[- ])?transplant\w*|\bnon[- ][\w-]+|"
    r"\b(?:no|not|never|without|excluding|except|previously)\b[^,;()]*",
    re.IGNORECASE,
)


@remembered
def specialties_in(text: str) -> frozenset[str]:
    """The specialties a text names; `transplant-surgery` and `oncologist-other-kind` need a closer look."""
    if other_profession(text) or names_laboratory(text) or _NO_LONGER.search(text) or _PLACE.search(text):
        return frozenset()
    text = consulted(_HCT.sub("", text) if _HAEMATOCRIT.search(text) else text)
    said = _of_its_own(_NOT_THAT.sub("", text))
    found = {name for name, pattern in _SPECIALTY.items() if pattern.search(said)}
    if _ORGAN.search(said):
        found.discard("transplant-specialist")
    elif _ON_THE_WAY_TO_TRANSPLANT.search(said):
        # A dentist sees the patient before a transplant, and is no specialist of it.
        found.discard("transplant-specialist")
    elif _TRANSPLANT.search(said) and "transplant-specialist" not in found:
        found.add("transplant-surgery")
    if _OTHER_ONCOLOGY.search(text) and _SPECIALTY["oncologist"].search(_NOT_THAT.sub("", text)):
        found.discard("oncologist")
        found.add("oncologist-other-kind")
    if re.search(r"dermatolog", text, re.IGNORECASE):
        found -= {"immunologist", "haematologist"}
    return frozenset(found)


def _of_its_own(text: str) -> str:
    """The text without what it lists of other specialties."""
    if not _OTHER_SPECIALTY.search(text):
        return text
    return ", ".join(each for each in _LISTED.split(text) if not _OTHER_SPECIALTY.search(each))


@remembered
def other_profession(text: str) -> bool:
    """Whether the text names a nurse, coordinator, technologist, pharmacist or the like."""
    return bool(_OTHER_PROFESSION.search(_DOTTED.sub(lambda letters: letters.group().replace(".", ""), text)))


@remembered
def names_laboratory(text: str) -> bool:
    """Whether the text names a laboratory or pathology, whose physicians are not the specialists consulted."""
    return bool(_LABORATORY.search(text)) and not _LABORATORY_IMMUNOLOGY.search(text)


@remembered
def kind_not_said(text: str) -> bool:
    """Whether the text says oncology, or an oncologist, and nothing of which kind."""
    return bool(_KIND_NOT_SAID.fullmatch(text))


@remembered
def names_organ(texts: tuple[str, ...]) -> bool:
    """Whether any of the texts names an organ that is transplanted, which cells of the blood are not."""
    return any(_ORGAN.search(text) for text in texts)
