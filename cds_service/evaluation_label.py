"""One hook call about the treatment, from its drafts to what the label says: nothing is read before a trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from cds_service.chart.bedside.draft import Draft, drafts_in
from cds_service.chart.bedside.order import is_for_patient
from cds_service.chart.bedside.read import OnRecord, read_bedside, read_opening
from cds_service.chart.bedside.sight import is_in_sight
from cds_service.chart.bedside.triggers import drafts_with_a_trigger
from cds_service.chart.queries import BEDSIDE, OPENING
from cds_service.config import Settings
from cds_service.course import Role
from cds_service.evaluation import today_in_utc
from cds_service.fhir.terminology import Terminology
from cds_service.frozen import frozen
from cds_service.hooks.evaluated import LabelEvaluated
from cds_service.hooks.request import HookCall
from cds_service.hooks.suggestions import order_named
from cds_service.policy.label import LabelEvaluation, checked
from cds_service.policy.model import Criterion
from cds_service.reading import Reading, drafts_of

_Triggered = tuple[Draft, frozenset[Role]]


@frozen
class LabelEvaluator:
    """Evaluates hook calls about the treatment. Holds no state between them."""

    settings: Settings
    terminology: Terminology
    today: Callable[[], date] = today_in_utc

    def evaluate(self, call: HookCall, view: bool) -> LabelEvaluated:
        """One LabelEvaluation per draft with a clause that applies; with `view`, at most one, of the patient.

        Raises BadRequest where `draftOrders` is no Bundle or holds what cannot be read, NothingToRead where a draft
        has a trigger (or the chart is opened) but nothing of the chart was sent and nothing can be fetched.
        """
        return self._at_opening(call) if view else self._at_signing(call)

    def _at_signing(self, call: HookCall) -> LabelEvaluated:
        entries = drafts_of(call)
        reading = Reading(call, entries, self.settings, self.terminology, self.today(), BEDSIDE)
        medications = reading.medications()
        triggered = drafts_with_a_trigger(entries, medications, self.terminology, call.patient_id)
        if not triggered:
            return LabelEvaluated(fetched=reading.fetched())
        known = OnRecord(reading.bedside())
        drafts = drafts_in(entries, medications, self.terminology)
        found = tuple(_of_orders(known, triggered, drafts, f"Patient/{call.patient_id}"))
        return LabelEvaluated(found, reading.fetched(), reading)

    def _at_opening(self, call: HookCall) -> LabelEvaluated:
        reading = Reading(call, (), self.settings, self.terminology, self.today(), OPENING)
        known = OnRecord(reading.bedside())
        criteria = checked(read_opening(known)) if known.treatment.is_named else ()
        found = (LabelEvaluation(None, f"Patient/{call.patient_id}", criteria),) if criteria else ()
        return LabelEvaluated(found, reading.fetched(), reading)


def _of_orders(
    known: OnRecord, triggered: Iterable[_Triggered], drafts: Iterable[Draft], patient: str
) -> Iterator[LabelEvaluation]:
    """What the label says of each of the patient's own orders, where Kresladi is in sight at all."""
    ours = [(draft, roles) for draft, roles in triggered if is_for_patient(draft, known.source.identity)]
    if not ours or not _is_in_sight(known, ours, drafts):
        return
    for draft, roles in ours:
        criteria = checked(read_bedside(known, draft, roles))
        if criteria:
            steps_open = _is_infused(criteria) and not known.steps_are_reviewed
            yield LabelEvaluation(order_named(draft.reference, draft.id), patient, criteria, draft.resource, steps_open)


def _is_in_sight(known: OnRecord, ours: Iterable[_Triggered], drafts: Iterable[Draft]) -> bool:
    """Whether Kresladi is named by a treatment, by an order at hand, or by what else is planned and delivered."""
    by_the_order = any(Role.HANDLES_PRODUCT in roles for _, roles in ours)
    own = [draft for draft in drafts if is_for_patient(draft, known.source.identity)]
    return known.treatment.is_named or by_the_order or is_in_sight(known.source, own)


def _is_infused(criteria: Iterable[Criterion]) -> bool:
    return any(criterion.clause.id == "L.2.2.infuse" for criterion in criteria)
