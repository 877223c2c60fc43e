"""How long a call waits for PostgreSQL.

A server that refuses is noticed at once, one that is gone by its silence on the wire. One whose machine still
acknowledges every packet while its processes stand still is noticed by neither: only the client's own clock helps.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout

_here = threading.local()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let all waiting of this thread for PostgreSQL end after so many seconds together."""
    before = getattr(_here, "until", None)
    _here.until = monotonic() + seconds
    try:
        yield
    finally:
        _here.until = before


def seconds_left() -> float | None:
    """What is left of them, never less than nothing; None where nobody has set a bound."""
    until = getattr(_here, "until", None)
    return None if until is None else max(0.0, until - monotonic())


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is given up, and closed, when the time of its thread is over."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server's answer. Raises ConnectionTimeout where none came in time."""
        left = seconds_left()
        try:
            return super().wait(gen, interval, timeout if left is None else left)
        except psycopg.errors._WaitTimeout:
            # Closed, so that the pool does not hand out a connection in the middle of something.
            self.close()
            raise ConnectionTimeout("no answer in time") from None


def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> PatientConnection:
    """Connect as SQLAlchemy would, unless the time is over. For the event `do_connect`."""
    if seconds_left() == 0:
        raise ConnectionTimeout("no time left to connect")
    return PatientConnection.connect(*arguments, **named)
