"""The resources that decide: a synthetic child whose chart meets every criterion of the policy.

Every request has exactly these, however large it is. No real person stands behind any of it.
"""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]

PATIENT_ID = "bench-patient"
USER_ID = "bench-transplant-role"
ORDER_ID = "draft-1"
ORDER = f"MedicationRequest/{ORDER_ID}"

SUBJECT = {"reference": f"Patient/{PATIENT_ID}"}
TRANSPLANT_SPECIALIST = {"reference": f"PractitionerRole/{USER_ID}", "display": "Ada Example, MD"}
CONSULTED_SPECIALIST = {"reference": "PractitionerRole/bench-hematology-role", "display": "Ben Example, MD"}

ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


_META = {
    "versionId": "3",
    "lastUpdated": "2025-11-03T10:20:00Z",
    "source": "https://ehr.example/interfaces/chart#4f1c9a2be07d3586",
}


def codeable(system: str, code: str, text: str) -> Resource:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def status_of(kind: str, code: str) -> Resource:
    """A Condition's clinical status or verification status (`kind` says which)."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/condition-{kind}", "code": code}]}


def order() -> Resource:
    """The draft order: one infusion of 3.1 million CD34+ cells per kg, for the diagnosis in the chart."""
    cells = {"value": 3.1, "unit": "10*6 CD34+ cells/kg", "system": UCUM, "code": "10*6/kg"}
    return {
        "resourceType": "MedicationRequest",
        "id": ORDER_ID,
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": codeable(RXNORM, "2740386", "Kresladi (marnetegragene autotemcel)"),
        "subject": SUBJECT,
        "requester": TRANSPLANT_SPECIALIST,
        "reasonReference": [{"reference": "Condition/bench-lad"}],
        "dosageInstruction": [
            {"text": "Once, through a central venous catheter", "doseAndRate": [{"doseQuantity": cells}]}
        ],
    }


def chart() -> list[Resource]:
    """What the chart says beside the order, one resource per fact."""
    facts = [
        _patient(),
        _coverage(),
        _diagnosis(),
        _infection(),
        _cd18(),
        _role(USER_ID, codeable(SNOMED, "408476004", "Surgery-Bone and marrow transplantation")),
        _role(
            "bench-hematology-role",
            codeable("http://nucc.org/provider-taxonomy", "2080P0207X", "Pediatric Hematology & Oncology"),
        ),
        _attestation(),
    ]
    return [{"meta": _META, **fact} for fact in facts]


def _patient() -> Resource:
    return {
        "resourceType": "Patient",
        "id": PATIENT_ID,
        "active": True,
        "name": [{"use": "official", "family": "Example", "given": ["Bench"]}],
        "gender": "female",
        "birthDate": "2023-02-11",
    }


def _coverage() -> Resource:
    return {
        "resourceType": "Coverage",
        "id": "bench-coverage",
        "status": "active",
        "type": codeable("https://nahdo.org/sopt", "5", "Private health insurance"),
        "beneficiary": SUBJECT,
        "period": {"start": "2023-03-01"},
        "payor": [{"display": "Example Health Plan"}],
    }


def _diagnosis() -> Resource:
    return {
        "resourceType": "Condition",
        "id": "bench-lad",
        "clinicalStatus": status_of("clinical", "active"),
        "verificationStatus": status_of("ver-status", "confirmed"),
        "code": codeable(ICD_10_CM, "D71.1", "Leukocyte adhesion deficiency type I"),
        "subject": SUBJECT,
        "onsetDateTime": "2023-04-02",
        "recordedDate": "2023-05-20",
    }


def _infection() -> Resource:
    return {
        "resourceType": "Condition",
        "id": "bench-sepsis",
        "clinicalStatus": status_of("clinical", "resolved"),
        "verificationStatus": status_of("ver-status", "confirmed"),
        "code": codeable(ICD_10_CM, "A41.01", "Sepsis due to Methicillin susceptible Staphylococcus aureus"),
        "subject": SUBJECT,
        "onsetDateTime": "2023-06-14",
        "abatementDateTime": "2023-07-03",
    }


def _cd18() -> Resource:
    return {
        "resourceType": "Observation",
        "id": "bench-cd18",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                    }
                ]
            }
        ],
        "code": codeable(LOINC, "17121-5", "CD18 expression, % of neutrophils"),
        "subject": SUBJECT,
        "effectiveDateTime": "2023-05-16T09:40:00Z",
        "issued": "2023-05-18T15:02:11Z",
        "valueQuantity": {"value": 1.2, "unit": "%", "system": UCUM, "code": "%"},
    }


def _role(role_id: str, specialty: Resource) -> Resource:
    return {
        "resourceType": "PractitionerRole",
        "id": role_id,
        "active": True,
        "practitioner": {"reference": f"Practitioner/{role_id}"},
        "specialty": [specialty],
    }


def _attestation() -> Resource:
    """The plan's questionnaire, answered by the transplant specialist: donor, both statements, consult."""
    items = [
        {"linkId": "sibling-donor-available", "answer": [{"valueBoolean": False}]},
        {"linkId": "attest-clinically-stable", "answer": [{"valueBoolean": True}]},
        {"linkId": "attest-eligible-for-conditioning-and-hsct", "answer": [{"valueBoolean": True}]},
        {"linkId": "transplant-specialist", "answer": [{"valueReference": TRANSPLANT_SPECIALIST}]},
        {"linkId": "consulted-specialist", "answer": [{"valueReference": CONSULTED_SPECIALIST}]},
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "bench-attestation",
        "questionnaire": "https://plan.example/Questionnaire/kresladi-prior-authorization",
        "status": "completed",
        "subject": SUBJECT,
        "authored": "2025-11-03T10:15:00Z",
        "author": TRANSPLANT_SPECIALIST,
        "item": items,
    }
