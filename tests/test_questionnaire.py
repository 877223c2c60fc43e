"""What is published: valid FHIR, the contract's linkIds, and a route that anybody may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from flask.testing import FlaskClient

from cds_service.chart import answers
from cds_service.policy.kresladi import policy
from cds_service.published.library import published
from cds_service.published.questionnaire import form_of
from tests.charts import Resource
from tests.ehr import ORIGIN, anonymous

ID = "kresladi-prior-authorization"
ADDRESS = f"/fhir/Questionnaire/{ID}"
FILES = sorted(file.name for file in files("cds_service.published").iterdir() if file.name.endswith(".json"))


ITEM_TYPES = (
    *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url"),
    *("choice", "open-choice", "attachment", "reference", "quantity"),
)
"""R4's code system `item-type`; the models do not check it."""


def read(name: str) -> Resource:
    found: Resource = json.loads((files("cds_service.published") / name).read_text())
    return found


def items_of(node: Resource) -> Iterator[Resource]:
    """All items, at any depth."""
    for item in node.get("item", []):
        yield item
        yield from items_of(item)


# --- every file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_what_is_published_is_valid_and_has_a_lasting_name(name: str) -> None:
    """Valid R4, and a canonical address with a version that does not change with where the service runs."""
    resource = read(name)
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert name == f"{resource['id']}.json"
    assert resource["url"] == f"https://kresladi-cds.example/{resource['resourceType']}/{resource['id']}"
    assert resource["version"]
    assert resource["status"] == "active"


@pytest.mark.parametrize("name", FILES)
def test_items_hang_together(name: str) -> None:
    """Each linkId once; conditions name a question that stands before."""
    seen: list[str] = []
    for item in items_of(read(name)):
        assert item["linkId"] not in seen
        assert {each["question"] for each in item.get("enableWhen", [])} <= set(seen)
        assert item["type"] in ITEM_TYPES
        seen.append(item["linkId"])


# --- the prior-authorization questionnaire ---------------------------------------------------------------------------

TYPES = [
    (answers.SIBLING_DONOR, "boolean", "a yes or no on a matched sibling donor"),
    (answers.STABLE, "boolean", "the first statement of the attestation"),
    (answers.ELIGIBLE, "boolean", "the second statement of the attestation"),
    (answers.FAMILY_HISTORY, "boolean", "a yes or no on relatives"),
    (answers.FLOW_DATE, "date", "the day of the specimen"),
    *((link, "decimal", f"{marker} in percent") for marker, link in answers.PERCENT_OF_NEUTROPHILS.items()),
    *((link, "reference", f"who: {link}") for link in answers.NAMED_SPECIALISTS),
]


@pytest.mark.parametrize(("link_id", "kind", "remark"), TYPES, ids=[row[-1] for row in TYPES])
def test_each_question_that_is_read_is_asked(link_id: str, kind: str, remark: str) -> None:
    """Every linkId that the service reads is there, with the type of answer that it reads."""
    [question] = [each for each in form_of(ID).questions() if each.link_id == link_id]
    assert question.type == kind


def test_nothing_is_asked_that_nobody_reads() -> None:
    """The form asks what the policy can use, and no more."""
    assert {question.link_id for question in form_of(ID).questions()} == {row[0] for row in TYPES}


def test_percentages_have_their_unit_and_their_bounds() -> None:
    """A percentage of cells lies between 0 and 100."""
    measured = [question for question in form_of(ID).questions() if question.type == "decimal"]
    assert {(each.unit, each.minimum, each.maximum) for each in measured} == {("%", 0, 100)}


def test_each_question_names_a_clause_of_the_policy() -> None:
    """So that only what is open is asked."""
    for question in form_of(ID).questions():
        assert question.clauses
        assert set(question.clauses) <= set(policy.clauses)


def test_what_a_person_states_is_never_filled_in_from_the_chart() -> None:
    """Only measured results and their day are proposed: an attestation that fills itself in attests nothing."""
    initial = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"
    filled = {
        item["linkId"]: item["type"]
        for item in items_of(read(f"{ID}.json"))
        if any(each["url"] == initial for each in item.get("extension", []))
    }
    assert set(filled.values()) == {"decimal", "date"}


def test_the_attestation_says_who_may_make_it_before_it_asks() -> None:
    """The words stand above both statements."""
    [group] = [item for item in form_of(ID).items if item.link_id == "attestation"]
    assert group.items[0].type == "display"
    assert "transplant specialist" in group.items[0].text


# --- the route -------------------------------------------------------------------------------------------------------


@pytest.fixture(name="client")
def a_client(tmp_path: Path) -> FlaskClient:
    return anonymous(tmp_path, cors_origins=(ORIGIN,))


def test_it_is_served_as_fhir(client: FlaskClient) -> None:
    """As FHIR, byte for byte as the file has it, with an ETag."""
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    assert answer.data == (files("cds_service.published") / f"{ID}.json").read_bytes()
    found = published("Questionnaire", ID)
    assert found is not None
    assert answer.headers["ETag"] == f'W/"{found.digest}"'


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    """A client that shows the ETag gets 304 and no body."""
    answer = client.get(ADDRESS, headers={"If-None-Match": client.get(ADDRESS).headers["ETag"]})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("path", [f"{ADDRESS}x", f"/fhir/ValueSet/{ID}", "/fhir/Questionnaire/..", "/fhir/Patient/p1"])
def test_anything_else_is_not_there(client: FlaskClient, path: str) -> None:
    """404 with an OperationOutcome that holds nothing of the address."""
    answer = client.get(path)
    body: Any = answer.get_json()
    assert (answer.status_code, body["resourceType"]) == (404, "OperationOutcome")
    assert "p1" not in answer.text


def test_other_apps_may_read_it(client: FlaskClient) -> None:
    """CORS as elsewhere: the configured origins."""
    answer = client.get(ADDRESS, headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in client.get(ADDRESS, headers={"Origin": "https://else.example"}).headers
