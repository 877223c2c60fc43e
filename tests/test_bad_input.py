"""Bad input: the right status, an OperationOutcome, and nothing of the patient in it or in the log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.config import MAX_BODY
from tests.charts import LOINC, SETTINGS, Resource, complete, concept, dose, flow, observation, order, quantity, request

SIGN = "/cds-services/kresladi-order-sign"
SECRET = "Jane-Doe-1977"
"""Stands for the patient in what is sent; it must not come back, nor reach the log."""


@pytest.fixture(name="client", scope="module")
def the_client() -> FlaskClient:
    """The service as configured for development."""
    return create_app(SETTINGS).test_client()


def with_secret(**more: Any) -> Resource:
    """A request about the patient who must not be named; what else is given stands in it as it is."""
    body = request()
    body["context"]["patientId"] = SECRET
    return body | more


def without_member(name: str) -> Resource:
    body = with_secret()
    del body[name]
    return body


def in_context(**changes: Any) -> Resource:
    body = with_secret()
    body["context"] = {key: value for key, value in (body["context"] | changes).items() if value is not Ellipsis}
    return body


def an_order_with(value: bytes) -> bytes:
    """A request whose order has these bytes for a value."""
    return json.dumps(in_context(draftOrders=[order(x="@")])).encode().replace(b'"@"', value)


def nested(depth: int, where: str) -> bytes:
    """A request with objects in one another, somewhere."""
    places = {
        "the top level": with_secret(vendor=["@"]),
        "the extension": with_secret(extension=["@"]),
        "the context": in_context(vendor=["@"]),
        "prefetch": with_secret(prefetch={"conditions": ["@"]}),
        "one resource": with_secret(prefetch={"observations": flow(note=["@"])}),
        "one concept": with_secret(prefetch={"observations": flow() | {"code": ["@"]}}),
        "the order": in_context(draftOrders={"resourceType": "Bundle", "entry": [{"resource": order(note=["@"])}]}),
    }
    deep = '{"a":' * depth + "1" + "}" * depth
    return json.dumps(places[where]).replace('["@"]', deep).encode()


PLACES = ("the top level", "the extension", "the context", "prefetch", "one resource", "one concept", "the order")


def refused(answer: TestResponse, status: int, caplog: pytest.LogCaptureFixture) -> str:
    """The text of a refusal, after checking all that every refusal has in common."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/fhir+json"
    outcome = OperationOutcome.model_validate(answer.get_json())
    assert outcome.issue[0].severity == "error"
    assert SECRET not in answer.get_data(as_text=True)
    assert SECRET not in caplog.text
    return str(outcome.issue[0].details.text)


UNREADABLE_ORDERS = [
    ("that is text", SECRET),
    ("that is a number", 5),
    ("that is a list", [order()]),
    ("of no type", order(resourceType=None)),
    ("of a type that is empty", order(resourceType="")),
    ("of a type that is a list", order(resourceType=["MedicationRequest"])),
    ("of a status that is a number", order(status=5)),
    ("known by an object", order(id={"value": SECRET})),
    ("for a drug that is a number", order(medicationCodeableConcept=2740386)),
    ("for a drug whose text is an object", order(medicationCodeableConcept={"text": {"value": "Kresladi"}})),
    ("for a drug whose coding is a text", order(medicationCodeableConcept={"coding": ["Kresladi"]})),
    ("for a drug whose code is an object", order(medicationCodeableConcept={"coding": [{"code": {"value": "x"}}]})),
]


@pytest.mark.parametrize(
    ("remark", "body"),
    [
        ("nothing", b""),
        ("not JSON", f"patient={SECRET}".encode()),
        ("cut off", json.dumps(with_secret()).encode()[:-2]),
        ("two documents", json.dumps(with_secret()).encode() * 2),
        ("a comment", b'{"hook": "order-sign" /* Jane-Doe-1977 */}'),
        ("UTF-16", json.dumps(with_secret()).encode("utf-16")),
        ("half a character", b'{"hook": "order-sign", "context": {"patientId": "\xc3"}}'),
        ("NaN", json.dumps(with_secret(vendor=float("nan"))).encode()),
        ("NaN in prefetch", json.dumps(with_secret(prefetch={"x": float("nan")})).encode()),
        ("Infinity", json.dumps(with_secret(vendor=float("inf"))).encode()),
        ("minus Infinity in an order", json.dumps(in_context(draftOrders=[order(x=float("-inf"))])).encode()),
        ("null", b"null"),
        ("a list", json.dumps([with_secret()]).encode()),
        ("a string", json.dumps(SECRET).encode()),
        ("a number", b"1977"),
        ("no hook", json.dumps(without_member("hook")).encode()),
        ("another hook", json.dumps(with_secret(hook="patient-view")).encode()),
        ("the other service's hook", json.dumps(with_secret(hook="order-select")).encode()),
        ("a hook that is a number", json.dumps(with_secret() | {"hook": 7}).encode()),
        ("no context", json.dumps(without_member("context")).encode()),
        ("a null context", json.dumps(with_secret(context=None)).encode()),
        ("a context that is a list", json.dumps(with_secret(context=[SECRET])).encode()),
        ("a context that is text", json.dumps(with_secret(context=SECRET)).encode()),
        ("no patient", json.dumps(in_context(patientId=...)).encode()),
        ("a patient that is none", json.dumps(in_context(patientId={"id": SECRET})).encode()),
        ("an empty patient", json.dumps(in_context(patientId=" ")).encode()),
        ("no draftOrders", json.dumps(in_context(draftOrders=...)).encode()),
        ("null draftOrders", json.dumps(in_context(draftOrders=None)).encode()),
        ("draftOrders that are an order", json.dumps(in_context(draftOrders=order())).encode()),
        ("draftOrders that are text", json.dumps(in_context(draftOrders=SECRET)).encode()),
        ("draftOrders that are an object", json.dumps(in_context(draftOrders={"a": SECRET})).encode()),
        ("draftOrders whose entries are text", json.dumps(in_context(draftOrders={"entry": SECRET})).encode()),
        *(
            (f"an order {what}", json.dumps(in_context(draftOrders={"entry": [{"resource": value}]})).encode())
            for what, value in UNREADABLE_ORDERS
        ),
        ("prefetch that is a list", json.dumps(with_secret(prefetch=[{"a": SECRET}])).encode()),
        ("prefetch that is text", json.dumps(with_secret(prefetch=SECRET)).encode()),
        ("an order with no number at all", an_order_with(b"1e" + b"9" * 30)),
        ("an order with half a character", an_order_with(b'"\xc3"')),
        *((f"nested without end in {place}", nested(100_000, place)) for place in PLACES),
    ],
)  # fmt: skip
def test_what_is_no_request_is_400(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, remark: str, body: bytes
) -> None:
    """Unreadable, or no request of this hook."""
    assert refused(client.post(SIGN, data=body, content_type="application/json"), 400, caplog)


@pytest.mark.parametrize("depth", [30, 100, 200, 300, 400, 500, 600, 800, 1000, 1500, 3000])
@pytest.mark.parametrize("place", PLACES)
def test_no_depth_is_a_defect(client: FlaskClient, caplog: pytest.LogCaptureFixture, place: str, depth: int) -> None:
    """Deep nesting is read, reported or refused; it never breaks the service."""
    answer = client.post(SIGN, data=nested(depth, place), content_type="application/json")
    assert answer.status_code in (200, 400, 412)
    if answer.status_code == 200:
        assert answer.get_json()["cards"]
    assert "defect" not in caplog.text


OUT_OF_RANGE = ("1e400", "-1e400", "1e-400", "1e999999999", "1e-999999999", "9" * 30, "9" * 4000)
ODD = ("0." + "1" * 4000, "-0.0", "0", "-1", "1E+0")


@pytest.mark.parametrize("number", [*OUT_OF_RANGE, *ODD], ids=lambda number: number[:14])
@pytest.mark.parametrize("place", ["the dose", "the total dose", "a weight", "CD18", "the age at cord separation"])
def test_no_number_is_a_defect(client: FlaskClient, caplog: pytest.LogCaptureFixture, place: str, number: str) -> None:
    """A number out of any range makes its resource unreadable, and never a criterion met."""
    weight = observation("w", concept("Body weight", (LOINC, "29463-7")), valueQuantity=quantity(10, "kg"))
    total = [order(dosageInstruction=[dose(30, "10*6")])]
    cord = observation("c", concept("Umbilical cord separation age"), valueQuantity=quantity("@", "d"))
    body = {
        "the dose": request(orders=[order(dosageInstruction=[dose("@")])]),
        "the total dose": request([*complete(), weight], [order(dosageInstruction=[dose("@", "10*6")])]),
        "a weight": request([*complete(), weight | {"valueQuantity": quantity("@", "kg")}], total),
        "CD18": request([*complete()[:2], flow("CD18", {"valueQuantity": quantity("@")}), *complete()[3:]]),
        "the age at cord separation": request([*complete(), cord]),
    }[place]
    data = json.dumps(body).replace('"@"', number)
    answer = client.post(SIGN, data=data, content_type="application/json")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(answer.data) < 20_000
        topics = [card["source"]["topic"]["code"] for card in answer.get_json()["cards"]]
        assert topics
        if number in OUT_OF_RANGE and place != "the age at cord separation":
            assert topics != ["criteria-met"]
    assert "defect" not in caplog.text


DATES = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31",
    "0001",
    "9999",
    "9999-12",
    "0000-00-00",
    "2026-02-30",
    "2026-13",
    "24:00",
    "yesterday",
    "2026-03-04T24:00:00Z",
    "2026-03-04T10:00:60Z",
    "2026-03-04 10:00",
    "１２３４",
)


@pytest.mark.parametrize("date", DATES)
def test_no_date_is_a_defect(client: FlaskClient, caplog: pytest.LogCaptureFixture, date: str) -> None:
    """The dates with which systems fill what they do not know, beside real ones with an offset."""
    transplant = {
        "resourceType": "Procedure",
        "id": "hsct",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "code": concept("Allogeneic hematopoietic stem cell transplant"),
        "performedDateTime": date,
    }
    other = flow("CD18", 1, "f2", effectiveDateTime="2026-03-04T10:00:00+02:00")
    chart = [
        *complete(),
        transplant,
        transplant | {"id": "aph", "code": concept("Leukapheresis of stem cells")},
        other,
        flow("CD18", 1, "f3", effectiveDateTime=date),
        {"resourceType": "Patient", "id": "p1", "birthDate": date},
    ]
    weight = observation(
        "w", concept(None, (LOINC, "29463-7")), valueQuantity=quantity(10, "kg"), effectiveDateTime=date
    )
    answer = client.post(SIGN, json=request([*chart, weight], [order(dosageInstruction=[dose(30, "10*6")])]))
    assert answer.status_code == 200
    assert answer.get_json()["cards"]
    assert "defect" not in caplog.text


# --- HTTP ----------------------------------------------------------------------------------------------------------


def test_too_large(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """One byte over the limit is 413; the limit itself is read."""
    limit = json.dumps(with_secret()).encode().ljust(MAX_BODY)
    assert client.post(SIGN, data=limit, content_type="application/json").status_code == 200
    refused(client.post(SIGN, data=limit + b" ", content_type="application/json"), 413, caplog)


@pytest.mark.parametrize(
    "mimetype",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp", "json", None],
)
def test_another_content_type_is_415(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, mimetype: str | None
) -> None:
    """JSON says that it is JSON."""
    refused(client.post(SIGN, data=json.dumps(with_secret()), content_type=mimetype), 415, caplog)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/cds-services/no-such-service",
        f"/cds-services/{SECRET}",
        f"/{SECRET}",
        f"{SIGN}/{SECRET}",
        "//cds-services/kresladi-order-sign",
        "/static/x",
    ],
)
def test_what_is_not_here_is_404(client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str) -> None:
    """An unknown service, an unknown address."""
    refused(client.post(path, json=with_secret()), 404, caplog)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", SIGN, "POST"),
        ("PUT", SIGN, "POST"),
        ("DELETE", SIGN, "POST"),
        ("POST", "/cds-services", "GET"),
        ("POST", "/health/live", "GET"),
    ],
)
def test_another_method_is_405(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, method: str, path: str, allowed: str
) -> None:
    """And `Allow` says which would do."""
    answer = client.open(path, method=method, json=with_secret())
    refused(answer, 405, caplog)
    assert allowed in answer.headers["Allow"]


def test_nothing_of_the_chart_is_412(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """With an OperationOutcome too."""
    refused(client.post(SIGN, json=without_member("prefetch")), 412, caplog)


def test_a_defect_is_500_with_an_id_that_the_log_has(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id and the place, and nothing of the exception's text, which may hold a value of the request."""

    def broken(*_: object) -> Any:
        raise ValueError(f"cannot read {SECRET}")

    monkeypatch.setattr("cds_service.evaluation.drafts_of", broken)
    with caplog.at_level(logging.INFO):
        text = refused(client.post(SIGN, json=with_secret()), 500, caplog)
    identifier = text.rsplit(" ", 1)[-1]
    assert len(identifier) == 36
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert identifier in record.getMessage()
    assert "ValueError" in record.getMessage()
    assert record.exc_info is None


def test_a_good_call_leaves_nothing_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """Neither names nor ids of patients."""
    with caplog.at_level(logging.DEBUG):
        assert client.post(SIGN, json=with_secret()).status_code == 200
    assert SECRET not in caplog.text
