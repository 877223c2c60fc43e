"""A chart as the treatment checklist shows it: what the label asks for an order, and the questions about it."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.frozen import frozen
from cds_service.policy.label import LabelEvaluation
from cds_service.policy.model import Criterion
from cds_service.published.questionnaire import Form, Item
from cds_service.wording import worksheet as say
from cds_service.worksheet.view import CriterionShown, Missing, criterion_shown

STEPS = "bedside-steps-reviewed"
"""The question whose answer decides no clause, and ends the card about the steps that no order shows."""


@frozen
class ClauseShown:
    """A clause of the label, and what it asks one by one."""

    id: str
    title: str
    points: tuple[CriterionShown, ...]


@frozen
class TreatmentSheet:
    """What the label asks and the chart says to it; then the questions, those that bear on what is open first."""

    clauses: tuple[ClauseShown, ...]
    asked: tuple[Item, ...]
    others: tuple[Item, ...]
    closed: tuple[str, ...] = ()
    """What was open before and is documented now, in words."""

    @property
    def points(self) -> tuple[CriterionShown, ...]:
        """Everything that the label asks for this order."""
        return tuple(point for clause in self.clauses for point in clause.points)

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of what is not documented."""
        return tuple(point.id for point in self.points if point.status != "met")


def treatment_sheet(evaluation: LabelEvaluation | None, form: Form, before: Iterable[str] = ()) -> TreatmentSheet:
    """What is shown of one evaluation; `before`: the ids of what was open a moment ago.

    Every question can be answered, whatever is open: what was answered may have changed, and a newer answer counts.
    """
    clauses = tuple(_clause(each, evaluation, form) for each in evaluation.criteria) if evaluation else ()
    points = {point.id: point for clause in clauses for point in clause.points}
    open_ = {id_ for id_, point in points.items() if point.status != "met"}
    asked = tuple(group for group in form.items if _bears_on(group, open_))
    others = tuple(group for group in form.items if group not in asked)
    closed = tuple(points[id_].heading for id_ in before if id_ in points and id_ not in open_)
    return TreatmentSheet(clauses, asked, others, closed)


def _clause(criterion: Criterion, evaluation: LabelEvaluation, form: Form) -> ClauseShown:
    points = tuple(map(criterion_shown, criterion.leaves()))
    steps = [question for question in form.questions() if question.link_id == STEPS]
    if any(criterion.clause.id in question.clauses for question in steps):
        points += (_steps(evaluation.bedside_steps_open),)
    return ClauseShown(criterion.clause.id, criterion.clause.title, points)


def _steps(is_open: bool) -> CriterionShown:
    status = "unknown" if is_open else "met"
    missing = (Missing(say.WANTED_STEPS, ((say.NO_STEPS, None),)),) if is_open else ()
    return CriterionShown(STEPS, say.BEDSIDE_STEPS, say.BEDSIDE_STEPS, status, say.STATUS[status], (), missing, "")


def _bears_on(group: Item, open_: set[str]) -> bool:
    return any(open_.intersection((question.link_id, *question.clauses)) for question in group.questions())
