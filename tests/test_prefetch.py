"""Prefetch: what is asked for, and the five things that a value can mean."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import READERS, offer_of
from cds_service.chart.queries import QUERIES, templates
from cds_service.config import Settings
from cds_service.errors import NothingToRead
from cds_service.fhir.bundle import Bundle
from cds_service.fhir.headers import is_taken_apart
from cds_service.hooks.discovery import About, discovery
from cds_service.hooks.request import HookCall, Read, hook_call
from tests.charts import (
    OFFER,
    Resource,
    asked,
    bundle,
    causes,
    complete,
    concept,
    condition,
    criteria,
    determination,
    flow,
    lad,
    order,
    patient,
    request,
    subject,
    topics,
    without,
)

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
WARNING = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "informational"}]}
NEXT = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
LEFT_OUT = object()


# --- what discovery asks for ---------------------------------------------------------------------------------------

TEMPLATE = re.compile(
    r"[A-Z][A-Za-z]+(?:/\{\{(?:context\.patientId|userPractitionerId|userPractitionerRoleId)\}\}"
    r"|\?(?:patient|practitioner)=\{\{(?:context\.patientId|userPractitionerId)\}\})"
)


@pytest.mark.parametrize("template", templates("full").values())
def test_templates_are_plain(template: str) -> None:
    """A read or a search by one root-level token: no code filter that could hide a stop, no chaining, no _include."""
    assert TEMPLATE.fullmatch(template)


def test_light_asks_for_two_keys() -> None:
    """The rest is read on demand."""
    assert templates("light") == {
        "patient": "Patient/{{context.patientId}}",
        "coverage": "Coverage?patient={{context.patientId}}",
    }


@pytest.mark.parametrize(("prefetch", "said"), [("full", "Full prefetch suffices"), ("light", "Send fhirServer")])
def test_discovery_says_what_to_send(prefetch: str, said: str) -> None:
    """An EHR that is asked for two keys has to let the rest be read."""
    offer = offer_of(Settings(allow_anonymous=True, prefetch=prefetch))
    listed = discovery(offer.services, offer.templates_of, offer.usage)["services"]
    assert all(said in each["usageRequirements"] for each in listed)


def test_full_asks_once_for_each_type() -> None:
    """And for everything that the readers of the chart look at."""
    types = [query.type for query in QUERIES if query.user_token is None]
    assert len(types) == len(set(types))
    assert {"MedicationRequest", "MedicationAdministration", "Procedure"} <= set(types)


# --- the five meanings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "value", "cause"),
    [
        ("left out", LEFT_OUT, "unavailable"),
        ("null: there is none", None, "absent"),
        ("an empty Bundle: there is none", bundle([]), "absent"),
        ("a Bundle without entry", {"resourceType": "Bundle", "type": "searchset"}, "absent"),
        ("a Bundle that counts itself", bundle([], total=0), "absent"),
        ("an OperationOutcome", OUTCOME, "unavailable"),
        ("an OperationOutcome in the Bundle", bundle([OUTCOME]), "unavailable"),
        ("an OperationOutcome without issue in it", bundle([{"resourceType": "OperationOutcome"}]), "unavailable"),
        ("only a warning in the Bundle", bundle([WARNING]), "absent"),
        ("a first page", bundle([], link=NEXT), "unavailable"),
        ("a first page by its total", bundle([], total=40), "unavailable"),
        ("a last page", bundle([], link=[{"relation": "self", "url": "x"}]), "absent"),
        ("links that cannot be read", bundle([], link={"relation": "next"}), "unavailable"),
        ("no resource at all", {}, "unavailable"),
        ("a list", [], "unavailable"),
        ("a string", "none", "unavailable"),
        ("a Bundle whose entries are none", bundle([]) | {"entry": "x"}, "unavailable"),
    ],
)
def test_what_a_prefetch_value_means(remark: str, value: Any, cause: str) -> None:
    """Only null and a complete Bundle let the service say "not found in the chart"."""
    body = request(without(complete(), "dx"))
    if value is LEFT_OUT:
        del body["prefetch"]["conditions"]
    else:
        body["prefetch"]["conditions"] = value
    criterion = criteria(determination(body))["I.A.1.diagnosis"]
    assert (criterion["status"], causes(criterion)) == ("unknown", {cause})
    assert ("chart-unavailable" in topics(body)) == (cause == "unavailable")


@pytest.mark.parametrize("key", ["medicationRequests", "medicationAdministrations", "procedures"])
@pytest.mark.parametrize(
    ("remark", "value", "status"),
    [
        ("left out", LEFT_OUT, "unknown"),
        ("null", None, "met"),
        ("empty", bundle([]), "met"),
        ("an error", OUTCOME, "unknown"),
        ("an error beside results", bundle([OUTCOME]), "unknown"),
        ("a first page", bundle([], link=NEXT), "unknown"),
        ("an entry that cannot be read", bundle([]) | {"entry": [{"resource": "x"}]}, "unknown"),
        ("an entry without a resource", bundle([]) | {"entry": [{"fullUrl": "urn:x"}]}, "unknown"),
    ],
)
def test_no_earlier_dose_needs_the_whole_of_three_searches(key: str, remark: str, value: Any, status: str) -> None:
    """Orders, administrations, procedures: with any of them unread, nobody knows."""
    body = request()
    if value is LEFT_OUT:
        del body["prefetch"][key]
    else:
        body["prefetch"][key] = value
    assert criteria(determination(body))["II.A"]["status"] == status


def test_what_came_before_the_error_is_used() -> None:
    """A Bundle that ends in an error still holds its results."""
    body = request(without(complete(), "dx"))
    body["prefetch"]["conditions"] = bundle([lad(), OUTCOME])
    assert criteria(determination(body))["I.A.1.diagnosis"]["status"] == "met"


@pytest.mark.parametrize(
    ("remark", "value"),
    [
        ("a single resource instead of a Bundle", lad()),
        ("entries without fullUrl", {"resourceType": "Bundle", "entry": [{"resource": lad()}]}),
        ("a Bundle of another type", bundle([lad()], type="collection")),
        ("entries that are the resources", {"resourceType": "Bundle", "entry": [lad()]}),
        ("a fullUrl that is none", {"resourceType": "Bundle", "entry": [{"fullUrl": 7, "resource": lad()}]}),
        ("a resource without an id", bundle([{k: v for k, v in lad().items() if k != "id"}])),
        ("one broken entry beside it", bundle([]) | {"entry": [5, {"resource": lad()}]}),
    ],
)
def test_values_are_read_tolerantly(remark: str, value: Any) -> None:
    """What is there is used, in whatever envelope it came."""
    body = request(without(complete(), "dx"))
    body["prefetch"]["conditions"] = value
    assert criteria(determination(body))["I.A.1.diagnosis"]["status"] == "met"


def test_a_key_of_its_own_is_read_too() -> None:
    """A client may send more than was asked for."""
    body = request(without(complete(), "dx"))
    body["prefetch"]["somethingElse"] = bundle([lad()])
    assert criteria(determination(body))["I.A.1.diagnosis"]["status"] == "met"


@pytest.mark.parametrize(
    ("user", "missing"),
    [
        ("PractitionerRole/bmt", {"userRole"}),
        ("Practitioner/bmt", {"userPractitioner", "userRoles"}),
        ("Patient/p1", set()),
        ("", set()),
    ],
)
def test_a_key_that_could_not_be_filled_is_not_missed(user: str, missing: set[str]) -> None:
    """The user's own templates are for users of one kind; of another kind, nothing is unread."""
    body = request([patient()], [order(requester=None)])
    body["context"]["userId"] = user
    assert ("unavailable" in causes(criteria(determination(body))["I.A.2.a"])) == bool(missing)
    for key in missing:
        body["prefetch"][key] = None
    assert causes(criteria(determination(body))["I.A.2.a"]) == {"absent"} or missing


def test_a_resource_that_cannot_be_read_is_a_gap() -> None:
    """Where it would have mattered, it is said and named; it is never fatal."""
    broken = condition("dx", concept("Leukocyte adhesion deficiency type I"), onsetDateTime="not a date")
    criterion = asked("I.A.1.diagnosis", [*without(complete(), "dx"), broken])
    assert criterion["status"] == "unknown"
    assert [(gap["cause"], gap["reference"]) for gap in criterion["gaps"]] == [("unusable", "Condition/dx")]


# --- nothing at all ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "sent"),
    [
        ("no prefetch", None),
        ("null", {"prefetch": None}),
        ("no keys", {"prefetch": {}}),
        ("only errors", {"prefetch": {"patient": OUTCOME, "conditions": OUTCOME}}),
        ("null for a key that nobody asked for", {"prefetch": {"somethingElse": None}}),
        ("only who signs", {"prefetch": {"userRole": {"resourceType": "PractitionerRole", "id": "bmt"}}}),
    ],
)
def test_nothing_of_the_chart_is_412(remark: str, sent: Resource | None) -> None:
    """An order is in scope and there is nothing to hold against the policy."""
    body = request() | (sent or {})
    if sent is None:
        del body["prefetch"]
    with pytest.raises(NothingToRead):
        determination(body)


@pytest.mark.parametrize(
    ("remark", "values"),
    [
        ("the patient", {"patient": patient()}),
        ("one empty search", {"conditions": bundle([])}),
        ("one null", {"observations": None}),
        ("one result", {"observations": bundle([flow()])}),
    ],
)
def test_part_of_the_chart_is_an_answer(remark: str, values: Resource) -> None:
    """With `unavailable` gaps, and the card that says so."""
    body = request(prefetch=values)
    assert determination(body)["outcome"] == "documentation-missing"
    assert "chart-unavailable" in topics(body)
    assert criteria(determination(body))["II.A"]["status"] == "unknown"


# --- taken apart at one go -------------------------------------------------------------------------------------------

ENTRY_WITHOUT = {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1"}, {"resource": lad()}]}
STUDY_DRUG = {
    "resourceType": "MedicationAdministration", "id": "study", "status": "completed", "subject": subject(),
    "effectiveDateTime": "2025-01-01", "medicationCodeableConcept": {"text": "Study drug"},
    "supportingInformation": [{"display": "RP-L201 gene therapy, day 0"}],
}  # fmt: skip
NARRATED = {
    "resourceType": "DiagnosticReport", "id": "told", "status": "final", "code": {"text": "Laboratory report"},
    "subject": subject(), "text": {"status": "generated", "div": "<div>ITGB2 c.382G>A; CD18 absent</div>"},
}  # fmt: skip
UNTYPED = {"resourceType": "Bundle", "entry": [{"resource": {"id": "x"}}, {"resource": lad()}]}
BY_VALUE, TO_ENTRIES, TO_MEMBERS = "value by value", "down to its entries", "down to the members that are read"
AT_ONE_GO = {TO_ENTRIES: READERS[About.TREATMENT], TO_MEMBERS: READERS[About.COVERAGE]}
"""The ways of reading a request by how far each takes a prefetch apart at best."""


def apart(call: HookCall) -> str:
    """How far a prefetch was taken apart with its request."""
    bundles = [value for value in call.prefetch.values() if isinstance(value, Bundle)]
    entries = [entry for value in bundles for entry in value.entry or ()]
    if not bundles:
        return BY_VALUE
    return TO_MEMBERS if any(is_taken_apart(entry.resource) for entry in entries) else TO_ENTRIES


@pytest.mark.parametrize(
    ("remark", "values", "at_best"),
    [
        ("our own keys, all Bundles", {}, TO_MEMBERS),
        ("null", {"conditions": None}, TO_MEMBERS),
        ("a first page", {"conditions": bundle([lad()], link=NEXT)}, TO_MEMBERS),
        ("its type behind everything else", {"conditions": bundle([dict(reversed(lad().items()))])}, TO_MEMBERS),
        ("members that no rule reads", {"conditions": bundle([lad() | {"vendor": {"a": [1]}}])}, TO_MEMBERS),
        ("members of the wrong shape", {"conditions": bundle([lad() | {"code": [], "subject": 5}])}, TO_MEMBERS),
        ("the same resource under two keys", {"observations": bundle([flow(), lad() | {"note": [1]}])}, TO_MEMBERS),
        ("a word in a member that no rule reads", {"medicationAdministrations": bundle([STUDY_DRUG])}, TO_MEMBERS),
        ("a report that only its narrative tells of", {"diagnosticReports": bundle([NARRATED])}, TO_MEMBERS),
        ("an entry with an OperationOutcome", {"conditions": bundle([lad(), OUTCOME])}, TO_ENTRIES),
        ("a type that no rule reads", {"conditions": bundle([lad(), {"resourceType": "Basic"}])}, TO_ENTRIES),
        ("a resource without a type", {"conditions": UNTYPED}, TO_ENTRIES),
        ("an id that is a number", {"conditions": bundle([lad() | {"id": 5}])}, TO_ENTRIES),
        ("a status that is an object", {"observations": bundle([flow() | {"status": {}}])}, TO_ENTRIES),
        ("a key of another's", {"theirs": bundle([lad()])}, BY_VALUE),
        ("an OperationOutcome for a Bundle", {"conditions": OUTCOME}, BY_VALUE),
        ("a resource for a Bundle", {"conditions": lad()}, BY_VALUE),
        ("an entry without a resource", {"conditions": ENTRY_WITHOUT}, BY_VALUE),
        ("an entry that is none", {"conditions": {"resourceType": "Bundle", "entry": ["x"]}}, BY_VALUE),
        ("a text for a Bundle", {"conditions": "none"}, BY_VALUE),
        ("a Bundle for a resource", {"patient": bundle([patient()])}, TO_MEMBERS),
    ],
)
def test_at_one_go_or_value_by_value(remark: str, values: Resource, at_best: str) -> None:
    """How far a prefetch is taken apart with its request is a matter of speed, never of the answer."""
    sent = request(complete())
    ours = {query.key: sent["prefetch"][query.key] for query in QUERIES if query.key in sent["prefetch"]}
    sent["prefetch"] = ours | values
    body = json.dumps(sent).encode()
    one, *others = (read(body, "order-sign") for read in (hook_call, *AT_ONE_GO.values()))
    assert [apart(each) for each in others] == [BY_VALUE if at_best == BY_VALUE else TO_ENTRIES, at_best], remark
    by_value = OFFER.evaluate(one).evaluations[0].determination
    assert all(OFFER.evaluate(each).evaluations[0].determination == by_value for each in others)


def test_a_word_in_any_element_counts() -> None:
    """Whether a study's product may be Kresladi, and whether a report is one to attach, is told by all of it."""
    body = request([*complete(), STUDY_DRUG])
    assert criteria(determination(body))["II.A"]["status"] == "unknown"
    assert "unusable" in causes(asked("I.A.1.a", [*without(complete(), "cd18"), NARRATED]))


STORIES = {
    path.parent.name: body
    for path in sorted((Path(__file__).parent.parent / "sample_bundles").glob("*/request.json"))
    if json.loads(body := path.read_bytes())["hook"] in ("order-sign", "order-select")
}


@pytest.mark.parametrize("body", STORIES.values(), ids=STORIES)
def test_a_story_is_the_same_however_it_is_taken_apart(body: bytes) -> None:
    """With all that was considered."""
    hook = json.loads(body)["hook"]
    one, other = (OFFER.evaluate(read(body, hook)).evaluations for read in (hook_call, AT_ONE_GO[TO_MEMBERS]))
    assert one == other


@pytest.mark.parametrize("read", AT_ONE_GO.values(), ids=AT_ONE_GO)
def test_no_prefetch_at_all_is_none_at_one_go_either(read: Read) -> None:
    """Left out or null."""
    for sent in ({}, {"prefetch": None}):
        body = json.dumps({name: value for name, value in request().items() if name != "prefetch"} | sent).encode()
        assert read(body, "order-sign").prefetch == {}
