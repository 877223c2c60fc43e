"""I.A.6: the dose of the order, the weight it is divided by, and whether it is one infusion."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    KRESLADI,
    LOINC,
    Resource,
    asked,
    causes,
    complete,
    concept,
    criteria,
    determination,
    dose,
    observation,
    order,
    quantity,
    request,
    subject,
)

MET, NOT_MET, OPEN = "met", "not-met", "unknown"
MODIFIER = [{"url": "https://ehr.example/x", "valueBoolean": True}]


def dosed(*instructions: Resource, chart: tuple[Resource, ...] = (), **more: Any) -> Resource:
    """The clause on the dose, for an order with these instructions."""
    return asked("I.A.6", [*complete(), *chart], orders=[order(dosageInstruction=list(instructions) or None, **more)])


def ranged(low: Any = None, high: Any = None, code: str = "10*6/kg") -> Resource:
    ends = {name: quantity(value, code) for name, value in (("low", low), ("high", high)) if value is not None}
    return {"doseAndRate": [{"doseRange": ends}]}


def compared(comparator: str, value: Any) -> Resource:
    return {"doseAndRate": [{"doseQuantity": quantity(value, "10*6/kg", comparator=comparator)}]}


def said(text: str, **more: Any) -> Resource:
    return {"text": text} | more


AMOUNTS = [
    ("just below", [dose(2.79)], NOT_MET),
    ("exactly", [dose(2.8)], MET),
    ("exactly, with a zero", [dose(2.80)], MET),
    ("just above", [dose(2.81)], MET),
    ("its words say the same", [dose(3.1, text="3.1 x 10^6 CD34+ cells/kg")], MET),
    ("its words say at least the minimum", [dose(3.1, text="at least 2.8 x 10^6 CD34+ cells/kg")], MET),
    ("its words say less", [dose(3.1, text="1.0 x 10^6 CD34+ cells/kg")], OPEN),
    ("a number per kg", [dose(2800000, "/kg")], MET),
    ("one less per kg", [dose(2799999, "/kg")], NOT_MET),
    ("28 times a hundred thousand", [dose(28, "10*5/kg")], MET),
    ("27.9 times a hundred thousand", [dose(27.9, "10*5/kg")], NOT_MET),
    ("an annotation that hides the power", [dose(3.1, "{10*6}/kg")], OPEN),
    ("the same, whatever the unit's text", [dose(3.1, "{10*6}/kg", "10^6/kg")], OPEN),
    ("an annotation with a blank", [dose(3.1, "10*6{CD34+ cells}/kg")], MET),
    ("nucleated cells are no CD34+ cells", [dose(3.1, "10*8{TNC}/kg")], OPEN),
    ("only the unit's text", [dose(3.1, None, "x10^6 CD34+ cells/kg")], MET),
    ("only the unit's text, low", [dose(2.7, None, "10⁶/kg")], NOT_MET),
    ("a volume", [dose(60, "mL")], OPEN),
    ("a concentration", [dose(6.1, "10*6/mL")], OPEN),
    ("a bare number", [dose(3.1, None)], OPEN),
    ("two bags", [dose(1), dose(2)], MET),
    ("two bags, too little", [dose(1), dose(1.7)], NOT_MET),
    ("two bags, one without a dose", [dose(3), {"sequence": 2}], OPEN),
    ("two bags, one per kg and one in total", [dose(3), dose(30, "10*6")], OPEN),
    ("a negative dose", [dose(-3)], OPEN),
    ("zero", [dose(0)], NOT_MET),
    ("no dose at all", [], OPEN),
    ("an instruction without a dose", [{"route": concept("IV")}], OPEN),
    # ranges and comparators
    ("from 2.8 up", [ranged(2.8)], MET),
    ("from 2.7 up", [ranged(2.7)], OPEN),
    ("2.8 to 5", [ranged(2.8, 5)], MET),
    ("2.7 to 5", [ranged(2.7, 5)], OPEN),
    ("2 to 2.8", [ranged(2, 2.8)], OPEN),
    ("2 to 2.7", [ranged(2, 2.7)], NOT_MET),
    ("up to 5", [ranged(None, 5)], OPEN),
    ("up to 2.7", [ranged(None, 2.7)], NOT_MET),
    ("5 to 2", [ranged(5, 2)], OPEN),
    ("at least 2.8", [compared(">=", 2.8)], MET),
    ("at least 2.7", [compared(">=", 2.7)], OPEN),
    ("less than 2.8", [compared("<", 2.8)], NOT_MET),
    ("at most 2.8", [compared("<=", 2.8)], OPEN),
    ("less than 5", [compared("<", 5)], OPEN),
    # in words
    ("words: the policy's own", [said("Minimum of 2.8 × 10⁶ CD34+ cells/kg")], MET),
    ("words: exactly", [said("Infuse 2.8 x 10^6 CD34+ cells/kg once")], MET),
    ("words: too little", [said("Infuse 2.7 x 10^6 CD34+ cells/kg once")], NOT_MET),
    ("words: decimal comma", [said("3,1 x 10E6 cells/kg")], MET),
    ("words: million", [said("3.1 million CD34+ cells per kg")], MET),
    ("words: at least too little", [said("At least 2.5 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: up to", [said("Up to 3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: maximum", [said("Maximum 5 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: not more than", [said("No more than 5 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: per kilogram", [said("Infuse 3 x 10^6 CD34+ cells per kilogram once")], MET),
    ("words: a raised plus", [said("Infuse 2.8 × 10⁶ CD34⁺ cells/kg once")], MET),
    ("words: cells without CD34", [said("Infuse 3 x 10^6 cells/kg (CD34-) once")], OPEN),
    ("words: less than", [said("Less than 2.8 x 10^6 CD34+ cells/kg")], NOT_MET),
    ("words: or more", [said("2.8 x 10^6 CD34+ cells/kg or more")], MET),
    ("words: between", [said("Between 2 and 3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: a range", [said("2.0-3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: a range with both powers", [said("2.0 x 10^6 to 3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: two numbers", [said("3.1 x 10^6 CD34+ cells/kg (min 2.8 x 10^6 CD34+ cells/kg)")], OPEN),
    ("words: what was collected", [said("Collect at least 20 x 10^6 CD34+ cells/kg by apheresis")], OPEN),
    ("words: an earlier dose", [said("Previous dose 3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: what is not given", [said("1.9 (not 3.1 x 10^6 CD34+ cells/kg)")], OPEN),
    ("words: in a certain case", [said("If less than 2.8 x 10^6 CD34+ cells/kg, do not infuse")], OPEN),
    ("words: an estimate", [said("Approx. 3.1 x 10^6 CD34+ cells/kg")], OPEN),
    ("words: a question", [said("3.1 x 10^6 CD34+ cells/kg?")], OPEN),
    ("words: another power", [said("3.1 x 10^5 CD34+ cells/kg")], NOT_MET),
    ("words: another power, enough", [said("28 x 10^5 CD34+ cells/kg")], MET),
    ("words: another power, raised", [said("3.1 x 10⁵ CD34+ cells/kg")], NOT_MET),
    ("words: another power that may have been raised", [said("3.1 x 105 CD34+ cells/kg")], OPEN),
    ("words: another power, cells not named", [said("3.1 x 10^8/kg")], OPEN),
    ("words: written out", [said("2,800,000 CD34+ cells/kg")], MET),
    ("words: written out, one less", [said("2,799,999 CD34+ cells/kg")], NOT_MET),
    ("words: written out, with blanks", [said("Minimum of 2 800 000 CD34+ cells/kg")], MET),
    ("words: written out, without marks", [said("2800000 CD34+ cells per kg")], MET),
    ("words: thousands, or decimals", [said("2,800 CD34+ cells/kg")], OPEN),
    ("words: e6", [said("2.8e6 CD34+ cells/kg")], MET),
    ("words: e6, too little", [said("2.7e6 CD34+ cells/kg")], NOT_MET),
    ("words: 10e6, ten million or one", [said("10e6 CD34+ cells/kg")], OPEN),
    ("words: the same twice", [said("2.8 x 10^6/kg (2,800,000 cells/kg)")], MET),
    ("words: a longer power", [said("3.1 x 10^60 CD34+ cells/kg")], OPEN),
    ("words: other cells", [said("3.1 x 10^6 MNC/kg")], OPEN),
    ("words: per lb", [said("3.1 x 10^6 CD34+ cells/lb")], OPEN),
    ("words: nothing of cells", [said("Infuse as directed")], OPEN),
    ("a volume, and the dose in words", [dose(60, "mL") | said("3.1 x 10^6 CD34+ cells/kg")], MET),
    ("a volume, and too little in words", [dose(60, "mL") | said("2.1 x 10^6 CD34+ cells/kg")], NOT_MET),
    ("one dose, its cells in words", [dose(1, "{dose}") | said("minimum of 2.8 x 10^6 CD34+ cells/kg")], MET),
    ("one infusion, its cells in words", [dose(1, None, "infusion") | said("2.8 x 10^6 CD34+ cells/kg")], MET),
    ("one of each, its cells in words", [dose(1, "{Each}", "Each") | said("2.7 x 10^6 CD34+ cells/kg")], NOT_MET),
    ("one, its cells in words", [dose(1, None) | said("2.8 x 10^6 CD34+ cells/kg")], MET),
    ("two infusions, their cells in words", [dose(2, None, "infusions") | said("2.8 x 10^6 CD34+ cells/kg")], OPEN),
    ("one dose, nothing in words", [dose(1, "{dose}")], OPEN),
    ("a flush beside the dose", [dose(3.1), said("Flush line with 10 mL saline")], MET),
    ("a flush with its volume", [dose(3.1), dose(10, "mL") | said("Flush line with saline after infusion")], MET),
    ("a flush of the bag, its cells not said", [dose(3.1), said("Flush the rest of the bag")], OPEN),
    ("monitoring beside the dose", [dose(3.1), said("Monitor vital signs every 15 minutes")], MET),
    ("a check of a second dose", [dose(3.1), said("Check counts before each dose")], OPEN),
    ("a number governs the words", [dose(2.7) | said("3.1 x 10^6 CD34+ cells/kg")], NOT_MET),
    ("as ordered, beside as calculated", [{"doseAndRate": [
        {"type": concept(None, ("drt", "ordered")), "doseQuantity": quantity(3, "10*6/kg")},
        {"type": concept(None, ("drt", "calculated")), "doseQuantity": quantity(36, "10*6")}]}], MET),
    ("two doses that disagree", [{"doseAndRate": [
        {"doseQuantity": quantity(3, "10*6/kg")}, {"doseQuantity": quantity(2, "10*6/kg")}]}], OPEN),
    ("an instruction with a modifier", [dose(3.1) | {"modifierExtension": MODIFIER}], OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("instructions", "status"), [row[1:] for row in AMOUNTS], ids=[row[0] for row in AMOUNTS])
def test_the_amount(instructions: list[Resource], status: str) -> None:
    """The dose of one infusion against 2.8 × 10⁶ CD34+ cells per kg; what cannot be told is unknown."""
    assert dosed(*instructions)["status"] == status


def repeated(**repeat: Any) -> Resource:
    return dose(3.1) | {"timing": {"repeat": repeat}}


def on(*days: str) -> Resource:
    return dose(3.1) | {"timing": {"event": list(days)}}


def by_code(code: str | None = None, text: str | None = None) -> Resource:
    return dose(3.1) | {"timing": {"code": concept(text, *([("v3", code)] if code else []))}}


DAY = {"start": "2026-12-01", "end": "2026-12-01"}
WEEK = {"start": "2026-12-01", "end": "2026-12-07"}
TIMING = [
    ("no timing", [dose(3.1)], MET),
    ("one event", [on("2026-12-01")], MET),
    ("two events on one day", [on("2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z")], MET),
    ("two events on two days", [on("2026-12-01", "2026-12-02")], NOT_MET),
    ("two instructions on one day", [on("2026-12-01"), on("2026-12-01")], MET),
    ("two instructions on two days", [on("2026-12-01"), on("2026-12-08")], NOT_MET),
    ("two instructions, a day and its month", [on("2026-12-01"), on("2026-12")], OPEN),
    ("count 1", [repeated(count=1)], MET),
    ("count 1, daily", [repeated(count=1, frequency=1, period=1, periodUnit="d")], MET),
    ("count 2", [repeated(count=2)], NOT_MET),
    ("count 1 to 2", [repeated(count=1, countMax=2)], NOT_MET),
    ("frequency 1", [repeated(frequency=1)], MET),
    ("frequency 2", [repeated(frequency=2)], NOT_MET),
    ("daily", [repeated(frequency=1, period=1, periodUnit="d")], NOT_MET),
    ("monthly", [repeated(frequency=1, period=1, periodUnit="mo")], NOT_MET),
    ("daily, for one day", [repeated(frequency=1, period=1, periodUnit="d", boundsPeriod=DAY)], MET),
    ("daily, for a day's duration",
     [repeated(frequency=1, period=1, periodUnit="d", boundsDuration=quantity(1, "d"))], MET),
    ("daily, for a week", [repeated(frequency=1, period=1, periodUnit="d", boundsPeriod=WEEK)], NOT_MET),
    ("weekly, for a week", [repeated(frequency=1, period=1, periodUnit="wk", boundsPeriod=WEEK)], MET),
    ("every 8 hours, for a day", [repeated(frequency=1, period=8, periodUnit="h", boundsPeriod=DAY)], NOT_MET),
    ("on Mondays", [repeated(dayOfWeek=["mon"])], NOT_MET),
    ("at two times of day", [repeated(timeOfDay=["09:00:00", "17:00:00"])], NOT_MET),
    ("within a week", [repeated(boundsPeriod=WEEK)], MET),
    ("twice a day by code", [by_code("BID")], NOT_MET),
    ("twice a day by code, within bounds",
     [dose(3.1) | {"timing": {"code": concept(None, ("v3", "BID")), "repeat": {"boundsPeriod": WEEK}}}], NOT_MET),
    ("weekly in words", [by_code(None, "weekly")], NOT_MET),
    ("once in words", [by_code(None, "once")], MET),
    *[(f"code in words: {text}", [by_code(None, text)], NOT_MET) for text in (
        "qd", "q.d.", "Once per day", "Once a day", "once daily", "Once per week", "Once a month", "1 time per month",
        "nightly", "every morning", "each evening", "every Monday", "fortnightly", "biweekly", "quarterly", "hourly",
        "not more than once daily", "every 3 months", "q3mo", "qod", "alternate days", "2 times")],
    *[(f"code in words: {text}", [by_code(None, text)], MET) for text in (
        "one time", "Once only, do not repeat", "single dose", "once over 30 minutes", "STAT", "on day 0")],
    ("daily by a code in small letters", [by_code("qd")], NOT_MET),
    ("daily by code, for one day", [dose(3.1) | {"timing": {"code": concept(None, ("v3", "QD")), "repeat": {
        "frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": DAY}}}], MET),
    *[(f"in the text: {text}", [dose(3.1, text=text)], OPEN) for text in (
        "half on day 0 and half on day 1", "split over 2 days", "on 2 consecutive days", "two bags on separate days",
        "first bag on day 0, second bag on day 1", "bag 1 today, bag 2 tomorrow", "second bag a week later",
        "two infusions", "in divided doses", "once a month", "given 24 hours apart", "infuse over two days",
        "Check counts, then repeat", "no more than one bag daily", "no premedication, repeat in 4 weeks",
        "repeat infusion not before week 4")],
    *[(f"in the text: {text}", [dose(3.1, text=text)], MET) for text in (
        "once", "once over 30 minutes", "one infusion on day 0", "once, within 2 days of thaw",
        "on day 0, at least 2 days after the last busulfan", "two bags, 1 to 2 hours apart", "both bags on day 0",
        "Infuse once. Monitor vital signs every 4 hours.", "no refills or repeat infusions",
        "repeat infusion: none", "no second dose",
        "infuse each bag over 30 minutes",
        "one infusion a day after conditioning", "order valid for 30 days", "give the whole dose in a day",
        "Infuse once, vital signs every 15 minutes", "one infusion per patient per lifetime")],
    ("as needed", [dose(3.1, asNeededBoolean=True)], OPEN),
    ("not as needed", [dose(3.1, asNeededBoolean=False)], MET),
    ("as needed for something", [dose(3.1, asNeededCodeableConcept=concept("infection"))], OPEN),
    ("repeat in the instruction's text", [dose(3.1) | said("Repeat in 4 weeks")], OPEN),
    ("not to be repeated", [dose(3.1) | said("Single infusion, do not repeat")], MET),
    ("two bags in the text", [dose(3.1) | said("Infuse x 2 bags on one day")], MET),
    *[(f"in the text: {text}", [dose(3.1, text=text)], OPEN) for text in (
        "another infusion in 3 months", "redose in 6 months", "on day 0, again on day 30", "2nd infusion in May",
        "months 0 and 6", "repeat infusion no sooner than week 4", "do not forget to repeat", "3 cycles")],
    *[(f"in the text: {text}", [dose(3.1, text=text)], MET) for text in (
        "repeat dosing has not been studied", "repeat infusion is not planned", "not intended to be repeated",
        "no further doses", "retreatment is not permitted", "never to be given again", "call the family again")],
    ("several days in the text", [said("3.1 x 10^6 CD34+ cells/kg, days 1 to 7, 15 to 21")], OPEN),
    ("an interval in hours in the text", [said("3.1 x 10^6 CD34+ cells/kg on day 0 - 24 to 48 hours after")], MET),
    ("two days in the text", [said("3.1 x 10^6 CD34+ cells/kg on day 0 and day 7")], OPEN),
    ("two doses in the text", [said("3.1 x 10^6 CD34+ cells/kg, 2 doses")], OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("instructions", "status"), [row[1:] for row in TIMING], ids=[row[0] for row in TIMING])
def test_one_infusion(instructions: list[Resource], status: str) -> None:
    """Repeats, several days and a timing that runs on contradict one infusion; words alone leave it open."""
    assert dosed(*instructions)["status"] == status


@pytest.mark.parametrize(("refills", "status"), [(0, MET), (1, NOT_MET), (None, MET)], ids=["0", "1", "not said"])
def test_refills(refills: int | None, status: str) -> None:
    """An order that may be refilled is not for one infusion."""
    dispense = {} if refills is None else {"numberOfRepeatsAllowed": refills}
    assert dosed(dose(3.1), dispenseRequest=dispense or None)["status"] == status


NOTES = [
    *[(text, OPEN) for text in (
        "Second infusion in 3 months", "Repeat infusion monthly x 3", "May repeat if engraftment fails", "Repeat PRN",
        "Repeat", "monthly", "Kresladi every 3 months", "3.1 x 10^6 CD34+ cells/kg monthly", "Give monthly.",
        "Second dose at the discretion of Dr. Lee", "If ANC < 500 on day 42, repeat", "Return monthly for infusion",
        "Check CBC weekly, then repeat infusion in May", "Repeat infusion after repeat busulfan", "Redose in 6 months",
        "Repeat 3 months after the first infusion", "half today, half tomorrow", "Dose divided over 2 days",
        "Bag 1 today, bag 2 tomorrow", "Central line only.\nRepeat in 4 weeks", "Repeat infusion visit in May",
        "Repeat infusion to be confirmed with the family", "Kresladi: repeat in 4 weeks", "Booster in 6 months",
        "Another infusion in 3 months", "Course may be repeated at physician discretion", "Continue every 28 days",
        "CBC daily and infusion monthly", "Infuse monthly with vital signs every 4 hours")],
    *[(text, MET) for text in (
        "Repeat CBC daily", "Repeat weight before infusion", "Follow-up monthly", "One-time infusion, do not repeat",
        "2 bags of one dose", "Labs weekly x 4", "Check CBC on day 14, repeat weekly", "CBC: repeat monthly",
        "Kresladi once, CBC daily", "Infuse Kresladi once and check CBC daily",
        "Vital signs every hour during infusion", "Obtain consent again before infusion", "Refills: 0",
        "Monthly follow-up after Kresladi", "Repeat dose verification before infusion", "Dose verified twice",
        "Busulfan every 6 hours, 16 doses", "Second dose of acetaminophen 4 hours after infusion",
        "Acetaminophen every 6 hours", "Repeat apheresis if less than 2.8 x 10^6 CD34+ cells/kg were collected",
        "Repeat mobilization to reach the minimum dose", "Admit today, infuse tomorrow", "Busulfan over 4 days",
        "Cells collected on 2 consecutive days", "Monthly infusions of IVIG continue", "Weekly infusion clinic visits",
        "Stop infusion if repeat BP is low", "Repeat infusions are not planned", "Kresladi cannot be repeated",
        "No repeat dosing", "Repeat type and screen every 3 days", "Daily weights until infusion",
        "Repeat echocardiogram yearly", "Chimerism at 3 months, repeat yearly", "Discussed twice with the family")],
]  # fmt: skip


@pytest.mark.parametrize(("note", "status"), NOTES, ids=[row[0] for row in NOTES])
def test_one_infusion_by_the_words_beside_the_instructions(note: str, status: str) -> None:
    """A note of an infusion that comes again leaves it open; one of other care says nothing of it."""
    assert dosed(dose(3.1), note=[{"text": note}])["status"] == status


# --- total cells and weight ------------------------------------------------------------------------------------------


def weighed(
    value: Any, unit: str | None = "kg", when: str | None = "2026-03-01", id_: str = "w", **more: Any
) -> Resource:
    base = {"valueQuantity": quantity(value, unit), "effectiveDateTime": when}
    code = more.pop("code", concept("Body weight", (LOINC, "29463-7")))
    return observation(id_, code, **(base | more))


def apheresis(when: str | None = "2026-04-10", text: str = "Leukapheresis", id_: str = "aph", **more: Any) -> Resource:
    base = {"resourceType": "Procedure", "id": id_, "status": "completed", "subject": subject(), "code": concept(text)}
    return base | ({"performedDateTime": when} if when else {}) | more


TOTAL = 28
"""Million cells: 2.8 per kg at 10 kg."""
LAST, AFTER, NINE = "2026-04-09", "2026-05-01", "2026-04-10T09:00:00Z"
WEIGHTS = [
    ("10 kg, exactly enough", [weighed(10)], MET),
    ("10.01 kg, too little", [weighed(10.01)], NOT_MET),
    ("10000 g", [weighed(10000, "g")], MET),
    ("10010 g", [weighed(10010, "g")], NOT_MET),
    ("22 lb are 9.98 kg", [weighed(22, "[lb_av]")], MET),
    ("22.1 lb are 10.02 kg", [weighed(22.1, "[lb_av]")], NOT_MET),
    ("lb in words", [weighed(22, None, valueQuantity={"value": 22, "unit": "lb"})], MET),
    ("no weight", [], OPEN),
    ("a weight without a unit", [weighed(10, None)], OPEN),
    ("at most 10 kg", [weighed(10, valueQuantity=quantity(10, "kg", comparator="<="))], OPEN),
    ("no weight at all: zero", [weighed(0)], OPEN),
    ("an impossible weight", [weighed(10000)], OPEN),
    ("a preliminary weight", [weighed(10, status="preliminary")], OPEN),
    ("entered in error", [weighed(10, status="entered-in-error")], OPEN),
    ("another patient's", [weighed(10, subject={"reference": "Patient/donor"})], OPEN),
    ("the mother's, by focus", [weighed(10, focus=[{"reference": "RelatedPerson/mother"}])], OPEN),
    ("a stated weight", [weighed(10, code=concept("Body weight stated", (LOINC, "3142-7")))], OPEN),
    ("a birth weight under the usual code", [weighed(3, code=concept("Birth weight", (LOINC, "29463-7")))], OPEN),
    ("an estimated weight", [weighed(10, code=concept("Weight, estimated", (LOINC, "29463-7")))], OPEN),
    ("the ideal weight beside a measured one",
     [weighed(14, id_="ideal", when="2026-03-02", code=concept("Ideal body weight", (LOINC, "29463-7"))), weighed(10)],
     MET),
    ("a dry weight", [weighed(10, code=concept("Dry body weight", (LOINC, "8341-0")))], MET),
    ("a weight that only words name", [weighed(10, code=concept("Weight"))], OPEN),
    ("a birth weight", [weighed(10, code=concept("Birth weight", (LOINC, "8339-4")))], OPEN),
    ("a component", [observation("vitals", concept("Vital signs"), component=[
        {"code": concept(None, (LOINC, "29463-7")), "valueQuantity": quantity(10, "kg")}])], MET),
    ("a modifier extension", [weighed(10, modifierExtension=MODIFIER)], OPEN),
    # which of several
    ("the latest counts, heavier", [weighed(5), weighed(11, when=LAST, id_="w2")], NOT_MET),
    ("the latest counts, lighter", [weighed(11), weighed(10, when=LAST, id_="w2")], MET),
    ("two of one day that disagree", [weighed(10), weighed(11, id_="w2")], OPEN),
    ("two of one day that agree enough", [weighed(9), weighed(10, id_="w2")], MET),
    ("an undated one beside", [weighed(10), weighed(11, when=None, id_="w2")], OPEN),
    # apheresis
    ("before the apheresis", [weighed(10), apheresis()], MET),
    ("the last before it, not the one after", [weighed(10), weighed(12, when=AFTER, id_="w2"), apheresis()], MET),
    ("only after it", [weighed(10, when=AFTER), apheresis()], OPEN),
    ("the same day", [weighed(10, when="2026-04-10"), apheresis()], OPEN),
    ("the same day, an hour before", [weighed(10, when="2026-04-10T08:00:00Z"), apheresis(NINE)], MET),
    ("the same day, an hour after", [weighed(10, when="2026-04-10T10:00:00Z"), apheresis(NINE)], OPEN),
    ("undated", [weighed(10, when=None), apheresis()], OPEN),
    ("its month holds the apheresis", [weighed(10, when="2026-04"), apheresis()], OPEN),
    ("the month before", [weighed(10, when="2026-03"), apheresis()], MET),
    ("an apheresis without a date", [weighed(10), apheresis(None)], OPEN),
    ("two aphereses, between them", [weighed(10), weighed(12, when="2026-04-20", id_="w2"), apheresis(),
                                     apheresis("2026-05-02", id_="second")], MET),
    ("a plasmapheresis is none", [weighed(5), weighed(10, when=AFTER, id_="w2"), apheresis(text="Therapeutic plasma "
     "apheresis")], MET),
]  # fmt: skip


@pytest.mark.parametrize(("chart", "status"), [row[1:] for row in WEIGHTS], ids=[row[0] for row in WEIGHTS])
def test_total_cells_by_weight(chart: list[Resource], status: str) -> None:
    """28 million cells, by the last weight before the first apheresis, else by the latest."""
    chart = [{key: value for key, value in each.items() if value is not None} for each in chart]
    assert dosed(dose(TOTAL, "10*6"), chart=tuple(chart))["status"] == status


@pytest.mark.parametrize("key", ["observations", "procedures"])
def test_weights_of_a_chart_that_is_not_all_here(key: str) -> None:
    """The last weight before the first apheresis cannot be told from half a chart."""
    body = request([*complete(), weighed(10)], orders=[order(dosageInstruction=[dose(TOTAL, "10*6")])])
    body["prefetch"][key]["link"] = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
    found = criteria(determination(body))["I.A.6"]
    assert (found["status"], causes(found)) == (OPEN, {"unavailable"})


WHY = [
    ("no dose", [], [], {"absent"}),
    ("a unit that says nothing", [dose(3.1, "{10*6}/kg")], [], {"unusable"}),
    ("no weight", [dose(28, "10*6")], [], {"absent"}),
    ("a stated weight", [dose(28, "10*6")], [weighed(10, code=concept("Weight", (LOINC, "3142-7")))], {"unusable"}),
    ("a weight in words", [dose(28, "10*6")], [weighed(10, code=concept("Weight"))], {"unusable"}),
    ("weights only after", [dose(28, "10*6")], [weighed(10, when=AFTER), apheresis()], {"unusable"}),
]


@pytest.mark.parametrize(("instructions", "chart", "why"), [row[1:] for row in WHY], ids=[row[0] for row in WHY])
def test_why_it_is_open(instructions: list[Resource], chart: list[Resource], why: set[str]) -> None:
    """The gap says whether nothing is there, or what is there will not do."""
    assert causes(dosed(*instructions, chart=tuple(chart))) == why


# --- other orders than R4's MedicationRequest ------------------------------------------------------------------------


def service(**more: Any) -> Resource:
    base = {"resourceType": "ServiceRequest", "id": "draft-1", "status": "draft", "intent": "order",
            "subject": subject(), "code": concept("Kresladi infusion")}  # fmt: skip
    return base | more


def old(**more: Any) -> Resource:
    base = {"resourceType": "MedicationOrder", "id": "draft-1", "status": "draft", "patient": subject(),
            "medicationCodeableConcept": KRESLADI}  # fmt: skip
    return base | more


ENOUGH = quantity(3.1, "10*6/kg")
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
SHAPES = [
    ("service order, a quantity", service(quantityQuantity=ENOUGH), MET),
    ("service order, too little", service(quantityQuantity=quantity(2.7, "10*6/kg")), NOT_MET),
    ("service order, a range", service(quantityRange={"low": ENOUGH}), MET),
    ("service order, number of bags", service(quantityQuantity={"value": 2, "unit": "bags"}), OPEN),
    ("service order, one infusion, its cells in a note", service(quantityQuantity={"value": 1, "unit": "infusion"},
        note=[{"text": "3.1 x 10^6 CD34+ cells/kg"}]), MET),
    ("service order, a note", service(note=[{"text": "3.1 x 10^6 CD34+ cells/kg"}]), MET),
    ("service order, a detail", service(orderDetail=[concept("3.1 x 10^6 CD34+ cells/kg")]), MET),
    ("service order, a note of several", service(note=[{"text": "3.1 x10^6 CD34+ cells/kg monthly"}]), OPEN),
    ("service order, a detail of several", service(orderDetail=[concept("3.1 x10^6 CD34+ cells/kg"),
                                                                concept("repeat monthly")]), OPEN),
    ("service order, a detail of other care", service(orderDetail=[concept("3.1 x10^6 CD34+ cells/kg"),
                                                                   concept("CBC daily")]), MET),
    ("service order, a name of several", service(quantityQuantity=ENOUGH, code=concept("Kresladi infusion monthly")),
     OPEN),
    ("1.x, a note of several", old(dosageInstruction=[{"doseQuantity": ENOUGH}], note="Repeat in 3 months"), OPEN),
    ("service order, its own name", service(code=concept("Kresladi 3.1 x 10^6 CD34+ cells/kg infusion")), MET),
    ("service order, no dose", service(), OPEN),
    ("service order, daily", service(quantityQuantity=ENOUGH, occurrenceTiming=DAILY), NOT_MET),
    ("service order, once", service(quantityQuantity=ENOUGH, occurrenceTiming={"repeat": {"count": 1}}), MET),
    ("service order, a timing that cannot be read", service(quantityQuantity=ENOUGH, occurrenceTiming="x"), OPEN),
    ("service order, as needed", service(quantityQuantity=ENOUGH, asNeededBoolean=True), OPEN),
    ("an NDC with blanks around it", order(dosageInstruction=[dose(3.1)], medicationCodeableConcept=concept(
        None, ("http://hl7.org/fhir/sid/ndc", " 83537-034-01 "))), MET),
    ("1.x, a quantity", old(dosageInstruction=[{"doseQuantity": ENOUGH}]), MET),
    ("1.x, a range", old(dosageInstruction=[{"doseRange": {"low": ENOUGH}}]), MET),
    ("1.x, daily", old(dosageInstruction=[{"doseQuantity": ENOUGH, "timing": {"repeat": {
        "frequency": 1, "period": 1, "periodUnits": "d"}}}]), NOT_MET),
    ("1.x, refills", old(dosageInstruction=[{"doseQuantity": ENOUGH}],
                         dispenseRequest={"numberOfRepeatsAllowed": 2}), NOT_MET),
    ("1.x, a note that is a string", old(note="3.1 x 10^6 CD34+ cells/kg"), MET),
    ("a note", order(dosageInstruction=None, note=[{"text": "3.1 x 10^6 CD34+ cells/kg"}]), MET),
    ("a note on something else", order(dosageInstruction=None, note=[{"text": "Call 555 0100"}]), OPEN),
    ("instructions to the patient", order(dosageInstruction=[{"patientInstruction": "3.1 x 10^6 CD34+ cells/kg"}]),
     MET),
    ("instructions that are an object", order(dosageInstruction=dose(3.1)), MET),
    ("a modifier extension on the order", order(modifierExtension=MODIFIER), OPEN),
    ("an order whose dose cannot be read", order(dosageInstruction=[{"doseAndRate": "a lot"}]), OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("drafted", "status"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_shapes_of_orders(drafted: Resource, status: str) -> None:
    """A service order, a 1.x order and words beside the dosage are read for the dose too."""
    assert asked("I.A.6", complete(), orders=[drafted])["status"] == status


# --- advice ----------------------------------------------------------------------------------------------------------


def advised(*instructions: Resource, chart: tuple[Resource, ...]) -> set[str]:
    found = determination(request([*complete(), *chart], orders=[order(dosageInstruction=list(instructions))]))
    return {each["code"] for each in found.get("advice", [])}


@pytest.mark.parametrize(
    ("instructions", "chart", "told"),
    [
        ([dose(28, "10*6")], (weighed(10),), True),
        ([dose(28, "10*6")], (weighed(10), apheresis()), False),
        ([dose(3.1)], (weighed(10),), False),
    ],
    ids=["total cells, no apheresis yet", "total cells, apheresis after the weight", "per kg"],
)
def test_advice_on_the_weight(instructions: list[Resource], chart: tuple[Resource, ...], told: bool) -> None:
    """The label doses by the weight before apheresis: said where that is not known of the weight used."""
    assert ("label-weight" in advised(*instructions, chart=chart)) is told


@pytest.mark.parametrize(
    ("instructions", "chart", "told"),
    [
        ([dose(366, "10*6")], (weighed(50),), False),
        ([dose(366.1, "10*6")], (weighed(50),), True),
        ([dose(3.66)], (weighed(100),), False),
        ([dose(3.67)], (weighed(100),), True),
        ([dose(3.67)], (), False),
    ],
    ids=["366 million", "more than 366 million", "3.66 per kg, 100 kg", "3.67 per kg, 100 kg", "weight not known"],
)
def test_advice_on_the_products_form(instructions: list[Resource], chart: tuple[Resource, ...], told: bool) -> None:
    """Two bags of 30 mL at 6.1 million cells per mL hold 366 million cells."""
    assert ("label-product-form" in advised(*instructions, chart=chart)) is told


def test_evidence_shows_the_division() -> None:
    """The evidence names the order, the total, the weight and what comes of it."""
    found = dosed(dose(31, "10*6"), chart=(weighed(10),))
    assert found["evidence"][-2:] == [
        {
            "reference": "MedicationRequest/draft-1",
            "says": "Ordered: 31 10*6, body weight 10 kg, 2026-03-01: 3.1 × 10⁶ CD34+ cells per kg",
        },
        {"reference": "Observation/w", "says": "body weight 10 kg, 2026-03-01"},
    ]


DIVISIONS = [
    ("one weight", dose(31, "10*6"), [10], "31 10*6", "body weight 10 kg", "3.1"),
    ("two of a day", dose(31, "10*6"), [10, 12], "31 10*6", "body weight 10 kg or 12 kg", "2.5833 to 3.1"),
    ("two of a day, the heavier first", dose(31, "10*6"), [12, 10], "31 10*6", "body weight 10 kg or 12 kg",
     "2.5833 to 3.1"),
    ("the same weight twice", dose(31, "10*6"), [10, 10], "31 10*6", "body weight 10 kg", "3.1"),
    ("a range", ranged(30, 31, "10*6"), [10], "30 10*6 to 31 10*6", "body weight 10 kg", "3 to 3.1"),
    ("a range without an end", ranged(31, None, "10*6"), [10], "≥ 31 10*6", "body weight 10 kg", "≥ 3.1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ordered", "weights", "total", "weight", "per_kg"),
    [row[1:] for row in DIVISIONS],
    ids=[row[0] for row in DIVISIONS],
)
def test_the_division_that_is_shown_is_true(
    ordered: Resource, weights: list[int], total: str, weight: str, per_kg: str
) -> None:
    """Every weight that may count is named, and both ends of what they make of the dose."""
    found = dosed(ordered, chart=tuple(weighed(each, id_=f"w{number}") for number, each in enumerate(weights)))
    each_dated = weight.replace(" kg", " kg, 2026-03-01").replace(" or ", " or body weight ")
    says = [each["says"] for each in found["evidence"] if each["reference"] == "MedicationRequest/draft-1"]
    assert says[-1] == f"Ordered: {total}, {each_dated}: {per_kg} × 10⁶ CD34+ cells per kg"


def test_a_weight_of_the_future_is_none() -> None:
    """A weight dated after today is a typing error; the latest one before it is used."""
    chart = (weighed(10, when="2026-11-01"), weighed(100, when="2030-01-01", id_="w2"))
    assert dosed(dose(28, "10*6"), chart=chart)["status"] == "met"
