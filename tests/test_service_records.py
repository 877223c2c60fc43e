"""What a call leaves behind: one audit record, some figures, and nothing of the patient."""

from __future__ import annotations

import gc
import hashlib
import hmac
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient

from cds_service.chart.source import Source
from cds_service.reading import Reading
from tests.charts import complete, flow, less, patient, request
from tests.ehr import FEEDBACK, ISSUER, PUBLIC, SIGN, anonymous, authorized, bearer, service
from tests.fhir_server import TOKEN, serving, status

AUDIT_KEY = "0123456789abcdef0123456789abcdef"
NAME = "Jane-Doe-1977"


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The audit records on standard output since the last look."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_record_for_each_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who, what, how it ended, what was fetched: the patient only as a keyed hash, the token not at all."""
    named = [patient(name=[{"text": NAME}]), *complete()[1:]]
    with serving(named) as server:
        server.when("/Coverage", status(403))
        client = service(tmp_path, server.base, audit_key=AUDIT_KEY)
        body = authorized(request(named, leave_out=("coverage", "conditions")), server.base)
        headers = bearer() | {"X-Request-ID": "r-1"}
        assert client.post(SIGN, json=body, headers=headers).status_code == 200
    written = capsys.readouterr().out
    record = json.loads(written)
    assert record["request"] == "r-1"
    assert record["client"] == ISSUER
    assert record["service"] == "kresladi-order-sign"
    assert record["hookInstance"] == body["hookInstance"]
    assert record["patient"] == hmac.new(AUDIT_KEY.encode(), b"p1", hashlib.sha256).hexdigest()
    assert record["outcomes"] == ["criteria-met"]
    assert record["topics"] == ["criteria-met"]
    assert {(each["type"], each["ended"]) for each in record["fetched"]} >= {
        ("Coverage", "refused"),
        ("Condition", "complete"),
    }
    assert record["milliseconds"] > 0
    for secret in (NAME, TOKEN, "Patient/p1", server.base, headers["Authorization"].partition(" ")[2]):
        assert secret not in written


@pytest.mark.parametrize(
    ("sent", "outcome"),
    [
        pytest.param(complete(), b"criteria-met", id="all can be read"),
        pytest.param([*complete(), flow(effectiveDateTime="soon", id_="x")], b"determination", id="one cannot be read"),
        pytest.param([*complete(), less(flow(id_="x"), "status")], b"determination", id="one leaves out its status"),
    ],
)
def test_a_chart_is_let_go_of_behind_its_answer(tmp_path: Path, sent: list[Any], outcome: bytes) -> None:
    """Nobody waits for thousands of resources to be cleared away, and nothing of them stays."""
    client = FlaskClient(anonymous(tmp_path).application, Response)
    before = charts_in_memory()
    answer = client.post(SIGN, json=request(sent))
    assert outcome in b"".join(answer.response)
    assert charts_in_memory() > before
    answer.close()
    del answer
    assert charts_in_memory() == before


def charts_in_memory() -> int:
    gc.collect()
    return sum(isinstance(each, (Reading, Source)) for each in gc.get_objects())


def test_an_address_that_somebody_made_up_is_not_on_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A service that is none may be anything, a name too: the record says that there was a call, and how it ended."""
    client = anonymous(tmp_path)
    assert client.post(f"/cds-services/{NAME}", json=request()).status_code == 404
    written = capsys.readouterr().out
    assert json.loads(written)["status"] == 404
    assert NAME not in written


def test_refusals_and_errors_are_on_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With their status, and who it was as far as that is known."""
    client = service(tmp_path)
    client.post(SIGN, json=request())
    client.post(SIGN, data=b"{", content_type="application/json", headers=bearer())
    client.post(FEEDBACK, json={"feedback": []}, headers=bearer(aud=f"{PUBLIC}{FEEDBACK}"))
    client.get("/health/ready")
    found = [(each["status"], each.get("client"), each.get("service")) for each in records(capsys)]
    assert found == [
        (401, None, "kresladi-order-sign"),
        (400, ISSUER, "kresladi-order-sign"),
        (200, ISSUER, "kresladi-order-sign"),
    ]


def test_no_token_and_no_name_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level, of the libraries too."""
    named = [patient(name=[{"text": NAME}]), *complete()[1:]]
    with caplog.at_level(logging.DEBUG), serving(named) as server:
        client = service(tmp_path, server.base)
        body = authorized(request(named, leave_out=("observations",)), server.base)
        headers = bearer()
        assert client.post(SIGN, json=body, headers=headers).status_code == 200
        client.post(SIGN, json=body, headers=headers)
    assert "token refused: shown before" in caplog.text
    for secret in (NAME, TOKEN, headers["Authorization"].partition(" ")[2], "patient=p1"):
        assert secret not in caplog.text


def test_figures_of_calls(tmp_path: Path) -> None:
    """Calls by status, outcomes, cards, times, and what could not be fetched."""
    with serving(complete()) as server:
        server.when("/Coverage", status(500))
        client = anonymous(tmp_path, fhir_servers=frozenset({server.base}))
        client.post(SIGN, json=authorized(request(leave_out=("coverage",)), server.base))
        client.post(SIGN, data=b"{", content_type="application/json")
        client.get("/cds-services")
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    told = answer.get_data(as_text=True)
    for line in (
        'kresladi_calls_total{kind="call",service="kresladi-order-sign",status="200"} 1.0',
        'kresladi_calls_total{kind="call",service="kresladi-order-sign",status="400"} 1.0',
        'kresladi_calls_total{kind="discovery",service="discovery",status="200"} 1.0',
        'kresladi_outcomes_total{outcome="criteria-met",service="kresladi-order-sign"} 1.0',
        'kresladi_cards_total{service="kresladi-order-sign",topic="criteria-met"} 1.0',
        'kresladi_call_seconds_count{kind="call",service="kresladi-order-sign"} 2.0',
        'kresladi_fetch_failures_total{reason="refused"} 1.0',
    ):
        assert line in told.splitlines()


def test_an_error_names_its_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same id in the body, in the header, and in the record."""
    answer = anonymous(tmp_path).post(SIGN, data=b"{", content_type="application/json")
    identifier = answer.headers["X-Request-ID"]
    assert answer.get_json()["issue"][0]["diagnostics"] == f"request {identifier}"
    [record] = records(capsys)
    assert record["request"] == identifier
