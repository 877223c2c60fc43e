"""The line above a chart, as every EHR has it: the patient, and the orders that are to be signed."""

from __future__ import annotations

from typing import Any

from cds_service.frozen import frozen


@frozen
class Strip:
    """What can be said in a line; empty where the request does not tell."""

    patient: str
    born: str
    orders: tuple[str, ...]


NO_STRIP = Strip("", "", ())


def strip_of(document: Any) -> Strip:
    """Read leniently from a request or a Bundle: what is not there is not shown."""
    patient = _at(document, "prefetch", "patient") or _first(document, "Patient")
    drafts = _at(document, "context", "draftOrders") or _at(document, "context", "orders") or document
    return Strip(_name(patient), _text(_at(patient, "birthDate")), tuple(filter(None, map(_order, _entries(drafts)))))


def _at(node: Any, *steps: str | int) -> Any:
    for step in steps:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _entries(bundle: Any) -> list[Any]:
    entries = _at(bundle, "entry")
    return [_at(entry, "resource") for entry in entries] if isinstance(entries, list) else []


def _first(bundle: Any, kind: str) -> Any:
    return next((each for each in _entries(bundle) if _at(each, "resourceType") == kind), None)


def _name(patient: Any) -> str:
    given = _at(patient, "name", 0, "given")
    names = [*(given if isinstance(given, list) else ()), _at(patient, "name", 0, "family")]
    return " ".join(filter(None, map(_text, names))) or _text(_at(patient, "name", 0, "text"))


def _order(resource: Any) -> str:
    """What is ordered, in the order's own words."""
    if _at(resource, "status") not in (None, "draft"):
        return ""
    for member in ("medicationCodeableConcept", "code"):
        if _at(resource, "resourceType") in ("MedicationRequest", "MedicationOrder", "ServiceRequest"):
            said = _text(_at(resource, member, "text")) or _text(_at(resource, member, "coding", 0, "display"))
            if said:
                return said
    return ""


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
