"""A site's own codes: they add to ours, and what is wrong with them is said in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.errors import TerminologyError
from cds_service.evaluation import Evaluator
from cds_service.fhir.site_codes import URL, terminology_with
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.offer import Offer, answer
from tests.charts import SETTINGS, TODAY, complete, concept, flow, request, without

LOCAL = "https://lab.example/codes"


def written(folder: Path, **changes: Any) -> Path:
    """A folder with one file that adds a local code for CD18, with changes to it."""
    value_set: dict[str, Any] = {
        "resourceType": "ValueSet",
        "url": f"{URL}cd18",
        "status": "active",
        "compose": {"include": [{"system": LOCAL, "concept": [{"code": "CD18PMN", "display": "CD18 PMN %"}]}]},
    }
    (folder / "cd18.json").write_text(json.dumps(value_set | changes))
    return folder


def status_of_cd18(folder: Path | None) -> str:
    """I.A.1 of a chart whose only CD18 result has a local code."""
    local = flow("CD18", 1.2) | {"code": concept("CD18 PMN %", (LOCAL, "CD18PMN"))}
    evaluator = Evaluator(SETTINGS, terminology_with(folder), lambda: TODAY)
    offer = Offer(SERVICES, {}, Source("Example Health Plan"), evaluator.evaluate)
    body = json.dumps(request([*without(complete(), "cd18"), local])).encode()
    determined = answer(offer, SERVICES[0], body)["extension"]["example.kresladi-cds.determinations"][0]
    return next(each["status"] for each in determined["criteria"] if each["id"] == "I.A.1")


def test_a_sites_code_counts_like_ours(tmp_path: Path) -> None:
    """The same result is not counted without the site's ValueSet and counts with it."""
    assert status_of_cd18(None) == "unknown"
    assert status_of_cd18(written(tmp_path)) == "met"


def test_ours_stay(tmp_path: Path) -> None:
    """A site's codes add to ours."""
    terminology = terminology_with(written(tmp_path))
    assert "cd18" in terminology.meanings(LOCAL, "CD18PMN")
    assert "cd18" in terminology.meanings("http://loinc.org", "17121-5")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"resourceType": "CodeSystem"}, "cd18.json: is no FHIR ValueSet"),
        ({"url": "https://lab.example/ValueSet/cd18"}, "url has to be that of the ValueSet it adds to"),
        ({"url": f"{URL}cd19"}, "url names no ValueSet of ours"),
        ({"compose": {}}, "compose.include is missing"),
        ({"compose": {"include": [{"concept": [{"code": "x"}]}]}}, r"compose.include\[0\].system is missing"),
        ({"compose": {"include": [{"system": LOCAL}]}}, r"compose.include\[0\] lists no codes"),
        ({"compose": {"include": [{"system": LOCAL, "concept": [{"display": "x"}]}]}}, r"concept\[0\].code is missing"),
        ({"compose": {"include": [{"system": LOCAL, "valueSet": ["x"]}]}}, "valueSet is not read"),
        (
            {"compose": {"include": [{"system": LOCAL, "filter": [{"property": "x", "op": "=", "value": "y"}]}]}},
            r"filter\[0\]: a filter has to be",
        ),
        (
            {"compose": {"include": [{"system": LOCAL, "concept": [{"code": "x"}]}], "exclude": [{"system": LOCAL}]}},
            "never remove",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    """The service does not start with a folder that it would read wrongly."""
    with pytest.raises(TerminologyError, match=says):
        terminology_with(written(tmp_path, **changes))


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """Nobody has to start the service ten times to find ten mistakes."""
    written(tmp_path, url="x", compose={"include": [{"concept": [{"code": ""}]}]})
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(TerminologyError) as raised:
        terminology_with(tmp_path)
    assert len(str(raised.value).splitlines()) == 4


def test_a_folder_without_files_is_a_mistake(tmp_path: Path) -> None:
    """A folder that is missing or empty was configured by mistake."""
    with pytest.raises(TerminologyError, match=r"holds no \.json file"):
        terminology_with(tmp_path)
    with pytest.raises(TerminologyError, match="no such folder"):
        terminology_with(tmp_path / "nowhere")
