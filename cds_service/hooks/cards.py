"""The cards: few, the gravest first, each with one thing to do. At most one of each topic per order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from cds_service.hooks.markdown import escaped
from cds_service.hooks.shapes import LONGEST_SUMMARY, OVERRIDE_REASONS, TOPICS, Shape, coding, without_empties
from cds_service.hooks.suggestions import CallContext, delete_order, order_remedy
from cds_service.logic import Answer, Cause, Evidence, Gap, Remedy, unique
from cds_service.policy.model import Criterion, Determination, Evaluation, Order
from cds_service.wording import cards as say

EARLIER_DOSE, POSSIBLE_DOSE = "prior-lifetime-dose", "possible-prior-dose"
SIBLING_DONOR, NOT_MET = "sibling-donor", "criteria-not-met"
OTHER_INDICATION, MISSING = "other-indication", "missing-documentation"
UNAVAILABLE, DUPLICATE = "chart-unavailable", "duplicate-order"
WRONG_PATIENT, ALL_MET = "wrong-patient", "criteria-met"

STOPS = frozenset({EARLIER_DOSE, POSSIBLE_DOSE, SIBLING_DONOR, OTHER_INDICATION, NOT_MET})
"""The topics that an order-select shows: what would stop the order, not what is still to be filled in."""
_INDICATOR = {EARLIER_DOSE: "critical", ALL_MET: "info"}
_REASONS = {
    EARLIER_DOSE: ("documented-elsewhere", "clinical-judgement", "plan-exception", "not-applicable"),
    POSSIBLE_DOSE: ("documented-elsewhere", "will-document", "clinical-judgement", "not-applicable"),
    SIBLING_DONOR: (
        "donor-not-usable",
        "documented-elsewhere",
        "will-document",
        "clinical-judgement",
        "plan-exception",
    ),
    NOT_MET: (
        "documented-elsewhere",
        "will-document",
        "clinical-judgement",
        "plan-exception",
        "not-applicable",
    ),
    MISSING: (
        "documented-elsewhere",
        "will-document",
        "clinical-judgement",
        "plan-exception",
        "not-applicable",
    ),
    UNAVAILABLE: ("documented-elsewhere", "will-document", "clinical-judgement", "not-applicable"),
    OTHER_INDICATION: ("plan-exception", "clinical-judgement", "will-document", "not-applicable"),
    DUPLICATE: ("clinical-judgement", "not-applicable"),
    WRONG_PATIENT: ("clinical-judgement", "not-applicable"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Who gives the guidance: the plan's name and the policy's public address."""

    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the cards of one call. `stops_only` is how order-select shows them."""

    source: Source
    call: CallContext
    stops_only: bool = False

    def cards(self, evaluations: Iterable[Evaluation]) -> list[Shape]:
        """All cards, the gravest first."""
        made = [card for evaluation in evaluations for card in self._of(evaluation)]
        return sorted(made, key=_gravity)

    def _of(self, evaluation: Evaluation) -> Iterator[Shape]:
        made = list(self._made(evaluation))
        if self.stops_only:
            made = [card for card in made if card["source"]["topic"]["code"] in STOPS]
        yield from made

    def _made(self, evaluation: Evaluation) -> Iterator[Shape]:
        determination = evaluation.determination
        if determination is None:
            yield self._card(
                WRONG_PATIENT, say.WRONG_PATIENT, [say.WRONG_PATIENT_DETAIL], self._delete(evaluation.order)
            )
            return
        no_earlier_dose = determination.criterion("II.A")
        if no_earlier_dose is not None and no_earlier_dose.finding.answer is Answer.NOT_MET:
            yield self._earlier_dose(evaluation.order, determination, no_earlier_dose)
        elif determination.section == "I.B":
            yield self._other_indication(evaluation, determination)
        else:
            cards = [*self._stops(evaluation, determination), *self._open(evaluation, determination)]
            yield from cards or [self._all_met(determination)]

    # --- one card each ---------------------------------------------------------------------------------------------

    def _earlier_dose(self, order: Order, determination: Determination, criterion: Criterion) -> Shape:
        detail = [
            say.EARLIER_DOSE_DETAIL,
            *_evidence(criterion.finding.evidence),
            *_advice(determination),
            say.COMMITTEE,
        ]
        return self._card(EARLIER_DOSE, say.EARLIER_DOSE, detail, self._delete(order, recommended=True))

    def _other_indication(self, evaluation: Evaluation, determination: Determination) -> Shape:
        criterion = determination.criterion("I.B")
        reasons = _evidence(criterion.finding.evidence) if criterion else []
        routes = [
            f"- {say.use_policy(each.route.title, each.use, each.after_label_change)}" for each in evaluation.directions
        ]
        medicaid = [say.STATE_RULES] if any(each.route.line == "medicaid" for each in evaluation.directions) else []
        detail = [
            say.OTHER_INDICATION_DETAIL,
            *reasons,
            "",
            *routes,
            *medicaid,
            *_advice(determination),
            say.COMMITTEE,
        ]
        return self._card(OTHER_INDICATION, say.OTHER_INDICATION, detail)

    def _stops(self, evaluation: Evaluation, determination: Determination) -> Iterator[Shape]:
        not_met = determination.answered(Answer.NOT_MET)
        donor = next((each for each in not_met if each.clause.id == "I.A.4"), None)
        if donor is not None:
            detail = [say.SIBLING_DONOR_DETAIL, *_evidence(donor.finding.evidence), say.COMMITTEE]
            yield self._card(SIBLING_DONOR, say.SIBLING_DONOR, detail, self._delete(evaluation.order))
        skipped = {"I.A.4", "I.A.6"} if self.stops_only else {"I.A.4"}
        others = [each for each in not_met if each.clause.id not in skipped]
        if others:
            detail = [
                say.NOT_MET_DETAIL,
                *_criteria_with_evidence(others),
                *_advice(determination),
                say.COMMITTEE,
            ]
            yield self._card(NOT_MET, say.not_met(_ids(others)), detail)
        dose = determination.criterion("II.A")
        possible = _gaps(dose, lambda gap: gap.cause is not Cause.UNAVAILABLE) if dose else []
        if possible:
            yield self._card(
                POSSIBLE_DOSE, say.POSSIBLE_DOSE, [say.POSSIBLE_DOSE_DETAIL, *_lines(possible), say.COMMITTEE]
            )

    def _open(self, evaluation: Evaluation, determination: Determination) -> Iterator[Shape]:
        if evaluation.other_active_orders:
            detail = [say.DUPLICATE_DETAIL, *_evidence(evaluation.other_active_orders)]
            yield self._card(DUPLICATE, say.DUPLICATE, detail, self._delete(evaluation.order))
        unknown = determination.answered(Answer.UNKNOWN)
        missing = [
            (each, gaps)
            for each in unknown
            if each.clause.id != "II.A" and (gaps := _gaps(each, lambda gap: gap.cause is not Cause.UNAVAILABLE))
        ]
        if missing:
            yield self._missing(determination, missing)
        unread = [(each, gaps) for each in unknown if (gaps := _gaps(each, lambda gap: gap.cause is Cause.UNAVAILABLE))]
        if unread:
            ids = [criterion.clause.id for criterion, _ in unread]
            detail = [say.UNAVAILABLE_DETAIL, *_criteria_with_gaps(unread)]
            yield self._card(UNAVAILABLE, say.unavailable(ids), detail)

    def _missing(self, determination: Determination, missing: list[tuple[Criterion, list[Gap]]]) -> Shape:
        ids = [criterion.clause.id for criterion, _ in missing]
        met = say.documented(_ids(determination.answered(Answer.MET)))
        detail = [
            say.MISSING_DETAIL,
            *_criteria_with_gaps(missing),
            "",
            met,
            *_advice(determination),
            say.COMMITTEE,
        ]
        wanted = unique(gap.remedy for _, gaps in missing for gap in gaps if gap.remedy is not None)
        suggestions = [order_remedy(remedy, self.call) for remedy in Remedy if remedy in wanted]
        return self._card(MISSING, say.missing(ids), detail, suggestions, any_of_them=True)

    def _all_met(self, determination: Determination) -> Shape:
        evidence = _criteria_with_evidence(determination.criteria)
        detail = [say.ALL_MET_DETAIL, "", *evidence, *_advice(determination), say.COMMITTEE]
        return self._card(ALL_MET, say.ALL_MET, detail)

    # --- the shape -------------------------------------------------------------------------------------------------

    def _card(
        self,
        topic: str,
        summary: str,
        detail: list[str],
        suggestions: list[Shape] | None = None,
        *,
        any_of_them: bool = False,
    ) -> Shape:
        if len(summary) > LONGEST_SUMMARY:
            summary = f"{summary[: LONGEST_SUMMARY - 1]}…"
        reasons = [coding(OVERRIDE_REASONS, code, say.OVERRIDES[code]) for code in _REASONS.get(topic, ())]
        selection = ("any" if any_of_them else "at-most-one") if suggestions else None
        shape: Shape = without_empties(
            {
                "uuid": str(uuid4()),
                "summary": summary,
                "indicator": _INDICATOR.get(topic, "warning"),
                "detail": _paragraphs(detail),
                "source": {
                    "label": self.source.label,
                    "url": self.source.url,
                    "topic": coding(TOPICS, topic),
                },
                "suggestions": suggestions,
                "selectionBehavior": selection,
                "overrideReasons": reasons,
            }
        )
        return shape

    def _delete(self, order: Order, *, recommended: bool = False) -> list[Shape]:
        return [delete_order(order, recommended=recommended)] if order.id else []


_GRAVITY = ("critical", "warning", "info")


def _gravity(card: Shape) -> int:
    return _GRAVITY.index(card["indicator"])


def _ids(criteria: Iterable[Criterion]) -> list[str]:
    return [criterion.clause.id for criterion in criteria]


def _gaps(criterion: Criterion, wanted: object) -> list[Gap]:
    return [gap for gap in criterion.finding.gaps if callable(wanted) and wanted(gap)]


def _evidence(evidence: Iterable[Evidence]) -> list[str]:
    return [f"- {escaped(each.says)} ({escaped(each.source)})" for each in evidence]


def _criteria_with_evidence(criteria: Iterable[Criterion]) -> list[str]:
    lines = []
    for criterion in criteria:
        lines.append(f"- **{criterion.clause.id} {criterion.clause.title}**")
        lines += [f"  {line}" for line in _evidence(criterion.finding.evidence)]
    return lines


def _criteria_with_gaps(criteria: Iterable[tuple[Criterion, list[Gap]]]) -> list[str]:
    lines = []
    for criterion, gaps in criteria:
        lines.append(f"- **{criterion.clause.id} {criterion.clause.title}**")
        lines += [f"  {line}" for line in _lines(gaps)]
    return lines


def _lines(gaps: Iterable[Gap]) -> list[str]:
    """What is wanted, once, and below it why each thing that is there will not do."""
    lines: list[str] = []
    gaps = list(gaps)
    for wanted in unique(gap.wanted for gap in gaps):
        whys = [gap for gap in gaps if gap.wanted == wanted]
        if len(whys) == 1:
            lines.append(f"- {escaped(wanted)}. {_why(whys[0])}")
        else:
            lines.append(f"- {escaped(wanted)}:")
            lines += [f"  - {_why(gap)}" for gap in whys]
    return lines


def _why(gap: Gap) -> str:
    source = f" ({escaped(gap.source)})" if gap.source else ""
    return f"{escaped(gap.because)}.{source}"


def _advice(determination: Determination) -> list[str]:
    if not determination.advice:
        return []
    return ["", "Label:", *(f"- {escaped(advised.says)}" for advised in determination.advice)]


def _paragraphs(lines: list[str]) -> str:
    """Lines of a list close together, everything else a paragraph of its own."""
    text = ""
    for line in lines:
        if not line:
            continue
        is_item = line.lstrip().startswith("- ")
        follows_item = text.rsplit("\n", 1)[-1].lstrip().startswith("- ")
        text += line if not text else ("\n" if is_item and follows_item else "\n\n") + line
    return text
