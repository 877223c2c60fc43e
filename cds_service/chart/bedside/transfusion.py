"""Whether an order is for a transfusion of blood, and whether it asks for irradiated products.

Laboratory tests, albumin, immunoglobulins, factors and progenitor cells (the back-up!) are no transfusions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.said import says, sentences

_CONDITION = re.compile(
    r"\b(?:if|for|when(?:ever)?|until|to (?:keep|maintain)|goal|target|threshold)\b|[<≤]", re.IGNORECASE
)
"""What follows says when to transfuse, and is full of laboratory values."""
_ORDER = re.compile(r"\b(?:transfuse|give|administer|infuse|prepare)\b", re.IGNORECASE)
"""Where the order begins in a sentence that begins with its condition."""
_ABOUT_TRANSFUSION = re.compile(
    r"\b(?:pre|post|peri|after|before|prior to|following|since|between|during)[- ](?:\w+[- ]+){0,3}transfus|"
    r"transfus\w*[- ]+(?:reaction|consent|histor|threshold|medicine|refractor|work-?up|education|record|teaching|"
    r"review|consult|filter|set\b|tubing|related|dependen|transmitted|committee|declin|refus)|"
    r"(?:consent|consult|pre-?medicat\w* (?:for|before|prior to)|education|refus\w*|reaction|histor\w*|evaluat\w*)\b"
    r".{0,20}\btransfus",
    re.IGNORECASE,
)
_LABORATORY = re.compile(
    r"cross-?match|type (?:and|&|/|\+) ?(?:screen|cross|hold|rh)|\bt ?& ?[sc]\b|antibod|antigen|pheno?typ|genotyp|"
    r"coombs|\bdat\b|refractor|increment|"
    r"(?:platelets?|prbcs?|rbcs?|red (?:blood )?cells?|granulocytes?|plasma|ffp|whole blood) ?(?:count|function|"
    r"aggregation|indices|morpholog|folate|volume|distribution|width|mass|enzyme|fragility|survival|glucose|renin|"
    r"level|smear|culture|metaneph|viscosity|specimen|sample|collection|donation|donor)|"
    r"\bcbc\b|complete blood count|h(?:a)?emogram",
    re.IGNORECASE,
)
_OTHER_PRODUCT = re.compile(
    r"\b(?:plasma|platelets?|red (?:blood )?cells?|rbcs?)[- ](?:protein|derived|depleted|reduced|poor|exchange|free|"
    r"lyte)\w*|plasma-?lyte|\bplasma[- ]?(?:pheresis|exchange)|\balbumin\b|immun(?:e|o)[- ]?globulin|\bivig\b|"
    r"\b(?:anti-?h(?:a)?emophilic )?factors?\b[ -]*(?:[ivx]+a?|[0-9]+|concentrate)?",
    re.IGNORECASE,
)
_PROGENITORS = re.compile(
    r"\bprogenitor|\bstem[- ]cells?\b|\bhpcs?\b|\bcd ?34|\bhsc\b|\bback-? ?up\b|\bcord blood\b|"
    r"\bmarrow (?:infusion|transfusion)|autotemcel|gene[- ](?:modified|therapy|corrected)",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"\bpacked (?:red|rbcs?|cells?|erythrocytes?)|\bl?p-?rbcs?\b|\bffp\b|\bfresh[- ]frozen plasma|\bcryoprecipitate",
    re.IGNORECASE,
)
_COMPONENT = re.compile(
    r"\bred (?:blood )?cells?\b|\bp?rbcs?\b|\berythrocytes?\b|\bwhole blood\b|\bplatelets?\b|\bplts?\b|"
    r"\bgranulocytes?\b|\bplasma\b",
    re.IGNORECASE,
)
_TRANSFUS = re.compile(r"transfus", re.IGNORECASE)
_CELLS = r"\b(?:red (?:blood )?cells?|rbcs?|whole blood|platelets?|granulocytes?|cryo)\b"
_UNITS = re.compile(
    rf"\b(?:prepare|administer|give|infuse|units?|irradiated|leu[ck]o-?reduced|apheresis|pheresed)\b"
    rf"(?=.*{_CELLS})|"
    rf"{_CELLS}(?=.*\b(?:units?|pools?|leu[ck]o-?(?:cyte[- ])?(?:reduced|depleted|poor)|irradiated)\b)",
    re.IGNORECASE,
)
"""How blood is ordered without the word: "platelets, 1 unit", "give red cells"."""
_PLAIN_ORDER = re.compile(
    r"^(?:blood (?:bank|products?|components?|administration)|transfusion|(?:nursing|general|other|misc\w*)\b.*|"
    r"communication|treatment)\b",
    re.IGNORECASE,
)
"""A service order that says in its notes what it is for."""
_IRRADIATED = re.compile(r"irradiat|\birrad\b", re.IGNORECASE)
_OTHER_IRRADIATION = re.compile(
    r"\b(?:total|whole|half)[- ]body irradiation|\btbi\b|"
    r"\b(?:body|marrow|cranial|craniospinal|spinal|lymphoid|nodal|brain|chest|thoracic|pelvic|abdominal|spleen|splenic|"
    r"skin|field|uv|ultraviolet|ultra-violet|post|after|following|previous|previously|prior|recent|recently|"
    r"history of|s/p|received|had|underwent|patient(?: was| is)?)[- ]+irradiat\w*|"
    r"irradiat\w* (?:therapy|dermatitis|damage|sickness|injury|field|"
    r"of (?:the )?(?:brain|body|chest|spine|marrow|patient))",
    re.IGNORECASE,
)


def is_transfusion(draft: Draft) -> bool:
    """Whether the order is for a transfusion of red cells, whole blood, platelets, granulocytes, plasma or cryo."""
    if "blood-transfusion" in draft.means:
        return True
    if _is_ordered_in(draft.what, draft.said):
        return True
    told_in_notes = draft.resource.get("resourceType") == "ServiceRequest" and any(map(_PLAIN_ORDER.search, draft.what))
    return told_in_notes and any(_is_ordered_in((text,), (text,)) for text in (*draft.how, *draft.why))


def irradiation_asked(draft: Draft) -> bool:
    """Whether the order asks for irradiated products: leukoreduced and washed are not irradiated."""
    return says(_IRRADIATED, (_OTHER_IRRADIATION.sub(" ", text) for text in draft.said))


def _is_ordered_in(texts: Iterable[str], beside: Iterable[str]) -> bool:
    """Whether the texts order a transfusion; which component may stand beside them."""
    orders = tuple(part for text in texts for sentence in sentences(text) for part in _order_in(sentence))
    if says(_BY_ITSELF, orders):
        return True
    if any(map(_PROGENITORS.search, orders)):
        return False
    components = (part for text in beside for sentence in sentences(text) for part in _order_in(sentence))
    return (says(_TRANSFUS, orders) and says(_COMPONENT, components)) or says(_UNITS, orders)


def _order_in(sentence: str) -> Iterable[str]:
    """A sentence as far as it orders something: without its condition, without other products; no test, no visit."""
    verb = _ORDER.search(sentence)
    order = sentence[verb.start() :] if verb and _CONDITION.match(sentence) else sentence
    start = _CONDITION.search(order)
    order = _OTHER_PRODUCT.sub(" ", order[: start.start()] if start and start.start() else order)
    return () if _ABOUT_TRANSFUSION.search(order) or _LABORATORY.search(order) else (order,)
