"""The age at which the umbilical cord separated, from a value or from words, as the range that they vouch for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cds_service.chart.hedging import illness_hedged
from cds_service.chart.values import MOST, compared
from cds_service.facts import ZERO, Level
from cds_service.fhir.elements import plain_text
from cds_service.fhir.units import in_days
from cds_service.logic import Answer

THREE_WEEKS = Decimal(21)
ANY_AGE = Level(ZERO, MOST)
"""An age is given, but not one that can be read."""

_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "first": "1st", "second": "2nd", "third": "3rd",
    "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th",
    "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
}  # fmt: skip
_HALF = re.compile(r"(\d+) ?(?:and a half|1[/\u2044]2)", re.IGNORECASE)
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b", re.IGNORECASE)
_HOW = "<=|>=|<|>|≤|≥|\\b(?:less than|under|before|within|by|up to|more than|greater than|over|after|beyond|at least)"
_DURATION = re.compile(
    rf"(?P<how>{_HOW})?\s*(?P<low>\d+(?:[.,]\d+)?)(?:\s*(?:-|to|and|or)\s*(?P<high>\d+(?:[.,]\d+)?))?\s*-?\s*"
    r"(?P<unit>days?|d(?:/?o)?|weeks?|wks?|w(?:/?o)?|months?|mo|hours?|hrs?|h|tag(?:en?)?|wochen?|monat(?:en?)?|stunden?|"
    r"jours?|semaines?|mois|heures?|d[ií]as?|semanas?|mes(?:es)?|horas?)\b(?! ago)|"
    r"\b(?:(?:day|dol|pnd|lebenstag|tag|jour|d[ií]a)(?: of life)?\s*#?|d-?)(?P<day>\d+)\b|"
    r"\b(?P<nth>\d+)(?:st|nd|rd|th|\.) ?(?:day|lebenstag|tag)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:\babout|\baround|\bapprox\w*\.?|\bcirca|\bnearly|\balmost|\broughly|~)\s*$", re.IGNORECASE)
_COMPARATORS = {
    "less than": "<", "under": "<", "before": "<", "within": "<=", "by": "<=", "up to": "<=", "more than": ">",
    "greater than": ">", "over": ">", "after": ">", "beyond": ">", "at least": ">=",
}  # fmt: skip
_TIME_WORD = r"(?:days?|d|weeks?|wks?|w|months?|mo|hours?|hrs?|h)"
_ANY_TIME = re.compile(
    rf"\d(?:st|nd|rd|th)?[ -]*(?:of )?{_TIME_WORD}\b(?! ago)|"
    r"\b(?:days?|weeks?|wks?|months?|hours?)[ #:-]*\d|\d[ -]*(?:[a-z]+ )?of life",
    re.IGNORECASE,
)
"""A figure beside a word of time: an age, though none that can be read."""
_DAYS = {"d": Decimal(1), "w": Decimal(7), "m": Decimal("30.4375"), "h": 1 / Decimal(24)}
_FOREIGN = {"ta": "d", "jo": "d", "se": "w", "st": "h"}
"""How units in German and French begin that do not begin as in English."""
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


def age_at_end(condition: Any) -> Level | None:
    """The age in days by which the cord had separated, as a Condition's age at its end tells it, where that is early or
    cannot be read: a delay that ended later is one."""
    span = condition.abatementRange
    quantity = condition.abatementAge or (span.high if span is not None else None)
    if quantity is not None:
        age: Level | None = _of_quantity(quantity)
    else:
        age = _settled(_ages_in(plain_text(condition.abatementString or "")))
    return age if age is not None and age.at_least(THREE_WEEKS) is not Answer.MET else None


def both(one: Level | None, other: Level | None) -> Level | None:
    """What two ages say together; open where they differ."""
    return _settled([age for age in (one, other) if age is not None])


def _of_quantity(quantity: Any) -> Level:
    factor = in_days(quantity)
    if factor is None or quantity.value is None or quantity.value < 0:
        return ANY_AGE
    return compared(quantity.value, quantity.comparator).times(factor)


def _ages_in(text: str) -> list[Level]:
    figures = _NUMBER_WORD.sub(lambda match: _NUMBERS[match[0].lower()], text)
    figures = _HALF.sub(r"\1.5", figures)
    ages = [_age_at(figures, match) for match in _DURATION.finditer(figures)]
    return [*ages, ANY_AGE] if _ANY_TIME.search(_DURATION.sub(" ; ", figures)) else ages


def _age_at(text: str, match: re.Match[str]) -> Level:
    if illness_hedged(text, *match.span()):
        return ANY_AGE
    age = _age(match)
    if age.low != age.high or not _ABOUT.search(text[: match.start()]):
        return age
    # "About 3 weeks" may be a week less or more.
    one = _unit(match) if match["unit"] else Decimal(1)
    return Level(max(age.low - one, ZERO), age.high + one)


def _age(match: re.Match[str]) -> Level:
    if match["unit"] is None:
        return Level.exactly(Decimal(match["day"] or match["nth"]))
    factor, low = _unit(match), Decimal(match["low"].replace(",", "."))
    if match["high"]:
        high = Decimal(match["high"].replace(",", "."))
        return Level(low, high).times(factor) if low <= high and not match["how"] else ANY_AGE
    how = (match["how"] or "").lower()
    return compared(low, _COMPARATORS.get(how, how) or None).times(factor)


def _unit(match: re.Match[str]) -> Decimal:
    """The days that one of the unit has."""
    unit = match["unit"].lower()
    return _DAYS[_FOREIGN.get(unit[:2], unit[0])]


def _settled(ages: list[Level]) -> Level | None:
    """The one age, or the first of several that say the same of three weeks; open where they differ."""
    if not ages:
        return None
    return ages[0] if len({age.at_least(THREE_WEEKS) for age in ages}) == 1 else ANY_AGE
