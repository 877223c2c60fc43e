"""One hook call, from what was sent to what is said: the chart is gathered and read, the policy judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime

from cds_service.chart.orders import DraftOrder, kresladi_orders
from cds_service.chart.read import read_chart
from cds_service.chart.source import Source
from cds_service.config import Settings
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.terminology import Terminology
from cds_service.frozen import frozen
from cds_service.hooks.evaluated import Evaluated
from cds_service.hooks.request import HookCall
from cds_service.hooks.suggestions import order_named
from cds_service.policy.kresladi import determine
from cds_service.policy.model import Evaluation
from cds_service.policy.routing import LabelStatus, directions
from cds_service.reading import Reading, drafts_of


def today_in_utc() -> date:
    """The day of an answer: everywhere else it is an argument."""
    return datetime.now(UTC).date()


@frozen
class Evaluator:
    """Evaluates hook calls. Holds no state between them."""

    settings: Settings
    terminology: Terminology
    today: Callable[[], date] = today_in_utc

    def evaluate(self, call: HookCall) -> Evaluated:
        """One Evaluation per order for Kresladi, none where no order is in scope; and what was fetched.

        Raises BadRequest where `draftOrders` is no Bundle or holds what cannot be read, NothingToRead where an order
        is in scope but nothing of the chart was sent and nothing can be fetched.
        """
        drafts = drafts_of(call)
        reading = Reading(call, drafts, self.settings, self.terminology, self.today())
        ordered = kresladi_orders(drafts, reading.medications(), self.terminology, call.patient_id)
        orders = tuple(order for order in ordered if _is_selected(order, call.selections))
        if not orders:
            return Evaluated(fetched=reading.fetched())
        source = reading.source(orders)
        return Evaluated(tuple(self._evaluations(source, orders, call.user_id)), reading.fetched(), reading)

    def _evaluations(self, source: Source, orders: Iterable[DraftOrder], user: str) -> Iterator[Evaluation]:
        ours = [order for order in orders if self._is_for_patient(source, order)]
        for order in orders:
            named = order_named(order.reference, order.id)
            if order not in ours:
                yield Evaluation(named, None)
                continue
            chart = read_chart(source, order, user, ours, self.settings.payers)
            label = LabelStatus(self.settings.label_changed_on, self.settings.formulary)
            routes = directions(chart.lines_of_business, label, source.today)
            yield Evaluation(named, determine(chart), chart.other_active_orders, routes)

    @staticmethod
    def _is_for_patient(source: Source, order: DraftOrder) -> bool:
        """An order is the context patient's unless it names somebody else."""
        if not order.names_subject:
            return True
        return source.identity.owner(order.model.subject, order, order.model.contained) is not Whose.OTHER


def _is_selected(order: DraftOrder, selections: frozenset[str] | None) -> bool:
    """Whether it is among the selections, which are `Type/id`, a bare id, or an address that ends so."""
    if selections is None:
        return True
    names = {order.reference, order.id, order.full_url}
    return any(each in names or "/".join(split_literal(each)[1:]) == order.reference for each in selections)
