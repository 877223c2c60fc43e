"""The age at which the umbilical cord separated, from a value or from words, as the range that they vouch for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cds_service.chart.hedging import hedged
from cds_service.chart.values import MOST, compared
from cds_service.facts import ZERO, Level
from cds_service.fhir.elements import plain_text
from cds_service.fhir.units import in_days

THREE_WEEKS = Decimal(21)
ANY_AGE = Level(ZERO, MOST)
"""An age is given, but not one that can be read."""

_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8"}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b", re.IGNORECASE)
_HOW = "<=|>=|<|>|≤|≥|\\b(?:less than|under|before|within|by|up to|more than|greater than|over|after|beyond|at least)"
_DURATION = re.compile(
    rf"(?P<how>{_HOW})?\s*(?P<low>\d+(?:[.,]\d+)?)(?:\s*(?:-|to)\s*(?P<high>\d+(?:[.,]\d+)?))?\s*-?\s*"
    r"(?P<unit>days?|d|weeks?|wks?|months?|mo)\b(?! ago)|\b(?:day|dol)(?: of life)?\s*#?(?P<day>\d+)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:\babout|\baround|\bapprox\w*\.?|\bcirca|\bnearly|\balmost|\broughly|~)\s*$", re.IGNORECASE)
_COMPARATORS = {
    "less than": "<", "under": "<", "before": "<", "within": "<=", "by": "<=", "up to": "<=", "more than": ">",
    "greater than": ">", "over": ">", "after": ">", "beyond": ">", "at least": ">=",
}  # fmt: skip
_DAYS = {"d": Decimal(1), "w": Decimal(7), "m": Decimal("30.4375")}
_CLAUSE = re.compile(r"[.;,](?:\s|$)")
_OF_THE_CORD = re.compile(r"separat|detach|fell|fall|\bshed|\bcame off|\bdrop", re.IGNORECASE)
_ANOTHER_EVENT = re.compile(r"\bseen\b|visit|follow|examin|review|admi(?:t|ss)|\bborn\b|gestation|treat", re.IGNORECASE)


def age_in_value(holder: Any) -> Level | None:
    """The age in days that a value gives; None where there is no value that could be an age."""
    quantity, span = getattr(holder, "valueQuantity", None), getattr(holder, "valueRange", None)
    if quantity is not None:
        return _of_quantity(quantity)
    if span is not None:
        low, high = (_of_quantity(end) if end is not None else ANY_AGE for end in (span.low, span.high))
        return Level(low.low, high.high) if low.low <= high.high else ANY_AGE
    return _settled(_ages_in(plain_text(getattr(holder, "valueString", None) or "")))


def age_in_words(said: Iterable[str], notes: Iterable[str]) -> Level | None:
    """The age in days that the words of a finding give, and the clauses of notes that speak of the separation."""
    of_name = [clause for text in said for clause in _CLAUSE.split(text)]
    of_notes = [clause for note in notes for clause in _CLAUSE.split(plain_text(note)) if _OF_THE_CORD.search(clause)]
    clauses = [clause for clause in (*of_name, *of_notes) if not _ANOTHER_EVENT.search(clause)]
    return _settled([age for clause in clauses for age in _ages_in(clause)])


def age_at_onset(condition: Any) -> Level | None:
    """The age in days at separation as a Condition's age at onset tells it: the cord was still there then."""
    if condition.onsetAge is not None:
        age: Level | None = _of_quantity(condition.onsetAge)
    else:
        age = _settled(_ages_in(plain_text(condition.onsetString or "")))
    return Level(age.low, MOST) if age is not None else None


def _of_quantity(quantity: Any) -> Level:
    factor = in_days(quantity)
    if factor is None or quantity.value is None or quantity.value < 0:
        return ANY_AGE
    return compared(quantity.value, quantity.comparator).times(factor)


def _ages_in(text: str) -> list[Level]:
    figures = _NUMBER_WORD.sub(lambda match: _NUMBERS[match[0].lower()], text)
    return [_age_at(figures, match) for match in _DURATION.finditer(figures)]


def _age_at(text: str, match: re.Match[str]) -> Level:
    if hedged(text, *match.span()):
        return ANY_AGE
    age = _age(match)
    if age.low != age.high or not _ABOUT.search(text[: match.start()]):
        return age
    # "About 3 weeks" may be a week less or more.
    one = _DAYS[match["unit"][0].lower()] if match["unit"] else Decimal(1)
    return Level(max(age.low - one, ZERO), age.high + one)


def _age(match: re.Match[str]) -> Level:
    if match["day"]:
        return Level.exactly(Decimal(match["day"]))
    factor, low = _DAYS[match["unit"][0].lower()], Decimal(match["low"].replace(",", "."))
    if match["high"]:
        high = Decimal(match["high"].replace(",", "."))
        return Level(low, high).times(factor) if low <= high and not match["how"] else ANY_AGE
    how = (match["how"] or "").lower()
    return compared(low, _COMPARATORS.get(how, how) or None).times(factor)


def _settled(ages: list[Level]) -> Level | None:
    """The one age, or the first of several that say the same of three weeks; open where they differ."""
    if not ages:
        return None
    return ages[0] if len({age.at_least(THREE_WEEKS) for age in ages}) == 1 else ANY_AGE
