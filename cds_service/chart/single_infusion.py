"""Whether the order is for one infusion: no refills, no repeats, not on several days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from cds_service.chart.order_words import beside_instructions, instructed
from cds_service.chart.orders import DraftOrder
from cds_service.chart.repeat_words import may_repeat, part_that_may_repeat, says_repeated
from cds_service.chart.values import trimmed
from cds_service.facts import Documentation
from cds_service.fhir.elements import period, texts, when
from cds_service.fhir.units import in_days
from cds_service.logic import Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import dose_reasons, shown, wants

_REPEATING_CODES = frozenset(
    ["BID", "TID", "QID", "AM", "PM", "QD", "QOD", "Q1H", "Q2H", "Q3H", "Q4H", "Q6H", "Q8H", "BED", "WK", "MO"],
)
_DAYS_IN = {"s": 0, "min": 0, "h": 0, "d": 1, "wk": 7, "mo": 28, "a": 365}
"""The fewest whole days that one unit of a repetition's period lasts."""


def read_single_infusion(order: DraftOrder) -> Documentation:
    """Whether the order runs once. What only words seem to repeat, and days that may differ, leave it open."""
    wanted, reference = wants.SINGLE_INFUSION, order.reference
    repeats = next(_repeats(order), None)
    if repeats is not None:
        return Documentation(wanted, denies=(Evidence(repeats, reference),))
    unclear = next(_unclear(order), None)
    if unclear is not None:
        return Documentation(wanted, gaps=(Gap(wanted, unclear, Cause.UNUSABLE, reference),))
    return Documentation(wanted, shows=(Evidence(shown.ONE_INFUSION, reference),))


def _repeats(order: DraftOrder) -> Iterator[str]:
    """In words, each way in which the order runs more than once."""
    dispense = getattr(order.model, "dispenseRequest", None)
    refills = dispense.numberOfRepeatsAllowed if dispense is not None else None
    if refills:
        yield shown.refills(refills)
    for instruction in order.instructions:
        repeats = _timing_repeats(instruction.timing)
        if repeats:
            yield shown.timing_repeats(repeats)
    if any(not first.overlaps(other) for first, other in combinations(_days(order), 2)):
        yield shown.ON_SEVERAL_DAYS


def _unclear(order: DraftOrder) -> Iterator[str]:
    """Why it cannot be told whether the order runs once."""
    if any(not first.same_day(other) for first, other in combinations(_days(order), 2)):
        yield dose_reasons.DAYS_UNCLEAR
    yield from (dose_reasons.may_repeat(said) for said in instructed(order) if may_repeat(said))
    parts = map(part_that_may_repeat, beside_instructions(order))
    yield from (dose_reasons.may_repeat(part) for part in parts if part)
    for instruction in order.instructions:
        if instruction.asNeededBoolean or instruction.asNeededCodeableConcept is not None:
            yield dose_reasons.may_repeat("as needed")


def _timing_repeats(timing: Any) -> str | None:
    """In words, how a timing runs more than once."""
    if timing is None:
        return None
    repeat = timing.repeat
    if repeat is not None:
        times = repeat.countMax or repeat.count
        if times is not None:
            return f"{times} times" if times > 1 else None
        if _ends_before_it_comes_again(repeat) and not _several_at_a_time(repeat):
            return None
        if _frequency_repeats(repeat):
            period_ = trimmed(repeat.period) if repeat.period is not None else "1"
            return f"{repeat.frequencyMax or repeat.frequency or 1} per {period_} {repeat.periodUnit or ''}".strip()
    return _code_repeats(timing.code)


def _frequency_repeats(repeat: Any) -> bool:
    comes_again = repeat.period is not None or bool(repeat.dayOfWeek or repeat.when)
    return _several_at_a_time(repeat) or comes_again


def _several_at_a_time(repeat: Any) -> bool:
    frequency = repeat.frequencyMax or repeat.frequency or 0
    return frequency > 1 or len(repeat.timeOfDay or ()) > 1 or len(repeat.when or ()) > 1


def _ends_before_it_comes_again(repeat: Any) -> bool:
    """Whether the bounds of a timing leave room for one turn only: `once a day, for one day`."""
    bounds = period(repeat.boundsPeriod)
    if bounds is not None:
        days = (bounds.last.date() - bounds.first.date()).days + 1
    elif repeat.boundsDuration is not None and repeat.boundsDuration.value is not None:
        factor = in_days(repeat.boundsDuration)
        if factor is None:
            return False
        days = repeat.boundsDuration.value * factor
    else:
        return False
    return bool(0 < days <= (repeat.period or 1) * _DAYS_IN.get(repeat.periodUnit or "d", 0))


def _code_repeats(code: Any) -> str | None:
    codes = {(coding.code or "").upper() for coding in (code.coding or () if code else ())} & _REPEATING_CODES
    if codes:
        return ", ".join(sorted(codes))
    return next((said for said in texts(code) if says_repeated(said)), None)


def _days(order: DraftOrder) -> list[When]:
    """The days that the order's timings name: events, and bounds of a single day."""
    timings = [each.timing for each in order.instructions if each.timing]
    events = [when(event) for timing in timings for event in timing.event or ()]
    bounds = [period(timing.repeat.boundsPeriod) for timing in timings if timing.repeat]
    named = (*events, *(each for each in bounds if each is not None and each.is_one_day))
    return [When.on(each.first.date()) if each.is_one_day else each for each in named if each is not None]
