"""What free text tells of a transplant or a gene therapy: that one was given, or only that one was had before."""

from __future__ import annotations

import re

from cds_service.chart import phrases
from cds_service.chart.purposes import (
    apart,
    besides_what_came_before,
    comes_for,
    of_the_patient,
    up_to_what_came_before,
)
from cds_service.remembered import remembered

PROCEDURES, PRODUCTS = ("transplant", "gene-therapy"), ("other-gene-therapy", "kresladi")
"""The phrases that name a transplant or a gene therapy by what is done, and by its product."""
AGAINST_HOST = "graft-versus-host"
"""The phrase of an illness that only a donor's cells bring."""
_KIN = (
    r"\b(?:matched|related|identical|full|hla|[- ]){0,12}\b(?:sibling|brother|sister|mother|father|cousin|parent|"
    r"uncle|aunt|maternal|paternal)\b(?:'s)?"
)
_DONOR = re.compile(rf"{_KIN} donor|(?<!\bin)(?<!\bin ){_KIN}|{_KIN}(?= \w)", re.IGNORECASE)
_HAS_HAD = re.compile(
    r"history of|history:|personal history|\b(?:pm|ps)?hx\b|\bpmh\b|status[- ]post|\bs/p\b|\bh/o\b|\bpost\b|recipient|"
    r"\bafter\b|\bfollowing\b|(?<!risk of )(?<!risk for )\bgraft (?:fail|reject|loss|dysfunc)|\bunder(?:went|gone)\b",
    re.IGNORECASE,
)
_YET_TO_COME = (
    r"\b(?:requir|need|plan|schedul|upcoming|await|consider|refer|evaluat|eligib|candidate|find|search|"
    r"to (?:undergo|obtain|receive|proceed)|prior to|before|pre\b|for\b)"
)
_NEAR = rf"(?:(?!{_YET_TO_COME})[^.;,]){{0,60}}"
_CAME = r"\b(?:complicat|fail|reject|late effect|sequela|dysfunction|loss\b)\w*"
_OF_ONE = re.compile(
    rf"(?:{_CAME}|\binfection of\b){_NEAR}$|^(?:complications?|failure|rejection|infection), $|"
    rf"^(?:(?!\brisk\b).)*\b(?:due to|secondary to|caused by|resulting from)\b{_NEAR}$",
    re.IGNORECASE,
)
"""Before the name of a treatment: what came of it. "Marrow failure requiring transplant" tells of none."""
_CAME_OF_ONE = re.compile(
    rf"^(?:{_NEAR}?{_CAME}|(?:y|s|ations?)? infections?\b)(?! (?:risk|prophyla|prevent|control|precaution))|"
    r"^(?:y|s|ations?)?[- ](?:associated|related|induced)\b(?! donor)",
    re.IGNORECASE,
)
"""Behind the name of a treatment, the same."""
_EARLIER = re.compile(rf"\b(?:previous(?:ly)?|prior|past)\b{_NEAR}$", re.IGNORECASE)
_STATUS = re.compile(r"^(?:s|ations?)? status\b(?! ?[:?=-]| unknown)", re.IGNORECASE)
_OLDER = re.compile(r"complicat|fail|reject|\bafter\b|\bfollowing\b", re.IGNORECASE)
"""Of a diagnosis that tells of a treatment: what says, wherever it stands, that the treatment was before its onset."""
_ABBREVIATED = re.compile(r"(?:(?<=graft vs)|(?<=graft v))\.(?= host\b)", re.IGNORECASE)
"""The dot of "graft vs. host", which ends no sentence."""
_COLLECTED_BY = re.compile(r"(?<=[a-z])(?:, ?| ?\()(?:by )?apheresis\b", re.IGNORECASE)
"""How a product was come by, as part of its name: `HPC, Apheresis`."""

Said = tuple[str, ...]


def without_donor(said: Said) -> Said:
    """The words; "sibling donor" says where cells came from, not that the transplant was the sibling's, "in brother"
    that it was."""
    return tuple(_DONOR.sub(" allogeneic", text) for text in said)


def gives(tags: tuple[str, ...], said: Said) -> bool:
    """Whether words plainly name one of the phrases, and not only as what a visit or a collection is for."""
    left = [_told(_COLLECTED_BY.sub("", text)) for text in without_donor(said)]
    return any(phrases.plainly_named(tag, left) for tag in tags)


def is_afterwards(said: Said) -> bool:
    """Whether words name a transplant or a gene therapy only as what came before: a follow-up, a scan after it."""
    return any(map(_is_after_one, said))


@remembered
def has_had_one(said: Said) -> bool:
    """Whether a diagnosis says that the patient, not a relative, has had a transplant or a gene therapy."""
    own = without_donor(tuple(of_the_patient(_ABBREVIATED.sub("", text)) for text in said))
    return phrases.plainly_named(AGAINST_HOST, own) or any(map(_tells_of_one_had, own))


@remembered
def came_of_one(said: Said) -> bool:
    """Whether a diagnosis is what came of a treatment, or after it: the treatment is older than its onset."""
    return phrases.names(AGAINST_HOST, said) or any(_OLDER.search(text) or _names_what_came(text) for text in said)


def _tells_of_one_had(text: str) -> bool:
    told = _told(text)
    if not any(phrases.plainly_named(tag, (told,)) for tag in PROCEDURES):
        return False
    had = _HAS_HAD.search(text) or phrases.names(AGAINST_HOST, (text,))
    return bool(had) or _names_what_came(told) or _beside_one(told, _EARLIER, _STATUS)


def _names_what_came(text: str) -> bool:
    return _beside_one(text, _OF_ONE, _CAME_OF_ONE)


def _beside_one(text: str, before: re.Pattern[str], behind: re.Pattern[str]) -> bool:
    """Whether what the patterns look for stands before or behind the name of a treatment."""
    places = [match.span() for tag in PROCEDURES if (match := phrases.found(tag, text))]
    return any(before.search(text[:start]) or behind.search(text[end:]) for start, end in places)


def _told(text: str) -> str:
    """What a text tells of a treatment given, at that time or before."""
    if _is_after_one(text):
        return up_to_what_came_before(text)
    return text if comes_for(text) else apart(text)


def _is_after_one(text: str) -> bool:
    return _names_one(text) and not _names_one(besides_what_came_before(text))


def _names_one(text: str) -> bool:
    return any(phrases.names(tag, (text,)) for tag in (*PROCEDURES, *PRODUCTS))
