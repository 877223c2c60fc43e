"""What of a chart the policy can use: one plain search per resource type, which is also what prefetch asks for.

No search has a code filter: a filter would hide what only a text names, and an earlier dose or a donor may be that.
"""

from __future__ import annotations

from dataclasses import dataclass

PATIENT = "{{context.patientId}}"


@dataclass(frozen=True, slots=True)
class Query:
    """One part of the chart: the prefetch key, the type it brings, the template, and whose tokens it needs."""

    key: str
    type: str
    template: str
    user_token: str | None = None
    """`Practitioner` or `PractitionerRole` where only such a user can fill the template."""


def _search(key: str, kind: str, parameter: str = "patient") -> Query:
    return Query(key, kind, f"{kind}?{parameter}={PATIENT}")


QUERIES = (
    Query("patient", "Patient", f"Patient/{PATIENT}"),
    _search("coverage", "Coverage"),
    _search("conditions", "Condition"),
    _search("observations", "Observation"),
    _search("diagnosticReports", "DiagnosticReport"),
    _search("procedures", "Procedure"),
    _search("medicationRequests", "MedicationRequest"),
    _search("medicationAdministrations", "MedicationAdministration"),
    _search("medicationDispenses", "MedicationDispense"),
    _search("medicationStatements", "MedicationStatement"),
    _search("questionnaireResponses", "QuestionnaireResponse"),
    _search("familyHistory", "FamilyMemberHistory"),
    _search("relatedPersons", "RelatedPerson"),
    _search("careTeams", "CareTeam"),
    _search("documents", "DocumentReference"),
    _search("encounters", "Encounter"),
    _search("serviceRequests", "ServiceRequest"),
    Query("userPractitioner", "Practitioner", "Practitioner/{{userPractitionerId}}", "Practitioner"),
    Query(
        "userRoles",
        "PractitionerRole",
        "PractitionerRole?practitioner={{userPractitionerId}}",
        "Practitioner",
    ),
    Query("userRole", "PractitionerRole", "PractitionerRole/{{userPractitionerRoleId}}", "PractitionerRole"),
)
LIGHT = ("patient", "coverage")


def templates(mode: str) -> dict[str, str]:
    """The prefetch of discovery: `full`, or `light` (the rest is read on demand)."""
    return {query.key: query.template for query in QUERIES if mode == "full" or query.key in LIGHT}
