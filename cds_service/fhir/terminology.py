"""FHIR ValueSets, held so that one look tells which of them a code belongs to.

A ValueSet here composes codes (`concept`) and ICD-10-CM or SOPT prefixes (`filter` on `code`, `regex`, a literal
prefix followed by `.*`), less its `exclude`. Codes are compared normalised: ICD-10-CM in capitals without dot, NDC
in its 11 digits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import msgspec

from cds_service.errors import TerminologyError
from cds_service.remembered import KEPT, LONGEST

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NDC = "http://hl7.org/fhir/sid/ndc"
SNOMED = "http://snomed.info/sct"
UNII = "http://fdasis.nlm.nih.gov"

# HL7's registry of object identifiers gives these for the systems that have a URI of their own.
_SYSTEM_OF_OID = {
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": "http://loinc.org",
    "urn:oid:2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "urn:oid:2.16.840.1.113883.6.69": NDC,
    "urn:oid:2.16.840.1.113883.4.9": UNII,
    "urn:oid:2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "urn:oid:2.16.840.1.113883.6.101": "http://nucc.org/provider-taxonomy",
    "urn:oid:2.16.840.1.113883.6.4": ICD10PCS,
    "urn:oid:2.16.840.1.113883.5.111": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
    "urn:oid:2.16.840.1.113883.5.4": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
}
_NDC_SEGMENTS = (5, 4, 2)
_WRITTEN_NDC = re.compile(r"\d{5}-\d{3,4}-\d{2}|\d{11}")
"""A package's number, which is known for what it is under any system, or none."""
_PREFIX = re.compile(r"[A-Z0-9]+\.\*")

NO_MEANING: frozenset[str] = frozenset()


class Code(NamedTuple):
    """A code in its system, both normalised."""

    system: str
    code: str


def normalised(system: str | None, code: str) -> Code:
    """One written form for every way of writing a code: dots, case, fillers, NDC segments, OIDs, stray blanks."""
    system = (system or "").strip().rstrip("/").replace("https://", "http://", 1)
    system = _SYSTEM_OF_OID.get(system, system)
    code = code.strip()
    if system == ICD10CM:
        # X fills places before a seventh character: at the end it says nothing.
        code = code.replace(".", "").upper().rstrip("X")
    elif system == ICD10PCS:
        code = code.replace(".", "").upper()
    elif system == UNII:
        code = code.upper()
    elif system == NDC:
        code = _ndc(code)
    return Code(system, code)


def _ndc(code: str) -> str:
    """The 11 digits of the 5-4-2 form; 9 where only labeller and product are written."""
    segments = re.split(r"[-*\s]+", code)
    if len(segments) > 1 and all(segment.isdigit() for segment in segments):
        return "".join(s.zfill(n) for s, n in zip(segments, _NDC_SEGMENTS, strict=False))
    return code


@dataclass(slots=True)
class _Rules:
    """What all ValueSets say of one system: by code, and by prefix, the ids of those that hold it."""

    by_code: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_prefix: list[tuple[str, str]] = field(default_factory=list)

    def holding(self, code: str) -> set[str]:
        by_prefix = {name for prefix, name in self.by_prefix if code.startswith(prefix)}
        return by_prefix | self.by_code.get(code, set())


class Terminology:
    """All ValueSets together. Immutable once built, apart from the codes that were looked up last."""

    def __init__(self, value_sets: Iterable[dict[str, Any]]) -> None:
        self._includes: dict[str, _Rules] = defaultdict(_Rules)
        self._excludes: dict[str, _Rules] = defaultdict(_Rules)
        self._kept = lru_cache(maxsize=KEPT)(self._look_up)
        for value_set in value_sets:
            self._add(value_set)

    def meanings(self, system: str | None, code: str | None) -> frozenset[str]:
        """The ids of the ValueSets that hold the code."""
        if not code:
            return NO_MEANING
        key = normalised(system, code)
        return self._kept(key) if len(key.system) + len(key.code) <= LONGEST else self._look_up(key)

    def _look_up(self, key: Code) -> frozenset[str]:
        if key.system not in self._includes:
            is_ndc = key.system != NDC and _WRITTEN_NDC.fullmatch(key.code)
            return self.meanings(NDC, key.code) if is_ndc else NO_MEANING
        found = frozenset(self._includes[key.system].holding(key.code))
        excluding = self._excludes.get(key.system) if found else None
        return found - excluding.holding(key.code) if excluding else found

    def _add(self, value_set: dict[str, Any]) -> None:
        name, compose = value_set["id"], value_set["compose"]
        for part, rules in (("include", self._includes), ("exclude", self._excludes)):
            for component in compose.get(part, ()):
                system = normalised(component["system"], "").system
                self._extend(rules[system], name, system, component)

    @staticmethod
    def _extend(rules: _Rules, name: str, system: str, component: dict[str, Any]) -> None:
        for concept in component.get("concept", ()):
            rules.by_code[normalised(system, concept["code"]).code].add(name)
        rules.by_prefix += [(prefix_of(rule), name) for rule in component.get("filter", ())]


def prefix_of(rule: dict[str, Any]) -> str:
    """The literal prefix of a `filter`. Raises TerminologyError for any other kind of filter."""
    value = str(rule.get("value", ""))
    if rule.get("property") != "code" or rule.get("op") != "regex" or not _PREFIX.fullmatch(value):
        raise TerminologyError("a filter has to be a regex on `code`: a literal prefix followed by `.*`")
    return value.removesuffix(".*")


def packaged_value_sets() -> list[dict[str, Any]]:
    """The ValueSets that come with the package, as parsed JSON."""
    folder = resources.files("cds_service") / "terminology"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    return [msgspec.json.decode(file.read_bytes()) for file in files]
