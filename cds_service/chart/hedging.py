"""Words that deny what stands beside them, doubt it, or ascribe it to somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HEDGED_BEFORE = re.compile(
    r"\b(?:no|not|non|never|denie[sd]|negative for|without|absence of|free of|unaffected|rul(?:e[sd]?|ing)[- ]out|r/o|"
    r"exclud\w*|suspect\w*|possibl[ey]|consider(?:ed|ing)?|(?:may|might|could) (?:be|have|represent)|"
    r"probabl[ey]|presumed|presumptive|provisional(?:ly)?|tentative(?:ly)?|query|questionable|unlikely|likely|"
    r"differential|screen\w*|at risk|risk of|"
    r"family history|family hx|fhx?|history in|carrier|evaluat\w*|work-?up|concern\w*|test\w* for|vs|"
    r"versus|mother|father|"
    r"brothers?|sisters?|siblings?|cousins?|uncle|aunt|parent|son|daughter|niece|nephew|f(?:o)?etus|maternal|paternal|"
    r"hypothetical|pending)\b[^.;]*$|\?[^.;]*$",
    re.IGNORECASE,
)
_HEDGED_AFTER = re.compile(
    r"^[^.;]{0,25}(?:\b(?:ruled out|excluded|suspected|carrier|carriers|unlikely|possible|probable|"
    r"refuted|not confirmed|"
    r"unconfirmed|provisional(?:ly)?|tentative(?:ly)?|differential|"
    r"(?<!gram )(?<!gram-)negative|pending|not found|not detected|versus|vs|like|"
    r"in (?:an? |the )?(?:brother|sister|mother|father|sibling|cousin|uncle|aunt|son|daughter|f(?:o)?etus))\b|\?)|"
    r"^[ -]*(?:screen\w*|test(?:s|ing)?|work-?up|evaluation)\b",
    re.IGNORECASE,
)
_NO_HEDGE = re.compile(r"not otherwise specified|not elsewhere classified|\bnos\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|denie[sd]|negative|without|absen(?:t|ce)|never|none)\b", re.IGNORECASE)
_DENIAL = re.compile(r"denied|denial|rejected|not covered|declined", re.IGNORECASE)
_NO_FAMILY_HISTORY = re.compile(
    r"\b(?:no|negative|denies|without)\b[^.;]{0,20}family (?:history|hx)|"
    r"family history[^.;]{0,60}\b(?:negative|none|absent|denied)",
    re.IGNORECASE,
)


def hedged(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end is denied, suspected, somebody else's, or only looked for."""
    before, after = _NO_HEDGE.sub("", text[:start]), text[end:]
    return bool(_HEDGED_BEFORE.search(before) or _HEDGED_AFTER.search(after))


def denied(texts: Iterable[str]) -> bool:
    """Whether any of the texts holds a word of denial."""
    return any(_DENIED.search(text) for text in texts)


def denies_family_history(text: str) -> bool:
    """Whether a text says that there is no family history of what it names."""
    return bool(_NO_FAMILY_HISTORY.search(text))


def names_denial(text: str) -> bool:
    """Whether a payer's words say that a claim was denied."""
    return bool(_DENIAL.search(text))
