"""Whether an HLA-matched sibling donor is available: what each record of a chart says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cds_service.chart import donor_words, hla
from cds_service.chart.answers import SIBLING_DONOR, Answers
from cds_service.chart.donor_statements import EVERYONE, Statement, Statements
from cds_service.chart.family import affected_relatives
from cds_service.chart.relations import Kind, Relation, relation_of
from cds_service.chart.source import Sifted, Source
from cds_service.chart.spoken import answered_with
from cds_service.chart.verification import is_confirmed
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, meanings, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.logic import Evidence, Remedy
from cds_service.wording import reasons, shown, wants

TYPES = ("QuestionnaireResponse", "Observation", "Condition")
REMEDY = Remedy.SIBLING_HLA_TYPING
FINAL = ("final", "amended", "corrected")
_PAST = ("inactive", "remission", "resolved")
_MATCH_CODE = "LOINC 96061-7"


def read_donors(source: Source, answers: Answers) -> Documentation:
    """Whether it is documented that no matched sibling donor is available."""
    wanted = wants.NO_SIBLING_DONOR
    records = source.about(("Observation", "Condition"), "hla-match-status", "~sibling", "~donor")
    sifted = source.sift(records, TYPES[1:])
    statements = Statements()
    _sort_answer(answers, statements)
    observed = [_Observed(source, sifted, record, model) for record, model in sifted.usable]
    for each in observed:
        each.sort_into(statements)
    shows, denies = statements.settled()
    unread = (*TYPES, "RelatedPerson") if any(each.relation.dangling for each in observed) else TYPES
    return Documentation(
        wanted,
        shows=shows,
        denies=denies,
        gaps=(*answers.troubles(wanted, SIBLING_DONOR, REMEDY), *sifted.gaps(wanted, REMEDY)),
        unread=source.unread(wanted, *unread, remedy=REMEDY),
        set_aside=tuple(sifted.set_aside),
        remedy=REMEDY,
    )


def _sort_answer(answers: Answers, statements: Statements) -> None:
    response = answers.newest(SIBLING_DONOR)
    answer = response.boolean(SIBLING_DONOR) if response else None
    if response is not None and answer is not None:
        says = shown.answered_sibling_donor(answer, response.authored)
        statement = Statement(Evidence(says, response.record.reference), response.authored)
        (statements.available if answer else statements.none).append(statement)


class _Observed:
    """One Observation (or Condition) that speaks of siblings, donors or a match."""

    def __init__(self, source: Source, sifted: Sifted, record: Record, model: Any) -> None:
        self.source, self.sifted, self.record, self.model = source, sifted, record, model
        self.when = first_when(
            model, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "recordedDate"
        ) or when(getattr(model, "issued", None))
        self.coded = [each for each in (model, *_components(model)) if self._is_match_status(each.code)]
        self.name = texts(model.code)
        self.values = tuple(value for each in self.coded or [model] for value in answered_with(each))
        self.relation = relation_of(source, model, (*self.name, *self.values))

    def sort_into(self, statements: Statements) -> None:
        """Among the statements, the troubles, or what does not bear on it."""
        if self._was_withdrawn():
            self.sifted.aside(self.record, reasons.NOT_IN_FORCE)
        elif not self._has_value_if_any():
            self._trouble(reasons.no_value(name_of(self.model.dataAbsentReason)))
        elif self.when is not None and self.when.first.date() > self.source.today + timedelta(days=1):
            self._trouble(reasons.in_the_future(name_of(self.model.code)))
        elif donor_words.says_none(self.name, self.values):
            self._add(statements.none, self._statement(EVERYONE))
        elif donor_words.says_cannot_donate(self.name, self.values):
            self._sort_unusable(statements)
        elif self.coded or hla.speaks_of_a_match((*self.name, *self.values)):
            self._sort_match(statements)
        else:
            self.sifted.aside(self.record, reasons.NO_WORD_ON_MATCH)

    # --- what it says ----------------------------------------------------------------------------------------------

    def _sort_unusable(self, statements: Statements) -> None:
        statement = self._statement(self.relation)
        if self.relation.kind not in (Kind.FULL_SIBLING, Kind.SIBLING):
            self._trouble(reasons.not_a_full_sibling(statement.evidence.says))
            return
        if not self.relation.names_someone and hla.matched(None, (*self.name, *self.values)):
            self._add(statements.the_matched_one_unusable, statement)
            return
        self._add(statements.unusable, statement)
        self._trouble(reasons.one_sibling_cannot_donate(statement.evidence.says))

    def _sort_match(self, statements: Statements) -> None:
        matched = self._matched()
        if matched is False:
            self._trouble(reasons.not_a_match(self._said()))
            return
        if matched is None and self.coded:
            self._trouble(reasons.match_not_read(self._said()))
            return
        says = self._match().evidence.says
        if self.relation.kind is Kind.IDENTICAL_TWIN:
            self._trouble(reasons.identical_twin(says))
        elif self.relation.kind is Kind.OTHER:
            self._trouble(reasons.not_a_full_sibling(says))
        elif not self.coded:
            self._sort_possible(statements, reasons.only_text_names(name_of(self.model.code), _MATCH_CODE))
        elif self.relation.kind is Kind.FULL_SIBLING:
            self._sort_full_sibling(statements)
        elif self.relation.kind is Kind.SIBLING:
            self._sort_possible(statements, reasons.possible_sibling_match(says))
        else:
            self._sort_possible(statements, reasons.relation_not_said(says))

    def _sort_full_sibling(self, statements: Statements) -> None:
        match = self._match()
        if self.model.status not in FINAL:
            self._sort_possible(statements, reasons.not_final(match.evidence.says, self.model.status))
            return
        for relationship, reference in affected_relatives(self.source):
            if _may_be_one_sibling(self.relation.codes, relationship):
                self._trouble(reasons.sibling_affected(match.evidence.says, reference))
                return
        statements.available.append(match)

    def _sort_possible(self, statements: Statements, because: str) -> None:
        """Not counted, and said so; but an older word that there is none does not hold against it."""
        self._trouble(because)
        statements.possible.append(self._match())

    def _matched(self) -> bool | None:
        verdicts = {hla.matched(getattr(each, "valueRatio", None), self.values) for each in self.coded or [self.model]}
        return verdicts.pop() if len(verdicts) == 1 else None

    def _add(self, statements: list[Statement], statement: Statement) -> None:
        """Take the statement as documented, if its status lets it count."""
        if self.record.type == "Condition":
            counts, because = is_confirmed(self.model), reasons.not_confirmed(statement.evidence.says)
        else:
            status = str(self.model.status)
            counts, because = status in FINAL, reasons.not_final(statement.evidence.says, status)
        if counts:
            statements.append(statement)
        else:
            self._trouble(because)

    # --- its parts -------------------------------------------------------------------------------------------------

    def _is_match_status(self, concept: Any) -> bool:
        return "hla-match-status" in meanings(self.source.terminology, concept)

    def _was_withdrawn(self) -> bool:
        if self.record.type == "Observation":
            return bool(self.model.status == "cancelled")
        status = self.model.clinicalStatus
        return any(coding.code in _PAST for coding in (status.coding or () if status else ()))

    def _has_value_if_any(self) -> bool:
        return bool(self.values) or getattr(self.model, "dataAbsentReason", None) is None

    def _said(self) -> str:
        ratio = getattr(self.model, "valueRatio", None)
        if ratio is not None and ratio.numerator is not None and ratio.denominator is not None:
            return f"{ratio.numerator.value}/{ratio.denominator.value}"
        return self.values[0] if self.values else name_of(self.model.code)

    def _statement(self, donor: Relation) -> Statement:
        says = shown.donor_statement(name_of(self.model.code), self._said(), self.when)
        return Statement(Evidence(says, self.record.reference), self.when, donor)

    def _match(self) -> Statement:
        says = shown.match(self._said(), self.relation.words, self.when)
        return Statement(Evidence(says, self.record.reference), self.when, self.relation)

    def _trouble(self, because: str) -> None:
        self.sifted.trouble(self.record, because)


def _components(model: Any) -> list[Any]:
    return list(getattr(model, "component", None) or ())


def _may_be_one_sibling(codes: frozenset[str], relationship: Any) -> bool:
    """Whether a relative may be the sibling who is coded so: of the same sex, or of a sex not said."""
    theirs = {str(coding.code) for coding in relationship.coding or () if coding.code}
    if not any(code.endswith(("SIB", "SIS", "BRO", "TWIN")) and not code.startswith("H") for code in theirs):
        return False
    sexes = {code[-3:] for code in (*codes, *theirs) if code.endswith(("SIS", "BRO"))}
    return len(sexes) < 2
