"""How long after: both sides of every limit, in several offsets, and with dates that are only partly known."""

from __future__ import annotations

from datetime import date

import pytest

from cds_service.elapsed import (
    days_after,
    days_between,
    earliest,
    hours_after,
    latest,
    may_end_after,
    months_later,
    not_on_an_earlier_day,
    time_between,
    within_months,
)
from cds_service.logic import Answer
from cds_service.timing import When
from cds_service.wording.bedside import lies_after
from tests.test_timing import moment

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
END = "2026-03-04T10:00:00+00:00"


@pytest.mark.parametrize(
    ("remark", "end", "order", "expected"),
    [
        ("23:59 h", END, "2026-03-05T09:59:00+00:00", NOT_MET),
        ("a second short of 24 h", END, "2026-03-05T09:59:59+00:00", NOT_MET),
        ("24:00 h, included", END, "2026-03-05T10:00:00+00:00", MET),
        ("24:01 h", END, "2026-03-05T10:01:00+00:00", MET),
        ("36 h", END, "2026-03-05T22:00:00+00:00", MET),
        ("47:59 h", END, "2026-03-06T09:59:00+00:00", MET),
        ("48:00 h, included", END, "2026-03-06T10:00:00+00:00", MET),
        ("a second beyond 48 h", END, "2026-03-06T10:00:01+00:00", NOT_MET),
        ("48:01 h", END, "2026-03-06T10:01:00+00:00", NOT_MET),
        ("before the end", END, "2026-03-04T09:00:00+00:00", NOT_MET),
        ("24 h although the clocks went forward", "2026-03-28T10:00:00+01:00", "2026-03-29T11:00:00+02:00", MET),
        ("23 h although the clocks say 24", "2026-03-28T10:00:00+01:00", "2026-03-29T10:00:00+02:00", NOT_MET),
        ("24 h across half-hour offsets", "2026-03-04T10:00:00+05:30", "2026-03-05T04:30:00+00:00", MET),
        ("a minute short across them", "2026-03-04T10:00:00+05:30", "2026-03-05T04:29:00+00:00", NOT_MET),
        ("48 h across the date line", "2026-03-04T10:00:00+13:00", "2026-03-05T10:00:00-11:00", MET),
        ("conditioning ended that day, at 24 h from noon", "2026-03-04", "2026-03-05T12:00:00+00:00", UNKNOWN),
        ("within for every moment of the day", "2026-03-04", "2026-03-06T00:00:00+00:00", MET),
        ("a second later it is not", "2026-03-04", "2026-03-06T00:00:01+00:00", UNKNOWN),
        ("a day in the other's offset", "2026-03-04", "2026-03-06T00:00:00-08:00", MET),
        ("the order names a day", END, "2026-03-05", UNKNOWN),
        ("a day that lies within, end at midnight", "2026-03-04T00:00:00+00:00", "2026-03-05", MET),
        ("a day beyond, end at midnight", "2026-03-04T00:00:00+00:00", "2026-03-06", UNKNOWN),
        ("two days apart, both days", "2026-03-04", "2026-03-06", UNKNOWN),
        ("three days apart, both days", "2026-03-04", "2026-03-07", NOT_MET),
        ("the same day, both days", "2026-03-04", "2026-03-04", NOT_MET),
        ("the next day, both days", "2026-03-04", "2026-03-05", UNKNOWN),
        ("only the month", "2026-03", "2026-03-06T10:00:00+00:00", UNKNOWN),
        ("another month", "2026-01", "2026-03-06T10:00:00+00:00", NOT_MET),
        ("only the year", "2026", "2026-03-06T10:00:00+00:00", UNKNOWN),
    ],
)
def test_hours_are_counted_by_instants(remark: str, end: str, order: str, expected: Answer) -> None:
    """24 to 48 hours, both included; a partial date is every moment in it."""
    assert hours_after(moment(end), moment(order), 24, 48) is expected, remark


@pytest.mark.parametrize(
    ("remark", "end", "order", "expected"),
    [
        ("13 days", "2026-03-01", "2026-03-14", NOT_MET),
        ("14 days", "2026-03-01", "2026-03-15", MET),
        ("15 days", "2026-03-01", "2026-03-16", MET),
        ("13 days over the end of February", "2026-02-20", "2026-03-05", NOT_MET),
        ("14 days over the end of February", "2026-02-20", "2026-03-06", MET),
        ("14 days over a leap day", "2028-02-20", "2028-03-05", MET),
        ("14 days of the calendar, a few hours short", "2026-03-01T23:00:00+00:00", "2026-03-15T01:00:00+00:00", MET),
        (
            "the 14th day has not begun where it was done",
            "2026-03-01T23:30:00-05:00",
            "2026-03-15T04:00:00+00:00",
            NOT_MET,
        ),
        ("it has", "2026-03-01T23:30:00-05:00", "2026-03-15T05:00:00+00:00", MET),
        ("a date without a time is of the other's offset", "2026-03-01", "2026-03-15T00:30:00+09:00", MET),
        ("in a month that ends too late", "2026-03", "2026-04-10", UNKNOWN),
        ("in a month that is long over", "2026-02", "2026-03-14", MET),
        ("a day short of that", "2026-02", "2026-03-13", UNKNOWN),
        ("the order names a month", "2026-03-20", "2026-04", UNKNOWN),
        ("the order comes before", "2026-03-20", "2026-03-01", NOT_MET),
    ],
)
def test_days_are_counted_on_the_calendar(remark: str, end: str, order: str, expected: Answer) -> None:
    """14 days or more, in the earlier moment's offset."""
    assert days_after(moment(end), moment(order), 14) is expected, remark


@pytest.mark.parametrize(
    ("remark", "infusion", "order", "expected"),
    [
        ("the day before", "2026-03-04", "2026-03-03", NOT_MET),
        ("the infusion's day", "2026-03-04", "2026-03-04", MET),
        ("before the infusion, on its day", "2026-03-04T10:00:00+00:00", "2026-03-04T08:00:00+00:00", MET),
        ("the same day three months on", "2026-03-04", "2026-06-04", MET),
        ("the last minute of it", "2026-03-04T08:00:00+00:00", "2026-06-04T23:59:00+00:00", MET),
        ("the day after", "2026-03-04", "2026-06-05", NOT_MET),
        ("30 November to the end of February", "2026-11-30", "2027-02-28", MET),
        ("and not to the first of March", "2026-11-30", "2027-03-01", NOT_MET),
        ("30 November to a leap day", "2027-11-30", "2028-02-29", MET),
        ("and not beyond it", "2027-11-30", "2028-03-01", NOT_MET),
        ("31 January to 30 April", "2026-01-31", "2026-04-30", MET),
        ("and not to 1 May", "2026-01-31", "2026-05-01", NOT_MET),
        ("over the end of the year", "2026-12-15", "2027-03-15", MET),
        ("still that day where the infusion was", "2026-03-04T10:00:00-05:00", "2026-06-05T03:00:00+00:00", MET),
        ("no longer that day", "2026-03-04T10:00:00-05:00", "2026-06-05T05:00:00+00:00", NOT_MET),
        ("already that day, east of it", "2026-03-04T01:00:00+09:00", "2026-03-03T15:30:00+00:00", MET),
        ("the infusion's month alone, long after", "2026-03", "2026-06-20", UNKNOWN),
        ("the infusion's month alone, within for every day", "2026-03", "2026-05-15", MET),
        ("the first day beyond for every day", "2026-03", "2026-07-01", NOT_MET),
        ("in the infusion's month", "2026-03", "2026-03-15", UNKNOWN),
        ("the infusion's year alone", "2025", "2026-02-01", UNKNOWN),
        ("a year that is long over", "2024", "2026-02-01", NOT_MET),
    ],
)
def test_months_are_counted_on_the_calendar(remark: str, infusion: str, order: str, expected: Answer) -> None:
    """From the infusion's day through the same day three months on; the end of a month is the end of a month."""
    assert within_months(moment(infusion), moment(order), 3) is expected, remark


@pytest.mark.parametrize(
    ("remark", "expires", "order", "expected"),
    [
        ("the day before", "2026-03-03", "2026-03-04T10:00:00+00:00", NOT_MET),
        ("that day", "2026-03-04", "2026-03-04T10:00:00+00:00", MET),
        ("the day after", "2026-03-05", "2026-03-04T10:00:00+00:00", MET),
        ("an hour of that day that is past", "2026-03-04T08:00:00+00:00", "2026-03-04T10:00:00+00:00", MET),
        ("that month", "2026-03", "2026-03-04T10:00:00+00:00", UNKNOWN),
        ("the month before", "2026-02", "2026-03-04T10:00:00+00:00", NOT_MET),
        ("the month after", "2026-04", "2026-03-04T10:00:00+00:00", MET),
        ("that month, ordered for its first day", "2026-03", "2026-03-01", MET),
    ],
)
def test_not_before_that_day(remark: str, expires: str, order: str, expected: Answer) -> None:
    """An expiration date counts by days."""
    assert not_on_an_earlier_day(moment(expires), moment(order)) is expected, remark


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
        (date(2026, 9, 15), 3, date(2026, 12, 15)),
        (date(9999, 11, 30), 3, date.max),
    ],
)
def test_month_ends_are_clamped(day: date, months: int, expected: date) -> None:
    """A month without such a day gives its last one; the calendar ends where it ends."""
    assert months_later(day, months) == expected


def test_the_last_of_several_moments() -> None:
    """Partial dates leave open which is the last: from the latest beginning to the latest end."""
    month, day = moment("2026-03"), moment("2026-03-10T10:00:00+00:00")
    found = latest([month, day])
    assert (found.first, found.last) == (day.first, month.last)
    assert latest([moment("2026-03-01"), moment("2026-03-02")]) == moment("2026-03-02")
    assert earliest([moment("2026-03-01"), moment("2026-03-02")]) == moment("2026-03-01")
    assert latest([moment("2026-03-04T23:30:00-05:00"), moment("2026-03-05T04:00:00+00:00")]).offset is not None


def test_the_ends_of_the_calendar_are_no_moments() -> None:
    """An open start or end stays open in every offset."""
    open_start = When.between(None, moment("2026-03-04T10:00:00-05:00"))
    assert open_start is not None
    assert hours_after(open_start, moment("2026-03-05T20:00:00+00:00"), 24, 48) is UNKNOWN
    assert days_after(open_start, moment("2026-03-25T20:00:00+09:00"), 14) is MET
    assert may_end_after(moment("2026-03-04T16:00:00+00:00"), open_start)
    assert not may_end_after(moment("2026-03-04T15:00:00+00:00"), open_start)


@pytest.mark.parametrize(
    ("remark", "end", "order", "expected"),
    [
        ("to the hour", END, "2026-03-06T11:00:00+00:00", "49 h after it"),
        ("to the minute", END, "2026-03-05T09:59:00+00:00", "23 h 59 min after it"),
        ("to the second", END, "2026-03-06T10:00:01+00:00", "48 h 0 min 1 s after it"),
        ("across offsets", END, "2026-03-05T05:00:00-05:00", "24 h after it"),
        ("before it", END, "2026-03-04T08:30:00+00:00", "1 h 30 min before it"),
        ("a day has no hours to count", END, "2026-03-05", None),
    ],
)
def test_hours_as_they_are_told(remark: str, end: str, order: str, expected: str | None) -> None:
    """As exactly as they are counted; nothing where a date tells no hour."""
    length = time_between(moment(end), moment(order))
    assert (None if length is None else lies_after(length, "it")) == expected, remark


@pytest.mark.parametrize(
    ("remark", "last", "start", "expected"),
    [
        ("13 days", "2026-03-04", "2026-03-17", "13 days after it"),
        ("one day", "2026-03-04", "2026-03-05T08:00:00+00:00", "1 day after it"),
        ("before it", "2026-03-04", "2026-03-02", "2 days before it"),
        (
            "in the earlier moment's offset",
            "2026-03-04T23:00:00-08:00",
            "2026-03-18T07:00:00+00:00",
            "13 days after it",
        ),
        ("a month has no days to count", "2026-03", "2026-04-17", None),
    ],
)
def test_days_as_they_are_told(remark: str, last: str, start: str, expected: str | None) -> None:
    """Calendar days; nothing where a date tells no day."""
    length = days_between(moment(last), moment(start))
    assert (None if length is None else lies_after(length, "it")) == expected, remark
