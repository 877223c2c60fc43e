"""The value of a measurement, as the range that the laboratory vouches for, or the reason why it is none.

Only percent of cells counts for a marker: `%`, `%{...}`, or `1` as a fraction. A bare number, an intensity, a percent
of a control are not usable.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from cds_service.chart.control_words import names_control
from cds_service.facts import ZERO, Level
from cds_service.fhir.elements import name_of, plain_text
from cds_service.fhir.units import ucum_code, unit_shown
from cds_service.frozen import frozen
from cds_service.wording import reasons

HUNDRED = Decimal(100)
MOST = Decimal(10) ** 15
"""No measurement here is larger; a number beyond it is a typing error."""

_PERCENT_TEXT = re.compile(r"(?i)^(?:%|percent)(?: ?(?:of )?(?:pmns?|neutrophils?|granulocytes?|cells?|positive))*$")
_NUMBER = r"(\d+(?:[.,]\d+)?|\.\d+)"
_STRING = re.compile(
    rf"(?i)^\s*(<=|>=|<|>|≤|≥|less than|greater than)?\s*{_NUMBER}\s*(?:(?:-|to)\s*{_NUMBER}\s*)?(%|percent)?\s*"
    r"((?:of )?(?:pmns?|neutrophils?|granulocytes?|cells?|positive))?\s*"
    r"(?P<flag>(?:\*|!|[(\[]?(?:[LHA]{1,2}|(?:critical(?:ly)? |very )?(?:low|high)|"
    r"(?:critically )?abnormal|critical)[)\]]?){0,3})\.?\s*$"
)
"""The number, its unit, of which cells it is, and the laboratory's flag."""
_NO_FRACTION = re.compile(r"(?i)%|percent|ratio|fold|score|delta")
"""Units that contradict the code `1` where it should be a fraction of cells."""
_COMPARATORS = {"≤": "<=", "≥": ">=", "less than": "<", "greater than": ">"}


@frozen
class Measured:
    """A usable value: its range, how it was written, and what its unit says with its annotation (a gate, say)."""

    level: Level
    shown: str
    unit: str = ""
    number: str = ""
    """The percentage alone, where it was written with more beside it."""

    @property
    def percent(self) -> str:
        """The percentage as it was written, without what else was: whose cells it is of, the laboratory's flag."""
        return self.number or self.shown


def compared(value: Decimal, comparator: str | None, most: Decimal = MOST) -> Level:
    """The range that a value with a FHIR comparator stands for, from 0 to the most there can be.

    A comparator that FHIR does not know (`~`) leaves everything open.
    """
    comparator = _COMPARATORS.get(comparator or "", comparator)
    if comparator == "<":
        return Level(ZERO, value, high_included=False)
    if comparator == "<=":
        return Level(ZERO, value)
    if comparator == ">":
        return Level(value, max(most, value), low_included=False)
    if comparator == ">=":
        return Level(value, max(most, value))
    return Level(ZERO, max(most, value)) if comparator else Level.exactly(value)


def percent(holder: Any) -> Measured | str:
    """The percentage that an Observation or a component gives; a string is the reason why there is none."""
    if holder.dataAbsentReason is not None:
        return reasons.no_value(name_of(holder.dataAbsentReason))
    if holder.valueQuantity is not None:
        return _bounded(_of_quantity(holder.valueQuantity))
    if holder.valueRange is not None:
        return _bounded(_of_range(holder.valueRange))
    if holder.valueRatio is not None:
        return _bounded(_of_ratio(holder.valueRatio))
    if holder.valueString is not None:
        return _bounded(percent_in_text(holder.valueString))
    if holder.valueCodeableConcept is not None:
        return reasons.no_number(name_of(holder.valueCodeableConcept))
    if holder.valueInteger is not None:
        return reasons.no_unit(str(holder.valueInteger))
    return reasons.NO_VALUE


def percent_answered(value: Any) -> Measured | str:
    """The percentage that a recorded answer gives: the question asks for percent, so that a number suffices."""
    if isinstance(value, str):
        return _bounded(percent_in_text(value))
    if hasattr(value, "comparator"):
        return _bounded(_of_quantity(value))
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return reasons.IMPOSSIBLE
    return _bounded(Measured(Level.exactly(Decimal(value)), f"{_trimmed(Decimal(value))} %"))


def percent_in_text(text: str) -> Measured | str:
    """A percentage written as text: `<2%`, `1,8 %`, `1-2 %`. A number without its unit is none."""
    match = _STRING.match(written := plain_text(text))
    if match is None:
        return reasons.no_number(text)
    comparator, low, high, sign, cells, _ = match.groups()
    if not sign:
        return reasons.no_unit(text)
    if comparator and high:
        return reasons.no_number(text)
    comparator = _COMPARATORS.get((comparator or "").lower(), comparator)
    first = _decimal(low)
    level = Level(first, _decimal(high)) if high else compared(first, comparator, HUNDRED)
    number, said = written[: match.end(4)].strip(), written[: match.start("flag")].strip()
    return Measured(level, said, cells or "", number)


def _of_quantity(quantity: Any) -> Measured | str:
    scale = percent_scale(quantity)
    if isinstance(scale, str):
        return scale
    if quantity.value is None:
        return reasons.NO_VALUE
    factor, unit = scale
    level = compared(quantity.value, quantity.comparator, HUNDRED / factor).times(factor)
    number = f"{quantity.comparator or ''}{_trimmed(quantity.value * factor)} %"
    return Measured(level, _shown(quantity), unit, number)


def percent_scale(quantity: Any) -> tuple[Decimal, str] | str:
    """What turns the quantity's number into percent of cells, and what its unit says; or why nothing does."""
    code = ucum_code(quantity)
    unit = unit_shown(quantity)
    if names_control(plain_text(unit)) or names_control(code or ""):
        return reasons.not_percent_of_cells(unit or str(code))
    if code is None:
        return (Decimal(1), unit) if _PERCENT_TEXT.match(plain_text(unit)) else reasons.not_percent_of_cells(unit)
    if code == "1":
        return reasons.not_percent_of_cells(unit) if _NO_FRACTION.search(unit) else (HUNDRED, unit)
    match = re.fullmatch(r"%(?:\{([^{}]*)\})?", code)
    if match is None:
        return reasons.not_percent_of_cells(unit or code)
    return Decimal(1), " | ".join(dict.fromkeys(filter(None, (match.group(1), unit))))


def _of_range(value: Any) -> Measured | str:
    ends = [each for each in (value.low, value.high) if each is not None and each.value is not None]
    if not ends:
        return reasons.NO_VALUE
    scales = [percent_scale(each) for each in ends]
    for scale in scales:
        if isinstance(scale, str):
            return scale
    factors = {scale[0] for scale in scales if not isinstance(scale, str)}
    if len(factors) > 1:
        return reasons.not_percent_of_cells("mixed units")
    factor = factors.pop()
    low = value.low.value * factor if value.low is not None and value.low.value is not None else ZERO
    high = value.high.value * factor if value.high is not None and value.high.value is not None else HUNDRED
    if low > high:
        return reasons.IMPOSSIBLE
    return Measured(Level(low, high), f"{_trimmed(low)} to {_trimmed(high)} %", str(scales[0][1]))


def _of_ratio(ratio: Any) -> Measured | str:
    """Numerator by denominator, both counts of cells; a percentage over a percentage is one of a control."""
    top, bottom = ratio.numerator, ratio.denominator
    if top is None or bottom is None or top.value is None or not bottom.value or bottom.value < 0 or bottom.comparator:
        return reasons.NO_VALUE
    units = " ".join(filter(None, (_unit(top), _unit(bottom))))
    if names_control(units):
        return reasons.not_percent_of_cells(units)
    if _is_count(top) and _is_count(bottom):
        factor = HUNDRED / bottom.value
    elif ucum_code(top) == "%" and _is_count(bottom) and bottom.value == 1:
        factor = Decimal(1)
    else:
        return reasons.not_percent_of_cells(units)
    level = compared(top.value, top.comparator, max(top.value, bottom.value)).times(factor)
    written = f"{top.comparator or ''}{_trimmed(top.value)}/{_trimmed(bottom.value)}"
    return Measured(level, f"{written} ({_trimmed(top.value * factor)} %)", units)


def _unit(quantity: Any) -> str:
    return " ".join(dict.fromkeys(str(each) for each in (quantity.code, quantity.unit) if each))


def _is_count(quantity: Any) -> bool:
    unit = ucum_code(quantity) or str(quantity.unit or "")
    return unit in ("", "1") or bool(re.fullmatch(r"\{[^{}]*\}", unit)) or "cell" in unit.lower()


def _bounded(measured: Measured | str) -> Measured | str:
    if isinstance(measured, str):
        return measured
    level = measured.level
    possible = ZERO <= level.low <= level.high <= HUNDRED
    empty = level.low == level.high and not (level.low_included and level.high_included)
    return measured if possible and not empty else reasons.IMPOSSIBLE


def _shown(quantity: Any) -> str:
    return f"{quantity.comparator or ''}{_trimmed(quantity.value)} {unit_shown(quantity)}".strip()


def shown_quantity(quantity: Any) -> str:
    """A Quantity as a person writes it."""
    return _shown(quantity)


def _trimmed(value: Decimal) -> str:
    """A decimal without needless zeros or exponents; a monstrous one as it came."""
    try:
        rounded = value.quantize(Decimal("0.0001")) if value != value.to_integral_value() else value
        return f"{rounded.normalize():f}" if abs(value) < MOST else f"{value:.3E}"
    except (InvalidOperation, OverflowError):
        return f"{value:.3E}"


def trimmed(value: Decimal) -> str:
    """A decimal as a person writes it."""
    return _trimmed(value)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
