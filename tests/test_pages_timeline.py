"""The insights' figures over time, the plots that are made of them, and the time that a query asks for."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from cds_service.store.report import UNKNOWN_CARD, Row
from cds_service.web.insights import asked_for
from cds_service.web.plot import plot
from cds_service.web.timeline import MONTH, WEEK, timeline
from cds_service.wording import insights as say

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("remark", "since", "until", "by", "firsts"),
    [
        ("a week from Monday to Sunday", "2026-11-16", "2026-11-22", WEEK, ["2026-11-16"]),
        ("from Sunday to Monday", "2026-11-15", "2026-11-16", WEEK, ["2026-11-09", "2026-11-16"]),
        ("over the turn of the year", "2026-12-31", "2027-01-04", WEEK, ["2026-12-28", "2027-01-04"]),
        ("months, short ones too", "2027-01-31", "2027-03-01", MONTH, ["2027-01-01", "2027-02-01", "2027-03-01"]),
        ("one day", "2026-11-21", "2026-11-21", MONTH, ["2026-11-01"]),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_every_period_is_there(remark: str, since: str, until: str, by: str, firsts: list[str]) -> None:
    """Also those without a card."""
    found = timeline([], date.fromisoformat(since), date.fromisoformat(until), by)
    assert [period.first.isoformat() for period in found.periods] == firsts
    assert found.is_empty


def test_days_are_added_up() -> None:
    """By topic, by period and in all; the most shown first; feedback on cards not on record stands aside."""
    rows = [
        Row("2026-11-13", "sibling-donor", 1, 0, 1, Counter({"x|donor-not-usable": 1})),
        Row("2026-11-14", "missing-documentation", 3, 1, 1, Counter({"will-document": 1})),
        Row("2026-11-17", "missing-documentation", 2, 1, 0),
        Row("2026-11-17", UNKNOWN_CARD, 0, 0, 4),
    ]
    found = timeline(rows, date(2026, 11, 9), date(2026, 11, 21), WEEK)
    assert [topic.name for topic in found.topics] == ["missing-documentation", "sibling-donor"]
    assert [(each.shown, each.accepted, each.overridden, each.left) for each in found.all.counts] == [
        (4, 1, 2, 1),
        (2, 1, 0, 1),
    ]
    assert (found.all.total.shown, found.all.total.overridden) == (6, 2)
    assert found.topics[1].reasons == {"x|donor-not-usable": 1}
    assert found.beside is not None
    assert found.beside.total.overridden == 4
    assert found.has_feedback


def test_feedback_on_cards_that_are_not_on_record_is_feedback() -> None:
    """Though no card was shown in that time: the page does not say that none came in, nor that all is empty."""
    found = timeline([Row("2026-11-17", UNKNOWN_CARD, 0, 1, 0)], date(2026, 11, 9), date(2026, 11, 21), WEEK)
    assert found.has_feedback
    assert not found.is_empty


@pytest.mark.parametrize(
    ("remark", "top", "values"),
    [
        ("nothing", 0, [0, 1]),
        ("one", 1, [0, 1]),
        ("four, in ones", 4, [0, 1, 2, 3, 4]),
        ("five, in twos", 5, [0, 2, 4, 6]),
        ("the top is always below a line", 41, [0, 20, 40, 60]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_lines_of_a_plot(remark: str, top: int, values: list[int]) -> None:
    """Round numbers, at most four above the ground."""
    found = timeline([Row("2026-11-17", "criteria-met", top)], date(2026, 11, 16), TODAY, WEEK)
    drawn = plot(found.all, found.periods)
    assert [line.value for line in drawn.lines] == values
    assert all(0 <= line.y <= drawn.height for line in drawn.lines)


def test_the_bars_of_a_plot() -> None:
    """Each part as high as its number; all in the frame; the words say what the bars show."""
    found = timeline([Row("2026-11-17", "criteria-met", 4, 1, 2)], date(2026, 11, 9), TODAY, WEEK)
    drawn = plot(found.all, found.periods)
    empty, bar = drawn.bars
    assert empty.parts == ()
    kinds = {part.kind: part.height for part in bar.parts}
    assert kinds["overridden"] == pytest.approx(2 * kinds["accepted"])
    assert kinds["left"] == pytest.approx(kinds["accepted"])
    assert bar.parts[-1].y == pytest.approx(drawn.lines[-1].y)
    assert bar.x + bar.width <= 100
    assert bar.says == "16 Nov 2026: 4 shown, 1 accepted, 2 overridden"
    assert "4 shown in all, of which 1 accepted and 2 overridden" in drawn.says


@pytest.mark.parametrize(
    ("remark", "query", "span", "by", "problem"),
    [
        ("nothing asked", {}, "2026-08-24 2026-11-21", WEEK, ""),
        ("thirty days", {"days": "30"}, "2026-10-23 2026-11-21", WEEK, ""),
        ("a year goes by month", {"days": "365"}, "2025-11-22 2026-11-21", MONTH, ""),
        ("a year by week where asked", {"days": "365", "by": "week"}, "2025-11-22 2026-11-21", WEEK, ""),
        ("another number of days", {"days": "7"}, "2026-08-24 2026-11-21", WEEK, ""),
        ("two dates", {"from": "2026-01-05", "to": "2026-01-06"}, "2026-01-05 2026-01-06", WEEK, ""),
        ("one date", {"from": "2026-11-01"}, "2026-11-01 2026-11-21", WEEK, ""),
        ("the future is cut off", {"from": "2026-11-01", "to": "2027-01-01"}, "2026-11-01 2026-11-21", WEEK, ""),
        ("many years go by month", {"from": "0001-01-01", "by": "week"}, "2020-01-01 2026-11-21", MONTH, ""),
        ("no dates", {"from": "soon"}, "2026-08-24 2026-11-21", WEEK, say.DATES_UNREADABLE),
        (
            "the wrong way round",
            {"from": "2026-02-01", "to": "2026-01-01"},
            "2026-08-24 2026-11-21",
            WEEK,
            say.DATES_REVERSED,
        ),
        ("all in the future", {"from": "2030-01-01"}, "2026-08-24 2026-11-21", WEEK, say.DATES_REVERSED),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value and value[0].islower() else "",
)
def test_the_time_asked_for(remark: str, query: dict[str, str], span: str, by: str, problem: str) -> None:
    """Both days are inclusive; what cannot be read falls back to the last 90 days, and says so."""
    found = asked_for(query, TODAY)
    assert (f"{found.since} {found.until}", found.by, found.problem) == (span, by, problem)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("https://kresladi-cds.example/CodeSystem/override-reason|clinical-judgement", "Clinical judgement"),
        ("https://ehr.example/reasons|busy-today", "busy-today"),
        ("no-reason", "No reason given"),
    ],
)
def test_reasons_in_words(code: str, says: str) -> None:
    """Ours in words, others by their code."""
    assert say.reason(code) == says
