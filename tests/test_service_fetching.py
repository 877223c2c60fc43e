"""The same chart by every way: sent, fetched with the request's token, or half and half. Through the application."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.charts import Resource, causes
from tests.ehr import anonymous, authorized, determinations, topics_of
from tests.fhir_server import serving
from tests.test_samples import REQUESTS, Story, each_request

PARTIAL = {
    "administrations-were-not-sent": "a search that was not sent is read",
    "treatment-red-cells-while-administrations-were-not-sent": "the same",
    "only-the-first-page-of-results": "the other pages are read",
    "search-for-conditions-failed": "a search that failed is run again",
}
"""The stories of a chart that was sent in part: fetched, nothing of it is missing any more."""


def at_home(story: Story, base: str) -> Resource:
    """The story's request, as if the EHR that sends it were the one at this address."""
    text = story.file.read_text().replace(story.sent["fhirServer"], base)
    found: Resource = json.loads(text)
    return found


def resources_of(prefetch: Resource) -> list[Resource]:
    """Every resource that a request sends, each once."""
    found: dict[tuple[str, str], Resource] = {}
    for value in filter(None, prefetch.values()):
        entries = value.get("entry", []) if value["resourceType"] == "Bundle" else [{"resource": value}]
        for resource in (entry["resource"] for entry in entries):
            if resource["resourceType"] != "OperationOutcome":
                found[resource["resourceType"], resource["id"]] = resource
    return list(found.values())


def mixture(story: Story) -> frozenset[str]:
    """About half of the keys, always the same for a story."""
    choose = random.Random(story.name)
    return frozenset(key for key in sorted(story.keys) if choose.random() < 0.5)


WAYS: dict[str, Any] = {
    "all of it fetched": lambda story: story.keys,
    "a mixture": mixture,
    "the other mixture": lambda story: story.keys - mixture(story),
}


@pytest.mark.parametrize("way", WAYS)
@each_request
def test_the_way_does_not_change_the_answer(story: Story, way: str, tmp_path: Path) -> None:
    """Determination and topics are those of the chart that was sent whole."""
    with serving([]) as server:
        client = anonymous(tmp_path, fhir_servers=frozenset({server.base}), fetch_deadline=10.0)
        body = at_home(story, server.base)
        server.resources = resources_of(body["prefetch"])
        kept = {key: value for key, value in body["prefetch"].items() if key not in WAYS[way](story)}
        fetched = client.post(story.path, json=authorized(body | {"prefetch": kept}, server.base)).get_json()
        whole = authorized(body, server.base) if story.name in PARTIAL else body
        sent = client.post(story.path, json=whole).get_json()
    assert determinations(fetched) == determinations(sent)
    assert topics_of(fetched) == topics_of(sent)


@pytest.mark.parametrize("story", [s for s in REQUESTS if s.name in PARTIAL], ids=lambda story: story.name)
def test_what_was_sent_in_part_is_read_to_the_end(story: Story, tmp_path: Path) -> None:
    """With a token nothing is unavailable that was so without one."""
    with serving([]) as server:
        client = anonymous(tmp_path, fhir_servers=frozenset({server.base}), fetch_deadline=10.0)
        body = at_home(story, server.base)
        server.resources = resources_of(body["prefetch"])
        sent = client.post(story.path, json=body).get_json()
        read = client.post(story.path, json=authorized(body, server.base)).get_json()
    assert "unavailable" in all_causes(sent)
    assert "unavailable" not in all_causes(read)


def all_causes(answer: Resource) -> set[str]:
    """The causes of every gap of an answer."""
    return {cause for each in determinations(answer) for criterion in each["criteria"] for cause in causes(criterion)}
