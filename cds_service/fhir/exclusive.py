"""Which ValueSets exclude each other: a code is in one of them alone, or it would undo what it means in the other.

A site that adds CD18's code to those of CD11a leaves no result of either; a code that is pathogenic cannot be benign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.fhir.terminology import Terminology, normalised, prefix_of

_SPECIALTIES = (
    "transplant-specialist",
    "haematologist",
    "oncologist",
    "immunologist",
    "infectious-disease-specialist",
)
EXCLUSIVE: tuple[tuple[str, ...], ...] = (
    ("lad1", "lad-type-not-said", "lad-too-broad", "lad-other-type"),
    ("lad-other-type", "reason-no-other-disease"),
    ("cd18", "cd11a", "cd11b", "flow-wrong-specimen", "flow-cytometry-panel"),
    ("genetic-variant", "diagnostic-implication", "genotype", "allelic-phase", "clinical-significance"),
    ("gene-studied", "dna-change", "protein-change", "allelic-state", "clinical-significance", "genomic-source-class"),
    ("pathogenic", "likely-pathogenic", "uncertain-significance", "benign"),
    ("germline", "somatic"),
    ("homozygous", "heterozygous"),
    ("delayed-cord-separation", "omphalitis", "skin-inflammation", "mucosal-inflammation", "slow-wound-healing"),
    ("infection-tier-a", "infection-tier-b", "infection-never"),
    ("full-sibling", "half-or-step-sibling", "identical-twin", "sibling-not-said-which"),
    *((other, each) for other in ("not-the-specialist", "nursing-pharmacy-technical") for each in _SPECIALTIES),
    ("transplant-specialist", "transplant-surgery"),
    ("transplant-specialist", "paediatric-haematology-oncology"),
    ("oncologist", "oncologist-other-kind"),
    ("kresladi", "unclassified-biologic", "conditioning-agent", "busulfan-oral", "g-csf", "plerixafor"),
    ("hospital-stay", "emergency-visit"),
    ("payer-commercial", "payer-medicaid", "payer-outside-policy"),
)


def excluded_by(id_: str) -> frozenset[str]:
    """The ids of the ValueSets that exclude the one."""
    return frozenset(other for group in EXCLUSIVE if id_ in group for other in group) - {id_}


class Taken:
    """What codes mean already: ours, and those of the files that were looked at before."""

    def __init__(self, value_sets: Iterable[dict[str, Any]]) -> None:
        self._value_sets = tuple(value_sets)
        self._terminology = Terminology(self._value_sets)

    def add(self, value_set: dict[str, Any]) -> None:
        """Take in a further ValueSet."""
        self._value_sets = (*self._value_sets, value_set)
        self._terminology = Terminology(self._value_sets)

    def clashes(self, id_: str, include: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """The codes and filters of one part of a ValueSet that are in others that exclude it, with the others' ids."""
        system, excluded = include["system"], excluded_by(id_)
        means = [
            (each["code"], self._terminology.meanings(system, each["code"])) for each in include.get("concept", ())
        ]
        means += [(each["value"], self._meanings_below(system, prefix_of(each))) for each in include.get("filter", ())]
        for code, found in means:
            if found & excluded:
                yield code, sorted(found & excluded)

    def _meanings_below(self, system: str, prefix: str) -> frozenset[str]:
        """The ids of the ValueSets that hold the prefix, or a code or prefix that begins with it."""
        below = (code for value_set in self._value_sets for code in _codes_in(value_set, normalised(system, "").system))
        probes = (prefix, *(code for code in below if code.startswith(prefix)))
        return frozenset().union(*(self._terminology.meanings(system, each) for each in probes))


def _codes_in(value_set: dict[str, Any], system: str) -> Iterator[str]:
    """The codes, and the prefixes, that a ValueSet has of a system."""
    for include in value_set["compose"]["include"]:
        if normalised(include["system"], "").system == system:
            yield from (normalised(system, concept["code"]).code for concept in include.get("concept", ()))
            yield from map(prefix_of, include.get("filter", ()))
