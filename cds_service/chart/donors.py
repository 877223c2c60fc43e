"""Whether an HLA-matched sibling donor is available: statements, matches, and which of them is newer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.answers import SIBLING_DONOR, Answers
from cds_service.chart.family import affected_siblings
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, meanings, name_of, plain_text, references, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Answer, Evidence, Remedy
from cds_service.timing import When
from cds_service.wording import reasons, shown

TYPES = ("QuestionnaireResponse", "Observation")
REMEDY = Remedy.SIBLING_HLA_TYPING
FINAL = ("final", "amended", "corrected")
LOCI = frozenset({6, 8, 10, 12})

_COUNT = re.compile(r"\b(\d{1,2})\s*(?:/|of|out of|:)\s*(\d{1,2})\b", re.IGNORECASE)
_NOT_MATCHED = re.compile(
    r"mis-?match|not (?:an? )?(?:hla[- ])?match|non-?match|no match|un-?match|haplo|half|partial|antigen mismatch|unrelated|\bmud\b",
    re.IGNORECASE,
)
_MATCHED = re.compile(r"\bmatch(?:ed|es)?\b|hla[- ]identical|fully compatible|genotypically identical", re.IGNORECASE)
_PERHAPS = re.compile(
    r"possib|probab|potential|pending|presum|likely|unknown|indeterminate|equivocal|\?", re.IGNORECASE
)
_NO_SIBLINGS = re.compile(
    r"\bno (?:full |living |biological )*(?:siblings?|brothers? or sisters?)\b|\bonly child\b", re.I
)
_NO_DONOR = re.compile(
    r"\bno (?:suitable |available |usable )*(?:hla[- ]?)?(?:matched |identical |compatible )*(?:sibling|related|family) donors?\b|"
    r"\bno (?:hla[- ]?)?(?:matched|identical|compatible) siblings?\b|siblings?[^.;]{0,30}(?:are|is) not (?:hla[- ])?match",
    re.IGNORECASE,
)
_CANNOT_DONATE = re.compile(
    r"(?:unable|ineligible|not (?:eligible|able|suitable|fit|medically)|unfit|unsuitable|declin\w*|unwilling|refus\w*|cannot|"
    r"deferred|excluded|too young|contraindicat\w*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """One thing the chart says on donors, and when it said it."""

    evidence: Evidence
    when: When | None


@dataclass(slots=True)
class _Donors:
    """All statements, sorted by what they say."""

    available: list[_Statement]
    none: list[_Statement]


def read_donors(source: Source, answers: Answers) -> Documentation:
    """Whether it is documented that no matched sibling donor is available."""
    wanted = reasons.WANTED_NO_SIBLING_DONOR
    sifted = source.sift(
        source.about(("Observation", "Condition"), "hla-match-status", "~sibling", "~donor"), TYPES[1:]
    )
    donors = _Donors([], [])
    _answered(answers, donors)
    for record, model in sifted.usable:
        _Observed(source, sifted, record, model).sort_into(donors)
    shows, denies = _settled(donors)
    return Documentation(
        wanted,
        shows=shows,
        denies=denies,
        gaps=(*sifted.gaps(wanted, REMEDY), *answers.sifted.gaps(wanted, REMEDY)),
        unread=source.unread(wanted, *TYPES, remedy=REMEDY),
        set_aside=tuple(sifted.set_aside),
        remedy=REMEDY,
    )


def _settled(donors: _Donors) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """A "none available" newer than every match settles it and both are shown; otherwise both stand."""
    shows = tuple(statement.evidence for statement in donors.none)
    denies = tuple(statement.evidence for statement in donors.available)
    newer = [n for n in donors.none if all(_is_newer(n, match) for match in donors.available)]
    if newer and denies:
        return (*(each.evidence for each in newer), *denies), ()
    return shows, denies


def _is_newer(statement: _Statement, than: _Statement) -> bool:
    if statement.when is None or than.when is None:
        return False
    return than.when.before(statement.when) is Answer.MET


def _answered(answers: Answers, donors: _Donors) -> None:
    response = answers.newest(SIBLING_DONOR)
    answer = response.boolean(SIBLING_DONOR) if response else None
    if response is not None and answer is not None:
        says = shown.answered_sibling_donor(answer, response.authored)
        statement = _Statement(Evidence(says, response.record.reference), response.authored)
        (donors.available if answer else donors.none).append(statement)


class _Observed:
    """One Observation (or Condition) that speaks of siblings, donors or a match."""

    def __init__(self, source: Source, sifted: Sifted, record: Record, model: Any) -> None:
        self.source, self.sifted, self.record, self.model = source, sifted, record, model
        self.when = first_when(
            model, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "recordedDate"
        ) or when(getattr(model, "issued", None))
        self.name = texts(model.code)
        self.values = self._values()

    def sort_into(self, donors: _Donors) -> None:
        if self.record.type == "Observation" and self.model.status not in FINAL:
            if self.model.status not in ("cancelled",):
                self._trouble(reasons.not_final(name_of(self.model.code), self.model.status))
            return
        coded = "hla-match-status" in meanings(self.source.terminology, self.model.code)
        if self._says_none():
            donors.none.append(_Statement(self._evidence(), self.when))
        elif self._says_cannot():
            if self._is_about_a_sibling():
                donors.none.append(_Statement(self._evidence(), self.when))
        elif coded:
            self._sort_match(donors)
        elif self._speaks_of_a_match():
            self._trouble(reasons.only_text_names(name_of(self.model.code), "LOINC 96061-7"))
        else:
            self.sifted.aside(self.record, reasons.NO_WORD_ON_MATCH)

    # --- matches ---------------------------------------------------------------------------------------------------

    def _sort_match(self, donors: _Donors) -> None:
        matched = self._matched()
        if matched is None:
            self._trouble(reasons.match_not_read(self._said()))
            return
        if not matched:
            self._trouble(reasons.not_a_match(self._said()))
            return
        codes, words = self._relation()
        says = shown.match(self._said(), words, self.when)
        if "identical-twin" in codes:
            self._trouble(reasons.identical_twin(says))
        elif "half-or-step-sibling" in codes:
            self._trouble(reasons.not_a_full_sibling(says))
        elif "full-sibling" in codes:
            self._sort_full_sibling(donors, says)
        elif "sibling-not-said-which" in codes:
            self._trouble(reasons.possible_sibling_match(says))
        elif codes or words:
            self._trouble(reasons.not_a_full_sibling(says))
        else:
            self._trouble(reasons.relation_not_said(says))

    def _sort_full_sibling(self, donors: _Donors, says: str) -> None:
        relation_codes = {(c.system, c.code) for concept in self._relation_concepts() for c in concept.coding or ()}
        for relationship, reference in affected_siblings(self.source):
            if relation_codes & {(c.system, c.code) for c in relationship.coding or ()}:
                self._trouble(reasons.sibling_affected(says, reference))
                return
        donors.available.append(_Statement(Evidence(says, self.record.reference), self.when))

    def _matched(self) -> bool | None:
        """Matched, not matched, or (None) not to be told: `n of n` loci decides before words do."""
        ratio = getattr(self.model, "valueRatio", None)
        if ratio is not None and ratio.numerator is not None and ratio.denominator is not None:
            return _is_full(ratio.numerator.value, ratio.denominator.value)
        for value in self.values:
            count = _COUNT.search(value)
            if count:
                return _is_full(int(count.group(1)), int(count.group(2))) and not _PERHAPS.search(value)
        for value in self.values:
            if _PERHAPS.search(value):
                return None
            if _NOT_MATCHED.search(value):
                return False
            if _MATCHED.search(value) and not phrases.denied((value,)):
                return True
        return None

    def _relation(self) -> tuple[frozenset[str], str]:
        """What the chart says of how the donor is related: the ValueSets of its codes, and its words."""
        concepts = self._relation_concepts()
        codes = meanings(self.source.terminology, *concepts)
        words = ", ".join(dict.fromkeys(name for concept in concepts if (name := name_of(concept))))
        return codes, words

    def _relation_concepts(self) -> list[Any]:
        found = [c for related in self._related_persons() for c in related.relationship or ()]
        for component in getattr(self.model, "component", None) or ():
            if component.valueCodeableConcept is not None:
                known = meanings(self.source.terminology, component.valueCodeableConcept)
                if (
                    known & set(_RELATIONS)
                    or phrases.names("donor", texts(component.code))
                    or re.search(r"(?i)relation", " ".join(texts(component.code)))
                ):
                    found.append(component.valueCodeableConcept)
        return found

    def _related_persons(self) -> list[Any]:
        people = []
        for reference in (
            *references(getattr(self.model, "focus", None)),
            *references(getattr(self.model, "performer", None)),
        ):
            literal = reference.reference or ""
            if literal.startswith("#"):
                people += [c for c in self.model.contained or () if c.id == literal[1:] and hasattr(c, "relationship")]
                continue
            record = self.source.at(reference)
            if record is None or record.type != "RelatedPerson":
                continue
            try:
                people.append(record.read())
            except Unreadable:
                continue
        return people

    # --- statements ------------------------------------------------------------------------------------------------

    def _says_none(self) -> bool:
        """Whether it states that there is no sibling, or no matched one: in its value, or in its name."""
        if any(_NO_SIBLINGS.search(text) or _NO_DONOR.search(text) for text in self.values):
            return True
        named = any(_NO_SIBLINGS.search(text) or _NO_DONOR.search(text) for text in self.name)
        if named:
            return not self._value_takes_it_back()
        about_siblings = phrases.names("sibling", self.name)
        about_a_donor = about_siblings and phrases.names("donor", self.name)
        boolean = getattr(self.model, "valueBoolean", None)
        if boolean is False and (about_a_donor or any(re.search(r"(?i)\bhas |any siblings", t) for t in self.name)):
            return True
        counted = any(re.search(r"(?i)number|count|how many|^siblings?$", text) for text in self.name)
        none_at_all = getattr(self.model, "valueInteger", None) == 0 or self._quantity() == 0
        in_words = any(re.fullmatch(r"(?i)none|no|0", value.strip()) for value in self.values)
        return about_siblings and not about_a_donor and counted and (none_at_all or in_words)

    def _says_cannot(self) -> bool:
        return (
            phrases.names("donor", (*self.name, *self.values))
            and any(_CANNOT_DONATE.search(text) for text in (*self.name, *self.values))
            and getattr(self.model, "valueBoolean", None) is not False
        )

    def _is_about_a_sibling(self) -> bool:
        codes, _ = self._relation()
        return (
            "full-sibling" in codes
            or "sibling-not-said-which" in codes
            or phrases.names("sibling", (*self.name, *self.values))
        )

    def _speaks_of_a_match(self) -> bool:
        return any(_MATCHED.search(text) or _COUNT.search(text) for text in (*self.name, *self.values))

    def _value_takes_it_back(self) -> bool:
        boolean = getattr(self.model, "valueBoolean", None)
        return boolean is False or any(re.fullmatch(r"(?i)no|false|absent", value.strip()) for value in self.values)

    # --- its parts -------------------------------------------------------------------------------------------------

    def _values(self) -> tuple[str, ...]:
        values = [*texts(getattr(self.model, "valueCodeableConcept", None))]
        if getattr(self.model, "valueString", None):
            values.append(plain_text(self.model.valueString))
        return tuple(values)

    def _quantity(self) -> Any:
        quantity = getattr(self.model, "valueQuantity", None)
        return quantity.value if quantity is not None else None

    def _said(self) -> str:
        ratio = getattr(self.model, "valueRatio", None)
        if ratio is not None and ratio.numerator is not None and ratio.denominator is not None:
            return f"{ratio.numerator.value}/{ratio.denominator.value}"
        return self.values[0] if self.values else name_of(self.model.code)

    def _evidence(self) -> Evidence:
        return Evidence(shown.donor_statement(name_of(self.model.code), self._said(), self.when), self.record.reference)

    def _trouble(self, because: str) -> None:
        self.sifted.trouble(self.record, because)


_RELATIONS: Iterable[str] = (
    "full-sibling",
    "identical-twin",
    "sibling-not-said-which",
    "half-or-step-sibling",
    "blood-relative",
)


def _is_full(matched: Any, of: Any) -> bool:
    return matched is not None and matched == of and of in LOCI
