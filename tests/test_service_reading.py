"""When the EHR's FHIR server is read, when it is not, and what a server that misbehaves does to the answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.chart.queries import QUERIES
from tests import fhir_server as misbehave
from tests.charts import Resource, causes, complete, concept, criteria, order, request, without
from tests.ehr import SIGN, anonymous, authorized, bearer, determinations, service, topics_of
from tests.fhir_server import Behaviour, FhirServer, serving

KEYS = tuple(query.key for query in QUERIES)
NOTHING_SENT = request() | {"prefetch": {}}
DEADLINE = 0.5
MARGIN = 1.0
"""Seconds for all but fetching, on a machine that does other things besides."""


def reader(folder: Path, server: FhirServer, **more: Any) -> FlaskClient:
    """The service, allowed to read the server."""
    return anonymous(folder, **({"fhir_servers": frozenset({server.base}), "fetch_deadline": 10.0} | more))


def asked(client: FlaskClient, body: Resource) -> Resource:
    answer = client.post(SIGN, json=body)
    assert answer.status_code == 200
    found: Resource = answer.get_json()
    return found


# --- when nothing is fetched -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "orders"),
    [
        ("another drug", [order(medicationCodeableConcept=concept("Amoxicillin"))]),
        ("an order that was cancelled", [order(status="cancelled")]),
        ("not to be given", [order(doNotPerform=True)]),
        ("a laboratory test", [{"resourceType": "ServiceRequest", "id": "s", "code": concept("CBC")}]),
        ("another gene therapy", [order(medicationCodeableConcept=concept("elivaldogene autotemcel"))]),
    ],
)
def test_an_order_for_something_else_reads_nothing(remark: str, orders: list[Resource], tmp_path: Path) -> None:
    """No card, and the server saw no request."""
    with serving(complete()) as server:
        body = authorized(request(orders=orders) | {"prefetch": {}}, server.base)
        assert asked(reader(tmp_path, server), body) == {"cards": []}
        assert server.asked == []


@pytest.mark.parametrize(
    "taken", [("fhirAuthorization",), ("fhirServer",), ("fhirServer", "fhirAuthorization")], ids=" and ".join
)
def test_without_address_or_token_nothing_is_read(taken: tuple[str, ...], tmp_path: Path) -> None:
    """What was sent is answered as it is; where nothing was sent that is 412."""
    with serving(complete()) as server:
        client = reader(tmp_path, server)
        whole = authorized(request(leave_out=("careTeams",)), server.base)
        sent = {name: value for name, value in whole.items() if name not in taken}
        assert "unavailable" in causes(criteria(determinations(asked(client, sent))[0])["I.A.2"])
        assert client.post(SIGN, json=sent | {"prefetch": {}}).status_code == 412
        assert server.asked == []


@pytest.mark.parametrize(
    "allowed", [frozenset(), frozenset({"https://ehr.example/fhir"}), "below another path", "on another port"], ids=str
)
def test_a_server_that_is_not_listed_is_not_read(allowed: Any, tmp_path: Path) -> None:
    """Neither it nor any other server gets the token."""
    with serving(complete()) as server, serving(complete()) as listed:
        others = {
            "below another path": frozenset({f"{server.base}/tenant"}),
            "on another port": frozenset({listed.base}),
        }
        client = reader(tmp_path, server, fhir_servers=others.get(allowed, allowed))
        assert client.post(SIGN, json=authorized(NOTHING_SENT, server.base)).status_code == 412
        part = authorized(request(leave_out=("careTeams",)), server.base)
        assert "unavailable" in causes(criteria(determinations(asked(client, part))[0])["I.A.2"])
        assert server.asked == listed.asked == []


@pytest.mark.parametrize("development", [True, False])
def test_loopback_is_read_in_development(development: bool, tmp_path: Path) -> None:
    """And otherwise only where it is listed."""
    with serving(complete()) as server:
        client = anonymous(tmp_path, development=development, fetch_deadline=10.0)
        answer = client.post(SIGN, json=authorized(NOTHING_SENT, server.base))
        assert answer.status_code == (200 if development else 412)
        assert bool(server.asked) is development


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://[", "http://127.0.0.1:x/fhir", "//", "http://evil.example/fhir", 7]
)
def test_an_address_that_is_none_is_no_defect(address: Any, tmp_path: Path) -> None:
    """As if there were no server: in development too, where any loopback address would do."""
    client = anonymous(tmp_path, development=True)
    assert asked(client, authorized(request(), address))["cards"]
    assert client.post(SIGN, json=authorized(NOTHING_SENT, address)).status_code == 412


def test_each_client_has_servers_of_its_own(tmp_path: Path) -> None:
    """What is listed for a client is read for its tokens, and not for anybody."""
    with serving(complete()) as server:
        client = service(tmp_path, server.base, allow_anonymous=True, fetch_deadline=10.0)
        body = authorized(NOTHING_SENT, server.base)
        assert client.post(SIGN, json=body).status_code == 412
        assert server.asked == []
        assert topics_of(client.post(SIGN, json=body, headers=bearer()).get_json()) == ["criteria-met"]


def test_null_is_an_answer(tmp_path: Path) -> None:
    """A key that is null says that there is nothing: it is not asked for."""
    with serving(complete()) as server:
        prefetch = dict.fromkeys(KEYS) | {"patient": complete()[0]}
        body = authorized(request() | {"prefetch": prefetch}, server.base)
        found = criteria(determinations(asked(reader(tmp_path, server), body))[0])
        assert not [what for what in server.whats if "patient=" in what]
    assert causes(found["I.A.4"]) == {"absent"}
    assert found["II.A"]["status"] == "met"


def test_the_address_may_be_written_differently(tmp_path: Path) -> None:
    """Its references are the patient's whether they carry the address as the request has it or as it is listed."""
    with serving([]) as server:
        loud = server.base.replace("http://", "HTTP://")
        server.resources = [
            each | ({"subject": {"reference": f"{loud}/Patient/p1"}} if "subject" in each else {})
            for each in complete()
        ]
        found = asked(reader(tmp_path, server), authorized(NOTHING_SENT, f"{loud}/"))
    assert topics_of(found) == ["criteria-met"]


# --- what a server does to the answer --------------------------------------------------------------------------------

UNAVAILABLE: dict[str, Behaviour] = {
    "401": misbehave.status(401),
    "403": misbehave.status(403),
    "429": misbehave.status(429, Retry_After="60"),
    "500": misbehave.status(500),
    "a redirect": misbehave.status(302, Location="/fhir/Patient/p1"),
    "no FHIR": misbehave.body(b"<html>sign in</html>"),
    "an OperationOutcome": misbehave.body(misbehave.outcome("exception")),
    "an unknown type": misbehave.status(404, misbehave.outcome("not-supported")),
    "a truncated body": misbehave.truncate,
    "no word": misbehave.cut,
}
PARTS = {
    "Observation": "I.A.1",
    "CareTeam": "I.A.2",
    "QuestionnaireResponse": "I.A.4",
    "MedicationAdministration": "II.A",
}


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("behaviour", UNAVAILABLE)
def test_a_part_that_cannot_be_read_is_unavailable(behaviour: str, kind: str, tmp_path: Path) -> None:
    """That criterion is unknown for it, never met or not met; a card says so, and the others stand."""
    with serving(complete()) as server:
        server.when(f"/{kind}[?/]", UNAVAILABLE[behaviour])
        found = asked(reader(tmp_path, server), authorized(NOTHING_SENT, server.base))
    told = criteria(determinations(found)[0])
    assert told[PARTS[kind]]["status"] == "unknown"
    assert "unavailable" in causes(told[PARTS[kind]])
    assert "chart-unavailable" in topics_of(found)
    assert told["I.A.6"]["status"] == "met"


def test_a_token_that_the_server_refuses_reads_nothing(tmp_path: Path) -> None:
    """All is unavailable, and nothing is concluded from it."""
    with serving(complete()) as server:
        found = asked(reader(tmp_path, server), authorized(NOTHING_SENT, server.base, "another-token"))
    told = criteria(determinations(found)[0])
    assert [each["status"] for id_, each in told.items() if id_ in ("II.A", "I.A.1", "I.A.3", "I.A.4", "I.A.5")] == [
        "unknown"
    ] * 5
    assert topics_of(found)[-1] == "chart-unavailable"
    assert "missing-documentation" not in topics_of(found)


@pytest.mark.parametrize(
    "behaviour", [misbehave.hang, misbehave.drip_headers, misbehave.drip_body, misbehave.say_continue]
)
@pytest.mark.parametrize("pattern", [".", "/Observation"], ids=["all of it", "one search"])
def test_a_slow_server_costs_the_deadline(pattern: str, behaviour: Behaviour, tmp_path: Path) -> None:
    """And never more; what came in time counts, the rest is unavailable."""
    with serving(complete()) as server:
        server.when(pattern, behaviour)
        client = reader(tmp_path, server, fetch_deadline=DEADLINE)
        begun = time.monotonic()
        found = asked(client, authorized(NOTHING_SENT, server.base))
        seconds = time.monotonic() - begun
    assert seconds < DEADLINE + MARGIN
    told = criteria(determinations(found)[0])
    assert told["I.A.1.a"]["status"] == "unknown"
    assert "unavailable" in causes(told["I.A.1.a"])
    if pattern != ".":
        assert told["I.A.4"]["status"] == "met"


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        pytest.param(misbehave.status(404, misbehave.outcome("not-found")), "absent", id="404: it is not there"),
        pytest.param(misbehave.status(410), "absent", id="410: it is not there any more"),
        pytest.param(misbehave.status(403), "unavailable", id="403: it may not be read"),
        pytest.param(misbehave.status(500), "unavailable", id="500: it could not be read"),
    ],
)
def test_a_reference_that_leads_nowhere_is_absent(behaviour: Behaviour, cause: str, tmp_path: Path) -> None:
    """The only haematologist: not there, and not readable, are two things."""
    with serving(without(complete(), "heme")) as server:
        server.when("/PractitionerRole/heme", behaviour)
        found = asked(reader(tmp_path, server), authorized(NOTHING_SENT, server.base))
    told = criteria(determinations(found)[0])["I.A.2.b"]
    assert told["status"] == "unknown"
    assert causes(told) == {cause}
