"""What Conditions and Observations say of the signs of LAD-I: each statement, and why one does not count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.hedging import denied
from cds_service.chart.observed import WITHDRAWN, Observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.verification import ENTERED_IN_ERROR, REFUTED, is_confirmed, ruled_out_in_note, verification
from cds_service.fhir.elements import first_when, meanings, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Answer
from cds_service.timing import When
from cds_service.wording import reasons, shown

_PHRASES = ("cord", "omphalitis", "mucosa", "no-pus", "wound", "skin")
_WITHDRAWN = {REFUTED: reasons.REFUTED, ENTERED_IN_ERROR: reasons.ENTERED_IN_ERROR}
_YES = re.compile(
    r"^(?:yes|y|true|present|positive|confirmed|observed|detected|found|abnormal|mild|moderate|severe|recurrent|chronic)\b",
    re.IGNORECASE,
)
_A_TEST = re.compile(r"culture|swab|screen|test|exam|assess|score|index|scale|panel|review", re.IGNORECASE)
_NEGATIVE = {"NEG", "ND", "N"}


@frozen
class Statement:
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
    def named(self) -> tuple[str, ...]:
        """The phrases of signs that its words name."""
        return tuple(tag for tag in _PHRASES if f"~{tag}" in self.means)

    @property
    def names_plainly(self) -> bool:
        """Whether the words name any of the signs without denying or doubting it; "no pus" denies by itself."""
        return any(tag == "no-pus" or not phrases.in_doubt(tag, self.said) for tag in self.named)

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


def statements_in(source: Source, sifted: Sifted) -> Iterator[Statement]:
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
                yield Statement(record, model, holder, means, seen.withheld if seen is not None else None)


def doubt_about(source: Source, statement: Statement) -> str | None:
    """Why what is stated does not count, whatever it is."""
    model, name = statement.model, shown.sign(statement.name, statement.when)
    if statement.record.type == "Condition" and (not is_confirmed(model) or ruled_out_in_note(model)):
        return reasons.not_confirmed(name)
    if statement.withheld is not None:
        return reasons.not_final(name, statement.withheld)
    if statement.named and not statement.names_plainly:
        return reasons.doubtful_words(name)
    if statement.when is not None and statement.when.first.date() > source.today + timedelta(days=1):
        return reasons.in_the_future(name)
    return None


def why_not_there(statement: Statement, name: str) -> str | None:
    """Why a sign that was looked for is not known to have been there."""
    if statement.answer is not Answer.UNKNOWN:
        return None
    return reasons.sign_only_looked_for(name, next(iter(statement.words), reasons.NO_VALUE))
