"""Section I.B and III: which policy covers a use that CP.PHAR.599 does not list.

The policy names one per line of business: the off-label policy, and, where the label changed within the last six
months and after this policy's revision, one that depends on the formulary (Medicaid: preferred drug list).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cds_service.frozen import frozen

REVISED = date(2026, 5, 31)
"""The policy's revision is known to the month: a later label change is one after that month."""


@frozen
class Route:
    """The policies for one line of business, by number."""

    line: str
    title: str
    off_label: str
    listed: str
    unlisted: str


ROUTES = (
    Route("commercial", "commercial", "CP.CPA.09", "CP.CPA.190", "CP.CPA.190"),
    Route("marketplace", "marketplace (HIM, ICHRA)", "HIM.PA.154", "HIM.PA.33", "HIM.PA.103"),
    Route("medicaid", "Medicaid", "CP.PMN.53", "CP.PMN.255", "CP.PMN.16"),
)


@frozen
class LabelStatus:
    """What the plan has configured: when the label last changed (None: not said), and which formularies list it."""

    changed_on: date | None = None
    formulary: Mapping[str, bool] | None = None

    def changed_recently(self, today: date) -> bool:
        """Whether the change is within six months of today and newer than the policy."""
        if self.changed_on is None or self.changed_on > today or self.changed_on <= REVISED:
            return False
        return today <= _six_months_after(self.changed_on)


@frozen
class Directions:
    """Where one line of business is sent: the policy to use, and those that apply after a recent label change."""

    route: Route
    use: tuple[str, ...]
    after_label_change: tuple[str, ...]


def directions(lines: tuple[str, ...], label: LabelStatus, today: date) -> tuple[Directions, ...]:
    """The policies to use, for each of the lines of business; for all of them where none is known."""
    return tuple(_direct(route, label, today) for route in ROUTES if route.line in lines or not lines)


def _direct(route: Route, label: LabelStatus, today: date) -> Directions:
    listed = (label.formulary or {}).get(route.line)
    by_formulary = {
        True: (route.listed,),
        False: (route.unlisted,),
        None: _distinct(route.listed, route.unlisted),
    }
    after_change = by_formulary[listed]
    if label.changed_recently(today):
        return Directions(route, after_change, ())
    return Directions(route, (route.off_label,), after_change if label.changed_on is None else ())


def _distinct(*numbers: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(numbers))


def _six_months_after(day: date) -> date:
    month = day.month + 6
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
