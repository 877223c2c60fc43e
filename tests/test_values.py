"""How a laboratory writes a percentage, and what CD18 "on fewer than 2 % of neutrophils" makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import ICD, LOINC, Resource, asked, causes, concept, condition, flow, lad, patient, quantity, variant

PERCENT_TEXT = {"value": 1.2, "unit": "%"}


def compared(comparator: str | None, value: float) -> Resource:
    return {"valueQuantity": quantity(value, comparator=comparator)}


def text(value: str) -> Resource:
    return {"valueString": value}


def ratio(numerator: Any, denominator: Any) -> Resource:
    top, bottom = (each if isinstance(each, dict) else {"value": each} for each in (numerator, denominator))
    return {"valueRatio": {"numerator": top, "denominator": bottom}}


def span(low: float | None, high: float | None, code: str | None = "%") -> Resource:
    ends = {name: quantity(value, code) for name, value in (("low", low), ("high", high)) if value is not None}
    return {"valueRange": ends}


CASES = [
    # remark, value, I.A.1.a
    ("nothing left: 0 %", compared(None, 0), "met"),
    ("a point below: 1.2 %", compared(None, 1.2), "met"),
    ("just below: 1.99 %", compared(None, 1.99), "met"),
    ("exactly 2 % is not fewer", compared(None, 2), "not-met"),
    ("2.00 written with zeros is 2", compared(None, 2.00), "not-met"),
    ("just above: 2.01 %", compared(None, 2.01), "not-met"),
    ("all of them: 100 %", compared(None, 100), "not-met"),
    ("<2 is below 2", compared("<", 2), "met"),
    ("<1 is below 2", compared("<", 1), "met"),
    ("<2.1 may be either side", compared("<", 2.1), "unknown"),
    ("<5 may be either side", compared("<", 5), "unknown"),
    ("<=1.9 is below 2", compared("<=", 1.9), "met"),
    ("<=2 may be 2", compared("<=", 2), "unknown"),
    (">1 may be either side", compared(">", 1), "unknown"),
    (">2 is above 2", compared(">", 2), "not-met"),
    (">=1.9 may be either side", compared(">=", 1.9), "unknown"),
    (">=2 is 2 or more", compared(">=", 2), "not-met"),
    (">95 is 2 or more", compared(">", 95), "not-met"),
    ("a comparator nobody knows leaves all open", compared("~", 1), "unknown"),
    ("<0 is impossible", compared("<", 0), "unknown"),
    (">100 is impossible", compared(">", 100), "unknown"),
    ("below 0 is impossible", compared(None, -1), "unknown"),
    ("above 100 is impossible", compared(None, 101), "unknown"),
    # texts
    ("text <2%", text("<2%"), "met"),
    ("text with blanks < 2 %", text(" < 2 % "), "met"),
    ("text with a decimal comma 1,8 %", text("1,8 %"), "met"),
    ("text 2,0 % is 2", text("2,0 %"), "not-met"),
    ("text ≤2 % may be 2", text("≤2 %"), "unknown"),
    ("text less than 2 percent", text("less than 2 percent"), "met"),
    ("text with a full-width sign", text("1.2％"), "met"),
    ("text 1.2 % of neutrophils", text("1.2 % of neutrophils"), "met"),
    ("text <2% with the laboratory's flag", text("<2% (L)"), "met"),
    ("text with a flag in words", text("0.4 % Low"), "met"),
    ("text with a flag in brackets", text("0.4 % (critical low)"), "met"),
    ("text with two flags", text("0.4% L*"), "met"),
    ("text that begins with the point", text(".5 %"), "met"),
    ("text <.5 %", text("<.5%"), "met"),
    ("text with flags without end", text("0.4 % " + "L" * 60 + "x"), "unknown"),
    ("text with a word that is no flag", text("0.4 % dim"), "unknown"),
    ("text 0.5 - 1.5 %", text("0.5 – 1.5 %"), "met"),
    ("text 1-3 % spans 2", text("1-3 %"), "unknown"),
    ("text >1-1.5 % contradicts itself", text(">1-1.5 %"), "unknown"),
    ("text 5-1 % is no range", text("5-1 %"), "unknown"),
    ("a bare number is no percentage", text("1.2"), "unknown"),
    ("absent is no number", text("absent"), "unknown"),
    ("a word of denial is no number", text("not <2 %"), "unknown"),
    ("percent of the control", text("1.2 % of normal control"), "unknown"),
    ("percent of lymphocytes", text("1.2 % of lymphocytes"), "unknown"),
    # units
    ("unit % without a code", {"valueQuantity": PERCENT_TEXT}, "met"),
    ("code % with an annotation", {"valueQuantity": quantity(1.2, "%{PMN}")}, "met"),
    ("annotation of another population", {"valueQuantity": quantity(1.2, "%{lymphocytes}")}, "unknown"),
    ("annotation MFI on %", {"valueQuantity": quantity(1.2, "%{MFI}")}, "unknown"),
    ("annotation of the control", {"valueQuantity": quantity(1.2, "%{of normal}")}, "unknown"),
    ("{percent} is a bare annotation", {"valueQuantity": quantity(1.5, "{percent}")}, "unknown"),
    ("{MFI} is an intensity", {"valueQuantity": quantity(1.5, "{MFI}")}, "unknown"),
    ("{ratio} says nothing", {"valueQuantity": quantity(0.01, "{ratio}")}, "unknown"),
    ("percent is no UCUM code", {"valueQuantity": quantity(1.5, "percent")}, "unknown"),
    ("no unit at all", {"valueQuantity": {"value": 1.2}}, "unknown"),
    ("unit MFI in words", {"valueQuantity": {"value": 1.2, "unit": "MFI"}}, "unknown"),
    ("unit says of control though the code is %", {"valueQuantity": quantity(1.2, "%", "% of control")}, "unknown"),
    ("unit says lymphocytes though the code is %", {"valueQuantity": quantity(1.2, "%", "% lymphocytes")}, "unknown"),
    ("unit says PMN and the code %", {"valueQuantity": quantity(1.2, "%", "% PMN")}, "met"),
    *((f"unit {unit}", {"valueQuantity": quantity(1.2, "%", unit)}, "unknown")
      for unit in ("% of ctrl", "% of ctl", "%NC", "% nl", "% of wild type", "% WT", "% ABC", "% (normalized)")),
    *((f"code {code}", {"valueQuantity": quantity(1.2, code)}, "unknown")
      for code in ("%{ctrl}", "%{NC}", "%{norm}", "%{of_wild_type}", "%{gMFI}", "%{MESF}")),
    *((f"unit {unit} without a code", {"valueQuantity": {"value": 1.2, "unit": unit}}, "unknown")
      for unit in ("% ctrl", "% of NC", "percent of normal")),
    *((f"unit {unit}", {"valueQuantity": quantity(1.2, "%", unit)}, "met")
      for unit in ("% of neutrophils", "% positive", "percent", "% granulocytes")),
    # fractions
    ("a fraction 0.015 is 1.5 %", {"valueQuantity": quantity(0.015, "1")}, "met"),
    ("a fraction 0.02 is 2 %", {"valueQuantity": quantity(0.02, "1")}, "not-met"),
    ("a fraction <0.02", {"valueQuantity": quantity(0.02, "1", comparator="<")}, "met"),
    ("a fraction above 1 is impossible", {"valueQuantity": quantity(1.2, "1")}, "unknown"),
    ("code 1 but unit %", {"valueQuantity": quantity(0.5, "1", "%")}, "unknown"),
    ("code 1 but an MFI ratio", {"valueQuantity": quantity(0.01, "1", "ratio to isotype")}, "unknown"),
    # ratios
    ("15 of 1000 cells", ratio(15, 1000), "met"),
    ("20 of 1000 cells is 2 %", ratio(20, 1000), "not-met"),
    ("<15 of 1000 cells", ratio({"value": 15, "comparator": "<"}, 1000), "met"),
    ("more than there are", ratio(1001, 1000), "unknown"),
    ("of none", ratio(1, 0), "unknown"),
    ("of an unclear number", ratio(1, {"value": 100, "comparator": ">"}), "unknown"),
    ("intensity over intensity", ratio(quantity(1, "{MFI}"), quantity(100, "{MFI}")), "unknown"),
    ("percent over percent is of a control", ratio(quantity(1, "%"), quantity(100, "%")), "unknown"),
    ("lymphocytes counted", ratio(15, {"value": 1000, "unit": "{lymphocytes}"}), "unknown"),
    # ranges
    ("a range below: 0.5 to 1.5 %", span(0.5, 1.5), "met"),
    ("a range that ends at 2", span(1, 2), "unknown"),
    ("a range that begins at 2", span(2, 5), "not-met"),
    ("a range without low end", span(None, 1.5), "met"),
    ("a range without high end", span(1, None), "unknown"),
    ("a range the wrong way round", span(3, 1), "unknown"),
    ("a range of intensities", span(0.5, 1.5, "{MFI}"), "unknown"),
    # what is no value
    ("coded absent", {"valueCodeableConcept": concept("absent")}, "unknown"),
    ("an integer has no unit", {"valueInteger": 1}, "unknown"),
    ("no value, reason given", {"dataAbsentReason": concept("not performed")}, "unknown"),
    ("a value and a reason why there is none", compared(None, 1) | {"dataAbsentReason": concept("error")}, "unknown"),
    ("only flagged low", {"interpretation": [concept("LL")]}, "unknown"),
    ("a quantity without number", {"valueQuantity": {"unit": "%"}}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cd18_below_2_percent(value: Resource, status: str) -> None:
    """The comparison has three answers, and what cannot be read is said to be unusable."""
    criterion = asked("I.A.1.a", [patient(), lad(), flow("CD18", value)])
    assert criterion["status"] == status
    if status == "unknown":
        assert causes(criterion) == {"unusable"}


@pytest.mark.parametrize(("value", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cd18_at_least_2_percent_is_the_exact_opposite(value: Resource, status: str) -> None:
    """Pathway b asks for 2 % or more: never met by a CD18 that is not known, nor together with pathway a."""
    cord = condition("cord", concept(None, (ICD, "P96.82")))
    pathway_b = asked("I.A.1.b", [patient(), lad(), flow("CD18", value), flow("CD11a", 0.5), variant(), cord])
    assert pathway_b["status"] == {"met": "not-met", "not-met": "met", "unknown": "unknown"}[status]


def test_the_evidence_shows_the_value_as_it_was_written() -> None:
    """A reader sees the laboratory's own words, the date and the resource."""
    criterion = asked("I.A.1.a", [patient(), lad(), flow("CD18", compared("<", 2))])
    assert criterion["evidence"] == [
        {"reference": "Observation/cd18", "says": "CD18 <2 % of neutrophils, 2026-03-04"},
    ]


@pytest.mark.parametrize(
    ("remark", "value", "says"),
    [
        ("its cells said", text("0.4 % of neutrophils"), "0.4 %"),
        ("its flag", text("0.4% L"), "0.4%"),
        ("a span", text("0.4-0.6 % of PMN"), "0.4-0.6 %"),
        ("its cells in the unit", {"valueQuantity": quantity(0.4, "%", "% of neutrophils")}, "0.4 %"),
        ("a fraction", {"valueQuantity": quantity(0.005, "1")}, "0.5 %"),
        ("a fraction, compared", {"valueQuantity": quantity(0.005, "1", comparator="<")}, "<0.5 %"),
    ],
)
def test_the_evidence_says_everything_once(remark: str, value: Resource, says: str) -> None:
    """The percentage, and then of which cells it is."""
    (evidence,) = asked("I.A.1.a", [patient(), lad(), flow("CD18", value)])["evidence"]
    assert evidence["says"] == f"CD18 {says} of neutrophils, 2026-03-04"


def test_the_former_code_still_counts() -> None:
    """LOINC 38170-7 stood for the same measurement in older reports."""
    older = flow("CD18", 1.2) | {"code": concept("CD18 neutrophils", (LOINC, "38170-7"))}
    assert asked("I.A.1.a", [patient(), lad(), older])["status"] == "met"
