"""Charts that nobody here wrote: every public example alone, as whole patients, and beside our stories."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cds_service.__main__ import main
from cds_service.hooks.offer import answer
from cds_service.whole_bundle import request_of
from tests.charts import (
    ICD,
    OFFER,
    Resource,
    bundle,
    concept,
    criteria,
    order,
)
from tests.integration.public_data import (
    DETERMINATIONS,
    OLDER,
    ORIGINS,
    R4,
    Example,
    asked_about,
    charts_of,
    determined,
    examples,
    of_patient,
    subject_of,
)

pytestmark = pytest.mark.integration

SAMPLES = Path(__file__).parent.parent.parent / "sample_bundles"
EXPLAINED = {
    "Condition/f003": ({"I.A.3", "I.A.3.b"}, set(), "a retropharyngeal abscess, confirmed"),
    "Encounter/f003": ({"I.A.3", "I.A.3.b"}, set(), "the visit for that abscess"),
    "Condition/f203": ({"I.A.3", "I.A.3.b"}, set(), "bacterial sepsis, confirmed"),
    "Procedure/appendectomy-narrative": (set(), {"II.A"}, "says only in its narrative what was done"),
}
"""What public examples rightly change: criteria met, criteria no longer met, and why."""
LEAST = {
    "Observation": 1000, "Procedure": 200, "Claim": 100, "Encounter": 100, "MedicationRequest": 60, "Condition": 60,
    "DiagnosticReport": 60, "ExplanationOfBenefit": 40, "MedicationAdministration": 20, "DocumentReference": 10,
    "PractitionerRole": 10, "FamilyMemberHistory": 8, "QuestionnaireResponse": 4, "Coverage": 3, "RelatedPerson": 3,
}  # fmt: skip
"""How many of a type there are at least; fewer means that the packages were not found."""


def told(answered: Resource) -> Any:
    """All that an answer says, less the numbers of what was read."""
    found = determined(answered)
    gaps = {id_: [gap["because"] for gap in each.get("gaps", ())] for id_, each in found.items()}
    return {id_: each["status"] for id_, each in found.items()}, gaps, [card["summary"] for card in answered["cards"]]


@cache
def alone(origin: str) -> tuple[tuple[Example, Resource], ...]:
    """Each example as the only thing on the patient's chart, and the answer."""
    return tuple((each, asked_about(of_patient(each.resource))) for each in examples(origin) if each.type != "Patient")


# --- as they are -----------------------------------------------------------------------------------------------------


def test_there_are_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """The packages hold what they held when this was written; the run says how many of which type."""
    counted = Counter(each.type for origin in ORIGINS for each in examples(origin))
    with capsys.disabled():
        print(f"\n{counted.total()} public resources:", ", ".join(f"{n} {kind}" for kind, n in counted.most_common()))
    assert {kind: counted[kind] for kind, least in LEAST.items() if counted[kind] < least} == {}
    assert counted.total() >= 3000


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_ordinary_chart_documents_nothing(origin: str) -> None:
    """None of these patients has LAD-I: nothing is met but that no dose was given, and what really stands there."""
    wrong = {}
    for example, answered in alone(origin):
        met, lost, _ = EXPLAINED.get(example.reference, (set(), set(), ""))
        statuses = {id_: each["status"] for id_, each in determined(answered).items()}
        expected = {id_: "met" if id_ in ({"II.A"} | met) - lost else "unknown" for id_ in statuses}
        if statuses != expected:
            wrong[example.reference, example.file] = {id_: s for id_, s in statuses.items() if s != expected[id_]}
    assert wrong == {}


@pytest.mark.parametrize("origin", R4)
def test_every_example_of_the_standard_can_be_read(origin: str) -> None:
    """What conforms to R4 is never unreadable, but for the example of decimals that no measurement has."""
    unread = {
        example.reference
        for example, answered in alone(origin)
        for each in determined(answered).values()
        for gap in each.get("gaps", ())
        if "could not be read" in gap["because"] and gap.get("reference")
    }
    assert unread <= {"Observation/decimal"}


@pytest.mark.parametrize("origin", OLDER)
def test_what_is_of_another_version_is_named(origin: str) -> None:
    """A diagnosis in the shape of an older FHIR is not silently passed over: the gap names it."""
    for example in examples(origin):
        if example.type == "Condition":
            ill = of_patient(example.resource) | {"code": concept("Sepsis", (ICD, "A41.01"))}
            found = determined(asked_about(ill))["I.A.3.b"]
            assert (found["status"], found["gaps"][0]["reference"]) == ("unknown", example.reference)


@pytest.mark.parametrize("origin", R4)
def test_whole_patients_from_the_command_line(origin: str, tmp_path: Path) -> None:
    """A patient's Bundle with a Kresladi order in it is evaluated as it stands; no criterion of LAD-I is met."""
    for name, entries in charts_of(origin):
        theirs = next(each for each in entries if each["resource"]["resourceType"] == "Patient")
        whose = theirs.get("fullUrl") or f"Patient/{theirs['resource']['id']}"
        draft = order(requester=None, dosageInstruction=None, subject={"reference": whose})
        file = tmp_path / name
        file.write_text(json.dumps({"resourceType": "Bundle", "entry": [*entries, {"resource": draft}]}))
        ran = CliRunner().invoke(main, ["evaluate", "--json", str(file)])
        assert ran.exit_code == 0, (name, ran.output)
        found = determined(json.loads(ran.stdout))
        assert {id_ for id_, each in found.items() if each["status"] == "not-met"} == set(), name
        assert {id_ for id_, each in found.items() if each["status"] == "met"} <= {"II.A"}, name


# --- beside our stories ----------------------------------------------------------------------------------------------

HANDS = 6
"""The examples are dealt round: each story has a sixth of them beside it, each example is beside a sixth of them."""
SERVICES = {service.hook: service for service in OFFER.services if service.id.startswith("kresladi-order-")}
STORIES = [
    each.parent
    for each in sorted(SAMPLES.glob("*/expected.json"))
    if json.loads(each.read_bytes()).get("service", "kresladi-order-sign").startswith("kresladi-order-")
]
"""The stories of the coverage policy."""


def request_in(folder: Path) -> Resource:
    """The hook request of a story."""
    file = next(each for each in (folder / "request.json", folder / "bundle.json") if each.exists())
    body: Resource = json.loads(request_of(file.read_bytes()))
    return body


@cache
def everything() -> tuple[tuple[Example, bool], ...]:
    """All examples, and whether the service, asked about one alone, says nothing at all of it."""
    nothing = told(asked_about())
    return tuple((each, told(answered) == nothing) for origin in ORIGINS for each, answered in alone(origin))


def beside(reference: str, hand: int) -> Resource:
    """A sixth of the examples: as they are, other people's (where it can be read whose); and those that bear on
    nothing, as this patient's."""
    dealt = everything()[hand::HANDS]
    strangers = [each.resource for each, _ in dealt if subject_of(each.resource) and each.origin in R4]
    unrelated = [of_patient(each.resource, reference) for each, is_quiet in dealt if is_quiet]
    return bundle([*strangers, *unrelated])


def test_most_examples_bear_on_nothing() -> None:
    """What bears on nothing is what is put on our patients' charts."""
    assert sum(is_quiet for _, is_quiet in everything()) > 2500


@pytest.mark.parametrize(("hand", "folder"), list(enumerate(STORIES)), ids=[each.name for each in STORIES])
def test_unrelated_resources_change_no_answer(hand: int, folder: Path) -> None:
    """Beside a thousand public resources, other people's and the patient's own, each story's answer stays."""
    body = request_in(folder)
    expected = statuses_and_cards(body)
    body["prefetch"]["publicExamples"] = beside(f"Patient/{body['context']['patientId']}", hand % HANDS)
    assert statuses_and_cards(body) == expected


def statuses_and_cards(body: Resource) -> Any:
    found = answer(OFFER, SERVICES[body["hook"]], json.dumps(body).encode())
    listed = found.get("extension", {}).get(DETERMINATIONS, ())
    statuses = [{id_: each["status"] for id_, each in criteria(one).items()} for one in listed]
    cards = [(card["source"]["topic"]["code"], card["summary"]) for card in found["cards"]]
    return statuses, [one.get("outcome") for one in listed], cards
