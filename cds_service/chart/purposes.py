"""What free text names only as what something else is for, comes before, or is about; and what it says of a relative.

"CT chest pre-BMT", "Care conference - gene therapy" and "Kresladi teaching" give nothing. A word of that kind undoes
a treatment only where it stands directly before or behind it: in "HSCT, marrow harvested from father" it does not.
"""

from __future__ import annotations

import re

from cds_service.chart.phrases import KRESLADI

_GIVING = r"(?:(?:re-?)?infusions?|transfusions?|administrations?|injections?|rescue|boost)\b"
_NAME = (
    rf"(?:{KRESLADI}|autotemcel\b|gene[- ]therap(?:y|ies)\b|\b(?:(?:allo|auto|haplo)-?)?(?:hsct|bmt|hct|sct)s?\b|"
    r"\b(?:pbsct|ucbt|asct)\b|transplant(?:s|ations?)?\b)"
)
_DESCRIBED = (
    r"(?:(?:the|a|an|his|her|planned|upcoming|possible|potential|future|first|day|of|allo|auto|allogene?ic|autologous|"
    r"haplo|haploidentical|matched|unrelated|related|sibling|donor|mud|msd|bone|marrow|peripheral|blood|cord|umbilical|"
    r"stem|progenitor|ha?ematopoietic|cells?|hsc|hpc|pbsc|granulocytes?|leu[ck]ocytes?|white|wbc|lentiviral|ex|vivo)"
    r"[ -]+){0,8}"
)
_ONE = rf"{_NAME}(?:[ ()-]+{_NAME}){{0,3}}\)?"
_TREATMENT = rf"\b{_DESCRIBED}(?:{_ONE}(?:[ -]+{_GIVING})?|{_GIVING}(?: of {_DESCRIBED}{_ONE})?)"
ABOUT = (
    r"\b(?:consult\w*|evaluations?|eval|assessments?|planning|counsel\w*|educat\w+|teach\w*|training|work-?ups?|"
    r"discussions?|referrals?|typing|harvest(?:s|ing)?|collect(?:ions?|ing)|(?:leu[ck]o?)?apheresis|biops(?:y|ies)|"
    r"eligibility|candida(?:tes?|cy)|screening|scheduling|consent(?:s|ing)?|assent|mobili[sz]ation|shipment|shipping|"
    r"conferences?|meetings?|committees?|boards?|orientation|clearance|case management|reviews?|second opinions?|"
    r"(?:pre-?)?authori[sz]ations?|insurance|certificate|preparation|conditioning|pre-?medicat\w*|prophyla\w*|manufactur\w*|coordination|"
    r"labs?|blood ?work|questionnaire|checklist)\b"
)
"""What is done about a treatment, not the treatment."""
_VISIT = r"\b(?:visits?|clinics?|appointments?|telehealth|placement|insertion)\b"
_IS_DONE = (
    r" (?:is |was |were )?"
    r"(?:signed|verified|obtained|completed?|done|confirmed|on file|reviewed|given|documented|met)\b"
)
"""Behind a word such as "consent": it is noted beside a treatment, and is not what was done."""
_NOTES = re.compile(rf"(?:[,;(] ?| - )(?:\w+ )?{ABOUT}{_IS_DONE}", re.IGNORECASE)
_ON_THE_WAY = (
    r"(?:[ /-]+(?!(?:from|of|with|without|after|by|via|through|into|in|at|on|over|per|and|plus|following|under|follow|"
    r"followup|post|since|day|infusions?|transfusions?|administration|treatment|"
    r"therapy|dos(?:e|ing)|admission|inpatient)\b)[\w&]+){0,2}?"
)
_BEFORE = re.compile(
    rf"\b(?:(?:prior to|before|ahead of|for|regarding|re|until|awaiting|await)[ :-]+|pre[ -]*){_TREATMENT}",
    re.IGNORECASE,
)
_LED = re.compile(
    rf"(?:{ABOUT}|{_VISIT})[ :()-]+(?:(?:for|of|to|on|in|about|regarding|re|with|note|visit|session)[ :()-]+){{0,3}}"
    rf"{_TREATMENT}",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    rf"\b{_DESCRIBED}(?:{_ONE}{_ON_THE_WAY}[ :/-]+(?:{ABOUT}|{_VISIT})|"
    rf"(?:{_ONE}[ -]+)?{_GIVING}[ :/-]+{ABOUT})(?!{_IS_DONE})",
    re.IGNORECASE,
)
_CELLS = r"(?<!red )(?<!red blood )\b(?:cells?|grafts?|cd ?34\+?)(?!\w)"
_GIVES_CELLS = re.compile(
    rf"(?:{_GIVING}|\b(?:infus|transfus|administer)\w+).{{0,60}}?{_CELLS}|"
    rf"{_CELLS}.{{0,60}}?(?:{_GIVING}|\b(?:infused|administered|given)\b)|"
    rf"(?:^|[,;:(] ?| - |\b(?:iv|intravenous|autologous|cellular|product) ){_GIVING}(?! of)",
    re.IGNORECASE,
)
"""A giving of cells, or of what is not said: it may have been of the treatment that it is for."""
_COMES_FOR = re.compile(
    rf"\b(?:admission|admit(?:ted)?|hospitali[sz](?:ation|ed)|stay)[ :,-]+(?:for[ :]+)?{_TREATMENT}|"
    rf"(?:{_VISIT}|\bencounter)[ :,-]+(?:for[ :]+)?{_DESCRIBED}(?:(?:{_ONE}[ -]+)?{_GIVING}|{_GIVING} of)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\b(?:s/p|status[- ]post)[ -]*{_TREATMENT}(?![ -]+(?:{ABOUT}|{_VISIT}))|"
    rf"(?<!status )(?<!status-)\b(?:after|following|since|post)[ -]*{_TREATMENT}"
    r"(?![ -]+(?:conditioning|mobili[sz]|collect|harvest|prepar))|"
    rf"{_TREATMENT}[ -]*(?:follow[- ]?up|recipient)\b|\bfollow[- ]?up[ :,-]+(?:(?:for|of)[ :]+)?{_TREATMENT}",
    re.IGNORECASE,
)
_RELATIVE = (
    r"(?:brother|sister|sibling|cousin|mother|father|parent|uncle|aunt|nephew|niece|son|daughter|family member|"
    r"relative)s?"
)
_WHOSE = r"(?:(?:the|an?|his|her|their|patient's|full|half|older|younger|elder|affected|maternal|paternal)[ -]+){0,4}"
_OF_A_RELATIVE = re.compile(
    rf"^ *(?:(?:h/o|hx of|history of|fhx?:?) )?{_WHOSE}{_RELATIVE}(?:'s? |,? (?:with|who|has|had|have|is|was|were|s/p|"
    r"status[- ]post|received|underwent|treated|diagnosed|affected|post|after|-)\b| ?[:(-])|"
    rf"{_TREATMENT} (?:in|of|for|to) {_WHOSE}{_RELATIVE}\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"; ?|\. ")


def apart(text: str) -> str:
    """A text without the phrases that name a treatment only as what something else is for, comes before or is about.

    The whole text where that something else is a giving of cells: "infusion of cells for gene therapy".
    """
    left = text
    for phrase in (_FOLLOWED, _LED, _BEFORE):
        left = phrase.sub(" ", left)
    return text if _GIVES_CELLS.search(left) else left


def without_notes(text: str) -> str:
    """A text without what it only notes beside a treatment: "consent signed", "eligibility confirmed"."""
    return _NOTES.sub(" ", text)


def comes_for(text: str) -> bool:
    """Whether words tell of a stay or a visit for a treatment to be given, which leaves open whether it was."""
    return bool(_COMES_FOR.search(text))


def besides_what_came_before(text: str) -> str:
    """A text without the treatments that it names as having come before: of a follow-up, a scan after one."""
    return _AFTER.sub(" ", text)


def up_to_what_came_before(text: str) -> str:
    """A text until the end of the first treatment that it names as having come before."""
    found = _AFTER.search(text)
    return text[: found.end()] if found else text


def of_the_patient(text: str) -> str:
    """A text without its clauses on a relative ("sibling s/p transplant"); a relative who is the donor stays."""
    clauses = _CLAUSES.split(text)
    return "; ".join(each for each in clauses if "donor" in each.lower() or not _OF_A_RELATIVE.search(each))
