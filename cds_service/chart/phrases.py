"""What free text names. Codes decide where there are codes; words decide only where no code exists.

A phrase is searched in text already folded by `plain_text` (one dash, one blank, Roman numerals as letters).
"""

from __future__ import annotations

import re
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
    "lad": r"adhesion[ -](?:molecule )?(?:deficiency|defect)|\blad\b|\blad[- ]?(?:i{1,3}|[123])\b",
    "cord": r"(?:umbilical|cord)\b.{0,30}(?:separat|detach|fall|fell|shed|loss)|(?:separat|detach|shed)\w*.{0,30}\bcord\b",
    "omphalitis": r"omphalitis",
    "mucosa": r"gingivitis|periodontitis|stomatitis|gingivostomatitis|mucosal inflammation|inflamed mucosa",
    "skin": r"cellulitis|dermatitis|skin (?:abscess|infection|inflammation|ulcer)|inflamed skin|pyoderma(?! gangr)",
    "no-pus": r"(?:no|lack of|absen(?:t|ce of)|without|missing) (?:any )?pus\b|pus (?:formation )?(?:is )?absent|impaired pus",
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
}
_COMPILED = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in PHRASES.items()}
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern in PHRASES.values()), re.IGNORECASE)


def named_in(texts: Iterable[str]) -> frozenset[str]:
    """The tags of all phrases that the texts name."""
    found: set[str] = set()
    for text in texts:
        if _ANY.search(text):
            found.update(tag for tag, phrase in _COMPILED.items() if phrase.search(text))
    return frozenset(found)


def names(tag: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts names the phrase."""
    return any(_COMPILED[tag].search(text) for text in texts)


_HEDGED_BEFORE = re.compile(
    r"\b(?:no|not|non|never|denie[sd]|negative for|without|absence of|rule[sd]? out|r/o|exclud\w*|suspect\w*|possibl[ey]|"
    r"probabl[ey]|presumed|presumptive|query|questionable|unlikely|likely|differential|screen\w*|at risk|risk of|"
    r"family history|family hx|fhx?|history in|carrier|evaluat\w*|work-?up|concern\w*|test\w* for|vs|versus|mother|father|"
    r"brother|sister|sibling|cousin|maternal|paternal|hypothetical|pending)\b[^.;]*$|\?[^.;]*$",
    re.IGNORECASE,
)
_HEDGED_AFTER = re.compile(
    r"^[^.;]{0,25}(?:\b(?:ruled out|excluded|suspected|carrier|carriers|unlikely|possible|probable|refuted|not confirmed|"
    r"unconfirmed|negative|pending|not found|not detected|in (?:brother|sister|mother|father|sibling|cousin))\b|\?)",
    re.IGNORECASE,
)
_NO_HEDGE = re.compile(r"not otherwise specified|not elsewhere classified|\bnos\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|denie[sd]|negative|without|absen(?:t|ce)|never|none)\b", re.IGNORECASE)


def hedged(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end is denied, suspected, somebody else's, or only looked for."""
    before, after = _NO_HEDGE.sub("", text[:start]), text[end:]
    return bool(_HEDGED_BEFORE.search(before) or _HEDGED_AFTER.search(after))


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
    r"(?:leu[ck]o|leuco)cyte[ -]adhesion[ -](?:molecule )?(?:deficiency|defect|disorder)\b(?:[ ,-]*\(?\bLAD\b\)?)?"
    r"(?:[ ,(-]*(?:syndrome[ ,(-]*)?(?:type[ -]*)?(III|II|I|3|2|1)\b)?|\bLAD[ -]*\(?(?:type[ -]*)?(III|II|I|3|2|1)\b",
    re.IGNORECASE,
)
_CORONARY = re.compile(r"arter|coronar|descending|stenos|stent|occlu|infarct|\bPCI\b|\bCABG\b", re.IGNORECASE)
_VARIANT_OF_ONE = re.compile(r"^[ ]*(?:[-/,(] *|like |and )?(?:variant|III|3)\b", re.IGNORECASE)
_ROMAN = {"1": "I", "2": "II", "3": "III"}


def lad_types(texts: Iterable[str]) -> tuple[frozenset[str], bool]:
    """The types of leukocyte adhesion deficiency that the texts name ("" where none is said), and whether any of
    the mentions is hedged. LAD-I variant is type III; LAD of a coronary artery is none."""
    types: set[str] = set()
    doubtful = False
    for text in texts:
        if _CORONARY.search(text):
            continue
        for match in _LAD.finditer(text):
            kind = (match.group(1) or match.group(2) or "").upper()
            kind = _ROMAN.get(kind, kind)
            if kind == "I" and _VARIANT_OF_ONE.search(text[match.end() :]):
                kind = "III"
            types.add(kind)
            doubtful = doubtful or hedged(text, *match.span())
    return frozenset(types), doubtful


# --- specialties ------------------------------------------------------------------------------------------------------

_SPECIALTIES = {
    "transplant-specialist": (
        r"(?:bone[- ]?marrow|stem[- ]?cells?|ha?ematopoietic(?:[- ](?:stem|progenitor))?[- ]cells?|marrow)\b.{0,30}transplant|"
        r"\bblood and marrow transplant|transplant\w*.{0,30}(?:bone[- ]marrow|stem[- ]cell|cellular therap)|"
        r"\b(?:bmt|hsct|hct)\b|transplant\w*(?: and|,| &)? cellular therap|cellular therap\w* and transplant"
    ),
    "haematologist": r"\bha?ematolog|ha?em[-/ ]+onc",
    "oncologist": r"oncolog|ha?em[-/ ]+onc",
    "immunologist": r"\bimmunolog",
    "infectious-disease-specialist": r"infectious[- ]diseases?",
}
_SPECIALTY = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SPECIALTIES.items()}
_ORGAN = re.compile(
    r"liver|hepat|kidney|renal|nephro|heart|cardi|lung|pulmon|solid organ|pancrea|intestin|cornea", re.I
)
_OTHER_PROFESSION = re.compile(
    r"nurs|\brn\b|\bnp\b|\blpn\b|coordinat|technolog|technician|pharmac|laborator|\blab\b|patholog|social work|dietit|"
    r"navigator|secretar|clerk|physician assistant|medical assistant|psycholog|chaplain|child life|physiotherap|"
    r"scientist|data manager|student",
    re.IGNORECASE,
)
_OTHER_ONCOLOGY = re.compile(r"radiation|radio-?|surgical|gyna?ecolog", re.IGNORECASE)
_TRANSPLANT = re.compile(r"transplant", re.IGNORECASE)


def specialties_in(text: str) -> frozenset[str]:
    """The specialties a text names; `transplant-surgery` and `oncologist-other-kind` need a closer look."""
    if _OTHER_PROFESSION.search(text):
        return frozenset()
    found = {name for name, pattern in _SPECIALTY.items() if pattern.search(text)}
    if _ORGAN.search(text):
        found.discard("transplant-specialist")
    elif _TRANSPLANT.search(text) and "transplant-specialist" not in found:
        found.add("transplant-surgery")
    if "oncologist" in found and _OTHER_ONCOLOGY.search(text):
        found.discard("oncologist")
        found.add("oncologist-other-kind")
    if re.search(r"dermatolog|patholog|allergy only", text, re.IGNORECASE):
        found -= {"immunologist", "haematologist"}
    return frozenset(found)


def other_profession(text: str) -> bool:
    """Whether the text names a nurse, coordinator, technologist, pharmacist, laboratory or the like."""
    return bool(_OTHER_PROFESSION.search(text))


# --- reasons for an order ---------------------------------------------------------------------------------------------

_DISEASE = re.compile(
    r"\b(?:disease|syndrome|an?a?emia|thalass?a?emia|leuk(?:a)?emia|lymphoma|sarcoma|carcinoma|cancer|dystrophy|"
    r"\w+ deficiency|scid|immunodeficiency|neutropenia|gangliosidosis|mucopolysaccharidosis|porphyria|hemophilia|"
    r"haemophilia|osteopetrosis|granulomatous|myeloma|blastoma)\b",
    re.IGNORECASE,
)
_TOO_BROAD = re.compile(
    r"adhesion|(?:primary |inherited |congenital |severe )?immun(?:e|o) ?deficiency(?! \w* \d)|rare disease|genetic disease|"
    r"blood disease|periodontal disease|gum disease|infectious disease|neutrophil (?:disorder|dysfunction)|\bLAD\b|"
    r"skin disease|lung disease",
    re.IGNORECASE,
)


def names_other_disease(text: str) -> bool:
    """Whether a text names one specific disease that is not LAD, a finding of it, an infection or a broad group."""
    if names("infection", (text,)) or _TOO_BROAD.search(text):
        return False
    match = _DISEASE.search(text)
    return bool(match) and not hedged(text, *match.span())  # type: ignore[union-attr]


_NO_FAMILY_HISTORY = re.compile(
    r"\b(?:no|negative|denies|without)\b[^.;]{0,20}family (?:history|hx)|family history[^.;]{0,60}\b(?:negative|none|absent|denied)",
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
_DENIAL = re.compile(r"denied|denial|rejected|not covered|declined", re.IGNORECASE)


def about_a_procedure(said: Iterable[str]) -> bool:
    """Whether words speak of something around a treatment (a visit, a collection), not of the treatment itself."""
    return any(_ABOUT_A_PROCEDURE.search(text) for text in said)


def names_denial(text: str) -> bool:
    """Whether a payer's words say that a claim was denied."""
    return bool(_DENIAL.search(text))
