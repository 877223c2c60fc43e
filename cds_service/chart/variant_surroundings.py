"""What stands beside a variant in the chart (names, notes, conclusions, interpretations) and may take it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.chart.observed import Observed
from cds_service.chart.variant_significance import classes_of, interpretations, is_term
from cds_service.chart.variant_words import classified_now, not_plainly_patients
from cds_service.fhir.elements import plain_text, texts
from cds_service.fhir.terminology import Terminology

_NEGATIVE = {"negative", "not detected", "absent", "not present"}
_NEGATIVE_CODES = {"NEG", "ND"}
"""Of the interpretations of HL7."""


def own_names(seen: Observed) -> tuple[str, ...]:
    """What a result or report itself is called."""
    return texts(seen.model.code) if seen.model is not None else ()


def names_of(seen: Observed) -> tuple[str, ...]:
    """What a result, its specimen and what is over it are called."""
    return (*(name for each in (seen, *seen.panels) for name in own_names(each)), *seen.specimen_texts)


def undone_by(
    terminology: Terminology, told_by: list[Observed], change: str, significance: set[str] | None
) -> tuple[str, set[str]]:
    """The words by which a variant is not plainly the patient's, or is now something else than it is coded as,
    empty where there are none; and the classes that they give it.

    `told_by`: the Observations that speak of it. `significance`: as it is coded; None where it is not coded as present.
    """
    over = [panel.model for each in told_by for panel in each.panels if panel.model is not None]
    own = [each.model for each in told_by]
    notes = [note for model in (*own, *over) for note in _notes(model)]
    doubtful = not_plainly_patients((name for each in told_by for name in names_of(each)), notes)
    if doubtful or significance is None:
        return doubtful or "", set()
    prose = (*notes, *_negatives(own), *_comments(own), *(said for model in over for said in _concluded(model)))
    differing = {said: now for now, said in classified_now(prose, change) if _differs(significance, now)}
    words = next(iter(differing), "") or _concluded_by_code(terminology, significance, over)
    return words, set(differing.values()) - {"absent"}


def _differs(significance: set[str], now: str) -> bool:
    """Whether it is something else now than it was coded as; a benign one may be called absent."""
    return now not in significance and not (now == "absent" and significance == {"benign"})


def _notes(model: Any) -> Iterator[str]:
    yield from (plain_text(note.text) for note in getattr(model, "note", None) or () if note.text)


def _negatives(models: Iterable[Any]) -> Iterator[str]:
    """Interpretations that say it is not there."""
    concepts = [concept for model in models for concept in interpretations(model)]
    yield from (text for concept in concepts for text in texts(concept) if text.lower() in _NEGATIVE)
    yield from ("negative" for each in concepts for coding in each.coding or () if coding.code in _NEGATIVE_CODES)


def _comments(models: Iterable[Any]) -> Iterator[str]:
    """Components in prose. A bare term may be another scale's, a prediction's or a database's."""
    parts = (part for model in models for part in model.component or () if part.valueString)
    yield from (said for part in parts if not is_term(said := plain_text(part.valueString)))


def _concluded(report: Any) -> Iterator[str]:
    if getattr(report, "conclusion", None):
        yield plain_text(report.conclusion)


def _concluded_by_code(terminology: Terminology, significance: set[str], over: Iterable[Any]) -> str:
    """What a report concludes by code, where that is nothing the variant is coded as."""
    for report in over:
        codes = getattr(report, "conclusionCode", None) or ()
        classes = classes_of(terminology, codes, (text for code in codes for text in texts(code)))
        if classes and not classes & significance:
            return ", ".join(sorted(classes))
    return ""
