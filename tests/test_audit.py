"""One record a call, and nothing of the patient in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from cds_service.audit import Audit, Fetch, Record, current, follow, kind_of, safe_id
from cds_service.metrics import Metrics

KEY = "0123456789abcdef0123456789abcdef"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


def lines(key: str | None = KEY) -> tuple[Audit, list[dict[str, Any]]]:
    """An audit, and where its records go."""
    written: list[dict[str, Any]] = []
    return Audit(key, lambda line: written.append(json.loads(line))), written


def record(**more: Any) -> Record:
    return Record("request-1", **more)


def test_a_record_says_who_asked_what_and_what_was_said() -> None:
    """Every member there is, in one line of JSON."""
    raw: list[str] = []
    Audit(KEY, raw.append).write(
        record(
            client="https://ehr.example",
            hook="order-sign",
            hook_instance=INSTANCE,
            service="kresladi-order-sign",
            patient_id="p1",
            outcomes=["documentation-missing"],
            topics=["missing-documentation", "chart-unavailable"],
            fetched=[Fetch("Condition", "complete", 40), Fetch("Procedure", "timed out", 1500)],
        ),
        200,
    )
    (line,) = raw
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    written = json.loads(line)
    assert written.pop("milliseconds") >= 0
    assert written.pop("at").endswith("Z")
    assert written == {
        "audit": "call",
        "request": "request-1",
        "client": "https://ehr.example",
        "service": "kresladi-order-sign",
        "hook": "order-sign",
        "hookInstance": INSTANCE,
        "patient": hmac.new(KEY.encode(), b"p1", hashlib.sha256).hexdigest(),
        "status": 200,
        "outcomes": ["documentation-missing"],
        "topics": ["missing-documentation", "chart-unavailable"],
        "fetched": [
            {"type": "Condition", "ended": "complete", "milliseconds": 40},
            {"type": "Procedure", "ended": "timed out", "milliseconds": 1500},
        ],
    }


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_the_patient_is_not_there_at_all(key: str | None) -> None:
    """A hash that anybody can make of a short id hides nothing."""
    audit, written = lines(key)
    audit.write(record(patient_id="p1"), 200)
    assert "patient" not in written[0]
    assert "p1" not in json.dumps(written)


def test_the_hash_tells_patients_apart_and_keys_too() -> None:
    """Same patient, same hash; the id itself never appears."""
    audit, written = lines()
    other, elsewhere = lines(KEY[::-1])
    for patient in ("p1", "p2", "p1"):
        audit.write(record(patient_id=patient), 200)
    other.write(record(patient_id="p1"), 200)
    first, second, again = (each["patient"] for each in written)
    assert first == again != second
    assert elsewhere[0]["patient"] != first


@pytest.mark.parametrize(("key", "warned"), [("x" * 31, True), ("x" * 32, False)])
def test_a_short_key_is_warned_of(key: str, warned: bool, caplog: pytest.LogCaptureFixture) -> None:
    """And not shown."""
    Audit(key)
    assert ("CDS_AUDIT_KEY is short" in caplog.text) is warned
    assert key not in caplog.text


@pytest.mark.parametrize(
    ("instance", "written_"),
    [(INSTANCE, INSTANCE), (INSTANCE.upper(), INSTANCE.upper()), ("Doe, Jane 1984", None), ("MRN-1234567", None)],
)
def test_a_hook_instance_is_written_where_it_is_a_uuid(instance: str, written_: str | None) -> None:
    """Anything else might be about the patient."""
    audit, written = lines()
    audit.write(record(hook_instance=instance), 200)
    assert written[0].get("hookInstance") == written_


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("abc-123_DEF.4:5", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("a b", False),
        ("a\nb", False),
        ("abc\n", False),
        ('"},{"', False),
        ("ü", False),
    ],
)
def test_which_ids_are_taken_over(given: str, safe: bool) -> None:
    """Short, and nothing in them that could forge a line."""
    assert safe_id(given) == (given if safe else "")


def write_twenty(audit: Audit) -> None:
    for _ in range(20):
        audit.write(record(topics=["x" * 200] * 20), 200)


def test_records_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole lines, from many threads at once."""
    threads = [threading.Thread(target=write_twenty, args=(Audit(None),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = capsys.readouterr().out.splitlines()
    assert len(written) == 160
    assert all(json.loads(line)["status"] == 200 for line in written)


def test_a_call_does_not_fail_because_nobody_reads_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe, a closed stream."""

    class Gone:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())
    Audit(None).write(record(), 200)


# --- an application that is followed ----------------------------------------------------------------------------------


def followed(answer: Callable[[], Response]) -> tuple[FlaskClient, list[dict[str, Any]], Metrics]:
    """An application with one service that answers so."""
    audit, written = lines()
    metrics = Metrics(["kresladi-order-sign"])
    app = Flask(__name__)
    follow(app, audit, metrics)
    app.add_url_rule("/cds-services", "discovery", lambda: Response("{}"))
    app.add_url_rule("/cds-services/<service_id>", "call", lambda service_id: answer(), methods=["POST", "OPTIONS"])
    app.add_url_rule("/health/live", "live", lambda: Response("live"))
    app.register_error_handler(ZeroDivisionError, lambda _: Response(current().request_id, 500))
    return app.test_client(), written, metrics


PATH = "/cds-services/kresladi-order-sign"


def answering() -> Response:
    current().client = "https://ehr.example"
    current().outcomes.append("criteria-met")
    current().topics.append("criteria-met")
    current().fetched.append(Fetch("Condition", "refused", 3))
    return Response("{}")


def test_each_call_of_a_service_is_written_and_counted() -> None:
    """With what the one who answered it has filled in; health is not a call of a service."""
    client, written, metrics = followed(answering)
    client.post(PATH)
    client.get("/cds-services")
    client.get("/health/live")
    client.options(PATH)
    called, discovered = written
    assert (called["service"], called["client"], called["outcomes"]) == (
        "kresladi-order-sign",
        "https://ehr.example",
        ["criteria-met"],
    )
    assert "service" not in discovered
    figures = metrics.text().decode()
    assert 'kresladi_calls_total{kind="call",service="kresladi-order-sign",status="200"} 1.0' in figures
    assert 'kresladi_calls_total{kind="discovery",service="discovery",status="200"} 1.0' in figures
    assert 'kresladi_outcomes_total{outcome="criteria-met",service="kresladi-order-sign"} 1.0' in figures
    assert 'kresladi_fetch_failures_total{reason="refused"} 1.0' in figures


def test_a_call_without_a_request_id_gets_one() -> None:
    """A uuid, in the answer's header and in the record."""
    client, written, _ = followed(answering)
    answer = client.post(PATH)
    assert str(UUID(answer.headers["X-Request-ID"])) == answer.headers["X-Request-ID"]
    assert written[0]["request"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("given", "taken"), [("proxy-77", True), ("x" * 65, False), ("a b", False)])
def test_a_request_id_of_the_proxy_is_taken_over_where_it_is_one(given: str, taken: bool) -> None:
    """So that a call can be followed through."""
    client, written, _ = followed(answering)
    answer = client.post(PATH, headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is taken
    assert (written[0]["request"] == given) is taken


def test_a_defect_has_its_record_too_and_its_id_in_the_body() -> None:
    """The handler of errors finds the id where everybody does."""

    def failing() -> Response:
        raise ZeroDivisionError

    client, written, _ = followed(failing)
    answer = client.post(PATH, headers={"X-Request-ID": "proxy-77"})
    assert (answer.status_code, answer.text) == (500, "proxy-77")
    assert (written[0]["status"], written[0]["request"]) == (500, "proxy-77")


@pytest.mark.parametrize(
    ("path", "status", "label"),
    [
        ("/cds-services/JaneDoe1977", 200, "other"),
        ("/cds-services/Doe%20Jane", 200, "other"),
        ("/cds-services/a/b/c", 404, "other"),
        ("/cds-services/", 404, "discovery"),
    ],
)
def test_what_a_caller_makes_up_does_not_become_a_label(path: str, status: int, label: str) -> None:
    """Nor a line of the log."""
    client, written, metrics = followed(lambda: Response("{}"))
    assert client.post(path).status_code == status
    assert "service" not in written[0]
    assert f'service="{label}",status="{status}"' in metrics.text().decode()
    assert "Doe" not in metrics.text().decode() + json.dumps(written)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/cds-services", "discovery"),
        ("GET", "/cds-services/", "discovery"),
        ("POST", "/cds-services/x", "call"),
        ("POST", "/cds-services/x/", "call"),
        ("POST", "/cds-services/x/feedback", "feedback"),
        ("POST", "/cds-services/x/feedback/", "feedback"),
        ("OPTIONS", "/cds-services/x", None),
        ("POST", "/worksheet/chart", "worksheet"),
        ("GET", "/worksheet", None),
        ("GET", "/health/live", None),
    ],
)
def test_what_a_path_asks_for(method: str, path: str, kind: str | None) -> None:
    """Four kinds leave a record; pages and files, which hold nothing of a chart, leave none."""
    assert kind_of(method, path) == kind


def test_records_are_of_their_own_call_alone() -> None:
    """Nothing of one call is found in the next."""
    client, written, _ = followed(answering)
    for _ in range(3):
        client.post(PATH)
    assert [each["outcomes"] for each in written] == [["criteria-met"]] * 3
    assert len({each["request"] for each in written}) == 3
