"""Whether free text speaks of giving a treatment, or only of what goes with one: a visit, a collection."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.chart.phrases import KRESLADI, names

_ABOUT_A_PROCEDURE = re.compile(
    r"consult|evaluat|assess|planning|counsel|educat|work-?up|discuss|referr|typing|harvest|collect|apheresis|biops|"
    r"eligib|candidates?\b|candidacy|screen|schedul|follow[- ]up|consent|mobili[sz]ation|shipment",
    re.IGNORECASE,
)
_BEFORE_GIVING = re.compile(
    r"prepar|prior to|before|await|planned|conditioning|\bpre-|manufactur|access|catheter|central line", re.IGNORECASE
)
_MOMENT = re.compile(
    r"\b(?:before|prior to|ahead of|until|after|following|since|pre|post|s/p|status post)[- ]+"
    rf"(?:(?:the|first|planned|day of) )*(?:{KRESLADI})",
    re.IGNORECASE,
)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgiven\b|\breceived\b|\bdosed?\b|transplant", re.IGNORECASE)


def about_a_procedure(said: Iterable[str]) -> bool:
    """Whether words speak of something around a treatment (a visit, a collection), not of the treatment itself."""
    return any(_ABOUT_A_PROCEDURE.search(text) for text in said)


def around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment: a visit, a collection, a preparation."""
    said = tuple(said)
    return about_a_procedure(said) or any(_BEFORE_GIVING.search(text) for text in said)


def only_around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment, and nothing in them of giving it."""
    said = tuple(said)
    return around_giving(said) and not any(_GIVING.search(text) for text in said)


def only_as_a_moment(said: Iterable[str]) -> bool:
    """Whether words name Kresladi, and only as what something else comes before or after."""
    said = tuple(said)
    return any(map(_MOMENT.search, said)) and not names("kresladi", (_MOMENT.sub(" ", text) for text in said))
