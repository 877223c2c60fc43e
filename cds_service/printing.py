"""Answers and the policy for the eye, in a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from cds_service.policy.model import Clause, Policy

_COLOURS = {"met": "green", "not-met": "red", "unknown": "yellow"}
_SIGNS = {"met": "✓", "not-met": "✗", "unknown": "?"}
_BORDERS = {"critical": "red", "warning": "yellow", "info": "blue"}
_DETERMINATIONS = "example.kresladi-cds.determinations"


def print_answer(console: Console, name: str, answer: dict[str, Any]) -> None:
    """The cards, then each determination as a tree."""
    console.rule(Text(name))
    for card in answer["cards"]:
        console.print(_card(card))
    determinations = answer.get("extension", {}).get(_DETERMINATIONS, [])
    for determination in determinations:
        console.print(_tree(determination))
    if not answer["cards"] and not determinations:
        console.print("No order for Kresladi: no cards.")


def _card(card: dict[str, Any]) -> Panel:
    parts: list[Any] = [Text(card["summary"], style="bold"), Markdown(card.get("detail", ""))]
    parts += [Text(f"→ {suggestion['label']}") for suggestion in card.get("suggestions", [])]
    title = f"{card['indicator']} · {card['source']['topic']['code']}"
    return Panel(Group(*parts), title=escape(title), border_style=_BORDERS[card["indicator"]])


def _tree(determination: dict[str, Any]) -> Tree:
    policy = determination["policy"]["number"]
    heading = f"{determination['order']}: {policy} section {determination['section']}, {determination['outcome']}"
    tree = Tree(Text(heading, style="bold"))
    for criterion in determination["criteria"]:
        _branch(tree, criterion)
    for advised in determination.get("advice", []):
        tree.add(Text(f"{advised['code']}: {advised['says']}", style="cyan"))
    return tree


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
    tree = Tree(Text(f"{policy.number}, effective {policy.effective}, revised {policy.revised}", style="bold"))
    for clause in policy.parts_of(""):
        _clause(tree, policy, clause)
    console.print(tree)
    console.print("Three answers: met, not met, unknown. Silence in a chart is never a no. The plan decides.")


def _clause(tree: Tree, policy: Policy, clause: Clause) -> None:
    branch = tree.add(Text(f"{clause.id}  ", style="bold cyan").append(clause.title, style="default"))
    branch.add(Text(clause.meaning))
    for reading in clause.readings:
        branch.add(Text(reading, style="italic"))
    for part in policy.parts_of(clause.id):
        _clause(branch, policy, part)
