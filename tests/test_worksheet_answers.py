"""Typed answers: what is taken, what is refused and in which words, and the QuestionnaireResponse made of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from cds_service.wording import worksheet as say
from cds_service.worksheet.answers import checked, response
from cds_service.worksheet.form import questionnaire
from cds_service.worksheet.opened import Session
from tests.charts import Resource, complete, criteria, determination, request, without

CD18, CD11A, DAY = "cd18-percent-of-neutrophils", "cd11a-percent-of-neutrophils", "flow-cytometry-date"
STABLE, ELIGIBLE = "attest-clinically-stable", "attest-eligible-for-conditioning-and-hsct"
DONOR, SPECIALIST = "sibling-donor-available", "transplant-specialist"
DATED = {DAY: "2026-03-04"}
SESSION = Session("https://ehr.example/fhir", "p1", "PractitionerRole/bmt", encounter="visit")
SIGNED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BOUNDS = say.between(Decimal(0), Decimal(100), "%")

TAKEN = [
    ({DONOR: "false"}, {DONOR: False}, "no donor"),
    ({DONOR: "true"}, {DONOR: True}, "a donor"),
    ({CD18: "1.2"} | DATED, {CD18: Decimal("1.2"), DAY: date(2026, 3, 4)}, "a decimal point"),
    ({CD18: "1,2"} | DATED, {CD18: Decimal("1.2"), DAY: date(2026, 3, 4)}, "a decimal comma"),
    ({CD18: " 0 "} | DATED, {CD18: Decimal(0), DAY: date(2026, 3, 4)}, "none at all, with blanks around"),
    ({CD18: "100"} | DATED, {CD18: Decimal(100), DAY: date(2026, 3, 4)}, "all of them"),
    ({CD18: "1.20"} | DATED, {CD18: Decimal("1.20"), DAY: date(2026, 3, 4)}, "the last zero is kept"),
    (
        {CD18: "2", CD11A: "1"} | DATED,
        {CD18: Decimal(2), CD11A: Decimal(1), DAY: date(2026, 3, 4)},
        "CD18 of exactly 2 %: CD11 applies",
    ),
    (
        {CD18: "1.99", CD11A: "1"} | DATED,
        {CD18: Decimal("1.99"), DAY: date(2026, 3, 4)},
        "CD18 below 2 %: CD11 does not apply and is not recorded",
    ),
    ({DONOR: "false"} | DATED, {DONOR: False}, "a day without a value is of no result"),
    ({STABLE: "true", ELIGIBLE: "false"}, {STABLE: True, ELIGIBLE: False}, "both statements, one of them a no"),
    ({DONOR: "false", ELIGIBLE: "true"}, {DONOR: False}, "eligible alone: it applies only with the first statement"),
    ({SPECIALIST: "PractitionerRole/bmt"}, {SPECIALIST: "PractitionerRole/bmt"}, "a clinician's role"),
    ({SPECIALIST: "Practitioner/bmt"}, {SPECIALIST: "Practitioner/bmt"}, "a clinician"),
    ({DONOR: "false", "another": "x"}, {DONOR: False}, "what the form does not ask is not recorded"),
    ({CD18: "1", DAY: "2026-11-22"}, {CD18: Decimal(1), DAY: date(2026, 11, 22)}, "tomorrow, where the clinician is"),
]


@pytest.mark.parametrize(("typed", "values", "remark"), TAKEN, ids=[row[-1] for row in TAKEN])
def test_what_is_taken(typed: dict[str, str], values: dict[str, Any], remark: str) -> None:
    """Answers that will do, as values."""
    found = checked(questionnaire(), typed, SIGNED)
    assert dict(found.values) == values
    assert not found.problems


REFUSED = [
    ({}, {"form": say.NOTHING_ANSWERED}, "nothing at all"),
    ({DONOR: "  "}, {"form": say.NOTHING_ANSWERED}, "blanks"),
    ({CD18: "1.2"}, {DAY: say.REQUIRED}, "a value without its day"),
    ({STABLE: "true"}, {ELIGIBLE: say.REQUIRED}, "one statement of two"),
    ({CD18: "100.1"} | DATED, {CD18: BOUNDS}, "more than all"),
    ({CD18: "-1"} | DATED, {CD18: say.PLAIN_NUMBER}, "below nothing"),
    ({CD18: "<2"} | DATED, {CD18: say.PLAIN_NUMBER}, "less than: the report says it better"),
    ({CD18: "1.2 %"} | DATED, {CD18: say.PLAIN_NUMBER}, "the unit typed along"),
    ({CD18: "1e1"} | DATED, {CD18: say.PLAIN_NUMBER}, "an exponent"),
    ({CD18: "NaN"} | DATED, {CD18: say.PLAIN_NUMBER}, "not a number"),
    ({CD18: "١"} | DATED, {CD18: say.PLAIN_NUMBER}, "digits of another script"),
    ({CD18: "1", DAY: "2026-11-23"}, {DAY: say.IN_THE_FUTURE}, "a day to come"),
    ({CD18: "1", DAY: "2026-02-30"}, {DAY: say.A_DAY}, "no day of the calendar"),
    ({CD18: "1.2345"} | DATED, {CD18: say.too_fine(3)}, "more digits than the Questionnaire allows"),
    ({CD18: "1", DAY: "0026-11-20"}, {DAY: say.A_DAY}, "a year of two digits"),
    ({CD18: "1", DAY: "1899-12-31"}, {DAY: say.A_DAY}, "a year before anybody's who lives"),
    ({CD18: "1", DAY: "2026-W47-5"}, {DAY: say.A_DAY}, "a day by its week"),
    ({CD18: "1", DAY: "March"}, {DAY: say.A_DAY}, "no day at all"),
    ({DONOR: "perhaps"}, {DONOR: say.YES_OR_NO}, "neither yes nor no"),
    ({SPECIALIST: "Patient/p1"}, {SPECIALIST: say.A_CLINICIAN}, "the patient as a clinician"),
    ({SPECIALIST: "Dr Lind"}, {SPECIALIST: say.A_CLINICIAN}, "a name that leads nowhere"),
    ({SPECIALIST: "Practitioner/.."}, {SPECIALIST: say.A_CLINICIAN}, "dots for an id"),
    ({SPECIALIST: "https://else.example/Practitioner/x"}, {SPECIALIST: say.A_CLINICIAN}, "somebody elsewhere"),
    ({CD18: "x", DONOR: "x"} | DATED, {CD18: say.PLAIN_NUMBER, DONOR: say.YES_OR_NO}, "two problems at once"),
]


@pytest.mark.parametrize(("typed", "problems", "remark"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_what_is_refused(typed: dict[str, str], problems: dict[str, str], remark: str) -> None:
    """Answers that will not do, and what is said to them."""
    assert dict(checked(questionnaire(), typed, SIGNED).problems) == problems


def recorded(typed: dict[str, str]) -> Resource:
    """The QuestionnaireResponse of typed answers, as the EHR gets it."""
    shape = response(questionnaire(), checked(questionnaire(), typed, SIGNED).values, SESSION, SIGNED)
    found: Resource = json.loads(json.dumps(shape, default=float))
    return found


def test_the_response_names_who_when_and_what_for() -> None:
    """Completed, about the patient, by the clinician who is signed in, now."""
    made = recorded({DONOR: "false"})
    assert {name: value for name, value in made.items() if name != "item"} == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://kresladi-cds.example/Questionnaire/kresladi-prior-authorization|1.0.0",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/visit"},
        "authored": "2026-11-21T09:30:00+00:00",
        "author": {"reference": "PractitionerRole/bmt"},
    }


def test_it_holds_the_answered_questions_in_their_groups() -> None:
    """As the Questionnaire has them; what was left open is not there."""
    [group] = recorded({DONOR: "false"})["item"]
    assert group["linkId"] == "sibling-donor"
    assert [(each["linkId"], each["answer"]) for each in group["item"]] == [(DONOR, [{"valueBoolean": False}])]


EVERYTHING = {
    CD18: "3",
    CD11A: "1.50",
    DAY: "2026-03-04",
    SPECIALIST: "PractitionerRole/bmt",
    "family-history-of-lad-i": "true",
    DONOR: "false",
    STABLE: "true",
    ELIGIBLE: "true",
}


def test_it_is_valid_fhir() -> None:
    """With an answer of every kind."""
    QuestionnaireResponse.model_validate(recorded(EVERYTHING))


def test_the_service_reads_what_the_worksheet_writes() -> None:
    """Both criteria that were open are met by the saved answers."""
    typed = {DONOR: "false", STABLE: "true", ELIGIBLE: "true"}
    chart = without(complete(), "qr")
    before = criteria(determination(request(chart)))
    after = criteria(determination(request([*chart, recorded(typed) | {"id": "saved"}])))
    assert [before[clause]["status"] for clause in ("I.A.4", "I.A.5")] == ["unknown", "unknown"]
    assert [after[clause]["status"] for clause in ("I.A.4", "I.A.5")] == ["met", "met"]


def test_values_typed_into_the_worksheet_are_read_with_their_day() -> None:
    """CD18 of 1.2 % confirms the diagnosis, as entered by the author."""
    chart = [*without(complete(), "cd18"), recorded({CD18: "1.2"} | DATED) | {"id": "saved"}]
    cd18 = criteria(determination(request(chart)))["I.A.1.a"]
    assert cd18["status"] == "met"
    assert "as entered by" in cd18["evidence"][0]["says"]
