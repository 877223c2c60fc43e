"""What the try-it page says has changed between two runs, and what it remembers of the first."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.web.changes import Change, as_text, changes, remembered, to_remember
from cds_service.web.values import Value

CD18 = "/cd18"


def value(text: str) -> Value:
    return Value(CD18, "CD18", "Observation/cd18", text, "%")


def answer(status: str, *cards: str, outcome: str = "criteria-met", about: str = "order") -> Any:
    """An answer with one criterion below another, and cards of these summaries."""
    below = {"id": "I.A.1.a", "title": "CD18", "status": status}
    above = {"id": "I.A.1", "title": "Confirmed", "status": "met", "criteria": [below]}
    determination = {about: "Thing/1", "outcome": outcome, "criteria": [above]}
    return {
        "cards": [{"summary": card} for card in cards],
        "extension": {"example.kresladi-cds.determinations": [determination]},
    }


def compared(first: Any, second: Any, before: str = "1", now: str = "1") -> Any:
    """The changes from one run to the next, through the hidden field."""
    earlier = remembered(as_text(to_remember([value(before)], [first])))
    assert earlier is not None
    return changes(earlier, to_remember([value(now)], [second]), [value(now)], [second])


def test_nothing_changed() -> None:
    """No row at all."""
    found = compared(answer("met", "All met"), answer("met", "All met"))
    assert (found.values, found.outcomes, found.criteria, found.appeared, found.gone) == ((),) * 5


@pytest.mark.parametrize("about", ["order", "patient"])
def test_all_that_changed(about: str) -> None:
    """The value, the outcome, the criterion alone that is another, the cards; whatever the determination is about."""
    second = answer("not-met", "Missing", outcome="documentation-missing", about=about)
    found = compared(answer("met", "All met", about=about), second, now="3")
    assert found.values == (Change("CD18", "1 %", "3 %", "Observation/cd18"),)
    assert found.outcomes == (Change("Thing/1", "criteria-met", "documentation-missing"),)
    assert found.criteria == (Change("CD18", "met", "not-met", "I.A.1.a"),)
    assert (found.appeared, found.gone) == (("Missing",), ("All met",))
    assert found.before == {"Thing/1 I.A.1.a": "met"}


def test_of_two_cards_alike_one_goes() -> None:
    """Each counts."""
    found = compared(answer("met", "Twice", "Twice"), answer("met", "Twice"))
    assert (found.appeared, found.gone) == ((), ("Twice",))


def test_a_criterion_that_is_gone() -> None:
    """It has no title any more, and is named by its number."""
    found = compared(answer("met"), {"cards": []})
    assert Change("I.A.1.a", "met", "") in found.criteria


@pytest.mark.parametrize("text", ["", "{", "[]", '{"values": 1}'])
def test_a_memory_that_cannot_be_read(text: str) -> None:
    """Nothing is compared."""
    assert remembered(text) is None
