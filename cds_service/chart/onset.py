"""When a Condition began: the date that it gives, or its age then, counted from the patient's birth date."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

from cds_service.chart.source import Source
from cds_service.fhir.elements import first_when, when
from cds_service.fhir.resources import Unreadable
from cds_service.fhir.units import in_days, ucum_code
from cds_service.timing import When

_MONTHS = {"a": 12, "mo": 1}
_MOST_YEARS = 200


def onset_of(source: Source, condition: Any) -> When | None:
    """The onset; None where none is stated, or only in words. An age of 2 months is any day of the third month."""
    return first_when(condition, "onsetDateTime", "onsetPeriod") or _at_age(source, condition.onsetAge)


def _at_age(source: Source, age: Any) -> When | None:
    born = _birth(source)
    if born is None or age is None or age.value is None or age.comparator is not None or age.value < 0:
        return None
    first, last = _after(born.first.date(), age, 0), _after(born.last.date(), age, 1)
    return When.between(When.on(first), When.on(last - timedelta(days=1))) if first and last else None


def _birth(source: Source) -> When | None:
    try:
        return when(source.identity.record.read().birthDate) if source.identity.record is not None else None
    except Unreadable:
        return None


def _after(born: date, age: Any, more: int) -> date | None:
    """The day on which somebody born that day is so many whole units old, and `more` of them."""
    months, days = _MONTHS.get(ucum_code(age) or ""), in_days(age)
    if months is not None:
        return _months_later(born, (int(age.value) + more) * months) if age.value < _MOST_YEARS * 12 / months else None
    if days is None or age.value * days > _MOST_YEARS * 366:
        return None
    return born + timedelta(days=max(int((int(age.value) + more) * days), more))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
