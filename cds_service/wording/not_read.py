"""Which part of a chart could not be looked at, and why."""

from __future__ import annotations

_PARTS = {
    "Patient": "the patient's own record",
    "Coverage": "coverage",
    "Condition": "conditions",
    "Observation": "laboratory results and observations",
    "DiagnosticReport": "diagnostic reports",
    "Procedure": "procedures",
    "MedicationRequest": "medication orders",
    "MedicationAdministration": "medication administrations",
    "MedicationDispense": "dispensed medications",
    "MedicationStatement": "medication statements",
    "QuestionnaireResponse": "recorded answers",
    "FamilyMemberHistory": "family history",
    "RelatedPerson": "related persons",
    "CareTeam": "care teams",
    "DocumentReference": "documents",
    "Encounter": "encounters",
    "ServiceRequest": "service orders",
    "PractitionerRole": "practitioner roles",
    "Practitioner": "practitioners",
    "CarePlan": "care plans",
    "SupplyDelivery": "deliveries",
    "Device": "devices",
    "Flag": "flags",
}
_WHY_UNREAD = {
    "left out": "was not sent",
    "failed": "could not be read by the EHR",
    "first page": "came only in part",
}


def part_of_chart(resource_type: str) -> str:
    """A part of the chart in words."""
    return _PARTS.get(resource_type, resource_type)


def unavailable(resource_type: str, state: str) -> str:
    return f"The part of the chart with {part_of_chart(resource_type)} {_WHY_UNREAD[state]}"


def clinicians_not_read(number: int) -> str:
    if number == 1:
        return "The role of a clinician named on record could not be looked up"
    return f"The roles of {number} clinicians named on record could not be looked up"


AUTHOR_NOT_READ = "The specialty of its author could not be looked up"
OTHER_RECORD = "The patient is linked to another record (merged or replaced) that was not read"
