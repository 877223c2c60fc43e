"""One hook call, from what was sent to what is said: the chart is gathered and read, the policy judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from cds_service.chart.fetch import Fetching
from cds_service.chart.gather import Call, LookedUp, Sent, sent_with, source_of
from cds_service.chart.orders import DraftOrder, kresladi_orders, needs_more_to_tell
from cds_service.chart.read import read_chart
from cds_service.chart.source import Source
from cds_service.config import Settings
from cds_service.errors import BadRequest, NothingToRead
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry, entries_of
from cds_service.fhir.client import FhirClient, Limits
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.records import Records
from cds_service.fhir.servers import allowed_base, is_on_loopback
from cds_service.fhir.terminology import Terminology
from cds_service.hooks.evaluated import Evaluated, Fetched
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

    def evaluate(self, call: HookCall) -> Evaluated:
        """One Evaluation per order for Kresladi, none where no order is in scope; and what was fetched.

        Raises BadRequest where `draftOrders` is no Bundle or holds what cannot be read, NothingToRead where an order
        is in scope but nothing of the chart was sent and nothing can be fetched.
        """
        drafts = entries_of(call.draft_orders)
        if drafts is None:
            raise BadRequest("context.draftOrders is no Bundle")
        if not all(map(_is_legible, drafts)):
            raise BadRequest("context.draftOrders holds an order that cannot be read")
        reading = _Reading(call, drafts, self.settings, self.terminology, self.today())
        orders = reading.orders_in_scope()
        if not orders:
            return Evaluated(fetched=reading.fetched())
        source = reading.source(orders)
        return Evaluated(tuple(self._evaluations(source, orders, call.user_id)), reading.fetched())

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


@dataclass
class _Reading:
    """What is read for one call: no more than it takes to tell what the orders are for, until one is for Kresladi."""

    call: HookCall
    drafts: tuple[Entry, ...]
    settings: Settings
    terminology: Terminology
    today: date
    client: FhirClient | None = None
    """Made when there is something to ask: its deadline is for fetching, not for reading what was sent."""

    @cached_property
    def _base(self) -> str | None:
        """The address of the FHIR server, where there is a token for it and configuration allows to read it."""
        server = self.call.fhir_server
        if not self.call.access_token:
            return None
        own = {server} if self.settings.development and is_on_loopback(server) else set()
        return allowed_base(server, self.settings.fhir_servers | self.call.readable_servers | own)

    @cached_property
    def _facts(self) -> Call:
        call, bases = self.call, self.settings.fhir_servers | ({self._base} if self._base else set())
        return Call(call.patient_id, call.user_id, call.fhir_server, call.prefetch, bases)

    @cached_property
    def _sent(self) -> Sent:
        return sent_with(self._facts, self.drafts)

    @cached_property
    def _fetching(self) -> Fetching | None:
        if self._base is None:
            return None
        sent = self._sent
        self.client = FhirClient(self._base, self.call.access_token, Limits(seconds=self.settings.fetch_deadline))
        return Fetching(self.client, self._facts, sent)

    def orders_in_scope(self) -> tuple[DraftOrder, ...]:
        """The selected orders for Kresladi. The chart is looked at only where an order refers to its Medication."""
        records = Records()
        if needs_more_to_tell(self.drafts):
            records = self._sent.records
            if self._fetching:
                self._fetching.medications(self.drafts)
        orders = kresladi_orders(self.drafts, records, self.terminology, self.call.patient_id)
        return tuple(order for order in orders if _is_selected(order, self.call.selections))

    def source(self, orders: tuple[DraftOrder, ...]) -> Source:
        """The chart, with what could be fetched of what was not sent. Raises NothingToRead."""
        if self._fetching:
            self._fetching.chart(orders, self._view)
        elif self._sent.holds_nothing:
            raise NothingToRead("nothing of the chart was sent, and nothing can be fetched")
        return self._view(self._sent)

    def fetched(self) -> tuple[Fetched, ...]:
        """What was asked of the FHIR server."""
        exchanges = self.client.exchanges if self.client else ()
        return tuple(Fetched(each.type, each.ended.value, each.milliseconds) for each in exchanges)

    def _view(self, sent: Sent) -> Source:
        fetching = self._fetching
        looked_up = LookedUp(fetching.absent, fetching.roles_unread) if fetching else None
        return source_of(self._facts, sent, self.terminology, self.today, looked_up)


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
