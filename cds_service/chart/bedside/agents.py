"""The words and codes of mobilisation and conditioning, in drafts and on the chart alike.

Codes are in `cds_service/terminology`; there is no verified code for apheresis or total body irradiation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from cds_service.chart.bedside.said import says

PLERIXAFOR = re.compile(r"\bplerixafor|\bmozobil\b", re.IGNORECASE)
G_CSF = re.compile(
    r"grastim\b|grastim-|\bg-? ?csf\b|granulocyte[- ]colony|\b(?:neupogen|neulasta|zarxio|zarzio|nivestym|nivestim|"
    r"releuko|nypozi|granix|granocyte|accofil|fulphila|udenyca|ziextenzo|nyvepria|fylnetra|stimufend|lonquex|"
    r"rolvedon|ryzneuta|pelgraz|pelmeg|lapelga)\b",
    re.IGNORECASE,
)
MOBILISATION = re.compile(r"(?<!im)mobili[sz]", re.IGNORECASE)
LEUKAPHERESIS = re.compile(r"\bleu[ck](?:o|ocyt)?apheresis|\bleu[ck]o?pheresis", re.IGNORECASE)
APHERESIS = re.compile(r"apheresis|cytapheresis", re.IGNORECASE)
PROGENITORS = re.compile(
    r"\bstem[- ]cells?\b|\bprogenitor|\bhpcs?\b|\bhpc[- (]?a\b|\bcd ?34\b|\bhspcs?\b|\bpbscs?\b|\bhscs?\b",
    re.IGNORECASE,
)
CONDITIONING = re.compile(
    r"\b(?:bu|treo)sul(?:f|ph)an\b|\bbusulfex\b|\btrecondi\b|\btrecondyv\b|\bgrafapex\b|\bthio-?tepa\b|"
    r"\btepadina\b|\btepylute\b|\bmelphalan\b|\balkeran\b|\bevomela\b|\bivra\b|\bphelinun\b|"
    r"\b(?:total|whole)[- ]body (?:ir)?radiation\b|\btbi\b(?=.*\b(?:c?gy|fractions?|radi\w+|condition\w*)\b)",
    re.IGNORECASE,
)
_NOT_THE_AGENT = (
    r"(?! (?:care|hygiene|mucos\w*|cavity|rinses?|intake|exam\w*|temp\w*|thrush|lesions?|ulcers?|cryo\w*|hydration|"
    r"fluids?|diet|feeds?|meds|medications|anti\w+|prophyla\w*|levetiracetam|phenytoin|clonazepam|ondansetron))"
)
_ORAL = re.compile(
    rf"\boral(?:ly)?\b{_NOT_THE_AGENT}|\bper os\b|\bpo\b{_NOT_THE_AGENT}|\bp\. ?o\.|\bby mouth\b|"
    r"\btab(?:let)?s?\b|\bcapsules?\b|\bmyleran\b|"
    r"\b(?:ng|nasogastric|gastrostomy|g)[- ]tube\b",
    re.IGNORECASE,
)
_AROUND_A_DRUG = re.compile(
    r"\blevels?\b|pharmacokinetic|\bpk\b|\bauc\b|\bassay|concentration|monitor|\btdm\b|prophyla|pre-?medic|nausea|"
    r"\bcounts?\b|consult|counsel|educat|teaching|consent|evaluat|planning|simulation|allerg|authori[sz]ation|"
    r"\b(?:before|prior to|pre|during|after|post|following|with)[- ](?:iv )?(?:busulfan|treosulfan|thiotepa|melphalan|"
    r"tbi|total|whole|plerixafor|mozobil|g-?csf|filgrastim)",
    re.IGNORECASE,
)
COLLECTION = re.compile(
    r"\b(?:peripheral[- ]blood[- ])?(?:(?:stem|progenitor)[- ]cells?|pbscs?|hpcs?|cd ?34\+?)[- ]+(?:cells? )?"
    r"(?:collection|harvest)",
    re.IGNORECASE,
)
"""What an apheresis is called by what it is for."""
_VISIT = (
    r"(?:catheter|line|access|consult\w*|counsel\w*|educat\w*|teaching|consent|evaluat\w*|planning|eligib\w*|"
    r"screen\w*|labs?|counts?|prior authori[sz]ation|clinic|clearance)"
)
_AROUND_APHERESIS = re.compile(
    rf"\b{_VISIT}\b.{{0,40}}(?:pheresis|collection|harvest)|(?:pheresis|collection|harvest)[ ,:-]+(?:\w+ )?{_VISIT}\b|"
    r"\b(?:before|prior to|pre|during|after|post|following)[- ]*(?:\w+[- ]){0,3}(?:\w*apheresis|collection|harvest)",
    re.IGNORECASE,
)
_OTHER_APHERESIS = re.compile(
    r"plasma|platelet|red (?:blood )?cell|erythro|\bldl\b|lipo|photo|\bmarrow\b|cord blood", re.IGNORECASE
)

_REGIMEN = re.compile(
    r"(?:(?:stem[- ]cell|hsc|pbsc|progenitor[- ]cell) )?mobili[sz]ation(?: of (?:stem|progenitor) cells)?|"
    r"(?:myeloablative )?(?:conditioning|preparative)(?: \w+)?|chemotherapy|radiotherapy|radiation(?: \w+)?",
    re.IGNORECASE,
)
_OF_ITS_ORDER = re.compile(r"[ ,:-]*\b(?:orders?|order set|regimen|protocol|course|day [-+]?\d+)\W*$", re.IGNORECASE)


def names_regimen_only(said: Iterable[str]) -> bool:
    """Whether words name a regimen and no drug: what it consists of stands in the order's dosage and notes."""
    return any(_REGIMEN.fullmatch(_OF_ITS_ORDER.sub("", text)) for text in said)


def is_plerixafor(means: Collection[str], said: Iterable[str]) -> bool:
    """Whether codes or words are of plerixafor, not of something around it."""
    return "plerixafor" in means or _names(PLERIXAFOR, said)


def is_g_csf(means: Collection[str], said: Iterable[str]) -> bool:
    """Whether codes or words are of a granulocyte colony-stimulating factor."""
    return "g-csf" in means or _names(G_CSF, said)


def is_conditioning(means: Collection[str], said: Iterable[str], how: Iterable[str]) -> bool:
    """Whether codes or words are of myeloablative conditioning that is not taken by mouth; `how`: route and dosage."""
    if "busulfan-oral" in means or "oral-route" in means:
        return False
    said = tuple(said)
    return ("conditioning-agent" in means or _names(CONDITIONING, said)) and not says(_ORAL, (*said, *how))


def is_collection(said: Iterable[str], beside: Iterable[str] = ()) -> bool:
    """Whether words are of an apheresis that collects progenitor cells; `beside`: what else is said of it."""
    said = tuple(text for text in said if not _AROUND_APHERESIS.search(text))
    if says(LEUKAPHERESIS, said):
        return True
    named = says(COLLECTION, said) or (says(APHERESIS, said) and says(PROGENITORS, (*said, *beside)))
    return named and not says(_OTHER_APHERESIS, said)


def _names(pattern: re.Pattern[str], said: Iterable[str]) -> bool:
    return says(pattern, (text for text in said if not _AROUND_A_DRUG.search(text)))
