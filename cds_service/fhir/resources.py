"""Validated reading of one resource at a time, through `fhir.resources` (R4B, which equals R4 for every type here).

Only the members that some rule reads are validated: a broken narrative or category does no harm. An element that
the specification does not know is taken out and no reason to drop the resource; nor is one that it asks for and that
is not there, unless it decides whether the resource counts. Anything else that is wrong makes the resource unreadable,
which the readers report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.fhir.tidied import INVALID, Known, tidied

COMMON = (
    "resourceType",
    "id",
    "meta",
    "contained",
    "modifierExtension",
    "status",
    "subject",
)

READ: dict[str, tuple[str, ...]] = {
    "CareTeam": ("participant", "period", "name"),
    "Claim": ("use", "patient", "item", "diagnosis", "created", "billablePeriod", "provider", "priority", "type",
              "insurance", "procedure"),
    "Condition": ("clinicalStatus", "verificationStatus", "severity", "code", "encounter", "onsetDateTime",
                  "onsetPeriod", "onsetAge", "onsetString", "abatementDateTime", "abatementPeriod", "abatementAge",
                  "abatementString", "abatementRange", "recordedDate",
                  "evidence", "note"),
    "Coverage": ("type", "class", "payor", "period", "beneficiary", "order"),
    "DiagnosticReport": ("code", "result", "effectiveDateTime", "effectivePeriod", "issued", "specimen", "conclusion",
                         "conclusionCode", "presentedForm"),
    "DocumentReference": ("docStatus", "type", "author", "date", "content", "description"),
    "Encounter": ("class", "participant", "period", "reasonCode", "reasonReference", "diagnosis", "type",
                  "serviceType"),
    "ExplanationOfBenefit": ("use", "patient", "item", "outcome", "disposition", "payment", "total", "created",
                             "billablePeriod", "insurer", "provider", "insurance", "type", "diagnosis", "procedure",
                             "addItem"),
    "FamilyMemberHistory": ("patient", "relationship", "condition", "dataAbsentReason", "date"),
    "Immunization": ("vaccineCode", "patient", "occurrenceDateTime", "occurrenceString"),
    "Medication": ("code", "ingredient"),
    "MedicationAdministration": ("medicationCodeableConcept", "medicationReference", "effectiveDateTime",
                                 "effectivePeriod", "dosage", "reasonCode", "reasonReference", "context", "request",
                                 "note"),
    "MedicationDispense": ("medicationCodeableConcept", "medicationReference", "whenHandedOver", "whenPrepared"),
    "MedicationRequest": ("intent", "medicationCodeableConcept", "medicationReference", "authoredOn", "requester",
                          "reasonCode", "reasonReference", "dosageInstruction", "dispenseRequest", "identifier",
                          "doNotPerform", "note"),
    "MedicationStatement": ("medicationCodeableConcept", "medicationReference", "effectiveDateTime",
                            "effectivePeriod", "dateAsserted"),
    "Observation": ("code", "focus", "effectiveDateTime", "effectivePeriod", "effectiveInstant",
                    "issued", "performer", "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean",
                    "valueInteger", "valueRange", "valueRatio", "dataAbsentReason", "interpretation", "method",
                    "bodySite", "specimen", "hasMember", "derivedFrom", "component", "note",
                    "referenceRange"),
    "Organization": ("name",),
    "Patient": ("identifier", "birthDate", "deceasedBoolean", "deceasedDateTime", "link"),
    "Practitioner": ("qualification", "active", "name"),
    "PractitionerRole": ("active", "period", "practitioner", "code", "specialty"),
    "Procedure": ("code", "performedDateTime", "performedPeriod", "performer", "usedCode", "usedReference", "note",
                  "reasonReference", "reasonCode", "basedOn"),
    "QuestionnaireResponse": ("questionnaire", "authored", "author", "item"),
    "RelatedPerson": ("active", "patient", "relationship"),
    "ResearchSubject": ("individual", "study", "period"),
    "ServiceRequest": ("intent", "code", "orderDetail", "authoredOn", "requester", "reasonCode", "reasonReference",
                       "performer", "performerType", "identifier", "doNotPerform", "occurrenceDateTime",
                       "occurrencePeriod", "quantityQuantity", "quantityRange", "note"),
    "Specimen": ("type", "collection"),
}  # fmt: skip
"""Per resource type, the members that are read beside `COMMON`; no other type is read."""

_DECIDES = dict.fromkeys(READ, frozenset({"status", "use", "outcome"})) | {
    "Encounter": frozenset({"status", "class"}),
    "FamilyMemberHistory": frozenset[str](),
}
"""Per resource type, the members that FHIR asks for and without which a resource cannot count: whether something took
place is never taken for granted. A family history without a status is still one."""

_KEPT = {kind: frozenset((*COMMON, *members)) for kind, members in READ.items()}
_MODELS = {kind: get_fhir_model_class(kind) for kind in READ}

_ROUNDS = 8
"""How often a resource is mended: what is missing in an element hides what is missing around it."""
_LISTS = {"content", "insurance", "payor"}
"""The lists that FHIR asks for in what is read here."""
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_CHOICE = re.compile(r"Expect any of field value from this list \[.*?'(\w+(CodeableConcept|Period|Reference|String))'")
"""What `fhir.resources` says of a choice of types of which none is there, to the first that can be left blank."""


class Unreadable(Exception):
    """A resource that cannot be read. Its text names elements, never values."""


class Undecided(Unreadable):
    """A resource that can be read, but leaves out what decides whether it counts. Its text names the elements."""


def validated(resource: dict[str, Any], known: Known | None = None) -> Any:
    """The resource as a model of `fhir.resources`, with what is known of its chart's References.

    Raises Unreadable, naming the elements that are wrong.
    """
    kind = resource.get("resourceType")
    kept = _KEPT.get(kind) if isinstance(kind, str) else None
    if kept is None:
        raise Unreadable("its type is not one that is read")
    members = {name: value for name, value in resource.items() if name in kept}
    try:
        return _read(str(kind), members, {} if known is None else known)
    except ArithmeticError:
        raise Unreadable("a number in it is out of any range") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _read(kind: str, members: dict[str, Any], known: Known) -> Any:
    try:
        return _validated(kind, tidied(members, known))
    except Undecided:
        raise
    except Unreadable:
        # What only looks like a Reference or a CodeableConcept, and stands where neither belongs, can be taken out.
        return _validated(kind, tidied(members, None))


def elements_of(kind: str) -> tuple[str, ...]:
    """All elements of a type, in the order in which FHIR has them, and what is read beside them."""
    names = dict.fromkeys((*_MODELS[kind].elements_sequence(), *COMMON, *READ[kind]))
    return tuple(name for name in names if name != "resourceType")


def reference_in(resource: dict[str, Any], member: str) -> Any:
    """The Reference that one member of a resource is, however wrong the rest of it; None where it is none itself."""
    try:
        # Of a RelatedPerson nothing else is asked.
        return validated({"resourceType": "RelatedPerson", "patient": resource.get(member)}).patient
    except Unreadable:
        return None


def _validated(kind: str, members: dict[str, Any], rounds: int = _ROUNDS) -> Any:
    try:
        return _MODELS[kind](**members)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        undecided = [
            str(problem["loc"][0]) for problem in problems if _is_missing(problem) and len(problem["loc"]) == 1
        ]
        undecided = sorted(_DECIDES[kind].intersection(undecided))
        mended = [_mend(members, problem) for problem in problems]
        if all(mended) and undecided:
            raise Undecided(f"without {' and '.join(undecided)}") from None
        if any(mended) and rounds > 1:
            return _validated(kind, members, rounds - 1)
        raise Unreadable(_elements(problems)) from None
    except INVALID:
        raise Unreadable("its structure is not FHIR's") from None


def _is_missing(problem: Any) -> bool:
    return str(problem["type"]).endswith("missing")


def _mend(members: dict[str, Any], problem: Any) -> bool:
    """Take out what FHIR does not know, and put a blank where it asks for what is not there; whether that was all."""
    *path, last = problem["loc"] or ("",)
    if problem["type"] == "extra_forbidden":
        _at(members, path).pop(last, None)
    elif problem["type"] == "missing":
        _at(members, path)[last] = [] if last in _LISTS else {}
    elif _is_missing(problem):
        _at(members, path)[f"_{last}"] = {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}
    elif choice := _CHOICE.search(problem["msg"]):
        _at(members, problem["loc"])[choice[1]] = "unknown" if choice[2] == "String" else {}
    else:
        return False
    return True


def _elements(problems: list[Any]) -> str:
    names = {".".join(str(p) for p in problem["loc"][:2] if isinstance(p, str)) for problem in problems}
    names.discard("")
    known = sorted(name for name in names if name.isascii() and name.replace(".", "").replace("_", "").isalnum())
    return f"invalid: {', '.join(known[:3])}" if known else "its structure is not FHIR's"


def _at(members: Any, path: Iterable[int | str]) -> dict[str, Any]:
    """What stands at the place; the place may name a model on its way, which is passed over."""
    for step in path:
        members = _inside(members, step)
    return members if isinstance(members, dict) else {}


def _inside(members: Any, step: int | str) -> Any:
    if isinstance(members, dict):
        return members.get(str(step), members)
    if isinstance(members, list) and isinstance(step, int) and step < len(members):
        return members[step]
    return members
