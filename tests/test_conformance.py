"""`docs/conformance.csv`: each requirement of CDS Hooks on a service, and the test that shows it."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEVELS = {"SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "REQUIRED", "RECOMMENDED"}
ROWS = list(csv.DictReader((ROOT / "docs" / "conformance.csv").read_text(encoding="utf-8").splitlines()))


def functions_in(path: Path) -> set[str]:
    """The names of the test functions of a module."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=[row["number"] for row in ROWS])
def test_each_requirement_has_a_test_or_says_why_not(row: dict[str, str]) -> None:
    """A test that exists, or an honest empty cell with its reason."""
    assert row["level"] in LEVELS
    assert row["requirement"]
    if not row["test"]:
        assert row["note"]
        return
    path, name = row["test"].split("::")
    assert name in functions_in(ROOT / path)


def test_each_requirement_stands_once() -> None:
    """In the order of the checklist."""
    numbers = [int(row["number"]) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 60
