"""The worksheet as a SMART app: who it is to an EHR, what it asks for, and which hosts its pages may speak to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cds_service.frozen import frozen
from cds_service.web.base import STATIC

FHIRCLIENT = "vendor/fhirclient/fhir-client.js"
"""Below `static`: npm's fhirclient, brought in when the service is built."""
LAUNCH, PAGE, PACKET, TOKEN = "/worksheet/launch", "/worksheet", "/worksheet/packet", "/worksheet/token"

_OF_THE_PATIENT = (
    "Patient",
    "Coverage",
    "Condition",
    "Observation",
    "DiagnosticReport",
    "Procedure",
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationStatement",
    "FamilyMemberHistory",
    "RelatedPerson",
    "CareTeam",
    "DocumentReference",
    "Encounter",
    "ServiceRequest",
    "Specimen",
    "CarePlan",
    "SupplyDelivery",
    "Device",
    "Flag",
)
_OF_THE_SITE = ("Practitioner", "PractitionerRole", "Medication")
SCOPES = " ".join(
    (
        "openid fhirUser",
        *(f"patient/{kind}.rs" for kind in _OF_THE_PATIENT),
        "patient/QuestionnaireResponse.crs",
        *(f"user/{kind}.rs" for kind in _OF_THE_SITE),
    )
)
"""To read what policy and label ask for, and to write one thing: the answers. `launch` or `launch/patient` comes to
it."""


@frozen
class SmartApp:
    """The app as configured. Without a `client_id` no EHR knows it, and its page says so."""

    client_id: str
    public_url: str
    servers: tuple[str, ...]
    """FHIR servers that it may be launched from, by their base address."""
    scopes: str = SCOPES
    confidential: bool = False
    development: bool = False
    frame_ancestors: tuple[str, ...] = ()

    @property
    def is_built(self) -> bool:
        """Whether the library that launches it was brought in."""
        return (STATIC / FHIRCLIENT).is_file()

    @property
    def launch_url(self) -> str | None:
        """Where an EHR launches it; None while it cannot be launched."""
        return f"{self.public_url}{LAUNCH}" if self.client_id and self.is_built else None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins that its pages may speak to: of the servers; in development, of this machine itself too."""
        known = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, self.servers)}
        own = {"http://127.0.0.1:*", "http://localhost:*"} if self.development else set[str]()
        return tuple(sorted(known | own))


Exchange = Callable[[str, Mapping[str, str]], bytes]
"""Code for token: an allowed base, what the page sends, the EHR's answer. Raises RequestError."""
