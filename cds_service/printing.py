"""Answers, the policy and the label for the eye, in a terminal."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from cds_service.policy.model import Clause, Clauses, Label, Policy

_COLOURS = {"met": "green", "not-met": "red", "unknown": "yellow"}
_SIGNS = {"met": "✓", "not-met": "✗", "unknown": "?"}
_BORDERS = {"critical": "red", "warning": "yellow", "info": "blue"}
_DETERMINATIONS = "example.kresladi-cds.determinations"


def print_answers(console: Console, name: str, answers: Sequence[dict[str, Any]]) -> None:
    """What the services answer to one file: the cards, then each determination as a tree."""
    console.rule(Text(name))
    for answer in answers:
        for card in answer["cards"]:
            console.print(_card(card))
        for determination in answer.get("extension", {}).get(_DETERMINATIONS, []):
            console.print(_tree(determination))
    if not any(answer["cards"] or "extension" in answer for answer in answers):
        console.print("No order for Kresladi, and nothing around its infusion: no cards.")


def _card(card: dict[str, Any]) -> Panel:
    parts: list[Any] = [Text(card["summary"], style="bold"), Markdown(card.get("detail", ""))]
    parts += [Text(f"→ {suggestion['label']}") for suggestion in card.get("suggestions", [])]
    parts += [Text(f"↗ {link['label']}: {link['url']}") for link in card.get("links", [])]
    title = f"{card['indicator']} · {card['source']['topic']['code']}"
    return Panel(Group(*parts), title=escape(title), border_style=_BORDERS[card["indicator"]])


def _tree(determination: dict[str, Any]) -> Tree:
    heading = f"{_subject(determination)}: {_source(determination)}, {determination['outcome']}"
    tree = Tree(Text(heading, style="bold"))
    for criterion in determination["criteria"]:
        _branch(tree, criterion)
    for advised in determination.get("advice", []):
        tree.add(Text(f"{advised['code']}: {advised['says']}", style="cyan"))
    return tree


def _subject(determination: dict[str, Any]) -> str:
    return str(determination.get("order") or determination["patient"])


def _source(determination: dict[str, Any]) -> str:
    if "label" in determination:
        return f"label revised {determination['label']['revised']}"
    return f"{determination['policy']['number']} section {determination['section']}"


def _branch(tree: Tree, criterion: dict[str, Any]) -> None:
    colour = _COLOURS[criterion["status"]]
    line = Text(f"{_SIGNS[criterion['status']]} {criterion['id']} ", style=colour)
    branch = tree.add(line.append(criterion["title"], style="default"))
    for evidence in criterion.get("evidence", []):
        branch.add(Text(f"{evidence['says']} ({evidence['reference']})", style="dim"))
    for gap in criterion.get("gaps", []):
        source = f" ({gap['reference']})" if "reference" in gap else ""
        branch.add(Text(f"{gap['cause']}: {gap['wanted']}. {gap['because']}{source}", style="yellow"))
    for aside in criterion.get("considered", []):
        branch.add(Text(f"set aside: {aside['reference']}: {aside['because']}", style="dim italic"))
    for part in criterion.get("criteria", []):
        _branch(branch, part)


def print_policy(console: Console, policy: Policy) -> None:
    """Every clause with its meaning and our readings, as a tree in the policy's order."""
    _print_clauses(console, f"{policy.number}, effective {policy.effective}, revised {policy.revised}", policy)
    console.print("Three answers: met, not met, unknown. Silence in a chart is never a no. The plan decides.\n")


def print_label(console: Console, label: Label) -> None:
    """The label's clauses in the same way, each with what it applies to."""
    _print_clauses(console, f"{label.product}: the product label around the infusion, revised {label.revised}", label)
    console.print("The same three answers. A clause is all of its parts. None of this bears on coverage.")


def _print_clauses(console: Console, heading: str, clauses: Clauses[Any]) -> None:
    tree = Tree(Text(heading, style="bold"))
    for clause in clauses.parts_of(""):
        _clause(tree, clauses, clause)
    console.print(tree)


def _clause(tree: Tree, clauses: Clauses[Any], clause: Clause) -> None:
    branch = tree.add(Text(f"{clause.id}  ", style="bold cyan").append(clause.title, style="default"))
    branch.add(Text(clause.meaning))
    for condition in clause.applies:
        branch.add(Text(f"Condition: {' '.join((inspect.getdoc(condition) or '').split())}", style="dim"))
    for reading in clause.readings:
        branch.add(Text(reading, style="italic"))
    for part in clauses.parts_of(clause.id):
        _clause(branch, clauses, part)
