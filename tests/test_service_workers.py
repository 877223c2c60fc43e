"""The service as it is deployed: `cds-service serve` with two workers and a file of clients, over real sockets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.charts import Resource, complete, request
from tests.ehr import (
    FEEDBACK,
    ISSUER,
    KEY_SET,
    ORIGIN,
    PUBLIC,
    SIGN,
    authorized,
    bearer,
    clients_file,
    determinations,
    topics_of,
)
from tests.fhir_server import FhirServer, Handler, serving
from tests.test_gunicorn import Served, free_port, wait_until_ready

JSON = {"Content-Type": "application/json"}


@pytest.fixture(name="ehr", scope="module")
def a_fhir_server() -> Iterator[FhirServer]:
    with serving(complete()) as server:
        yield server


@contextmanager
def two_workers(folder: Path, clients: Path) -> Iterator[Served]:
    """The service for these clients on a free port, ended at the end."""
    served = Served(free_port(), folder / "log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")} | {
        "CDS_PORT": str(served.port),
        "CDS_PUBLIC_URL": PUBLIC,
        "CDS_CLIENTS_FILE": str(clients),
        "CDS_CORS_ORIGINS": ORIGIN,
        "CDS_FETCH_DEADLINE": "10",
        "CDS_DATABASE_URL": f"sqlite:///{folder / 'test.db'}",
        "WEB_CONCURRENCY": "2",
    }
    with served.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cds_service", "serve"], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_ready(served, process)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture(name="served", scope="module")
def a_service(tmp_path_factory: pytest.TempPathFactory, ehr: FhirServer) -> Iterator[Served]:
    """Whose one client has its keys in the file, ended with the tests."""
    folder = tmp_path_factory.mktemp("workers")
    with two_workers(folder, clients_file(folder, ehr.base)) as served:
        yield served


def posted(served: Served, path: str, body: Resource, headers: dict[str, str]) -> tuple[int, Resource, dict[str, str]]:
    """Status, body and headers of one call, on a connection of its own."""
    with closing(served.connect()) as connection:
        connection.request("POST", path, body=json.dumps(body).encode(), headers=JSON | headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), dict(answer.getheaders())


def test_a_token_lets_in_and_its_lack_does_not(served: Served) -> None:
    """200 with it, 401 without, both for pages of the configured origin, neither with a version."""
    status, answer, headers = posted(served, SIGN, request(), bearer() | {"Origin": ORIGIN})
    assert (status, topics_of(answer)) == (200, ["criteria-met"])
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Server"] == "kresladi-cds"
    status, answer, headers = posted(served, SIGN, request(), {"Origin": ORIGIN})
    assert (status, answer["resourceType"]) == (401, "OperationOutcome")
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["WWW-Authenticate"] == "Bearer"


def test_one_token_lets_in_once_whichever_worker_is_asked(served: Served) -> None:
    """Twenty calls at once with the same token: one is answered, the others are refused."""
    headers = bearer()
    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(lambda _: posted(served, SIGN, request(), headers)[0], range(20)))
    assert statuses == {200: 1, 401: 19}


def test_a_chart_is_read_from_the_clients_server(served: Served, ehr: FhirServer) -> None:
    """Nothing sent, all of it fetched: the same determination."""
    sent = posted(served, SIGN, request(), bearer())[1]
    fetched = posted(served, SIGN, authorized(request() | {"prefetch": {}}, ehr.base), bearer())[1]
    assert topics_of(fetched) == ["criteria-met"]
    assert determinations(fetched) == determinations(sent)


def test_feedback_is_kept_and_figures_are_added_up(served: Served) -> None:
    """Over both workers; the records are lines of JSON that name the client."""
    with ThreadPoolExecutor(8) as pool:
        cards = list(pool.map(lambda _: posted(served, SIGN, request(), bearer())[1]["cards"][0]["uuid"], range(24)))
    entries = [{"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-21T09:00:00Z"} for card in cards]
    address = bearer(aud=f"{PUBLIC}{FEEDBACK}")
    assert posted(served, FEEDBACK, {"feedback": entries}, address)[:2] == (200, {})
    with closing(served.connect()) as connection:
        connection.request("GET", "/metrics")
        told = connection.getresponse().read().decode()
    [line] = [each for each in told.splitlines() if each.startswith("kresladi_cards_total") and "criteria-met" in each]
    records = [json.loads(each) for each in served.log.read_text().splitlines() if each.startswith('{"audit"')]
    assert float(line.rpartition(" ")[2]) == sum(each.get("topics") == ["criteria-met"] for each in records) >= 24
    environment = os.environ | {"CDS_DATABASE_URL": f"sqlite:///{served.log.parent / 'test.db'}"}
    report = [sys.executable, "-m", "cds_service", "feedback", "--json"]
    [row] = json.loads(subprocess.run(report, env=environment, capture_output=True, check=True).stdout)["rows"]
    assert (row["topic"], row["overridden"]) == ("criteria-met", 24)


def test_a_key_set_is_fetched_once_for_all_workers(tmp_path: Path) -> None:
    """Good tokens at once, then unknown keys, whichever worker is asked: one request within the minute."""

    def slowly(handler: Handler) -> None:
        handler.fhir.stopped.wait(0.3)
        handler.answer(200, KEY_SET)

    file = tmp_path / "clients.json"
    with serving([]) as keys:
        keys.when("keys", slowly)
        file.write_text(json.dumps([{"iss": ISSUER, "jwks_url": f"{keys.base}/keys"}]))
        with two_workers(tmp_path, file) as served, ThreadPoolExecutor(16) as pool:
            good = Counter(pool.map(lambda _: posted(served, SIGN, request(), bearer())[0], range(32)))
            unknown = Counter(pool.map(lambda _: posted(served, SIGN, request(), bearer(kid="two"))[0], range(32)))
        records = [json.loads(each) for each in served.log.read_text().splitlines() if each.startswith('{"audit"')]
    assert good == {200: 32}
    assert unknown == {401: 32}
    assert len(records) == 64
    assert len(keys.asked) == 1
