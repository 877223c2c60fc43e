"""The cards around the infusion: one a clause and order, the gravest first. They are about safety, never coverage."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cds_service.frozen import frozen
from cds_service.hooks import detail
from cds_service.hooks import label_topics as topics
from cds_service.hooks.detail import contradicted_lines
from cds_service.hooks.label_suggestions import ask_for_irradiation, flag_never_a_donor, remove
from cds_service.hooks.markdown import escaped
from cds_service.hooks.shapes import OVERRIDE_REASONS, TOPICS, Shape, card, coding
from cds_service.hooks.suggestions import CallContext
from cds_service.logic import Answer, Evidence, Finding
from cds_service.policy.label import LabelEvaluation
from cds_service.policy.model import Criterion
from cds_service.wording import label as say

_CRITICAL, _WARNING, _INFO = topics.INDICATORS
_SETTLED_BY_ANSWERS = (topics.MOBILISE, topics.REPEAT, topics.CONDITIONING, topics.INFUSE)
"""What an answer to the checklist may change; of donating, only what was told the family."""


@frozen
class Draft:
    """A card before it has its shape. What its suggestions hold of an order stays as it came."""

    topic: str
    indicator: str
    summary: str
    lines: tuple[str, ...]
    suggestions: tuple[Shape, ...] = ()
    links: tuple[Shape, ...] = ()


@frozen
class Case:
    """One clause of one order (or of the patient), in one call."""

    evaluation: LabelEvaluation
    criterion: Criterion
    call: CallContext

    @property
    def answer(self) -> Answer:
        """What the clause came to."""
        return self.criterion.finding.answer

    def parts(self, answer: Answer, *last_words: str) -> list[Criterion]:
        """The parts of the clause with that answer; of those named, where any are."""
        parts = [part for part in self.criterion.parts if part.finding.answer is answer]
        return [part for part in parts if not last_words or part.clause.id.rsplit(".", 1)[-1] in last_words]


@frozen
class LabelMaker:
    """Makes the cards of one call. `checklist` is the address of the questionnaire about what no order shows.

    `worksheet` is the launch address of the SMART app in which it is answered; None where there is none.
    """

    call: CallContext
    checklist: str
    worksheet: str | None = None

    def cards(self, evaluations: Sequence[LabelEvaluation]) -> list[Shape]:
        """All cards, the gravest first. Where several orders are signed together, each says which it is about."""
        drafts = [(draft, each) for each in evaluations for draft in self._drafts(each)]
        drafts.sort(key=lambda made: topics.gravity(made[0].topic, made[0].indicator))
        several = len(evaluations) > 1
        return [_shaped(draft, _order_line(evaluation) if several else "") for draft, evaluation in drafts]

    def _drafts(self, evaluation: LabelEvaluation) -> Iterator[Draft]:
        for criterion in evaluation.criteria:
            draft = _CARDS[criterion.clause.id](Case(evaluation, criterion, self.call))
            if draft is not None:
                yield replace(draft, links=self._answerable(draft.topic, evaluation))
        if evaluation.bedside_steps_open:
            yield self._checklist(evaluation)

    def _checklist(self, evaluation: LabelEvaluation) -> Draft:
        lines = (say.CHECKLIST_DETAIL, *(f"- {step}" for step in say.CHECKLIST_STEPS), say.CHECKLIST_END)
        published = {"label": say.CHECKLIST_LINK, "url": self.checklist, "type": "absolute"}
        return Draft(topics.CHECKLIST, _INFO, say.CHECKLIST, lines, links=self._worksheet(evaluation) or (published,))

    def _answerable(self, topic: str, evaluation: LabelEvaluation) -> tuple[Shape, ...]:
        about_telling = topic == topics.DONATE and evaluation.order is None
        return self._worksheet(evaluation) if about_telling or topic in _SETTLED_BY_ANSWERS else ()

    def _worksheet(self, evaluation: LabelEvaluation) -> tuple[Shape, ...]:
        """The link to the SMART app. The EHR hands `appContext` on when the app starts."""
        if self.worksheet is None:
            return ()
        order = evaluation.order
        context = {"order": order.reference} if order is not None and order.id else {}
        context |= {"hook": "order-sign" if order is not None else "patient-view", "questionnaire": self.checklist}
        return ({"label": say.FILL_IN, "url": self.worksheet, "type": "smart", "appContext": json.dumps(context)},)


# --- one card each ----------------------------------------------------------------------------------------------------


def _mobilise(case: Case) -> Draft | None:
    against, undecided = case.parts(Answer.NOT_MET), case.parts(Answer.UNKNOWN)
    if not against and not undecided:
        return None
    summary = say.mobilise_against(_ids(against)) if against else say.mobilise_open(_ids(undecided))
    lines = (say.MOBILISE_DETAIL, *contradicted_lines(against), *_open(undecided), say.MOBILISE_BESIDE)
    return Draft(topics.MOBILISE, _WARNING if against else _INFO, summary, lines)


def _repeat(case: Case) -> Draft | None:
    against, undecided = case.parts(Answer.NOT_MET), case.parts(Answer.UNKNOWN, "interval")
    if not against and not undecided:
        return None
    summary = say.repeat_against(_ids(against)) if against else say.REPEAT_OPEN
    return Draft(topics.REPEAT, _WARNING, summary, (say.REPEAT_DETAIL, *contradicted_lines(against), *_open(undecided)))


def _conditioning(case: Case) -> Draft | None:
    against, undecided = case.parts(Answer.NOT_MET), case.parts(Answer.UNKNOWN)
    if not against and not undecided:
        return None
    summary = say.conditioning_against(_ids(against)) if against else say.conditioning_open(_ids(undecided))
    lines = (say.CONDITIONING_DETAIL, *contradicted_lines(against), *_open(undecided))
    return Draft(topics.CONDITIONING, _CRITICAL if against else _WARNING, summary, lines)


def _infuse(case: Case) -> Draft | None:
    against, undecided = case.parts(Answer.NOT_MET), case.parts(Answer.UNKNOWN, "interval")
    if not against and not undecided:
        return None
    summary = say.infuse_against(_ids(against)) if against else say.INFUSE_OPEN
    others = [part for part in case.parts(Answer.UNKNOWN) if part not in undecided]
    lines = (
        say.INFUSE_DETAIL,
        *contradicted_lines(against),
        *_open(undecided),
        say.still_open(_ids(others)) if others else "",
    )
    return Draft(topics.INFUSE, _WARNING, summary, lines)


def _irradiate(case: Case) -> Draft | None:
    if case.answer is Answer.MET or case.evaluation.order is None:
        return None
    summary = say.IRRADIATE if case.answer is Answer.NOT_MET else say.IRRADIATE_OPEN
    suggestions = ask_for_irradiation(case.evaluation.order, case.evaluation.draft)
    return Draft(topics.IRRADIATE, _WARNING, summary, (say.IRRADIATE_DETAIL, *_said(case.criterion)), suggestions)


def _donate(case: Case) -> Draft | None:
    if case.answer is Answer.MET:
        return None
    if case.evaluation.order is not None:
        summary = say.DONATE_ORDER if case.answer is Answer.NOT_MET else say.DONATE_ORDER_OPEN
        lines = (say.DONATE_ORDER_DETAIL, *_said(case.criterion))
        return Draft(topics.DONATE, _WARNING, summary, lines, remove(case.evaluation.order))
    opening = say.DONATE_VIEW_AGAINST if case.answer is Answer.NOT_MET else say.DONATE_VIEW_DETAIL
    lines = (opening, *_said(case.criterion))
    return Draft(topics.DONATE, _INFO, say.DONATE_VIEW, lines, flag_never_a_donor(case.call))


def _product(case: Case) -> Draft | None:
    if case.answer is not Answer.NOT_MET or case.evaluation.order is None:
        return None
    lines = (say.PRODUCT_DETAIL, *_said(case.criterion))
    return Draft(topics.PRODUCT, _CRITICAL, say.PRODUCT, lines, remove(case.evaluation.order))


_CARDS: Mapping[str, Callable[[Case], Draft | None]] = {
    "L.2.2.mobilise": _mobilise,
    "L.2.2.repeat": _repeat,
    "L.2.2.conditioning": _conditioning,
    "L.2.2.infuse": _infuse,
    "L.2.3.irradiate": _irradiate,
    "L.2.3.donate": _donate,
    "L.2.2.product": _product,
}

# --- what they share --------------------------------------------------------------------------------------------------


def _ids(parts: Iterable[Criterion]) -> list[str]:
    return [part.clause.id for part in parts]


def _open(parts: Iterable[Criterion]) -> list[str]:
    """What the label asks, what would settle it, and why what is there does not."""
    lines = []
    for part in parts:
        lines.append(f"- **{part.clause.title}** ({part.clause.id}). {say.SETTLED_BY[part.clause.id]}")
        lines += detail.below(_why_open(part))
    return lines


def _said(criterion: Criterion) -> list[str]:
    """What decided a clause, or keeps it open. What a gap repeats in its own words is not said twice."""
    gaps = [*criterion.finding.gaps]
    return [*detail.evidence_lines(_unrepeated(criterion.finding)), *detail.gap_lines(gaps)]


def _why_open(part: Criterion) -> list[str]:
    """The same below the part's own title, which says already what is wanted."""
    gaps = [*part.finding.gaps]
    if len({gap.wanted for gap in gaps}) > 1 or any(map(detail.is_plainly_absent, gaps)):
        return _said(part)
    return [*detail.evidence_lines(_unrepeated(part.finding)), *detail.doubt_lines(gaps)]


def _unrepeated(finding: Finding) -> list[Evidence]:
    return [each for each in finding.evidence if not any(each.says in gap.because for gap in finding.gaps)]


def _order_line(evaluation: LabelEvaluation) -> str:
    if evaluation.order is None:
        return ""
    return say.about_order(escaped(evaluation.order.reference), escaped(_name(evaluation.draft)))


def _name(draft: Mapping[str, object]) -> str:
    """What the order calls itself: the first text or display of its medication or code."""
    concept = draft.get("medicationCodeableConcept") or draft.get("code")
    if not isinstance(concept, dict):
        return ""
    codings = concept.get("coding")
    listed = codings if isinstance(codings, list) else []
    said = [concept.get("text"), *(each.get("display") for each in listed if isinstance(each, dict))]
    return next((text for text in said if isinstance(text, str) and text), "")


def _shaped(draft: Draft, about: str) -> Shape:
    reasons = topics.overrides(draft.topic, draft.indicator)
    members = {
        "summary": draft.summary,
        "indicator": draft.indicator,
        "detail": detail.as_markdown((*draft.lines, about)),
        "source": {"label": say.SOURCE, "topic": coding(TOPICS, draft.topic)},
        "links": draft.links,
        "overrideReasons": [coding(OVERRIDE_REASONS, code, say.OVERRIDES[code]) for code in reasons],
    }
    return card(members, draft.suggestions)
