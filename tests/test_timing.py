"""Moments as charts know them: partial dates, offsets, and three-valued comparison."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cds_service.logic import Answer
from cds_service.timing import When, newest_first, years_between

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
EAST = timezone(timedelta(hours=-5))


def moment(text: str) -> When:
    """A When from a FHIR date or dateTime."""
    if "T" in text:
        return When.at(datetime.fromisoformat(text))
    parts = [int(part) for part in text.split("-")]
    return {1: When.in_year, 2: When.in_month, 3: lambda *ymd: When.on(date(*ymd))}[len(parts)](*parts)


@pytest.mark.parametrize(
    ("first", "other", "before", "remark"),
    [
        ("2026-03-04", "2026-03-05", MET, "the day before"),
        ("2026-03-05", "2026-03-04", NOT_MET, "the day after"),
        ("2026-03-04", "2026-03-04", UNKNOWN, "the same day, no hours"),
        ("2026-03", "2026-03-31", UNKNOWN, "a month against a day in it"),
        ("2026-02", "2026-03-01", MET, "the whole month is over"),
        ("2026", "2026-06-01", UNKNOWN, "a year against a day in it"),
        ("2025", "2026-01-01", MET, "the whole year is over"),
        ("2026-03-04T10:00:00+00:00", "2026-03-04T10:00:01+00:00", MET, "a second before"),
        ("2026-03-04T10:00:00+00:00", "2026-03-04T10:00:00+00:00", NOT_MET, "the same instant is not before"),
        ("2026-03-04T23:30:00-05:00", "2026-03-05T04:00:00+00:00", NOT_MET, "offsets: 04:30 against 04:00 UTC"),
        ("2026-03-04T22:30:00-05:00", "2026-03-05T04:00:00+00:00", MET, "offsets: 03:30 against 04:00 UTC"),
        ("2026-03-04", "2026-03-04T10:00:00+00:00", UNKNOWN, "a day against an hour in it"),
        ("2026-03-03", "2026-03-04T00:00:00-05:00", MET, "a date is read in the other's offset"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else None,
)
def test_before_is_three_valued(first: str, other: str, before: Answer, remark: str) -> None:
    """Partial dates that overlap are neither before nor after."""
    assert moment(first).before(moment(other)) is before, remark


@pytest.mark.parametrize(
    ("first", "other", "same", "remark"),
    [
        ("2026-03-04", "2026-03-04", True, "two dates"),
        ("2026-03-04", "2026-03-05", False, "two days"),
        ("2026-03", "2026-03-04", False, "a month is not known to be that day"),
        ("2026-03-04T08:00:00+00:00", "2026-03-04T20:00:00+00:00", True, "morning and evening"),
        ("2026-03-04T23:30:00-05:00", "2026-03-05T04:45:00+00:00", True, "one evening, written in two offsets"),
        ("2026-03-04", "2026-03-04T23:30:00-05:00", True, "a date in the other's offset"),
    ],
)
def test_same_day(first: str, other: str, same: bool, remark: str) -> None:
    """Only what is known to the day can be of the same day."""
    assert moment(first).same_day(moment(other)) is same, remark
    assert moment(other).same_day(moment(first)) is same, remark


@pytest.mark.parametrize(
    ("first", "other", "days", "remark"),
    [
        ("2026-03-01", "2026-03-15", 14, "fourteen days"),
        ("2026-03-01", "2026-03-14", 13, "thirteen days"),
        ("2026-03-01", "2026-03-01", 0, "the same day"),
        ("2026-03", "2026-03-20", 0, "may be the same day"),
        ("2026-02", "2026-03-20", 20, "at the least from the month's end"),
    ],
)
def test_days_apart_are_the_fewest_possible(first: str, other: str, days: int, remark: str) -> None:
    """Two partial dates are as close as they may be, so that none makes two episodes out of one."""
    assert moment(first).days_apart_from(moment(other)) == days, remark
    assert moment(other).days_apart_from(moment(first)) == days, remark


@pytest.mark.parametrize(
    ("first", "other", "within", "remark"),
    [
        ("2026-03-08", "2026-03-01", UNKNOWN, "the seventh day ends at an hour that dates do not give"),
        ("2026-03-07", "2026-03-01", MET, "the sixth day after"),
        ("2026-03-09", "2026-03-01", NOT_MET, "the eighth day after"),
        ("2026-02-28", "2026-03-01", NOT_MET, "the day before"),
        ("2026-03-01", "2026-03-01", UNKNOWN, "the same day, order not known"),
        ("2026-03-08T10:00:00+00:00", "2026-03-01T10:00:00+00:00", MET, "seven days to the minute"),
        ("2026-03-08T10:01:00+00:00", "2026-03-01T10:00:00+00:00", NOT_MET, "a minute more"),
    ],
)
def test_within_days_after(first: str, other: str, within: Answer, remark: str) -> None:
    """Whether a result falls into the days after an event, three-valued at both ends."""
    assert moment(first).within_days_after(moment(other), 7) is within, remark


def test_a_period_spans_from_start_to_end_and_open_ends_are_open() -> None:
    """An end not given is open; an end before the start is no period."""
    march, april = moment("2026-03-01"), moment("2026-04-01")
    assert When.between(march, april).overlaps(moment("2026-03-15"))
    assert When.between(march, None).overlaps(moment("2030-01-01"))
    assert not When.between(march, april).overlaps(moment("2026-04-02"))
    assert When.between(april, march) is None
    assert When.between(None, None) is None


def test_the_newest_comes_first_and_the_undated_last() -> None:
    """Sorting by the sort key."""
    moments = [None, moment("2025-01-01"), moment("2026-01-01"), moment("2026-01-01T05:00:00+00:00")]
    ordered = sorted(moments, key=newest_first)
    assert ordered[-1] is None
    assert ordered[0] == moment("2026-01-01T05:00:00+00:00")
    assert ordered[-2] == moment("2025-01-01")


@pytest.mark.parametrize(
    ("birth", "years", "remark"),
    [
        ("2008-11-21", (18, 18), "eighteen today"),
        ("2008-11-22", (17, 17), "eighteen tomorrow"),
        ("2008", (17, 18), "the year alone does not tell"),
        ("2008-11", (17, 18), "the month alone does not tell"),
        ("2007", (18, 19), "eighteen in any case"),
        ("2008-02-29", (18, 18), "born on a leap day"),
    ],
)
def test_age_from_a_partial_birth_date(birth: str, years: tuple[int, int], remark: str) -> None:
    """The least and the most years of age that a birth date allows."""
    assert years_between(moment(birth), date(2026, 11, 21)) == years, remark


def test_extremes_do_not_break() -> None:
    """The first and last moments of the calendar are compared like any other."""
    open_start = When.between(None, moment("2026-03-01T00:00:00-05:00"))
    assert open_start.overlaps(When.at(datetime(2020, 1, 1, tzinfo=UTC)))
    assert When.in_year(9999).within_days_after(moment("2026-01-01"), 7) is NOT_MET
    assert newest_first(open_start) == float("inf")
    assert moment("2026-01-01T00:00:00-05:00").same_day(When.at(datetime(2026, 1, 1, 1, tzinfo=EAST)))
