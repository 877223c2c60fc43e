"""Properties that are worked out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cds_service.once import once

LONG_ENOUGH = 10
"""Seconds after which a thread that waits for the other gives up."""


class Chart:
    """Something that takes its time, and tells how often it did."""

    def __init__(self, both: Barrier) -> None:
        self.both = both
        self.times = 0

    @once
    def read(self) -> int:
        """Done when the other is being done too."""
        self.times += 1
        return self.both.wait(LONG_ENOUGH)


def test_one_object_does_not_hold_up_another() -> None:
    """Two slow EHRs are read at the same time."""
    both = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(getattr, Chart(both), "read") for _ in range(2)]
    assert sorted(each.result() for each in answers) == [0, 1]


def test_it_is_worked_out_once() -> None:
    """And stays."""
    chart = Chart(Barrier(1))
    assert [chart.read, chart.read] == [0, 0]
    assert chart.times == 1
    assert Chart.read.__doc__ == "Done when the other is being done too."
