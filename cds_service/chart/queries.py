"""What of a chart a service can use: one plain search per resource type, which is also what prefetch asks for.

No search has a code filter: a filter would hide what only a text names, and an earlier dose or a donor may be that.
"""

from __future__ import annotations

from cds_service.frozen import frozen

PATIENT = "{{context.patientId}}"


@frozen
class Query:
    """One part of the chart: the prefetch key, the type it brings, the template, and whose tokens it needs."""

    key: str
    type: str
    template: str
    user_token: str | None = None
    """`Practitioner` or `PractitionerRole` where only such a user can fill the template."""


def _search(key: str, kind: str, parameter: str = "patient") -> Query:
    return Query(key, kind, f"{kind}?{parameter}={PATIENT}")


_PATIENT = Query("patient", "Patient", f"Patient/{PATIENT}")
_OBSERVATIONS = _search("observations", "Observation")
_PROCEDURES = _search("procedures", "Procedure")
_MEDICATION_REQUESTS = _search("medicationRequests", "MedicationRequest")
_ADMINISTRATIONS = _search("medicationAdministrations", "MedicationAdministration")
_DISPENSES = _search("medicationDispenses", "MedicationDispense")
_ANSWERS = _search("questionnaireResponses", "QuestionnaireResponse")
_SERVICE_REQUESTS = _search("serviceRequests", "ServiceRequest")

QUERIES = (
    _PATIENT,
    _search("coverage", "Coverage"),
    _search("conditions", "Condition"),
    _OBSERVATIONS,
    _search("diagnosticReports", "DiagnosticReport"),
    _PROCEDURES,
    _MEDICATION_REQUESTS,
    _ADMINISTRATIONS,
    _DISPENSES,
    _search("medicationStatements", "MedicationStatement"),
    _ANSWERS,
    _search("familyHistory", "FamilyMemberHistory"),
    _search("relatedPersons", "RelatedPerson"),
    _search("careTeams", "CareTeam"),
    _search("documents", "DocumentReference"),
    _search("encounters", "Encounter"),
    _SERVICE_REQUESTS,
    Query("userPractitioner", "Practitioner", "Practitioner/{{userPractitionerId}}", "Practitioner"),
    Query(
        "userRoles",
        "PractitionerRole",
        "PractitionerRole?practitioner={{userPractitionerId}}",
        "Practitioner",
    ),
    Query("userRole", "PractitionerRole", "PractitionerRole/{{userPractitionerRoleId}}", "PractitionerRole"),
)
"""For the coverage policy."""
BEDSIDE = (
    _PATIENT,
    _OBSERVATIONS,
    _PROCEDURES,
    _MEDICATION_REQUESTS,
    _ADMINISTRATIONS,
    _DISPENSES,
    _ANSWERS,
    _SERVICE_REQUESTS,
    _search("carePlans", "CarePlan"),
    _search("supplyDeliveries", "SupplyDelivery"),
    _search("devices", "Device"),
)
"""For the label, where an order is signed."""
OPENING = (_PATIENT, _PROCEDURES, _ADMINISTRATIONS, _ANSWERS, _search("flags", "Flag"))
"""For the label, where a chart is opened: whether the patient was treated, and what was said then."""
EVERY = tuple(dict.fromkeys((*QUERIES, *BEDSIDE, *OPENING)))
LIGHT = ("patient", "coverage")


def templates(mode: str, queries: tuple[Query, ...] = QUERIES) -> dict[str, str]:
    """The prefetch of discovery: `full`, or `light` (the rest is read on demand)."""
    return {query.key: query.template for query in queries if mode == "full" or query.key in LIGHT}
