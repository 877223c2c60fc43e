"""What an Observation answers, put in words, so that yes, no and none are read in one way however they are coded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.fhir.elements import plain_text, texts

_YES = re.compile(r"yes|y|true|present|positive|confirmed", re.IGNORECASE)
_NO = re.compile(
    r"no|n|none|false|absent|negative|0|denie[sd]|unavailable|"
    r"(?:none|not|nobody) (?:available|found|identified|present)",
    re.IGNORECASE,
)


def answered_with(holder: Any) -> tuple[str, ...]:
    """The value of an Observation (or a component) in words; none where there is no value, or one that is no word."""
    members = vars(holder)
    boolean, integer = members.get("valueBoolean"), members.get("valueInteger")
    if boolean is not None:
        return ("yes" if boolean else "no",)
    if integer is not None:
        return (str(integer),)
    quantity = members.get("valueQuantity")
    if quantity is not None and quantity.value is not None:
        return (f"{quantity.comparator or ''}{quantity.value.normalize():f}",)
    string = members.get("valueString")
    return (*texts(members.get("valueCodeableConcept")), *((plain_text(string),) if string else ()))


def all_yes(values: Iterable[str]) -> bool:
    """Whether there is an answer, and it is nothing but yes."""
    return _all(_YES, values)


def all_no(values: Iterable[str]) -> bool:
    """Whether there is an answer, and it is nothing but no."""
    return _all(_NO, values)


def _all(pattern: re.Pattern[str], values: Iterable[str]) -> bool:
    said = [value.strip(" .") for value in values]
    return bool(said) and all(pattern.fullmatch(value) for value in said)
