"""How the donor that an Observation speaks of is related to the patient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto
from typing import Any, NamedTuple

from cds_service.chart import phrases
from cds_service.chart.observed import Observed
from cds_service.chart.source import Source
from cds_service.fhir.elements import is_masked, meanings, name_of, plain_text, references, texts
from cds_service.fhir.identity import Whose
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen

_OTHER = re.compile(
    r"\bhalf|\bstep|adopt|foster|in-?law|cousin|mother|father|parent|maternal|paternal|aunt|uncle|unrelated|registry|"
    r"\bmud\b|cord blood|haplo(?!typ)",
    re.IGNORECASE,
)
_IDENTICAL_TWIN = re.compile(
    r"identical twin|monozyg|syngen|\bmz\b|\btwin(?: brother| sister)?[ ,(:-]+identical\b(?! hla)", re.IGNORECASE
)
_NOT_IDENTICAL = re.compile(
    r"non-?identical|not identical|fraternal|dizyg|\bdz\b|\b(?:non|not)[- ]?(?:mz\b|monozyg|syngen)", re.IGNORECASE
)
_SEX = re.compile(r"brother|sister", re.IGNORECASE)
_SEX_OF_CODE = {"BRO": "brother", "SIS": "sister"}
_RELATION = re.compile(r"relation", re.IGNORECASE)
_RELATED_SOMEHOW = re.compile(r"\b(?:related|relative|family)\b", re.IGNORECASE)
_CODED = ("full-sibling", "identical-twin", "sibling-not-said-which", "half-or-step-sibling", "blood-relative")


class Kind(Enum):
    """What a donor is to the patient, as far as it bears on the question."""

    FULL_SIBLING = auto()
    IDENTICAL_TWIN = auto()
    SIBLING = auto()
    """Full or half not said, or said in words only."""
    OTHER = auto()
    SEVERAL = auto()
    """More than one is stated: of several people, or of one in two ways."""
    NOT_SAID = auto()


@frozen
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
    is_stated: bool = False
    """Whether it is stated of one donor, and not only in words beside."""
    is_inactive: bool = False
    """Whether a RelatedPerson is referred to whose record is not in use."""

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


class _Stated(NamedTuple):
    """What is said of one donor: the RelatedPerson's reference (empty for a component), and each relationship."""

    who: str
    relationships: tuple[Any, ...]
    """Concepts, or words; none where it cannot be told."""
    is_inactive: bool = False


def relation_of(seen: Observed, also_said: tuple[str, ...] = ()) -> Relation:
    """The relation as the Observation's focus and components state it, else those of the panel over it, else its
    performers.

    `also_said`: other words of it, read for the relation where those are silent.
    """
    stated = _each_once(one for way in seen.nearest(_in_focus_or_components) for one in way)
    if stated:
        return _relation(seen.source, stated, also_said)
    performing = list(_related(seen, "performer"))
    if performing:
        relation = _relation(seen.source, performing, also_said)
        # The mother who tells that there are no siblings is no donor.
        return replace(relation, is_stated=relation.kind is not Kind.OTHER)
    return Relation(_kind_in_words(also_said), sexes=_sexes((), also_said))


def _each_once(stated: Iterable[_Stated]) -> list[_Stated]:
    everything = list(stated)
    people = {each.who: each for each in everything if each.who}
    return [*people.values(), *(each for each in everything if not each.who)]


def _in_focus_or_components(seen: Observed) -> tuple[_Stated, ...]:
    return (*_related(seen, "focus"), *_in_components(seen))


def _relation(source: Source, stated: list[_Stated], also_said: tuple[str, ...]) -> Relation:
    relationships = [each for one in stated for each in one.relationships]
    said = [text for each in relationships for text in _words_of(each)]
    concepts = [each for each in relationships if not isinstance(each, str)]
    codes = {str(coding.code) for concept in concepts for coding in concept.coding or () if coding.code}
    words = dict.fromkeys(each if isinstance(each, str) else name_of(each) for each in relationships)
    kind, beside = _kind_of_all(source, stated), _kind_in_words(also_said)
    # A twin may be identical by the words of the result alone.
    if kind is Kind.NOT_SAID or (beside is Kind.IDENTICAL_TWIN and kind in (Kind.FULL_SIBLING, Kind.SIBLING)):
        kind = beside
    return Relation(
        kind,
        ", ".join(filter(None, words)),
        frozenset(codes),
        frozenset(each.who for each in stated if each.who),
        dangling=not relationships,
        sexes=_sexes(codes, said) or _sexes((), also_said),
        is_stated=True,
        is_inactive=any(each.is_inactive for each in stated),
    )


def _kind_of_all(source: Source, stated: list[_Stated]) -> Kind:
    """The one kind that is stated of one donor; several of which one only says more than the other are one."""
    people = {each.who for each in stated if each.who}
    kinds = {_kind_of(source, each) for each in stated if each.who or _kind_of(source, each) is not Kind.NOT_SAID}
    if len(people) < 2:
        kinds.discard(Kind.NOT_SAID)
        for more in (Kind.IDENTICAL_TWIN, Kind.FULL_SIBLING):
            if more in kinds and kinds <= {Kind.IDENTICAL_TWIN, Kind.FULL_SIBLING, Kind.SIBLING}:
                return more
    if len(kinds) > 1:
        return Kind.SEVERAL
    return kinds.pop() if kinds else Kind.NOT_SAID


def _kind_of(source: Source, stated: _Stated) -> Kind:
    concepts = [each for each in stated.relationships if not isinstance(each, str)]
    said = [text for each in stated.relationships for text in _words_of(each)]
    telling = (text for text in said if _says_kinship(text) or not _RELATED_SOMEHOW.search(text))
    return _kind(meanings(source.terminology, *concepts), tuple(telling))


def _says_kinship(text: str) -> bool:
    return _kind_in_words((text,)) is not Kind.NOT_SAID


def _words_of(relationship: Any) -> tuple[str, ...]:
    return (relationship,) if isinstance(relationship, str) else texts(relationship)


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


def _in_components(seen: Observed) -> Iterator[_Stated]:
    for component in getattr(seen.model, "component", None) or ():
        value = component.valueCodeableConcept or (plain_text(component.valueString) if component.valueString else None)
        if value is not None and _tells_relation(seen.source, component.code, value):
            yield _Stated("", (value,))


def _tells_relation(source: Source, code: Any, value: Any) -> bool:
    """Whether a component is on who the donor is: by its name, or by what it says."""
    if any(map(_RELATION.search, texts(code))):
        return True
    coded = frozenset() if isinstance(value, str) else meanings(source.terminology, value)
    in_words = phrases.names("donor", texts(code)) and any(map(_says_kinship, _words_of(value)))
    return bool(coded & set(_CODED)) or in_words


def _related(seen: Observed, element: str) -> Iterator[_Stated]:
    """The related persons whom a member refers to."""
    holder = seen.model if seen.container is None else seen.container
    for reference in references(getattr(seen.model, element, None)):
        literal = (reference.reference or "").strip()
        if literal.startswith("#"):
            inside = [each for each in holder.contained or () if each.id == literal[1:]]
            for person in inside:
                if person.get_resource_type() == "RelatedPerson":
                    yield _of_person(seen.source, f"{seen.record.reference}{literal}", person, seen.record, holder)
        elif _is_related_person(seen.source, reference):
            yield _at(seen.source, reference, literal)


def _is_related_person(source: Source, reference: Any) -> bool:
    record = source.at(reference)
    return record.type == "RelatedPerson" if record else "RelatedPerson/" in (reference.reference or "")


def _at(source: Source, reference: Any, literal: str) -> _Stated:
    record = source.at(reference)
    if record is None:
        return _Stated(literal, ())
    try:
        person = record.read()
    except Unreadable:
        return _Stated(record.reference, ())
    return _of_person(source, record.reference, person, record, person)


def _of_person(source: Source, who: str, person: Any, record: Record, holder: Any) -> _Stated:
    """What a RelatedPerson says; nothing where it is another patient's, masked, changed in meaning or not in use."""
    mine = source.identity.owner(person.patient, record, holder.contained) is Whose.PATIENT
    readable = mine and not person.modifierExtension and not is_masked(person)
    if readable and person.active is False:
        return _Stated(who, (), is_inactive=True)
    return _Stated(who, tuple(person.relationship or ()) if readable else ())
