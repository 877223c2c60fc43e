"""The sentences of a dosage instruction that order care beside the infusion: a flush, premedication, vital signs."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.;\n]+(?:\.(?=\d)[^.;\n]*)*")
_CARE = re.compile(
    r"\s*(?:then |please |and )?(?:flush|prime|rinse|premedicat\w*|pre-medicat\w*|hydrat\w*|monitor|observe|check|"
    r"record|measure|obtain|verify|vital signs?|vitals|keep)\b",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\b(?:before|after|during|prior to|following|post|pre)[ -](?:the |its |start of |end of )*"
    r"(?:cell |kresladi |product )?(?:infus\w*|transfus\w*|administ\w*|dose|kresladi)\b",
    re.IGNORECASE,
)
_GIVING = re.compile(
    r"infus|transfus|administ|\bgive|\bgiven\b|\bdos(?:e|es|ing)\b|\bbags?\b|\blots?\b|kresladi|marnetegra|rp-?l ?201|"
    r"cells?\b|cd ?34|/ ?kg|repeat|\bcourses?\b",
    re.IGNORECASE,
)


def without_care(text: str) -> str:
    """What is left of an instruction without its sentences on other care, so long as these say nothing of the dose."""
    return " . ".join(sentence.strip() for sentence in _SENTENCE.findall(text) if not _is_care(sentence)).strip()


def is_only_care(text: str) -> bool:
    """Whether an instruction that says something says nothing but how to care for the patient or the line."""
    return bool(text.strip()) and not without_care(text)


def _is_care(sentence: str) -> bool:
    return bool(_CARE.match(sentence)) and not _GIVING.search(_MOMENT.sub(" ", sentence))
