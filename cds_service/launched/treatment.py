"""A chart opened for the treatment checklist: held against the label as when the order in view is signed."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.chart import queries
from cds_service.chart.bedside.draft import Draft, drafts_in
from cds_service.evaluation_label import LabelEvaluator
from cds_service.hooks.evaluated import LabelEvaluated
from cds_service.launched.opening import Opening
from cds_service.launched.people import People
from cds_service.logic import unique
from cds_service.once import once
from cds_service.policy.label import LabelEvaluation
from cds_service.reading import fetched_by
from cds_service.worksheet.opened import OrderOnRecord, TreatmentOpened

_USER = tuple(query for query in queries.QUERIES if query.user_token)
QUERIES = unique((*queries.BEDSIDE, *queries.OPENING, *_USER))
"""What the label's clauses may ask for, and who is signed in."""


@dataclass
class TreatmentReading(Opening):
    """One chart being opened for the treatment checklist."""

    def opened(self) -> TreatmentOpened:
        """The chart and what the label says of the order in view."""
        evaluated = self._evaluated()
        return TreatmentOpened(
            patient=self.patient,
            user=People(self.source).one(self.session.user) if self.session.user else None,
            order=_on_record(self._in_view) if self._in_view else None,
            evaluation=self._ours(evaluated),
            fetched=(*fetched_by(self.client), *evaluated.fetched),
        )

    @once
    def _drafts(self) -> tuple[Draft, ...]:
        """The orders of the chart that may (still) be signed."""
        return drafts_in(self.listed, self.sent.records, self.evaluator.terminology)

    @once
    def _in_view(self) -> Draft | None:
        """The order that the session names, where the chart holds it."""
        return next((draft for draft in self._drafts if draft.reference == self.session.order), None)

    def _evaluated(self) -> LabelEvaluated:
        """The order in view, beside the other drafts: a G-CSF beside plerixafor is for mobilisation. Or the patient."""
        evaluator = LabelEvaluator(self.evaluator.settings, self.evaluator.terminology, self.evaluator.today)
        together = [each for each in self._drafts if each is self._in_view or each.resource.get("status") == "draft"]
        call = self.hook_call(each.entry for each in together)
        return evaluator.evaluate(call, view=self._in_view is None)

    def _ours(self, evaluated: LabelEvaluated) -> LabelEvaluation | None:
        reference = self._in_view.reference if self._in_view else None
        found = ((each.order.reference if each.order else None, each) for each in evaluated.evaluations)
        return next((each for about, each in found if about == reference), None)


def _on_record(order: Draft) -> OrderOnRecord:
    said = [str(order.resource.get(name) or "") for name in ("status", "authoredOn")]
    return OrderOnRecord(order.reference, said[0], said[1][:10])
