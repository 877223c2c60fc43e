"""Moments as charts know them: sometimes to the second, sometimes only to the year.

A `When` is the span in which something happened. Two of them are compared three-valued: a partial date that
overlaps the other is neither before nor after it. A date without an offset is read in the other's offset.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from cds_service.frozen import frozen
from cds_service.logic import Answer


@frozen
class When:
    """A span of local time, both ends included; `offset` is None where the chart gave none."""

    first: datetime
    last: datetime
    offset: tzinfo | None
    text: str

    @classmethod
    def on(cls, day: date) -> When:
        """The whole of one day."""
        return cls(datetime.combine(day, time.min), datetime.combine(day, time.max), None, day.isoformat())

    @classmethod
    def at(cls, moment: datetime) -> When:
        """One instant; its text is its date, which is what a reader of a card needs."""
        local = moment.replace(tzinfo=None)
        return cls(local, local, moment.tzinfo, local.date().isoformat())

    @classmethod
    def in_month(cls, year: int, month: int) -> When:
        """The whole of one month."""
        last = date(year, month, calendar.monthrange(year, month)[1])
        return cls(datetime(year, month, 1), datetime.combine(last, time.max), None, f"{year:04}-{month:02}")

    @classmethod
    def in_year(cls, year: int) -> When:
        """The whole of one year."""
        return cls(datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59, 999999), None, f"{year:04}")

    @classmethod
    def between(cls, start: When | None, end: When | None) -> When | None:
        """From the start of one to the end of the other; an end that is not given is open."""
        if start is None and end is None:
            return None
        first = start.first if start else datetime.min
        last = end.last if end else datetime.max
        if last < first:
            return None
        offset = (start or end).offset  # type: ignore[union-attr]
        text = f"{start.text if start else '…'} to {end.text if end else '…'}"
        return cls(first, last, offset, start.text if start and end and start.text == end.text else text)

    @property
    def is_one_day(self) -> bool:
        """Whether it is known to the day."""
        return self.first.date() == self.last.date()

    def before(self, other: When) -> Answer:
        """Whether this ended before the other began."""
        mine, theirs = self._beside(other)
        if mine[1] < theirs[0]:
            return Answer.MET
        return Answer.NOT_MET if mine[0] >= theirs[1] else Answer.UNKNOWN

    def overlaps(self, other: When) -> bool:
        """Whether the two spans share a moment."""
        mine, theirs = self._beside(other)
        return mine[0] <= theirs[1] and theirs[0] <= mine[1]

    def same_day(self, other: When) -> bool:
        """Whether both are known to the day and it is the same one, in the earlier one's offset."""
        mine, theirs = self._beside(other)
        days = {moment.date() for moment in (*mine, *theirs)}
        return len(days) == 1

    def days_apart_from(self, other: When) -> int:
        """The fewest calendar days from this to the other, either way; 0 where they may share one."""
        mine, theirs = self._beside(other)
        gap = max(theirs[0].date() - mine[1].date(), mine[0].date() - theirs[1].date())
        return max(gap.days, 0)

    def within_days_after(self, other: When, days: int) -> Answer:
        """Whether this lies in the days that follow the other."""
        mine, theirs = self._beside(other)
        limit = timedelta(days=days)
        if mine[0] >= theirs[1] and mine[1] <= _later(theirs[0], limit):
            return Answer.MET
        outside = mine[1] < theirs[0] or mine[0] > _later(theirs[1], limit)
        return Answer.NOT_MET if outside else Answer.UNKNOWN

    def _beside(self, other: When) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
        """Both spans on one clock: the earlier one's offset where both have one, else as written."""
        if self.offset is None or other.offset is None:
            return (self.first, self.last), (other.first, other.last)
        shared = self.offset if self._instant(self.first) <= other._instant(other.first) else other.offset
        return self._on_clock(shared), other._on_clock(shared)

    def _on_clock(self, offset: tzinfo) -> tuple[datetime, datetime]:
        return self._moved(self.first, offset), self._moved(self.last, offset)

    def _moved(self, local: datetime, offset: tzinfo) -> datetime:
        if offset == self.offset or local in (datetime.min, datetime.max):
            return local
        try:
            return self._instant(local).astimezone(offset).replace(tzinfo=None)
        except OverflowError:  # at the ends of the calendar there is no moment to move to
            return local

    def _instant(self, local: datetime) -> datetime:
        if local in (datetime.min, datetime.max):
            return local.replace(tzinfo=UTC)
        return local.replace(tzinfo=self.offset)


def newest_first(moment: When | None) -> float:
    """A sort key: the newest first, the undated last."""
    if moment is None:
        return float("inf")
    return -(moment.first.replace(tzinfo=moment.offset or UTC).timestamp()) if moment.first.year > 1 else float("inf")


def years_between(birth: When, today: date) -> tuple[int, int]:
    """The least and the most completed years of age that a (partial) birth date allows."""
    return _years(birth.last.date(), today), _years(birth.first.date(), today)


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _later(moment: datetime, by: timedelta) -> datetime:
    return moment + by if moment < datetime.max - by else datetime.max
