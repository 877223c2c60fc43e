"""What is to be asked: the questions of the published Questionnaire that bear on a clause which is still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cds_service.logic import Answer, Cause
from cds_service.policy.model import Criterion, Determination, Outcome
from cds_service.published.questionnaire import Form, Item, form_of

QUESTIONNAIRE, CHECKLIST = "kresladi-prior-authorization", "kresladi-treatment-checklist"
_POINTLESS = (Outcome.EARLIER_DOSE, Outcome.OTHER_INDICATION)
"""Where these hold, no answer to the questionnaire changes what the chart documents."""


def questionnaire() -> Form:
    """The whole Questionnaire about coverage."""
    return form_of(QUESTIONNAIRE)


def checklist() -> Form:
    """The whole Questionnaire about the treatment."""
    return form_of(CHECKLIST)


def asked_of(determination: Determination, form: Form) -> tuple[Item, ...]:
    """The groups of the Questionnaire with the questions that are open, and with those that they hang together with.

    A criterion that the chart contradicts is asked about too: a newer answer may put right what is on record.
    """
    if determination.outcome in _POINTLESS:
        return ()
    clauses = {clause for each in determination.criteria for clause in open_clauses(each)}
    bearing = {question.link_id for question in form.questions() if clauses.intersection(question.clauses)}
    wanted = _tied_to(bearing, form.questions())
    return tuple(filter(None, (_kept(item, wanted) for item in form.items)))


def open_clauses(criterion: Criterion) -> frozenset[str]:
    """The clauses below a top-level criterion that an answer could decide.

    Unknown: those whose gaps are still gaps of the whole (so none of a branch that is not needed), where somebody could
    look. Not met: those that are contradicted. Met: none.
    """
    if criterion.finding.answer is Answer.MET:
        return frozenset()
    if criterion.finding.answer is Answer.NOT_MET:
        return frozenset(leaf.clause.id for leaf in criterion.leaves() if leaf.finding.answer is Answer.NOT_MET)
    wanted = {gap for gap in criterion.finding.gaps if gap.cause is not Cause.UNAVAILABLE}
    return frozenset(leaf.clause.id for leaf in criterion.leaves() if wanted.intersection(leaf.finding.gaps))


def _tied_to(bearing: set[str], questions: Iterable[Item]) -> frozenset[str]:
    """These questions and all that apply only together with them, in either direction."""
    questions, wanted = tuple(questions), set(bearing)
    while True:
        ties = [{question.link_id, *(each.question for each in question.enable_when)} for question in questions]
        more = wanted.union(*(tie for tie in ties if tie & wanted))
        if more == wanted:
            return frozenset(wanted)
        wanted = more


def _kept(item: Item, wanted: frozenset[str]) -> Item | None:
    """The group with the wanted questions, and what is said between them; None where it has none."""
    if not any(question.link_id in wanted for question in item.questions()):
        return None
    return replace(item, items=tuple(each for each in item.items if not each.is_question or each.link_id in wanted))
