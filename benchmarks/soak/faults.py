"""What is done to the service while it is called, and when."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.soak.served import Served

RECOVERY = 5.0
"""Seconds in which a call may still be told that the store is silent: it waits, and then leaves it alone, for that."""


@dataclass
class Faults:
    """Does the harm, and notes when it was done, on the clock of time.monotonic()."""

    served: Served
    kills: list[float] = field(default_factory=list)
    outages: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Of each: PostgreSQL told to stop, stopped, told to start, started."""
    frozen: int = 0
    """How many of these were a silence rather than a stop."""

    def plan(self) -> list[tuple[float, Callable[[], None]]]:
        """What is done, each after its part of the time that the plan has."""
        return [
            (0.05, self._kill),
            (0.12, lambda: self._stop("fast")),
            (0.20, self._kill),  # the new worker comes up without a store
            (0.28, self._start),
            (0.40, self._kill),
            (0.46, lambda: self._stop("immediate")),
            (0.60, self._start),
            (0.68, self._freeze),
            (0.74, self._kill),
            (0.82, self._thaw),
            (0.94, self._kill),
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

    def _freeze(self) -> None:
        """Its processes stand still: it neither answers nor refuses, and the machine acknowledges every packet."""
        told = time.monotonic()
        _signal_postgres(signal.SIGSTOP)
        self.frozen += 1
        self.outages.append((told, time.monotonic(), float("inf"), float("inf")))

    def _thaw(self) -> None:
        told, stopped, _, _ = self.outages.pop()
        start = time.monotonic()
        _signal_postgres(signal.SIGCONT)
        self.outages.append((told, stopped, start, time.monotonic() + RECOVERY))


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


def _signal_postgres(sign: signal.Signals) -> None:
    """To its first process, which makes the others, and then to those."""
    first = int(Path(os.environ["PGDATA"], "postmaster.pid").read_text().split()[0])
    os.kill(first, sign)
    for each in Path(f"/proc/{first}/task/{first}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(each), sign)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
