"""What the service offers: `GET /cds-services`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.hooks.shapes import Shape
from cds_service.wording import services as say


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
        say.AT_SIGNING,
        say.AT_SIGNING_DESCRIPTION,
    ),
    Service(
        "kresladi-order-select",
        "order-select",
        say.AT_SELECTION,
        say.AT_SELECTION_DESCRIPTION,
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
                "usageRequirements": say.USAGE,
                "prefetch": dict(prefetch),
            }
            for service in services
        ]
    }
