"""The rest of a chart: what a child's record holds that decides nothing, dressed as an EHR dresses it.

Every resource comes from the generator of random numbers that is handed in: the same seed, the same chart.
Dates lie in 2023 to 2025, so that nothing is ever in the future.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zlib import crc32

from benchmarks.facts import ICD_10_CM, LOINC, RXNORM, SNOMED, SUBJECT, UCUM, Resource, codeable, status_of

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LOCAL_CODES = "urn:oid:1.2.840.114350.1.13.999.2.7.2.768282"

FIRST_DAY = datetime(2023, 3, 1, 8, tzinfo=UTC)
MINUTES = 2 * 365 * 24 * 60 + 200 * 24 * 60

# LOINC code, name, unit, lowest and highest value
VITAL_SIGNS = [
    ("8867-4", "Heart rate", "/min", 80.0, 150.0),
    ("9279-1", "Respiratory rate", "/min", 18.0, 40.0),
    ("8310-5", "Body temperature", "Cel", 36.2, 38.4),
    ("2708-6", "Oxygen saturation in Arterial blood", "%", 94.0, 100.0),
    ("8480-6", "Systolic blood pressure", "mm[Hg]", 75.0, 110.0),
    ("29463-7", "Body weight", "kg", 6.0, 14.0),
]
RESULTS = [
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 9.5, 14.0),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 6.0, 40.0),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 150.0, 450.0),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.1, 0.6),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 134.0, 146.0),
    ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.4, 5.2),
    ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 8.0, 60.0),
    ("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L", 0.3, 90.0),
]
# ICD-10-CM: viral, unspecified or no infection at all, and no sign of LAD-I: none of them counts
CONDITIONS = [
    ("J06.9", "Acute upper respiratory infection, unspecified"),
    ("J00", "Acute nasopharyngitis [common cold]"),
    ("B34.9", "Viral infection, unspecified"),
    ("R50.9", "Fever, unspecified"),
    ("R21", "Rash and other nonspecific skin eruption"),
    ("K59.00", "Constipation, unspecified"),
]
DRUGS = [
    ("161", "acetaminophen", "Give 4 mL by mouth every 6 hours when the temperature is above 38.5 °C"),
    ("5640", "ibuprofen", "Give 3.5 mL by mouth every 8 hours with food as needed for fever or pain"),
    ("4053", "erythromycin", "Apply 1 cm to the lower lid of both eyes four times a day for five days"),
    ("11253", "vitamin D", "Give 1 drop (400 units) by mouth once a day"),
]
PROCEDURES = [
    ("308335008", "Patient encounter procedure"),
    ("33879002", "Administration of vaccine to produce active immunity"),
    ("396540005", "Phlebotomy"),
]
CLINICIANS = [
    {"reference": "Practitioner/ehr-41207", "display": "Casey Example, RN"},
    {"reference": "Practitioner/ehr-40118", "display": "Dana Example, MD (Pediatrics)"},
    {"reference": "Practitioner/ehr-43391", "display": "Eli Example, NP"},
    {"reference": "Practitioner/ehr-45860", "display": "Fran Example, MA"},
    {"reference": "Practitioner/ehr-40933", "display": "Gale Example, MD (Pediatrics)"},
    {"reference": "Practitioner/ehr-46274", "display": "Hayden Example, RN"},
]
SENTENCES = [
    "Seen with mother, who reports that sleep and appetite are back to usual after last week's cold.",
    "No fever since Tuesday; drinking well, four wet diapers a day, no vomiting and no rash.",
    "Lungs clear on both sides, no retractions, oxygen saturation 98 % on room air.",
    "Abdomen soft and without tenderness; liver edge not felt; bowel sounds present.",
    "Growth is followed along the curve; weight and length were plotted and shown to the family.",
    "Vaccines reviewed; the next ones are due at the visit in eight weeks.",
    "Plan: fluids, acetaminophen when needed, return at once for fever above 39 °C or fast breathing.",
    "Family has the clinic's number for nights and week-ends and repeated the plan in own words.",
]


@dataclass(frozen=True)
class Filler:
    """One kind of filler: how many of a hundred resources it makes up, and how one is made."""

    share: int
    make: Callable[[Random], Resource]


def vital_sign(random: Random) -> Resource:
    """A vital sign as a nurse's flowsheet sends it."""
    return _observation(random, random.choice(VITAL_SIGNS), "vital-signs", "Vital Signs")


def result(random: Random) -> Resource:
    """A laboratory result with its reference range."""
    return _observation(random, random.choice(RESULTS), "laboratory", "Laboratory")


def condition(random: Random) -> Resource:
    """A cold, a rash or another everyday problem, long gone."""
    code, text = random.choice(CONDITIONS)
    onset = _moment(random)
    return _resource(random, "Condition", "condition-encounter-diagnosis", onset) | {
        "clinicalStatus": status_of("clinical", "resolved"),
        "verificationStatus": status_of("ver-status", "confirmed"),
        "category": [
            codeable(
                "http://terminology.hl7.org/CodeSystem/condition-category",
                "encounter-diagnosis",
                "Encounter Diagnosis",
            )
        ],
        "code": _with_local_code(ICD_10_CM, code, text),
        "subject": SUBJECT,
        "encounter": _encounter(random),
        "onsetDateTime": _day(onset),
        "abatementDateTime": _day(onset + timedelta(days=9)),
        "recordedDate": _instant(onset),
        "recorder": random.choice(CLINICIANS),
        "note": [{"text": random.choice(SENTENCES)}],
    }


def medication_request(random: Random) -> Resource:
    """An earlier order of a common drug, done with."""
    code, drug, sig = random.choice(DRUGS)
    written = _moment(random)
    return _resource(random, "MedicationRequest", "medicationrequest", written) | {
        "status": "completed",
        "intent": "order",
        "category": [
            codeable("http://terminology.hl7.org/CodeSystem/medicationrequest-category", "community", "Community")
        ],
        "medicationCodeableConcept": _with_local_code(RXNORM, code, drug),
        "subject": SUBJECT,
        "encounter": _encounter(random),
        "authoredOn": _instant(written),
        "requester": random.choice(CLINICIANS),
        "dosageInstruction": [
            {
                "text": sig,
                "timing": {"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}},
                "asNeededBoolean": random.choice([True, False]),
                "route": codeable(SNOMED, "26643006", "Oral route"),
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 0,
            "quantity": {"value": 120, "unit": "mL", "system": UCUM, "code": "mL"},
        },
    }


def medication_administration(random: Random) -> Resource:
    """A dose of a common drug, given."""
    code, drug, sig = random.choice(DRUGS)
    given = _moment(random)
    return _resource(random, "MedicationAdministration", "medicationadministration", given) | {
        "status": "completed",
        "category": codeable(
            "http://terminology.hl7.org/CodeSystem/medication-admin-category", "inpatient", "Inpatient"
        ),
        "medicationCodeableConcept": _with_local_code(RXNORM, code, drug),
        "subject": SUBJECT,
        "context": _encounter(random),
        "effectivePeriod": {"start": _instant(given), "end": _instant(given + timedelta(minutes=5))},
        "performer": [{"actor": random.choice(CLINICIANS)}],
        "dosage": {
            "text": sig,
            "route": codeable(SNOMED, "26643006", "Oral route"),
            "dose": {"value": round(random.uniform(1, 6), 1), "unit": "mL", "system": UCUM, "code": "mL"},
        },
    }


def encounter(random: Random) -> Resource:
    """A finished visit to the paediatric clinic."""
    start = _moment(random)
    period = {"start": _instant(start), "end": _instant(start + timedelta(minutes=35))}
    code, text = random.choice(CONDITIONS)
    return _resource(random, "Encounter", "encounter", start) | {
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB",
            "display": "ambulatory",
        },
        "type": [codeable(SNOMED, "185349003", "Encounter for check up")],
        "subject": SUBJECT,
        "participant": [{"period": period, "individual": random.choice(CLINICIANS)}],
        "period": period,
        "reasonCode": [codeable(ICD_10_CM, code, text)],
        "location": [{"location": {"reference": f"Location/{_id(random)}", "display": "Clinic, Room 4"}}],
        "serviceProvider": {"reference": f"Organization/{_id(random)}", "display": "Example Clinic"},
    }


def procedure(random: Random) -> Resource:
    """A vaccination, a blood draw or the like."""
    code, text = random.choice(PROCEDURES)
    start = _moment(random)
    return _resource(random, "Procedure", "procedure", start) | {
        "status": "completed",
        "code": _with_local_code(SNOMED, code, text),
        "subject": SUBJECT,
        "encounter": _encounter(random),
        "performedPeriod": {"start": _instant(start), "end": _instant(start + timedelta(minutes=10))},
        "performer": [{"actor": random.choice(CLINICIANS)}],
        "note": [{"text": random.choice(SENTENCES)}],
    }


def document(random: Random) -> Resource:
    """A progress note with its narrative, as a notes interface sends it."""
    written = _moment(random)
    paragraphs = "".join(f"<p>{random.choice(SENTENCES)}</p>" for _ in range(random.randint(15, 35)))
    return _resource(random, "DocumentReference", "documentreference", written) | {
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><h1>Progress note</h1>{paragraphs}</div>',
        },
        "status": "current",
        "docStatus": "final",
        "type": _with_local_code(LOINC, "11506-3", "Progress note"),
        "category": [codeable(f"{US_CORE}-documentreference-category", "clinical-note", "Clinical Note")],
        "subject": SUBJECT,
        "date": _instant(written),
        "author": [random.choice(CLINICIANS)],
        "content": [{"attachment": {"contentType": "text/html", "url": f"Binary/{_id(random)}"}}],
        "context": {"encounter": [_encounter(random)]},
    }


FILLERS = [
    Filler(31, vital_sign),
    Filler(27, result),
    Filler(7, condition),
    Filler(8, medication_request),
    Filler(10, medication_administration),
    Filler(8, encounter),
    Filler(4, procedure),
    Filler(5, document),
]


def _observation(
    random: Random, kind: tuple[str, str, str, float, float], category: str, category_text: str
) -> Resource:
    code, text, unit, low, high = kind
    value = round(random.uniform(low, high), 1)
    taken = _moment(random)
    return _resource(random, "Observation", category, taken) | {
        "status": "final",
        "category": [codeable(CATEGORY, category, category_text)],
        "code": _with_local_code(LOINC, code, text),
        "subject": SUBJECT,
        "encounter": _encounter(random),
        "effectiveDateTime": _instant(taken),
        "issued": _instant(taken + timedelta(minutes=random.randint(1, 300))),
        "performer": [random.choice(CLINICIANS)],
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        "referenceRange": [
            {
                "low": {"value": low, "unit": unit, "system": UCUM, "code": unit},
                "high": {"value": high, "unit": unit, "system": UCUM, "code": unit},
                "text": f"{low} - {high} {unit}",
            }
        ],
    }


def _resource(random: Random, resource_type: str, profile: str, written: datetime) -> Resource:
    """What every resource of this EHR begins with."""
    return {
        "resourceType": resource_type,
        "id": _id(random),
        "meta": {
            "versionId": str(random.randint(1, 9)),
            "lastUpdated": _instant(written + timedelta(hours=2)),
            "source": f"https://ehr.example/interfaces/{resource_type.lower()}#{_id(random)[:16]}",
            "profile": [f"{US_CORE}-{profile}"],
        },
        "identifier": [
            {
                "use": "usual",
                "system": "urn:oid:1.2.840.114350.1.13.999.2.7.2.798268",
                "value": str(random.randint(10**8, 10**9)),
            }
        ],
    }


def _with_local_code(system: str, code: str, text: str) -> Resource:
    """A CodeableConcept as EHRs send it: the standard code, and their own beside it."""
    concept = codeable(system, code, text)
    local = {"system": LOCAL_CODES, "code": str(crc32(code.encode()) % 10**6), "display": text.upper()}
    concept["coding"].append(local)
    return concept


def _encounter(random: Random) -> Resource:
    return {"reference": f"Encounter/{_id(random)}", "display": "Office Visit"}


def _id(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _moment(random: Random) -> datetime:
    return FIRST_DAY + timedelta(minutes=random.randrange(MINUTES))


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
