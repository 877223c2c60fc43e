"""How significant a genetic result says a variant is, by code and by the exact terms of the classification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.chart.genes import components, said
from cds_service.chart.hedging import denied
from cds_service.fhir.elements import meanings, texts
from cds_service.fhir.terminology import Terminology

_SIGNIFICANCES = frozenset({"pathogenic", "likely-pathogenic", "uncertain-significance", "benign"})
_SIGNIFICANCE_TEXT = {
    "pathogenic": "pathogenic",
    "likely pathogenic": "likely-pathogenic",
    "uncertain significance": "uncertain-significance",
    "variant of uncertain significance": "uncertain-significance",
    "vus": "uncertain-significance",
    "likely benign": "benign",
    "benign": "benign",
}


def significance_of(terminology: Terminology, model: Any) -> set[str]:
    """What the clinical significance is said to be, by code and by words; several where they differ."""
    holders = components(terminology, model, "clinical-significance")
    if "clinical-significance" in meanings(terminology, model.code) and model.dataAbsentReason is None:
        holders.append(model)
    found: set[str] = set()
    for holder in holders:
        if denied(texts(holder.valueCodeableConcept)):
            found.add("significance-not-read")
        found |= classes_of(terminology, (holder.valueCodeableConcept,), said([holder])) or {"significance-not-read"}
    return found


def classes_of(terminology: Terminology, concepts: Iterable[Any], words: Iterable[str]) -> set[str]:
    """The significances that concepts name by their codes, and words by the exact terms."""
    named = {_SIGNIFICANCE_TEXT[text] for each in words if (text := each.lower()) in _SIGNIFICANCE_TEXT}
    return set(meanings(terminology, *concepts) & _SIGNIFICANCES) | named


def interpretations(model: Any) -> list[Any]:
    """The interpretations of an Observation and of its components."""
    return [concept for each in (model, *(model.component or ())) for concept in each.interpretation or ()]


def is_term(text: str) -> bool:
    """Whether a text is one of the terms, and no more."""
    return text.lower() in _SIGNIFICANCE_TEXT
