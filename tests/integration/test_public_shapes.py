"""Public shapes with our content: only what an example says is changed, never how it says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.charts import ICD, KRESLADI, LOINC, UCUM, Resource, concept
from tests.integration.public_data import R4, asked_about, determined, examples, of_patient, subject_of

pytestmark = pytest.mark.integration

Change = Callable[[Resource], str | None]

CD18 = concept("CD18 on neutrophils", (LOINC, "17121-5"))
LAD1 = concept("Leukocyte adhesion deficiency type I", (ICD, "D71.1"))
SEPSIS = concept("Sepsis due to MSSA", (ICD, "A41.01"))
NDC = concept(None, ("http://hl7.org/fhir/sid/ndc", "83537-034-01"))
LOW = {"value": 1.2, "unit": "%", "system": UCUM, "code": "%"}
CONTENT = {
    "48018-6": {"code": "HGNC:6155", "display": "ITGB2"},
    "53037-8": {"code": "LA6668-3", "display": "Pathogenic"},
    "48002-0": {"code": "LA6683-2", "display": "Germline"},
}
"""By the code of a component (gene studied, clinical significance, genomic source class), what its value becomes."""


def with_diagnosis(resource: Resource) -> str:
    """The diagnosis becomes LAD-I."""
    resource["code"] = LAD1
    stated = {each.get("code") for each in resource.get("verificationStatus", {}).get("coding", ())}
    return "met" if stated <= {"confirmed"} else "unknown"


def with_relative(resource: Resource) -> str:
    """The relative's disease becomes LAD-I."""
    resource["condition"] = [each | {"code": LAD1} for each in resource.get("condition", [{}])]
    return "met"


def with_low_cd18(resource: Resource) -> str | None:
    """The quantity measured becomes a CD18 of 1.2 %."""
    if "valueQuantity" not in resource:
        return None
    resource["code"], resource["valueQuantity"] = CD18, resource["valueQuantity"] | LOW
    counts = resource["status"] in ("final", "amended", "corrected") and "reference" in resource.get("subject", {})
    return "met" if counts and ">" not in resource["valueQuantity"].get("comparator", "") else "unknown"


def with_dose(resource: Resource) -> str:
    """The medicine given becomes Kresladi."""
    resource.pop("medicationReference", None)
    resource["medicationCodeableConcept"] = KRESLADI
    given = {"completed": "not-met", "in-progress": "not-met", "entered-in-error": "met", "not-done": "met"}
    return given.get(resource["status"], "unknown")


def with_billed_dose(resource: Resource) -> str | None:
    """The first thing billed becomes Kresladi."""
    if resource.get("use") != "claim" or "reference" not in resource.get("patient", {}) or not resource.get("item"):
        return None
    resource["item"][0]["productOrService"] = NDC
    if resource["resourceType"] == "Claim":
        return "unknown"
    paid = resource.get("payment", {}).get("amount", {}).get("value")
    return "not-met" if paid else "unknown" if resource["outcome"] == "complete" and paid == 0 else None


def with_infection_claimed(resource: Resource) -> str | None:
    """The diagnoses billed become sepsis."""
    if resource.get("use") != "claim" or "reference" not in resource.get("patient", {}):
        return None
    if not any(
        "diagnosisCodeableConcept" in each or "diagnosisReference" in each for each in resource.get("diagnosis", ())
    ):
        return None
    for each in resource["diagnosis"]:
        each.pop("diagnosisReference", None)
        each["diagnosisCodeableConcept"] = SEPSIS
    return "met"


def with_infection_seen(resource: Resource) -> str | None:
    """The reason of the visit becomes sepsis."""
    resource["reasonCode"] = [SEPSIS]
    return "met" if resource["status"] in ("finished", "in-progress") else None


CHANGES = [
    ("Condition", with_diagnosis, "I.A.1.diagnosis", 15),
    ("FamilyMemberHistory", with_relative, "I.A.3.a", 8),
    ("Observation", with_low_cd18, "I.A.1.a", 500),
    ("MedicationAdministration", with_dose, "II.A", 20),
    ("Claim", with_billed_dose, "II.A", 60),
    ("ExplanationOfBenefit", with_billed_dose, "II.A", 40),
    ("Claim", with_infection_claimed, "I.A.3.b", 20),
    ("Encounter", with_infection_seen, "I.A.3.b", 50),
]


@pytest.mark.parametrize(
    ("kind", "change", "clause", "least"), CHANGES, ids=lambda each: getattr(each, "__name__", None)
)
def test_a_public_shape_with_our_content(kind: str, change: Change, clause: str, least: int) -> None:
    """Only the clinical content is changed, in however the example puts it: the reader answers as a reviewer would."""
    wrong, asked = {}, 0
    for example in (each for origin in R4 for each in examples(origin) if each.type == kind):
        resource = of_patient(deepcopy(example.resource))
        expected = change(resource)
        if expected is not None:
            asked += 1
            status = determined(asked_about(resource))[clause]["status"]
            if status != expected:
                wrong[example.reference, example.file] = (status, expected)
    assert wrong == {}
    assert asked >= least


OF_THE_GENE = [
    (re.compile(r"\([A-Z][A-Z0-9]+\):"), "(ITGB2):"),
    (re.compile(r"NC_0000\d\d"), "NC_000021"),
    (re.compile(r'"\d{1,2}[pq]\d+(?:\.\d+)?"'), '"21q22.3"'),
]
"""What tells of the gene besides the gene studied: a change of ACAD9 under the name of ITGB2 would be neither."""


def as_pathogenic_itgb2(resource: Resource) -> Resource:
    """The gene becomes ITGB2, the clinical significance pathogenic, the source class germline."""
    written = json.dumps(resource.get("component", []))
    for pattern, ours in OF_THE_GENE:
        written = pattern.sub(ours, written)
    changed = deepcopy(resource) | ({"component": json.loads(written)} if "component" in resource else {})
    for part in changed.get("component", ()):
        for code in CONTENT.keys() & {each.get("code") for each in part["code"].get("coding", ())}:
            codings = part["valueCodeableConcept"].get("coding", ())
            part["valueCodeableConcept"] = {"coding": [each | CONTENT[code] for each in codings]}
    return changed


def test_public_implications_with_our_gene() -> None:
    """Each implication with the variant that it is derived from: ITGB2, pathogenic, germline is met."""
    by_reference = {each.reference: each for origin in R4 for each in examples(origin)}
    asked = 0
    for example in by_reference.values():
        if "53037-8" not in json.dumps(example.resource.get("component", "")) or not subject_of(example.resource):
            continue
        origins = [each["reference"] for each in example.resource.get("derivedFrom", ()) if "reference" in each]
        variants = [by_reference[each].resource for each in origins if each in by_reference]
        if any("48018-6" in json.dumps(each) for each in variants):
            asked += 1
            found = asked_about(*(as_pathogenic_itgb2(of_patient(each)) for each in (example.resource, *variants)))
            assert determined(found)["I.A.1.b.ii"]["status"] == "met", example.reference
    assert asked >= 8
