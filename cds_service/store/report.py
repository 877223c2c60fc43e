"""What clinicians did with the cards, by topic and period: what a plan reads to see which card annoys.

A card counts once, in the period in which it was shown, with the last thing that was reported of it. Feedback counts
for a card only where it comes from the client that the card was shown to. Feedback on a card that is not on record (it
was shown while the store was down, or to somebody else) is not lost: it stands under the topic `unknown-card`, in the
period of the feedback.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select

from cds_service.frozen import frozen
from cds_service.store.schema import cards, feedback
from cds_service.store.store import Store

UNKNOWN_CARD = "unknown-card"
COMMENT_ONLY, NO_REASON = "comment-only", "no-reason"
_LETTERS = {"day": 10, "month": 7}
PERIODS = tuple(_LETTERS)


@dataclass(slots=True)
class Row:
    """One topic in one period (`2026-11` or `2026-11-21`): how many cards, and what became of them."""

    period: str
    topic: str
    shown: int = 0
    accepted: int = 0
    overridden: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Of the overridden ones; `system|code`, or one of the two words for those without a reason."""


@frozen
class Report:
    """The rows, by period and topic, and what was asked for. Both days are inclusive; None is no limit."""

    rows: tuple[Row, ...]
    since: date | None
    until: date | None
    by: str


def report(store: Store, since: date | None = None, until: date | None = None, by: str = "month") -> Report:
    """Count. `by` is one of PERIODS. Raises StoreUnavailable."""
    last = _last_outcomes()
    with store.transaction("report") as connection:
        counted = [
            *connection.execute(_known(last, since, until, _LETTERS[by])),
            *connection.execute(_unknown(last, since, until, _LETTERS[by])),
        ]
    return Report(_rows(counted), since, until, by)


def _last_outcomes() -> Subquery:
    """Of each card the newest feedback; of two at one moment the one that came later."""
    newest_first = [feedback.c.outcome_at.desc(), feedback.c.id.desc()]
    place = func.row_number().over(partition_by=[feedback.c.card, feedback.c.client], order_by=newest_first)
    numbered = select(feedback, place.label("place")).subquery()
    return select(numbered).where(numbered.c.place == 1).subquery("last")


def _known(last: Subquery, since: date | None, until: date | None, letters: int) -> Select[Any]:
    same = and_(last.c.card == cards.c.card, last.c.client == cards.c.client)
    period = func.substr(cards.c.shown_at, 1, letters)
    columns = [period, cards.c.topic, literal(1), *_outcome(last)]
    joined = select(*columns, func.count()).select_from(cards).outerjoin(last, same)
    return joined.where(*_within(cards.c.shown_at, since, until)).group_by(*columns[:2], *columns[3:])


def _unknown(last: Subquery, since: date | None, until: date | None, letters: int) -> Select[Any]:
    shown = select(cards.c.card).where(cards.c.card == last.c.card, cards.c.client == last.c.client).exists()
    period = func.substr(last.c.outcome_at, 1, letters)
    columns = [period, literal(UNKNOWN_CARD), literal(0), *_outcome(last)]
    counted = select(*columns, func.count()).where(~shown, *_within(last.c.outcome_at, since, until))
    return counted.group_by(period, *columns[3:])


def _outcome(last: Subquery) -> list[ColumnElement[Any]]:
    """Outcome, and the reason as far as there is one. The comment itself is never read: it may speak of a patient."""
    commented = case((last.c.comment != "", 1), else_=0)
    return [last.c.outcome, last.c.reason_system, last.c.reason_code, commented]


def _within(moment: ColumnElement[str], since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    limits = []
    if since is not None:
        limits.append(moment >= since.isoformat())
    if until is not None and until < date.max:
        limits.append(moment < (until + timedelta(days=1)).isoformat())
    return limits


def _rows(counted: Iterable[Any]) -> tuple[Row, ...]:
    rows: dict[tuple[str, str], Row] = {}
    for period, topic, on_record, outcome, system, code, commented, number in counted:
        row = rows.setdefault((period, topic), Row(period, topic))
        row.shown += number * on_record
        if outcome == "accepted":
            row.accepted += number
        elif outcome == "overridden":
            row.overridden += number
            row.reasons[_reason(system, code, commented)] += number
    return tuple(rows[key] for key in sorted(rows))


def _reason(system: str, code: str, commented: int) -> str:
    if code:
        return f"{system}|{code}" if system else code
    return COMMENT_ONLY if commented else NO_REASON
