"""Resources as systems send them, made what FHIR asks for before they are validated: without nulls, empties, blanks
around what is said and dates that are none, and in R4's shape where another version's is known.

Their concepts and references are validated on the way, each once. The same few statuses, kinds and codes stand in
charts without number, and nothing of a patient in them: they are kept. The same few patients, visits and clinicians
stand in all resources of one chart: they are kept as long as it is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
from fhir.resources.R4B.codeableconcept import CodeableConcept
from fhir.resources.R4B.reference import Reference

from cds_service.exact_json import plain
from cds_service.remembered import remembered

INVALID = (KeyError, TypeError, ValueError, RecursionError, AttributeError, OverflowError, ArithmeticError)
"""What the models of `fhir.resources` raise for what is not FHIR; a ValidationError is a ValueError."""

Known = dict[bytes, Any]
"""The References of one chart as they were written, and as models; None where one is none."""

_LARGEST_EXPONENT = 18
"""Powers of ten either way beyond which a number is no measurement, and arithmetic with it no longer safe."""

_NO_DATE = re.compile(r"(?:0001-01-0[1-3]|9999-12-(?:29|3[01]))(?:T.*)?")
"""The first and the last days of the calendar, with which systems fill a date that they do not have."""

_encoder = msgspec.json.Encoder(decimal_format="number")


def tidied(members: dict[str, Any], known: Known | None) -> dict[str, Any]:
    """The members of a resource, tidied; the References that it adds to the chart's are put to the known ones.

    Where none may be known, nothing is validated on the way.

    Raises ArithmeticError at a number out of any range, and RecursionError where they are nested without end.
    """
    return _members(members | _in_the_shape_of_r4(members) | _labels_alone(members) | _words_of_ranges(members), known)


def _members(members: dict[str, Any], known: Known | None) -> dict[str, Any]:
    return {name: kept for name, value in members.items() if (kept := _value(value, known)) is not None}


def _value(value: Any, known: Known | None) -> Any:
    """The value; None where nothing is left of it."""
    if isinstance(value, str):
        said = value.strip()
        return None if not said or _is_no_date(said) else said
    if isinstance(value, dict):
        return _model(value, known) or _members(value, known) or None
    if isinstance(value, list):
        return [kept for each in value if (kept := _value(each, known)) is not None] or None
    if isinstance(value, (int, Decimal)) and abs(Decimal(value).adjusted()) > _LARGEST_EXPONENT:
        raise ArithmeticError
    return value


def _model(value: dict[str, Any], known: Known | None) -> Any:
    """The model of a CodeableConcept or a Reference, which nobody changes; None of anything else, and of one that is
    wrong, for the validation of the resource to say so."""
    if known is None:
        return None
    if "coding" in value:
        return _concept(_encoder.encode(value))
    if "reference" not in value:
        return None
    raw = _encoder.encode(value)
    if raw not in known:
        known[raw] = _validated(Reference, value)
    return known[raw]


@remembered
def _concept(raw: bytes) -> Any:
    return _validated(CodeableConcept, plain(raw))


def _validated(kind: type[CodeableConcept | Reference], value: dict[str, Any]) -> Any:
    try:
        members = _members(value, {})
        return kind(**members) if members else None
    except INVALID:
        return None


def _is_no_date(text: str) -> bool:
    return text.startswith(("0001-", "9999-")) and _NO_DATE.fullmatch(text) is not None


def _in_the_shape_of_r4(members: dict[str, Any]) -> dict[str, Any]:
    """Members that other versions of FHIR, or careless senders, write in another shape."""
    if members["resourceType"] == "Encounter" and isinstance(members.get("class"), list):
        return {"class": _first_coding(members["class"])}
    if members["resourceType"] == "PractitionerRole":
        return {name: [members[name]] for name in ("code", "specialty") if isinstance(members.get(name), dict)}
    return {}


def _first_coding(classes: list[Any]) -> Any:
    first = classes[0] if classes and isinstance(classes[0], dict) else {}
    codings = first.get("coding")
    return codings[0] if isinstance(codings, list) and codings else first


def _labels_alone(members: dict[str, Any]) -> dict[str, Any]:
    """Of `meta` only the security labels: nothing else of it is read."""
    meta = members.get("meta")
    return {"meta": {"security": meta.get("security")}} if isinstance(meta, dict) else {}


def _words_of_ranges(members: dict[str, Any]) -> dict[str, Any]:
    """Of a reference range only its words are read ("of normal control"); its numbers come in every shape."""
    ranges = members.get("referenceRange")
    listed = ranges if isinstance(ranges, list) else [ranges]
    words = [{"text": each["text"]} for each in listed if isinstance(each, dict) and isinstance(each.get("text"), str)]
    return {"referenceRange": words} if ranges is not None else {}
