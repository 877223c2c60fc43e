"""Public FHIR examples that nobody here wrote: HL7's own, Genomics Reporting's, mCODE's, and Synthea's patients.

They come as npm packages, pinned with hashes in `package-lock.json`; nothing of them is kept in this repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cds_service.hooks.offer import answer
from tests.charts import OFFER, Resource, criteria, order, patient, request

MODULES = Path(__file__).parent / "node_modules"
SYNTHEA = MODULES / "cql-exec-fhir" / "test" / "fixtures"
FOLDERS = {
    "FHIR R4": MODULES / "hl7.fhir.r4.examples",
    "Genomics Reporting": MODULES / "hl7.fhir.uv.genomics-reporting",
    "mCODE": MODULES / "hl7.fhir.us.mcode",
    "Synthea": SYNTHEA / "r4",
    "Synthea, STU 3": SYNTHEA / "stu3",
    "Synthea, DSTU 2": SYNTHEA / "dstu2",
}
OLDER = ("Synthea, STU 3", "Synthea, DSTU 2")
"""Other versions of FHIR: much of it cannot be read, and that is said."""
ORIGINS = tuple(FOLDERS)
R4 = tuple(origin for origin in ORIGINS if origin not in OLDER)
DETERMINATIONS = "example.kresladi-cds.determinations"
NO_PATIENTS = frozenset({
    "ActivityDefinition", "Bundle", "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap",
    "GraphDefinition", "ImplementationGuide", "Library", "Measure", "MessageDefinition", "NamingSystem",
    "OperationDefinition", "OperationOutcome", "Parameters", "PlanDefinition", "Questionnaire",
    "SearchParameter", "StructureDefinition", "StructureMap", "TerminologyCapabilities", "TestScript",
    "ValueSet",
})  # fmt: skip
"""Types that say nothing of a patient; a Bundle is taken apart."""
SUBJECTS = ("subject", "patient", "beneficiary", "individual")


@dataclass(frozen=True)
class Example:
    """One resource, and where it comes from."""

    origin: str
    file: str
    resource: Resource

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.resource.get('id')}"


@cache
def examples(origin: str) -> tuple[Example, ...]:
    """Every resource of an origin that may stand in a chart."""
    found = []
    for file in sorted(FOLDERS[origin].rglob("*.json")):
        if file.name.partition("-")[0] in NO_PATIENTS - {"Bundle"}:
            continue
        whole = json.loads(file.read_bytes())
        found += [Example(origin, file.name, each) for each in _resources(whole)]
    return tuple(found)


def charts_of(origin: str) -> Iterator[tuple[str, list[Resource]]]:
    """The Bundles of an origin that hold one patient and what there is of them: file name and resources."""
    for file in sorted(FOLDERS[origin].rglob("*.json")):
        whole = json.loads(file.read_bytes()) if file.name.partition("-")[0] not in NO_PATIENTS - {"Bundle"} else None
        if isinstance(whole, dict) and whole.get("resourceType") == "Bundle":
            entries = [each for each in whole.get("entry", []) if "resource" in each]
            if sum(each["resource"]["resourceType"] == "Patient" for each in entries) == 1:
                yield file.name, entries


def subject_of(resource: Resource) -> str | None:
    """The literal reference to whose the resource is."""
    stated = (resource.get(name) for name in SUBJECTS)
    return next((each["reference"] for each in stated if isinstance(each, dict) and "reference" in each), None)


def of_patient(resource: Resource, patient: str = "Patient/p1") -> Resource:
    """The resource with nothing changed but whose it is."""
    theirs = subject_of(resource)
    changed: Resource = _replaced(resource, theirs, patient) if theirs else resource
    return changed


def asked_about(*resources: Resource, **more: Any) -> Resource:
    """The answer to an order that says nothing of its dose and names nobody, for a chart with these resources."""
    bare = order(requester=None, dosageInstruction=None)
    body = request([patient(), *resources], [bare], **more)
    body["context"]["userId"] = "Practitioner/nobody"
    return answer(OFFER, OFFER.services[0], json.dumps(body).encode())


def determined(answered: Resource) -> dict[str, Resource]:
    """All criteria of the only determination, by id."""
    return criteria(answered["extension"][DETERMINATIONS][0])


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {k: new if k == "reference" and v == old else _replaced(v, old, new) for k, v in value.items()}
    return [_replaced(each, old, new) for each in value] if isinstance(value, list) else value


def _resources(whole: Any) -> Iterator[Resource]:
    if not isinstance(whole, dict):
        return
    if whole.get("resourceType") == "Bundle":
        for entry in whole.get("entry") or ():
            yield from _resources(entry.get("resource"))
    elif isinstance(whole.get("resourceType"), str) and whole["resourceType"] not in NO_PATIENTS:
        yield whole
