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

from cds_service.chart.queries import EVERY
from cds_service.course import Bedside
from cds_service.facts import Chart
from cds_service.fhir.resources import READ
from cds_service.fhir.terminology import packaged_value_sets
from cds_service.hooks.determination import STATUS
from cds_service.logic import Finding
from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from cds_service.policy.model import Clause
from cds_service.published.library import published

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
ANSWERS = "answers:read_answers"
LABEL_READERS: dict[str, tuple[str, ...]] = {
    "L.2.2.mobilise.appropriate": (ANSWERS,),
    "L.2.2.mobilise.weight": ("bedside.weighed", "bedside.apheresis"),
    "L.2.2.repeat.interval": ("bedside.apheresis",),
    "L.2.2.repeat.needed": (ANSWERS,),
    "L.2.2.conditioning.product": (ANSWERS, "bedside.shipment"),
    "L.2.2.conditioning.back-up": (ANSWERS, "bedside.back_up"),
    "L.2.2.infuse.interval": (ANSWERS, "bedside.conditioning", "bedside.agents:is_conditioning"),
    "L.2.2.infuse.in-date": (ANSWERS, "bedside.bags", "bedside.sight:deliveries", "bedside.sight:dispenses"),
    "L.2.2.infuse.lot": (ANSWERS,),
    "L.2.2.infuse.access": (ANSWERS, "bedside.access"),
    "L.2.2.infuse.equipment": (ANSWERS,),
    "L.2.3.irradiate": ("bedside.treated", "bedside.transfusion"),
    "L.2.3.donate": (ANSWERS, "bedside.treated", "bedside.donation"),
    "L.2.2.product": ("bedside.product",),
}
"""The leaves of the label: modules below `cds_service/chart`, or one function of a module, that find their facts."""
SHARED = {"source", "phrases", "orders"}
"""Imported by nearly every reader; what they name belongs to no one criterion."""
TITLES = {value_set["id"]: value_set["title"] for value_set in packaged_value_sets()}

HEAD = """# Data elements

Made from the code by `make docs`; a test keeps it true. Per criterion: what is wanted, which resources are read for
it, which value sets (in `cds_service/terminology`) say what counts, and what an empty, complete chart comes to.

"""


LABEL_HEAD = """# The label, around the infusion

The same for the clauses of the product label. Beside these, each clause reads the draft order itself, and an answer of
the treatment checklist comes before other records.
"""
CHECKLIST = "kresladi-treatment-checklist"


def document() -> str:
    """The whole page."""
    of_policy = [section(policy.clauses[clause_id]) for clause_id in READERS]
    of_label = [label_section(label.clauses[clause_id]) for clause_id in LABEL_READERS]
    return HEAD + "\n".join([*of_policy, LABEL_HEAD, *of_label])


def section(clause: Clause) -> str:
    """One criterion of the policy."""
    modules = sorted({name for reader in READERS[clause.id] for name in reach(reader)})
    named = {literal for module in modules for literal in literals(module)}
    lists = ["Resources: " + ", ".join(sorted(named & set(READ))), "", "Value sets:", "", *value_sets(named)]
    return _section(clause, clause.question(Chart()), lists)


def label_section(clause: Clause) -> str:
    """One clause of the label."""
    named = {literal for reader in LABEL_READERS[clause.id] for literal in literals(*reader.split(":"))}
    resources = sorted(named & {query.type for query in EVERY})
    answers = [f"`{each}`" for each in asked_for(clause.id)]
    lists = ["Resources: " + (", ".join(resources) or "(the draft order)")]
    lists += ["", "Checklist: " + ", ".join(answers)] if answers else []
    lists += ["", "Value sets:", "", *value_sets(named)] if named & set(TITLES) else []
    return _section(clause, clause.question(Bedside()), lists)


def value_sets(named: set[str]) -> list[str]:
    """The value sets among the literals, each with its title."""
    return [f"- `{each}`: {TITLES[each]}" for each in sorted(named & set(TITLES))]


def asked_for(clause_id: str) -> list[str]:
    """The questions of the checklist that answer a clause."""
    checklist = published("Questionnaire", CHECKLIST)
    items = [item for group in (checklist.read()["item"] if checklist else ()) for item in group["item"]]
    return [item["linkId"] for item in items if clause_id in {code["code"] for code in item["code"]}]


def _section(clause: Clause, finding: Finding, lists: list[str]) -> str:
    wanted = [f"- {gap.wanted}" for gap in finding.gaps] or ["- (nothing: see silence)"]
    head = [f"## {clause.id} {clause.title}", "", clause.meaning, "", "Wanted:", "", *wanted, ""]
    return "\n".join([*head, *lists, "", f"Silence: {STATUS[finding.answer]}", ""])


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
    return ast.parse((CHART / f"{module.replace('.', '/')}.py").read_text())


def imported(module: str) -> Iterator[str]:
    """The modules of `cds_service/chart` that a module imports."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cds_service.chart."):
            yield (node.module or "").removeprefix("cds_service.chart.")


def literals(module: str, function: str | None = None) -> Iterator[str]:
    """Every string literal of a module, or of one of its functions."""
    tree: ast.AST = parsed(module)
    if function is not None:
        tree = next(each for each in parsed(module).body if isinstance(each, ast.FunctionDef) and each.name == function)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


if __name__ == "__main__":
    TARGET.write_text(document())
