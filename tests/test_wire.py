"""The wire: services, orders in scope, selections, patients, and the shape of the determination."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.policy.kresladi import policy
from tests.charts import (
    ICD,
    KRESLADI,
    RXNORM,
    SETTINGS,
    Resource,
    answered,
    asked,
    bundle,
    care_team,
    complete,
    concept,
    criteria,
    determination,
    dose,
    flow,
    order,
    quantity,
    request,
    response,
    topics,
    without,
)

DETERMINATIONS = "example.kresladi-cds.determinations"
SIGN, SELECT = "/cds-services/kresladi-order-sign", "/cds-services/kresladi-order-select"
NDC = "http://hl7.org/fhir/sid/ndc"


@pytest.fixture(name="client", scope="module")
def the_client() -> FlaskClient:
    """The service as an EHR reaches it, without a network between."""
    return create_app(SETTINGS).test_client()


def drug(concept_: Any) -> Resource:
    return order(medicationCodeableConcept=concept_)


def outcomes(body: Resource, service: int = 0) -> list[str]:
    """The outcome of each order's determination."""
    return [each["outcome"] for each in answered(body, service).get("extension", {}).get(DETERMINATIONS, [])]


# --- the endpoints ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/"])
def test_discovery_lists_every_service(client: FlaskClient, path: str) -> None:
    """Each with all that CDS Hooks requires and recommends; with or without a trailing slash."""
    listing = client.get(path)
    assert listing.status_code == 200
    assert listing.is_json
    services = {service["id"]: service for service in listing.get_json()["services"]}
    assert {id_: service["hook"] for id_, service in services.items()} == {
        "kresladi-order-sign": "order-sign",
        "kresladi-order-select": "order-select",
        "kresladi-treatment-order-sign": "order-sign",
        "kresladi-treatment-patient-view": "patient-view",
    }
    for service in services.values():
        assert all(service[name] for name in ("title", "description", "usageRequirements", "prefetch"))


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health(client: FlaskClient, path: str) -> None:
    """Liveness and readiness answer 200."""
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", [SIGN, f"{SIGN}/"])
def test_a_call_is_answered_with_json(client: FlaskClient, path: str) -> None:
    """200 with an object that has cards and a determination."""
    called = client.post(path, json=request())
    assert called.status_code == 200
    assert called.mimetype == "application/json"
    assert [card["source"]["topic"]["code"] for card in called.get_json()["cards"]] == ["criteria-met"]
    assert len(called.get_json()["extension"][DETERMINATIONS]) == 1


@pytest.mark.parametrize("mimetype", ["application/json; charset=utf-8", "application/fhir+json"])
def test_other_names_of_json_are_json(client: FlaskClient, mimetype: str) -> None:
    """A charset, or FHIR's own name."""
    assert client.post(SIGN, json=request(), content_type=mimetype).status_code == 200


def test_services_can_be_switched_off() -> None:
    """Only what is configured is offered and answered."""
    one = create_app(Settings(allow_anonymous=True, services=("kresladi-order-sign",))).test_client()
    assert [service["id"] for service in one.get("/cds-services").get_json()["services"]] == ["kresladi-order-sign"]
    assert one.post(SELECT, json=request(hook="order-select")).status_code == 404


# --- which orders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "draft"),
    [
        ("RxNorm of the product", drug(concept(None, (RXNORM, "2740386")))),
        ("RxNorm of the brand", drug(concept(None, (RXNORM, "2740392")))),
        ("NDC with dashes", drug(concept(None, (NDC, "83537-034-01")))),
        ("NDC of 10 digits", drug(concept(None, (NDC, "8353703401")))),
        ("NDC of 11 digits", drug(concept(None, (NDC, "83537003401")))),
        ("UNII", drug(concept(None, ("http://fdasis.nlm.nih.gov", "RD86XHH46N")))),
        ("brand name in text", drug(concept("KRESLADI suspension"))),
        ("generic name", drug(concept("marnetegragene autotemcel"))),
        ("the policy's spelling", drug(concept("marnetegrane autotemcel"))),
        ("trial name", drug(concept("RP-L201"))),
        ("name in a display", drug({"coding": [{"system": "urn:local", "code": "1", "display": "Kresladi"}]})),
        ("a ServiceRequest", {"resourceType": "ServiceRequest", "id": "s", "code": concept("Kresladi infusion")}),
        ("a 1.x MedicationOrder", order(resourceType="MedicationOrder", dosageInstruction=None)),
        ("active already (signed again)", order(status="active")),
        ("on hold", order(status="on-hold")),
        ("no status", order(status=None)),
        ("no subject", order(subject=None)),
        ("no id", order(id=None)),
        ("category as an object", order(category={"text": "inpatient"})),
        ("an unknown field", order(vendorField={"a": 1})),
        ("dosage as an object", order(dosageInstruction=dose(3.1))),
        (
            "a contained Medication",
            order(
                medicationCodeableConcept=None,
                medicationReference={"reference": "#m"},
                contained=[{"resourceType": "Medication", "id": "m", "code": KRESLADI}],
            ),
        ),
        (
            "a reference's display",
            order(medicationCodeableConcept=None, medicationReference={"display": "Kresladi"}),
        ),
    ],
)
def test_an_order_for_kresladi_is_seen(remark: str, draft: Resource) -> None:
    """By code, by name, in every shape that is sent."""
    assert len(outcomes(request(orders=[draft]))) == 1


@pytest.mark.parametrize(
    ("remark", "draft"),
    [
        ("another gene therapy", drug(concept("exagamglogene autotemcel (Casgevy)"))),
        ("autotemcel alone", drug(concept("autotemcel"))),
        ("J3590 alone", drug(concept(None, ("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "J3590")))),
        ("C9399 alone", drug(concept(None, ("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "C9399")))),
        ("not to be performed", order(doNotPerform=True)),
        ("entered in error", order(status="entered-in-error")),
        ("cancelled", order(status="cancelled")),
        ("stopped", order(status="stopped")),
        ("completed", order(status="completed")),
        ("no drug at all", order(medicationCodeableConcept=None)),
        ("another type of resource", flow()),
        ("the number in another system", drug(concept(None, ("urn:local", "2740386")))),
    ],
)
@pytest.mark.parametrize("with_chart", [True, False], ids=["with prefetch", "without"])
def test_without_an_order_nothing_is_said(remark: str, draft: Resource, with_chart: bool) -> None:
    """No order in scope: an empty card list, before anything else is looked at, 412 included."""
    body = request(orders=[draft])
    if not with_chart:
        del body["prefetch"]
    assert answered(body) == {"cards": []}


@pytest.mark.parametrize("where", ["prefetch", "the bundle of drafts", "a bundle of another key"])
def test_the_medication_may_stand_elsewhere(where: str) -> None:
    """`medicationReference` leads to a Medication wherever it was sent."""
    medication = {"resourceType": "Medication", "id": "m", "code": KRESLADI}
    draft = order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    body = request(orders=[draft, medication] if where == "the bundle of drafts" else [draft])
    if where == "prefetch":
        body["prefetch"]["medication"] = medication
    elif where == "a bundle of another key":
        body["prefetch"]["medicationRequests"] = bundle([medication])
    assert outcomes(body) == ["criteria-met"]


def drafts_as(shape: str) -> Any:
    """The same order, in the shapes that `draftOrders` comes in."""
    shapes: dict[str, Any] = {
        "Bundle without a type": {"resourceType": "Bundle", "entry": [{"resource": order()}]},
        "no resourceType": {"entry": [{"resource": order()}]},
        "list of resources": [order()],
        "list of entries": [{"resource": order()}],
        "entry that is the resource": {"resourceType": "Bundle", "entry": [order()]},
        "fullUrl that is no string": {"resourceType": "Bundle", "entry": [{"fullUrl": 5, "resource": order()}]},
        "empty entry beside it": {"resourceType": "Bundle", "entry": [{}, {"resource": order()}]},
        "null beside it": {"resourceType": "Bundle", "entry": [{"resource": None}, {"resource": order()}]},
    }
    return shapes[shape]


@pytest.mark.parametrize(
    "shape",
    [
        "Bundle without a type",
        "no resourceType",
        "list of resources",
        "list of entries",
        "entry that is the resource",
        "fullUrl that is no string",
        "empty entry beside it",
        "null beside it",
    ],
)
def test_draft_orders_come_in_many_shapes(shape: str) -> None:
    """All of them are seen in the wild, and all of them hold the order."""
    body = request()
    body["context"]["draftOrders"] = drafts_as(shape)
    assert outcomes(body) == ["criteria-met"]


@pytest.mark.parametrize("name", ["orders", "medications"])
def test_orders_under_1x_names(name: str) -> None:
    """The hooks before order-sign called them otherwise."""
    body = request()
    body["context"][name] = body["context"].pop("draftOrders")
    assert outcomes(body) == ["criteria-met"]


def test_a_1x_request_is_answered() -> None:
    """`patient` and `user` at the top level, a MedicationOrder with 1.x names."""
    old = {
        "resourceType": "MedicationOrder",
        "id": "o1",
        "status": "draft",
        "medicationCodeableConcept": KRESLADI,
        "patient": {"reference": "Patient/p1"},
        "prescriber": {"reference": "PractitionerRole/bmt"},
        "dosageInstruction": [{"doseQuantity": {"value": 3.1, "code": "10*6/kg"}}],
    }
    body = request(orders=[old], patient="p1", user="PractitionerRole/bmt", unknown={"field": 1})
    del body["context"]["patientId"], body["context"]["userId"], body["hookInstance"]
    assert determination(body)["order"] == "MedicationOrder/o1"
    assert criteria(determination(body))["I.A.2.a"]["status"] == "met"


def test_unknown_members_are_ignored() -> None:
    """In the request, its context and its extension."""
    body = request(vendor={"x": [1]}, extension={"com.vendor.thing": {"a": 1}})
    body["context"]["vendor"] = "x"
    assert outcomes(body) == ["criteria-met"]


def test_a_byte_order_mark_is_no_error(client: FlaskClient) -> None:
    """Some clients write one."""
    raw = b"\xef\xbb\xbf" + client.application.json.dumps(request()).encode()
    assert client.post(SIGN, data=raw, content_type="application/json").status_code == 200


# --- whose order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "subject", "full_url", "expected"),
    [
        ("relative", {"reference": "Patient/p1"}, None, "criteria-met"),
        ("a version of it", {"reference": "Patient/p1/_history/3"}, None, "criteria-met"),
        ("on the request's server", {"reference": "https://ehr.example/fhir/Patient/p1"}, None, "criteria-met"),
        (
            "on the server of its own entry",
            {"reference": "https://own.example/r4/Patient/p1"},
            "https://own.example/r4/MedicationRequest/draft-1",
            "criteria-met",
        ),
        ("display only", {"display": "Baby Example"}, None, "criteria-met"),
        ("another id", {"reference": "Patient/p2"}, None, "wrong-patient"),
        ("a longer id", {"reference": "Patient/p11"}, None, "wrong-patient"),
        ("same id on another server", {"reference": "https://other.example/Patient/p1"}, None, "wrong-patient"),
        ("a group", {"reference": "Group/p1"}, None, "wrong-patient"),
        ("a urn of somebody", {"reference": "urn:uuid:0b5cbb2c-0000-4000-8000-000000000000"}, None, "wrong-patient"),
    ],
)
def test_whose_order_it_is(remark: str, subject: Resource, full_url: str | None, expected: str) -> None:
    """An order for another patient is not evaluated; one that names nobody is the context patient's."""
    body = request(fhirServer="https://ehr.example/fhir")
    entry = {"resource": order(subject=subject)} | ({"fullUrl": full_url} if full_url else {})
    body["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [entry]}
    assert topics(body) == [expected]
    assert len(outcomes(body)) == (expected != "wrong-patient")


def test_one_of_two_orders_is_for_somebody_else() -> None:
    """The other is evaluated, and is no duplicate."""
    body = request(orders=[order(), order(id="draft-2", subject={"reference": "Patient/p2"})])
    assert topics(body) == ["wrong-patient", "criteria-met"]
    assert [each["order"] for each in answered(body)["extension"][DETERMINATIONS]] == ["MedicationRequest/draft-1"]


# --- order-select -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "selections", "seen"),
    [
        ("this order", ["MedicationRequest/draft-1"], 1),
        ("this and others", ["ServiceRequest/x", "MedicationRequest/draft-1"], 1),
        ("an absolute reference", ["https://ehr.example/fhir/MedicationRequest/draft-1"], 1),
        ("another order", ["MedicationRequest/draft-10"], 0),
        ("a Reference", [{"reference": "MedicationRequest/draft-1"}], 1),
        ("a Reference to another order", [{"reference": "MedicationRequest/x"}, {}], 0),
        ("nothing", [], 0),
        ("left out", None, 1),
        ("not strings", [5, None], 0),
    ],
)
def test_only_selected_orders_are_evaluated(remark: str, selections: list[Any] | None, seen: int) -> None:
    """order-select names what was selected; a client that leaves it out means all."""
    body = request(hook="order-select")
    if selections is not None:
        body["context"]["selections"] = selections
    assert len(outcomes(body, 1)) == seen


def test_order_sign_ignores_selections() -> None:
    """All orders are signed."""
    body = request()
    body["context"]["selections"] = []
    assert len(outcomes(body)) == 1


ADMINISTRATION: Resource = {
    "resourceType": "MedicationAdministration",
    "id": "given",
    "status": "completed",
    "medicationCodeableConcept": KRESLADI,
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-06-01",
}
HAS_DONOR = response({"sibling-donor-available": True}, "donor", authored="2026-11-21T09:00:00Z")


@pytest.mark.parametrize(
    ("remark", "resources", "orders", "expected"),
    [
        ("all met", complete(), [order()], []),
        ("documentation missing", without(complete(), "cd18"), [order()], []),
        ("an earlier dose", [*complete(), ADMINISTRATION], [order()], ["prior-lifetime-dose"]),
        ("maybe one", [*complete(), ADMINISTRATION | {"status": "stopped"}], [order()], ["possible-prior-dose"]),
        ("a donor", [*complete(), HAS_DONOR], [order()], ["sibling-donor"]),
        ("a dose too small", complete(), [order(dosageInstruction=[dose(2)])], []),
        ("two orders", complete(), [order(), order(id="draft-2")], []),
        (
            "another disease",
            without(complete(), "dx"),
            [order(reasonCode=[concept("Wiskott-Aldrich syndrome", (ICD, "D82.0"))])],
            ["other-indication"],
        ),
    ],
)
def test_order_select_shows_only_the_stops(
    remark: str, resources: list[Resource], orders: list[Resource], expected: list[str]
) -> None:
    """The cards are few; the determination is complete all the same."""
    body = request(resources, orders, hook="order-select")
    assert topics(body, 1) == expected
    assert outcomes(body, 1) == outcomes(request(resources, orders))


# --- the determination ------------------------------------------------------------------------------------------------


def test_every_clause_answers() -> None:
    """Under I.A every clause id of the policy but I.B; in the policy's nesting, each with status and title."""
    determined = determination(request())
    found = criteria(determined)
    assert set(found) == set(policy.clauses) - {"I.B"}
    assert [each["id"] for each in determined["criteria"]] == ["II.A", *(f"I.A.{n}" for n in range(1, 7))]
    assert all(each["title"] and each["status"] in ("met", "not-met", "unknown") for each in found.values())
    assert [each["id"] for each in found["I.A.1.b"]["criteria"]] == ["I.A.1.b.i", "I.A.1.b.ii", "I.A.1.b.iii"]
    assert determined["policy"] == {"number": "CP.PHAR.599", "effective": "2026-03-26", "revised": "2026-05"}


def test_another_disease_has_two_criteria() -> None:
    """Under I.B only II.A and I.B."""
    reason = [concept("Wiskott-Aldrich syndrome", (ICD, "D82.0"))]
    determined = determination(request(without(complete(), "dx"), [order(reasonCode=reason)]))
    assert determined["section"] == "I.B"
    assert {id_: each["status"] for id_, each in criteria(determined).items()} == {"II.A": "met", "I.B": "met"}


@pytest.mark.parametrize("resources", [complete(), complete()[:1], [*complete(), flow("CD18", 40, "other")]])
def test_evidence_and_gaps_sit_on_the_leaves(resources: list[Resource]) -> None:
    """A decided leaf has evidence and no gaps, an undecided one has gaps, a parent has neither."""
    for criterion in criteria(determination(request(resources))).values():
        if "criteria" in criterion:
            assert not {"evidence", "gaps", "considered"} & set(criterion)
        elif criterion["status"] == "unknown":
            assert criterion["gaps"]
            assert all(gap["wanted"] and gap["because"] and gap["cause"] for gap in criterion["gaps"])
        else:
            assert criterion["evidence"]
            assert "gaps" not in criterion
            assert all(each["reference"] and each["says"] for each in criterion["evidence"])


@pytest.mark.parametrize(
    ("remark", "resources", "orders", "expected"),
    [
        ("nothing open", complete(), [order()], "criteria-met"),
        ("one open", without(complete(), "infection"), [order()], "documentation-missing"),
        (
            "open and contradicted",
            without(complete(), "infection"),
            [order(dosageInstruction=[dose(2)])],
            "criteria-not-met",
        ),
        ("donor and contradicted", [*complete(), HAS_DONOR], [order(dosageInstruction=[dose(2)])], "sibling-donor"),
        (
            "all of it",
            [*complete(), HAS_DONOR, ADMINISTRATION],
            [order(dosageInstruction=[dose(2)])],
            "prior-lifetime-dose",
        ),
    ],
)
def test_the_first_outcome_that_applies(
    remark: str, resources: list[Resource], orders: list[Resource], expected: str
) -> None:
    """Outcomes have an order: the gravest first."""
    assert determination(request(resources, orders))["outcome"] == expected


def test_an_order_without_an_id_has_its_place_for_a_name() -> None:
    """`draftOrders.entry[N]`."""
    assert determination(request(orders=[flow(), order(id=None)]))["order"] == "draftOrders.entry[1]"


@pytest.mark.parametrize(
    ("extension", "explained"),
    [
        ({"example.kresladi-cds.explain": True}, True),
        ({"example.kresladi-cds.explain": "true"}, False),
        ({}, False),
        ([True], False),
    ],
)
def test_what_was_set_aside_is_told_on_request(extension: Any, explained: bool) -> None:
    """`considered` names the resource and the reason, and is there only where asked for."""
    chart = [*complete(), flow("CD18", 50, "wrong", status="entered-in-error")]
    criterion = asked("I.A.1.a", chart, extension=extension)
    told = {each["reference"]: each["because"] for each in criterion.get("considered", [])}
    assert told == ({"Observation/wrong": "entered in error"} if explained else {})


PASSED_OVER = [
    ("a preliminary result beside the final", "I.A.1.a", flow("CD18", 80, "it", status="preliminary")),
    ("an intensity beside the percentage", "I.A.1.a",
     flow("CD18", {"valueQuantity": {"value": 80, "unit": "MFI"}}, "it")),
    ("a result on either side beside one that is not", "I.A.1.a",
     flow("CD18", {"valueQuantity": quantity(5, "%", comparator="<")}, "it")),
    ("a draft of answers beside the completed", "I.A.4",
     response({"sibling-donor-available": True}, id_="it", status="in-progress", authored="2026-11-21T00:00:00Z")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "passed_over"), [row[1:] for row in PASSED_OVER], ids=[row[0] for row in PASSED_OVER]
)
def test_what_would_not_have_done_is_set_aside_where_others_decide(clause: str, passed_over: Resource) -> None:
    """A decided criterion has no gaps, and still tells what it passed over; its evidence is not among that."""
    criterion = asked(clause, [*complete(), passed_over], extension={"example.kresladi-cds.explain": True})
    assert (criterion["status"], criterion.get("gaps")) == ("met", None)
    reference = f"{passed_over['resourceType']}/it"
    assert reference in {each["reference"] for each in criterion["considered"]}
    assert reference not in {each["reference"] for each in criterion["evidence"]}


def test_somebody_elses_resource_is_set_aside() -> None:
    """A sibling's result in the same Bundle is never used."""
    chart = [*without(complete(), "cd18"), flow("CD18", 1, subject={"reference": "Patient/brother"})]
    criterion = asked("I.A.1.a", chart, extension={"example.kresladi-cds.explain": True})
    assert criterion["status"] == "unknown"
    assert [each["reference"] for each in criterion["considered"]] == ["Observation/cd18"]


def test_two_orders_have_two_determinations() -> None:
    """In the order of the drafts."""
    body = request(orders=[order(), order(id="draft-2", dosageInstruction=[dose(2)])])
    assert [(each["order"], each["outcome"]) for each in answered(body)["extension"][DETERMINATIONS]] == [
        ("MedicationRequest/draft-1", "criteria-met"),
        ("MedicationRequest/draft-2", "criteria-not-met"),
    ]


def test_nothing_is_null_or_empty() -> None:
    """Members without a value are left out, as CDS Hooks wants; `cards` alone may be empty."""

    def walk(value: Any) -> None:
        assert value is not None
        assert value not in ("", [], {})
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    for chart in (complete(), complete()[:1], [*complete(), ADMINISTRATION]):
        walk(answered(request(chart, extension={"example.kresladi-cds.explain": True})))


def test_a_team_member_on_the_order_is_the_users_own_role() -> None:
    """The signing user counts for the specialists."""
    chart = [each for each in complete() if each["id"] != "team"] + [care_team("PractitionerRole/heme")]
    body = request(chart, [order(requester=None)])
    assert criteria(determination(body))["I.A.2"]["status"] == "met"
