"""What codes and words say of a clinician: the specialties they name, or that the person is of another profession."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.chart.specialty_words import (
    kind_not_said,
    names_laboratory,
    names_organ,
    other_profession,
    specialties_in,
)
from cds_service.fhir.elements import meanings, texts
from cds_service.fhir.terminology import Terminology, normalised
from cds_service.frozen import frozen

TRANSPLANT = "transplant-specialist"
ONCOLOGIST = "oncologist"
SECOND = ("haematologist", ONCOLOGIST, "immunologist", "infectious-disease-specialist")
ORGAN_NOT_SAID, OTHER_ONCOLOGIST = "transplant-surgery", "oncologist-other-kind"
TRANSPLANT_NOT_SAID = "paediatric-haematology-oncology"
SPECIALTIES = frozenset({TRANSPLANT, *SECOND, ORGAN_NOT_SAID, OTHER_ONCOLOGIST, TRANSPLANT_NOT_SAID})
_WORDS_DO_NOT_COUNT = {"not-the-specialist", "nursing-pharmacy-technical"}

_NUCC = "http://nucc.org/provider-taxonomy"
_NUCC_OTHER_PROFESSIONS = ("10", "11", "12", "13", "15", "16", "18", "22", "23", "24", "36", "37", "39")
"""How the taxonomy begins its codes of nurses, pharmacists, therapists and the like; physicians' begin with 20."""


@frozen
class Said:
    """What one resource says of one clinician.

    `physician` is False where it names a nurse, coordinator, technologist or pharmacist: such a person is never the
    specialist, whatever else is said. `current` is False where it no longer, or not yet, holds. `any_oncologist` is
    True where an oncologist is named by words alone that leave open of which kind: they may mean the radiologist whom
    another resource tells of.
    """

    source: str
    specialties: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    physician: bool = True
    current: bool = True
    any_oncologist: bool = False


def said_by(terminology: Terminology, concepts: Iterable[Any], source: str, *, current: bool = True) -> Said:
    """What concepts, all about one clinician, say together."""
    known = [concept for concept in concepts if concept is not None]
    words = tuple(dict.fromkeys(text for concept in known for text in texts(concept)[:1]))
    if any(_names_other_profession(terminology, concept) for concept in known):
        return Said(source, words=words, physician=False, current=current)
    if any(_names_laboratory(terminology, concept) for concept in known):
        return Said(source, words=words, current=current)
    specialties = frozenset[str]().union(*(specialties_of(terminology, concept) for concept in known))
    any_oncologist = ONCOLOGIST in specialties and all(_leaves_kind_open(terminology, each) for each in known)
    return Said(source, specialties, words, current=current, any_oncologist=any_oncologist)


def specialties_of(terminology: Terminology, concept: Any) -> frozenset[str]:
    """The specialties that one concept names: by its codes, and by its words unless a code forbids."""
    codes = meanings(terminology, concept)
    found = codes & SPECIALTIES
    if not codes & _WORDS_DO_NOT_COUNT:
        named = frozenset[str]().union(*(specialties_in(text) for text in texts(concept)))
        # The code tells of which kind the words "Oncology" or "Oncologist" beside it are.
        found |= named - {ONCOLOGIST} if OTHER_ONCOLOGIST in codes else named
    if names_organ(texts(concept)):
        found -= {ORGAN_NOT_SAID}
    return found


def _leaves_kind_open(terminology: Terminology, concept: Any) -> bool:
    """Whether a concept does not tell that an oncologist, if it names one, is of a kind that is asked for."""
    if ONCOLOGIST in meanings(terminology, concept):
        return False
    return all(kind_not_said(text) for text in texts(concept) if ONCOLOGIST in specialties_in(text))


def _names_other_profession(terminology: Terminology, concept: Any) -> bool:
    if "nursing-pharmacy-technical" in meanings(terminology, concept):
        return True
    codes = [normalised(coding.system, coding.code) for coding in concept.coding or () if coding.code]
    if any(system == _NUCC and code.startswith(_NUCC_OTHER_PROFESSIONS) for system, code in codes):
        return True
    # Lists of roles and degrees have words for codes: `nurse`, `RN`, `FNP-BC`.
    in_letters = [code for _, code in codes if not any(map(str.isdigit, code))]
    return any(other_profession(text) for text in (*texts(concept), *in_letters))


def _names_laboratory(terminology: Terminology, concept: Any) -> bool:
    coded = meanings(terminology, concept) & SPECIALTIES
    return not coded and any(names_laboratory(text) for text in texts(concept))
