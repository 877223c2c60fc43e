"""What the service offers: `GET /cds-services`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.hooks.shapes import Shape

USAGE = (
    "FHIR R4. Full prefetch suffices for a full answer; send null for a search without results, and leave a key out "
    "only where its data cannot be had."
)


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service: its id, its hook, and what a person should know of it."""

    id: str
    hook: str
    title: str
    description: str
    stops_only: bool = False


SERVICES = (
    Service(
        "kresladi-order-sign",
        "order-sign",
        "Kresladi: documentation at signing",
        "Holds the chart against coverage policy CP.PHAR.599 when Kresladi (marnetegragene autotemcel) is signed: shows "
        "missing documentation, a matched sibling donor, an earlier dose. It shows what the chart documents; the plan decides.",
    ),
    Service(
        "kresladi-order-select",
        "order-select",
        "Kresladi: what would stop the order",
        "When Kresladi (marnetegragene autotemcel) is selected: shows only what would stop the order, such as an earlier "
        "dose, a matched sibling donor, another indication.",
        stops_only=True,
    ),
)


def discovery(services: tuple[Service, ...], prefetch: Mapping[str, str]) -> Shape:
    """The body of the discovery answer."""
    return {
        "services": [
            {
                "hook": service.hook,
                "id": service.id,
                "title": service.title,
                "description": service.description,
                "usageRequirements": USAGE,
                "prefetch": dict(prefetch),
            }
            for service in services
        ]
    }
