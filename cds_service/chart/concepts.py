"""What concepts mean, while they are still bytes: the ValueSets that hold their codes, the phrases that they name.

A meaning is the id of a ValueSet, or `~` and the name of a phrase.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from operator import attrgetter

import msgspec

from cds_service.chart import phrases
from cds_service.chart.withheld import tells
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import name_text
from cds_service.fhir.headers import Header
from cds_service.fhir.records import Record, Records
from cds_service.fhir.terminology import NO_MEANING, Terminology
from cds_service.remembered import KEPT, LONGEST

ILLEGIBLE = frozenset({"?"})
"""The meaning of a concept that cannot be read."""
UNTOLD = "-"
"""The meaning of a concept that is left out, empty, or says no more than that it is withheld."""
TELLS_NOTHING = ILLEGIBLE | {UNTOLD}
CONCEPT_OF = {
    "Observation": "code",
    "Condition": "code",
    "Procedure": "code",
    "DiagnosticReport": "code",
    "ServiceRequest": "code",
    "DocumentReference": "type",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "Medication": "code",
    "Immunization": "vaccineCode",
}
"""Per type, the member that says what a resource is about."""


class _Coding(msgspec.Struct):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(msgspec.Struct):
    """A CodeableConcept that was only taken apart."""

    coding: list[_Coding] | None = None
    text: str | None = None


class _Component(msgspec.Struct):
    code: msgspec.Raw


_concept = msgspec.json.Decoder(Concept)
_concepts = msgspec.json.Decoder(list[msgspec.Raw])
_components = msgspec.json.Decoder(list[_Component])
_coding = msgspec.json.Decoder(_Coding)


def taken_apart(raw: bytes | msgspec.Raw) -> Concept:
    """A CodeableConcept, still bytes, in its parts. Raises one of `UNREADABLE`."""
    return _concept.decode(raw)


class Concepts:
    """The meanings of concepts under one terminology."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology
        self._kept = lru_cache(maxsize=KEPT)(self._read)
        self._kept_lists = lru_cache(maxsize=KEPT)(self._read_list)

    def means(self, raw: msgspec.Raw) -> frozenset[str]:
        """The meanings of a CodeableConcept."""
        return self._means(bytes(raw))

    def each_means(self, raw: msgspec.Raw) -> frozenset[str]:
        """The meanings of all the CodeableConcepts in a list; none where nothing stands there."""
        concepts = bytes(raw)
        return self._kept_lists(concepts) if len(concepts) <= LONGEST else self._read_list(concepts)

    def of_coding(self, raw: msgspec.Raw) -> frozenset[str]:
        """The meanings of a Coding (an Encounter's class)."""
        try:
            coding = _coding.decode(raw)
        except UNREADABLE:
            return ILLEGIBLE if len(raw) else NO_MEANING
        return self._terminology.meanings(coding.system, coding.code)

    def of(self, record: Record) -> frozenset[str]:
        """The meanings of what a resource is about, of its components, and of what was used in it."""
        header = record.header
        return self.means(getattr(header, CONCEPT_OF.get(record.type, "code"))) | self._of_parts(header)

    def index(self, records: Records) -> dict[tuple[str, str], list[Record]]:
        """The resources by their type and each of their meanings.

        A chart has hundreds of results with the same few codes: each is looked up once.
        """
        found: dict[tuple[str, str], list[Record]] = defaultdict(list)
        known: dict[bytes, frozenset[str]] = {}
        for kind, member in CONCEPT_OF.items():
            concept_in = attrgetter(member)
            for record in records.of(kind):
                header = record.header
                concept = bytes(concept_in(header))
                meanings = known.get(concept)
                if meanings is None:
                    meanings = known[concept] = self._means(concept)
                if header.component is not EMPTY or header.usedCode is not EMPTY:
                    meanings |= self._of_parts(header)
                for meaning in meanings:
                    found[kind, meaning].append(record)
        return found

    def _means(self, concept: bytes) -> frozenset[str]:
        return self._kept(concept) if len(concept) <= LONGEST else self._read(concept)

    def _of_parts(self, header: Header) -> frozenset[str]:
        """The meanings of components and of what was used; a part that tells nothing leaves what tells."""
        return (self._of_components(header.component) | self.each_means(header.usedCode)) - {UNTOLD}

    def _of_components(self, raw: msgspec.Raw) -> frozenset[str]:
        if not len(raw):
            return NO_MEANING
        try:
            return NO_MEANING.union(*(self.means(each.code) for each in _components.decode(raw)))
        except UNREADABLE:
            return ILLEGIBLE

    def _read_list(self, raw: bytes) -> frozenset[str]:
        try:
            return NO_MEANING.union(*map(self.means, _concepts.decode(raw))) if raw else NO_MEANING
        except UNREADABLE:
            return ILLEGIBLE

    def _read(self, raw: bytes) -> frozenset[str]:
        if not raw:
            return frozenset({UNTOLD})
        try:
            return self._meanings_in(taken_apart(raw))
        except UNREADABLE:
            return ILLEGIBLE

    def _meanings_in(self, concept: Concept) -> frozenset[str]:
        codings = concept.coding or ()
        found: set[str] = set()
        for coding in codings:
            found |= self._terminology.meanings(coding.system, coding.code)
        said = dict.fromkeys(text for text in (concept.text, *(c.display for c in codings)) if text)
        found.update(f"~{tag}" for tag in phrases.named_in(map(name_text, said)))
        return frozenset(found if tells(concept) else {*found, UNTOLD})


@lru_cache(maxsize=4)
def concepts_under(terminology: Terminology) -> Concepts:
    """The same Concepts for every call that is answered under a terminology."""
    return Concepts(terminology)
