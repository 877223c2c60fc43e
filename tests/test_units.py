"""Units: the UCUM code governs, the unit's text is read only where there is no code, nothing is converted by guess."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from cds_service.fhir.units import in_days, in_kilograms, in_million_cells, is_volume

UCUM = "http://unitsofmeasure.org"
PER_KG, TOTAL = True, False


def unit(code: str | None = None, text: str | None = None, system: str | None = UCUM) -> SimpleNamespace:
    return SimpleNamespace(code=code, unit=text, system=system if code else None, value=Decimal(1))


CODES = [
    ("10*6/kg", ("1", PER_KG)),
    ("10^6/kg", ("1", PER_KG)),
    ("10*5/kg", ("0.1", PER_KG)),
    ("10*9/kg", ("1000", PER_KG)),
    ("/kg", ("0.000001", PER_KG)),
    ("1/kg", ("0.000001", PER_KG)),
    ("{cells}/kg", ("0.000001", PER_KG)),
    ("10*6{CD34+cells}/kg", ("1", PER_KG)),
    ("10*6.{CD34+cells}/kg", ("1", PER_KG)),
    ("10*6{CD34+ cells}/kg", ("1", PER_KG)),
    ("10*6.{CD34+ cells}/kg", ("1", PER_KG)),
    ("10*6/kg{bw}", ("1", PER_KG)),
    ("10*6/kg{body weight}", ("1", PER_KG)),
    ("10*6{viable CD34+ cells}/kg", ("1", PER_KG)),
    ("10*6{CD34-positive cells}/kg", ("1", PER_KG)),
    ("10*6{CD34-}/kg", None),
    ("10*6{CD34- cells}/kg", None),
    ("10*6{CD34-cells}/kg", None),
    ("{CD34- cells}", None),
    ("10*6", ("1", TOTAL)),
    ("10*6{cells}", ("1", TOTAL)),
    ("10*8", ("100", TOTAL)),
    ("{cells}", ("0.000001", TOTAL)),
    ("{10*6}/kg", None),
    ("{x10E6}/kg", None),
    ("{10^6 CD34+ cells}/kg", None),
    ("{million}/kg", None),
    ("10*8{TNC}/kg", None),
    ("10*6{CD3+ cells}/kg", None),
    ("10*6{MNC}/kg", None),
    ("10*6/mL", None),
    ("10*6/g", None),
    ("10*6/[lb_av]", None),
    ("10*6/kg/d", None),
    ("10*4/kg", None),
    ("mL", None),
    ("mg/kg", None),
    ("1", None),
    ("{bag}", None),
]


@pytest.mark.parametrize(("code", "cells"), CODES, ids=[row[0] for row in CODES])
def test_cells_by_code(code: str, cells: tuple[str, bool] | None) -> None:
    """Million cells that one unit is, and whether per kg; an annotation that hides a power says nothing."""
    assert in_million_cells(unit(code)) == ((Decimal(cells[0]), cells[1]) if cells else None)


TEXTS = [
    ("10^6/kg", ("1", PER_KG)),
    ("10⁶/kg", ("1", PER_KG)),
    ("x10E6/kg", ("1", PER_KG)),
    ("10E6 cells/kg", ("1", PER_KG)),
    ("× 10⁶ CD34+ cells/kg", ("1", PER_KG)),
    ("million/kg", ("1", PER_KG)),
    ("million CD34+ cells per kg", ("1", PER_KG)),
    ("x10^6 viable CD34+ cells/kg body weight", ("1", PER_KG)),
    ("CD34+ cells/kg", ("0.000001", PER_KG)),
    ("CD34+ cells", ("0.000001", TOTAL)),
    ("viable CD34+ cells", ("0.000001", TOTAL)),
    ("million cells", ("1", TOTAL)),
    ("x10^6 CD34+ cells", ("1", TOTAL)),
    ("× 10⁶ CD34⁺ cells/kg", ("1", PER_KG)),
    ("CD34- cells", None),
    ("CD34 - cells", None),
    ("x10^6 CD34- cells/kg", None),
    ("10^6 CD34-/kg", None),
    ("CD34⁻ cells", None),
    ("CD34-negative cells", None),
    ("x10^6 CD34-positive cells/kg", ("1", PER_KG)),
    ("10^8/kg", None),
    ("10^60/kg", None),
    ("10*5/kg", None),
    ("10^6 TNC/kg", None),
    ("10^6 MNC/kg", None),
    ("10^6 CD3+ cells/kg", None),
    ("10^6 cells/mL", None),
    ("10^6 cells/lb", None),
    ("10^6 cells/kg/day", None),
    ("cells", None),
    ("CD34+", None),
    ("CD3+ cells", None),
    ("CD34+ cells/mL", None),
    ("/kg", None),
    ("mg/kg", None),
    ("mL", None),
    ("bags", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "cells"), TEXTS, ids=[row[0] or "empty" for row in TEXTS])
def test_cells_by_text(text: str, cells: tuple[str, bool] | None) -> None:
    """The same of a unit that only stands in words."""
    assert in_million_cells(unit(None, text)) == ((Decimal(cells[0]), cells[1]) if cells else None)


GOVERNS = [
    ("the code, not the text", unit("{10*6}/kg", "10^6/kg"), None),
    ("the code, whatever the text", unit("10*6/kg", "cells/mL"), (Decimal(1), PER_KG)),
    ("the code, unless the text names CD34- cells", unit("10*6/kg", "10^6 CD34- cells/kg"), None),
    ("a hyphen that joins", unit("10*6/kg", "10^6 CD34-selected cells/kg"), (Decimal(1), PER_KG)),
    (
        "the text, where the code is of another system",
        unit("abc", "10^6/kg", "https://x.example"),
        (Decimal(1), PER_KG),
    ),
    ("a code without its system is UCUM's", unit("10*6/kg", None, None), (Decimal(1), PER_KG)),
]


@pytest.mark.parametrize(("quantity", "cells"), [row[1:] for row in GOVERNS], ids=[row[0] for row in GOVERNS])
def test_the_code_governs(quantity: SimpleNamespace, cells: tuple[Decimal, bool] | None) -> None:
    """The unit's text is read only where there is no UCUM code."""
    assert in_million_cells(quantity) == cells


WEIGHTS = [
    ("kg", unit("kg"), "1"),
    ("g", unit("g"), "0.001"),
    ("pound", unit("[lb_av]"), "0.45359237"),
    ("ounce", unit("[oz_av]"), "0.028349523125"),
    ("lbs in words", unit(None, "lbs"), "0.45359237"),
    ("Kg in words", unit(None, "Kg"), "1"),
    ("grams in words", unit(None, "grams"), "0.001"),
    ("stone", unit(None, "stone"), None),
    ("a code that is none of UCUM's, text lb", unit("lb", "lb"), None),
    ("metres", unit("m"), None),
    ("nothing", unit(None, None), None),
]


@pytest.mark.parametrize(("quantity", "kilograms"), [row[1:] for row in WEIGHTS], ids=[row[0] for row in WEIGHTS])
def test_kilograms(quantity: SimpleNamespace, kilograms: str | None) -> None:
    """What a unit of weight is in kg, exactly."""
    assert in_kilograms(quantity) == (Decimal(kilograms) if kilograms else None)


def test_days_and_volumes() -> None:
    """Three weeks are 21 days; millilitres and bags are volumes, cells are not."""
    assert in_days(unit("wk")) == 7
    assert in_days(unit(None, "days")) == 1
    assert in_days(unit("kg")) is None
    assert [is_volume(unit(code)) for code in ("mL", "{bags}", "10*6/kg")] == [True, True, False]
    assert is_volume(unit(None, "bags"))
