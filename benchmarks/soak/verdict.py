"""What the calls show, once it is known what was done when."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from benchmarks.soak.clients import WITH_TOKEN, Call
from benchmarks.soak.faults import Faults

DEADLINE = 1.5
MARGIN = 3.0
"""Seconds beyond the deadline for fetching: for the queue before sixteen clients' eight threads, and the store."""
AFTER_A_KILL = 1.0
"""Seconds in which a connection to a killed worker may still turn out to be dead."""
STORED = (WITH_TOKEN, "token shown again", "feedback")
"""How the kinds of call end that need the store."""


@dataclass(frozen=True)
class Verdict:
    """Judges each call by what was broken while it was under way. `ending` is when SIGTERM was sent."""

    faults: Faults
    ending: float

    def on(self, call: Call) -> str:
        """What is wrong with a call; nothing where its end is the right one."""
        if call.wrong:
            return call.wrong
        if call.status == 0:
            return "" if self._may_be_cut(call) else "no answer"
        if call.kind.endswith(STORED) and self.is_store_down_throughout(call):
            return "" if call.status == HTTPStatus.SERVICE_UNAVAILABLE else f"{call.status} without a store"
        if call.kind.endswith(STORED) and call.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return "" if self._is_store_down_meanwhile(call) else "503 with a store"
        due = HTTPStatus.UNAUTHORIZED if call.kind == "token shown again" else HTTPStatus.OK
        return "" if call.status == due else f"status {call.status}"

    def is_in_flight(self, call: Call) -> bool:
        """Whether SIGTERM came while it was under way."""
        return call.begun < self.ending <= call.ended

    def is_store_down_throughout(self, call: Call) -> bool:
        """Whether there was no store from its beginning to its end."""
        return any(stopped <= call.begun and call.ended <= start for _, stopped, start, _ in self.faults.outages)

    def is_late(self, call: Call) -> bool:
        """Whether it took longer than any call may."""
        return call.ended - call.begun > DEADLINE + MARGIN

    def _may_be_cut(self, call: Call) -> bool:
        return any(call.begun - AFTER_A_KILL <= kill <= call.ended for kill in self.faults.kills)

    def _is_store_down_meanwhile(self, call: Call) -> bool:
        return any(told <= call.ended and call.begun <= up for told, _, _, up in self.faults.outages)


@dataclass(frozen=True)
class Figures:
    """Of some calls: how they ended, and in how many seconds those did that were answered with 200."""

    statuses: Counter[int]
    median: float
    p99: float
    longest: float


def figures(calls: Iterable[Call]) -> Figures:
    """The figures of some calls, of which there is at least one."""
    calls = list(calls)
    seconds = sorted(call.ended - call.begun for call in calls if call.status == HTTPStatus.OK) or [float("nan")]
    p99 = seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))]
    longest = max(call.ended - call.begun for call in calls)
    return Figures(Counter(call.status for call in calls), statistics.median(seconds), p99, longest)
