"""The data types of FHIR, read: concepts, dates, references, extensions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from cds_service.fhir.terminology import NO_MEANING, Terminology
from cds_service.timing import When

_MASKED_LABELS = {"MASKED", "REDACTED", "masked"}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_MARKS = dict.fromkeys(map(ord, "™℠®©"), " ") | dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Trade marks, of which NFKC would make letters, and characters that nobody sees."""


LONGEST_NAME = 4000
"""Characters. Whoever sends more for a name is not naming anything, and must not hold up anybody."""


def plain_text(text: str) -> str:
    """Text in one form: compatibility characters folded (`Ⅰ` to `I`), dashes to `-`, white space to one blank, no
    trade marks."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_DASHES).split())


def name_text(text: str) -> str:
    """The words of a code in one form; of a name as long as a treatise only its beginning and its end."""
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME // 2]} {text[-LONGEST_NAME // 2 :]}"
    return plain_text(text)


def texts(concept: Any) -> tuple[str, ...]:
    """Everything a CodeableConcept says in words: its text, then the displays of its codings."""
    if concept is None:
        return ()
    said = (concept.text, *(coding.display for coding in concept.coding or ()))
    return tuple(dict.fromkeys([name_text(each) for each in said if each]))


def name_of(concept: Any) -> str:
    """The first words a CodeableConcept has for itself, else its first code, else nothing."""
    said = texts(concept)
    if said:
        return said[0]
    codes = [coding.code for coding in (concept.coding or () if concept else ()) if coding.code]
    return codes[0] if codes else ""


def meanings(terminology: Terminology, *concepts: Any) -> frozenset[str]:
    """The ids of the ValueSets that hold any coding of the concepts."""
    found = NO_MEANING
    for concept in concepts:
        for coding in (concept.coding or ()) if concept else ():
            found |= terminology.meanings(coding.system, coding.code)
    return found


def when(value: Any) -> When | None:
    """A FHIR date, dateTime or instant, at whatever precision it has."""
    if isinstance(value, datetime):
        return When.at(value)
    if isinstance(value, date):
        return When.on(value)
    if isinstance(value, str):
        return _partial(value)
    return None


def _partial(text: str) -> When | None:
    year, _, month = text.partition("-")
    try:
        return When.in_month(int(year), int(month)) if month else When.in_year(int(year))
    except ValueError:
        return None


def period(value: Any) -> When | None:
    """A FHIR Period; an end not given is open."""
    return When.between(when(value.start), when(value.end)) if value else None


def first_when(resource: Any, *elements: str) -> When | None:
    """The first of the named date or Period elements that is there."""
    stated = vars(resource)
    for element in elements:
        value = stated.get(element)
        if value is not None:
            return period(value) if hasattr(value, "start") else when(value)
    return None


def references(value: Any) -> Iterator[Any]:
    """A Reference or a list of them, as an iterator."""
    if isinstance(value, (list, tuple)):
        yield from (each for each in value if each is not None)
    elif value is not None:
        yield value


def is_masked(resource: Any) -> bool:
    """Whether a security label says that the content was masked."""
    labels = (resource.meta.security or ()) if resource.meta else ()
    return any(label.code in _MASKED_LABELS for label in labels)
