"""From a card that was shown to the report of what became of it: through the application and the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service.__main__ import main
from tests.charts import Resource, complete, request, without
from tests.ehr import FEEDBACK, PUBLIC, SIGN, anonymous, bearer, outcome, service

SYSTEM = "https://kresladi-cds.example/CodeSystem/override-reason"
AT = "2026-11-21T09:00:00Z"
UNKNOWN = "11111111-2222-4333-8444-555555555555"
NO_FLOW = request(without(complete(), "cd18"))


def card_of(client: FlaskClient, body: Resource, headers: dict[str, str] | None = None) -> Resource:
    """The first card of an answer."""
    found: Resource = client.post(SIGN, json=body, headers=headers).get_json()["cards"][0]
    return found


def overridden(card: str, code: str = "will-document", at: str = AT) -> Resource:
    reason = {"reason": {"system": SYSTEM, "code": code}, "userComment": "ask Jane-Doe-1977"}
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": at, "overrideReason": reason}


def accepted(card: str, suggestion: str, at: str = AT) -> Resource:
    chosen = [{"id": suggestion}]
    return {"card": card, "outcome": "accepted", "outcomeTimestamp": at, "acceptedSuggestions": chosen}


def told(client: FlaskClient, *entries: Resource) -> int:
    answer = client.post(FEEDBACK, json={"feedback": list(entries)})
    if answer.status_code == 200:
        assert answer.get_data() == b"{}"
        assert answer.mimetype == "application/json"
    return answer.status_code


def reported(folder: Path, *options: str, columns: int = 200) -> str:
    """What `cds-service feedback` prints about the store of this folder."""
    environment = {"CDS_DATABASE_URL": f"sqlite:///{folder / 'cds.sqlite3'}", "COLUMNS": str(columns)}
    result = CliRunner().invoke(main, ["feedback", *options], env=environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(folder: Path) -> dict[str, Resource]:
    """The rows of the report by topic."""
    return {row["topic"]: row for row in json.loads(reported(folder, "--json"))["rows"]}


def test_what_clinicians_did_is_reported(tmp_path: Path) -> None:
    """Three cards shown: one accepted, one overridden, one left alone; and one that nobody knows."""
    client = anonymous(tmp_path)
    first, second, _ = (card_of(client, NO_FLOW) for _ in range(3))
    assert told(client, accepted(first["uuid"], first["suggestions"][0]["uuid"]), overridden(second["uuid"])) == 200
    assert told(client, overridden(UNKNOWN)) == 200
    found = rows(tmp_path)
    assert set(found) == {"missing-documentation", "unknown-card"}
    row = found["missing-documentation"]
    assert (row["shown"], row["accepted"], row["overridden"]) == (3, 1, 1)
    assert row["reasons"] == {f"{SYSTEM}|will-document": 1}
    assert (found["unknown-card"]["shown"], found["unknown-card"]["overridden"]) == (0, 1)


def test_the_report_as_table_and_as_csv(tmp_path: Path) -> None:
    """The same figures for the eye and for a spreadsheet; no comment in either."""
    client = anonymous(tmp_path)
    assert told(client, overridden(card_of(client, NO_FLOW)["uuid"])) == 200
    table, written = reported(tmp_path), reported(tmp_path, "--csv")
    [line] = [line for line in table.splitlines() if "missing-documentation" in line]
    assert "will-document 1" in line
    [row] = csv.DictReader(io.StringIO(written))
    assert (row["topic"], row["shown"], row["accepted"], row["overridden"]) == ("missing-documentation", "1", "0", "1")
    assert row[f"overridden: {SYSTEM}|will-document"] == "1"
    assert "Jane-Doe" not in table + written + reported(tmp_path, "--json")


def test_the_table_cuts_nothing_on_a_narrow_terminal(tmp_path: Path) -> None:
    """Topics and reasons differ in their last words: they stand whole in 80 columns. Of nothing, that is said."""
    client = anonymous(tmp_path)
    assert told(client, overridden(card_of(client, NO_FLOW)["uuid"], "documented-elsewhere")) == 200
    table = reported(tmp_path, columns=80)
    assert "missing-documentation" in table
    assert "documented-elsewhere 1" in table
    assert max(map(len, table.splitlines())) <= 80
    assert "no cards, no feedback" in reported(tmp_path, "--since", "2999-01-01")


@pytest.mark.parametrize(("since", "shown"), [("2000-01-01", 1), ("2999-01-01", 0)])
def test_the_report_of_a_period(since: str, shown: int, tmp_path: Path) -> None:
    """Only the cards of those days."""
    card_of(anonymous(tmp_path), NO_FLOW)
    assert sum(row["shown"] for row in json.loads(reported(tmp_path, "--json", "--since", since))["rows"]) == shown


@pytest.mark.parametrize(
    ("remark", "options", "says"),
    [
        ("no store yet: none is made by asking", [], "no store yet"),
        ("a period that ends before it begins", ["--since", "2026-11-02", "--until", "2026-11-01"], "--since is later"),
    ],
)
def test_a_report_that_cannot_be_made(remark: str, options: list[str], says: str, tmp_path: Path) -> None:
    """It says why, and leaves no empty database behind."""
    address = tmp_path / "none.sqlite3"
    result = CliRunner().invoke(main, ["feedback", *options], env={"CDS_DATABASE_URL": f"sqlite:///{address}"})
    assert result.exit_code > 0, remark
    assert says in result.output
    assert not address.exists()


def test_repeats_change_nothing(tmp_path: Path) -> None:
    """The same body again, and the same entry twice in one body."""
    client = anonymous(tmp_path)
    entry = overridden(card_of(client, NO_FLOW)["uuid"])
    assert [told(client, entry), told(client, entry), told(client, entry, entry)] == [200] * 3
    assert rows(tmp_path)["missing-documentation"]["overridden"] == 1


def test_the_last_word_counts(tmp_path: Path) -> None:
    """Overridden, and accepted after all an hour later; the order in which it is told does not matter."""
    client = anonymous(tmp_path)
    card = card_of(client, NO_FLOW)
    later = accepted(card["uuid"], card["suggestions"][0]["uuid"], "2026-11-21T10:00:00Z")
    assert [told(client, later), told(client, overridden(card["uuid"]))] == [200, 200]
    row = rows(tmp_path)["missing-documentation"]
    assert (row["accepted"], row["overridden"]) == (1, 0)


@pytest.mark.parametrize(
    ("remark", "body"),
    [
        ("no JSON", b"{"),
        ("a list", b"[]"),
        ("no feedback", b"{}"),
        ("an entry without an outcome", json.dumps({"feedback": [{"card": UNKNOWN, "outcomeTimestamp": AT}]}).encode()),
        ("another outcome", json.dumps({"feedback": [overridden(UNKNOWN) | {"outcome": "ignored"}]}).encode()),
        ("a time without a zone", json.dumps({"feedback": [overridden(UNKNOWN, at="2026-11-21T09:00:00")]}).encode()),
        (
            "accepted, but not what",
            json.dumps({"feedback": [accepted(UNKNOWN, "x") | {"acceptedSuggestions": []}]}).encode(),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_malformed_feedback_is_refused_whole(remark: str, body: bytes, tmp_path: Path) -> None:
    """400, nothing of the body in the answer, and nothing kept of the good entries beside it."""
    client = anonymous(tmp_path)
    answer = client.post(FEEDBACK, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert outcome(answer.get_json())["code"] == "invalid"
    assert "Jane-Doe" not in answer.get_data(as_text=True)
    good, bad = overridden(UNKNOWN), {"card": UNKNOWN}
    assert told(client, good, bad) == 400
    assert rows(tmp_path) == {}


@pytest.mark.parametrize(
    ("method", "path", "content_type", "status"),
    [
        ("GET", FEEDBACK, "application/json", 405),
        ("POST", FEEDBACK, "text/plain", 415),
        ("POST", "/cds-services/made-up/feedback", "application/json", 404),
    ],
)
def test_other_errors_are_outcomes_too(method: str, path: str, content_type: str, status: int, tmp_path: Path) -> None:
    """Not found, not allowed, not JSON."""
    answer = anonymous(tmp_path).open(path, method=method, data=b'{"feedback": []}', content_type=content_type)
    assert answer.status_code == status
    assert outcome(answer.get_json())["severity"] == "error"


def test_feedback_of_another_client_does_not_count(tmp_path: Path) -> None:
    """A card that was shown to the EHR is not overridden by anybody else."""
    client = service(tmp_path, allow_anonymous=True)
    card = card_of(client, NO_FLOW, bearer())
    assert told(client, overridden(card["uuid"])) == 200
    assert rows(tmp_path)["missing-documentation"]["overridden"] == 0
    body: Any = {"feedback": [overridden(card["uuid"])]}
    assert client.post(FEEDBACK, json=body, headers=bearer(aud=f"{PUBLIC}{FEEDBACK}")).status_code == 200
    assert rows(tmp_path)["missing-documentation"]["overridden"] == 1
