"""The cards of an answer, as they are put on record so that feedback can be tied to topic and criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.hooks import label_topics
from cds_service.hooks.shapes import DETERMINATIONS, Shape
from cds_service.store.records import ShownCard

_ALWAYS = {
    "prior-lifetime-dose": ("II.A",),
    "possible-prior-dose": ("II.A",),
    "sibling-donor": ("I.A.4",),
    "other-indication": ("I.B",),
} | {topic: (criterion,) for topic, criterion in label_topics.CRITERION.items()}
"""Cards that are about the same criterion whatever the chart says."""


def shown_cards(answer: Shape, service: str, client: str) -> tuple[ShownCard, ...]:
    """The cards of an answer by uuid, topic and criteria; of the patient, the order and the text nothing.

    With two orders in one call, a card is tied to the criteria of both.
    """
    determinations = answer.get("extension", {}).get(DETERMINATIONS, [])
    criteria = [criterion for each in determinations for criterion in each["criteria"]]
    return tuple(_shown(card, criteria, service, client) for card in answer["cards"])


def _shown(card: Shape, criteria: list[Shape], service: str, client: str) -> ShownCard:
    topic = card["source"]["topic"]["code"]
    return ShownCard(
        card=card["uuid"],
        topic=topic,
        criteria=_ALWAYS.get(topic) or tuple(sorted(set(_about(topic, criteria)))),
        indicator=card["indicator"],
        service=service,
        client=client,
        suggestions=tuple(each["uuid"] for each in card.get("suggestions", [])),
    )


def _about(topic: str, criteria: Iterable[Shape]) -> Iterator[str]:
    """The top-level criteria that a card of this topic lists."""
    for criterion in criteria:
        causes = set(_causes(criterion)) if criterion["status"] == "unknown" else set()
        listed: Mapping[str, bool] = {
            "criteria-not-met": criterion["status"] == "not-met" and criterion["id"] != "I.A.4",
            "missing-documentation": bool(causes - {"unavailable"}) and criterion["id"] != "II.A",
            "chart-unavailable": "unavailable" in causes,
            "criteria-met": True,
        }
        if listed.get(topic, False):
            yield criterion["id"]


def _causes(criterion: Shape) -> Iterator[Any]:
    yield from (gap["cause"] for gap in criterion.get("gaps", []))
    for part in criterion.get("criteria", []):
        yield from _causes(part)
