"""How long after: between moments that charts know to the second, or only to the day, the month or the year.

Hours are counted by instants. Days and months are counted on the calendar, in the earlier moment's offset. A partial
date is every moment in it, read in the other's offset, so every question here has three answers.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from cds_service.logic import Answer
from cds_service.timing import When

_ENDLESS = (datetime.min, datetime.max)
"""What stands for a start or an end that is not given."""


def hours_after(earlier: When, later: When, least: int, most: int) -> Answer:
    """Whether the later moment lies at least and at most so many hours after the earlier one, both included."""
    low, high = _instants_apart(earlier, later)
    return _lies_in(low, high, timedelta(hours=least), timedelta(hours=most))


def time_between(earlier: When, later: When) -> timedelta | None:
    """The time from one to the other, by instants; None where one of them is not known to the instant."""
    low, high = _instants_apart(earlier, later)
    return low if low == high else None


def days_between(earlier: When, later: When) -> int | None:
    """The calendar days from one to the other; None where one of them is not known to the day."""
    (first, last), (start, end) = _days_of(earlier, later)
    return (start - first).days if (first, start) == (last, end) else None


def days_after(earlier: When, later: When, least: int) -> Answer:
    """Whether the later moment's day is at least so many calendar days after the earlier one's."""
    (first, last), (start, end) = _days_of(earlier, later)
    if start - last >= timedelta(days=least):
        return Answer.MET
    return Answer.NOT_MET if end - first < timedelta(days=least) else Answer.UNKNOWN


def within_months(earlier: When, later: When, months: int) -> Answer:
    """Whether the later moment lies from the earlier one's day through the same day so many months on.

    A month that has no such day gives its last one.
    """
    (first, last), (start, end) = _days_of(earlier, later)
    if start >= last and end <= months_later(first, months):
        return Answer.MET
    return Answer.NOT_MET if end < first or start > months_later(last, months) else Answer.UNKNOWN


def not_on_an_earlier_day(moment: When, other: When) -> Answer:
    """Whether a moment's day is the other's, or a later one."""
    (first, last), (start, end) = _days_of(other, moment)
    if start >= last:
        return Answer.MET
    return Answer.NOT_MET if end < first else Answer.UNKNOWN


def may_end_after(one: When, other: When) -> bool:
    """Whether one moment may lie after all of the other."""
    return _instant(one.last, one.offset or other.offset) > _instant(other.last, other.offset or one.offset)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, clamped to the end of that month, and to the end of the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest(moments: Iterable[When]) -> When:
    """The last of several moments: from the latest of their beginnings to the latest of their ends."""
    return _outermost(tuple(moments), max)


def earliest(moments: Iterable[When]) -> When:
    """The first of several moments: from the earliest of their beginnings to the earliest of their ends."""
    return _outermost(tuple(moments), min)


def _outermost(moments: tuple[When, ...], pick: Callable[..., When]) -> When:
    offset = next((moment.offset for moment in moments if moment.offset), None)
    begins = pick(moments, key=lambda moment: _instant(moment.first, moment.offset or offset))
    ends = pick(moments, key=lambda moment: _instant(moment.last, moment.offset or offset))
    if begins is ends:
        return ends
    first = _on_clock(begins.first, begins.offset, ends.offset)
    return replace(ends, first=first, text=f"{begins.text} or {ends.text}")


def _lies_in(low: timedelta, high: timedelta, least: timedelta, most: timedelta) -> Answer:
    """Whether all of a span, none of it, or part of it lies between two bounds."""
    if low >= least and high <= most:
        return Answer.MET
    return Answer.NOT_MET if high < least or low > most else Answer.UNKNOWN


def _instants_apart(earlier: When, later: When) -> tuple[timedelta, timedelta]:
    """The least and the most time from one to the other."""
    own, others = earlier.offset or later.offset, later.offset or earlier.offset
    low = _instant(later.first, others) - _instant(earlier.last, own)
    return low, _instant(later.last, others) - _instant(earlier.first, own)


def _days_of(one: When, other: When) -> tuple[tuple[date, date], tuple[date, date]]:
    """The first and last day of each, in the offset of whichever begins earlier."""
    ahead = _instant(other.first, other.offset or one.offset) < _instant(one.first, one.offset or other.offset)
    shared = (other.offset or one.offset) if ahead else (one.offset or other.offset)
    return _dates(one, shared), _dates(other, shared)


def _dates(moment: When, offset: tzinfo | None) -> tuple[date, date]:
    clock = (_on_clock(local, moment.offset, offset).date() for local in (moment.first, moment.last))
    return next(clock), next(clock)


def _on_clock(local: datetime, own: tzinfo | None, wanted: tzinfo | None) -> datetime:
    """A local time as a clock in the wanted offset shows it; one without an offset is in every offset as written."""
    if own is None or wanted is None or own == wanted or local in _ENDLESS:
        return local
    try:
        return local.replace(tzinfo=own).astimezone(wanted).replace(tzinfo=None)
    except OverflowError:  # at the ends of the calendar there is no moment to move to
        return local


def _instant(local: datetime, offset: tzinfo | None) -> datetime:
    return local.replace(tzinfo=offset or UTC)
