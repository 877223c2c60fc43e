"""The direction of the imports, and what the package may hold: kept by reading the code itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cds_service"
PURE = {"logic", "timing", "elapsed", "wording", "facts", "course", "policy"}
MAY_IMPORT = {
    "logic": set(),
    "timing": {"logic"},
    "wording": {"timing"},
    "facts": {"logic", "timing", "wording"},
    "elapsed": {"logic", "timing"},
    "course": {"logic", "timing", "elapsed", "facts", "wording"},
    "policy": {"logic", "facts", "course", "wording", "timing"},
    "errors": set(),
    "exact_json": set(),
    "frozen": set(),
    "once": set(),
    "remembered": set(),
    "config": {"errors"},
    "fhir": {"errors", "exact_json", "remembered", "timing", "logic"},
    "chart": {
        "fhir",
        "facts",
        "course",
        "elapsed",
        "logic",
        "timing",
        "wording",
        "exact_json",
        "errors",
        "once",
        "remembered",
    },
    "hooks": {"policy", "logic", "wording", "errors", "defects", "exact_json", "store", "audit"},
    "printing": {"policy"},
    "store": {"errors"},
    "trust": {"errors", "fhir"},
    "metrics": set(),
    "audit": {"metrics"},
    "defects": set(),
    "slow_clients": set(),
    "published": {"errors", "web"},
    "worksheet": {"published", "web", "hooks", "policy", "logic", "wording", "errors", "exact_json", "audit"},
    "web": {"errors", "audit", "defects", "exact_json", "hooks", "store", "wording"},
}
OUTWARD = {
    "__main__",
    "app",
    "evaluation",
    "evaluation_label",
    "gunicorn_conf",
    "launched",
    "reading",
    "serving",
    "site",
    "whole_bundle",
}
"""The parts that put others together; nobody else imports them."""
ANYWHERE = {"frozen"}
"""A way to write a class, which any room may use."""
NEVER_IN_THE_CORE = {"flask", "fhir", "requests", "msgspec", "pydantic", "os", "pathlib", "time", "logging"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """The dotted names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_inward(path: Path) -> None:
    """A room imports only from the rooms that are further in."""
    room = room_of(path)
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("cds_service.")}
    if room in OUTWARD or room == "__init__":
        return
    assert ours - {room} - ANYWHERE <= MAY_IMPORT[room]


@pytest.mark.parametrize(
    "path", [p for p in modules() if room_of(p) in PURE], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_the_core_is_pure(path: Path) -> None:
    """No Flask, no FHIR, no clock, no files in the core."""
    outside = {name.split(".")[0] for name in imports_of(path)}
    assert not outside & NEVER_IN_THE_CORE
    assert "today" not in {
        node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)
    }


def test_the_clock_is_looked_at_in_two_places() -> None:
    """ "Today" is an argument everywhere else; so is the moment at which a clinician signs an answer."""
    looking = [
        path.name
        for path in modules()
        if any(
            (isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow"))
            or (
                isinstance(node, ast.Attribute)
                and node.attr == "today"
                and isinstance(node.value, ast.Name)
                and node.value.id == "date"
            )
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert looking == ["evaluation.py", "charts.py"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_and_public_definition_says_what_it_is(path: Path) -> None:
    """Public modules, classes and functions have docstrings; wording is its own explanation."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module"
    if room_of(path) == "wording":
        return
    undocumented = [
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert undocumented == []
