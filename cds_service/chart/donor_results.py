"""Observations (and Conditions) that speak of siblings, donors or a match, and what each of them says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cds_service.chart import donor_words, hla, phrases
from cds_service.chart.donor_statements import EVERYONE, Statement, Statements
from cds_service.chart.family import affected_relatives
from cds_service.chart.hedging import denied
from cds_service.chart.observed import WITHDRAWN, Observed, contained, is_about_another
from cds_service.chart.relations import Kind, Relation, relation_of
from cds_service.chart.source import Sifted, Source
from cds_service.chart.spoken import all_no, answered_with
from cds_service.chart.verification import is_confirmed
from cds_service.fhir.elements import first_when, meanings, name_of, texts
from cds_service.logic import Evidence
from cds_service.wording import donor_reasons, reasons, shown

_MATCH_STATUS = "hla-match-status"
_MATCH_CODE = "LOINC 96061-7"
_PHRASES = ("sibling", "donor")
_PAST = ("inactive", "remission", "resolved")
_DATES = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "onsetDateTime", "recordedDate", "issued")


def results_on_donors(source: Source) -> tuple[list[OnDonors], Sifted]:
    """All that speaks of donors, alone or contained in a report or panel; and what could not be used."""
    records = source.about(("Observation", "Condition"), _MATCH_STATUS, *(f"~{phrase}" for phrase in _PHRASES))
    sifted = source.sift(records, ("Observation", "Condition"))
    found = [OnDonors(Observed(source, record, model), sifted) for record, model in sifted.usable]
    inside = contained(source, sifted, lambda model: _is_on_donors(source, model))
    return [*found, *(OnDonors(seen, sifted) for seen in inside)], sifted


def _is_on_donors(source: Source, model: Any) -> bool:
    concepts = [each.code for each in (model, *_components(model))]
    named = [text for concept in concepts for text in texts(concept)]
    return _MATCH_STATUS in meanings(source.terminology, *concepts) or any(
        phrases.names(phrase, named) for phrase in _PHRASES
    )


class OnDonors:
    """One Observation (or Condition) that speaks of siblings, donors or a match; `relation` is the donor's."""

    def __init__(self, seen: Observed, sifted: Sifted) -> None:
        self.source, self.sifted, self.record, self.model = seen.source, sifted, seen.record, seen.model
        self.is_condition = seen.model.get_resource_type() == "Condition"
        self.withheld = None if self.is_condition else seen.withheld
        self.when = first_when(self.model, *_DATES) or (None if self.is_condition else seen.when)
        self.coded = [each for each in (self.model, *_components(self.model)) if self._is_match_status(each.code)]
        self.name = texts(self.model.code)
        self.values = tuple(value for each in self.coded or [self.model] for value in answered_with(each))
        self.relation = relation_of(seen, (*self.name, *self.values))
        self.of_one = self.relation.is_stated or is_about_another(self.source, self.record, self.model)
        """Whether it is about one person, so that a no is no word on all siblings."""
        self.says_none = donor_words.says_none(self.name, self.values, of_a_donor=bool(self.coded))

    def sort_into(self, statements: Statements) -> None:
        """Among the statements, the troubles, or what does not bear on it."""
        if self._was_withdrawn():
            self.sifted.aside(self.record, donor_reasons.NOT_IN_FORCE)
        elif self.withheld in WITHDRAWN:
            self._trouble(reasons.not_final(self._statement(EVERYONE).evidence.says, str(self.withheld)))
        elif self.is_condition and not is_confirmed(self.model):
            self._trouble(reasons.not_confirmed(self._statement(EVERYONE).evidence.says))
        elif not self._has_value_if_any():
            self._trouble(reasons.no_value(name_of(self.model.dataAbsentReason)))
        elif self.when is not None and self.when.first.date() > self.source.today + timedelta(days=1):
            self._trouble(reasons.in_the_future(name_of(self.model.code)))
        else:
            self._sort_words(statements)

    # --- what it says ----------------------------------------------------------------------------------------------

    def _sort_words(self, statements: Statements) -> None:
        if self.says_none and not self.of_one:
            self._add(statements.none, self._statement(EVERYONE))
        elif donor_words.says_cannot_donate(self.name, self.values):
            self._sort_unusable(statements)
        elif self.says_none:
            self._sort_mismatch(statements, donor_reasons.said_of_one(self._statement(self.relation).evidence.says))
        elif self.coded or self._speaks_of_a_match():
            self._sort_match(statements)
        else:
            self.sifted.aside(self.record, donor_reasons.NO_WORD_ON_MATCH)

    def _speaks_of_a_match(self) -> bool:
        said = (*self.name, *self.values)
        return hla.speaks_of_a_match(said) or donor_words.says_one_available(self.name, self.values)

    def _sort_unusable(self, statements: Statements) -> None:
        statement = self._statement(self.relation)
        if self.relation.kind not in (Kind.FULL_SIBLING, Kind.SIBLING):
            self._trouble(donor_reasons.not_a_full_sibling(statement.evidence.says))
            return
        if not self.of_one and hla.matched(None, (*self.name, *self.values)):
            self._add(statements.the_matched_one_unusable, statement)
            return
        self._add(statements.unusable, statement)
        self._trouble(donor_reasons.one_sibling_cannot_donate(statement.evidence.says))

    def _sort_mismatch(self, statements: Statements, because: str) -> None:
        self._trouble(because)
        if self.withheld is None:
            statements.mismatched.append(self._match())

    def _sort_match(self, statements: Statements) -> None:
        matched = self._matched()
        if matched is False:
            self._sort_mismatch(statements, donor_reasons.not_a_match(self._said()))
            return
        if matched is None and self.coded and not self._may_say_match():
            self._trouble(donor_reasons.match_not_read(self._said()))
            return
        says = self._match().evidence.says
        if self.relation.kind is Kind.IDENTICAL_TWIN:
            self._trouble(donor_reasons.identical_twin(says))
        elif self.relation.kind is Kind.OTHER:
            self._trouble(donor_reasons.not_a_full_sibling(says))
        elif not self.coded and donor_words.says_one_available(self.name, self.values):
            self._sort_possible(statements, donor_reasons.donor_in_words(self._statement(EVERYONE).evidence.says))
        elif not self.coded:
            self._sort_possible(statements, reasons.only_text_names(name_of(self.model.code), _MATCH_CODE))
        elif matched is None:
            self._sort_possible(statements, donor_reasons.match_not_read(self._said()))
        elif self.relation.kind is Kind.FULL_SIBLING:
            self._sort_full_sibling(statements)
        else:
            self._sort_possible(statements, self._why_possible(says))

    def _why_possible(self, says: str) -> str:
        if self.relation.kind is Kind.NOT_SAID and self.relation.is_inactive:
            return reasons.related_person_inactive(says)
        return _WHY_POSSIBLE[self.relation.kind](says)

    def _sort_full_sibling(self, statements: Statements) -> None:
        match = self._match()
        if self.withheld is not None:
            self._sort_possible(statements, reasons.not_final(match.evidence.says, self.withheld))
            return
        for relationship, reference in affected_relatives(self.source):
            if _may_be_one_sibling(self.relation.codes, relationship):
                self._trouble(donor_reasons.sibling_affected(match.evidence.says, reference))
                return
        statements.available.append(match)

    def _sort_possible(self, statements: Statements, because: str) -> None:
        """Not counted, and said so; but an older word that there is none does not hold against it."""
        self._trouble(because)
        statements.possible.append(self._match())

    def _matched(self) -> bool | None:
        if all_no(self.values) and hla.matched(None, self.name) is not False:
            return False
        verdicts = {hla.matched(getattr(each, "valueRatio", None), self.values) for each in self.coded or [self.model]}
        return verdicts.pop() if len(verdicts) == 1 else None

    def _may_say_match(self) -> bool:
        """Whether a value that cannot be read is no no, nor still to come, nor given up ("Identical", "Positive")."""
        return bool(self.values) and not denied(self.values) and not any(map(hla.is_no_result, self.values))

    def _add(self, statements: list[Statement], statement: Statement) -> None:
        """Take the statement as documented, if its status lets it count."""
        if self.withheld is None:
            statements.append(statement)
        else:
            self._trouble(reasons.not_final(statement.evidence.says, self.withheld))

    # --- its parts -------------------------------------------------------------------------------------------------

    def _is_match_status(self, concept: Any) -> bool:
        return _MATCH_STATUS in meanings(self.source.terminology, concept)

    def _was_withdrawn(self) -> bool:
        if not self.is_condition:
            return self.model.status in WITHDRAWN
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


_WHY_POSSIBLE = {
    Kind.SIBLING: donor_reasons.possible_sibling_match,
    Kind.SEVERAL: donor_reasons.several_relations,
    Kind.NOT_SAID: donor_reasons.relation_not_said,
}


def _components(model: Any) -> list[Any]:
    return list(getattr(model, "component", None) or ())


def _may_be_one_sibling(codes: frozenset[str], relationship: Any) -> bool:
    """Whether a relative may be the sibling who is coded so: of the same sex, or of a sex not said."""
    theirs = {str(coding.code) for coding in relationship.coding or () if coding.code}
    if not any(code.endswith(("SIB", "SIS", "BRO", "TWIN")) and not code.startswith("H") for code in theirs):
        return False
    sexes = {code[-3:] for code in (*codes, *theirs) if code.endswith(("SIS", "BRO"))}
    return len(sexes) < 2
