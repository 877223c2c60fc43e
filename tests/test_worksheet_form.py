"""Which questions the worksheet asks: those of the clauses that are open, and what hangs together with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_service.hooks.request import hook_call
from cds_service.policy.model import Determination
from cds_service.worksheet.form import asked_of, questionnaire
from cds_service.worksheet.view import sheet
from tests.charts import (
    ATTESTED,
    NO_DONOR,
    OFFER,
    Resource,
    care_team,
    complete,
    flow,
    infection,
    lad,
    observation,
    order,
    patient,
    request,
    response,
    role,
    variant,
    without,
)
from tests.charts import concept as coded

FLOW = [f"cd{marker}-percent-of-neutrophils" for marker in ("18", "11a", "11b")] + ["flow-cytometry-date"]
ATTEST = list(ATTESTED)
DONOR = list(NO_DONOR)
FAMILY = ["family-history-of-lad-i"]
CORD = coded("Delayed separation of umbilical cord", ("http://snomed.info/sct", "95482000"))


def determination(resources: list[Resource], **more: Any) -> Determination:
    """What the service determines of a chart."""
    body = json.dumps(request(resources, **more)).encode()
    [evaluation] = OFFER.evaluate(hook_call(body, "order-sign")).evaluations
    assert evaluation.determination is not None
    return evaluation.determination


def asked(resources: list[Resource], **more: Any) -> list[str]:
    """The linkIds of the questions that are asked about a chart."""
    groups = asked_of(determination(resources, **more), questionnaire())
    return [question.link_id for group in groups for question in group.questions()]


ROWS = [
    (complete(), [], "all documented: nothing is asked"),
    (without(complete(), "qr"), DONOR + ATTEST, "no answers on record"),
    ([*without(complete(), "qr"), response(NO_DONOR)], ATTEST, "the donor is answered, the attestation is not"),
    ([*without(complete(), "qr"), response(ATTESTED)], DONOR, "attested, and no word on a donor"),
    (
        [*without(complete(), "qr"), response(NO_DONOR | {"attest-clinically-stable": True})],
        ATTEST,
        "one statement is there: both are asked, for they hang together",
    ),
    (without(complete(), "cd18"), FLOW, "no flow cytometry: all of it is asked, CD11 in case CD18 turns out high"),
    (
        [*without(complete(), "cd18"), flow("CD18", 3)],
        FLOW + FAMILY,
        "CD18 is 3 %: CD11 is open, and family history would help the pathway",
    ),
    (
        without(complete(), "infection"),
        FAMILY,
        "no infection on record: family history is the one that can be answered",
    ),
    (without(complete(), "dx"), [], "only the diagnosis is open: that is no question of the form"),
    (
        [*without(complete(), "team", "heme", "infection"), infection()],
        ["consulted-specialist"],
        "the second specialist is open, the transplant specialist is not",
    ),
    (
        [*without(complete(), "qr"), response(NO_DONOR | ATTESTED | {"attest-clinically-stable": False})],
        ATTEST,
        "attested as not stable: a newer attestation may put it right",
    ),
    (
        [*without(complete(), "qr"), response({"sibling-donor-available": True} | ATTESTED)],
        DONOR,
        "a donor is on record as available: a newer answer may put it right",
    ),
    (
        [patient(), lad(verification="refuted"), role("bmt", "Pediatric bone marrow transplant")],
        ["consulted-specialist", *FAMILY, *DONOR, *ATTEST],
        "the diagnosis is refuted: flow cytometry would change nothing, the rest is asked",
    ),
]


@pytest.mark.parametrize(("resources", "expected", "remark"), ROWS, ids=[row[-1] for row in ROWS])
def test_only_what_is_open_is_asked(resources: list[Resource], expected: list[str], remark: str) -> None:
    """The questions, by chart."""
    assert asked(resources) == expected


def test_what_could_not_be_read_is_not_asked() -> None:
    """The answer may be in the part that did not come: the clinician is not made to type it a second time."""
    assert asked(without(complete(), "qr"), leave_out=("questionnaireResponses",)) == []


STOPPED = [
    (
        [
            *without(complete(), "qr"),
            {
                "resourceType": "MedicationAdministration",
                "id": "given",
                "status": "completed",
                "medicationCodeableConcept": {"text": "Kresladi"},
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2025-01-05",
            },
        ],
        {},
        "a dose was given: no answer changes that",
    ),
    (without(complete(), "qr", "dx"), {"orders": [order(reasonCode=[{"text": "Wiskott-Aldrich syndrome"}])]}, "I.B"),
]


@pytest.mark.parametrize(("resources", "more", "remark"), STOPPED, ids=[row[-1] for row in STOPPED])
def test_nothing_is_asked_where_no_answer_would_help(
    resources: list[Resource], more: dict[str, Any], remark: str
) -> None:
    """An earlier dose, or another indication: the worksheet shows it and asks nothing."""
    assert asked(resources, **more) == []


def test_an_open_criterion_shows_what_is_on_record_already() -> None:
    """The diagnosis is shown while the flow cytometry is open."""
    shown = sheet(determination(without(complete(), "cd18")), questionnaire())
    [lad1] = [each for each in shown.criteria if each.id == "I.A.1"]
    assert lad1.status == "unknown"
    assert [each.source for each in lad1.evidence] == ["Condition/dx"]


def test_what_was_closed_is_told() -> None:
    """Criteria that were open before, and are documented now."""
    shown = sheet(determination([*without(complete(), "qr"), response(NO_DONOR)]), questionnaire(), ("I.A.4", "I.A.5"))
    assert shown.closed == ("Sibling donor",)
    assert shown.open == ("I.A.5",)


def test_every_criterion_is_shown_once() -> None:
    """Asked about, open elsewhere, or documented."""
    shown = sheet(determination(without(complete(), "qr", "dx")), questionnaire())
    panels = [panel.criterion.id for panel in shown.panels]
    assert panels == ["I.A.4", "I.A.5"]
    assert [each.id for each in shown.elsewhere] == ["I.A.1"]
    assert sorted([*panels, "I.A.1", *(each.id for each in shown.documented)]) == sorted(
        each.id for each in shown.criteria
    )


def test_pathway_b_needs_no_answer_that_the_chart_has() -> None:
    """CD18 at 3 %, CD11a, the variant and the hallmark on record: nothing of it is asked."""
    chart = [
        *without(complete(), "cd18"),
        flow("CD18", 3),
        flow("CD11a", 1),
        variant(),
        observation("cord", CORD),
        care_team("PractitionerRole/heme"),
        role("bmt", "Pediatric bone marrow transplant"),
    ]
    assert set(FLOW) & set(asked(chart)) == set()


def test_a_group_is_shown_under_the_criterion_that_is_open() -> None:
    """Family history bears on I.A.1 too: with I.A.3 documented, it is asked for I.A.1, after the flow cytometry."""
    shown = sheet(determination([*without(complete(), "cd18"), flow("CD18", 3)]), questionnaire())
    assert [(panel.group.link_id, panel.criterion.id, panel.first) for panel in shown.panels] == [
        ("flow-cytometry", "I.A.1", True),
        ("family-history", "I.A.1", False),
    ]
    assert "I.A.3" in [each.id for each in shown.documented]
