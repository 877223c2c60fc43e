"""A store that gives no answer at all: calls do not wait for it one after the other."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

from cds_service.store.engine import LONGEST

SILENCE = 1.0
"""Seconds: a failure that took longer was no refusal. Whoever asks a silent store loses that time."""
PAUSE = 1.0
"""Seconds between two tries while the store is silent."""


class Silence:
    """Remembers that the store gave no answer.

    While it is silent one call a second tries; the others are told at once, and threads are left for those who need
    no store. Safe for many threads.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._next_try = float("-inf")
        self._is_silent = False

    def is_worth_a_try(self) -> bool:
        """Whether the caller should ask the store; while it is silent, whoever is told so is the only one."""
        if not self._is_silent:
            return True
        with self._lock:
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + LONGEST + PAUSE
            return True

    def failed_after(self, seconds: float) -> None:
        """The store failed; a refusal at once is no silence."""
        with self._lock:
            self._is_silent = seconds >= SILENCE
            self._next_try = self._clock() + PAUSE

    def is_over(self) -> None:
        """The store has answered."""
        self._is_silent = False
