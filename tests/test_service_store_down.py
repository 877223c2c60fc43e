"""While the store is down: what must be kept is refused, what need not be goes on. Through the whole application."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service.__main__ import main
from tests.charts import request
from tests.ehr import FEEDBACK, PUBLIC, SIGN, bearer, outcome, service, topics_of


def address(folder: Path) -> str:
    """A database in a folder that is not there (yet)."""
    return f"sqlite:///{folder / 'not-there' / 'cds.sqlite3'}"


@pytest.fixture(name="client")
def a_client_without_a_store(tmp_path: Path) -> FlaskClient:
    """It starts all the same: a database may come up later than the service."""
    return service(tmp_path, allow_anonymous=True, database_url=address(tmp_path))


def test_a_call_with_a_token_is_refused(client: FlaskClient) -> None:
    """503: whether the token was shown before cannot be told, so nobody gets the benefit of the doubt."""
    answer = client.post(SIGN, json=request(), headers=bearer())
    assert answer.status_code == 503
    assert outcome(answer.get_json())["code"] == "transient"


def test_a_bad_token_is_still_a_bad_token(client: FlaskClient) -> None:
    """401, as always."""
    assert client.post(SIGN, json=request(), headers=bearer(kid="two")).status_code == 401


@pytest.mark.parametrize("headers", [{}, bearer(aud=f"{PUBLIC}{FEEDBACK}")], ids=["anonymous", "with a token"])
def test_feedback_is_not_acknowledged(headers: dict[str, str], client: FlaskClient) -> None:
    """503, so that the client tries again."""
    card = {"card": "x", "outcome": "overridden", "outcomeTimestamp": "2026-11-21T09:00:00Z"}
    assert client.post(FEEDBACK, json={"feedback": [card]}, headers=headers).status_code == 503


def test_anonymous_evaluation_goes_on(client: FlaskClient) -> None:
    """The whole answer, again and again; its cards are not counted, and the figures say so."""
    for _ in range(3):
        answer = client.post(SIGN, json=request())
        assert answer.status_code == 200
        assert topics_of(answer.get_json()) == ["criteria-met"]
    assert 'kresladi_store_failures_total{purpose="cards"} 1.0' in client.get("/metrics").get_data(as_text=True)


def test_health_tells(client: FlaskClient) -> None:
    """Alive, and not ready."""
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert outcome(answer.get_json())["code"] == "transient"


def test_all_is_well_once_it_is_back(client: FlaskClient, tmp_path: Path) -> None:
    """No restart is needed, and a token that was turned away with 503 is good still."""
    headers = bearer()
    assert client.post(SIGN, json=request(), headers=headers).status_code == 503
    (tmp_path / "not-there").mkdir()
    assert client.get("/health/ready").status_code == 200
    assert client.post(SIGN, json=request(), headers=headers).status_code == 200
    assert client.post(SIGN, json=request(), headers=headers).status_code == 401


def test_the_report_says_so(tmp_path: Path) -> None:
    """An error, and no empty table."""
    result = CliRunner().invoke(main, ["feedback"], env={"CDS_DATABASE_URL": address(tmp_path)})
    assert result.exit_code == 1
    assert "store" in result.output
    assert "shown" not in result.output
