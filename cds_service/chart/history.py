"""Clinical history consistent with LAD-I (the policy's Appendix D): the hallmark, and the other signs by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.cord import THREE_WEEKS, age_at_onset, age_in_value, age_in_words
from cds_service.chart.hedging import denied
from cds_service.chart.observed import WITHDRAWN, Observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.verification import ENTERED_IN_ERROR, REFUTED, is_confirmed, ruled_out_in_note, verification
from cds_service.facts import Documentation, Level, Signs
from cds_service.fhir.elements import first_when, meanings, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.fhir.terminology import ICD10CM, normalised
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import reasons, shown, wants

TYPES = ("Condition", "Observation")
KINDS = (
    ("omphalitis", ("omphalitis", "~omphalitis")),
    ("mucosa", ("mucosal-inflammation", "~mucosa")),
    ("no-pus", ("~no-pus",)),
    ("wound-healing", ("slow-wound-healing", "~wound")),
    ("skin", ("skin-inflammation", "~skin")),
)
"""In this order a record that means several is one kind: an umbilical cellulitis is omphalitis, not inflamed skin."""

_CORD = ("delayed-cord-separation", "~cord")
_PUS = "pus-formation"
_PHRASES = ("cord", "omphalitis", "mucosa", "no-pus", "wound", "skin")
_WITHDRAWN = {REFUTED: reasons.REFUTED, ENTERED_IN_ERROR: reasons.ENTERED_IN_ERROR}
_SURGICAL_WOUND = "T813"
"""ICD-10-CM for a wound that came apart after surgery, which is another thing than slow healing."""
_OF_OTHER_CAUSE = {
    "omphalitis": re.compile(r"(?!)"),
    "mucosa": re.compile(r"aphth|herp|allerg|drug|radiation|contact", re.IGNORECASE),
    "no-pus": re.compile(r"(?!)"),
    "wound-healing": re.compile(r"fracture|bone|\bunion|tendon|surgical|post-?operative", re.IGNORECASE),
    "skin": re.compile(
        r"atopic|contact|diaper|napkin|seborr|allerg|irritant|stasis|radiation|drug|herp", re.IGNORECASE
    ),
}
"""Words that give an inflammation or a healing another cause, or another place; only codes count beside them."""
_OTHER_CORD = re.compile(r"spinal|vocal|nuchal|tethered|spermatic|cord blood|clamp", re.IGNORECASE)
_DELAY = re.compile(r"delay|late\b|prolong|persist", re.IGNORECASE)
_NAVEL = re.compile(r"umbilic|navel", re.IGNORECASE)
_YES = re.compile(
    r"^(?:yes|y|true|present|positive|confirmed|observed|detected|found|abnormal|mild|moderate|severe|recurrent|chronic)\b",
    re.IGNORECASE,
)
_A_TEST = re.compile(r"culture|swab|screen|test|exam|assess|score|index|scale|panel|review", re.IGNORECASE)
_NEGATIVE = {"NEG", "ND", "N"}


@dataclass(frozen=True, slots=True)
class History:
    """The hallmark (delayed separation of the cord) and the other signs."""

    delayed_cord_separation: Documentation
    other_signs: Signs


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one Condition, Observation or component says: the `holder` has the code and the value."""

    record: Record
    model: Any
    holder: Any
    means: frozenset[str]
    """ValueSets of its codes, `~` phrases of its words."""
    withheld: str | None = None
    """The status by which an Observation does not count: its own, or that of the reports over it."""

    @property
    def name(self) -> str:
        return name_of(self.holder.code)

    @property
    def said(self) -> tuple[str, ...]:
        return texts(self.holder.code)

    @property
    def answer(self) -> Answer:
        """Whether the sign was there: a Condition says so; an Observation by its value, or by having none to it."""
        if self.record.type == "Condition":
            return Answer.MET
        if self.holder.dataAbsentReason is not None:
            return Answer.UNKNOWN
        if self.holder.valueBoolean is not None:
            return Answer.MET if self.holder.valueBoolean else Answer.NOT_MET
        return self._answer_in_words() if self.words or self._has_value else self._unvalued()

    @property
    def words(self) -> tuple[str, ...]:
        """The value in words."""
        text = getattr(self.holder, "valueString", None)
        return (*texts(getattr(self.holder, "valueCodeableConcept", None)), *((plain_text(text),) if text else ()))

    @property
    def _has_value(self) -> bool:
        kinds = ("CodeableConcept", "Quantity", "Integer", "Range", "Ratio")
        return any(getattr(self.holder, f"value{kind}") is not None for kind in kinds)

    def _answer_in_words(self) -> Answer:
        if denied(self.words):
            return Answer.NOT_MET
        return Answer.MET if any(map(_YES.search, self.words)) else Answer.UNKNOWN

    def _unvalued(self) -> Answer:
        """An Observation without value names what was found; a component, a panel or a test was only looked for."""
        codes = {coding.code for each in self.holder.interpretation or () for coding in each.coding or ()}
        is_panel = bool(self.model.component or self.model.hasMember)
        if self.holder is not self.model or is_panel or any(map(_A_TEST.search, self.said)):
            return Answer.UNKNOWN
        return Answer.NOT_MET if codes & _NEGATIVE else Answer.MET

    @property
    def when(self) -> When | None:
        """The onset, or when it was observed."""
        return first_when(self.model, "onsetDateTime", "onsetPeriod", "effectiveDateTime", "effectivePeriod")


def read_history(source: Source) -> History:
    """What Conditions and Observations say of the signs of LAD-I."""
    tags = [tag for _, tags in KINDS for tag in tags]
    sifted = source.sift(source.about(TYPES, *_CORD, *tags, f"~{_PUS}"), TYPES)
    statements = list(_statements(source, sifted))
    return History(_cord(source, sifted, statements), _signs(source, sifted, statements))


def _statements(source: Source, sifted: Sifted) -> Iterator[_Statement]:
    """Everything of the patient that was said, refuted things set aside."""
    for record, model in sifted.usable:
        seen = Observed(source, record, model) if record.type == "Observation" else None
        if seen is not None and seen.anothers:
            sifted.aside(record, reasons.ANOTHER_PATIENT)
        elif record.type == "Condition" and verification(model) in _WITHDRAWN:
            sifted.aside(record, _WITHDRAWN[verification(model)])
        elif seen is not None and model.status in WITHDRAWN:
            sifted.aside(record, reasons.status_not_counted(name_of(model.code), model.status))
        else:
            components = [each for each in getattr(model, "component", None) or () if not each.modifierExtension]
            for holder in (model, *components):
                words = {f"~{tag}" for tag in phrases.named_in(texts(holder.code))}
                means = meanings(source.terminology, holder.code) | words
                yield _Statement(record, model, holder, means, seen.withheld if seen is not None else None)


def _doubt(source: Source, statement: _Statement) -> str | None:
    """Why what is stated does not count, whatever it is."""
    model, name = statement.model, shown.sign(statement.name, statement.when)
    if statement.record.type == "Condition" and (not is_confirmed(model) or ruled_out_in_note(model)):
        return reasons.not_confirmed(name)
    if statement.withheld is not None:
        return reasons.not_final(name, statement.withheld)
    named = [tag for tag in _PHRASES if f"~{tag}" in statement.means]
    if named and not any(tag == "no-pus" or phrases.plainly_named(tag, statement.said) for tag in named):
        return reasons.doubtful_words(name)
    if statement.when is not None and statement.when.first.date() > source.today + timedelta(days=1):
        return reasons.in_the_future(name)
    return None


# --- the hallmark ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cord:
    """What the chart says of the separation: late by its age, late by its code, early by its age, or of no use."""

    troubles: Sifted
    late: list[Evidence] = field(default_factory=list)
    coded: list[Evidence] = field(default_factory=list)
    early: list[Evidence] = field(default_factory=list)

    def gaps(self, wanted: str) -> Iterator[Gap]:
        """Why what is there does not show the hallmark."""
        if self.early and self.late:
            because = reasons.records_disagree([each.says for each in (*self.late, *self.early)])
            yield Gap(wanted, because, Cause.CONFLICT, self.early[0].source)
        else:
            for each in self.early:
                yield Gap(wanted, reasons.cord_too_early(each.says), Cause.UNUSABLE, each.source)
        yield from self.troubles.gaps(wanted)


def _cord(source: Source, sifted: Sifted, statements: Iterable[_Statement]) -> Documentation:
    cord = _Cord(Sifted(troubles=list(sifted.troubles)))
    for statement in statements:
        if statement.means & set(_CORD) and not _OTHER_CORD.search(" ".join(statement.said)):
            _sort_cord(source, statement, cord)
    return Documentation(
        wants.CORD,
        shows=() if cord.early else (*cord.late, *cord.coded),
        gaps=tuple(cord.gaps(wants.CORD)),
        unread=source.unread(wants.CORD, *TYPES),
        set_aside=tuple(sifted.set_aside),
    )


def _sort_cord(source: Source, statement: _Statement, cord: _Cord) -> None:
    """An age in the value speaks for itself; without one, the finding has to have been there."""
    doubt, age = _doubt(source, statement), age_in_value(statement.holder)
    if age is None and statement.answer is Answer.NOT_MET:
        return
    if age is None:
        doubt = doubt or _not_there(statement, shown.named(statement.name))
        age = age_in_words(statement.said, [note.text for note in statement.model.note or () if note.text])
        age = age or (age_at_onset(statement.model) if statement.record.type == "Condition" else None)
    if doubt is not None:
        cord.troubles.trouble(statement.record, doubt)
    elif age is not None:
        _sort_age(statement, age, cord)
    elif "delayed-cord-separation" in statement.means:
        cord.coded.append(Evidence(shown.named(statement.name), statement.record.reference))
    elif any(map(_DELAY.search, statement.said)):
        cord.troubles.trouble(statement.record, reasons.cord_only_in_words(shown.named(statement.name)))


def _sort_age(statement: _Statement, age: Level, cord: _Cord) -> None:
    name, late = shown.named(statement.name), age.at_least(THREE_WEEKS)
    if late is Answer.UNKNOWN:
        cord.troubles.trouble(statement.record, reasons.cord_duration_not_read(name))
        return
    says = shown.cord(name, age.low if age.low == age.high else None)
    (cord.late if late is Answer.MET else cord.early).append(Evidence(says, statement.record.reference))


def _not_there(statement: _Statement, name: str) -> str | None:
    """Why a sign that was looked for is not known to have been there."""
    if statement.answer is not Answer.UNKNOWN:
        return None
    return reasons.sign_only_looked_for(name, next(iter(statement.words), reasons.NO_VALUE))


# --- the other signs -------------------------------------------------------------------------------------------------


def _signs(source: Source, sifted: Sifted, statements: Iterable[_Statement]) -> Signs:
    wanted = wants.SIGNS
    troubles = Sifted(troubles=list(sifted.troubles))
    kinds: list[tuple[str, Evidence]] = []
    for statement in statements:
        kind = _kind(statement)
        if kind is None:
            continue
        name = shown.sign(statement.name, statement.when)
        doubt = _doubt(source, statement) or (_not_there(statement, name) if kind != _PUS else None)
        if doubt is not None:
            troubles.trouble(statement.record, doubt)
        elif statement.answer is (Answer.NOT_MET if kind == _PUS else Answer.MET):
            kinds.append(("no-pus" if kind == _PUS else kind, Evidence(name, statement.record.reference)))
    return Signs(wanted, tuple(kinds), troubles.gaps(wanted), source.unread(wanted, *TYPES), tuple(sifted.set_aside))


def _kind(statement: _Statement) -> str | None:
    """The kind of sign that is named, whether it was there or not; `pus-formation` is one when it was not."""
    for kind, tags in KINDS:
        if any(_names(statement, kind, tag) for tag in tags):
            of_the_navel = kind == "skin" and any(map(_NAVEL.search, statement.said))
            return "omphalitis" if of_the_navel else kind
    return _PUS if f"~{_PUS}" in statement.means else None


def _names(statement: _Statement, kind: str, tag: str) -> bool:
    if tag not in statement.means or not tag.startswith("~"):
        return tag in statement.means
    if kind == "wound-healing" and _is_surgical(statement):
        return False
    return not any(map(_OF_OTHER_CAUSE[kind].search, statement.said)) and _stands(statement, tag.removeprefix("~"))


def _stands(statement: _Statement, phrase: str) -> bool:
    """Whether the words name it plainly, or all that they name is in doubt (which is then said)."""
    if phrase == "no-pus" or phrases.plainly_named(phrase, statement.said):
        return True
    named = [tag for tag in _PHRASES if f"~{tag}" in statement.means]
    return not any(tag == "no-pus" or phrases.plainly_named(tag, statement.said) for tag in named)


def _is_surgical(statement: _Statement) -> bool:
    codes = [normalised(coding.system, coding.code) for coding in statement.holder.code.coding or () if coding.code]
    came_apart = any(code.system == ICD10CM and code.code.startswith(_SURGICAL_WOUND) for code in codes)
    return came_apart or phrases.names("surgical-wound", statement.said)
