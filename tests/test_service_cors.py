"""Answers across origins, and the headers that every answer carries: through the whole application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from cds_service.evaluation import Evaluator
from tests.charts import request
from tests.ehr import FEEDBACK, ORIGIN, PUBLIC, SIGN, anonymous, bearer, service

ALLOW = "Access-Control-Allow-Origin"


def broken(*_: object) -> Any:
    raise ValueError("a defect")


def answered(status: int, folder: Path, patch: pytest.MonkeyPatch, origin: str, **more: Any) -> TestResponse:
    """An answer of this status to a page of this origin."""
    make = service if status in (401, 503) else anonymous
    if status == 500:
        patch.setattr(Evaluator, "evaluate", broken)
    if status == 503:
        more["database_url"] = "sqlite:////not-there/cds.sqlite3"
    client: FlaskClient = make(folder, **({"cors_origins": (ORIGIN, "https://second.example")} | more))
    if status == 503:
        return client.post(SIGN, json=request(), headers=bearer() | {"Origin": origin})
    if status == 413:
        patch.setitem(client.application.config, "MAX_CONTENT_LENGTH", 10)
    headers = {"Origin": origin}
    if status == 405:
        return client.get(SIGN, headers=headers)
    if status == 415:
        return client.post(SIGN, data=b"{}", content_type="text/plain", headers=headers)
    path = "/cds-services/made-up" if status == 404 else SIGN
    body = request() if status != 400 else {"hook": "order-sign"}
    return client.post(path, json=body | ({"prefetch": {}} if status == 412 else {}), headers=headers)


STATUSES = [200, 400, 401, 404, 405, 412, 413, 415, 500, 503]


@pytest.mark.parametrize("origin", [ORIGIN, "https://second.example"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_configured_origin_may_read_every_answer(
    status: int, origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors too: a page that may not read a refusal only learns that something failed."""
    answer = answered(status, tmp_path, monkeypatch, origin)
    assert answer.status_code == status
    assert answer.headers[ALLOW] == origin
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]


OPTIONS = ["/cds-services", SIGN, FEEDBACK, "/cds-services/made-up", "/health/ready", "/nowhere"]


@pytest.mark.parametrize("asks", [{}, {"Access-Control-Request-Method": "POST"}], ids=["plain", "preflight"])
@pytest.mark.parametrize("path", OPTIONS)
def test_options_may_be_read_too(path: str, asks: dict[str, str], tmp_path: Path) -> None:
    """On every address, without a token, by a configured origin and by no other."""
    client = service(tmp_path, cors_origins=(ORIGIN,))
    answer = client.options(path, headers=asks | {"Origin": ORIGIN})
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    assert answer.headers[ALLOW] == ORIGIN
    assert ALLOW not in client.options(path, headers=asks | {"Origin": "https://evil.example"}).headers


@pytest.mark.parametrize(
    ("status", "path", "kind", "body", "token"),
    [
        (200, FEEDBACK, "application/json", b'{"feedback": []}', True),
        (400, FEEDBACK, "application/json", b"{", True),
        (401, FEEDBACK, "application/json", b'{"feedback": []}', False),
        (404, "/cds-services/made-up/feedback", "application/json", b'{"feedback": []}', True),
        (413, FEEDBACK, "application/json", b'{"feedback": [%s]}' % b", ".join([b"{}"] * 1001), True),
        (415, FEEDBACK, "text/plain", b'{"feedback": []}', True),
    ],
)
def test_feedback_may_be_read_too(
    *, status: int, path: str, kind: str, body: bytes, token: bool, tmp_path: Path
) -> None:
    """Every answer of the feedback, to a configured origin."""
    headers = {"Origin": ORIGIN} | (bearer(aud=f"{PUBLIC}{path}") if token else {})
    answer = service(tmp_path, cors_origins=(ORIGIN,)).post(path, data=body, content_type=kind, headers=headers)
    assert answer.status_code == status
    assert answer.headers[ALLOW] == ORIGIN


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.ehr.example",
        "https://app.ehr.example:8443",
        "https://app.ehr.example.evil.example",
        "https://xapp.ehr.example",
        "null",
    ],
)
@pytest.mark.parametrize("status", STATUSES)
def test_no_other_origin_may(status: int, origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one that begins or ends like it, nor over another scheme."""
    answer = answered(status, tmp_path, monkeypatch, origin)
    assert answer.status_code == status
    assert ALLOW not in answer.headers


@pytest.mark.parametrize(
    ("more", "allowed"), [({"cors_origins": ()}, None), ({"cors_origins": (), "development": True}, ORIGIN)]
)
def test_none_by_default_and_any_in_development(
    more: dict[str, Any], allowed: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody configured means nobody."""
    answer = answered(200, tmp_path, monkeypatch, ORIGIN, **more)
    assert answer.headers.get(ALLOW) == allowed


@pytest.mark.parametrize(
    "written",
    [
        "*",
        "https://*.ehr.example",
        "https://ehr.example/",
        "ehr.example",
        "null",
        "https://ehr.example/app",
        "file://x",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(written: str) -> None:
    """A pattern would let more in than it seems to; an address with a path would never match."""
    with pytest.raises(ConfigurationError, match="CDS_CORS_ORIGINS"):
        Settings.from_environment({"CDS_CORS_ORIGINS": f"https://good.example, {written}"})


@pytest.mark.parametrize("status", STATUSES)
def test_every_answer_is_kept_by_nobody_and_taken_for_data(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers for browsers and proxies, on errors too; and every answer has its id."""
    headers = answered(status, tmp_path, monkeypatch, ORIGIN).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Request-ID"]
