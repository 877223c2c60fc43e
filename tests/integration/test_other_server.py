"""One complete chart, fetched from a FHIR server that is not ours. Needs Node and `npm ci`: see README.md."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cds_service.chart.fetch import Fetching
from cds_service.chart.gather import Call, Sent, sent_with, source_of
from cds_service.chart.orders import kresladi_orders
from cds_service.chart.read import read_chart
from cds_service.chart.source import Source
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import Ended, FhirClient, Limits, Read, Search
from cds_service.hooks.determination import determination_shape
from cds_service.policy.kresladi import determine
from cds_service.policy.model import Evaluation, Order
from tests.charts import TERMINOLOGY, TODAY, Resource, complete, order, prefetch, without

pytestmark = pytest.mark.integration

HERE = Path(__file__).parent
TOKEN = "the-token-of-this-test"
GENEROUS = Limits(seconds=20)
DRAFTS = (Entry(msgspec.Raw(json.dumps(order()).encode())),)
PEOPLE: list[Resource] = [
    {"resourceType": "Practitioner", "id": "bmt"},
    {"resourceType": "Practitioner", "id": "heme"},
]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a server that holds the complete chart, beside the patients it brings along."""
    environment = os.environ | {"FHIR_TOKEN": TOKEN}
    with subprocess.Popen(
        ["node", "server.mjs"], cwd=HERE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([*complete(), *PEOPLE]) + "\n")
        process.stdin.flush()
        yield process.stdout.readline().strip()
        process.stdin.close()


def determined(call: Call, sent: Sent) -> object:
    source = source_of(call, sent, TERMINOLOGY, TODAY)
    (ours,) = kresladi_orders(DRAFTS, sent.records, TERMINOLOGY, "p1")
    chart = read_chart(source, ours, call.user, [ours], {})
    return determination_shape(Evaluation(Order(ours.reference, ours.id), determine(chart)))


def call_with(sent: Resource, base: str) -> Call:
    raw = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in sent.items()}
    return Call("p1", "PractitionerRole/bmt", base, raw)


@pytest.mark.parametrize("left_out", [None, ("conditions", "observations"), ("careTeams",)], ids=str)
def test_a_whole_chart_is_fetched(base: str, left_out: tuple[str, ...] | None) -> None:
    """The determination is the one that full prefetch gives, however much of it was sent."""
    resources = [*complete(), *PEOPLE]
    whole = call_with(prefetch(resources), base)
    call = call_with({} if left_out is None else prefetch(without(resources, "bmt", "heme"), left_out), base)
    sent = sent_with(call, DRAFTS)
    fetching = Fetching(FhirClient(base, TOKEN, GENEROUS), call, sent)

    def view(sent: Sent) -> Source:
        return source_of(call, sent, TERMINOLOGY, TODAY)

    fetching.chart(kresladi_orders(DRAFTS, sent.records, TERMINOLOGY, "p1"), view)
    assert {answer.state for answer in sent.answers.values()} == {State.COMPLETE}
    assert (fetching.absent, fetching.roles_unread) == (frozenset(), frozenset())
    assert determined(call, sent) == determined(whole, sent_with(whole, DRAFTS))


@pytest.mark.parametrize(
    ("token", "ask", "answer", "ended"),
    [
        pytest.param("another", Read("Patient", "p1"), Answered(State.FAILED), Ended.REFUSED, id="another token"),
        pytest.param(TOKEN, Read("Practitioner", "nobody"), Answered(State.COMPLETE), Ended.ABSENT, id="not there"),
        pytest.param(
            TOKEN,
            Search("Condition", (("patient", "nobody"),)),
            Answered(State.COMPLETE),
            Ended.COMPLETE,
            id="nothing found",
        ),
    ],
)
def test_what_another_server_says(base: str, token: str, ask: Read | Search, answer: Answered, ended: Ended) -> None:
    """Refused, absent and nothing found are told apart."""
    client = FhirClient(base, token, GENEROUS)
    assert client.answers_to({"it": ask})["it"] == answer
    assert client.exchanges[0].ended is ended


def test_a_long_search_is_posted_and_understood(base: str) -> None:
    """A search with more people than an address holds finds them."""
    people = ",".join(["bmt", "heme", *(f"somebody-else-{n}" for n in range(200))])
    ask = Search("PractitionerRole", (("practitioner", people),))
    answer = FhirClient(base, TOKEN, GENEROUS).answers_to({"it": ask})["it"]
    assert answer.state is State.COMPLETE
    assert {json.loads(bytes(entry.resource))["id"] for entry in answer.entries} == {"bmt", "heme"}
