"""The command line: what it prints, and the status it leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cds_service.__main__ import main
from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from tests.charts import (
    Resource,
    complete,
    flow,
    order,
    patient,
    request,
    without,
)

DETERMINATIONS = "example.kresladi-cds.determinations"
UUID = "urn:uuid:11111111-2222-4333-8444-555555555555"


def run(*arguments: Any) -> Result:
    """The command as from a shell, on a terminal that is wide enough."""
    return CliRunner().invoke(main, [str(each) for each in arguments], env={"COLUMNS": "160"})


def written(folder: Path, content: Any, name: str = "file.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def whole(*resources: Resource, **more: Any) -> Resource:
    """A Bundle that is the whole chart, with its order."""
    entries = [{"resource": each} for each in (*resources,)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries} | more


def outcome_of(result: Result) -> str:
    return str(json.loads(result.stdout)["extension"][DETERMINATIONS][0]["outcome"])


# --- evaluate --------------------------------------------------------------------------------------------------------


def test_a_hook_request_is_shown_for_the_eye(tmp_path: Path) -> None:
    """The cards, then the tree of the criteria with evidence and gaps."""
    result = run("evaluate", written(tmp_path, request(without(complete(), "cd18"))))
    assert result.exit_code == 0
    for said in ("missing-documentation", "Order flow cytometry", "MedicationRequest/draft-1", "I.A.1.b.iii"):
        assert said in result.stdout
    assert "✓ I.A.2.a" in result.stdout
    assert "? I.A.1.a" in result.stdout
    assert "absent: CD18 by flow cytometry" in result.stdout


def test_json_is_the_services_answer(tmp_path: Path) -> None:
    """One document a file, for machines."""
    result = run("evaluate", "--json", written(tmp_path, request()))
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert [card["source"]["topic"]["code"] for card in answer["cards"]]
    assert outcome_of(result) == "criteria-met"


@pytest.mark.parametrize("why", [True, False])
def test_why_shows_what_was_set_aside(tmp_path: Path, why: bool) -> None:
    """Only where it is asked for."""
    chart = [*complete(), flow("CD18", 50, "wrong", status="entered-in-error")]
    result = run("evaluate", *(["--why"] if why else []), written(tmp_path, request(chart)))
    assert result.exit_code == 0
    assert ("set aside: Observation/wrong: entered in error" in result.stdout) is why


def test_order_select_is_evaluated_as_such(tmp_path: Path) -> None:
    """The hook names the service: only the stops make cards."""
    result = run("evaluate", "--json", written(tmp_path, request([patient()], hook="order-select")))
    assert json.loads(result.stdout)["cards"] == []
    assert outcome_of(result) == "documentation-missing"


def test_no_order_for_kresladi(tmp_path: Path) -> None:
    """Evaluated, and nothing to say."""
    other = order(medicationCodeableConcept={"text": "paracetamol"})
    result = run("evaluate", written(tmp_path, request(orders=[other])))
    assert result.exit_code == 0
    assert "No order for Kresladi" in result.stdout


STORIES = Path(__file__).parent.parent / "sample_bundles"
BUSULFAN = STORIES / "treatment-busulfan-while-kresladi-is-on-its-way" / "request.json"
OPENED = STORIES / "treatment-chart-opened-and-nobody-told-the-family" / "request.json"
RED_CELLS = STORIES / "treatment-red-cells-not-irradiated" / "request.json"
INFUSION = order(dosageInstruction=[{"timing": {"event": ["2026-12-01T08:00:00Z"]}}])


@pytest.mark.parametrize(
    ("remark", "arguments", "said"),
    [
        ("an order-sign", [BUSULFAN], "label-conditioning"),
        ("a patient-view", [OPENED], "label-donate"),
        ("by name", ["--service", "kresladi-treatment-order-sign", BUSULFAN], "label revised 2026, not-met"),
        ("the coverage service alone", ["--service", "kresladi-order-sign", BUSULFAN], "No order for Kresladi"),
        ("a link is shown with its address", [INFUSION], "/fhir/Questionnaire/kresladi-treatment-checklist"),
        ("coverage and treatment of one order", [INFUSION], "missing-documentation"),
    ],
)
def test_the_services_around_the_infusion(tmp_path: Path, remark: str, arguments: list[Any], said: str) -> None:
    """Every service that the file's hook calls answers, or the one that is named."""
    files = [written(tmp_path, request([patient()], [each])) if isinstance(each, dict) else each for each in arguments]
    result = run("evaluate", *files)
    assert result.exit_code == 0, result.output
    assert said in result.stdout


def test_json_of_a_service_that_is_named() -> None:
    """Its answer, with an order that is sent back as it came."""
    answer = json.loads(run("evaluate", "--json", "--service", "kresladi-treatment-order-sign", RED_CELLS).stdout)
    (action,) = answer["cards"][0]["suggestions"][0]["actions"]
    assert action["resource"]["quantityQuantity"] == {"value": 1, "unit": "unit"}
    assert json.loads(run("evaluate", "--json", RED_CELLS).stdout) == {"cards": []}


def test_a_bundle_is_held_against_the_label_too(tmp_path: Path) -> None:
    """A plan and a delivery in it are part of the chart, and what it does not hold is not there."""
    delivery = {"resourceType": "SupplyDelivery", "id": "delivery", "status": "completed"}
    result = run(
        "evaluate", "--service", "kresladi-treatment-order-sign", written(tmp_path, whole(patient(), INFUSION))
    )
    assert "? L.2.2.infuse.access" in result.stdout
    assert "unavailable" not in result.stdout
    assert run("evaluate", written(tmp_path, whole(patient(), INFUSION, delivery))).exit_code == 0


@pytest.mark.parametrize(
    ("remark", "bundle"),
    [
        ("a collection", whole(*complete(), order())),
        ("without a type", {k: v for k, v in whole(*complete(), order()).items() if k != "type"}),
        ("its order active, the only one", whole(*complete(), order(status="active"))),
        ("beside it an old order", whole(*complete(), order(), order(id="old", status="cancelled"))),
        ("a donor's Patient too", whole(*complete(), order(), {"resourceType": "Patient", "id": "donor"})),
        ("an order without a subject", whole(*complete(), order(subject=None))),
    ],
)
def test_a_bundle_is_the_whole_chart(tmp_path: Path, remark: str, bundle: Resource) -> None:
    """Without a hook request: its one order is the draft, and what it does not hold is not there."""
    result = run("evaluate", "--json", written(tmp_path, bundle))
    assert result.exit_code == 0, result.output
    assert outcome_of(result) == "criteria-met"


def test_a_bundle_by_urn(tmp_path: Path) -> None:
    """Resources without ids that refer to each other by their entry's address."""
    baby = {"fullUrl": UUID, "resource": {"resourceType": "Patient"}}
    draft = {"resource": order(id=None, subject={"reference": UUID})}
    result = run("evaluate", "--json", written(tmp_path, {"resourceType": "Bundle", "entry": [baby, draft]}))
    assert result.exit_code == 0, result.output
    assert outcome_of(result) == "documentation-missing"


def test_an_active_order_beside_the_draft_is_a_duplicate(tmp_path: Path) -> None:
    """The draft is the order to be signed, the active one stands on the chart."""
    result = run("evaluate", "--json", written(tmp_path, whole(*complete(), order(), order(id="two", status="active"))))
    assert [card["source"]["topic"]["code"] for card in json.loads(result.stdout)["cards"]] == ["duplicate-order"]


@pytest.mark.parametrize(
    ("remark", "content"),
    [
        ("not JSON", b"patient: p1"),
        ("nothing", b""),
        ("half a character", b'{"hook": "\xc3"}'),
        ("nested without end", b"[" * 100_000),
        ("a number that is none", b'{"hook": 1e99999999999999999999999}'),
        ("a list", []),
        ("a resource", patient()),
        ("an object", {"a": 1}),
        ("another hook", {"hook": "patient-view", "context": {}}),
        ("no context", {"hook": "order-sign"}),
        ("nothing of the chart", {k: v for k, v in request().items() if k != "prefetch"}),
        ("a Bundle without an order", whole(*complete())),
        ("a Bundle with two drafts", whole(*complete(), order(), order(id="two"))),
        ("a Bundle with its order cancelled", whole(*complete(), order(status="cancelled"))),
        ("a Bundle that says nowhere whose", whole(order(subject=None))),
        ("a Bundle with a subject that is text", whole(order(subject="Patient/p1"))),
        ("a Bundle whose entries are text", {"resourceType": "Bundle", "entry": "x"}),
    ],
)
def test_what_is_no_input_leaves_2(tmp_path: Path, remark: str, content: Any) -> None:
    """One line that names the file and says why; no traceback."""
    path = written(tmp_path, content)
    result = run("evaluate", path)
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith(f"{path}: ")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_files_are_evaluated_one_by_one(tmp_path: Path) -> None:
    """What can be evaluated is; the status tells that not all could be."""
    good, bad = written(tmp_path, request(), "good.json"), written(tmp_path, b"{", "bad.json")
    missing, last = tmp_path / "missing.json", written(tmp_path, request([patient()]), "last.json")
    result = run("evaluate", good, bad, missing, tmp_path, last)
    assert result.exit_code == 2
    assert "criteria-met" in result.stdout
    assert "documentation-missing" in result.stdout
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [str(bad), str(missing), str(tmp_path)]
    assert run("evaluate", good, last).exit_code == 0


def test_a_file_has_to_be_named() -> None:
    """Click's own word and status."""
    assert run("evaluate").exit_code == 2


# --- policy, serve ---------------------------------------------------------------------------------------------------


def test_policy_prints_every_clause() -> None:
    """The coverage policy's and the label's: with id, title, meaning, what it applies to, and our readings."""
    result = run("policy")
    assert result.exit_code == 0
    printed = " ".join(result.stdout.replace("│", " ").split())
    clauses = [*policy.clauses.values(), *label.clauses.values()]
    for clause in clauses:
        assert clause.id in printed
        assert clause.title in printed
    assert printed.count("We read") == sum(len(clause.readings) for clause in clauses)
    assert printed.count("Condition: ") == sum(len(clause.applies) for clause in clauses)


def test_help_names_the_commands() -> None:
    """With `-h` too."""
    result = run("-h")
    assert result.exit_code == 0
    assert all(command in result.stdout for command in ("serve", "evaluate", "policy"))


def test_serve_needs_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without clients it does not start, and says which variable is wanted."""
    for name in ("CDS_ALLOW_ANONYMOUS", "CDS_CLIENTS_FILE"):
        monkeypatch.delenv(name, raising=False)
    result = run("serve")
    assert result.exit_code == 1
    assert "CDS_ALLOW_ANONYMOUS" in result.stderr
