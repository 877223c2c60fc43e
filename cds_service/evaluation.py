"""One hook call, from what was sent to what is said: the chart is gathered and read, the policy judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cds_service.chart.gather import Call, Sent, sent_with, source_of
from cds_service.chart.orders import DraftOrder, kresladi_orders, needs_more_to_tell
from cds_service.chart.read import read_chart
from cds_service.chart.source import Source
from cds_service.config import Settings
from cds_service.errors import BadRequest, NothingToRead
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry, entries_of
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.records import Records
from cds_service.fhir.terminology import Terminology
from cds_service.hooks.request import HookCall
from cds_service.policy.kresladi import determine
from cds_service.policy.model import Evaluation, Order
from cds_service.policy.routing import LabelStatus, directions


def today_in_utc() -> date:
    """The one place that looks at the clock."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates hook calls. Holds no state between them."""

    settings: Settings
    terminology: Terminology
    today: Callable[[], date] = today_in_utc

    def evaluate(self, call: HookCall) -> tuple[Evaluation, ...]:
        """One Evaluation per order for Kresladi; none where no order is in scope.

        Raises BadRequest where `draftOrders` is no Bundle or holds what cannot be read, NothingToRead where an order
        is in scope but nothing of the chart was sent.
        """
        drafts = entries_of(call.draft_orders)
        if drafts is None:
            raise BadRequest("context.draftOrders is no Bundle")
        if not all(map(_is_legible, drafts)):
            raise BadRequest("context.draftOrders holds an order that cannot be read")
        facts = Call(call.patient_id, call.user_id, call.fhir_server, call.prefetch, bases=self.settings.fhir_servers)
        orders, sent = self._orders_in_scope(call, facts, drafts)
        if not orders:
            return ()
        sent = sent or sent_with(facts, drafts)
        if sent.holds_nothing:
            raise NothingToRead("nothing of the chart was sent, and nothing can be fetched")
        source = source_of(facts, sent, self.terminology, self.today())
        return tuple(self._evaluations(source, orders, call.user_id))

    def _orders_in_scope(
        self, call: HookCall, facts: Call, drafts: tuple[Entry, ...]
    ) -> tuple[tuple[DraftOrder, ...], Sent | None]:
        """The orders, and what was sent where that had to be looked at to tell which drug an order is for."""
        sent = sent_with(facts, drafts) if needs_more_to_tell(drafts) else None
        records = sent.records if sent else Records()
        orders = kresladi_orders(drafts, records, self.terminology, call.patient_id)
        return tuple(order for order in orders if _is_selected(order, call.selections)), sent

    def _evaluations(self, source: Source, orders: Iterable[DraftOrder], user: str) -> Iterator[Evaluation]:
        ours = [order for order in orders if self._is_for_patient(source, order)]
        for order in orders:
            named = Order(order.reference, order.id)
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


def _is_legible(entry: Entry) -> bool:
    """An order that cannot be read might be one for Kresladi: it is never passed over in silence."""
    try:
        resource = plain(entry.resource)
    except UNREADABLE:
        return False
    return not isinstance(resource, dict) or isinstance(resource.get("status"), str | None)


def _is_selected(order: DraftOrder, selections: frozenset[str] | None) -> bool:
    """Whether it is among the selections, which are `Type/id`, a bare id, or an address that ends so."""
    if selections is None:
        return True
    names = {order.reference, order.id, order.full_url}
    return any(each in names or "/".join(split_literal(each)[1:]) == order.reference for each in selections)
