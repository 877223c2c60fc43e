"""The shapes of CDS Hooks 2.0.1 that this service answers with, as plain dicts without nulls and empties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

PUBLISHER = "https://kresladi-cds.example"
TOPICS = f"{PUBLISHER}/CodeSystem/card-topic"
OVERRIDE_REASONS = f"{PUBLISHER}/CodeSystem/override-reason"
DETERMINATIONS = "example.kresladi-cds.determinations"
LONGEST_SUMMARY = 139

Shape = dict[str, Any]


def without_empties(value: Any) -> Any:
    """The value without members that are null or empty: CDS Hooks wants such members left out. False and zero stay."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: kept for key, each in value.items() if (kept := without_empties(each)) or isinstance(kept, int)}
    if isinstance(value, (list, tuple)):
        return [kept for each in value if (kept := without_empties(each)) or isinstance(kept, int)]
    return value


def card(members: Shape, suggestions: Sequence[Shape], selection: str = "at-most-one") -> Shape:
    """A card, with a uuid, its summary in bounds, and without empties; an order that is suggested stays as it came."""
    summary: str = members["summary"]
    if len(summary) > LONGEST_SUMMARY:
        summary = f"{summary[: LONGEST_SUMMARY - 1]}…"
    shape: Shape = without_empties({"uuid": str(uuid4()), **members, "summary": summary})
    if suggestions:
        shape |= {"suggestions": list(suggestions), "selectionBehavior": selection}
    return shape


def response(cards: list[Shape], determinations: list[Shape]) -> Shape:
    """The body of an answer, whose parts are without empties already; `cards` stays even where it is empty."""
    extension = {"extension": {DETERMINATIONS: determinations}} if determinations else {}
    return {"cards": cards, **extension}


def operation_outcome(code: str, text: str) -> Shape:
    """A FHIR OperationOutcome with one error."""
    issue = {"severity": "error", "code": code, "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def coding(system: str, code: str, display: str | None = None) -> Shape:
    """A Coding as CDS Hooks has it."""
    return {"system": system, "code": code} | ({"display": display} if display else {})
