"""The values of a request that a reader may change: the numbers and the yes-or-no answers of its resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from cds_service.frozen import frozen

Steps = tuple[str | int, ...]
_QUANTITIES = ("valueQuantity", "doseQuantity")
_NUMBERS = ("valueDecimal", "valueInteger", "numberOfRepeatsAllowed")
_YES_OR_NO = {"true": True, "false": False}
_NAMED = {"doseQuantity": "Dose ordered", "numberOfRepeatsAllowed": "Refills"}
"""Members that say what they are; the others go by the nearest name above them."""
MOST = 60
"""Values shown; a chart with more is edited as JSON."""


@frozen
class Value:
    """One value: where it stands, what it is called, and how it is written now."""

    pointer: str
    """The place as a JSON Pointer (RFC 6901)."""
    label: str
    source: str
    """The resource, such as `Observation/cd18`."""
    text: str
    unit: str = ""
    is_answer: bool = False
    """Yes or no, written `true` or `false`; else a number."""

    @property
    def shown(self) -> str:
        """The value as a sentence has it."""
        if self.is_answer:
            return "yes" if self.text == "true" else "no"
        return f"{self.text} {self.unit}".rstrip()


def values_in(document: Any) -> tuple[Value, ...]:
    """The values of a document (a request, or a Bundle), in their order there."""
    found = (value for steps, resource in _resources(document) for value in _of_resource(resource, steps))
    return tuple(value for value, _ in zip(found, range(MOST), strict=False))


def with_edits(document: Any, edits: Mapping[str, tuple[str, str]]) -> bool:
    """Write edits (the pointer of a value, and its text before and after) into the document; whether any was.

    What no longer stands where it stood, or is no number, is left as it is: the document itself was edited too, and it
    counts.
    """
    current = {value.pointer: value for value in values_in(document)}
    written = False
    for pointer, (before, after) in edits.items():
        value = current.get(pointer)
        if value is None or value.text != before or after == before:
            continue
        new = _YES_OR_NO.get(after) if value.is_answer else _number(after)
        if new is not None:
            _write(document, pointer, new)
            written = True
    return written


def _resources(node: Any, steps: Steps = ()) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Every resource that is not inside another."""
    if isinstance(node, dict) and "resourceType" in node and node["resourceType"] != "Bundle":
        yield steps, node
        return
    for step, below in _members(node):
        yield from _resources(below, (*steps, step))


def _of_resource(resource: dict[str, Any], steps: Steps) -> Iterator[Value]:
    source = f"{resource['resourceType']}/{resource.get('id', '')}".rstrip("/")
    for label, place, node in _named_values(resource, _label(resource) or source, steps):
        if isinstance(node, bool):
            yield Value(_pointer(place), label, source, str(node).lower(), is_answer=True)
        elif isinstance(node, dict):
            yield Value(_pointer((*place, "value")), label, source, str(node["value"]), _text(node.get("unit")))
        else:
            yield Value(_pointer(place), label, source, str(node))


def _named_values(node: Any, label: str, steps: Steps) -> Iterator[tuple[str, Steps, Any]]:
    """Each value below a node, with the nearest name above it."""
    for step, below in _members(node):
        place = (*steps, step)
        if _is_quantity(step, below) or (step in _NUMBERS and _is_number(below)):
            yield _NAMED.get(str(step), label), place, below
        elif step == "valueBoolean" and isinstance(below, bool):
            yield label, place, below
        elif isinstance(below, (dict, list)):
            yield from _named_values(below, _label(below) or label, place)


def _members(node: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _label(node: Any) -> str:
    """What a resource, a component or an answer calls itself."""
    if not isinstance(node, dict):
        return ""
    if isinstance(node.get("linkId"), str):
        return _text(node.get("text")) or node["linkId"].replace("-", " ").capitalize()
    for member in ("code", "medicationCodeableConcept", "medication"):
        concept = node.get(member)
        if isinstance(concept, dict):
            codings = concept.get("coding")
            displays = [_text(each.get("display")) for each in codings or () if isinstance(each, dict)]
            return _text(concept.get("text")) or next(filter(None, displays), "")
    return ""


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _is_quantity(step: str | int, node: Any) -> bool:
    return step in _QUANTITIES and isinstance(node, dict) and _is_number(node.get("value"))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _number(text: str) -> int | Decimal | None:
    """A number as JSON can write it; a comma is taken for the point that it stands for."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return None
    return int(number) if number == number.to_integral_value() and "." not in str(number) else number


def _pointer(steps: Steps) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _write(document: Any, pointer: str, value: Any) -> None:
    """Put a value where `pointer`, which was made of this document, leads."""
    *above, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
    node = document
    for step in above:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
