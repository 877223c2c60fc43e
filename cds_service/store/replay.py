"""Tokens seen: each is good for one call, on any worker and host, across restarts."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import delete

from cds_service.store.errors import StoreUnavailable
from cds_service.store.schema import replay
from cds_service.store.store import Store, insert_into

BETWEEN_PURGES = 300
"""Seconds, for each worker."""
KEPT_LONGER = 600
"""Seconds that a row outlives its token, because hosts do not agree on the time."""


class Replay:
    """Remembers issuer and jti; the database's primary key decides who was first."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._purge_at = clock() + BETWEEN_PURGES

    def remember(self, iss: str, jti: str, until: int) -> bool:
        """Note the pair until a time in seconds of the epoch; False where it is known. Raises StoreUnavailable."""
        with self._store.statement("replay") as connection:
            noted = insert_into(connection, replay).values(iss=iss, jti=jti, until=until).on_conflict_do_nothing()
            # The row comes back where it is new. The count of rows would do, but not every driver tells it.
            first = connection.execute(noted.returning(replay.c.jti)).first() is not None
        self._purge_now_and_then()
        return first

    def _purge_now_and_then(self) -> None:
        now = self._clock()
        if now < self._purge_at:
            return
        self._purge_at = now + BETWEEN_PURGES
        # In a transaction of its own: that rows are left lying about is no reason to refuse a call.
        with suppress(StoreUnavailable), self._store.transaction("purge") as connection:
            connection.execute(delete(replay).where(replay.c.until < now - KEPT_LONGER))
