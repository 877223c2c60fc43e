"""Charts made to mislead, found by a second reader: each row once gave a wrong answer, or easily might."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cds_service.logic import Answer
from cds_service.timing import When
from cds_service.wording import shown
from tests.charts import (
    ATTESTED,
    HGNC,
    ICD,
    LOINC,
    Resource,
    asked,
    causes,
    complete,
    concept,
    condition,
    determination,
    dose,
    flow,
    infection,
    observation,
    order,
    patient,
    quantity,
    request,
    response,
    role,
    topics,
    variant,
    without,
)
from tests.test_traps import donor

MET, NOT_MET, OPEN = "met", "not-met", "unknown"
LATER, FUTURE = "2026-05-06", "2030-01-01"
DX, GENE, HISTORY, INFECTION, DONOR = "I.A.1.diagnosis", "I.A.1.b.ii", "I.A.1.b.iii", "I.A.3.b", "I.A.4"


def said(name: str, when: str = LATER) -> Resource:
    return observation("said", concept(name), effectiveDateTime=when)


def doubted(*statuses: tuple[str, str], text: str | None = None) -> Resource:
    """A late cord separation whose verification status is written in another way."""
    return condition("c", concept(None, (ICD, "P96.82")), None, verificationStatus=concept(text, *statuses))


def significance(text: str) -> Resource:
    """A variant coded as pathogenic, in words that say otherwise."""
    found = variant(None)
    value = concept(text, (LOINC, "LA6668-3"))
    stated = {"code": concept(None, (LOINC, "53037-8")), "valueCodeableConcept": value}
    gene = {"code": concept(None, (LOINC, "48018-6")), "valueCodeableConcept": concept(None, (HGNC, "HGNC:6155"))}
    return found | {"component": [gene, stated]}


CHARTS: list[tuple[str, str, list[Resource], str]] = [
    ("a matched sister, a brother too young", DONOR, [*donor("NSIS"), said("Brother too young to donate")], NOT_MET),
    ("a matched sister, the matched brother too young", DONOR,
     [*donor("NSIS"), said("Matched brother too young to donate")], NOT_MET),
    ("a matched sister, who is too young", DONOR, [*donor("NSIS"), said("Sister too young to donate")], MET),
    ("a matched sibling, a brother too young", DONOR, [*donor("NSIB"), said("Brother too young to donate")], OPEN),
    ("none found, the search goes on", DONOR, [said("No sibling donor identified (search ongoing)")], OPEN),
    ("none found, typing outstanding", DONOR, [said("No sibling donor identified. Typing outstanding")], OPEN),
    ("none, dated in the future", DONOR, [*donor("NSIS"), said("No matched sibling donor", FUTURE)], NOT_MET),
    ("answered in the future", DONOR,
     [response({"sibling-donor-available": False}, authored="2030-01-01T00:00:00Z")], OPEN),
    ("an encounter to screen for it", DX, [condition("d", concept("Encounter for LAD-I screening"))], OPEN),
    ("its code in the words of another disease", DX,
     [condition("d", concept("Chronic granulomatous disease", (ICD, "D71.1")))], OPEN),
    ("coded pathogenic, worded not pathogenic", GENE, [flow(value=5), significance("Not pathogenic")], OPEN),
    ("a variant dated in the future", GENE, [flow(value=5), variant(effectiveDateTime=FUTURE)], OPEN),
    ("a cord at 21 days", HISTORY, [condition("c", concept("Umbilical cord separated at 3 weeks"))], MET),
    ("a cord at about 3 weeks", HISTORY, [condition("c", concept("Umbilical cord separated at about 3 weeks"))], OPEN),
    ("a cord at about 4 weeks", HISTORY, [condition("c", concept("Umbilical cord separated at about 4 weeks"))], MET),
    ("refuted in words", HISTORY, [doubted(text="Refuted")], OPEN),
    ("refuted in the second coding", HISTORY, [doubted(("local", "x"), ("ver", "refuted"))], OPEN),
    ("of a status that nobody knows", HISTORY, [doubted(("local", "x"))], OPEN),
    ("confirmed in words", HISTORY, [doubted(text="Confirmed")], MET),
    ("prophylaxis against it", INFECTION,
     [condition("i", concept("Prophylaxis against aspergillosis", (ICD, "B44.9")))], OPEN),
    ("a germ without illness", INFECTION,
     [condition("i", concept("Colonization with Aspergillus", (ICD, "B44.9")))], OPEN),
    ("the infection itself", INFECTION, [condition("i", concept("Aspergillosis", (ICD, "B44.9")))], MET),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "clause", "chart", "status"), CHARTS, ids=[row[0] for row in CHARTS])
def test_what_a_misleading_chart_says(remark: str, clause: str, chart: list[Resource], status: str) -> None:
    """A statement counts for what it says, of whom and when, and for no more."""
    assert asked(clause, [patient(), *chart])["status"] == status


CONTRADICTORY: list[tuple[str, str, str]] = [
    ("a sibling donor", "sibling-donor-available", DONOR),
    ("a family history", "family-history-of-lad-i", "I.A.3.a"),
    ("stability", "attest-clinically-stable", "I.A.5"),
]


@pytest.mark.parametrize(("remark", "link", "clause"), CONTRADICTORY, ids=[row[0] for row in CONTRADICTORY])
def test_answers_that_contradict_each_other_are_a_conflict(remark: str, link: str, clause: str) -> None:
    """Two answers of one moment, yes and no: unknown, and the cause says so."""
    both = [response(ATTESTED | {link: True}), response(ATTESTED | {link: False}, "second")]
    found = asked(clause, [patient(), role("bmt", "Bone marrow transplant"), *both])
    assert found["status"] == OPEN
    assert "conflict" in causes(found)


WORDS: list[tuple[str, str, str]] = [
    ("a dose", "Give 3.1 x 10^6 CD34+ cells/kg", MET),
    ("a dose refused", "not 3.1 x 10^6 CD34+ cells/kg", OPEN),
    ("a dose of somebody else", "dose was 3.1 x 10^6 CD34+ cells/kg in sibling", OPEN),
    ("an estimate", "approx 3.0 x 10^6 CD34+ cells/kg", OPEN),
    ("a lower limit, denied twice", "do not give less than 2.8 x 10^6 cells/kg", OPEN),
    ("a lower limit to avoid", "avoid doses less than 2.8 x 10^6 cells/kg", OPEN),
    ("never under", "never give under 2.8 x 10^6 cells/kg", OPEN),
    ("no fewer than", "give no fewer than 2.8 x 10^6 CD34+ cells/kg", MET),
    ("less than", "less than 2.8 x 10^6 cells/kg", NOT_MET),
    ("not reached", "3.1 x 10^6 CD34+ cells/kg not reached", OPEN),
    ("in the past", "3.1 x 10^6 CD34+ cells/kg was infused in 2025", OPEN),
    ("kept back", "hold 3.1 x 10^6 CD34+ cells/kg in reserve", OPEN),
    ("to be confirmed", "dose to be confirmed, 3.1 x 10^6 CD34+ cells/kg", OPEN),
    ("expected", "3.1 x 10^6 cells/kg expected", OPEN),
    ("another thing not to do", "3.1 x 10^6 CD34+ cells/kg once, do not irradiate", MET),
]


@pytest.mark.parametrize(("remark", "text", "status"), WORDS, ids=[row[0] for row in WORDS])
def test_a_dose_in_words(remark: str, text: str, status: str) -> None:
    """A dose in words counts only where they plainly order it."""
    found = asked("I.A.6", complete(), orders=[order(dosageInstruction=[{"text": text}])])
    assert found["status"] == status


@pytest.mark.parametrize(("most", "status"), [(2, OPEN), (3.1, MET)], ids=["below the dose", "the dose"])
def test_a_dose_above_its_own_limit_is_unknown(most: float, status: str) -> None:
    """An order of 3.1 that lets no more than 2.0 be given contradicts itself."""
    limited = dose(3.1, maxDosePerLifetime=quantity(most, "10*6/kg"))
    assert asked("I.A.6", complete(), orders=[order(dosageInstruction=[limited])])["status"] == status


SUBJECTS: list[tuple[str, Any, list[str]]] = [
    ("another patient in text", "Patient/other", ["wrong-patient"]),
    ("another patient's id in text", "other", ["wrong-patient"]),
    ("a name in text", "Jane Doe", ["wrong-patient"]),
    ("another patient in a list", [{"reference": "Patient/other"}], ["wrong-patient"]),
    ("the patient in text", "Patient/p1", ["criteria-met"]),
    ("the patient's id in text", "p1", ["criteria-met"]),
    ("nobody", None, ["criteria-met"]),
]


@pytest.mark.parametrize(("remark", "whom", "cards"), SUBJECTS, ids=[row[0] for row in SUBJECTS])
def test_whom_an_order_names(remark: str, whom: Any, cards: list[str]) -> None:
    """An order that names another patient, however it is written, is not evaluated."""
    assert topics(request(orders=[order(subject=whom)])) == cards


@pytest.mark.parametrize("broken", [{"id": "draft_1"}, {"intent": 5}], ids=["an id", "an intent"])
def test_a_broken_order_is_still_the_patients(broken: dict[str, Any]) -> None:
    """What FHIR does not allow in an order never makes it another patient's."""
    assert determination(request(orders=[order(**broken)]))["section"] == "I.A"


NO_OTHER_DISEASE = ["D72.829", "D72.89", "D72.9", "L97.909", "L98.499", "K06.1", "K60.3"]


@pytest.mark.parametrize("code", NO_OTHER_DISEASE)
def test_a_finding_of_lad_is_no_other_disease(code: str) -> None:
    """Raised white cells, ulcers that do not heal, sore gums and fistulae are what LAD-I shows itself by."""
    chart = [*without(complete(), "dx"), infection()]
    found = determination(request(chart, [order(reasonCode=[concept(None, (ICD, code))])]))
    assert found["section"] == "I.A"


def test_the_ends_of_the_calendar_are_compared() -> None:
    """A moment of the year 1 or 9999 in another zone has no instant there, and fails nothing."""
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    first, last = When.at(datetime(1, 1, 1, 1, tzinfo=east)), When.at(datetime(9999, 12, 31, 23, tzinfo=west))
    now = When.at(datetime(2026, 11, 21, tzinfo=UTC))
    assert first.before(now) is Answer.MET
    assert now.before(last) is Answer.MET
    assert last.within_days_after(now, 7) is Answer.NOT_MET


def test_a_dose_is_said_in_the_words_of_the_clinic() -> None:
    """The UCUM code for millions per kg is for machines."""
    assert shown.dose("3.1 10*6/kg") == "Ordered: 3.1 × 10⁶ CD34+ cells per kg"
    assert shown.dose("28 10*6") == "Ordered: 28 10*6"
