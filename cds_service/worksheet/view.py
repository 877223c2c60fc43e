"""A chart as the worksheet and the packet show it: criterion by criterion, what is documented and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cds_service.frozen import frozen
from cds_service.hooks.determination import STATUS
from cds_service.logic import Answer, Evidence, Gap, unique
from cds_service.policy.model import Criterion, Determination, Evaluation, Outcome
from cds_service.published.questionnaire import Form, Item
from cds_service.wording import cards, worksheet
from cds_service.worksheet.form import asked_of


@frozen
class Missing:
    """One thing that is wanted, and each reason why it is not there, with the resource that gives it."""

    wanted: str
    reasons: tuple[tuple[str, str | None], ...]


@frozen
class CriterionShown:
    """One top-level criterion in words."""

    id: str
    heading: str
    title: str
    status: str
    """`met`, `not-met` or `unknown`."""
    word: str
    evidence: tuple[Evidence, ...]
    missing: tuple[Missing, ...]
    settled_by: str


@frozen
class Panel:
    """A group of questions, under the criterion that it is for; `first` among the groups for it."""

    group: Item
    criterion: CriterionShown
    first: bool = True


@frozen
class Sheet:
    """The whole worksheet: what is asked, what is open and settled elsewhere, what is documented."""

    criteria: tuple[CriterionShown, ...]
    """All of them, in the policy's order."""
    panels: tuple[Panel, ...]
    closed: tuple[str, ...] = ()
    """Headings of the criteria that were open before and are documented now."""

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of the criteria that are not documented."""
        return tuple(criterion.id for criterion in self.criteria if criterion.status != "met")

    @property
    def elsewhere(self) -> tuple[CriterionShown, ...]:
        """What is open and not asked about here."""
        return tuple(each for each in self._not_asked() if each.status != "met")

    @property
    def documented(self) -> tuple[CriterionShown, ...]:
        """What is documented and not asked about either."""
        return tuple(each for each in self._not_asked() if each.status == "met")

    def _not_asked(self) -> list[CriterionShown]:
        asked = [panel.criterion for panel in self.panels]
        return [each for each in self.criteria if each not in asked]


@frozen
class Stop:
    """Why the criteria for LAD-I lead nowhere for this order, whatever is answered."""

    title: str
    says: str
    lines: tuple[str, ...]


def stop_of(evaluation: Evaluation) -> Stop | None:
    """The stop: an earlier dose, or another disease with the policies to use; None where there is none."""
    outcome = evaluation.determination.outcome if evaluation.determination else None
    if outcome is Outcome.EARLIER_DOSE:
        return Stop(worksheet.EARLIER_DOSE, worksheet.EARLIER_DOSE_DETAIL, ())
    if outcome is Outcome.OTHER_INDICATION:
        routes = (cards.use_policy(d.route.title, d.use, d.after_label_change) for d in evaluation.directions)
        return Stop(worksheet.OTHER_INDICATION, worksheet.OTHER_INDICATION_DETAIL, tuple(routes))
    return None


def sheet(determination: Determination, form: Form, before: Iterable[str] = ()) -> Sheet:
    """What the worksheet shows of one determination; `before`: the criteria that were open a moment ago."""
    criteria = {each.id: each for each in map(criterion_shown, determination.criteria)}
    panels = tuple(_panels(asked_of(determination, form), criteria))
    closed = (criteria[id_].heading for id_ in before if id_ in criteria and criteria[id_].status == "met")
    return Sheet(tuple(criteria.values()), panels, tuple(closed))


def _panels(groups: Iterable[Item], criteria: Mapping[str, CriterionShown]) -> Iterator[Panel]:
    seen: set[str] = set()
    for group in groups:
        criterion = _open_one(group, criteria)
        yield Panel(group, criterion, first=criterion.id not in seen)
        seen.add(criterion.id)


def _open_one(group: Item, criteria: Mapping[str, CriterionShown]) -> CriterionShown:
    """The criterion that a group is asked for: its own, or another open one (family history bears on I.A.1 too)."""
    clauses = [clause for question in group.questions() for clause in question.clauses]
    others = [each for each in criteria.values() if any(clause.startswith(f"{each.id}.") for clause in clauses)]
    return next((each for each in (criteria[group.prefix], *others) if each.status != "met"), criteria[group.prefix])


def criterion_shown(criterion: Criterion) -> CriterionShown:
    """One top-level criterion."""
    clause, finding = criterion.clause, criterion.finding
    status = STATUS[finding.answer]
    known = clause.id in cards.SHORT
    return CriterionShown(
        id=clause.id,
        heading=cards.heading(clause.id, met=status == "met") if known else clause.title,
        title=clause.title,
        status=status,
        word=worksheet.STATUS[status],
        evidence=finding.evidence if finding.answer is not Answer.UNKNOWN else _so_far(criterion),
        missing=_missing(finding.gaps),
        settled_by=cards.SETTLED_BY.get(clause.id, ""),
    )


def _so_far(criterion: Criterion) -> tuple[Evidence, ...]:
    """What is on record under an open criterion: a diagnosis, say, that waits for its flow cytometry."""
    return unique(each for leaf in criterion.leaves() for each in leaf.finding.evidence)


def _missing(gaps: tuple[Gap, ...]) -> tuple[Missing, ...]:
    return tuple(
        Missing(wanted, unique((gap.because, gap.source) for gap in gaps if gap.wanted == wanted))
        for wanted in unique(gap.wanted for gap in gaps)
    )
