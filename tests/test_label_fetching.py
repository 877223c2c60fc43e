"""Fetching for the label: only after a trigger, only what its clauses can use, and nothing that was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_service.chart.queries import BEDSIDE, OPENING, QUERIES, templates
from cds_service.evaluation_label import LabelEvaluator
from cds_service.hooks.request import HookCall
from cds_service.logic import Answer, Cause
from tests.bedside import answers, asked, call, criteria, drug, given, infused, kresladi, opened, planned, service
from tests.charts import KRESLADI, SETTINGS, TERMINOLOGY, TODAY, Resource
from tests.fhir_server import TOKEN, FhirServer, serving, status

PARTS = {query.template.replace("{{context.patientId}}", "p1") for query in BEDSIDE}
OPENED = {query.template.replace("{{context.patientId}}", "p1") for query in OPENING}
EVALUATOR = LabelEvaluator(replace(SETTINGS, fetch_deadline=10), TERMINOLOGY, lambda: TODAY)


def calling(server: FhirServer, draft: Resource, resources: list[Resource] | None = None, **more: Any) -> HookCall:
    """A call with a token; what is not in `resources` is left out of the prefetch."""
    sent = (
        call([draft], resources or [], **more)
        if resources is not None
        else HookCall("p1", call([draft], []).draft_orders)
    )
    return replace(sent, fhir_server=server.base, access_token=TOKEN, readable_servers=frozenset({server.base}))


def test_no_trigger_fetches_nothing() -> None:
    """Most drafts of a hospital are for something else."""
    with serving([infused()]) as server:
        found = EVALUATOR.evaluate(calling(server, service("CBC")), view=False)
    assert (found.evaluations, found.fetched, server.whats) == ((), (), [])


def test_a_trigger_fetches_what_the_label_can_use() -> None:
    """Once each, and no coverage, diagnosis or clinician."""
    with serving([infused()]) as server:
        found = EVALUATOR.evaluate(calling(server, service("PRBC")), view=False)
    assert sorted(server.whats) == sorted(PARTS)
    assert criteria(found.evaluations[0])["L.2.3.irradiate"].finding.answer is Answer.NOT_MET


def test_opening_a_chart_fetches_less() -> None:
    """Whether the patient was treated, and what was said then."""
    with serving([infused(), answers(told_never_to_donate=True)]) as server:
        found = EVALUATOR.evaluate(calling(server, service("CBC")), view=True)
    assert sorted(server.whats) == sorted(OPENED)
    assert criteria(found.evaluations[0])["L.2.3.donate"].finding.answer is Answer.MET


def test_what_was_sent_is_not_asked_for() -> None:
    """A key that was left out is read; the others are not."""
    with serving([planned(), answers(product_received_and_stored=True)]) as server:
        sent = calling(server, drug("Busulfex"), [planned()], leave_out=["questionnaireResponses"])
        found = EVALUATOR.evaluate(sent, view=False)
    assert server.whats == ["QuestionnaireResponse?patient=p1"]
    assert criteria(found.evaluations[0])["L.2.2.conditioning.product"].finding.answer is Answer.MET


def test_fetched_or_sent_is_the_same() -> None:
    """The answer does not tell the difference."""
    resources = [planned(), answers(central_venous_access=True, conditioning_completed="2026-11-20T10:00:00Z")]
    with serving(resources) as server:
        found = EVALUATOR.evaluate(calling(server, kresladi()), view=False)
    fetched = {key: each.finding for key, each in criteria(found.evaluations[0]).items()}
    assert fetched == {key: each.finding for key, each in asked(kresladi(), resources).items()}


def test_a_part_that_fails_is_said() -> None:
    """Deliveries that could not be read leave it open whether the product is on its way."""
    with serving([planned()]) as server:
        server.when("SupplyDelivery", status(500))
        found = EVALUATOR.evaluate(calling(server, drug("Busulfex")), view=False)
    gaps = criteria(found.evaluations[0])["L.2.2.conditioning.product"].finding.gaps
    assert Cause.UNAVAILABLE in {gap.cause for gap in gaps}


def test_the_medication_of_an_administration_is_read() -> None:
    """What was given may stand in a Medication of its own."""
    medication = {"resourceType": "Medication", "id": "bag", "code": KRESLADI}
    by_reference = given("", "2026-11-01T09:00:00Z", medicationReference={"reference": "Medication/bag"})
    del by_reference["medicationCodeableConcept"]
    with serving([by_reference, medication]) as server:
        found = EVALUATOR.evaluate(calling(server, service("PRBC")), view=False)
    assert "Medication/bag" in server.whats
    assert criteria(found.evaluations[0])["L.2.3.irradiate"].finding.answer is Answer.NOT_MET


def test_the_medication_of_a_draft_is_read() -> None:
    """A draft that names its drug by a reference alone needs it to tell what it is for."""
    draft = drug("", medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    with serving([{"resourceType": "Medication", "id": "m", "code": {"text": "Treosulfan"}}, planned()]) as server:
        found = EVALUATOR.evaluate(calling(server, draft), view=False)
    assert "Medication/m" in server.whats
    assert "L.2.2.conditioning" in criteria(found.evaluations[0])


def test_prefetch_is_each_services_own() -> None:
    """The coverage services ask for no more than before, the label's for nothing of the plan's."""
    new = {"carePlans", "supplyDeliveries", "devices", "flags"}
    assert not new & templates("full", QUERIES).keys()
    assert templates("full", BEDSIDE).keys() >= new - {"flags"}
    assert templates("light", BEDSIDE) == templates("light", OPENING) == {"patient": "Patient/{{context.patientId}}"}
    assert not {"coverage", "conditions", "documents", "encounters"} & templates("full", BEDSIDE).keys()


@pytest.mark.parametrize("key", ["medicationAdministrations", "procedures"])
def test_opening_without_a_part_says_nothing_unless_treated(key: str) -> None:
    """A chart that names Kresladi nowhere is not in sight, however little of it could be read."""
    assert opened([], leave_out=[key]) == {}
