"""What `make soak` calls wrong or lost: the judgement, not the load."""

from __future__ import annotations

from typing import Any, cast

import pytest

from benchmarks.soak.clients import Call
from benchmarks.soak.faults import Faults
from benchmarks.soak.served import Served
from benchmarks.soak.verdict import Verdict, figures

INSTANCE = cast(Served, None)
TOKEN, AGAIN = "with a token", "token shown again"
# A worker is killed at 50; the store is told to stop at 100, is down from 101, told to start at 110, up at 112.
FAULTS = Faults(INSTANCE, kills=[50.0], outages=[(100.0, 101.0, 110.0, 112.0)])
VERDICT = Verdict(FAULTS, ending=200.0)


@pytest.mark.parametrize(
    ("remark", "call", "says"),
    [
        ("answered", ("anonymous", 10, 11, 200), ""),
        ("answered, and not as when asked alone", ("anonymous", 10, 11, 200, "another determination"), "another"),
        ("refused for no reason", ("anonymous", 10, 11, 500), "status 500"),
        ("a token shown again is refused", (AGAIN, 10, 11, 401), ""),
        ("a token refused the first time", (TOKEN, 10, 11, 401), "status 401"),
        ("no answer, and nothing had happened", ("anonymous", 10, 11, 0), "no answer"),
        ("cut off by the kill", ("anonymous", 49, 50, 0), ""),
        ("just after the kill, on a dead connection", ("anonymous", 50.5, 50.5, 0), ""),
        ("long after the kill", ("anonymous", 52, 53, 0), "no answer"),
        ("503 while the store is down", (TOKEN, 102, 103, 503), ""),
        ("feedback that is acknowledged without a store", ("feedback", 102, 103, 200), "200 without a store"),
        ("a token that is believed without a store", (TOKEN, 102, 103, 200), "200 without a store"),
        ("answered while the store was going", (TOKEN, 100.5, 102, 200), ""),
        ("503 while the store was coming", (TOKEN, 109, 113, 503), ""),
        ("503 when the store was back", (TOKEN, 113, 114, 503), "503 with a store"),
        ("503 before the store was told to stop", ("feedback", 98, 99, 503), "503 with a store"),
        ("anonymous evaluation goes on", ("anonymous", 102, 103, 200), ""),
        ("anonymous evaluation does not go on", ("anonymous", 102, 103, 503), "status 503"),
        ("in flight at the end, and not answered", ("anonymous", 199, 201, 0), "no answer"),
    ],
)
def test_each_call_is_judged_by_what_was_broken_meanwhile(remark: str, call: tuple[Any, ...], says: str) -> None:
    """Nothing where its end is the right one, else what is wrong."""
    told = VERDICT.on(Call(*call))
    assert told.startswith(says)
    assert bool(told) == bool(says)


@pytest.mark.parametrize(
    ("remark", "seconds", "late"), [("deadline and margin", 4.5, False), ("longer", 4.501, True)], ids=str
)
def test_a_call_that_hangs_is_late(remark: str, seconds: float, late: bool) -> None:
    """1.5 s for fetching and 3 s for queues."""
    assert VERDICT.is_late(Call("anonymous", 0, seconds, 200)) is late


def test_figures_are_of_the_calls_that_were_answered() -> None:
    """A hundred calls of 1 to 100 s, and one that was refused at once: the 99th percentile is of the hundred."""
    calls = [Call("anonymous", 0, seconds, 200) for seconds in range(1, 101)]
    found = figures([*calls, Call("anonymous", 0, 0.001, 503)])
    assert (found.median, found.p99, found.longest) == (50.5, 100, 100)
    assert found.statuses == {200: 100, 503: 1}
