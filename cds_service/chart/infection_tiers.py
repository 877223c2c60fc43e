"""The tiers of infections: what counts by its code, what needs corroboration, what never counts or has no code."""

from __future__ import annotations

import re
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.hedging import illness_hedged
from cds_service.chart.infection_course import own_name
from cds_service.chart.source import Source
from cds_service.fhir.elements import texts
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.remembered import remembered

TIER_A, TIER_B, NEVER = "infection-tier-a", "infection-tier-b", "infection-never"
TIERS = (TIER_A, TIER_B, NEVER)
_ORGANISM_OR_RESISTANCE = ("B95", "B96", "Z16")
"""ICD-10-CM codes that only add to another one: alone they never count, beside one they take nothing back."""

_VIRAL = re.compile(r"viral|virus|influenza|\bflu\b|herpes|covid|\brsv\b|common cold|upper respiratory", re.IGNORECASE)


_FIRST_WORD = re.compile(r"\S+(?: (?:out|for|of)\b)?", re.IGNORECASE)
_NOT_ILL = re.compile(r"prophyla|coloni[sz]|vaccin|immuni[sz]ation|exposure to|contact with|\bcarriage", re.IGNORECASE)
"""Words that tell of keeping an infection away, or of a germ without illness."""


def tier_of(source: Source, concept: Any) -> str | None:
    """The tier of a concept by its codes; the ones that never count prevail."""
    of_codes = [
        (normalised(coding.system, coding.code), source.terminology.meanings(coding.system, coding.code))
        for coding in (concept.coding or () if concept else ())
        if coding.code
    ]
    main = [means for code, means in of_codes if not code.code.startswith(_ORGANISM_OR_RESISTANCE)]
    found: frozenset[str] = frozenset().union(*(main or [means for _, means in of_codes]))
    return next((tier for tier in (NEVER, TIER_A, TIER_B) if tier in found), None)


def only_words_name_one(concept: Any) -> bool:
    """Whether only words, or a code that is not known here, name an infection that may be bacterial or fungal."""
    if any(normalised(coding.system, "").system == ICD10CM for coding in (concept.coding or () if concept else ())):
        return False
    said = texts(concept)
    return phrases.plainly_named("infection", said) and not any(_VIRAL.search(text) for text in said)


def ruled_out(concept: Any) -> bool:
    """Whether the words beside a code deny or doubt the infection, or give it to somebody else."""
    return _take_back(texts(concept))


@remembered
def _take_back(said: tuple[str, ...]) -> bool:
    return any(map(_NOT_ILL.search, said)) or any(map(_is_hedged, said))


def _is_hedged(text: str) -> bool:
    """Whether a text doubts the infection that it names, or, where it names none, begins or ends with a doubt."""
    name = own_name(text)
    if name is not None:
        return illness_hedged(text, *name.span())
    begins = _FIRST_WORD.match(text)
    return illness_hedged(text, 0, 0) or (begins is not None and illness_hedged(begins[0], begins.end(), begins.end()))


def kinds_of(concept: Any) -> frozenset[str]:
    """Keys of what an infection is (ICD-10-CM category, SNOMED CT code), by which two episodes are of one kind."""
    codes = [normalised(coding.system, coding.code) for coding in concept.coding or () if coding.code]
    return frozenset(f"{code.system}|{code.code[:3] if 'icd' in code.system else code.code}" for code in codes)
