"""What is kept of cards and of what was done with them, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime

from cds_service.frozen import frozen

ANYBODY = ""
"""The client of an anonymous call. Text, not null: nulls are all different from each other in a unique key."""


@frozen
class ShownCard:
    """A card as it was shown: what it was about, and nothing about whom."""

    card: str
    topic: str
    criteria: tuple[str, ...]
    indicator: str
    service: str
    client: str = ANYBODY
    suggestions: tuple[str, ...] = ()
    """The uuids of its suggestions."""


@frozen
class Reason:
    """Why a card was overridden: one of our codes, or one of the client's own."""

    code: str
    system: str = ""


@frozen
class Feedback:
    """What a clinician did with a card, as the client reports it."""

    card: str
    outcome: str
    """`accepted` or `overridden`."""
    at: str
    """UTC, `2026-11-21T09:00:00.000000Z`: always of this length, so that text sorts as time."""
    suggestions: tuple[str, ...] = ()
    """The uuids of the suggestions that were accepted."""
    reason: Reason | None = None
    comment: str = ""


def as_text(moment: datetime) -> str:
    """A time as the tables hold it: UTC, always of the same length."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
