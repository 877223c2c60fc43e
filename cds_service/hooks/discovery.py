"""What the service offers: `GET /cds-services`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto

from cds_service.frozen import frozen
from cds_service.hooks.request import PATIENT_VIEW
from cds_service.hooks.shapes import Shape
from cds_service.wording import services as say


class About(Enum):
    """What a service holds the chart against."""

    COVERAGE = auto()
    """The health plan's policy: what a request has to document."""
    TREATMENT = auto()
    """The product label: what is safe around the infusion."""


@frozen
class Service:
    """One CDS service: its id, its hook, and what a person should know of it."""

    id: str
    hook: str
    title: str
    description: str
    stops_only: bool = False
    about: About = About.COVERAGE


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
    Service(
        "kresladi-treatment-order-sign",
        "order-sign",
        say.AT_TREATMENT,
        say.AT_TREATMENT_DESCRIPTION,
        about=About.TREATMENT,
    ),
    Service(
        "kresladi-treatment-patient-view",
        PATIENT_VIEW,
        say.AT_CHART_OPENING,
        say.AT_CHART_OPENING_DESCRIPTION,
        about=About.TREATMENT,
    ),
)


def discovery(services: tuple[Service, ...], prefetch: Callable[[Service], Mapping[str, str]], usage: str) -> Shape:
    """The body of the discovery answer; `prefetch` gives the templates of each service, `usage` what to send."""
    return {
        "services": [
            {
                "hook": service.hook,
                "id": service.id,
                "title": service.title,
                "description": service.description,
                "usageRequirements": usage,
                "prefetch": dict(prefetch(service)),
            }
            for service in services
        ]
    }
