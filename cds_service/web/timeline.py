"""The store's report by week or month: every period of the time asked for, also those in which nothing was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from cds_service.frozen import frozen
from cds_service.store.report import UNKNOWN_CARD, Row
from cds_service.wording import insights as say

WEEK, MONTH = "week", "month"


@dataclass(slots=True)
class Count:
    """How many cards were shown, and what became of them."""

    shown: int = 0
    accepted: int = 0
    overridden: int = 0

    @property
    def left(self) -> int:
        """Shown, and nothing was reported of them."""
        return max(0, self.shown - self.accepted - self.overridden)

    def add(self, row: Row) -> None:
        """Count a row of the report in."""
        self.shown += row.shown
        self.accepted += row.accepted
        self.overridden += row.overridden


@dataclass(slots=True)
class Series:
    """One topic, or all: the count of each period, and of all together."""

    name: str
    counts: list[Count]
    total: Count = field(default_factory=Count)
    reasons: Counter[str] = field(default_factory=Counter)


@frozen
class Period:
    """A week (from its Monday) or a month, by its first day."""

    first: date
    by: str

    @property
    def label(self) -> str:
        """For a table."""
        return say.day(self.first) if self.by == WEEK else say.month(self.first)

    @property
    def short(self) -> str:
        """For an axis."""
        return say.short_day(self.first) if self.by == WEEK else say.month(self.first)


@frozen
class Timeline:
    """All topics over time; the most shown first. `beside` is feedback on cards that are not on record."""

    periods: tuple[Period, ...]
    all: Series
    topics: tuple[Series, ...]
    beside: Series | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is on record in this time."""
        return not self.topics and self.beside is None

    @property
    def has_feedback(self) -> bool:
        """Whether anything was reported of a card, be it on record or not."""
        return self.beside is not None or bool(self.all.total.accepted or self.all.total.overridden)


def timeline(rows: Iterable[Row], since: date, until: date, by: str) -> Timeline:
    """Fold the rows of a report by day into periods. Both days are inclusive; `by` is WEEK or MONTH."""
    periods = _periods(since, until, by)
    place = {period.first: number for number, period in enumerate(periods)}
    series: dict[str, Series] = {}
    together = Series("", _zeros(periods))
    for row in rows:
        number = place[_first_day(date.fromisoformat(row.period), by)]
        one = series.setdefault(row.topic, Series(row.topic, _zeros(periods)))
        for each in (one,) if row.topic == UNKNOWN_CARD else (one, together):
            each.counts[number].add(row)
            each.total.add(row)
            each.reasons.update(row.reasons)
    beside = series.pop(UNKNOWN_CARD, None)
    topics = sorted(series.values(), key=lambda each: (-each.total.shown, each.name))
    return Timeline(periods, together, tuple(topics), beside)


def _zeros(periods: tuple[Period, ...]) -> list[Count]:
    return [Count() for _ in periods]


def _periods(since: date, until: date, by: str) -> tuple[Period, ...]:
    found, first = [], _first_day(since, by)
    while first <= until:
        found.append(Period(first, by))
        # 31 days on is always in the next month.
        first = first + timedelta(days=7) if by == WEEK else _first_day(first + timedelta(days=31), by)
    return tuple(found)


def _first_day(day: date, by: str) -> date:
    return day - timedelta(days=day.weekday()) if by == WEEK else day.replace(day=1)
