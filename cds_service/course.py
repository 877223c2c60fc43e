"""The course of treatment, as a clause of the label asks about it: one draft order (or none) beside what was done.

The readers of `chart/bedside` fill these facts, `policy/label.py` asks them. Each answers with a `Finding`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto

from cds_service.elapsed import (
    days_after,
    days_between,
    hours_after,
    not_on_an_earlier_day,
    time_between,
    within_months,
)
from cds_service.facts import Documentation, Result
from cds_service.frozen import frozen
from cds_service.logic import Answer, Asked, Cause, Evidence, Finding, Gap, all_of, unique
from cds_service.timing import When
from cds_service.wording import bedside as say


class Role(Enum):
    """What a draft order is for, as far as the label has a word on it."""

    MOBILISES = auto()
    """Plerixafor, apheresis of progenitor cells, or a G-CSF for mobilisation."""
    MOBILISES_WITH_G_CSF = auto()
    """A G-CSF for mobilisation, which begins a cycle."""
    CONDITIONS = auto()
    """A myeloablative agent that is not given by mouth, or total body irradiation."""
    INFUSES = auto()
    """Kresladi itself."""
    TRANSFUSES = auto()
    """Red cells, whole blood, platelets, granulocytes, plasma or cryoprecipitate."""
    DONATES = auto()
    """A donation by the patient."""
    HANDLES_PRODUCT = auto()
    """Something that Kresladi must not undergo: irradiating, filtering, washing, sampling it …"""


@frozen
class Moment:
    """When something was or is to be, and what shows it; or, where that is not known, why."""

    wanted: str
    when: When | None = None
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def open(self) -> tuple[Gap, ...]:
        """Why it is not known; never empty."""
        return self.gaps or (Gap(self.wanted, say.NOT_ON_RECORD, Cause.ABSENT),)


@frozen
class Interval:
    """From one moment of the course to another."""

    wanted: str
    since: Moment
    until: Moment
    after: str = ""
    """What the first moment is called where the time since it is told."""

    def hours(self, least: int, most: int) -> Finding:
        """Whether it lasts at least and at most so many hours, both included, by instants."""
        return self._judged(lambda since, until: hours_after(since, until, least, most), self._counted(time_between))

    def at_least_days(self, days: int) -> Finding:
        """Whether it lasts so many calendar days or more, in the earlier moment's offset."""
        return self._judged(lambda since, until: days_after(since, until, days), self._counted(days_between))

    def ends_within_months(self, months: int) -> Finding:
        """Whether it ends from the day on which it begins through the same day so many months on."""
        return self._judged(lambda since, until: within_months(since, until, months))

    def ends_by_day(self) -> Finding:
        """Whether it begins no later than the day on which it ends."""
        return self._judged(lambda since, until: not_on_an_earlier_day(until, since))

    def _counted(self, count: Callable[[When, When], timedelta | int | None]) -> tuple[Evidence, ...]:
        """How long it lasts, where both ends are known as exactly as it is counted."""
        if self.since.when is None or self.until.when is None or not self.until.evidence:
            return ()
        length = count(self.since.when, self.until.when)
        if length is None:
            return ()
        return (Evidence(say.lies_after(length, self.after), self.until.evidence[0].source),)

    def _judged(self, question: Callable[[When, When], Answer], counted: tuple[Evidence, ...] = ()) -> Finding:
        evidence = (*self.since.evidence, *self.until.evidence, *counted)
        missing = unique(gap for each in (self.since, self.until) if each.when is None for gap in each.open)
        if self.since.when is None or self.until.when is None:
            return Finding(Answer.UNKNOWN, evidence, missing)
        return Finding(question(self.since.when, self.until.when), evidence, (self._straddles(),))

    def _straddles(self) -> Gap:
        """Why the dates do not tell; closed where they do."""
        both = tuple(each.says for each in (*self.since.evidence, *self.until.evidence))
        source = next((each.source for each in (*self.since.evidence, *self.until.evidence)), None)
        return Gap(self.wanted, say.dates_do_not_tell(both), Cause.UNUSABLE, source)


@frozen
class Quantities:
    """All quantities on record of cells kept as a back-up, in 10⁶ CD34+ cells per kg. One that suffices is enough.

    `gaps` tells what else is there and will not do, or could not be looked at.
    """

    wanted: str
    usable: tuple[Result, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def at_least(self, limit: str) -> Finding:
        """Whether one of them is the limit or more. Several of which none suffices may add up: unknown."""
        answers = [result.level.at_least(Decimal(limit)) for result in self.usable]
        enough = tuple(r.evidence for r, answer in zip(self.usable, answers, strict=True) if answer is Answer.MET)
        if enough:
            return Finding(Answer.MET, enough)
        evidence = tuple(result.evidence for result in self.usable)
        if answers == [Answer.NOT_MET] and not self.gaps:
            return Finding(Answer.NOT_MET, evidence)
        return Finding(Answer.UNKNOWN, evidence, self._open(limit))

    def _open(self, limit: str) -> tuple[Gap, ...]:
        because = say.none_suffices(limit) if len(self.usable) > 1 else say.may_be_less(limit)
        found = (Gap(self.wanted, because, Cause.UNUSABLE, self.usable[0].evidence.source),) if self.usable else ()
        return (*found, *self.gaps) or (Gap(self.wanted, say.NOT_ON_RECORD, Cause.ABSENT),)


@frozen
class Bags:
    """Until when the bags on record may be used; what was answered about them comes first."""

    answered: Documentation
    expiries: tuple[Moment, ...] = ()

    def good_on(self, day: Moment) -> Finding:
        """Whether no bag is past its date on that day."""
        answered = self.answered.shown()
        if answered.answer is not Answer.UNKNOWN or self.answered.unread or not self.expiries:
            return answered
        return all_of(*(Interval(self.answered.wanted, day, expiry).ends_by_day() for expiry in self.expiries))


@frozen
class Bedside(Asked):
    """Everything the label's clauses may ask: about one draft order, or, in a patient-view, about none.

    Defaults are an order that is for nothing and a chart that holds nothing and could not be read.
    """

    roles: frozenset[Role] = frozenset()
    is_view: bool = False
    stated_time: Moment = Moment(say.WANTED_ORDER_TIME)
    """When the order is to be carried out, as it says itself."""
    time: Moment = Moment(say.WANTED_ORDER_TIME)
    """The same; else when it was written, else today."""

    says_irradiated: Documentation = Documentation(say.WANTED_IRRADIATED)
    never_donates: Documentation = Documentation(say.WANTED_TOLD)
    """Whether the patient was told so; of an order, whether it is for a donation."""
    product_left_alone: Documentation = Documentation(say.WANTED_LEFT_ALONE)

    treated: Documentation = Documentation(say.WANTED_TREATED)
    infusion: Moment = Moment(say.WANTED_INFUSION)
    """The last end of the infusion."""

    transplant_appropriate: Documentation = Documentation(say.WANTED_APPROPRIATE)
    weighed_before_apheresis: Documentation = Documentation(say.WANTED_WEIGHT)
    apheresis_done: Documentation = Documentation(say.WANTED_APHERESIS)
    last_apheresis: Moment = Moment(say.WANTED_APHERESIS)
    minimum_dose_reached: Documentation = Documentation(say.WANTED_MINIMUM_DOSE)

    product_stored: Documentation = Documentation(say.WANTED_STORED)
    back_up: Quantities = Quantities(say.WANTED_BACK_UP)
    back_up_available: Documentation = Documentation(say.WANTED_BACK_UP_AVAILABLE)

    conditioned: Documentation = Documentation(say.WANTED_CONDITIONING)
    """Whether conditioning was begun."""
    end_of_conditioning: Moment = Moment(say.WANTED_END_OF_CONDITIONING)
    bags: Bags = Bags(Documentation(say.WANTED_IN_DATE))
    lot_sheet_checked: Documentation = Documentation(say.WANTED_LOT)
    central_access: Documentation = Documentation(say.WANTED_ACCESS)
    no_filter_no_pump: Documentation = Documentation(say.WANTED_EQUIPMENT)

    @property
    def since_last_apheresis(self) -> Interval:
        """From the end of the last apheresis to the start of the order."""
        return Interval(say.WANTED_CYCLE_INTERVAL, self.last_apheresis, self.time, say.THE_LAST_APHERESIS)

    @property
    def since_conditioning(self) -> Interval:
        """From the end of conditioning to the time that the order states."""
        return Interval(
            say.WANTED_INFUSION_INTERVAL, self.end_of_conditioning, self.stated_time, say.THE_END_OF_CONDITIONING
        )

    @property
    def since_infusion(self) -> Interval:
        """From the infusion to the order."""
        return Interval(say.WANTED_WINDOW, self.infusion, self.time)


def opposite(finding: Finding) -> Finding:
    """The answer to the negated question, for the same reasons."""
    return Finding(finding.answer.opposite, finding.evidence, finding.gaps, finding.set_aside)
