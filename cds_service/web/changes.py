"""What is different from the run before: the values that were edited, the criteria, the cards.

A page remembers its run in a hidden field, so that nothing of it is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

import msgspec

from cds_service.exact_json import UNREADABLE
from cds_service.frozen import frozen
from cds_service.hooks.shapes import DETERMINATIONS, Shape
from cds_service.web.values import Value

Key = str
"""A determination (its order or patient) and one of its criteria, apart by a space."""


class Remembered(msgspec.Struct, frozen=True):
    """One run, as far as the next one is compared with it."""

    values: dict[str, str]
    statuses: dict[Key, str]
    outcomes: dict[str, str]
    cards: list[str]


@frozen
class Change:
    """One thing that was one way and is another; empty where it was not there."""

    what: str
    before: str
    now: str
    id: str = ""


@frozen
class Changes:
    """All that changed since the run before."""

    values: tuple[Change, ...] = ()
    outcomes: tuple[Change, ...] = ()
    criteria: tuple[Change, ...] = ()
    appeared: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    before: Mapping[Key, str] = field(default_factory=dict)
    """The statuses before, of the criteria that are another now."""


_remembered = msgspec.json.Decoder(Remembered)


def remembered(text: str) -> Remembered | None:
    """The run that a page remembers; None where there is none to be read."""
    try:
        return _remembered.decode(text)
    except UNREADABLE:
        return None


def to_remember(values: Iterable[Value], answers: Iterable[Shape]) -> Remembered:
    """What the next run will be compared with."""
    answers = list(answers)
    return Remembered(
        {value.pointer: value.shown for value in values},
        {key: criterion["status"] for key, criterion in _criteria(answers)},
        {subject_of(each): each["outcome"] for each in _determinations(answers)},
        [card["summary"] for answer in answers for card in answer["cards"]],
    )


def as_text(run: Remembered) -> str:
    """A run for the hidden field."""
    return msgspec.json.encode(run).decode()


def changes(before: Remembered, now: Remembered, values: Iterable[Value], answers: Iterable[Shape]) -> Changes:
    """Compare two runs; `values` and `answers` are those of the one now."""
    named = {key: (criterion["id"], criterion["title"]) for key, criterion in _criteria(answers)}
    other = _different(before.statuses, now.statuses)
    return Changes(
        values=_values_changed(before, values),
        outcomes=tuple(Change(key, *pair) for key, pair in _different(before.outcomes, now.outcomes).items()),
        criteria=tuple(
            Change(named[key][1], *pair, named[key][0]) if key in named else Change(key.rpartition(" ")[2], *pair)
            for key, pair in other.items()
        ),
        appeared=_without(now.cards, before.cards),
        gone=_without(before.cards, now.cards),
        before={key: was for key, (was, _) in other.items() if was},
    )


def subject_of(determination: Shape) -> str:
    """What a determination is about: an order, or a patient."""
    return str(determination.get("order") or determination.get("patient") or "")


def _values_changed(before: Remembered, values: Iterable[Value]) -> tuple[Change, ...]:
    return tuple(
        Change(value.label, before.values[value.pointer], value.shown, value.source)
        for value in values
        if before.values.get(value.pointer, value.shown) != value.shown
    )


def _different(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    keys = [*now, *(key for key in before if key not in now)]
    pairs = {key: (before.get(key, ""), now.get(key, "")) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _without(cards: list[str], others: list[str]) -> tuple[str, ...]:
    """The cards that are not among the others; of two alike, each counts."""
    left = list(others)
    kept = []
    for card in cards:
        if card in left:
            left.remove(card)
        else:
            kept.append(card)
    return tuple(kept)


def _determinations(answers: Iterable[Shape]) -> Iterator[Shape]:
    for answer in answers:
        yield from answer.get("extension", {}).get(DETERMINATIONS, [])


def _criteria(answers: Iterable[Shape]) -> Iterator[tuple[Key, Shape]]:
    for determination in _determinations(answers):
        for criterion in _below(determination["criteria"]):
            yield f"{subject_of(determination)} {criterion['id']}", criterion


def _below(criteria: Iterable[dict[str, Any]]) -> Iterator[Shape]:
    for criterion in criteria:
        yield criterion
        yield from _below(criterion.get("criteria", ()))
