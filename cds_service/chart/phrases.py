"""What free text names. Codes decide where there are codes; words decide only where no code exists.

A phrase is searched in text already folded by `plain_text` (one dash, one blank, Roman numerals as letters).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

KRESLADI = r"\bkresladi\b|\bmarnetegra(?:ge)?ne\b|\brp[- ]?l ?201\b|\b83537-?0?034-?(?:0?1)?\b"
OTHER_GENE_THERAPY = (
    r"casgevy|exagamglogene|lenmeldy|atidarsagene|tecartus|brexucabtagene|zynteglo|skysona|lyfgenia|"
    r"\w+(?:cabtagene|glogene|darsagene) \w+|onasemnogene|zolgensma|eladocagene|kebilidi|hemgenix|roctavian|beqvez|"
    r"luxturna|elevidys|car[- ]?t\b|tisagenlecleucel|axicabtagene"
)

PHRASES: dict[str, str] = {
    "kresladi": KRESLADI,
    "other-gene-therapy": OTHER_GENE_THERAPY,
    "gene-therapy": r"gene[- ]therap|genetically[- ]modified|gene[- ](?:modified|corrected)|lentivir|nct03812263",
    "trial": r"nct03812263",
    "transplant": (
        r"(?:bone[- ]marrow|stem[- ]cells?|ha?ematopoietic|progenitor[- ]cells?|cord[- ]blood|marrow)\b.{0,40}"
        r"transplant|transplant\w*.{0,30}(?:bone[- ]marrow|stem[- ]cell|progenitor|ha?ematopoietic)|"
        r"\b(?:allo|auto)?-?(?:hsct|bmt|hct)\b|(?:allogene?ic|autologous).{0,30}transplant"
    ),
    "allogeneic": r"\ballo(?:gene?ic)?\b|\ballo-?(?:hsct|bmt|hct)\b|unrelated donor|sibling donor|haplo",
    "apheresis": r"\b(?:leu[ck]o?)?apheresis\b|\bleukapheresis\b",
    "other-apheresis": r"plasma|platelet|red (?:blood )?cell|erythro|ldl|lipo|photo|therapeutic",
    "granulocyte-transfusion": r"granulocytes?\b.{0,40}transfus|transfus\w*.{0,40}granulocytes?",
    "cd18": r"\bcd ?18\b|integrin,? beta-? ?2\b|\bbeta-? ?2 integrin",
    "cd11a": r"\bcd ?11 ?a\b",
    "cd11b": r"\bcd ?11 ?b\b",
    "cd11c": r"\bcd ?11 ?c\b",
    "itgb2": r"\bitgb2\b",
    "genetic": r"\bgen(?:e|etic|omic)s?\b|\bvariants?\b|sequencing|exome|\bngs\b",
    "lad": (
        r"adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)|rambam[- ]hasharon|kindlin[- ]?3|"
        r"\blad\b|\blad[- ]?(?:i{1,3}|[123])\b"
    ),
    "cord": (
        r"(?:umbilical|cord)\b.{0,30}(?:separat|detach|fall|fell|shed|loss)|(?:separat|detach|"
        r"shed)\w*.{0,30}\bcord\b"
    ),
    "omphalitis": r"omphalitis",
    "mucosa": r"gingivitis|periodontitis|stomatitis|gingivostomatitis|mucosal inflammation|inflamed mucosa",
    "skin": r"cellulitis|dermatitis|skin (?:abscess|infection|inflammation|ulcer)|inflamed skin|pyoderma(?! gangr)",
    "no-pus": (
        r"(?:no|lack of|absen(?:t|ce of)|without|missing) (?:any )?pus\b|"
        r"pus (?:formation )?(?:is )?absent|impaired pus"
    ),
    "pus-formation": r"\bpus (?:formation|production|at (?:the )?(?:sites?|infect))",
    "wound": r"(?:poor|delayed|slow|impaired|non-?)[ -]?(?:wound[ -])?healing\b.{0,10}(?:wounds?)?",
    "surgical-wound": r"dehiscence|disruption",
    "infection": (
        r"sepsis|septic|bacter(?:a?emia|ial)|fung(?:al|us|a?emia)|pneumonia|abscess|cellulitis|fasciitis|osteomyelitis|"
        r"meningitis|peritonitis|mastoiditis|otitis|candid|aspergill|empyema|omphalitis|perianal|infection"
    ),
    "culture": r"\bculture\b|\bcultures\b|organism|microbiolog",
    "sibling": r"\bsiblings?\b|\bbrothers?\b|\bsisters?\b|only child",
    "donor": r"\bdonors?\b|\bhla\b",
    "consult": r"\bconsult",
    "weight": r"\bbody weight\b|^weight(?:,? \(?(?:measured|actual|kg)\)?)?$",
}
_COMPILED = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in PHRASES.items()}
STEMS: dict[str, tuple[str, ...]] = {
    "kresladi": ("kresladi", "marnetegra", "l201", "l 201", "83537"),
    "other-gene-therapy": (
        "casgevy", "glogene", "lenmeldy", "darsagene", "tecartus", "cabtagene", "zynteglo", "skysona", "lyfgenia",
        "onasemnogene", "zolgensma", "eladocagene", "kebilidi", "hemgenix", "roctavian", "beqvez", "luxturna",
        "elevidys",
        "cart", "car-t", "car t", "tisagenlecleucel",
    ),
    "gene-therapy": ("gene therap", "gene-therap", "genetically", "gene-modif", "gene modif", "gene-corr", "gene corr",
                     "lentivir", "nct03812263"),
    "trial": ("nct03812263",),
    "transplant": ("transplant", "hsct", "bmt", "hct"),
    "allogeneic": ("allo", "donor", "haplo"),
    "apheresis": ("apheresis",),
    "other-apheresis": ("plasma", "platelet", "red ", "erythro", "ldl", "lipo", "photo", "therapeutic"),
    "granulocyte-transfusion": ("granulocyte",),
    "cd18": ("cd18", "cd 18", "integrin"),
    "cd11a": ("cd11", "cd 11"),
    "cd11b": ("cd11", "cd 11"),
    "cd11c": ("cd11", "cd 11"),
    "itgb2": ("itgb2",),
    "genetic": ("gene", "genom", "variant", "sequencing", "exome", "ngs"),
    "lad": ("adhesion", "hasharon", "kindlin", "lad"),
    "cord": ("cord", "umbilical"),
    "omphalitis": ("omphalitis",),
    "mucosa": ("gingiv", "periodontitis", "stomatitis", "mucosa"),
    "skin": ("cellulitis", "dermatitis", "skin", "pyoderma"),
    "no-pus": ("pus",),
    "pus-formation": ("pus",),
    "wound": ("healing",),
    "surgical-wound": ("dehiscence", "disruption"),
    "infection": ("sepsis", "septic", "bacter", "fung", "pneumonia", "abscess", "cellulitis", "fasciitis", "myelitis",
                  "meningitis", "peritonitis", "mastoiditis", "otitis", "candid", "aspergill", "empyema", "omphalitis",
                  "perianal", "infection"),
    "culture": ("culture", "organism", "microbiolog"),
    "sibling": ("sibling", "brother", "sister", "only child"),
    "donor": ("donor", "hla"),
    "consult": ("consult",),
    "weight": ("weight",),
}  # fmt: skip
"""Per phrase, in small letters, words of which one stands in every text that names it: a look for these is a tenth of
the price of the phrase itself, and nearly every text has none."""


_LETTERS = 3
"""Of a stem, by which it is looked up: no stem is shorter."""
_BY_BEGINNING: dict[str, list[tuple[str, str]]] = defaultdict(list)
for _tag, _stems in STEMS.items():
    for _stem in _stems:
        _BY_BEGINNING[_stem[:_LETTERS]].append((_stem, _tag))


def named_in(texts: Iterable[str]) -> frozenset[str]:
    """The tags of all phrases that the texts name."""
    return frozenset(tag for text in texts for tag in _possible(text.lower()) if _COMPILED[tag].search(text))


def _possible(folded: str) -> set[str]:
    """The tags of the phrases of which a stem stands in the text."""
    found: set[str] = set()
    for start in range(len(folded)):
        for stem, tag in _BY_BEGINNING.get(folded[start : start + _LETTERS], ()):
            if folded.startswith(stem, start):
                found.add(tag)
    return found


def names(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts names the phrase."""
    return any(_COMPILED[tag].search(text) for text in texts)


_HEDGED_BEFORE = re.compile(
    r"\b(?:no|not|non|never|denie[sd]|negative for|without|absence of|free of|unaffected|rul(?:e[sd]?|ing)[- ]out|r/o|"
    r"exclud\w*|suspect\w*|possibl[ey]|consider(?:ed|ing)?|(?:may|might|could) (?:be|have|represent)|"
    r"probabl[ey]|presumed|presumptive|query|questionable|unlikely|likely|differential|screen\w*|at risk|risk of|"
    r"family history|family hx|fhx?|history in|carrier|evaluat\w*|work-?up|concern\w*|test\w* for|vs|"
    r"versus|mother|father|"
    r"brothers?|sisters?|siblings?|cousins?|uncle|aunt|parent|son|daughter|niece|nephew|f(?:o)?etus|maternal|paternal|"
    r"hypothetical|pending)\b[^.;]*$|\?[^.;]*$",
    re.IGNORECASE,
)
_HEDGED_AFTER = re.compile(
    r"^[^.;]{0,25}(?:\b(?:ruled out|excluded|suspected|carrier|carriers|unlikely|possible|probable|"
    r"refuted|not confirmed|"
    r"unconfirmed|(?<!gram )(?<!gram-)negative|pending|not found|not detected|versus|vs|like|"
    r"in (?:an? |the )?(?:brother|sister|mother|father|sibling|cousin|uncle|aunt|son|daughter|f(?:o)?etus))\b|\?)|"
    r"^[ -]*(?:screen\w*|test(?:s|ing)?|work-?up|evaluation)\b",
    re.IGNORECASE,
)
_NO_HEDGE = re.compile(r"not otherwise specified|not elsewhere classified|\bnos\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|denie[sd]|negative|without|absen(?:t|ce)|never|none)\b", re.IGNORECASE)


def hedged(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end is denied, suspected, somebody else's, or only looked for."""
    before, after = _NO_HEDGE.sub("", text[:start]), text[end:]
    return bool(_HEDGED_BEFORE.search(before) or _HEDGED_AFTER.search(after))


def hedged_throughout(tag: str, text: str) -> bool:
    """Whether the text denies or doubts the phrase where it names it, or, where it does not, anything at its end."""
    match = _COMPILED[tag].search(text)
    return hedged(text, *match.span()) if match else hedged(text, len(text), len(text))


def plainly_named(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts names the phrase without denying or doubting it."""
    for text in texts:
        match = _COMPILED[tag].search(text)
        if match and not hedged(text, *match.span()):
            return True
    return False


def denied(texts: Iterable[str]) -> bool:
    """Whether any of the texts holds a word of denial."""
    return any(_DENIED.search(text) for text in texts)


_LAD = re.compile(
    r"(?:\btype[ -]*(III|II|I|3|2|1)[ ,-]+)?"
    r"(?:leu[ck]o|leuco)cyte[ -]adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)\b(?:[ ,-]*\(?\bLAD\b\)?)?"
    r"(?:[ ,(-]*(?:syndrome[ ,(-]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b)?|\bLAD[ -]*\(?(?:type[ -]*)?(III|II|I|3|2|1)\b",
    re.IGNORECASE,
)
_CORONARY = re.compile(r"arter|coronar|descending|stenos|stent|occlu|infarct|\bPCI\b|\bCABG\b", re.IGNORECASE)
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
    the mentions is hedged. LAD-I variant is type III; LAD of a coronary artery is none; a gene or another name of
    type II or III says that type."""
    types: set[str] = set()
    doubtful = False
    for text in texts:
        for match in _LAD.finditer(text):
            if match.group(3) and _CORONARY.search(text):
                continue
            kind, after = _type(match.group(1) or match.group(2) or match.group(3)), text[match.end() :]
            second = _SECOND_TYPE.search(after)
            if kind == "I" and _VARIANT_OF_ONE.search(after):
                kind = "III"
            elif second:
                types.add(_type(second.group(1)))
            types.add(kind)
            doubtful = doubtful or hedged(text, *match.span())
        for match in _NAMES_OF_OTHER_TYPES.finditer(text):
            if not hedged(text, *match.span()):
                types.add("III" if match.group(0).upper().startswith(("KINDLIN", "FERMT3")) else "II")
    return frozenset(types), doubtful


def names_never_lad(text: str) -> bool:
    """Whether a text names a disease that no code of LAD stands for."""
    return bool(_NEVER_LAD.search(text))


def _type(said: str | None) -> str:
    return _ROMAN.get(said or "", (said or "").upper())


# --- specialties ------------------------------------------------------------------------------------------------------

_CELLS = r"(?:bone[- ]?marrow|stem[- ]?cells?|ha?em(?:at)?opoietic(?:[- ](?:stem|progenitor))?[- ]cells?|marrow)"
_BMT = r"(?:bmt|hsct|hct)"
_HAEM_ONC = r"\bha?em(?:e|at)?[-/& ]+(?:and )?onc"
_SPECIALTIES = {
    "transplant-specialist": (
        rf"{_CELLS}\b.{{0,30}}transplant|transplant\w*.{{0,30}}(?:bone[- ]marrow|stem[- ]cell)|\b{_BMT}\b|"
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


def other_profession(text: str) -> bool:
    """Whether the text names a nurse, coordinator, technologist, pharmacist or the like."""
    return bool(_OTHER_PROFESSION.search(text))


def names_laboratory(text: str) -> bool:
    """Whether the text names a laboratory or pathology, whose physicians are not the specialists consulted."""
    return bool(_LABORATORY.search(text)) and not _LABORATORY_IMMUNOLOGY.search(text)


def names_organ(texts: Iterable[str]) -> bool:
    """Whether any of the texts names an organ that is transplanted, which cells of the blood are not."""
    return any(_ORGAN.search(text) for text in texts)


# --- reasons for an order ---------------------------------------------------------------------------------------------

_DISEASE = re.compile(
    r"\b(?:disease|syndrome|an?a?emia|thalass?a?emia|leuk(?:a)?emia|lymphoma|sarcoma|carcinoma|cancer|"
    r"\w+ deficiency|scid|immunodeficiency|neutropenia|gangliosidosis|mucopolysaccharidosis|porphyria|hemophilia|"
    r"haemophilia|osteopetrosis|granulomatous|myeloma|\w*blastoma|\w*dystrophy|\w*histiocytosis)\b",
    re.IGNORECASE,
)
_TOO_BROAD = re.compile(
    r"adhesion|(?:primary |inherited |congenital |severe )?immun(?:e|o) ?deficiency(?! \w* \d)|"
    r"rare disease|genetic disease|"
    r"blood disease|periodontal disease|gum disease|infectious disease|neutrophil (?:disorder|dysfunction)|\bLAD\b|"
    r"skin disease|lung disease|gingival|leu[ck]ocytosis|genetic syndrome|"
    r"\bCD ?18\b|\bITGB2\b|beta-? ?2 integrin|\bLFA-? ?1\b",
    re.IGNORECASE,
)
_SPECIFIC_IMMUNODEFICIENCY = re.compile(
    r"severe combined|\bscid\b|common variable|x-linked|granulomatous", re.IGNORECASE
)


def names_other_disease(text: str) -> bool:
    """Whether a text names one specific disease that is not LAD, a finding of it, an infection or a broad group."""
    broad = _TOO_BROAD.search(text) and not _SPECIFIC_IMMUNODEFICIENCY.search(text)
    if names("infection", (text,)) or broad:
        return False
    match = _DISEASE.search(text)
    return bool(match) and not hedged(text, *match.span())  # type: ignore[union-attr]


_NO_FAMILY_HISTORY = re.compile(
    r"\b(?:no|negative|denies|without)\b[^.;]{0,20}family (?:history|hx)|"
    r"family history[^.;]{0,60}\b(?:negative|none|absent|denied)",
    re.IGNORECASE,
)


def denies_family_history(text: str) -> bool:
    """Whether a text says that there is no family history of what it names."""
    return bool(_NO_FAMILY_HISTORY.search(text))


_ABOUT_A_PROCEDURE = re.compile(
    r"consult|evaluat|assess|planning|counsel|educat|work-?up|discuss|referr|typing|harvest|collect|apheresis|biops|"
    r"eligib|screen|schedul|follow[- ]up|consent|mobili[sz]ation|shipment",
    re.IGNORECASE,
)
_BEFORE_GIVING = re.compile(
    r"prepar|prior to|before|await|planned|conditioning|\bpre-|manufactur|access|catheter|central line", re.IGNORECASE
)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgiven\b|\breceived\b|\bdosed?\b|transplant", re.IGNORECASE)
_DENIAL = re.compile(r"denied|denial|rejected|not covered|declined", re.IGNORECASE)


def about_a_procedure(said: Iterable[str]) -> bool:
    """Whether words speak of something around a treatment (a visit, a collection), not of the treatment itself."""
    return any(_ABOUT_A_PROCEDURE.search(text) for text in said)


def around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment: a visit, a collection, a preparation."""
    said = tuple(said)
    return about_a_procedure(said) or any(_BEFORE_GIVING.search(text) for text in said)


def only_around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment, and nothing in them of giving it."""
    said = tuple(said)
    return around_giving(said) and not any(_GIVING.search(text) for text in said)


def names_denial(text: str) -> bool:
    """Whether a payer's words say that a claim was denied."""
    return bool(_DENIAL.search(text))
