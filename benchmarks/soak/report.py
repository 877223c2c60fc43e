"""What is printed: how long calls take, what was done to the service, what came of it, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from rich.console import Console
from rich.table import Table

from benchmarks.soak.clients import Call
from benchmarks.soak.faults import End, Faults
from benchmarks.soak.verdict import DEADLINE, MARGIN, Verdict, figures

LISTED = 10
"""Wrong or lost calls that are listed one by one."""


@dataclass(frozen=True)
class Run:
    """One run: the calls of its parts, what was done, and what the service wrote."""

    bare: list[Call]
    calm: list[Call]
    troubled: list[Call]
    faults: Faults
    end: End
    log: str
    acknowledged: int
    """How much feedback was answered with 200."""
    lost: int
    """How much of that is not in the store."""

    @cached_property
    def verdict(self) -> Verdict:
        """Who judges its calls."""
        return Verdict(self.faults, self.end.told)

    @cached_property
    def broken(self) -> list[Call]:
        """The calls that began while things broke, and before the service was told to go."""
        return [call for call in self.troubled if call.begun < self.end.told]

    @cached_property
    def bad(self) -> list[tuple[Call, str]]:
        """The calls that went wrong, and how."""
        return [(call, says) for call in self.calm + self.broken if (says := self.verdict.on(call))]


def report(console: Console, run: Run) -> int:
    """Print it all; 1 where an answer was wrong, or it or feedback was lost."""
    console.print(times_while_calm(run))
    console.print(endings_while_broken(run))
    console.print(deeds(run))
    for call, says in run.bad[:LISTED]:
        console.print(f"{call.kind}: {says}", markup=False)
    return 1 if run.bad or run.lost else 0


def times_while_calm(run: Run) -> Table:
    """How long calls take while nothing is broken, beside the yardstick under the same load."""
    yardstick = figures(run.bare)
    table = Table("nothing broken", "calls", "not 200", "median ms", "p99 ms", "longest ms", "p99 beside F")
    for kind, calls in [("yardstick F", run.bare), *by_kind(run.calm)]:
        each = figures(calls)
        refused = len(calls) - each.statuses[HTTPStatus.OK]
        times = [f"{1000 * value:.1f}" for value in (each.median, each.p99, each.longest)]
        table.add_row(kind, f"{len(calls):,}", str(refused), *times, f"{each.p99 / yardstick.p99:.1f} × F")
    return table


def endings_while_broken(run: Run) -> Table:
    """How the calls ended while things broke."""
    table = Table(
        "while things break", "calls", "200", "503", "401", "cut off", "p99 of 200, ms", "longest ms", "wrong"
    )
    for kind, calls in by_kind(run.broken):
        each = figures(calls)
        statuses = [each.statuses[status] for status in (200, 503, 401, 0)]
        p99 = f"{1000 * each.p99:.0f}" if each.statuses[HTTPStatus.OK] else "–"
        wrong = sum(1 for call, _ in run.bad if call in calls)
        row = [*map(str, statuses), p99, f"{1000 * each.longest:.0f}", str(wrong)]
        table.add_row(kind, f"{len(calls):,}", *row)
    return table


def deeds(run: Run) -> Table:
    """What was done to the service and what came of it; then what was lost."""
    kills, outages = run.faults.kills, run.faults.outages
    down = sum(start - stopped for _, stopped, start, _ in outages)
    in_flight = [call for call in run.broken if run.verdict.is_in_flight(call)]
    answered = sum(1 for call in in_flight if call.status)
    late = sum(1 for call in run.calm + run.broken if run.verdict.is_late(call))
    table = Table("what was done", "what came of it", show_lines=True)
    table.add_row(f"a worker killed, {len(kills)} times", f"{_ended(run.broken, 0)} calls cut off")
    table.add_row(
        f"PostgreSQL stopped, crashed and frozen ({run.faults.frozen} time), {down:.0f} s without it",
        f"{_ended(run.broken, HTTPStatus.SERVICE_UNAVAILABLE)} calls that need it got 503, the last after "
        f"{_longest_refusal(run):.1f} s; {_answered_without_a_store(run)} calls that do not were answered",
    )
    table.add_row(
        f"SIGTERM with {len(in_flight)} calls in flight",
        f"{answered} of them answered; gone after {run.end.seconds:.1f} s with status {run.end.status}",
    )
    table.add_row(f"feedback acknowledged: {run.acknowledged:,}", f"lost: {run.lost}")
    table.add_row(f"calls: {len(run.calm + run.broken):,}", f"wrong, or lost without a reason: {len(run.bad)}")
    table.add_row(f"a call may take {DEADLINE:g} + {MARGIN:g} s", f"longer: {late}")
    table.add_row("defects in the log", str(run.log.count("Traceback") + run.log.count("defect ")))
    return table


def by_kind(calls: Sequence[Call]) -> list[tuple[str, list[Call]]]:
    """The calls of each kind."""
    kinds = sorted({call.kind for call in calls})
    return [(kind, [call for call in calls if call.kind == kind]) for kind in kinds]


def _ended(calls: Sequence[Call], status: int) -> int:
    return sum(1 for call in calls if call.status == status)


def _longest_refusal(run: Run) -> float:
    seconds = (call.ended - call.begun for call in run.broken if call.status == HTTPStatus.SERVICE_UNAVAILABLE)
    return max(seconds, default=0.0)


def _answered_without_a_store(run: Run) -> int:
    without = run.verdict.is_store_down_throughout
    return sum(1 for call in run.broken if call.status == HTTPStatus.OK and without(call))
