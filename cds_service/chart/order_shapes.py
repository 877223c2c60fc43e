"""Drafts of other versions of FHIR, and unfinished ones, in the shape that R4 asks for."""

from __future__ import annotations

from typing import Any


def in_r4_shape(resource: dict[str, Any], patient_id: str) -> dict[str, Any]:
    """A draft as R4 would have it; of one that names nobody, the context patient is the subject."""
    shaped = dict(resource)
    shaped.setdefault("status", "draft")
    shaped.setdefault("intent", "order")
    shaped["subject"] = named_subject(resource, patient_id) or {"reference": f"Patient/{patient_id}"}
    if resource["resourceType"] == "MedicationOrder":
        shaped |= _from_medication_order(resource)
    for name in ("reasonCode", "reasonReference", "dosageInstruction"):
        if isinstance(shaped.get(name), dict):
            shaped[name] = [shaped[name]]
    if isinstance(shaped.get("medication"), dict) and shaped["resourceType"] == "MedicationRequest":
        shaped |= _from_codeable_reference(shaped.pop("medication"))
    if isinstance(shaped.get("dosageInstruction"), list):
        shaped["dosageInstruction"] = [_dosage_in_r4_shape(each) for each in shaped["dosageInstruction"]]
    return shaped


def named_subject(resource: dict[str, Any], patient_id: str) -> dict[str, Any] | None:
    """Whom the order names, None where nobody; plain text names the patient only by the patient's own id."""
    stated = resource.get("subject") or resource.get("patient")
    if isinstance(stated, list) and len(stated) == 1:
        stated = stated[0]
    if stated is None or isinstance(stated, dict):
        return stated or None
    return {"reference": f"Patient/{patient_id}" if stated == patient_id else str(stated)}


def _from_medication_order(resource: dict[str, Any]) -> dict[str, Any]:
    """DSTU2's MedicationOrder in the words of R4."""
    changed: dict[str, Any] = {"resourceType": "MedicationRequest"}
    for old, new in (("dateWritten", "authoredOn"), ("prescriber", "requester")):
        if old in resource:
            changed[new] = resource[old]
    for old, new in (("reasonCodeableConcept", "reasonCode"), ("reasonReference", "reasonReference")):
        if old in resource:
            changed[new] = listed(resource[old])
    if isinstance(resource.get("note"), str):
        changed["note"] = [{"text": resource["note"]}]
    return changed


def _from_codeable_reference(medication: dict[str, Any]) -> dict[str, Any]:
    """R5's medication in the words of R4."""
    if isinstance(medication.get("concept"), dict):
        return {"medicationCodeableConcept": medication["concept"]}
    return {"medicationReference": medication.get("reference") or {}}


def _dosage_in_r4_shape(dosage: Any) -> Any:
    if not isinstance(dosage, dict):
        return dosage
    shaped = dict(dosage)
    doses = {name: shaped.pop(name) for name in ("doseQuantity", "doseRange") if name in shaped}
    if doses and "doseAndRate" not in shaped:
        shaped["doseAndRate"] = [doses]
    if isinstance(shaped.get("doseAndRate"), dict):
        shaped["doseAndRate"] = [shaped["doseAndRate"]]
    if "timing" in shaped:
        shaped["timing"] = timing_in_r4_shape(shaped["timing"])
    return shaped


def timing_in_r4_shape(timing: Any) -> Any:
    """A timing with the unit of its period under R4's name."""
    repeat = timing.get("repeat") if isinstance(timing, dict) else None
    if not isinstance(repeat, dict) or "periodUnits" not in repeat:
        return timing
    renamed = {key: value for key, value in repeat.items() if key != "periodUnits"}
    return {**timing, "repeat": renamed | {"periodUnit": repeat["periodUnits"]}}


def with_concepts_in_r4_shape(order: dict[str, Any]) -> dict[str, Any]:
    """An order with what it is for as concepts and a reference, by whatever near miss they were written."""
    shaped = dict(order)
    for name in ("medicationCodeableConcept", "code"):
        if name in shaped:
            shaped[name] = concept_in_r4_shape(shaped[name])
    if "orderDetail" in shaped:
        shaped["orderDetail"] = [concept_in_r4_shape(each) for each in listed(shaped["orderDetail"])]
    if isinstance(r5 := shaped.get("medication"), dict) and "concept" in r5:
        shaped["medication"] = r5 | {"concept": concept_in_r4_shape(r5["concept"])}
    return shaped


def concept_in_r4_shape(value: Any) -> Any:
    """A CodeableConcept; a text for one, a list of one and codes that are numbers are seen."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict) or not value.get("coding"):
        return value
    return value | {"coding": [_coding_in_r4_shape(each) for each in listed(value["coding"])]}


def _coding_in_r4_shape(coding: Any) -> Any:
    code = coding.get("code") if isinstance(coding, dict) else None
    return coding | {"code": str(code)} if isinstance(code, int) and not isinstance(code, bool) else coding


def listed(value: Any) -> list[Any]:
    """A member that may be a list, one thing, or left out, as a list."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
