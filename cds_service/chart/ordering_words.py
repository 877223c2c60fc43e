"""Whether words name Kresladi as what is ordered or given, or only as what something else is for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.phrases import KRESLADI, names

_ON_THE_WAY = r"(?:conditioning|mobili[sz]\w*|pre-?medicat\w*|prophyla\w*|flush\w*|hydrat\w*|diluent)"
_FOR_IT = re.compile(
    rf"\b{_ON_THE_WAY}\b[^.;,]{{0,25}}?\b(?:for|before|prior to|pre)[- ](?:the )?(?:{KRESLADI})|"
    rf"\b(?:for|before|prior to|pre)[- ](?:the )?(?:{KRESLADI})(?: autotemcel)?[ -](?:stem cell )?{_ON_THE_WAY}\b|"
    rf"\b(?:before|prior to|pre)[- ](?:the )?(?:{KRESLADI})(?: autotemcel)?(?: infusion)?",
    re.IGNORECASE,
)
_PAPERS = (
    r"\b(?:(?:prior |pre-?)?authori[sz]ation|prior auth|pre-?certification|insurance|benefits?|appeal|"
    r"financial clearance|letter of medical necessity)\b"
    r"(?! (?:is |was )?(?:obtained|approved|granted|received|pending|done|complete\w*|on file|number|no\b|#))"
)
_PAPERS_FOR_IT = re.compile(
    rf"{_PAPERS}[^.;]{{0,30}}?(?:{KRESLADI})(?: autotemcel)?|(?:{KRESLADI})(?: autotemcel)?[ :,-]+{_PAPERS}",
    re.IGNORECASE,
)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgive\b|\bdos(?:e|es|ing)\b|/ ?kg", re.IGNORECASE)


def names_as_given(said: Iterable[str]) -> bool:
    """Whether any of the words name Kresladi, other than as what a mobilisation or conditioning is for."""
    return names("kresladi", (_FOR_IT.sub(" ", text) for text in said))


def is_paperwork(said: Iterable[str]) -> bool:
    """Whether words name Kresladi only as what papers are for, an authorisation or a benefit check, not its giving."""
    said = tuple(said)
    if any(map(_GIVING.search, said)) or not any(map(_PAPERS_FOR_IT.search, said)):
        return False
    return not names("kresladi", (_PAPERS_FOR_IT.sub(" ", text) for text in said))
