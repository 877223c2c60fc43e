"""What plain dicts of FHIR hold, whatever the rest of them: objects, words, codes, the Medication they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.chart.bedside.said import lines
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Records
from cds_service.fhir.resources import Unreadable
from cds_service.fhir.terminology import NO_MEANING, Terminology


def dicts(value: Any) -> tuple[dict[str, Any], ...]:
    """Those of a list (or the one value) that are objects."""
    listed = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(each for each in listed if isinstance(each, dict))


def text_of(value: Any) -> str | None:
    """A text that holds something; None for anything else."""
    return value.strip() or None if isinstance(value, str) else None


def words_of(*concepts: Any) -> tuple[str, ...]:
    """What CodeableConcepts, or lists of them, say in words."""
    held = [each for concept in concepts for each in dicts(concept)]
    return folded(
        said
        for concept in held
        for said in (concept.get("text"), *(each.get("display") for each in dicts(concept.get("coding"))))
    )


def folded(said: Iterable[Any]) -> tuple[str, ...]:
    """Those of the values that are texts, line by line, each once."""
    return tuple(dict.fromkeys(line for text in said if isinstance(text, str) for line in lines(text)))


def meanings_of(terminology: Terminology, concepts: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The ids of the ValueSets that hold a code of the concepts."""
    codings = [each for concept in concepts for each in dicts(concept.get("coding"))]
    return NO_MEANING.union(
        *(terminology.meanings(text_of(each.get("system")), text_of(each.get("code"))) for each in codings)
    )


def medication_at(records: Records, literal: Any, holder: dict[str, Any]) -> dict[str, Any] | None:
    """The Medication that a literal reference in a resource leads to, contained in it or sent; None where none is."""
    literal = text_of(literal)
    if literal is None:
        return None
    if literal.startswith("#"):
        return next((each for each in dicts(holder.get("contained")) if each.get("id") == literal[1:]), None)
    _, kind, id_ = split_literal(literal)
    record = records.at(literal) or records.at(f"{kind}/{id_}")
    try:
        return record.plain() if record is not None and record.type == "Medication" else None
    except Unreadable:
        return None


def concepts_of(medication: dict[str, Any] | None) -> tuple[dict[str, Any], ...]:
    """The concepts that say what a Medication is: its code and its ingredients."""
    held = medication or {}
    return dicts([held.get("code"), *(each.get("itemCodeableConcept") for each in dicts(held.get("ingredient")))])
