"""The services around the infusion as an EHR reaches them: discovery, answers by every way, errors, what is kept."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir.resources.R4B.servicerequest import ServiceRequest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.__main__ import main
from cds_service.app import create_app
from cds_service.config import SERVICES, Settings
from cds_service.errors import UnknownService
from cds_service.hooks import offer
from cds_service.published.library import published
from tests.charts import KRESLADI, OFFER, Resource, bundle, patient, subject
from tests.ehr import PUBLIC, anonymous, authorized, determinations, outcome, topics_of
from tests.fhir_server import serving

SIGN, VIEW = "/cds-services/kresladi-treatment-order-sign", "/cds-services/kresladi-treatment-patient-view"
CHECKLIST = "https://kresladi-cds.example/Questionnaire/kresladi-treatment-checklist"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


def resource(kind: str, id_: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": id_, "subject": subject()} | more


def given_on(moment: str, drug: Resource = KRESLADI, id_: str = "given") -> Resource:
    """A completed administration."""
    more = {"status": "completed", "medicationCodeableConcept": drug, "effectiveDateTime": moment}
    return resource("MedicationAdministration", id_, **more)


def order(kind: str = "ServiceRequest", id_: str = "d1", **more: Any) -> Resource:
    return resource(kind, id_, status="draft", intent="order", **more)


def answered(**answers: Any) -> Resource:
    """The checklist, with these answers (an underscore stands for a dash)."""
    items = [{"linkId": link.replace("_", "-"), "answer": [value]} for link, value in answers.items()]
    more = {"questionnaire": CHECKLIST, "status": "completed", "authored": "2026-10-01T08:00:00Z", "item": items}
    return resource("QuestionnaireResponse", "checklist", **more)


RED_CELLS = order(
    code={"text": "Transfuse packed red cells"},
    occurrenceDateTime="2026-10-12T08:00:00Z",
    quantityQuantity={"value": 1.5, "unit": "unit"},
)
BUSULFAN = order(
    "MedicationRequest", medicationCodeableConcept={"text": "busulfan 6 mg/mL injection"}, authoredOn="2026-10-01"
)
PARACETAMOL = order("MedicationRequest", medicationCodeableConcept={"text": "paracetamol"})
PLANNED = resource("MedicationRequest", "kresladi", status="active", intent="order", medicationCodeableConcept=KRESLADI)
INFUSION = order(
    "MedicationRequest",
    medicationCodeableConcept=KRESLADI,
    dosageInstruction=[{"timing": {"event": ["2026-10-12T08:00:00Z"]}}],
)
TREATED = [patient(), given_on("2026-09-01T10:00:00Z")]
UNTREATED = [patient(), PLANNED]


@pytest.fixture(name="client", scope="module")
def the_client() -> FlaskClient:
    """The service for anybody."""
    return create_app(Settings(allow_anonymous=True, public_url=PUBLIC)).test_client()


def templates(client: FlaskClient, path: str = SIGN) -> dict[str, str]:
    """The prefetch that the service asks for."""
    listed = client.get("/cds-services").get_json()["services"]
    found: dict[str, str] = next(each["prefetch"] for each in listed if path.endswith(f"/{each['id']}"))
    return found


def sent(client: FlaskClient, resources: list[Resource], path: str = SIGN) -> Resource:
    """Every key of the prefetch, with what of its type there is."""
    values: Resource = {}
    for key, template in templates(client, path).items():
        of_type = [each for each in resources if each["resourceType"] == template.replace("?", "/").split("/")[0]]
        values[key] = bundle(of_type) if "?" in template else (of_type[0] if of_type else None)
    return values


def request(prefetch: Resource | None, *orders: Resource) -> Resource:
    """A request: of order-sign where there are orders, else of patient-view."""
    context: Resource = {"userId": "Practitioner/bmt", "patientId": "p1"}
    if orders:
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": each} for each in orders]}
    body = {"hook": "order-sign" if orders else "patient-view", "hookInstance": INSTANCE, "context": context}
    return body | ({} if prefetch is None else {"prefetch": prefetch})


def asked(client: FlaskClient, resources: list[Resource], *orders: Resource) -> Resource:
    """The answer on a chart that is sent whole."""
    path = SIGN if orders else VIEW
    reply = client.post(path, json=request(sent(client, resources, path), *orders))
    assert reply.status_code == 200, reply.get_json()
    found: Resource = reply.get_json()
    return found


def without_uuids(value: Any) -> Any:
    """The answer without what is new in each call."""
    if isinstance(value, dict):
        return {key: without_uuids(each) for key, each in value.items() if key != "uuid"}
    return [without_uuids(each) for each in value] if isinstance(value, list) else value


# --- discovery, switching ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "hook", "words", "types"),
    [
        (
            SIGN,
            "order-sign",
            ("product label", "around the infusion", "nothing about coverage"),
            {"CarePlan", "SupplyDelivery", "MedicationDispense", "Device", "Observation", "ServiceRequest"},
        ),
        (VIEW, "patient-view", ("opened", "never donate", "nothing about coverage"), {"Flag"}),
    ],
    ids=["order-sign", "patient-view"],
)
def test_discovery_says_what_each_is_for(
    client: FlaskClient, path: str, hook: str, words: tuple[str, ...], types: set[str]
) -> None:
    """Its hook, its purpose in words, and a prefetch that asks for the course of treatment."""
    listed = {each["id"]: each for each in client.get("/cds-services").get_json()["services"]}
    service = listed[path.rsplit("/", 1)[-1]]
    assert service["hook"] == hook
    assert all(word in service["description"] for word in words)
    asked_for = {template.replace("?", "/").split("/")[0] for template in service["prefetch"].values()}
    assert asked_for >= {"Patient", "MedicationAdministration", "Procedure", "QuestionnaireResponse"} | types
    assert "Coverage" not in asked_for
    assert all("{{context." in template and "draftOrders" not in template for template in service["prefetch"].values())


@pytest.mark.parametrize("off", SERVICES)
def test_each_service_can_be_switched_off(off: str) -> None:
    """It is neither listed nor called, nor takes it feedback; the others go on."""
    others = tuple(service for service in SERVICES if service != off)
    client = create_app(Settings(allow_anonymous=True, services=others)).test_client()
    assert {each["id"] for each in client.get("/cds-services").get_json()["services"]} == set(others)
    assert client.post(f"/cds-services/{off}", json={}).status_code == 404
    assert client.post(f"/cds-services/{off}/feedback", json={"feedback": []}).status_code == 404
    assert client.post(f"/cds-services/{others[0]}/feedback", json={"feedback": []}).status_code == 200


def test_without_what_evaluates_it_a_service_is_unknown() -> None:
    """An offer without the label's evaluation refuses the call instead of saying nothing."""
    body = json.dumps(request({}, RED_CELLS)).encode()
    with pytest.raises(UnknownService):
        offer.answer(replace(OFFER, treatment=None), OFFER.services[2], body)


# --- nothing to say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "resources", "orders"),
    [
        ("an order for something else", TREATED, [PARACETAMOL]),
        ("a trigger, and Kresladi not in sight", [patient()], [BUSULFAN]),
        ("a trigger that is not to be performed", UNTREATED, [BUSULFAN | {"doNotPerform": True}]),
        ("a trigger that is cancelled", UNTREATED, [BUSULFAN | {"status": "cancelled"}]),
        ("a chart opened that is not in sight", [patient()], []),
        ("a chart opened before the infusion", UNTREATED, []),
    ],
)
def test_nothing_to_say(client: FlaskClient, remark: str, resources: list[Resource], orders: list[Resource]) -> None:
    """No card and no determination."""
    assert asked(client, resources, *orders) == {"cards": []}


def test_without_a_trigger_nothing_is_read(tmp_path: Path) -> None:
    """Not even where there is a token to read with; and there is no 412."""
    with serving(TREATED) as server:
        client = anonymous(tmp_path, fhir_servers=frozenset({server.base}))
        reply = client.post(SIGN, json=authorized(request(None, PARACETAMOL), server.base))
    assert (reply.status_code, reply.get_json()) == (200, {"cards": []})
    assert server.asked == []
    assert client.post(SIGN, json=request(None, PARACETAMOL)).get_json() == {"cards": []}


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "path", "body", "status"),
    [
        ("no hook", SIGN, {"context": {"patientId": "p1"}}, 400),
        ("the other hook", SIGN, request({}), 400),
        ("the other hook at the other service", VIEW, request({}, RED_CELLS), 400),
        ("no context", VIEW, {"hook": "patient-view"}, 400),
        ("no patient", VIEW, {"hook": "patient-view", "context": {"userId": "Practitioner/x"}}, 400),
        ("no orders", SIGN, request({}) | {"hook": "order-sign"}, 400),
        ("orders that are text", SIGN, {"hook": "order-sign", "context": {"patientId": "p1", "draftOrders": "x"}}, 400),
        ("a trigger, and nothing of the chart", SIGN, request(None, RED_CELLS), 412),
        ("a trigger, and an empty prefetch", SIGN, request({}, RED_CELLS), 412),
        ("a chart opened, and nothing of it", VIEW, request(None), 412),
    ],
)
def test_what_cannot_be_answered_is_an_error(
    client: FlaskClient, remark: str, path: str, body: Resource, status: int
) -> None:
    """An OperationOutcome: a failure is never an empty card list."""
    reply = client.post(path, json=body)
    assert reply.status_code == status
    assert reply.mimetype == "application/fhir+json"
    assert outcome(reply.get_json())["severity"] == "error"


def test_what_is_not_json_is_refused(client: FlaskClient) -> None:
    """As at the other services."""
    assert client.post(VIEW, data=b"x", content_type="text/plain").status_code == 415
    assert client.post(VIEW, data=b"{", content_type="application/json").status_code == 400


# --- the determination ------------------------------------------------------------------------------------------------


def test_the_determination_of_an_order(client: FlaskClient) -> None:
    """Which order, which label, the lowest status, the clauses that apply with their evidence."""
    answer = asked(client, TREATED, RED_CELLS)
    (determined,) = determinations(answer)
    assert list(determined) == ["order", "label", "outcome", "criteria"]
    assert determined["order"] == "ServiceRequest/d1"
    assert determined["label"] == {"revised": "2026"}
    assert determined["outcome"] == "not-met"
    (criterion,) = determined["criteria"]
    assert criterion["id"] == "L.2.3.irradiate"
    assert {each["reference"] for each in criterion["evidence"]} >= {"MedicationAdministration/given"}
    assert topics_of(answer) == ["label-irradiate"]


def test_the_determination_of_a_patient(client: FlaskClient) -> None:
    """Opening the chart is about the patient."""
    (determined,) = determinations(asked(client, TREATED))
    assert determined["patient"] == "Patient/p1"
    assert "order" not in determined
    assert [each["id"] for each in determined["criteria"]] == ["L.2.3.donate"]


def test_an_order_without_an_id_is_named_by_its_place(client: FlaskClient) -> None:
    """And gets no suggestion that needs an id."""
    nameless = {key: value for key, value in RED_CELLS.items() if key != "id"}
    answer = asked(client, TREATED, PARACETAMOL, nameless)
    assert [each["order"] for each in determinations(answer)] == ["draftOrders.entry[1]"]
    assert "suggestions" not in answer["cards"][0]


def test_each_order_is_answered(client: FlaskClient) -> None:
    """One determination per order with a clause that applies, in their order; the cards by gravity."""
    donation = order(id_="d2", code={"text": "Bone marrow donation for sister"})
    answer = asked(client, TREATED, donation, PARACETAMOL, RED_CELLS)
    assert [each["order"] for each in determinations(answer)] == ["ServiceRequest/d2", "ServiceRequest/d1"]
    assert topics_of(answer) == ["label-irradiate", "label-donate"]
    assert ["d1" in answer["cards"][0]["detail"], "d2" in answer["cards"][1]["detail"]] == [True, True]


def test_what_was_set_aside_is_told_on_request(client: FlaskClient) -> None:
    """As in the coverage services."""
    wrong = answered(told_never_to_donate={"valueBoolean": True}) | {"id": "wrong", "status": "entered-in-error"}
    body = request(sent(client, [*TREATED, wrong], VIEW))
    explained = client.post(VIEW, json=body | {"extension": {"example.kresladi-cds.explain": True}}).get_json()
    assert "considered" not in json.dumps(client.post(VIEW, json=body).get_json())
    (criterion,) = determinations(explained)[0]["criteria"]
    assert [each["reference"] for each in criterion["considered"]] == ["QuestionnaireResponse/wrong"]


# --- every way to the chart -------------------------------------------------------------------------------------------

COURSE = [
    patient(),
    PLANNED,
    resource("CarePlan", "plan", status="active", intent="plan", title="Kresladi"),
    resource("Flag", "flag", status="active", code={"text": "Fall risk"}),
    {"resourceType": "SupplyDelivery", "id": "delivery", "status": "in-progress", "patient": subject()}
    | {"suppliedItem": {"itemCodeableConcept": {"text": "Kresladi"}}},
    answered(back_up_available={"valueBoolean": True}, back_up_cd34_per_kg={"valueDecimal": 2.5}),
]
CASES: dict[str, tuple[list[Resource], list[Resource]]] = {
    "conditioning while Kresladi is on its way": (COURSE, [BUSULFAN]),
    "the infusion": ([*COURSE, given_on("2026-10-10T20:00:00Z", {"text": "busulfan"}, "bu")], [INFUSION]),
    "red cells afterwards": (TREATED, [RED_CELLS]),
    "the chart opened afterwards": (TREATED, []),
}
each_case = pytest.mark.parametrize("case", CASES)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.7])
@each_case
def test_the_way_does_not_change_the_answer(case: str, share: float, tmp_path: Path) -> None:
    """Sent whole, fetched whole, or a mixture: the same cards and the same determination."""
    resources, orders = CASES[case]
    choose = random.Random(case)
    with serving(resources) as server:
        client = anonymous(tmp_path, fhir_servers=frozenset({server.base}), fetch_deadline=10.0)
        path = SIGN if orders else VIEW
        whole = sent(client, resources, path)
        kept = {key: value for key, value in whole.items() if choose.random() < share}
        part = client.post(path, json=authorized(request(kept, *orders), server.base))
        complete = client.post(path, json=request(whole, *orders))
    assert part.status_code == complete.status_code == 200
    assert without_uuids(part.get_json()) == without_uuids(complete.get_json())
    assert complete.get_json()["cards"]


@each_case
def test_the_order_of_the_chart_means_nothing(client: FlaskClient, case: str) -> None:
    """The same resources in another order, under keys in another order."""
    resources, orders = CASES[case]
    shuffled = [*resources]
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert without_uuids(asked(client, shuffled, *orders)) == without_uuids(asked(client, resources, *orders))


# --- what a card offers, closes it ------------------------------------------------------------------------------------


def test_irradiated_blood_closes_the_card(client: FlaskClient) -> None:
    """The order that the card sends back is the one that was sent, with its decimals, and it is met."""
    body = json.dumps(request(sent(client, TREATED), RED_CELLS)).replace('"value": 1.5,', '"value": 1.50,')
    reply = client.post(SIGN, data=body, content_type="application/json")
    assert b'"value":1.50,' in reply.data
    (action,) = reply.get_json()["cards"][0]["suggestions"][0]["actions"]
    assert action["resource"] == RED_CELLS | {"orderDetail": [{"text": "irradiated"}]}
    ServiceRequest.model_validate(action["resource"])
    again = asked(client, TREATED, action["resource"])
    assert again["cards"] == []
    assert determinations(again)[0]["outcome"] == "met"


def test_the_flag_closes_the_card(client: FlaskClient) -> None:
    """Created as it is suggested, it is found when the chart is opened again."""
    (action,) = asked(client, TREATED)["cards"][0]["suggestions"][0]["actions"]
    again = asked(client, [*TREATED, action["resource"] | {"id": "flag"}])
    assert again["cards"] == []
    assert determinations(again)[0]["outcome"] == "met"


def test_the_checklist_closes_every_card(client: FlaskClient) -> None:
    """Each question of the published Questionnaire, answered as the label wants it, is read: nothing is left to say."""
    values = {"boolean": {"valueBoolean": True}, "decimal": {"valueDecimal": 2.5}}
    values["dateTime"] = {"valueDateTime": "2026-10-11T02:00:00Z"}
    answers = {each["linkId"].replace("-", "_"): values[each["type"]] for each in questions()}
    chart = [*UNTREATED, answered(**answers)]
    weight = {"code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}, "status": "final"}
    weight |= {"valueQuantity": {"value": 12, "system": "http://unitsofmeasure.org", "code": "kg"}}
    chart.append(resource("Observation", "weight", effectiveDateTime="2026-05-01", **weight))
    plerixafor = order("MedicationRequest", "d2", medicationCodeableConcept={"text": "plerixafor"})
    before = asked(client, UNTREATED, plerixafor, BUSULFAN, INFUSION | {"id": "d3"})
    after = asked(client, chart, plerixafor, BUSULFAN, INFUSION | {"id": "d3"})
    assert topics_of(before) == ["label-conditioning", "label-infuse", "label-mobilise", "label-checklist"]
    assert after["cards"] == []
    assert [each["outcome"] for each in determinations(after)] == ["met", "met", "met"]


def questions() -> list[Resource]:
    """What the published checklist asks, without groups and help."""
    groups = published("Questionnaire", "kresladi-treatment-checklist").read()["item"]
    return [item for group in groups for item in group["item"]]


def test_the_checklist_asks_what_is_read() -> None:
    """The questions and their types are those that the clauses read; each has a word of help that names a section."""
    asked_for = {each["linkId"]: each["type"] for each in questions()}
    booleans = {
        "transplant-appropriate",
        "minimum-dose-reached",
        "product-received-and-stored",
        "back-up-available",
        "bags-in-date",
        "lot-sheet-checked",
        "central-venous-access",
        "no-filter-no-pump",
        "told-never-to-donate",
        "bedside-steps-reviewed",
    }
    others = {"back-up-cd34-per-kg": "decimal", "conditioning-completed": "dateTime"}
    assert asked_for == dict.fromkeys(booleans, "boolean") | others
    for each in questions():
        (help_,) = each["item"]
        assert "2." in help_["text"]


def test_the_checklist_card_leads_to_the_checklist(client: FlaskClient) -> None:
    """Its link is the published Questionnaire's own address."""
    cards = asked(client, [*UNTREATED], INFUSION)["cards"]
    (link,) = next(card["links"] for card in cards if card["source"]["topic"]["code"] == "label-checklist")
    assert link["type"] == "absolute"
    assert link["url"].startswith(f"{PUBLIC}/fhir/Questionnaire/")
    assert client.get(link["url"].removeprefix(PUBLIC)).get_json()["url"] == CHECKLIST


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_cards_are_on_record_with_their_criterion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The audit record has outcome and topic, the metrics count them, and feedback is reported by topic."""
    client = anonymous(tmp_path)
    card = client.post(SIGN, json=request(sent(client, TREATED), RED_CELLS)).get_json()["cards"][0]
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert record["service"] == "kresladi-treatment-order-sign"
    assert record["hook"] == "order-sign"
    assert record["outcomes"] == ["not-met"]
    assert record["topics"] == ["label-irradiate"]
    figures = client.get("/metrics").get_data(as_text=True)
    assert 'kresladi_outcomes_total{outcome="not-met",service="kresladi-treatment-order-sign"} 1.0' in figures
    assert 'kresladi_cards_total{service="kresladi-treatment-order-sign",topic="label-irradiate"} 1.0' in figures
    accepted = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-21T09:00:00Z"}
    accepted["acceptedSuggestions"] = [{"id": card["suggestions"][0]["uuid"]}]
    assert client.post(f"{SIGN}/feedback", json={"feedback": [accepted]}).status_code == 200
    environment = {"CDS_DATABASE_URL": f"sqlite:///{tmp_path / 'cds.sqlite3'}"}
    (row,) = json.loads(CliRunner().invoke(main, ["feedback", "--json"], env=environment).stdout)["rows"]
    assert (row["topic"], row["shown"], row["accepted"]) == ("label-irradiate", 1, 1)


# --- whatever is sent -------------------------------------------------------------------------------------------------

WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["", "x", "2026", "2026-13-45", "Patient/p1", "#", "kresladi", "not irradiated"]),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from([None, "x", {}, []]), max_size=2),
)
PLACES = st.lists(st.integers(0, 10_000), min_size=1, max_size=4)
quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def paths_of(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([above] if above else []), *(path for key, each in inner for path in paths_of(each, (*above, key)))]


def spoilt(body: Resource, places: list[int], wrong: Any) -> Resource:
    """The body with something else in some of its places."""
    made = copy.deepcopy(body)
    for place in places:
        paths = paths_of(made)
        *above, last = paths[place % len(paths)]
        target: Any = made
        for key in above:
            target = target[key]
        target[last] = copy.deepcopy(wrong)
    return made


@pytest.mark.parametrize("depth", [100, 600, 900, 1200])
def test_an_order_nested_without_end_is_no_defect(client: FlaskClient, depth: int) -> None:
    """It is read or refused; what is too deep to be sent back is not suggested."""
    nested = '{"x":' * depth + "1" + "}" * depth
    body = json.dumps(request(sent(client, TREATED), RED_CELLS | {"vendor": 0})).replace(
        '"vendor": 0', f'"v": {nested}'
    )
    reply = client.post(SIGN, data=body, content_type="application/json")
    assert reply.status_code in (200, 400)
    if reply.status_code == 200:
        assert topics_of(reply.get_json()) == ["label-irradiate"]
        assert ("suggestions" in reply.get_json()["cards"][0]) is (depth < 400)


@pytest.mark.parametrize("case", CASES)
def test_no_input_is_a_defect(client: FlaskClient, case: str) -> None:
    """Anything in any place of a request, the chart or the order: an answer or a refusal, never a 500."""
    resources, orders = CASES[case]
    path = SIGN if orders else VIEW
    body = request(sent(client, resources, path), *orders)

    @quick
    @given(PLACES, WRONG)
    def holds(places: list[int], wrong: Any) -> None:
        reply = client.post(path, json=spoilt(body, places, wrong))
        assert reply.status_code in (200, 400, 412)
        assert "cards" in reply.get_json() or reply.status_code != 200

    holds()
