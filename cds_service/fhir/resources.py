"""Validated reading of one resource at a time, through `fhir.resources` (R4B, which equals R4 for every type here).

Only the members that some rule reads are validated: a broken narrative or category does no harm. An element that
the specification does not know is taken out and no reason to drop the resource; anything else that is wrong makes
the resource unreadable, which the readers report.
"""

from __future__ import annotations

from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.fhir.tidied import INVALID, tidied

COMMON = (
    "resourceType",
    "id",
    "meta",
    "contained",
    "modifierExtension",
    "implicitRules",
    "status",
    "subject",
)

READ: dict[str, tuple[str, ...]] = {
    "CareTeam": ("participant", "period", "name"),
    "Claim": ("use", "patient", "item", "diagnosis", "created", "billablePeriod", "provider", "priority", "type",
              "insurance", "procedure"),
    "Condition": ("clinicalStatus", "verificationStatus", "severity", "code", "encounter", "onsetDateTime",
                  "onsetPeriod", "onsetAge", "onsetString", "abatementDateTime", "abatementPeriod", "recordedDate",
                  "evidence", "note"),
    "Coverage": ("type", "class", "payor", "period", "beneficiary", "order"),
    "DiagnosticReport": ("code", "result", "effectiveDateTime", "effectivePeriod", "issued", "specimen", "conclusion",
                         "conclusionCode", "presentedForm"),
    "DocumentReference": ("docStatus", "type", "author", "date", "content", "description"),
    "Encounter": ("class", "participant", "period", "reasonCode", "reasonReference", "diagnosis", "type"),
    "ExplanationOfBenefit": ("use", "patient", "item", "outcome", "disposition", "payment", "total", "created",
                             "billablePeriod", "insurer", "provider", "insurance", "type", "diagnosis", "procedure",
                             "addItem"),
    "FamilyMemberHistory": ("patient", "relationship", "condition", "dataAbsentReason", "date"),
    "Immunization": ("vaccineCode", "patient", "occurrenceDateTime", "occurrenceString"),
    "Medication": ("code", "ingredient"),
    "MedicationAdministration": ("medicationCodeableConcept", "medicationReference", "effectiveDateTime",
                                 "effectivePeriod", "dosage", "reasonCode", "reasonReference", "context", "request"),
    "MedicationDispense": ("medicationCodeableConcept", "medicationReference", "whenHandedOver", "whenPrepared"),
    "MedicationRequest": ("intent", "medicationCodeableConcept", "medicationReference", "authoredOn", "requester",
                          "reasonCode", "reasonReference", "dosageInstruction", "dispenseRequest", "identifier",
                          "doNotPerform", "encounter", "note"),
    "MedicationStatement": ("medicationCodeableConcept", "medicationReference", "effectiveDateTime",
                            "effectivePeriod", "dateAsserted"),
    "Observation": ("basedOn", "partOf", "code", "focus", "effectiveDateTime", "effectivePeriod", "effectiveInstant",
                    "issued", "performer", "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean",
                    "valueInteger", "valueRange", "valueRatio", "dataAbsentReason", "interpretation", "method",
                    "bodySite", "specimen", "hasMember", "derivedFrom", "component", "note", "encounter"),
    "Organization": ("name",),
    "Patient": ("identifier", "birthDate", "deceasedBoolean", "deceasedDateTime", "link"),
    "Practitioner": ("qualification", "active"),
    "PractitionerRole": ("active", "period", "practitioner", "code", "specialty"),
    "Procedure": ("code", "performedDateTime", "performedPeriod", "performer", "usedCode", "usedReference", "note",
                  "reasonReference"),
    "QuestionnaireResponse": ("questionnaire", "authored", "author", "item"),
    "RelatedPerson": ("active", "patient", "relationship"),
    "ResearchSubject": ("individual", "study", "period"),
    "ServiceRequest": ("intent", "code", "orderDetail", "authoredOn", "requester", "reasonCode", "reasonReference",
                       "performer", "performerType", "identifier", "doNotPerform", "occurrenceDateTime",
                       "occurrencePeriod", "quantityQuantity", "quantityRange", "note", "encounter"),
    "Specimen": ("type", "collection"),
}  # fmt: skip
"""Per resource type, the members that are read beside `COMMON`; no other type is read."""

_KEPT = {kind: frozenset((*COMMON, *members)) for kind, members in READ.items()}
_MODELS = {kind: get_fhir_model_class(kind) for kind in READ}


class Unreadable(Exception):
    """A resource that cannot be read. Its text names elements, never values."""


def validated(resource: dict[str, Any]) -> Any:
    """The resource as a model of `fhir.resources`. Raises Unreadable, naming the elements that are wrong."""
    kind = resource.get("resourceType")
    kept = _KEPT.get(kind) if isinstance(kind, str) else None
    if kept is None:
        raise Unreadable("its type is not one that is read")
    members = {name: value for name, value in resource.items() if name.lstrip("_") in kept}
    try:
        return _validated(str(kind), tidied(members), attempts=2)
    except ArithmeticError:
        raise Unreadable("a number in it is out of any range") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _validated(kind: str, members: dict[str, Any], attempts: int) -> Any:
    try:
        return _MODELS[kind](**members)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        unknown = [problem["loc"] for problem in problems if problem["type"] == "extra_forbidden"]
        if unknown and attempts > 1:
            for place in unknown:
                _take_out(members, place)
            return _validated(kind, members, attempts - 1)
        raise Unreadable(_elements(problems)) from None
    except INVALID:
        raise Unreadable("its structure is not FHIR's") from None


def _elements(problems: list[Any]) -> str:
    names = {".".join(str(p) for p in problem["loc"][:2] if isinstance(p, str)) for problem in problems}
    names.discard("")
    known = sorted(name for name in names if name.isascii() and name.replace(".", "").replace("_", "").isalnum())
    return f"invalid: {', '.join(known[:3])}" if known else "its structure is not FHIR's"


def _take_out(members: Any, place: tuple[int | str, ...]) -> None:
    """Remove what stands at the place; the place may name a model on its way, which is passed over."""
    *path, last = place
    for step in path:
        members = _inside(members, step)
    if isinstance(members, dict):
        members.pop(last, None)


def _inside(members: Any, step: int | str) -> Any:
    if isinstance(members, dict):
        return members.get(str(step), members)
    if isinstance(members, list) and isinstance(step, int) and step < len(members):
        return members[step]
    return members
