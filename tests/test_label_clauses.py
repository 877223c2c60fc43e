"""The label's clauses, one table each: a draft, a chart, and what comes of it. Both sides of every number."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.logic import Answer, Evidence
from tests.bedside import (
    answers,
    asked,
    busulfan,
    collected,
    delivery,
    device,
    drug,
    flag,
    given,
    infused,
    kresladi,
    measured,
    opened,
    planned,
    procedure,
    service,
    weighed,
)
from tests.charts import KRESLADI, Resource, concept

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
ABSENT = None
"""The clause does not apply."""


def answer(clause: str, draft: Resource | list[Resource], resources: list[Resource], **more: Any) -> Answer | None:
    """What one clause comes to; None where it does not apply."""
    found = asked(draft, resources, **more).get(clause)
    return found.finding.answer if found else None


PLERIXAFOR = drug("Plerixafor", authoredOn="2026-11-21")
YES_APPROPRIATE, NO_APPROPRIATE = answers(transplant_appropriate=True), answers(transplant_appropriate=False)


@pytest.mark.parametrize(
    ("remark", "resources", "expected"),
    [
        ("confirmed", [YES_APPROPRIATE], MET),
        ("not so", [NO_APPROPRIATE], NOT_MET),
        ("not answered", [], UNKNOWN),
        ("an unfinished checklist", [answers(transplant_appropriate=True, status="in-progress")], UNKNOWN),
        ("an amended checklist", [answers(transplant_appropriate=True, status="amended")], MET),
        (
            "another questionnaire",
            [answers(transplant_appropriate=True, questionnaire="https://x/Questionnaire/y")],
            UNKNOWN,
        ),
        (
            "a version of ours",
            [
                answers(
                    transplant_appropriate=True, questionnaire="https://x/Questionnaire/kresladi-treatment-checklist|2"
                )
            ],
            MET,
        ),
        (
            "the newest counts",
            [NO_APPROPRIATE, answers("later", transplant_appropriate=True, authored="2026-11-21T08:00:00Z")],
            MET,
        ),
        ("two at once that differ", [NO_APPROPRIATE, answers("other", transplant_appropriate=True)], UNKNOWN),
        ("another patient's", [YES_APPROPRIATE | {"subject": {"reference": "Patient/p2"}}], UNKNOWN),
    ],
)
def test_mobilise_appropriate(remark: str, resources: list[Resource], expected: Answer) -> None:
    """Only the checklist tells whether transplantation is appropriate."""
    assert answer("L.2.2.mobilise.appropriate", PLERIXAFOR, [planned(), *resources]) is expected, remark


@pytest.mark.parametrize(
    ("remark", "resources", "expected"),
    [
        ("no apheresis yet: any weight", [weighed("2020-01-01")], MET),
        ("no weight", [], UNKNOWN),
        ("the day before", [weighed("2026-09-30"), collected("2026-10-01")], MET),
        ("an hour before", [weighed("2026-10-01T08:00:00Z"), collected("2026-10-01T09:00:00Z")], MET),
        ("the same moment", [weighed("2026-10-01T09:00:00Z"), collected("2026-10-01T09:00:00Z")], NOT_MET),
        ("only later", [weighed("2026-10-02"), collected("2026-10-01")], NOT_MET),
        ("the same day, no hours", [weighed("2026-10-01"), collected("2026-10-01")], UNKNOWN),
        (
            "before the second, after the first",
            [weighed("2026-10-10"), collected(), collected("2026-10-20", "second")],
            NOT_MET,
        ),
        ("one before, one later", [weighed("2026-10-02", "late"), weighed("2026-09-30"), collected()], MET),
        ("an undated apheresis", [weighed("2026-09-30"), collected(None)], UNKNOWN),
        ("an undated weight", [weighed(None), collected()], UNKNOWN),
        ("an undated weight, no apheresis", [weighed(None)], MET),
        ("a preliminary weight", [weighed(status="preliminary")], UNKNOWN),
        ("a weight in words only", [measured("Body weight", 9.1)], UNKNOWN),
        ("a stated weight", [weighed(code=concept(None, ("http://loinc.org", "3142-7")))], UNKNOWN),
        ("3141-9", [weighed(code=concept(None, ("http://loinc.org", "3141-9")))], MET),
        ("somebody else's", [weighed(subject={"reference": "Patient/mother"})], UNKNOWN),
        ("plasmapheresis is none", [weighed("2026-10-02"), procedure("Plasmapheresis", "2026-10-01")], MET),
        ("an apheresis that was not done", [weighed("2026-10-02"), collected("2026-10-01", status="not-done")], MET),
        (
            "an apheresis under way",
            [weighed("2026-10-02"), collected({"start": "2026-10-01"}, status="in-progress")],
            NOT_MET,
        ),
        ("called by what it is for", [weighed("2026-10-02"), procedure("PBSC collection", "2026-10-01")], NOT_MET),
        ("through a central line", [weighed("2026-10-02"), procedure("Leukapheresis via central line")], NOT_MET),
        ("a weight of tomorrow", [weighed("2026-11-22")], UNKNOWN),
    ],
)
def test_mobilise_weight(remark: str, resources: list[Resource], expected: Answer) -> None:
    """Weighed before the first apheresis; any weight where there was none."""
    assert answer("L.2.2.mobilise.weight", PLERIXAFOR, [planned(), *resources]) is expected, remark


def g_csf(at: str | None, **more: Any) -> Resource:
    """Filgrastim for mobilisation, from a day on."""
    timing = {"timing": {"repeat": {"boundsPeriod": {"start": at}}}} if at else {}
    return drug("Filgrastim", dosageInstruction=[{"text": "mobilisation"} | timing], **more)


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("13 days", g_csf("2026-10-14"), [collected("2026-10-01")], NOT_MET),
        ("14 days", g_csf("2026-10-15"), [collected("2026-10-01")], MET),
        (
            "counted from the last",
            g_csf("2026-10-15"),
            [collected("2026-10-01"), collected("2026-10-02", "second")],
            NOT_MET,
        ),
        (
            "counted from its end",
            g_csf("2026-10-15"),
            [collected({"start": "2026-10-01", "end": "2026-10-02"})],
            NOT_MET,
        ),
        ("a month alone", g_csf("2026-10-20"), [collected("2026-10")], UNKNOWN),
        ("undated", g_csf("2026-10-20"), [collected(None)], UNKNOWN),
        (
            "the earliest event",
            drug(
                "Filgrastim",
                dosageInstruction=[{"text": "mobilisation", "timing": {"event": ["2026-10-16", "2026-10-14"]}}],
            ),
            [collected("2026-10-01")],
            NOT_MET,
        ),
        ("when it was written", g_csf(None, authoredOn="2026-10-15"), [collected("2026-10-01")], MET),
        ("when it was written, a day less", g_csf(None, authoredOn="2026-10-14"), [collected("2026-10-01")], NOT_MET),
        ("today, 13 days", g_csf(None), [collected("2026-11-08")], NOT_MET),
        ("today, 14 days", g_csf(None), [collected("2026-11-07")], MET),
        ("no apheresis: not a repeat", g_csf("2026-10-15"), [], ABSENT),
        ("one under way: not a repeat", g_csf("2026-10-15"), [collected("2026-10-01", status="in-progress")], ABSENT),
        ("not for mobilisation", drug("Filgrastim", "for neutropenia"), [collected("2026-10-01")], ABSENT),
        ("plerixafor alone begins no cycle", PLERIXAFOR, [collected("2026-11-20")], ABSENT),
        ("treated", g_csf("2026-10-15"), [collected("2026-10-01"), infused()], ABSENT),
    ],
)
def test_repeat_interval(remark: str, draft: Resource, resources: list[Resource], expected: Answer | None) -> None:
    """14 days or more from the last completed apheresis to the start of the order."""
    assert answer("L.2.2.repeat.interval", draft, [planned(), *resources]) is expected, remark


@pytest.mark.parametrize(
    ("minimum", "back_up", "expected"),
    [
        (False, None, MET),
        (None, False, MET),
        (False, True, MET),
        (True, False, MET),
        (False, False, MET),
        (True, True, NOT_MET),
        (True, None, UNKNOWN),
        (None, True, UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_repeat_needed(minimum: bool | None, back_up: bool | None, expected: Answer) -> None:
    """More cells are needed for the dose or for the back-up."""
    linked = {"minimum_dose_reached": minimum, "back_up_available": back_up}
    said = answers(**{link: value for link, value in linked.items() if value is not None})
    assert answer("L.2.2.repeat.needed", g_csf("2026-10-20"), [planned(), collected(), said]) is expected


BUSULFEX = drug("Busulfex 6 mg/mL IV", authoredOn="2026-11-21")


@pytest.mark.parametrize(
    ("remark", "resources", "expected"),
    [
        ("received and stored", [answers(product_received_and_stored=True)], MET),
        ("not received", [answers(product_received_and_stored=False)], NOT_MET),
        ("nothing on record", [planned()], UNKNOWN),
        ("under way", [delivery("in-progress")], NOT_MET),
        ("delivered is not stored", [delivery("completed")], UNKNOWN),
        ("one delivered, one under way", [delivery("completed"), delivery("in-progress", "second")], UNKNOWN),
        ("answered, though under way", [answers(product_received_and_stored=True), delivery("in-progress")], MET),
        ("answered no, though delivered", [answers(product_received_and_stored=False), delivery("completed")], NOT_MET),
        (
            "another thing is under way",
            [planned(), delivery("in-progress", suppliedItem={"itemCodeableConcept": concept("Gloves")})],
            UNKNOWN,
        ),
        (
            "another patient's is under way",
            [planned(), delivery("in-progress", patient={"reference": "Patient/p2"})],
            UNKNOWN,
        ),
        ("entered in error", [planned(), delivery("entered-in-error")], UNKNOWN),
    ],
)
def test_conditioning_product(remark: str, resources: list[Resource], expected: Answer) -> None:
    """Received and stored, as the checklist says; a delivery alone never says so."""
    assert answer("L.2.2.conditioning.product", BUSULFEX, [planned(), *resources]) is expected, remark


AVAILABLE = answers("available", back_up_available=True)


OTHER_CELLS = {"code": concept("Total nucleated cells"), "valueQuantity": {"value": 4, "code": "10*8/kg"}}


def total(value: float) -> Resource:
    """A number of cells that is not per kg."""
    return {"valueQuantity": {"value": value, "code": "10*6"}}


def backed_up(value: Any, **more: Any) -> Resource:
    return measured("CD34+ cells, back-up collection", value, **more)


@pytest.mark.parametrize(
    ("remark", "resources", "expected"),
    [
        ("1.99", [AVAILABLE, answers(back_up_cd34_per_kg=1.99)], NOT_MET),
        ("2 exactly", [AVAILABLE, answers(back_up_cd34_per_kg=2)], MET),
        ("2.01", [AVAILABLE, answers(back_up_cd34_per_kg=2.01)], MET),
        ("enough, not available", [answers(back_up_cd34_per_kg=3.5, back_up_available=False)], NOT_MET),
        ("enough, availability not answered", [answers(back_up_cd34_per_kg=3.5)], UNKNOWN),
        ("available, quantity not on record", [AVAILABLE], UNKNOWN),
        ("too few, availability not answered", [answers(back_up_cd34_per_kg=1.2)], NOT_MET),
        ("nothing", [], UNKNOWN),
        ("measured 2.4", [AVAILABLE, backed_up(2.4)], MET),
        ("measured 1.9", [AVAILABLE, backed_up(1.9)], NOT_MET),
        ("measured, for rescue", [AVAILABLE, measured("CD34 rescue collection", 2.4)], MET),
        ("measured, not said for what", [AVAILABLE, measured("CD34+ cells", 2.4)], UNKNOWN),
        ("no back-up, says the result", [AVAILABLE, measured("CD34+ cells, not for back-up", 2.4)], UNKNOWN),
        (
            "more than 1",
            [AVAILABLE, backed_up({"valueQuantity": {"value": 1, "comparator": ">", "code": "10*6/kg"}})],
            UNKNOWN,
        ),
        (
            "at least 2",
            [AVAILABLE, backed_up({"valueQuantity": {"value": 2, "comparator": ">=", "code": "10*6/kg"}})],
            MET,
        ),
        (
            "less than 2",
            [AVAILABLE, backed_up({"valueQuantity": {"value": 2, "comparator": "<", "code": "10*6/kg"}})],
            NOT_MET,
        ),
        (
            "1.8 to 2.6",
            [
                AVAILABLE,
                backed_up(
                    {
                        "valueRange": {
                            "low": {"value": 1.8, "code": "10*6/kg"},
                            "high": {"value": 2.6, "code": "10*6/kg"},
                        }
                    }
                ),
            ],
            UNKNOWN,
        ),
        (
            "2.0 to 2.6",
            [
                AVAILABLE,
                backed_up(
                    {
                        "valueRange": {
                            "low": {"value": 2.0, "code": "10*6/kg"},
                            "high": {"value": 2.6, "code": "10*6/kg"},
                        }
                    }
                ),
            ],
            MET,
        ),
        ("in cells per kg", [AVAILABLE, backed_up({"valueQuantity": {"value": 2400000, "code": "/kg"}})], MET),
        (
            "an annotation says nothing",
            [AVAILABLE, backed_up({"valueQuantity": {"value": 2.4, "code": "{10*6}/kg"}})],
            UNKNOWN,
        ),
        ("in total, 9.1 kg", [AVAILABLE, backed_up(total(18.2)), weighed()], MET),
        ("in total, a little less", [AVAILABLE, backed_up(total(18.1)), weighed()], NOT_MET),
        ("in total, no weight", [AVAILABLE, backed_up(total(18.2))], UNKNOWN),
        ("said in the note", [AVAILABLE, measured("CD34+ cells", 2.4, note=[{"text": "back-up bag"}])], MET),
        ("another cell's component", [AVAILABLE, measured("CD34+ back-up", {"component": [OTHER_CELLS]})], UNKNOWN),
        ("preliminary", [AVAILABLE, backed_up(2.4, status="preliminary")], UNKNOWN),
        ("two that may add up", [AVAILABLE, backed_up(1.2), backed_up(1.1, id_="second")], UNKNOWN),
        ("two, one of them enough", [AVAILABLE, backed_up(1.2), backed_up(2.1, id_="second")], MET),
        (
            "too few, another not final",
            [AVAILABLE, backed_up(1.2), backed_up(3, id_="second", status="preliminary")],
            UNKNOWN,
        ),
        ("answered too few, measured enough", [AVAILABLE, answers(back_up_cd34_per_kg=1.2), backed_up(2.4)], NOT_MET),
        ("answered enough, measured too few", [AVAILABLE, answers(back_up_cd34_per_kg=2.4), backed_up(1.2)], MET),
    ],
)
def test_conditioning_back_up(remark: str, resources: list[Resource], expected: Answer) -> None:
    """2 × 10⁶ CD34+ cells per kg or more, and available."""
    assert answer("L.2.2.conditioning.back-up", BUSULFEX, [planned(), *resources]) is expected, remark


END = "2026-11-20T10:00:00+00:00"
ENDED = answers(conditioning_completed=END)


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("23:59", kresladi("2026-11-21T09:59:00Z"), [ENDED], NOT_MET),
        ("24:00", kresladi("2026-11-21T10:00:00Z"), [ENDED], MET),
        ("48:00", kresladi("2026-11-22T10:00:00Z"), [ENDED], MET),
        ("48:01", kresladi("2026-11-22T10:01:00Z"), [ENDED], NOT_MET),
        ("48:00 in another offset", kresladi("2026-11-22T05:00:00-05:00"), [ENDED], MET),
        (
            "from the last end",
            kresladi("2026-11-21T10:00:00Z"),
            [busulfan({"start": "2026-11-20T06:00:00Z", "end": END})],
            MET,
        ),
        (
            "from the last of several",
            kresladi("2026-11-21T10:00:00Z"),
            [busulfan("2026-11-18T10:00:00Z"), busulfan("2026-11-20T11:00:00Z", id_="b2")],
            NOT_MET,
        ),
        ("irradiation counts", kresladi("2026-11-21T10:00:00Z"), [procedure("Total body irradiation", END)], MET),
        ("its end may be any time that day", kresladi("2026-11-21T10:00:00Z"), [busulfan("2026-11-20")], UNKNOWN),
        ("one still running", kresladi(), [ENDED, busulfan({"start": "2026-11-20T06:00:00Z"}, "in-progress")], UNKNOWN),
        (
            "one running, others done",
            kresladi(),
            [busulfan(END), busulfan({"start": END}, "in-progress", "b2")],
            UNKNOWN,
        ),
        ("one later than the answer", kresladi(), [ENDED, busulfan("2026-11-20T12:00:00Z")], UNKNOWN),
        ("one at the answer", kresladi(), [ENDED, busulfan(END)], MET),
        ("one before the answer", kresladi(), [ENDED, busulfan("2026-11-19T10:00:00Z")], MET),
        ("one undated", kresladi(), [ENDED, busulfan(None)], UNKNOWN),
        (
            "stopped later than the last that was completed",
            kresladi(),
            [busulfan(END), busulfan("2026-11-20T12:00:00Z", "stopped", "b2")],
            UNKNOWN,
        ),
        ("only stopped", kresladi(), [busulfan(END, "stopped")], UNKNOWN),
        ("oral busulfan is none", kresladi(), [given("Busulfan 2 mg tablet", "2026-11-21T08:00:00Z"), ENDED], MET),
        ("not done is none", kresladi(), [busulfan("2026-11-21T08:00:00Z", "not-done"), ENDED], MET),
        ("nothing on record", kresladi(), [], UNKNOWN),
        ("no time, nothing on record: not yet", kresladi(None), [], ABSENT),
        ("no time, conditioning on record", kresladi(None), [ENDED], UNKNOWN),
        ("no time, conditioning begun", kresladi(None), [busulfan({"start": END}, "in-progress")], UNKNOWN),
        ("written, but not for a time", kresladi(None, authoredOn="2026-11-21"), [ENDED], UNKNOWN),
        ("a day for a time", kresladi("2026-11-21"), [ENDED], UNKNOWN),
        ("treated", kresladi(), [ENDED, infused()], ABSENT),
        (
            "bounds of the order",
            kresladi(
                None, dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2026-11-21T10:00:00Z"}}}}]
            ),
            [ENDED],
            MET,
        ),
        (
            "a service order's occurrence",
            service("Kresladi infusion", occurrenceDateTime="2026-11-21T10:00:00Z"),
            [ENDED],
            MET,
        ),
        (
            "a service order's period",
            service(
                "Kresladi infusion", occurrencePeriod={"start": "2026-11-22T10:00:00Z", "end": "2026-11-22T10:30:00Z"}
            ),
            [ENDED],
            MET,
        ),
        (
            "two answers at once",
            kresladi(),
            [ENDED, answers("other", conditioning_completed="2026-11-19T10:00:00Z")],
            UNKNOWN,
        ),
    ],
)
def test_infuse_interval(remark: str, draft: Resource, resources: list[Resource], expected: Answer | None) -> None:
    """24 to 48 hours from the end of conditioning to the order's time, both included."""
    assert answer("L.2.2.infuse.interval", draft, [*resources]) is expected, remark


def test_counted_time_is_told() -> None:
    """The clinician reads how many hours and days there are, and of which order."""
    late = asked(kresladi("2026-11-21T11:00:00Z"), [busulfan("2026-11-19T10:00:00Z")])["L.2.2.infuse.interval"]
    assert late.finding.evidence[-1] == Evidence("49 h after the end of conditioning", "MedicationRequest/draft")
    soon = asked(g_csf("2026-10-14"), [planned(), collected("2026-10-01")])["L.2.2.repeat.interval"]
    assert soon.finding.evidence[-1] == Evidence("13 days after the last apheresis", "MedicationRequest/draft")


def bag(expires: str) -> dict[str, Any]:
    """A Kresladi order's own Medication with a batch."""
    inside = {"resourceType": "Medication", "id": "bag", "code": KRESLADI, "batch": {"expirationDate": expires}}
    return {"medicationCodeableConcept": None, "medicationReference": {"reference": "#bag"}, "contained": [inside]}


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("the day before", kresladi(**bag("2026-11-20")), [], NOT_MET),
        ("that day", kresladi(**bag("2026-11-21")), [], MET),
        ("the day after", kresladi(**bag("2026-11-22")), [], MET),
        ("that month", kresladi(**bag("2026-11")), [], UNKNOWN),
        ("in that day's offset", kresladi("2026-11-21T23:30:00-05:00", **bag("2026-11-21")), [], MET),
        ("answered yes, past", kresladi(**bag("2026-11-20")), [answers(bags_in_date=True)], MET),
        ("answered no, in date", kresladi(**bag("2026-11-22")), [answers(bags_in_date=False)], NOT_MET),
        ("answered yes", kresladi(), [answers(bags_in_date=True)], MET),
        ("nothing", kresladi(), [], UNKNOWN),
        ("no time to hold it against", kresladi(None, **bag("2026-11-22")), [ENDED], UNKNOWN),
    ],
)
def test_infuse_in_date(remark: str, draft: Resource, resources: list[Resource], expected: Answer) -> None:
    """The batch's expiration date is no day before the order's."""
    assert answer("L.2.2.infuse.in-date", draft, resources) is expected, remark


def test_the_batch_that_was_dispensed() -> None:
    """Where the order names no bag, the one that was dispensed counts."""
    medication = {"resourceType": "Medication", "id": "m", "code": KRESLADI, "batch": {"expirationDate": "2026-11-20"}}
    dispense = given("", None, id_="d") | {"resourceType": "MedicationDispense"}
    dispense |= {"medicationReference": {"reference": "Medication/m"}}
    del dispense["medicationCodeableConcept"]
    assert answer("L.2.2.infuse.in-date", kresladi(), [medication, dispense]) is NOT_MET


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("answered yes", kresladi(), [answers(central_venous_access=True)], MET),
        ("answered no", kresladi(), [answers(central_venous_access=False)], NOT_MET),
        (
            "answered no, though a device is there",
            kresladi(),
            [answers(central_venous_access=False), device("Hickman catheter")],
            NOT_MET,
        ),
        ("central venous catheter", kresladi(), [device("Central venous catheter")], MET),
        ("central line", kresladi(), [device("Central line, double lumen")], MET),
        ("Hickman", kresladi(), [device("Hickman")], MET),
        ("Broviac", kresladi(), [device("Broviac 6.6 Fr")], MET),
        ("PICC", kresladi(), [device("PICC, right arm")], MET),
        ("port", kresladi(), [device("Implanted port")], MET),
        ("no longer active", kresladi(), [device("Hickman", "inactive")], UNKNOWN),
        ("another patient's", kresladi(), [device("Hickman", patient={"reference": "Patient/p2"})], UNKNOWN),
        ("a peripheral cannula", kresladi(), [device("Peripheral intravenous cannula")], UNKNOWN),
        ("a portable ventilator", kresladi(), [device("Portable ventilator")], UNKNOWN),
        ("put in", kresladi(), [procedure("Insertion of central venous catheter")], MET),
        ("port placement", kresladi(), [procedure("Port-a-cath placement")], MET),
        ("planned", kresladi(), [procedure("Insertion of central venous catheter", status="preparation")], UNKNOWN),
        ("taken out", kresladi(), [procedure("Removal of Hickman catheter")], UNKNOWN),
        (
            "put in, then taken out",
            kresladi(),
            [procedure("Hickman insertion", "2026-09-01"), procedure("Hickman removal", "2026-10-01", "out")],
            UNKNOWN,
        ),
        (
            "taken out, then put in anew",
            kresladi(),
            [procedure("Hickman insertion", "2026-10-01"), procedure("PICC removal", "2026-09-01", "out")],
            MET,
        ),
        ("an attempt", kresladi(), [procedure("Attempted PICC placement, unsuccessful")], UNKNOWN),
        ("a port-wine stain", kresladi(), [procedure("Laser of port wine stain")], UNKNOWN),
        (
            "the order says peripheral",
            kresladi(
                None, dosageInstruction=[{"site": concept("Peripheral vein"), "timing": {"event": ["2026-11-21"]}}]
            ),
            [],
            NOT_MET,
        ),
        (
            "the order says peripheral, a line is there",
            kresladi(text="via peripheral IV"),
            [device("Hickman")],
            NOT_MET,
        ),
        (
            "peripherally inserted is central",
            kresladi(text="via peripherally inserted central catheter"),
            [device("PICC")],
            MET,
        ),
        ("not peripheral", kresladi(text="Not through a peripheral vein"), [device("PICC")], MET),
        ("nothing", kresladi(), [], UNKNOWN),
    ],
)
def test_infuse_access(remark: str, draft: Resource, resources: list[Resource], expected: Answer) -> None:
    """Central venous access by checklist, device or procedure; never through a peripheral site."""
    assert answer("L.2.2.infuse.access", draft, resources) is expected, remark


@pytest.mark.parametrize(
    ("remark", "text", "resources", "expected"),
    [
        ("answered yes", None, [answers(no_filter_no_pump=True)], MET),
        ("answered no", None, [answers(no_filter_no_pump=False)], NOT_MET),
        ("nothing", None, [], UNKNOWN),
        ("an in-line filter", "Infuse through in-line filter", [], NOT_MET),
        ("inline in one word", "use inline blood filter", [], NOT_MET),
        ("a blood filter", "through a blood filter", [], NOT_MET),
        ("an infusion pump", "by infusion pump over 10 min", [], NOT_MET),
        ("a syringe pump", "Syringe pump", [], NOT_MET),
        ("answered yes, but the order asks for a pump", "infusion pump", [answers(no_filter_no_pump=True)], NOT_MET),
        ("no filter, no pump", "By gravity. No in-line filter, no infusion pump.", [], UNKNOWN),
        ("without a filter", "without blood filter or pump", [answers(no_filter_no_pump=True)], MET),
        ("a pump is not to be used", "An infusion pump is not to be used", [], UNKNOWN),
        ("never by pump", "Never by syringe pump", [], UNKNOWN),
    ],
)
def test_infuse_equipment(remark: str, text: str | None, resources: list[Resource], expected: Answer) -> None:
    """Neither filter nor pump; what the order asks for itself is not undone by an answer."""
    assert answer("L.2.2.infuse.equipment", kresladi(text=text), resources) is expected, remark


@pytest.mark.parametrize(("said", "expected"), [(True, MET), (False, NOT_MET), (None, UNKNOWN)])
def test_infuse_lot(said: bool | None, expected: Answer) -> None:
    """Only the checklist tells whether the lot sheet was checked."""
    assert (
        answer("L.2.2.infuse.lot", kresladi(), [answers(lot_sheet_checked=said)] if said is not None else [])
        is expected
    )


def red_cells(at: str | None = "2026-11-21", **more: Any) -> Resource:
    return service("PRBC 1 unit", occurrenceDateTime=at, **more)


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("not irradiated", red_cells(), [infused()], NOT_MET),
        ("irradiated", red_cells(note="irradiated"), [infused()], MET),
        ("irradiated, in the detail", red_cells(orderDetail=[concept("Irradiated")]), [infused()], MET),
        ("irradiated, in the code", service("Irradiated PRBC"), [infused()], MET),
        ("irrad", service("PRBC irrad, CMV neg"), [infused()], MET),
        ("irradiated medication", drug("Packed red cells", "gamma-irradiated unit"), [infused()], MET),
        (
            "an additional instruction",
            drug("Packed red cells", dosageInstruction=[{"additionalInstruction": [concept("irradiated")]}]),
            [infused()],
            MET,
        ),
        ("leukoreduced", service("PRBC leukoreduced"), [infused()], NOT_MET),
        ("washed", service("Washed PRBC"), [infused()], NOT_MET),
        ("non-irradiated", service("PRBC, non-irradiated"), [infused()], NOT_MET),
        ("not irradiated, says it", service("PRBC", "not irradiated"), [infused()], NOT_MET),
        ("no need to irradiate", service("PRBC", "Irradiation not required"), [infused()], NOT_MET),
        ("irradiated: no", service("PRBC", "Irradiated: no"), [infused()], NOT_MET),
        ("the patient was irradiated", service("PRBC", "Anaemia after total body irradiation"), [infused()], NOT_MET),
        ("the day before the infusion", red_cells("2026-09-30"), [infused("2026-10-01")], ABSENT),
        ("the infusion's day", red_cells("2026-10-01"), [infused("2026-10-01")], NOT_MET),
        ("three months on", red_cells("2027-01-01"), [infused("2026-10-01")], NOT_MET),
        ("a day later", red_cells("2027-01-02"), [infused("2026-10-01")], ABSENT),
        ("30 November, the end of February", red_cells("2026-02-28"), [infused("2025-11-30")], NOT_MET),
        ("30 November, the first of March", red_cells("2026-03-01"), [infused("2025-11-30")], ABSENT),
        ("only the month is known, and may be over", red_cells("2026-11-21"), [infused("2026-08")], UNKNOWN),
        ("only the month is known, irradiated", red_cells("2026-11-21", note="irradiated"), [infused("2026-08")], MET),
        ("undated infusion", red_cells(), [infused(None)], UNKNOWN),
        (
            "the last of two bags",
            red_cells("2027-01-02"),
            [infused("2026-10-01"), given(KRESLADI, "2026-10-02", id_="bag2")],
            NOT_MET,
        ),
        (
            "its last end",
            red_cells("2027-01-02"),
            [infused({"start": "2026-10-01T23:50:00Z", "end": "2026-10-02T00:10:00Z"})],
            NOT_MET,
        ),
        ("stopped is treated", red_cells(), [infused("2026-10-01", "stopped")], NOT_MET),
        ("under way is treated", red_cells(), [infused({"start": "2026-11-21T08:00:00Z"}, "in-progress")], NOT_MET),
        ("not done is not", red_cells(), [planned(), infused("2026-10-01", "not-done")], ABSENT),
        ("a procedure is", red_cells(), [procedure("Kresladi infusion via central line")], NOT_MET),
        ("what a procedure used", red_cells(), [procedure("Stem cell infusion", usedCode=[KRESLADI])], NOT_MET),
        ("a collection for it is not", red_cells(), [procedure("Apheresis for Kresladi manufacture")], ABSENT),
        (
            "conditioning before it may not be",
            red_cells(),
            [procedure("Conditioning before Kresladi infusion")],
            UNKNOWN,
        ),
        ("untreated", red_cells(), [planned()], ABSENT),
        ("another patient's infusion", red_cells(), [planned(), infused(subject={"reference": "Patient/p2"})], ABSENT),
        ("entered in error", red_cells(), [planned(), infused("2026-10-01", "entered-in-error")], ABSENT),
        ("platelets by medication", drug("Transfuse platelets"), [infused()], NOT_MET),
        ("albumin", service("Transfuse albumin"), [infused()], ABSENT),
        ("the back-up", service("Transfuse CD34+ back-up"), [infused()], ABSENT),
    ],
)
def test_irradiate(remark: str, draft: Resource, resources: list[Resource], expected: Answer | None) -> None:
    """From the infusion's day through the same day three months on."""
    assert answer("L.2.3.irradiate", draft, resources) is expected, remark


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("treated", service("Blood donation"), [infused()], NOT_MET),
        ("twenty years on", service("Organ donation evaluation"), [infused("2006-01-01")], NOT_MET),
        ("told does not allow it", service("Blood donation"), [infused(), answers(told_never_to_donate=True)], NOT_MET),
        ("autologous", service("Autologous blood donation"), [infused()], ABSENT),
        ("never", service("Counselling", "never donate blood"), [infused()], ABSENT),
        ("untreated", service("Blood donation"), [planned()], ABSENT),
        ("perhaps treated", service("Blood donation"), [infused("2026-10-01", "unknown")], UNKNOWN),
    ],
)
def test_donate_by_order(remark: str, draft: Resource, resources: list[Resource], expected: Answer | None) -> None:
    """A treated patient donates nothing, ever."""
    assert answer("L.2.3.donate", draft, resources) is expected, remark


@pytest.mark.parametrize(
    ("remark", "resources", "expected"),
    [
        ("told", [infused(), answers(told_never_to_donate=True)], MET),
        ("not told", [infused(), answers(told_never_to_donate=False)], NOT_MET),
        ("nothing on record", [infused()], UNKNOWN),
        ("flagged", [infused(), flag("Must never donate blood, organs, tissues or cells")], MET),
        ("flagged as no donor", [infused(), flag("Not eligible as donor")], MET),
        ("flagged as a donation", [infused(), flag("Donation: deferred")], MET),
        ("no longer flagged", [infused(), flag("Never donate", "inactive")], UNKNOWN),
        ("the flag has ended", [infused(), flag("Never donate", period={"end": "2026-11-20"})], UNKNOWN),
        ("flagged for something else", [infused(), flag("Latex allergy")], UNKNOWN),
        ("a registered organ donor", [infused(), flag("Registered organ donor")], UNKNOWN),
        (
            "answered no, though flagged",
            [infused(), answers(told_never_to_donate=False), flag("Never donate")],
            NOT_MET,
        ),
        ("another patient's flag", [infused(), flag("Never donate", subject={"reference": "Patient/p2"})], UNKNOWN),
        ("untreated", [], ABSENT),
        ("ordered, not given", [planned()], ABSENT),
    ],
)
def test_donate_at_opening(remark: str, resources: list[Resource], expected: Answer | None) -> None:
    """Told never to donate, by checklist or flag."""
    found = opened(resources).get("L.2.3.donate")
    assert (found.finding.answer if found else None) is expected, remark


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "expected"),
    [
        ("wash", kresladi(None, text="Wash before infusion"), [], NOT_MET),
        ("by a service", service("Irradiate Kresladi bag"), [], NOT_MET),
        ("do not", kresladi(None, text="Do not wash, filter or irradiate"), [], ABSENT),
        ("after the infusion too", service("Sample Kresladi bag"), [infused()], NOT_MET),
        ("an in-line filter", kresladi(None, text="in-line filter"), [], ABSENT),
    ],
)
def test_product(remark: str, draft: Resource, resources: list[Resource], expected: Answer | None) -> None:
    """Kresladi is left as it comes."""
    assert answer("L.2.2.product", draft, resources) is expected, remark
