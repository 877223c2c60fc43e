"""How the donor that an Observation speaks of is related to the patient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.source import Source
from cds_service.fhir.elements import meanings, name_of, plain_text, references, texts
from cds_service.fhir.identity import Whose
from cds_service.fhir.resources import Unreadable

_OTHER = re.compile(
    r"\bhalf|\bstep|adopt|foster|in-?law|cousin|mother|father|parent|maternal|paternal|aunt|uncle|unrelated|registry|"
    r"\bmud\b|cord blood|haplo(?!typ)",
    re.IGNORECASE,
)
_IDENTICAL_TWIN = re.compile(r"identical twin|monozyg", re.IGNORECASE)
_NOT_IDENTICAL = re.compile(r"non-?identical|not identical|fraternal|dizyg", re.IGNORECASE)
_SEX = re.compile(r"brother|sister", re.IGNORECASE)
_SEX_OF_CODE = {"BRO": "brother", "SIS": "sister"}
_RELATION = re.compile(r"relation", re.IGNORECASE)
_CODED = ("full-sibling", "identical-twin", "sibling-not-said-which", "half-or-step-sibling", "blood-relative")


class Kind(Enum):
    """What a donor is to the patient, as far as it bears on the question."""

    FULL_SIBLING = auto()
    IDENTICAL_TWIN = auto()
    SIBLING = auto()
    """Full or half not said, or said in words only."""
    OTHER = auto()
    NOT_SAID = auto()


@dataclass(frozen=True, slots=True)
class Relation:
    """What is said of the donor: the kind, the words, the codes, and the RelatedPersons by reference."""

    kind: Kind = Kind.NOT_SAID
    words: str = ""
    codes: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    dangling: bool = False
    """Whether a RelatedPerson is referred to who is not here."""
    sexes: frozenset[str] = frozenset()
    """`brother`, `sister`, or both, as codes or words say."""

    def may_be_same_as(self, other: Relation) -> bool:
        """Whether both are one person: by reference where both have one, else by one and the same relationship."""
        if self.people and other.people:
            return bool(self.people & other.people)
        return bool(self.codes & other.codes)

    def is_surely_not(self, other: Relation) -> bool:
        """Whether one is a brother and the other a sister."""
        return bool(self.sexes and other.sexes) and not self.sexes & other.sexes

    @property
    def names_someone(self) -> bool:
        """Whether it tells one donor from another."""
        return bool(self.people or self.codes)


def relation_of(source: Source, model: Any, also_said: tuple[str, ...] = ()) -> Relation:
    """The relation as the Observation's focus, else its components, else its performers state it.

    `also_said`: other words of it, read for the relation where those three are silent.
    """
    for reader in (_in_focus, _in_components, _in_performers):
        found = list(reader(source, model))
        if found:
            return _relation(source, found, also_said)
    return Relation(_kind_in_words(also_said), sexes=_sexes((), also_said))


_Stated = tuple[str, Any]
"""A RelatedPerson's reference (empty for a component) and a relationship (a concept, words, or None)."""


def _relation(source: Source, found: list[_Stated], also_said: tuple[str, ...]) -> Relation:
    concepts = [concept for _, concept in found if concept is not None and not isinstance(concept, str)]
    said = [text for concept in concepts for text in texts(concept)]
    said += [concept for _, concept in found if isinstance(concept, str)]
    codes = {str(coding.code) for concept in concepts for coding in concept.coding or () if coding.code}
    words = ", ".join(
        dict.fromkeys([*filter(None, map(name_of, concepts)), *(c for _, c in found if isinstance(c, str))])
    )
    people = frozenset(reference for reference, _ in found if reference)
    kind = _kind(meanings(source.terminology, *concepts), tuple(said))
    if kind is Kind.NOT_SAID:
        kind = _kind_in_words(also_said)
    dangling = all(concept is None for _, concept in found)
    sexes = _sexes(codes, said) or _sexes((), also_said)
    return Relation(kind, words, frozenset(codes), people, dangling, sexes)


def _sexes(codes: Iterable[str], said: Iterable[str]) -> frozenset[str]:
    coded = {sex for code in codes for ending, sex in _SEX_OF_CODE.items() if code.endswith(ending)}
    return frozenset(coded | {match.group().lower() for text in said for match in _SEX.finditer(text)})


def _kind(coded: frozenset[str], said: tuple[str, ...]) -> Kind:
    in_words = _kind_in_words(said)
    if "identical-twin" in coded or in_words is Kind.IDENTICAL_TWIN:
        return Kind.IDENTICAL_TWIN
    if "half-or-step-sibling" in coded or in_words is Kind.OTHER:
        return Kind.OTHER
    if "full-sibling" in coded:
        return Kind.FULL_SIBLING
    if "sibling-not-said-which" in coded or in_words is Kind.SIBLING:
        return Kind.SIBLING
    return Kind.OTHER if coded or said else Kind.NOT_SAID


def _kind_in_words(said: tuple[str, ...]) -> Kind:
    if any(_IDENTICAL_TWIN.search(text) and not _NOT_IDENTICAL.search(text) for text in said):
        return Kind.IDENTICAL_TWIN
    if any(_OTHER.search(text) for text in said):
        return Kind.OTHER
    return Kind.SIBLING if phrases.names("sibling", said) else Kind.NOT_SAID


def _in_focus(source: Source, model: Any) -> Iterator[_Stated]:
    yield from _related(source, model, "focus")


def _in_performers(source: Source, model: Any) -> Iterator[_Stated]:
    yield from _related(source, model, "performer")


def _in_components(source: Source, model: Any) -> Iterator[_Stated]:
    for component in getattr(model, "component", None) or ():
        named = phrases.names("donor", texts(component.code)) or any(map(_RELATION.search, texts(component.code)))
        value = component.valueCodeableConcept
        if value is not None and (named or meanings(source.terminology, value) & set(_CODED)):
            yield "", value
        elif component.valueString and any(map(_RELATION.search, texts(component.code))):
            yield "", plain_text(component.valueString)


def _related(source: Source, model: Any, element: str) -> Iterator[_Stated]:
    for reference in references(getattr(model, element, None)):
        literal = (reference.reference or "").strip()
        if literal.startswith("#"):
            inside = [each for each in model.contained or () if each.id == literal[1:]]
            for person in inside:
                if person.get_resource_type() == "RelatedPerson":
                    yield from _of_person(f"{model.id}{literal}", person)
        elif _is_related_person(source, reference):
            yield from _at(source, reference, literal)


def _is_related_person(source: Source, reference: Any) -> bool:
    record = source.at(reference)
    return record.type == "RelatedPerson" if record else "RelatedPerson/" in (reference.reference or "")


def _at(source: Source, reference: Any, literal: str) -> Iterator[_Stated]:
    record = source.at(reference)
    if record is None:
        yield literal, None
        return
    try:
        person = record.read()
    except Unreadable:
        yield record.reference, None
        return
    mine = source.identity.owner(person.patient, record, person.contained) is Whose.PATIENT
    if mine and not person.modifierExtension:
        yield from _of_person(record.reference, person)
    else:
        yield record.reference, None


def _of_person(reference: str, person: Any) -> Iterator[_Stated]:
    for concept in person.relationship or (None,):
        yield reference, concept
