"""Every story of `sample_bundles/`, posted as an EHR would post it, and held against what the policy says by hand."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service.__main__ import main
from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.evaluation import Evaluator
from cds_service.evaluation_label import LabelEvaluator
from cds_service.hooks import label_topics
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.offer import answer
from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from cds_service.whole_bundle import request_of
from tests.charts import OFFER, SETTINGS, TERMINOLOGY, causes, criteria

SAMPLES = Path(__file__).parent.parent / "sample_bundles"
LARGEST = 25 * 1024
"""Bytes of a request that a person still reads."""
DETERMINATIONS = "example.kresladi-cds.determinations"
TOPICS = {
    "prior-lifetime-dose",
    "sibling-donor",
    "criteria-not-met",
    "missing-documentation",
    "possible-prior-dose",
    "chart-unavailable",
    "duplicate-order",
    "wrong-patient",
    "other-indication",
    "criteria-met",
    *label_topics.ORDER,
}
ADVICE = {
    "label-paediatric",
    "label-biallelic",
    "label-weight",
    "label-product-form",
    "coverage-scope",
    "prior-transplant",
}
STATUSES = ("met", "not-met", "unknown")
NEVER = {
    ("I.A.1.b.iii", "not-met"): "a chart without signs does not say that there were none",
    ("I.A.2", "not-met"): "nobody documents that a specialist was not consulted",
    ("I.A.2.a", "not-met"): "the same",
    ("I.A.2.b", "not-met"): "the same",
    ("I.A.3", "not-met"): "its infections are never known to be none",
    ("I.A.3.b", "not-met"): "nothing found is unknown",
    ("I.B", "not-met"): "the section is shown only where it applies",
    ("I.B", "unknown"): "the same",
    ("L.2.2.product", "met"): "the clause is shown only where an order breaks it",
    ("L.2.2.product", "unknown"): "the same",
}
"""Answers that no chart can give, and why."""
PARTIAL = {
    "administrations-were-not-sent": {"medicationAdministrations"},
    "treatment-red-cells-while-administrations-were-not-sent": {"medicationAdministrations"},
}
"""The prefetch keys that a story leaves out on purpose."""


@dataclass(frozen=True)
class Story:
    """One folder: what is sent, and what has to come back."""

    folder: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def file(self) -> Path:
        request = self.folder / "request.json"
        return request if request.exists() else self.folder / "bundle.json"

    @property
    def service(self) -> str:
        """The id of the service that it is for: expected.json names it, where it is not the hook's first."""
        named: str = self.expected.get("service", f"kresladi-{self.sent.get('hook', 'order-sign')}")
        return named

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the prefetch that its service asks for."""
        return frozenset(OFFER.templates_of(next(each for each in SERVICES if each.id == self.service)))

    @property
    def path(self) -> str:
        """Where it is posted."""
        return f"/cds-services/{self.service}"

    @property
    def sent(self) -> dict[str, Any]:
        """What stands in the file."""
        read: dict[str, Any] = json.loads(self.file.read_bytes())
        return read

    @property
    def body(self) -> bytes:
        """The hook request: the file's, or the one made from a plain Bundle."""
        return request_of(self.file.read_bytes())

    @property
    def determinations(self) -> list[dict[str, Any]]:
        """One for each order that is evaluated; a story with exactly one states it at the top."""
        found: list[dict[str, Any]] = self.expected.get("determinations", [self.expected])
        return found


STORIES = [
    Story(folder, json.loads((folder / "expected.json").read_bytes()))
    for folder in sorted(SAMPLES.iterdir())
    if folder.is_dir()
]
REQUESTS = [story for story in STORIES if story.file.name == "request.json"]
each_story = pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
each_request = pytest.mark.parametrize("story", REQUESTS, ids=[story.name for story in REQUESTS])


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings(allow_anonymous=True)).test_client()


def topics_of(answered: dict[str, Any]) -> list[str]:
    return [card["source"]["topic"]["code"] for card in answered["cards"]]


def determinations_of(answered: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answered.get("extension", {}).get(DETERMINATIONS, [])
    return found


def summary_of(determined: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """A determination in the words of expected.json; causes only for the clauses that it names."""
    found = criteria(determined)
    return {
        "section": determined.get("section"),
        "outcome": determined["outcome"],
        "statuses": {clause_id: criterion["status"] for clause_id, criterion in found.items()},
        "advice": sorted(advised["code"] for advised in determined.get("advice", [])),
        "causes": {clause_id: sorted(causes(found[clause_id])) for clause_id in expected["causes"]},
    }


def expected_summary(expected: dict[str, Any]) -> dict[str, Any]:
    members = {name: expected[name] for name in ("outcome", "statuses", "causes")}
    return members | {"section": expected.get("section"), "advice": sorted(expected.get("advice", []))}


def assert_as_expected(story: Story, answered: dict[str, Any]) -> None:
    """Cards in their order, and every determination in full."""
    assert topics_of(answered) == story.expected["topics"]
    determined = determinations_of(answered)
    assert len(determined) == len(story.determinations)
    for found, expected in zip(determined, story.determinations, strict=True):
        assert summary_of(found, expected) == expected_summary(expected)
        assert found.get("order") == expected.get("order", found.get("order"))


# --- what the service answers ----------------------------------------------------------------------------------------


@each_story
def test_story_is_answered_as_the_policy_says(client: FlaskClient, story: Story) -> None:
    """Posted over HTTP, on today's date: cards, outcome, every clause, causes and advice."""
    answered = client.post(story.path, data=story.body, content_type="application/json")
    assert answered.status_code == 200
    assert_as_expected(story, answered.get_json())


def by_numbers(value: Any) -> str:
    """JSON in which every letter of a text is written by its number; numbers and the names of members stay."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{by_numbers(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_numbers, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(each):04x}" for each in value) + '"'
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@each_story
def test_story_holds_however_its_letters_are_written(client: FlaskClient, story: Story) -> None:
    """Some writers escape more than JSON asks for."""
    body = by_numbers(json.loads(story.body, parse_float=Decimal))
    answered = client.post(story.path, data=body, content_type="application/json")
    assert_as_expected(story, answered.get_json())


@each_story
def test_story_holds_in_ten_years(story: Story) -> None:
    """No story turns with the calendar."""
    day = date(2036, 11, 21)
    assert OFFER.treatment is not None
    later = replace(
        OFFER,
        evaluate=Evaluator(SETTINGS, TERMINOLOGY, lambda: day).evaluate,
        treatment=replace(OFFER.treatment, check=LabelEvaluator(SETTINGS, TERMINOLOGY, lambda: day).evaluate),
    )
    service = next(service for service in SERVICES if service.id == story.service)
    assert_as_expected(story, answer(later, service, story.body))


@pytest.mark.parametrize(
    ("story", "words"),
    [(story, words) for story in STORIES for words in story.expected.get("says", [])],
    ids=lambda value: value.name if isinstance(value, Story) else value,
)
def test_cards_say(client: FlaskClient, story: Story, words: str) -> None:
    """What a story is about stands in its cards, in so many words."""
    answered = client.post(story.path, data=story.body, content_type="application/json")
    assert words in " ".join(card["detail"] for card in answered.get_json()["cards"])


@pytest.mark.parametrize(
    ("story", "topic", "number"),
    [(story, topic, number) for story in STORIES for topic, number in story.expected.get("suggestions", {}).items()],
    ids=lambda value: value.name if isinstance(value, Story) else str(value),
)
def test_cards_suggest(client: FlaskClient, story: Story, topic: str, number: int) -> None:
    """A card that can do something offers it; one about an order without an id cannot."""
    answered = client.post(story.path, data=story.body, content_type="application/json")
    [card] = [card for card in answered.get_json()["cards"] if card["source"]["topic"]["code"] == topic]
    assert len(card.get("suggestions", [])) == number


def test_command_line_reads_every_story() -> None:
    """`cds-service evaluate` takes all of them, the Bundle without a hook request too."""
    result = CliRunner().invoke(main, ["evaluate", *(str(story.file) for story in STORIES)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("story", [s for s in STORIES if s not in REQUESTS], ids=lambda story: story.name)
def test_command_line_answers_a_bundle(story: Story) -> None:
    """A plain Bundle, printed for machines."""
    result = CliRunner().invoke(main, ["evaluate", "--json", str(story.file)])
    assert result.exit_code == 0
    assert_as_expected(story, json.loads(result.stdout))


# --- how a story is told ---------------------------------------------------------------------------------------------


@each_story
def test_story_is_told_in_one_line(story: Story) -> None:
    """Its README is one sentence, which the table of all stories repeats beside its cards."""
    told = (story.folder / "README.md").read_text()
    assert told.endswith(".\n")
    assert told.count("\n") == 1
    cards = ", ".join(f"`{topic}`" for topic in story.expected["topics"]) or "none"
    row = f"| [{story.name}]({story.name}/{story.file.name}) | {told.strip()} | {cards} |"
    assert row in (SAMPLES / "README.md").read_text().splitlines()


def test_table_lists_no_other_story() -> None:
    """Each row of the table is a folder, once."""
    rows = re.findall(r"^\| \[([a-z0-9-]+)\]", (SAMPLES / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == [story.name for story in STORIES]


@each_request
def test_request_is_what_an_ehr_sends(story: Story) -> None:
    """Every prefetch key, searches as searchset Bundles, every resource with an id and at its own address."""
    prefetch = story.sent["prefetch"]
    left_out = story.keys - prefetch.keys()
    assert left_out == PARTIAL.get(story.name, set())
    for bundle in (value for value in prefetch.values() if value and value["resourceType"] == "Bundle"):
        assert bundle["type"] == "searchset"
        for entry in bundle.get("entry", []):
            resource = entry["resource"]
            if resource["resourceType"] != "OperationOutcome":
                address = f"{story.sent['fhirServer']}/{resource['resourceType']}/{resource['id']}"
                assert entry["fullUrl"] == address


@each_story
def test_story_is_short_enough_to_read(story: Story) -> None:
    """A person can read the file."""
    assert story.file.stat().st_size <= LARGEST


# --- what the stories cover ------------------------------------------------------------------------------------------


def test_every_card_topic_is_told() -> None:
    """Each topic of the contract has a story, and no story names another."""
    assert {topic for story in STORIES for topic in story.expected["topics"]} == TOPICS


def test_every_advice_is_told() -> None:
    """Each advice code of the policy has a story."""
    assert {code for story in STORIES for each in story.determinations for code in each.get("advice", [])} == ADVICE


def told_answers() -> dict[tuple[str, str], list[str]]:
    """The stories that show each answer of each clause."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for story in STORIES:
        for expected in story.determinations:
            for answered in expected["statuses"].items():
                told[answered].append(story.name)
    return told


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("clause_id", [*policy.clauses, *label.clauses])
def test_every_answer_of_every_clause_is_told(clause_id: str, status: str) -> None:
    """Each clause is met, not met and unknown in some story, unless no chart can make it so."""
    told = bool(told_answers()[clause_id, status])
    assert told is ((clause_id, status) not in NEVER)


def test_every_cause_is_told() -> None:
    """Each of the four causes keeps some clause open in some story."""
    told = {cause for story in STORIES for each in story.determinations for c in each["causes"].values() for cause in c}
    assert told == {"absent", "unusable", "conflict", "unavailable"}
