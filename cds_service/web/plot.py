"""Stacked bars over time, as the numbers that an SVG without a view box needs.

Across, places are percentages, so that the plot is as wide as its page and its words keep their size; down, they are
pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.frozen import frozen
from cds_service.web.timeline import Period, Series
from cds_service.wording import insights as say

_GUTTER = 5
"""Percent of the width, for the lines' numbers."""
_BAR = 0.72
"""Of the width that a period has."""
_HEADROOM, _FOOT = 18, 24
"""Pixels for the highest line's number, and for the dates."""
_MOST_DATES = 6


@frozen
class Part:
    """A piece of a bar: what of it (`accepted`, `overridden`, `left`), from `y` down over `height` pixels."""

    kind: str
    y: float
    height: float


@frozen
class Bar:
    """One period. `x` and `width` are percentages."""

    x: float
    width: float
    parts: tuple[Part, ...]
    says: str


@frozen
class Line:
    """A horizontal line and its number."""

    y: float
    value: int


@frozen
class Plot:
    """All there is to draw. Dates are pairs of a percentage and a text."""

    height: int
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    dates: tuple[tuple[float, str], ...]
    says: str


def plot(series: Series, periods: Sequence[Period], height: int = 240, lines: int = 4) -> Plot:
    """The plot of one series. `lines` is the most horizontal lines above the ground."""
    top = max((count.shown for count in series.counts), default=0)
    step = _step(top, lines)
    highest = max(step, -(-top // step) * step)
    scale = (height - _HEADROOM - _FOOT) / highest
    ground = height - _FOOT
    slot = (100 - _GUTTER) / len(periods)
    bars = []
    for number, (count, period) in enumerate(zip(series.counts, periods, strict=True)):
        parts, y = [], float(ground)
        for kind, amount in (("accepted", count.accepted), ("overridden", count.overridden), ("left", count.left)):
            y -= amount * scale
            if amount:
                parts.append(Part(kind, round(y, 1), round(amount * scale, 1)))
        says = say.bar(period.label, count.shown, count.accepted, count.overridden)
        bars.append(
            Bar(round(_GUTTER + slot * (number + (1 - _BAR) / 2), 3), round(slot * _BAR, 3), tuple(parts), says)
        )
    total = series.total
    return Plot(
        height=height,
        bars=tuple(bars),
        lines=tuple(Line(round(ground - value * scale, 1), value) for value in range(0, highest + 1, step)),
        dates=_dates(periods, slot),
        says=say.plotted(len(periods), periods[0].by, total.shown, total.accepted, total.overridden),
    )


def _step(top: int, lines: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, … by which `lines` steps reach the top."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * lines >= top:
                return factor * power
        power *= 10


def _dates(periods: Sequence[Period], slot: float) -> tuple[tuple[float, str], ...]:
    every = -(-len(periods) // _MOST_DATES)
    return tuple((round(_GUTTER + slot * (n + 0.5), 3), periods[n].short) for n in range(0, len(periods), every))
