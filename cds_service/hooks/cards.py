"""The cards: few, the gravest first, each with one thing to do. At most one of each topic per order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cds_service.frozen import frozen
from cds_service.hooks import detail, topics
from cds_service.hooks.markdown import escaped
from cds_service.hooks.shapes import OVERRIDE_REASONS, TOPICS, Shape, card, coding
from cds_service.hooks.suggestions import CallContext, delete_order, order_remedy
from cds_service.logic import Answer, Cause, Gap, Remedy, unique
from cds_service.policy.model import Criterion, Determination, Evaluation, Order, Outcome
from cds_service.wording import cards as say


@frozen
class Source:
    """Who gives the guidance: the plan's name and the policy's public address.

    `worksheet` is the launch address of the documentation worksheet, a SMART app; None where there is none.
    """

    label: str
    url: str | None = None
    worksheet: str | None = None


@frozen
class Draft:
    """A card before it has its shape: its topic, its sentence, the lines of its detail, what it suggests."""

    topic: str
    summary: str
    lines: tuple[str, ...]
    suggestions: tuple[Shape, ...] = ()
    links: tuple[Shape, ...] = ()


@frozen
class Maker:
    """Makes the cards of one call. `stops_only` is how order-select shows them."""

    source: Source
    call: CallContext
    stops_only: bool = False

    def cards(self, evaluations: Iterable[Evaluation]) -> list[Shape]:
        """All cards, the gravest first."""
        drafts = [draft for evaluation in evaluations for draft in self._of(evaluation)]
        return [self._shaped(draft) for draft in sorted(drafts, key=_gravity)]

    def _of(self, evaluation: Evaluation) -> list[Draft]:
        drafts = sorted(self._drafts(evaluation), key=_gravity)
        if self.stops_only:
            drafts = [draft for draft in drafts if draft.topic in topics.STOPS]
        return _with_common_lines(drafts, evaluation.determination)

    def _drafts(self, evaluation: Evaluation) -> Iterator[Draft]:
        determination = evaluation.determination
        if determination is None:
            yield _wrong_patient(evaluation.order)
        elif determination.outcome is Outcome.EARLIER_DOSE:
            yield _earlier_dose(evaluation.order, determination)
        elif determination.outcome is Outcome.OTHER_INDICATION:
            yield _other_indication(evaluation, determination)
        else:
            drafts = [*_stops(evaluation, determination, self.stops_only), *self._open(evaluation, determination)]
            if not drafts and determination.outcome is Outcome.CRITERIA_MET:
                drafts = [_all_met(determination)]
            yield from drafts

    def _open(self, evaluation: Evaluation, determination: Determination) -> Iterator[Draft]:
        if evaluation.other_active_orders:
            yield _duplicate(evaluation)
        missing = [(criterion, gaps) for criterion, gaps in _undecided(determination, _is_missing)]
        missing = [(criterion, gaps) for criterion, gaps in missing if criterion.clause.id != "II.A"]
        if missing:
            yield self._missing(evaluation.order, determination, missing)
        unread = list(_undecided(determination, _is_unread))
        if unread:
            lines = (say.UNAVAILABLE_DETAIL, *detail.unread_lines(unread))
            yield Draft(topics.UNAVAILABLE, say.unavailable(_ids(criterion for criterion, _ in unread)), lines)

    def _missing(self, order: Order, determination: Determination, missing: list[tuple[Criterion, list[Gap]]]) -> Draft:
        documented = say.documented(_ids(determination.answered(Answer.MET)))
        wanted = {gap.remedy for _, gaps in missing for gap in gaps}
        return Draft(
            topics.MISSING,
            say.missing(_ids(criterion for criterion, _ in missing)),
            (say.MISSING_DETAIL, *detail.open_lines(missing), documented),
            tuple(order_remedy(remedy, self.call) for remedy in Remedy if remedy in wanted),
            _worksheet(self.source.worksheet, order) if self.source.worksheet else (),
        )

    def _shaped(self, draft: Draft) -> Shape:
        reasons = [coding(OVERRIDE_REASONS, code, say.OVERRIDES[code]) for code in topics.overrides(draft.topic)]
        members = {
            "summary": draft.summary,
            "indicator": topics.indicator(draft.topic),
            "detail": detail.as_markdown(draft.lines),
            "source": {"label": self.source.label, "url": self.source.url, "topic": coding(TOPICS, draft.topic)},
            "links": draft.links,
            "overrideReasons": reasons,
        }
        return card(members, draft.suggestions, "any" if draft.topic == topics.MISSING else "at-most-one")


# --- one card each ---------------------------------------------------------------------------------------------------


def _wrong_patient(order: Order) -> Draft:
    return Draft(topics.WRONG_PATIENT, say.WRONG_PATIENT, (say.WRONG_PATIENT_DETAIL,), _delete(order))


def _earlier_dose(order: Order, determination: Determination) -> Draft:
    lines = (say.EARLIER_DOSE_DETAIL, *_evidence_of("II.A", determination))
    return Draft(topics.EARLIER_DOSE, say.EARLIER_DOSE, lines, _delete(order, recommended=True))


def _other_indication(evaluation: Evaluation, determination: Determination) -> Draft:
    routes = [
        f"- {say.use_policy(each.route.title, each.use, each.after_label_change)}" for each in evaluation.directions
    ]
    medicaid = [say.STATE_RULES] if any(each.route.line == "medicaid" for each in evaluation.directions) else []
    reason = _evidence_of("I.B", determination)
    lines = (say.OTHER_INDICATION_DETAIL, *reason, say.OTHER_POLICIES, *routes, *medicaid)
    return Draft(topics.OTHER_INDICATION, say.OTHER_INDICATION, lines)


def _stops(evaluation: Evaluation, determination: Determination, stops_only: bool) -> Iterator[Draft]:
    not_met = determination.answered(Answer.NOT_MET)
    if any(each.clause.id == "I.A.4" for each in not_met):
        lines = (say.SIBLING_DONOR_DETAIL, *_evidence_of("I.A.4", determination))
        yield Draft(topics.SIBLING_DONOR, say.SIBLING_DONOR, lines, _delete(evaluation.order))
    # A dose is often not yet written when an order is selected: it stops nothing there.
    beside = {"I.A.4", "I.A.6"} if stops_only else {"I.A.4"}
    others = [each for each in not_met if each.clause.id not in beside]
    if others:
        lines = (say.NOT_MET_DETAIL, *detail.contradicted_lines(others))
        yield Draft(topics.NOT_MET, say.not_met(_ids(others)), lines)
    for criterion, gaps in _undecided(determination, _is_missing):
        if criterion.clause.id == "II.A":
            lines = (say.POSSIBLE_DOSE_DETAIL, *detail.doubt_lines(gaps))
            yield Draft(topics.POSSIBLE_DOSE, say.POSSIBLE_DOSE, lines)


def _duplicate(evaluation: Evaluation) -> Draft:
    beside = say.beside_order(escaped(evaluation.order.reference))
    lines = (beside, *detail.evidence_lines(evaluation.other_active_orders))
    return Draft(topics.DUPLICATE, say.DUPLICATE, lines, _delete(evaluation.order))


def _all_met(determination: Determination) -> Draft:
    return Draft(topics.ALL_MET, say.ALL_MET, (say.ALL_MET_DETAIL, *detail.documented_lines(determination.criteria)))


# --- what they share -------------------------------------------------------------------------------------------------


def _with_common_lines(drafts: list[Draft], determination: Determination | None) -> list[Draft]:
    """The advice on the gravest card alone, and the plan's committee on each about coverage."""
    about_coverage = [draft for draft in drafts if draft.topic not in topics.NOT_ABOUT_COVERAGE]
    advised = about_coverage[0] if about_coverage else None
    return [_with_lines(draft, _advice(determination) if draft is advised else ()) for draft in drafts]


def _with_lines(draft: Draft, advice: tuple[str, ...]) -> Draft:
    if draft.topic in topics.NOT_ABOUT_COVERAGE:
        return draft
    return replace(draft, lines=(*draft.lines, *advice, say.COMMITTEE))


def _advice(determination: Determination | None) -> tuple[str, ...]:
    if determination is None or not determination.advice:
        return ()
    return (say.BESIDE, *(f"- {escaped(advised.says)}" for advised in determination.advice))


def _undecided(determination: Determination, wanted: Callable[[Gap], bool]) -> Iterator[tuple[Criterion, list[Gap]]]:
    """The undecided criteria that have gaps of the wanted kind, with those."""
    for criterion in determination.answered(Answer.UNKNOWN):
        gaps = [gap for gap in criterion.finding.gaps if wanted(gap)]
        if gaps:
            yield criterion, gaps


def _is_missing(gap: Gap) -> bool:
    return gap.cause is not Cause.UNAVAILABLE


def _is_unread(gap: Gap) -> bool:
    return gap.cause is Cause.UNAVAILABLE


def _evidence_of(clause_id: str, determination: Determination) -> list[str]:
    criterion = determination.criterion(clause_id)
    return detail.evidence_lines(criterion.finding.evidence) if criterion else []


def _worksheet(launch: str, order: Order) -> tuple[Shape, ...]:
    """The link to the SMART app where the rest is documented. The EHR hands `appContext` on when the app starts."""
    context = ({"order": order.reference} if order.id else {}) | {"hook": "order-sign"}
    return ({"label": say.WORKSHEET, "url": launch, "type": "smart", "appContext": json.dumps(context)},)


def _delete(order: Order, *, recommended: bool = False) -> tuple[Shape, ...]:
    return (delete_order(order, recommended=recommended),) if order.id else ()


def _gravity(draft: Draft) -> int:
    return topics.ORDER.index(draft.topic)


def _ids(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    return unique(criterion.clause.id for criterion in criteria)
