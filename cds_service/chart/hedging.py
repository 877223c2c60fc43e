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
    r"^[^.;]{0,25}(?:\b(?:ruled[- ]out|excluded|suspected|carrier|carriers|unlikely|possible|probable|"
    r"refuted|not confirmed|"
    r"unconfirmed|provisional(?:ly)?|tentative(?:ly)?|differential|"
    r"negative|pending|not found|not detected|versus|vs|like|"
    r"in (?:an? |the )?(?:brother|sister|mother|father|sibling|cousin|uncle|aunt|son|daughter|f(?:o)?etus))\b|\?)|"
    r"^[ -]*(?:screen\w*|test(?:s|ing)?|work-?up|evaluation)\b",
    re.IGNORECASE,
)
_NO_HEDGE = re.compile(
    r"not otherwise specified|not elsewhere classified|\bnos\b|gram[- ]negative|"
    r"\bgraft[- ](?:versus|vs)[- ]+host\b|"
    r"\bcd ?\d+[a-c]?(?:/cd ?\d+[a-c]?)?[ -](?:is )?(?:negative|absent|not detected|not found)|"
    r"\b(?:absent|no|negative) cd ?\d+|"
    r"compound[- ]het(?:erozyg\w*)?\b|heterozyg\w*[- ]compound|heterozyg\w* (?:for )?(?:two|2)\b|"
    r"\b(?:per|according to|reported by) (?:the |his |her )?(?:mother|father|mom|mum|dad|parents?|family)\b|"
    r"(?:at )?\b(?:risk|prophylaxis|prevention) (?:of|for|against) [\w -]{1,40}? (?:due|related|secondary|owing) to\b",
    re.IGNORECASE,
)
"""Words that hold a word of doubt and doubt nothing: a title's, a stain's, a marker's, a graft's against its host, of
both alleles, of who tells it, of what comes of it."""
_ABBREVIATED = re.compile(r"(?:(?<=\b[A-Za-z])|(?<=\b(?i:ps|vs))|(?<=\b(?i:staph))|(?<=\b(?i:strep)))\.(?= ?[a-z])")
"""The dot of a short form, which ends no sentence: `S. aureus`."""
_REACH = 500
"""Characters, within which a word of doubt has to stand: a long text that names a thing a thousand times is read all
the same."""
RELATIVES = (
    r"(?:great-?|grand|step|half[- ]?)*(?:mothers?|fathers?|parents?|brothers?|sisters?|siblings?|sibs?|cousins?|"
    r"uncles?|aunts?|sons?|daughters?|nieces?|nephews?|mom(?:my)?|mum(?:my)?|dad(?:dy)?)|family members?|relatives?|"
    r"twins?(?= (?:of|with|has|had|have|who)\b)"
)
"""A relative, in the words of the clinic and of the family; a patient may be a twin, and is not `twin of`."""
_DOUBT = (
    r"ruled[- ]out|excluded|suspected|unlikely|less likely|not likely|possible|probable|refuted|not confirmed|"
    r"unconfirmed|provisional(?:ly)?|tentative(?:ly)?|differential|doubtful|doubted|questionable|uncertain|equivocal|"
    r"inconclusive|dis(?:proven?|proved|missed)|misdiagnos(?:ed|is)(?! as\b)|mislabell?ed|(?:entered )?in error|"
    r"erroneous(?:ly)?|not (?:present|supported|proven|established|suspected|evident|the diagnosis)|"
    r"to be (?:confirmed|ruled out|excluded)|tb[cd]|in (?:doubt|question)|"
    r"under (?:investigation|evaluation|consideration|suspicion|review)\b(?! for)|"
    r"(?:diagnosis|dx) (?:\w+ )?(?:revised|changed|corrected|withdrawn|uncertain|unclear|questioned)|"
    r"await\w* (?:\w+ )?(?:confirm|result|work|test|diagnos|eval|genet|flow)\w*(?! (?:for|counsel\w*|therap\w*)\b)"
)
_ONCE_THOUGHT = (
    r"(?:(?:previous|initial|original|former)(?:ly)?|at first|once|first) (?:been |was |were )?"
    r"(?:thought|believed|assumed|considered|felt|labell?ed|presumed|called)|"
    r"(?:initially|originally|formerly|mistakenly|wrongly|incorrectly|erroneously|falsely)(?: diagnosed)?|"
    r"formerly|previously|mis-?(?:diagnos|label)\w*"
)
_ILLNESS_DOUBTED_BEFORE = re.compile(
    r"\b(?:ddx|d/dx|d/d|diff(?:erential|\.)? ?(?:dx|diagnos\w*)|working (?:diagnos\w*|dx|impression|hypothesis)|"
    r"suspicio\w*|(?:susceptib|predispos)\w* (?:to|for)|risk for|potential(?: for)?|"
    r"await\w* (?:confirm|result|work|test|diagnos|eval|genet|flow)\w*|doubt\w*|whether|heterozyg\w*|het|"
    r"(?:monitor|watch|observ|assess|look|investigat|check)\w* for)\b[^.;]*$|"
    rf"\b(?:{RELATIVES}|prophyla\w* (?:for|against|of)|prevent\w*|educat\w*|teaching|counsel\w*|"
    r"(?:exposure|exposed|contact) (?:to|with))\b[^.,;]*$|"
    rf"\b(?:{_ONCE_THOUGHT})(?: (?:to|be|as|have|had|having|with|of|a|an|the|been|patient))*[ :(-]*$",
    re.IGNORECASE,
)
_ILLNESS_DOUBTED_AFTER = re.compile(
    rf"^(?:[^.;]{{0,25}}\b(?:{_DOUBT})\b|[^.;]*[,(:-] ?(?:{_DOUBT})[ )]*(?:$|[.;])|"
    r"[^.;]{0,12}\bsuspicion\b(?! of| for)|"
    r"[^.;]{0,25}\bin (?:an? |the |his |her |the patient'?s )?(?:\w+er |maternal |paternal |twin )?"
    rf"(?:{RELATIVES}|family)\b|[ ,:(-]+(?:{RELATIVES})\)?$|"
    r"[ ,:(-]*(?:is |was )?absent(?=[ )]*(?:$|[,.;]|on\b|at\b|now\b))|"
    r"[ ]*[:=-] ?(?:no|none|n)\b|[ ,:(-]*(?:trait|heterozyg\w*|het)\b|"
    r"[ -]?(?:prophyla\w*|prevent\w*|education|teaching|counsel\w*|precautions?|risk|susceptibility|vaccin\w*)\b"
    r"(?! of))",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|denie[sd]|negative|without|absen(?:t|ce)|never|none)\b", re.IGNORECASE)
_DENIAL = re.compile(r"denied|denial|rejected|not covered|declined", re.IGNORECASE)
_NO_FAMILY_HISTORY = re.compile(
    r"\b(?:no|negative|denies|without)\b[^.;]{0,20}family (?:history|hx)|"
    r"family history[^.;]{0,60}\b(?:negative|none|absent|denied)",
    re.IGNORECASE,
)


def hedged(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end is denied, suspected, somebody else's, or only looked for."""
    before, after = _around(text, start, end)
    return bool(_HEDGED_BEFORE.search(before) or _HEDGED_AFTER.search(after))


def illness_hedged(text: str, start: int, end: int) -> bool:
    """Whether the illness or sign at start..end is hedged, a differential, a trait, a risk, prevented or given up."""
    before, after = _around(text, start, end)
    doubted = _ILLNESS_DOUBTED_BEFORE.search(before) or _ILLNESS_DOUBTED_AFTER.search(after)
    return bool(doubted) or hedged(text, start, end)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    first = max(start - _REACH, 0)
    near = _ABBREVIATED.sub(" ", text[first : end + _REACH])
    return _NO_HEDGE.sub("", near[: start - first]), _NO_HEDGE.sub("", near[end - first :])


def denied(texts: Iterable[str]) -> bool:
    """Whether any of the texts holds a word of denial."""
    return any(_DENIED.search(text) for text in texts)


def denies_family_history(text: str) -> bool:
    """Whether a text says that there is no family history of what it names."""
    return bool(_NO_FAMILY_HISTORY.search(text))


def names_denial(text: str) -> bool:
    """Whether a payer's words say that a claim was denied."""
    return bool(_DENIAL.search(text))
