"""Writes docs/data-elements.md from the code: per criterion, what is wanted, from which resources and codes it is
read, and how silence is taken. Run with `python -m tools.data_elements`.

The readers are not run: their modules are parsed, and every literal in them that is the id of a ValueSet or the name
of a resource type counts, as well as those of the reader modules that they import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cds_service.facts import Chart
from cds_service.fhir.resources import READ
from cds_service.fhir.terminology import packaged_value_sets
from cds_service.hooks.determination import STATUS
from cds_service.policy.kresladi import policy
from cds_service.policy.model import Clause

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "data-elements.md"
CHART = ROOT / "cds_service" / "chart"
READERS = {
    "I.A.1.diagnosis": ("diagnosis",),
    "I.A.1.a": ("flow_cytometry",),
    "I.A.1.b.i": ("flow_cytometry",),
    "I.A.1.b.ii": ("genetics",),
    "I.A.1.b.iii": ("history", "family"),
    "I.A.2.a": ("specialists",),
    "I.A.2.b": ("specialists",),
    "I.A.3.a": ("family",),
    "I.A.3.b": ("infections",),
    "I.A.4": ("donors",),
    "I.A.5": ("attestation",),
    "I.A.6": ("dose",),
    "I.B": ("diagnosis", "coverage"),
    "II.A": ("earlier_dose",),
}
"""The leaves of the policy, and the reader modules in `cds_service/chart` that find their facts."""
SHARED = {"source", "phrases", "orders"}
"""Imported by nearly every reader; what they name belongs to no one criterion."""
TITLES = {value_set["id"]: value_set["title"] for value_set in packaged_value_sets()}

HEAD = """# Data elements

Made from the code by `make docs`; a test keeps it true. Per criterion: what is wanted, which resources are read for
it, which value sets (in `cds_service/terminology`) say what counts, and what an empty, complete chart comes to.

"""


def document() -> str:
    """The whole page."""
    return HEAD + "\n".join(section(policy.clauses[clause_id]) for clause_id in READERS)


def section(clause: Clause) -> str:
    """One criterion."""
    modules = sorted({name for reader in READERS[clause.id] for name in reach(reader)})
    named = {literal for module in modules for literal in literals(module)}
    resources = sorted(named & set(READ))
    value_sets = sorted(named & set(TITLES))
    finding = clause.question(Chart())
    wanted = [f"- {gap.wanted}" for gap in finding.gaps] or ["- (nothing: see silence)"]
    lines = [
        f"## {clause.id} {clause.title}",
        "",
        clause.meaning,
        "",
        "Wanted:",
        "",
        *wanted,
        "",
        f"Resources: {', '.join(resources)}",
        "",
        "Value sets:",
        "",
        *(f"- `{each}`: {TITLES[each]}" for each in value_sets),
        "",
        f"Silence: {STATUS[finding.answer]}",
        "",
    ]
    return "\n".join(lines)


def reach(module: str) -> set[str]:
    """A reader module and the reader modules that it imports, directly or not."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [each for each in imported(name) if each not in SHARED]
    return found


@cache
def parsed(module: str) -> ast.Module:
    """The syntax tree of one reader module."""
    return ast.parse((CHART / f"{module}.py").read_text())


def imported(module: str) -> Iterator[str]:
    """The modules of `cds_service/chart` that a module imports."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cds_service.chart."):
            yield (node.module or "").rsplit(".", 1)[-1]


def literals(module: str) -> Iterator[str]:
    """Every string literal of a module."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


if __name__ == "__main__":
    TARGET.write_text(document())
