"""Cards shown and what was done with them: how the plan learns which card helps and which annoys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from cds_service.store.errors import StoreUnavailable
from cds_service.store.records import ANYBODY, Feedback, ShownCard, as_text
from cds_service.store.schema import cards, feedback, suggestions
from cds_service.store.store import Store, insert_into

Clock = Callable[[], float]
PAUSE = 10.0
"""Seconds without a try after one has failed: clinicians do not wait for a database that is down."""
MOST = 1.0
"""Seconds for one try: behind the answer it holds a thread, for which the next call waits."""


class ShownCards:
    """Notes the cards of an answer, as best it can: an answer never fails because it could not be counted."""

    def __init__(self, store: Store, clock: Clock = time.time) -> None:
        self._store = store
        self._clock = clock
        self._pause_until = 0.0

    def record(self, shown: Iterable[ShownCard]) -> bool:
        """Note the cards; False where they could not be noted, which the store has logged and counted."""
        shown = tuple(shown)
        if not shown or self._clock() < self._pause_until:
            return not shown
        try:
            self._write(shown)
        except StoreUnavailable:
            self._pause_until = self._clock() + PAUSE
            return False
        return True

    def _write(self, shown: tuple[ShownCard, ...]) -> None:
        now = _now(self._clock)
        with self._store.transaction("cards", MOST) as connection:
            connection.execute(
                insert_into(connection, cards).on_conflict_do_nothing(), [_card_row(card, now) for card in shown]
            )
            rows = [{"suggestion": each, "card": card.card} for card in shown for each in card.suggestions]
            if rows:
                connection.execute(insert_into(connection, suggestions).on_conflict_do_nothing(), rows)


def keep_feedback(
    store: Store, entries: Iterable[Feedback], service: str, client: str = ANYBODY, clock: Clock = time.time
) -> None:
    """Keep all entries or none. What is known already changes nothing. Raises StoreUnavailable."""
    received = _now(clock)
    # In one order everywhere: two calls that repeat each other's entries then never wait for each other in a ring.
    ordered = sorted(entries, key=lambda entry: (entry.card, entry.outcome, entry.at))
    rows = [_feedback_row(entry, service, client, received) for entry in ordered]
    if rows:
        with store.transaction("feedback") as connection:
            connection.execute(insert_into(connection, feedback).on_conflict_do_nothing(), rows)


def _now(clock: Clock) -> str:
    return as_text(datetime.fromtimestamp(clock(), UTC))


def _card_row(card: ShownCard, now: str) -> dict[str, object]:
    return {
        "card": card.card,
        "topic": card.topic,
        "criteria": list(card.criteria),
        "indicator": card.indicator,
        "service": card.service,
        "client": card.client,
        "shown_at": now,
    }


def _feedback_row(entry: Feedback, service: str, client: str, received: str) -> dict[str, object]:
    return {
        "card": entry.card,
        "client": client,
        "outcome": entry.outcome,
        "outcome_at": entry.at,
        "service": service,
        "accepted": list(entry.suggestions),
        "reason_system": entry.reason.system if entry.reason else "",
        "reason_code": entry.reason.code if entry.reason else "",
        "comment": entry.comment,
        "received_at": received,
    }
