"""The worksheet's addresses over HTTP, against an EHR on loopback: what they answer, and what they never do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fhir.resources.R4B.bundle import Bundle
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from cds_service.trust.relay import SignInFailed, token_endpoint
from cds_service.worksheet import smart
from tests.browser.families import NURSE, TRANSPLANT, newly_diagnosed, unanswered
from tests.browser.smart_ehr import CLIENT_ID, Grant, SmartEhr, ehr_with
from tests.charts import Resource, order, request
from tests.ehr import SIGN, anonymous
from tests.fhir_server import cut, status

TOKEN = "a-token-of-a-clinician"
SECRET = "a-secret-of-the-app"


pytestmark = pytest.mark.usefixtures("fhirclient_built")


@pytest.fixture(name="ehr")
def an_ehr() -> Iterator[SmartEhr]:
    with ehr_with(unanswered()) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        yield ehr


def client_for(ehr: SmartEhr, folder: Path, **more: Any) -> FlaskClient:
    """The service, to which the EHR gave a client id."""
    return anonymous(folder, smart_client_id=CLIENT_ID, fhir_servers=frozenset({ehr.base}), **more)


@pytest.fixture(name="client")
def a_client(ehr: SmartEhr, tmp_path: Path) -> FlaskClient:
    return client_for(ehr, tmp_path)


def body(ehr: SmartEhr, user: str = TRANSPLANT, **more: Any) -> Resource:
    return {"server": ehr.base, "patient": "p1", "user": user, "token": TOKEN} | more


# --- the chart -------------------------------------------------------------------------------------------------------


def test_it_asks_what_is_open_and_shows_the_rest(client: FlaskClient, ehr: SmartEhr) -> None:
    """The donor and the attestation are asked; the flow cytometry is shown with its evidence."""
    page = client.post("/worksheet/chart", json=body(ehr)).text
    assert 'name="sibling-donor-available"' in page
    assert 'name="attest-clinically-stable"' in page
    assert "percent-of-neutrophils" not in page
    assert "CD18 1.2 % of neutrophils, 2026-03-04" in page


def test_each_chart_that_is_opened_leaves_a_record(
    ehr: SmartEhr, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was read and what it documents; the patient only as a keyed hash, the token not at all."""
    client = client_for(ehr, tmp_path, audit_key="k" * 32)
    assert client.post("/worksheet/chart", json=body(ehr)).status_code == 200
    assert client.post("/worksheet/chart", json=body(ehr, token="another")).status_code == 401
    written = capsys.readouterr().out
    opened, refused = map(json.loads, written.splitlines())
    assert opened["service"] == refused["service"] == "worksheet"
    assert opened["outcomes"] == ["documentation-missing"]
    assert {"Patient", "Observation"} <= {each["type"] for each in opened["fetched"]}
    assert len(opened["patient"]) == 64
    assert refused["status"] == 401
    for secret in (TOKEN, "another", '"p1"', ehr.base):
        assert secret not in written


WHO = [
    (TRANSPLANT, "Your attestation counts", "a transplant specialist"),
    ("PractitionerRole/bmt", "Your attestation counts", "the specialist's role"),
    (NURSE, "Your attestation would not count", "a nurse"),
    ("Practitioner/heme", "Your attestation would not count", "a haematologist"),
    ("Practitioner/gone", "your specialty could not be read", "nobody that the directory knows"),
    ("Patient/p1", "Answers cannot be recorded", "the patient"),
    ("", "Answers cannot be recorded", "nobody said"),
]


@pytest.mark.parametrize(("user", "says", "remark"), WHO, ids=[row[-1] for row in WHO])
def test_it_says_whether_an_attestation_would_count(
    client: FlaskClient, ehr: SmartEhr, user: str, says: str, remark: str
) -> None:
    """Before anything is typed, by who is signed in."""
    assert says in client.post("/worksheet/chart", json=body(ehr, user)).text


def test_roles_that_could_not_be_read_are_no_no(client: FlaskClient, ehr: SmartEhr) -> None:
    """A directory that fails does not make a specialist somebody else."""
    ehr.when("PractitionerRole", status(500))
    page = client.post("/worksheet/chart", json=body(ehr)).text
    assert "your specialty could not be read" in page


def test_whoever_looks_signs_nothing(tmp_path: Path) -> None:
    """A transplant specialist who opens the worksheet is not the prescriber for it: that would be a false "met"."""
    with ehr_with(newly_diagnosed()) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        page = client_for(ehr, tmp_path).post("/worksheet/chart", json=body(ehr)).text
    assert 'name="transplant-specialist"' in page


ORDERS = [
    ([], "", "not in the chart yet", "no order on record: what hangs on it stays open"),
    ([order()], "", "MedicationRequest/draft-1, draft", "the only order"),
    (
        [order()],
        "MedicationRequest/other",
        "MedicationRequest/draft-1, draft",
        "the order named is not there: the only one",
    ),
    (
        [order(), order(id="two")],
        "MedicationRequest/two",
        "MedicationRequest/two, draft",
        "the one that the card named",
    ),
    ([order(), order(id="two")], "", "Which order is it about?", "two orders, and none is named"),
    ([order(), order(id="two", status="stopped")], "", "MedicationRequest/draft-1, draft", "a stopped order is none"),
    (
        [order(), order(id="two", medicationCodeableConcept={"text": "Amoxicillin"})],
        "",
        "MedicationRequest/draft-1, draft",
        "another drug's order is none",
    ),
    (
        [
            order(medicationCodeableConcept=None, medicationReference={"reference": "Medication/k"}),
            {"resourceType": "Medication", "id": "k", "code": {"text": "Kresladi"}},
        ],
        "",
        "MedicationRequest/draft-1, draft",
        "the drug stands in a Medication of its own",
    ),
]


@pytest.mark.parametrize(("orders", "named", "says", "remark"), ORDERS, ids=[row[-1] for row in ORDERS])
def test_which_order_is_in_view(tmp_path: Path, orders: list[Resource], named: str, says: str, remark: str) -> None:
    """The one that the card named, the only one, or one to be chosen."""
    chart = [each for each in unanswered() if each["resourceType"] != "MedicationRequest"]
    with ehr_with([*chart, *orders]) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        page = client_for(ehr, tmp_path).post("/worksheet/chart", json=body(ehr, order=named)).text
    assert says in page


def test_a_chart_is_asked_for_once(client: FlaskClient, ehr: SmartEhr) -> None:
    """Each part is read once, though it is looked through for the orders and then for everything."""
    client.post("/worksheet/chart", json=body(ehr))
    parts = [what for what in ehr.whats if what == "Patient/p1" or "patient=p1" in what]
    assert len(parts) == len(set(parts)) == 17


def test_text_of_the_chart_stays_text(tmp_path: Path) -> None:
    """Names and results cannot become markup."""
    chart = [each | ({"name": [{"text": "<img src=x>"}]} if each["id"] == "p1" else {}) for each in unanswered()]
    with ehr_with(chart) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        page = client_for(ehr, tmp_path).post("/worksheet/chart", json=body(ehr)).text
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page


# --- what is in the way ----------------------------------------------------------------------------------------------


def refused(client: FlaskClient, ehr: SmartEhr, **more: Any) -> tuple[int, str]:
    answer = client.post("/worksheet/chart", json=body(ehr, **more))
    return answer.status_code, answer.text


def test_a_token_that_is_refused(client: FlaskClient, ehr: SmartEhr) -> None:
    """401: the page asks to sign in again."""
    ehr.expire()
    assert refused(client, ehr)[0] == 401


def test_a_server_that_does_not_answer(client: FlaskClient, ehr: SmartEhr) -> None:
    """502: nothing is said about the chart."""
    ehr.when("Patient/p1", cut)
    assert refused(client, ehr)[0] == 502


@pytest.mark.parametrize(
    "server", ["https://else.example/fhir", "http://169.254.169.254/latest", "", "file:///etc/passwd"]
)
def test_a_server_that_nobody_allowed(client: FlaskClient, ehr: SmartEhr, server: str) -> None:
    """403, and nothing is sent anywhere."""
    assert refused(client, ehr, server=server)[0] == 403
    assert ehr.asked == []


@pytest.mark.parametrize("path", ["/worksheet/chart", "/worksheet/packet", "/worksheet/clinicians"])
def test_without_a_token_nothing_is_asked(client: FlaskClient, ehr: SmartEhr, path: str) -> None:
    """401: an EHR that shows charts to anybody in its network shows none to whoever reaches this service."""
    assert client.post(path, json=body(ehr, token="", name="Lind")).status_code == 401
    assert ehr.asked == []


@pytest.mark.parametrize("patient", [".", "..", "p1/..", "p1?x", ""])
def test_a_patient_that_would_lead_elsewhere(client: FlaskClient, ehr: SmartEhr, patient: str) -> None:
    """400, and nothing is asked."""
    assert client.post("/worksheet/chart", json=body(ehr, patient=patient)).status_code == 400
    assert ehr.asked == []


@pytest.mark.parametrize("sent", [b"", b"[]", b'{"server": 1}', b'{"server": "x", "patient": "../Patient"}', b"{"])
def test_a_body_that_is_none(client: FlaskClient, sent: bytes) -> None:
    """400."""
    assert client.post("/worksheet/chart", data=sent, content_type="application/json").status_code == 400


def test_no_log_holds_the_token_or_the_patient(
    client: FlaskClient, ehr: SmartEhr, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in a good call nor in one that fails."""
    with caplog.at_level(logging.DEBUG):
        client.post("/worksheet/chart", json=body(ehr))
        ehr.when("Patient/p1", status(500, {"resourceType": "Patient", "id": "Alma"}))
        answer = client.post("/worksheet/chart", json=body(ehr))
    written = caplog.text + "".join(capsys.readouterr()) + answer.text
    assert not any(part in written for part in (TOKEN, "Alma", "Patient/p1"))


# --- answers ---------------------------------------------------------------------------------------------------------


def test_answers_are_checked_and_made_into_a_response(client: FlaskClient, ehr: SmartEhr) -> None:
    """FHIR to save; no token is needed for it."""
    sent = body(ehr, answers={"sibling-donor-available": "false"}, token="")
    answer = client.post("/worksheet/response", json=sent)
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    made: Any = answer.get_json()
    assert (made["author"], made["status"]) == ({"reference": TRANSPLANT}, "completed")
    assert ehr.asked == []


def test_a_number_keeps_its_last_zero(client: FlaskClient, ehr: SmartEhr) -> None:
    """1.20 is written as 1.20."""
    typed = {"cd18-percent-of-neutrophils": "1.20", "flow-cytometry-date": "2026-03-04"}
    assert '"valueDecimal":1.20' in client.post("/worksheet/response", json=body(ehr, answers=typed)).text


def test_problems_are_told_by_question(client: FlaskClient, ehr: SmartEhr) -> None:
    """422, and nothing that could be saved."""
    answer = client.post("/worksheet/response", json=body(ehr, answers={"attest-clinically-stable": "true"}))
    assert (answer.status_code, list(answer.get_json()["problems"])) == (
        422,
        ["attest-eligible-for-conditioning-and-hsct"],
    )


@pytest.mark.parametrize("user", ["", "Patient/p1", "RelatedPerson/mother", "Practitioner/../x"])
def test_only_a_clinician_can_be_the_author(client: FlaskClient, ehr: SmartEhr, user: str) -> None:
    """400: a response without a clinician as its author would count for nothing."""
    sent = body(ehr, user, answers={"sibling-donor-available": "false"})
    assert client.post("/worksheet/response", json=sent).status_code == 400


def test_clinicians_are_found_by_name(client: FlaskClient, ehr: SmartEhr) -> None:
    """With what the directory says of them."""
    page = client.post("/worksheet/clinicians", json=body(ehr, name="lind")).text
    assert 'value="PractitionerRole/bmt"' in page
    assert "Dr Maja Lind" in page
    assert "Pediatric bone marrow transplant" in page
    assert "Berg" not in page


# --- the packet ------------------------------------------------------------------------------------------------------


def packet_of(client: FlaskClient, ehr: SmartEhr) -> tuple[str, Resource]:
    """The page, and the Bundle."""
    answer: Any = client.post("/worksheet/packet", json=body(ehr)).get_json()
    return answer["page"], json.loads(answer["bundle"])


def test_the_packet_is_a_valid_document(client: FlaskClient, ehr: SmartEhr) -> None:
    """A Composition first, then what made it and what it rests on; each address once."""
    _, bundle = packet_of(client, ehr)
    Bundle.model_validate(bundle)
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert (bundle["type"], kinds[:3]) == ("document", ["Composition", "Device", "Provenance"])
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(addresses)) == len(addresses)


def test_all_that_the_composition_refers_to_is_in_the_bundle(client: FlaskClient, ehr: SmartEhr) -> None:
    """As a document has to."""
    _, bundle = packet_of(client, ehr)
    composition = bundle["entry"][0]["resource"]
    named = {each["reference"] for section in composition["section"] for each in section.get("entry", [])}
    named |= {composition["subject"]["reference"], composition["author"][0]["reference"]}
    assert named <= {entry["fullUrl"] for entry in bundle["entry"]}


def test_the_packet_holds_every_criterion_with_its_evidence(client: FlaskClient, ehr: SmartEhr) -> None:
    """The policy with its number and date, seven criteria, evidence by date and source, and what is open."""
    page, bundle = packet_of(client, ehr)
    for said in ("CP.PHAR.599", "2026-03-26", "CD18 1.2 % of neutrophils, 2026-03-04", "Observation/cd18", "II.A"):
        assert said in page
        assert said in json.dumps(bundle)
    titles = [section["title"] for section in bundle["entry"][0]["resource"]["section"]]
    assert titles[1].startswith("II.A ")
    assert [title[:5] for title in titles[2:8]] == [f"I.A.{number}" for number in range(1, 7)]
    assert "I.A.5 Attestation: Open" in titles


def test_the_packet_is_preliminary_while_anything_is_open(tmp_path: Path, client: FlaskClient, ehr: SmartEhr) -> None:
    """And final when all is documented."""
    assert packet_of(client, ehr)[1]["entry"][0]["resource"]["status"] == "preliminary"
    made: Any = client.post("/worksheet/response", json=body(ehr, answers=ALL_ANSWERS)).get_json()
    ehr.resources.append(made | {"id": "saved"})
    page, bundle = packet_of(client, ehr)
    assert bundle["entry"][0]["resource"]["status"] == "final"
    assert "All 7 criteria are documented" in page


ALL_ANSWERS = {
    "sibling-donor-available": "false",
    "attest-clinically-stable": "true",
    "attest-eligible-for-conditioning-and-hsct": "true",
}


def test_the_packet_holds_no_verdict(client: FlaskClient, ehr: SmartEhr) -> None:
    """Whatever is on record: the committee reviews, and no word of a decision is there."""
    page, bundle = packet_of(client, ehr)
    for text in (page.lower(), json.dumps(bundle).lower()):
        assert "committee" in text
        assert not any(word in text for word in ("approve", "denied", "deny", "eligible for coverage", "is covered"))


STOPS = [
    (
        [order(reasonCode=[{"text": "Wiskott-Aldrich syndrome"}])],
        ("dx",),
        "The order is for another disease than LAD-I",
        "CP.CPA.09",
        "another disease",
    ),
    (
        [
            order(),
            {
                "resourceType": "MedicationAdministration",
                "id": "given",
                "status": "completed",
                "medicationCodeableConcept": {"text": "Kresladi"},
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2025-01-05",
            },
        ],
        (),
        "An earlier dose is on record",
        "once in a lifetime",
        "an earlier dose",
    ),
]


@pytest.mark.parametrize(("more", "less", "title", "says", "remark"), STOPS, ids=[row[-1] for row in STOPS])
def test_where_the_criteria_lead_nowhere_it_is_said(
    tmp_path: Path, more: list[Resource], less: tuple[str, ...], title: str, says: str, remark: str
) -> None:
    """On the worksheet, which asks nothing, and in the packet: never that nothing is open."""
    chart = [each for each in unanswered() if each["id"] not in (*less, "draft-1")]
    with ehr_with([*chart, *more]) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        client = client_for(ehr, tmp_path)
        sheet = client.post("/worksheet/chart", json=body(ehr)).text
        packet, bundle = packet_of(client, ehr)
    composition = bundle["entry"][0]["resource"]
    assert (composition["status"], composition["section"][1]["title"]) == ("preliminary", title)
    for page in (sheet, packet):
        assert title in page
        assert says in page
        assert "Nothing is open" not in page
        assert "criteria are documented" not in page
    assert 'id="answers"' not in sheet


def test_resources_go_along_as_the_ehr_has_them(client: FlaskClient, ehr: SmartEhr) -> None:
    """Unchanged; one that is no valid FHIR is named and not sent along."""
    odd = next(each for each in ehr.resources if each["id"] == "infection")
    odd["category"] = "broken"
    page, bundle = packet_of(client, ehr)
    sent = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    assert sent[f"{ehr.base}/Condition/dx"] == next(each for each in ehr.resources if each["id"] == "dx")
    assert "Condition/infection" in page
    assert f"{ehr.base}/Condition/infection" not in sent


# --- the pages -------------------------------------------------------------------------------------------------------


def policy_of(answer: TestResponse) -> dict[str, str]:
    directives = (each.partition(" ") for each in answer.headers["Content-Security-Policy"].split("; "))
    return {name: sources for name, _, sources in directives}


@pytest.mark.parametrize("path", ["/worksheet", "/worksheet/packet", "/worksheet/launch"])
def test_pages_may_speak_to_the_ehr_alone(client: FlaskClient, ehr: SmartEhr, path: str) -> None:
    """No inline script or style; connections to the FHIR servers of the configuration; framed by nobody else."""
    policy = policy_of(client.get(path, query_string={"iss": ehr.base}))
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert policy["connect-src"] == f"'self' {ehr.base.removesuffix('/fhir')}"
    assert policy["frame-ancestors"] == "'self'"


def test_an_ehr_that_is_named_may_frame_them(ehr: SmartEhr, tmp_path: Path) -> None:
    """`CDS_FRAME_ANCESTORS`."""
    client = client_for(ehr, tmp_path, frame_ancestors=("https://ehr.example",))
    assert policy_of(client.get("/worksheet"))["frame-ancestors"] == "'self' https://ehr.example"


@pytest.mark.parametrize("header", [("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")])
def test_pages_leave_no_trace(client: FlaskClient, header: tuple[str, str]) -> None:
    """Neither in a cache nor at another site."""
    assert client.get("/worksheet").headers[header[0]] == header[1]


LAUNCHES = [
    (
        "?iss=https://else.example/fhir&launch=x",
        403,
        "not one that the worksheet may read",
        "an EHR that nobody allowed",
    ),
    ("", 403, "started from the EHR", "no EHR at all"),
]


@pytest.mark.parametrize(("query", "expected", "says", "remark"), LAUNCHES, ids=[row[-1] for row in LAUNCHES])
def test_a_launch_that_is_refused(client: FlaskClient, query: str, expected: int, says: str, remark: str) -> None:
    """A page that says what happened, before anything is sent."""
    answer = client.get(f"/worksheet/launch{query}")
    assert answer.status_code == expected
    assert says in answer.text


def test_a_missing_library_is_said(ehr: SmartEhr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service runs; the page tells how to bring the library in, and no card links to it."""
    monkeypatch.setattr(smart, "FHIRCLIENT", "not-there.js")
    client = client_for(ehr, tmp_path)
    answer = client.get("/worksheet")
    assert (answer.status_code, "make vendor" in answer.text) == (503, True)
    assert links(client) == []


def test_without_a_client_id_there_is_no_worksheet(tmp_path: Path) -> None:
    """404; in development a page that says what is missing."""
    assert anonymous(tmp_path).get("/worksheet").status_code == 404
    development = anonymous(tmp_path, development=True).get("/worksheet")
    assert (development.status_code, "CDS_SMART_CLIENT_ID" in development.text) == (503, True)


# --- the card --------------------------------------------------------------------------------------------------------


def links(client: FlaskClient) -> list[Resource]:
    chart = [each for each in unanswered() if each["resourceType"] != "MedicationRequest"]
    answer: Any = client.post(SIGN, json=request(chart)).get_json()
    [card] = answer["cards"]
    assert card["source"]["topic"]["code"] == "missing-documentation"
    found: list[Resource] = card.get("links", [])
    return found


def test_the_card_links_to_the_worksheet(client: FlaskClient) -> None:
    """A SMART link that names the order and the hook, and nothing of the patient."""
    [link] = links(client)
    assert (link["type"], link["url"]) == ("smart", "https://cds.example/worksheet/launch")
    assert json.loads(link["appContext"]) == {"order": "MedicationRequest/draft-1", "hook": "order-sign"}


def test_no_link_where_there_is_no_worksheet(tmp_path: Path) -> None:
    """The card is the same as ever."""
    assert links(anonymous(tmp_path)) == []


# --- signing in through the service ----------------------------------------------------------------------------------


def exchange(client: FlaskClient, ehr: SmartEhr) -> TestResponse:
    """Hand in a code as the page does."""
    verifier = "a-verifier-of-at-least-forty-three-characters-x"
    ehr.codes["code"] = Grant("p1", "", ehr.challenge_of(verifier), "https://cds.example/worksheet")
    form = {
        "grant_type": "authorization_code",
        "code": "code",
        "redirect_uri": "https://cds.example/worksheet",
        "code_verifier": verifier,
        "client_id": CLIENT_ID,
    }
    return client.post("/worksheet/token", query_string={"iss": ehr.base}, data=form)


def test_a_confidential_client_shows_its_secret_to_the_ehr_alone(ehr: SmartEhr, tmp_path: Path) -> None:
    """The service adds it; the token goes back to the page."""
    ehr.client_secret = SECRET
    client = client_for(ehr, tmp_path, smart_client_secret=SECRET)
    answer = exchange(client, ehr)
    assert answer.get_json()["access_token"] in ehr.tokens
    assert SECRET not in answer.text + client.get("/worksheet").text


def test_a_confidential_client_may_sign_with_a_key(ehr: SmartEhr, tmp_path: Path) -> None:
    """`private_key_jwt`, with the token endpoint as its audience."""
    key = ec.generate_private_key(ec.SECP384R1())
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"kid": "one", **ECAlgorithm.to_jwk(key, as_dict=True)}))
    ehr.client_key = key.public_key()
    assert exchange(client_for(ehr, tmp_path, smart_private_key=file), ehr).status_code == 200
    assert exchange(client_for(ehr, tmp_path), ehr).status_code == 502


def test_an_ehr_that_gives_no_token(ehr: SmartEhr, client: FlaskClient) -> None:
    """502, without what the EHR said."""
    ehr.client_secret = SECRET
    answer = exchange(client, ehr)
    assert answer.status_code == 502
    assert "invalid_client" not in answer.text


def test_codes_go_to_allowed_servers_alone(client: FlaskClient) -> None:
    """400 for any other."""
    answer = client.post("/worksheet/token", query_string={"iss": "https://else.example/fhir"}, data={"code": "x"})
    assert answer.status_code == 400


NO_CODES: list[tuple[Resource, str]] = [
    ({"grant_type": "client_credentials"}, "the app's own access"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "a token to come again"),
    ({"code": "code", "redirect_uri": "https://cds.example/worksheet"}, "a code without its verifier"),
    ({"code": "code", "redirect_uri": "https://cds.example/worksheet", "code_verifier": ""}, "an empty verifier"),
]


@pytest.mark.parametrize(("form", "remark"), NO_CODES, ids=[row[-1] for row in NO_CODES])
def test_the_secret_is_lent_for_codes_alone(ehr: SmartEhr, tmp_path: Path, form: Resource, remark: str) -> None:
    """400, and nothing is asked: anybody can call here, and the secret opens more than one clinician's session."""
    ehr.client_secret = SECRET
    client = client_for(ehr, tmp_path, smart_client_secret=SECRET)
    answer = client.post("/worksheet/token", query_string={"iss": ehr.base}, data=form)
    assert (answer.status_code, ehr.asked) == (400, [])


ENDPOINTS = [
    ("https://ehr.example/token", "https://ehr.example/fhir", True, "on the same host"),
    ("https://login.example/token", "https://ehr.example/fhir", True, "on another host"),
    ("http://127.0.0.1:9000/token", "http://127.0.0.1:8000/fhir", True, "on loopback, for an EHR that is there"),
    ("http://127.0.0.1:9000/token", "https://ehr.example/fhir", False, "on our own machine, named by somebody else"),
    ("https://localhost/token", "https://ehr.example/fhir", False, "the same with TLS"),
    ("http://login.example/token", "https://ehr.example/fhir", False, "without TLS"),
    ("https://a@login.example/token", "https://ehr.example/fhir", False, "with a user in it"),
]


@pytest.mark.parametrize(("named", "base", "good", "remark"), ENDPOINTS, ids=[row[-1] for row in ENDPOINTS])
def test_where_a_code_may_go(named: str, base: str, good: bool, remark: str) -> None:
    """The endpoint that the EHR names, if it is one that an EHR can have."""
    configuration = json.dumps({"token_endpoint": named}).encode()
    if good:
        assert token_endpoint(configuration, base) == named
    else:
        with pytest.raises(SignInFailed):
            token_endpoint(configuration, base)


BROKEN_KEYS = [
    ("", "nothing"),
    ("{}", "no key"),
    ('{"kid": "one", "kty": "oct", "k": "eA", "d": "x"}', "a shared secret"),
]


@pytest.mark.parametrize(("content", "remark"), BROKEN_KEYS, ids=[row[-1] for row in BROKEN_KEYS])
def test_a_key_that_is_none_stops_the_start(tmp_path: Path, content: str, remark: str) -> None:
    """The message names the variable."""
    file = tmp_path / "key.json"
    file.write_text(content)
    settings = Settings(allow_anonymous=True, smart_client_id=CLIENT_ID, smart_private_key=file)
    with pytest.raises(ConfigurationError, match="CDS_SMART_PRIVATE_KEY"):
        create_app(settings)
