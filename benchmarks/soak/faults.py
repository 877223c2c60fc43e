"""What is done to the service while it is called, and when."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.soak.served import Served

CALM = 0.4
"""The part of the whole time in which nothing is broken; the plan is for the rest."""


@dataclass
class Faults:
    """Does the harm, and notes when it was done, on the clock of time.monotonic()."""

    served: Served
    kills: list[float] = field(default_factory=list)
    outages: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Of each: PostgreSQL told to stop, stopped, told to start, started."""

    def plan(self) -> list[tuple[float, Callable[[], None]]]:
        """What is done, each after its part of the time that the plan has."""
        return [
            (0.08, self._kill),
            (0.17, lambda: self._stop("fast")),
            (0.25, self._kill),  # the new worker comes up without a store
            (0.37, self._start),
            (0.50, self._kill),
            (0.58, lambda: self._stop("immediate")),
            (0.75, self._start),
            (0.87, self._kill),
        ]

    def run(self, begun: float, seconds: float) -> None:
        """Follow the plan; come back when the time is over."""
        for part, harm in self.plan():
            _sleep_until(begun + part * seconds)
            harm()
        _sleep_until(begun + seconds)

    def _kill(self) -> None:
        self.kills.append(time.monotonic())
        self.served.kill_a_worker()

    def _stop(self, how: str) -> None:
        told = time.monotonic()
        _postgres("stop", "-m", how)
        stopped = time.monotonic()
        self.outages.append((told, stopped, float("inf"), float("inf")))

    def _start(self) -> None:
        told, stopped, _, _ = self.outages.pop()
        start = time.monotonic()
        _postgres("start")
        self.outages.append((told, stopped, start, time.monotonic()))


@dataclass
class End:
    """The end of the service: SIGTERM, while it is called."""

    service: Served
    told: float = float("inf")
    seconds: float = 0.0
    status: int = -1

    def after(self, faults: Faults, seconds: float) -> None:
        """Tell it to go when all harm is done."""
        faults.run(time.monotonic(), seconds)
        self.told = time.monotonic()
        self.status = self.service.end()
        self.seconds = time.monotonic() - self.told


def _postgres(*command: str) -> None:
    """The switch of the cluster, as .ci/postgres gives it. It starts a server that must not hold our output open."""
    switch = [*shlex.split(os.environ["PG_CTL"]), *command]
    subprocess.run(switch, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
