"""The words of an order as they were written: those of its instructions, and those that stand beside them.

They are not folded: folding would make 106 of 10⁶.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.orders import DraftOrder


def instructed(order: DraftOrder) -> Iterator[str]:
    """What the dosage instructions say in words."""
    for instruction in order.instructions:
        said = [instruction.text, instruction.patientInstruction]
        said += [text for concept in instruction.additionalInstruction or () for text in _said(concept)]
        yield from (each for each in said if each)


def beside_instructions(order: DraftOrder) -> Iterator[str]:
    """What notes, details and the drug's name say."""
    yield from (note.text for note in order.model.note or () if note.text)
    members = vars(order.model)
    for concept in (*(members.get("orderDetail") or ()), members.get("code"), members.get("medicationCodeableConcept")):
        yield from _said(concept)


def _said(concept: Any) -> tuple[str, ...]:
    if concept is None:
        return ()
    return tuple(text for text in (concept.text, *(each.display for each in concept.coding or ())) if text)
