"""What a chart can say, in the words of the clinic.

The readers fill these, the policy asks them. Each knows how to answer a question with a `Finding`: with its
evidence where it is decided, with what is wanted and why it is missing where it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from cds_service.frozen import frozen
from cds_service.logic import Answer, Asked, Cause, Evidence, Finding, Gap, Remedy, SetAside, unique, with_passed_over
from cds_service.timing import When
from cds_service.wording import reasons, wants

ZERO = Decimal(0)


@frozen
class Level:
    """The range a value is known to lie in: `<2` is [0, 2), `2` is [2, 2], `>1` is (1, ...). No unit."""

    low: Decimal
    high: Decimal
    low_included: bool = True
    high_included: bool = True

    @classmethod
    def exactly(cls, value: Decimal) -> Level:
        return cls(value, value)

    def below(self, limit: Decimal) -> Answer:
        """Whether the value is less than the limit."""
        if self.high < limit or (self.high == limit and not self.high_included):
            return Answer.MET
        return Answer.NOT_MET if self.low >= limit else Answer.UNKNOWN

    def at_least(self, limit: Decimal) -> Answer:
        """Whether the value is the limit or more: the exact opposite of `below`."""
        return self.below(limit).opposite

    def plus(self, other: Level) -> Level:
        """The range of the sum."""
        return Level(
            self.low + other.low,
            self.high + other.high,
            self.low_included and other.low_included,
            self.high_included and other.high_included,
        )

    def times(self, factor: Decimal) -> Level:
        """The range scaled by a positive factor."""
        return Level(self.low * factor, self.high * factor, self.low_included, self.high_included)

    def divided_by(self, other: Level) -> Level:
        """The range of the quotient; the other must lie above zero."""
        return Level(
            self.low / other.high,
            self.high / other.low,
            self.low_included and other.high_included,
            self.high_included and other.low_included,
        )


@frozen
class Result:
    """One usable measurement. `together` holds keys of what it was taken with: specimen, report, panel; `rests_on`,
    what else it was made of."""

    level: Level
    evidence: Evidence
    when: When | None = None
    together: frozenset[str] = frozenset()
    rests_on: tuple[Evidence, ...] = ()

    def taken_with(self, other: Result) -> bool:
        """Whether the two are concurrent: of one specimen, report or day."""
        if self.together & other.together:
            return True
        return self.when is not None and other.when is not None and self.when.same_day(other.when)


@frozen
class Results:
    """All that a chart holds on one measurement: what counts, what does not and why.

    `unread` names the parts of the chart that could not be looked at and might hold one; `explains_high`, those that
    might hold a treatment which raised the value, so that a high one cannot be relied on.
    """

    wanted: str
    usable: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Gap, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    remedy: Remedy | None = None
    explains_high: tuple[Gap, ...] = ()

    def below(self, limit: str) -> Finding:
        """Whether the measured value is less than the limit."""
        return self._unless_raised(self._judged(lambda level: level.below(Decimal(limit)), limit), Answer.NOT_MET)

    def at_least(self, limit: str) -> Finding:
        """Whether the measured value is the limit or more; not known is never "or more"."""
        return self._unless_raised(self._judged(lambda level: level.at_least(Decimal(limit)), limit), Answer.MET)

    def taken_with(self, others: Results) -> Results:
        """Only the results concurrent with one of the others; the rest become gaps."""
        if not self.usable:
            return self
        concurrent: list[Result] = []
        apart: list[Result] = []
        for result in self.usable:
            met = any(result.taken_with(other) for other in others.usable)
            (concurrent if met else apart).append(result)
        because = reasons.not_concurrent if others.usable else reasons.nothing_to_go_with
        gaps = [self._gap(because(r.evidence.says), Cause.UNUSABLE, r.evidence.source) for r in apart]
        return replace(self, usable=tuple(concurrent), gaps=(*gaps, *self.gaps))

    def _unless_raised(self, finding: Finding, high: Answer) -> Finding:
        """The finding; unknown where it rests on a high value that an unread treatment may have raised."""
        if finding.answer is high and self.explains_high:
            return Finding(Answer.UNKNOWN, finding.evidence, self.explains_high, finding.set_aside)
        return finding

    def _judged(self, question: Callable[[Level], Answer], limit: str) -> Finding:
        by_answer: dict[Answer, list[Result]] = {answer: [] for answer in Answer}
        for result in self.usable:
            by_answer[question(result.level)].append(result)
        yes, no, open_ = by_answer[Answer.MET], by_answer[Answer.NOT_MET], by_answer[Answer.UNKNOWN]
        either_side = tuple(
            self._gap(reasons.either_side(r.evidence.says, limit), Cause.UNUSABLE, r.evidence.source) for r in open_
        )
        if not yes and not no:
            return Finding(Answer.UNKNOWN, _evidence(open_), self._open(either_side), self.set_aside)
        decided_by = _evidence([result for result in self.usable if result not in open_])
        gaps = (*either_side, *self.gaps)
        if yes and no:
            because = reasons.results_disagree([e.says for e in decided_by], limit)
            gap = self._gap(because, Cause.CONFLICT, decided_by[0].source)
            return Finding(Answer.UNKNOWN, decided_by, (gap,), with_passed_over(self.set_aside, gaps, decided_by))
        return Finding(Answer.MET if yes else Answer.NOT_MET, decided_by, gaps, self.set_aside)

    def _open(self, found: tuple[Gap, ...]) -> tuple[Gap, ...]:
        gaps = unique((*found, *self.gaps, *self.unread))
        return gaps or (self._gap(reasons.NOT_IN_CHART, Cause.ABSENT),)

    def _gap(self, because: str, cause: Cause, source: str | None = None) -> Gap:
        return Gap(self.wanted, because, cause, source, self.remedy)


@frozen
class Documentation:
    """Whether the chart documents something: what shows it, what denies it, what will not do."""

    wanted: str
    shows: tuple[Evidence, ...] = ()
    denies: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Gap, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    remedy: Remedy | None = None
    absent: str = reasons.NOT_IN_CHART

    def shown(self) -> Finding:
        """Met when documented, not met when denied; both is a conflict, neither is unknown."""
        evidence = self.shows + self.denies
        if self.shows and self.denies:
            because = reasons.records_disagree([e.says for e in evidence])
            gap = Gap(self.wanted, because, Cause.CONFLICT, evidence[0].source, self.remedy)
            return Finding(Answer.UNKNOWN, evidence, (gap,), with_passed_over(self.set_aside, self.gaps, evidence))
        if evidence:
            return Finding(Answer.MET if self.shows else Answer.NOT_MET, evidence, self.gaps, self.set_aside)
        gaps = unique((*self.gaps, *self.unread))
        gaps = gaps or (Gap(self.wanted, self.absent, Cause.ABSENT, None, self.remedy),)
        return Finding(Answer.UNKNOWN, (), gaps, self.set_aside)


@frozen
class Signs:
    """Signs of a disease, by kind: two records of one kind are one sign."""

    wanted: str
    kinds: tuple[tuple[str, Evidence], ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Gap, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    def of_distinct_kinds(self, number: int) -> Finding:
        """Met when signs of that many kinds are documented; fewer say nothing."""
        evidence = tuple(evidence for _, evidence in self.kinds)
        kinds = unique(kind for kind, _ in self.kinds)
        if len(kinds) >= number:
            return Finding(Answer.MET, evidence, self.gaps, self.set_aside)
        found = tuple(Gap(self.wanted, reasons.one_sign_alone(e.says), Cause.UNUSABLE, e.source) for e in evidence)
        gaps = unique((*found, *self.gaps, *self.unread))
        gaps = gaps or (Gap(self.wanted, reasons.NOT_IN_CHART, Cause.ABSENT),)
        return Finding(Answer.UNKNOWN, evidence, gaps, self.set_aside)


@frozen
class EarlierDose:
    """What the chart says about Kresladi having been given before.

    `read` is what was looked through; it is evidence only when all of it could be.
    """

    given: tuple[Evidence, ...] = ()
    possible: tuple[Gap, ...] = ()
    unread: tuple[Gap, ...] = ()
    read: tuple[Evidence, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    def none_given(self) -> Finding:
        """Not met by a dose on record, unknown by anything that may be one, met by a chart that holds none."""
        if self.given:
            return Finding(Answer.NOT_MET, self.given, self.possible, self.set_aside)
        if self.possible or self.unread:
            return Finding(Answer.UNKNOWN, (), (*self.possible, *self.unread), self.set_aside)
        return Finding(Answer.MET, self.read, (), self.set_aside)


@frozen
class Advised:
    """A point of the label that a prescriber should see; it never bears on coverage."""

    code: str
    says: str


@frozen
class Chart(Asked):
    """Everything the policy may ask of one chart, for one order. Defaults are a chart that holds nothing."""

    earlier_dose: EarlierDose = EarlierDose()

    lad1: Documentation = Documentation(wants.DIAGNOSIS)
    ordered_for_another_disease: Documentation = Documentation(wants.REASON)

    cd18: Results = Results(wants.marker_level("CD18"), remedy=Remedy.FLOW_CYTOMETRY)
    cd11a: Results = Results(wants.marker_level("CD11a"), remedy=Remedy.FLOW_CYTOMETRY)
    cd11b: Results = Results(wants.marker_level("CD11b"), remedy=Remedy.FLOW_CYTOMETRY)
    pathogenic_itgb2: Documentation = Documentation(wants.VARIANT, remedy=Remedy.ITGB2_ANALYSIS)
    biallelic_itgb2: Documentation = Documentation(wants.BIALLELIC)
    delayed_cord_separation: Documentation = Documentation(wants.CORD)
    other_signs: Signs = Signs(wants.SIGNS)

    transplant_specialist: Documentation = Documentation(wants.TRANSPLANT_SPECIALIST, remedy=Remedy.TRANSPLANT_CONSULT)
    second_specialist: Documentation = Documentation(wants.SECOND_SPECIALIST)

    family_history: Documentation = Documentation(wants.FAMILY_HISTORY)
    significant_infection: Documentation = Documentation(wants.INFECTION)

    no_matched_sibling_donor: Documentation = Documentation(wants.NO_SIBLING_DONOR, remedy=Remedy.SIBLING_HLA_TYPING)

    attested_stable: Documentation = Documentation(wants.STABLE, remedy=Remedy.TRANSPLANT_CONSULT)
    attested_eligible: Documentation = Documentation(wants.ELIGIBLE, remedy=Remedy.TRANSPLANT_CONSULT)

    single_infusion: Documentation = Documentation(wants.SINGLE_INFUSION)
    dose_per_kg: Results = Results(wants.DOSE)

    lines_of_business: tuple[str, ...] = ()
    """Of the active coverage: `commercial`, `marketplace`, `medicaid`; empty when not known, dual or CHIP."""
    adult: Answer = Answer.UNKNOWN
    allogeneic_transplant: tuple[Evidence, ...] = ()
    coverage_outside_policy: tuple[Evidence, ...] = ()
    weight_not_before_apheresis: tuple[Evidence, ...] = ()
    dose_exceeds_product: tuple[Evidence, ...] = ()
    other_active_orders: tuple[Evidence, ...] = ()


def _evidence(results: list[Result]) -> tuple[Evidence, ...]:
    return unique(each for result in results for each in (result.evidence, *result.rests_on))
