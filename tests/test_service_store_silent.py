"""A PostgreSQL that neither answers nor refuses: nobody waits for it longer than a moment. Through the application.

A listener that never says a word stands for one whose processes stand still; where `.ci/postgres` has started a real
one, a relay before it falls silent in the middle of its work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.store.engine import LONGEST
from cds_service.store.errors import StoreUnavailable
from cds_service.store.patience import seconds_left, within
from cds_service.store.silence import PAUSE, SILENCE, Silence
from cds_service.store.store import Store
from tests.charts import request
from tests.databases import KINDS, Relay, fresh
from tests.ehr import FEEDBACK, PUBLIC, SIGN, bearer, outcome, service, topics_of

MARGIN = 10.0
"""Seconds for a machine that does other things besides; without a bound it would be for ever."""
NEVER_SPOKE, FELL_SILENT = "it never spoke", "it fell silent"
OVERRIDDEN = {"feedback": [{"card": "x", "outcome": "overridden", "outcomeTimestamp": "2026-11-21T09:00:00Z"}]}


@pytest.fixture(name="relay", params=[NEVER_SPOKE, FELL_SILENT][: len(KINDS)])
def a_relay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Relay]:
    """What the service takes for PostgreSQL."""
    if request.param == NEVER_SPOKE:
        relay = Relay()
        yield relay
        relay.close()
        return
    with fresh("postgresql", tmp_path) as address:
        relay = Relay(address)
        yield relay
        relay.close()


@pytest.fixture(name="client")
def a_client(relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A service that has used its database, where that ever spoke, before it falls silent."""
    stores: list[Store] = []

    def opened(*arguments: Any) -> Store:
        stores.append(Store(*arguments))
        return stores[-1]

    monkeypatch.setattr("cds_service.app.Store", opened)
    client = service(tmp_path, allow_anonymous=True, database_url=relay.address)
    client.post(SIGN, json=request(), headers=bearer())
    relay.fall_silent()
    yield client
    for store in stores:
        store.close()


def test_what_needs_the_store_is_refused_in_time(client: FlaskClient) -> None:
    """503 for a call with a token and for feedback; not ready, and alive."""
    begun = time.monotonic()
    for path, body in ((SIGN, request()), (FEEDBACK, OVERRIDDEN)):
        answer = client.post(path, json=body, headers=bearer(aud=f"{PUBLIC}{path}"))
        assert answer.status_code == 503
        assert outcome(answer.get_json())["code"] == "transient"
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert time.monotonic() - begun < 4 * LONGEST + MARGIN


def test_anonymous_evaluation_goes_on(client: FlaskClient) -> None:
    """The whole answer, again and again."""
    for _ in range(3):
        answer = client.post(SIGN, json=request())
        assert answer.status_code == 200
        assert topics_of(answer.get_json()) == ["criteria-met"]


def test_calls_do_not_wait_one_after_the_other(client: FlaskClient, relay: Relay) -> None:
    """Once it is known that nobody answers, others are told at once: one a second tries."""
    assert client.post(SIGN, json=request(), headers=bearer()).status_code == 503
    begun, asked = time.monotonic(), relay.connections
    assert {client.post(SIGN, json=request(), headers=bearer()).status_code for _ in range(30)} == {503}
    assert relay.connections - asked <= 1 + (time.monotonic() - begun) / PAUSE


def test_all_is_well_once_it_speaks(client: FlaskClient, relay: Relay) -> None:
    """Without a restart; a token of that time is as good as any, and good once."""
    assert client.get("/health/ready").status_code == 503
    relay.speak_again()
    if relay.can_speak:
        until = time.monotonic() + MARGIN
        while client.get("/health/ready").status_code != 200 and time.monotonic() < until:
            time.sleep(0.05)
        headers = bearer()
        assert [client.post(SIGN, json=request(), headers=headers).status_code for _ in range(2)] == [200, 401]
    else:
        assert client.get("/health/ready").status_code == 503


def test_a_store_that_was_silent_at_the_start_is_used_when_it_speaks(tmp_path: Path) -> None:
    """The service starts all the same."""
    relay = Relay()
    store = Store(relay.address)
    with pytest.raises(StoreUnavailable):
        store.prepare()
    store.close()
    relay.close()


# --- the two clocks --------------------------------------------------------------------------------------------------


class Clock:
    """A time that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("remark", "took", "later", "tried"),
    [
        ("it refused at once", SILENCE - 0.01, 0.0, True),
        ("it was silent", SILENCE, 0.0, False),
        ("it was silent, nearly a second ago", SILENCE, PAUSE - 0.01, False),
        ("it was silent, a second ago", SILENCE, PAUSE, True),
    ],
)
def test_who_tries_a_store_that_failed(remark: str, took: float, later: float, tried: bool) -> None:
    """A refusal costs nothing and is asked for anew; a silence is left alone for a second."""
    clock = Clock()
    silence = Silence(clock)
    silence.failed_after(took)
    clock.now += later
    assert silence.is_worth_a_try() is tried


def test_one_tries_for_all() -> None:
    """Of twenty that ask at once when the second is over, one is told to try; after its answer all are."""
    clock = Clock()
    silence = Silence(clock)
    silence.failed_after(SILENCE)
    clock.now = PAUSE
    told: list[bool] = []
    threads = [threading.Thread(target=lambda: told.append(silence.is_worth_a_try())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 19 + [True]
    silence.is_over()
    assert [silence.is_worth_a_try() for _ in range(3)] == [True] * 3


def test_whoever_tried_and_was_never_heard_of_again_is_not_waited_for() -> None:
    """Its time and a second later another one tries."""
    clock = Clock()
    silence = Silence(clock)
    silence.failed_after(SILENCE)
    clock.now = PAUSE
    assert silence.is_worth_a_try()
    clock.now += LONGEST
    assert not silence.is_worth_a_try()
    clock.now += PAUSE
    assert silence.is_worth_a_try()


def test_a_bound_within_a_bound() -> None:
    """The inner one counts while it lasts; outside there is none."""
    assert seconds_left() is None
    with within(100):
        assert 99 < (seconds_left() or 0) <= 100
        with within(0):
            assert seconds_left() == 0
        assert 99 < (seconds_left() or 0) <= 100
    assert seconds_left() is None
