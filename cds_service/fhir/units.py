"""The units in use, exactly. No general converter: one would make 150 % of 1.5 `{percent}`.

The UCUM code governs; the unit's text is read only where there is no UCUM code. One that names CD34- cells
undoes a dose all the same.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

UCUM = "http://unitsofmeasure.org"
_UCUM_NAMES = {UCUM, "urn:oid:2.16.840.1.113883.6.8", UCUM + "/"}
_ANNOTATION = re.compile(r"\{[^{}]*\}")
POWER = (
    r"(?:(?:[x×*]\s*)?10\s*(?:(?:\^|\*\*?|e)\s*\(?\+?\d{1,2}\)?|[⁰¹²³⁴-⁹]+|\(?6\)?)(?!\d)|"
    r"(?<![a-z])e\s*\+?\d{1,2}(?!\d)|\bmillions?\b)"
)
"""A power of ten as people write it: `x 10^6`, `10⁶`, `E6`, `million`. A 6 may have lost its raised place: `10 6`."""
_POWERS = re.compile(POWER, re.IGNORECASE)
_CD34 = re.compile(r"cd ?34", re.IGNORECASE)
_CD34_NEGATIVE = re.compile(r"cd ?34 ?-(?! ?(?:pos|select|enrich|purif|express))", re.IGNORECASE)
"""The cells that do not bear it. `CD34-cells` may be either, `CD34-positive` is plain."""
_POWERS_OF_CELLS = range(3, 10)
"""Tens of which a dose of cells is a multiple; what is written otherwise is a misprint."""

KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "[lb_av]": Decimal("0.45359237"),
    "[oz_av]": Decimal("0.028349523125"),
}
_WEIGHT_TEXT = {
    "kg": "kg", "kgs": "kg", "kilogram": "kg", "kilograms": "kg",
    "g": "g", "gram": "g", "grams": "g", "gm": "g",
    "lb": "[lb_av]", "lbs": "[lb_av]", "pound": "[lb_av]", "pounds": "[lb_av]",
    "oz": "[oz_av]",
}  # fmt: skip
DAYS = {
    "d": Decimal(1), "wk": Decimal(7), "mo": Decimal("30.4375"), "a": Decimal("365.25"), "h": 1 / Decimal(24),
    "min": 1 / Decimal(1440),
}  # fmt: skip
_DAYS_TEXT = {
    "a": "a", "year": "a", "years": "a", "min": "min", "minute": "min", "minutes": "min",
    "d": "d", "day": "d", "days": "d",
    "wk": "wk", "wks": "wk", "week": "wk", "weeks": "wk",
    "mo": "mo", "month": "mo", "months": "mo",
    "h": "h", "hour": "h", "hours": "h",
}  # fmt: skip
_MILLION = Decimal(10) ** 6
_OF_CD34_CELLS = re.compile(
    r"\{(?:viable|positive|total|cells?|cd ?34|hspcs?|hscs?|bw|body|weight|actual|recipient|[ +_.-])*\}", re.IGNORECASE
)
_VOLUME = re.compile(r"m?l|millilit(?:er|re)s?|\{?(?:bags?|lots?|vials?|each|ea|units?)\}?", re.IGNORECASE)
_TURN = re.compile(r"1?|\{?(?:dose|infusion|treatment|administration|application)s?\}?", re.IGNORECASE)
"""What is given once where there is one of it."""


def ucum_code(quantity: Any) -> str | None:
    """The UCUM code of a Quantity; a code of another system is none. A system left out is taken as UCUM."""
    if quantity.code and (quantity.system is None or quantity.system in _UCUM_NAMES):
        return str(quantity.code).strip()
    return None


def unit_shown(quantity: Any) -> str:
    """The unit as a person reads it."""
    return str(quantity.unit or quantity.code or "").strip()


def in_kilograms(quantity: Any) -> Decimal | None:
    """What one of the quantity's unit weighs in kg."""
    return _factor(quantity, KILOGRAMS, _WEIGHT_TEXT)


def in_days(quantity: Any) -> Decimal | None:
    """How many days one of the quantity's unit lasts."""
    return _factor(quantity, DAYS, _DAYS_TEXT)


def _factor(quantity: Any, by_code: dict[str, Decimal], by_text: dict[str, str]) -> Decimal | None:
    code = ucum_code(quantity)
    if code is None:
        code = by_text.get(str(quantity.unit or "").strip().lower(), "")
    return by_code.get(_ANNOTATION.sub("", code))


def in_million_cells(quantity: Any) -> tuple[Decimal, bool] | None:
    """How many million cells one of the quantity's unit is, and whether that is per kg of body weight.

    None for a volume, a concentration, a bare number, or `{10*6}/kg`, whose annotation says nothing.
    """
    code, unit = ucum_code(quantity), str(quantity.unit or "")
    if _CD34_NEGATIVE.search(unit):
        return None
    return million_cells_of_code(code) if code is not None else million_cells_of_text(unit)


def million_cells_of_code(code: str) -> tuple[Decimal, bool] | None:
    """The same for a UCUM code. An annotation may only say that these are CD34+ cells per body weight: one that hides
    a power, or names other cells (nucleated, CD3+), leaves the number without a meaning here."""
    notes = _ANNOTATION.findall(code)
    if _CD34_NEGATIVE.search(code) or not all(_OF_CD34_CELLS.fullmatch(note) for note in notes):
        return None
    number, slash, per = _ANNOTATION.sub("", code).strip().partition("/")
    per = per.strip(" .")
    if slash and per != "kg":
        return None
    cells = {"10*6": Decimal(1), "10^6": Decimal(1), "10*9": Decimal(1000), "10*5": Decimal("0.1")}
    cells |= {"10*3": Decimal("0.001"), "10*7": Decimal(10), "10*8": Decimal(100), "10^9": Decimal(1000)}
    number = number.strip(" .")
    if number in cells:
        return cells[number], bool(slash)
    if number in ("", "1") and (slash or any("cell" in note.lower() or "cd34" in note.lower() for note in notes)):
        return 1 / _MILLION, bool(slash)
    return None


def million_cells_of_text(unit: str) -> tuple[Decimal, bool] | None:
    """The same for a unit in words: `x10E6 cells/kg`, `million CD34+ cells per kg`, `10⁶/kg`."""
    text = " ".join(unit.replace("μ", "u").split())
    if _CD34_NEGATIVE.search(text):
        return None
    counted, slash, per = re.sub(r"\s+per\s+", "/", text, flags=re.IGNORECASE).partition("/")
    per = per.strip().lower()
    if slash and not re.fullmatch(r"kg(?: (?:of )?(?:bw|body ?weight|actual body weight))?\.?", per):
        return None
    powers = [_tens(power) for power in _POWERS.findall(counted)]
    named = bool(_CD34.search(counted))
    counted = _POWERS.sub("", counted)
    words = re.sub(
        r"[\s.,()^·*×x-]+", "", re.sub(r"(?i)cd ?34 ?[+⁺]?|viable|positive|cells?|hspcs?|hscs?", "", counted)
    )
    if words or len(powers) > 1:
        return None
    if not powers:
        # Cells of no kind, in total, may be any of the product's.
        single = re.search(r"(?i)cell|cd ?34", text) if slash else named and "cell" in text.lower()
        return (1 / _MILLION, bool(slash)) if single else None
    # A power of nucleated cells is often written without their name, and is seldom the sixth.
    known = powers[0] == 6 or (named and powers[0] in _POWERS_OF_CELLS)
    return (Decimal(10) ** powers[0] / _MILLION, bool(slash)) if known else None


def _tens(power: str) -> int:
    """The exponent of a power of ten in words."""
    if "million" in power.lower():
        return 6
    # Digits keep their values when raised ones are folded; the 10 itself is no part of the exponent.
    exponent = re.sub(r"^[x×*]?\s*10", "", unicodedata.normalize("NFKC", power.strip()))
    return int("".join(filter(str.isdigit, exponent)))


def is_volume(quantity: Any) -> bool:
    """Whether a Quantity is a volume, or counts bags or one infusion, which says nothing of how many cells it holds."""
    if not hasattr(quantity, "unit"):
        return False
    unit = ucum_code(quantity) or unit_shown(quantity)
    return bool(_VOLUME.fullmatch(unit) or (quantity.value == 1 and _TURN.fullmatch(unit)))
