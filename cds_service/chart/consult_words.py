"""What the words of a consultation say: whose it was, and whether it took place at all."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CONSULT = re.compile(r"\bconsult(?:s|ations?)?\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)")
_NOBODY = re.compile(
    r"\b(?:initial|new(?: patient)?|follow[- ]?up|first|second(?: opinion)?|in-?patient|out-?patient|ambulatory|"
    r"hospital|[io]p|e|pa?ediatric|adult|physician|attending|fellow|provider|special(?:ist|ty)|team|service|visit|"
    r"tele(?:health|medicine|phone)?|video|virtual|phone|urgent|stat|emergent|routine|formal|comprehensive|brief|"
    r"full|final|external|outside|notes?|reports?|letter|progress|clinical|md|h ?& ?p|history and physical)\b|"
    r"[^a-z0-9]+",
    re.IGNORECASE,
)
"""Words beside "consult" that tell nobody's specialty."""
_BEGINS = re.compile(rf"(?:{_NOBODY.pattern}|\b(?:to|by|the)\b)*", re.IGNORECASE)
_PREPOSITION = (
    r"(?<![\w-])(?:(?<!center )(?<!centre )(?<!program )(?<!institute )for|from|with|in|at|re|regarding|on|per|"
    r"before|after|prior)(?![\w-])"
)
_ENDS = re.compile(rf"[,;:()|]|\s-(?=\s|$)|{_PREPOSITION}", re.IGNORECASE)
_LEADS = re.compile(rf"{_ENDS.pattern}|\b(?:by|to)\b", re.IGNORECASE)
_OF_THE_PATIENT = re.compile(r"(?<!new )\b(?<!in-)(?<!out-)patients?\b|\b(?:unit|ward|floor)\b", re.IGNORECASE)
_ELSEWHERE = re.compile(rf"{_OF_THE_PATIENT.pattern}|\bclinic\b|\brefer", re.IGNORECASE)

_ASKED_FOR = re.compile(
    r"request|(?<!new )referral|\border(?:s|ed)?\b|(?<!un)schedul|pending|planned|awaiting|consent", re.IGNORECASE
)
_FELL_THROUGH = re.compile(
    r"declin|refus|cancel|no[- ]show|missed|deferred|postponed|withdrawn|in error|without being seen|"
    r"\bnot (?:done|held|performed|completed|seen|attended|needed|required|indicated)\b",
    re.IGNORECASE,
)


def consulted(text: str) -> str:
    """The words that tell whose consultation it is: what leads directly to "consult", else what stands alone behind it.

    Whose patient, unit or clinic it was about is left out ("Dermatology consult - BMT" is dermatology's). A text that
    names no consultation is all there is.
    """
    match = _CONSULT.search(text)
    if match is None:
        return text
    parts = [part for part in _LEADS.split(_ASIDE.sub(" ", text[: match.start()])) if _NOBODY.sub("", part)]
    if parts:
        return "" if _OF_THE_PATIENT.search(parts[-1]) else parts[-1].strip()
    behind = text[match.end() :]
    alone = _ENDS.split(behind[_leading(behind) :])[0]
    return "" if _ELSEWHERE.search(alone) else alone.strip()


def _leading(text: str) -> int:
    match = _BEGINS.match(text)
    return match.end() if match else 0


def only_asked_for(texts: Iterable[str]) -> bool:
    """Whether words say that a consultation was requested, ordered or scheduled: none has taken place by that."""
    return any(_ASKED_FOR.search(text) for text in texts)


def fell_through(texts: Iterable[str]) -> bool:
    """Whether words say that a consultation did not take place: declined, cancelled, missed."""
    return any(_FELL_THROUGH.search(text) for text in texts)
