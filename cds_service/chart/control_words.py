"""Words by which a percentage is one of a control's expression, or a measure of brightness, and none of cells.

One place for all that says so: a unit and its annotation, the name of a result, its method, its notes.
"""

from __future__ import annotations

import re

_CONTROL = (
    r"(?:(?:normals?|norm|nrml|nml?|nl|healthy|unaffected|controls?|contr|ctrls?|ctls?|ctr|[nh]c|wt|"
    r"wild[- ]?types?|references?|ref)\b\.?)"
)
_IS_A_RANGE = r"(?! (?:ranges?|intervals?|limits?|values?|isotypes?|lab(?:oratory|s)?)\b)"
_HAS_ITS_OWN = (
    r"(?!(?: (?:human|blood|controls?|donors?|adults?|subjects?|persons?))*"
    r"(?: ?[=:(]| (?:is|are|was|were|had|has|of|at)\b)* ?[<>≥≤]*=? ?\d)"
)
"""What follows a control whose own value is given beside the result."""
_PERCENT = r"(?:%|\b(?:percent(?:age)?s?|pct|per cent|fraction|proportion)\b)"
_A = r"(?:(?:the|an?|age[- ]matched|same[- ]day|shipping|travel|parallel|day|mean|median|lab(?:oratory)?'?s?) )*"
_NOT_A_NUMBERS = r"(?:(?<!\d)(?<!\d )|(?<=cd18)|(?<=cd18 )|(?<=cd 18 ))"
"""`98 % normal` may be another value with its judgement; the 18 of CD18 is no value."""
_AGAINST = (
    r"\b(?:relative to|compared (?:to|with)|(?:in )?comparison (?:to|with)|normali[sz]ed (?:to|with|by|against)|"
    r"vs?\.?|versus|ratio to) "
)
_INTENSITY = (
    r"(?:\b(?:[gm]|geo|geometric |median |mean |delta |r|s|i|n)?mfis?\b|\bmesf\b|\bmef\b|"
    r"(?<!immuno)(?<!immuno-)fluorescence(?![- ](?:activated|minus))|intensit(?:y|ies)|"
    r"\bantibod(?:y|ies)[- ](?:binding|bound)|\bantigen density)"
)

_BRIGHTNESS = re.compile(_INTENSITY, re.IGNORECASE)
_OF_CONTROL = re.compile(
    rf"{_PERCENT}[- ]?\(?(?:of|from)[- ]{_A}(?:{_CONTROL}{_IS_A_RANGE}|(?:baseline|predicted|expected)\b)|"
    rf"{_NOT_A_NUMBERS}{_PERCENT}[- ]?{_A}{_CONTROL}{_IS_A_RANGE}{_HAS_ITS_OWN}",
    re.IGNORECASE,
)
"""A percentage of what a healthy person's cells express."""
_AGAINST_CONTROL = re.compile(rf"{_AGAINST}{_A}{_CONTROL}{_IS_A_RANGE}{_HAS_ITS_OWN}", re.IGNORECASE)
_JUDGES = re.compile(
    r"\b(?:reduc|decreas|diminish|low|absen|abnormal|increas|deficien|less|similar|compara|consistent|lack|weak|loss|"
    r"dim\b|high)",
    re.IGNORECASE,
)
"""`Reduced compared with normal controls` is a judgement on the result, and not what its number is."""
_SENTENCES = re.compile(r"[;|\n]|\.\s+(?=[A-Z])")
_NAMED_IN_UNIT = re.compile(rf"\b{_CONTROL}|{_INTENSITY}|\babc\b|normali[sz]ed|relative|index", re.IGNORECASE)
"""In a unit the mere name is enough."""
_NOTED_AS_INTENSITY = re.compile(
    r"(?:\b(?:report|express|giv|stat|quantif|quantitat|unit|value|result)\w*:? (?:(?:as|in|is|are|by|an?|the) )+|"
    rf"(?:^|[.;|:])\s*)(?:mean |median |geometric )*{_INTENSITY}(?:[ (]*{_INTENSITY})*\)?(?: (?:units?|values?|only))?"
    r"\s*(?:[.;|]|$)",
    re.IGNORECASE,
)
"""A note that says what the number is; one that tells of an intensity beside it says nothing of the percentage."""


def is_of_control(said: str) -> bool:
    """Whether words, a result's name or method, say that it is a percentage of a control, or held against one."""
    return bool(_OF_CONTROL.search(said) or _AGAINST_CONTROL.search(said))


def is_intensity(said: str) -> bool:
    """Whether words name a measure of how bright cells are."""
    return bool(_BRIGHTNESS.search(said))


def is_noted_as_none_of_cells(note: str) -> bool:
    """Whether a note plainly says that the number is one of a control's, or an intensity."""
    against = (said for said in _SENTENCES.split(note) if _AGAINST_CONTROL.search(said))
    return bool(
        _OF_CONTROL.search(note)
        or _NOTED_AS_INTENSITY.search(note)
        or any(not _JUDGES.search(said) for said in against)
    )


def names_control(unit: str) -> bool:
    """Whether a unit or its annotation names a control or an intensity: `% of ctrl`, `%{of_wild_type}`."""
    return bool(_NAMED_IN_UNIT.search(re.sub(r"[{}_]", " ", unit)))
