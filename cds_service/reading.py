"""What is read for one hook call: no more than it takes to tell what its orders are for, until one matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cds_service.chart.drafts_sent import legible
from cds_service.chart.fetch import Fetching
from cds_service.chart.gather import Call, LookedUp, Sent, sent_with, source_of
from cds_service.chart.orders import DraftOrder, needs_more_to_tell
from cds_service.chart.queries import QUERIES, Query
from cds_service.chart.source import Source
from cds_service.config import Settings
from cds_service.errors import BadRequest, NothingToRead
from cds_service.fhir.bundle import Entry, entries_of
from cds_service.fhir.client import FhirClient, Limits
from cds_service.fhir.records import Records
from cds_service.fhir.resources import Unreadable
from cds_service.fhir.servers import allowed_base, is_on_loopback
from cds_service.fhir.terminology import Terminology
from cds_service.hooks.evaluated import Fetched
from cds_service.hooks.request import HookCall
from cds_service.once import once


def drafts_of(call: HookCall) -> tuple[Entry, ...]:
    """The draft orders of a call. Raises BadRequest where they are no Bundle or one of them cannot be read."""
    drafts = entries_of(call.draft_orders)
    if drafts is None:
        raise BadRequest("context.draftOrders is no Bundle")
    try:
        return tuple(map(legible, drafts))
    except Unreadable:
        raise BadRequest("context.draftOrders holds an order that cannot be read") from None


@dataclass
class Reading:
    """One call, its drafts, and what is read for them; `queries` are the parts of the chart that may be asked for."""

    call: HookCall
    drafts: tuple[Entry, ...]
    settings: Settings
    terminology: Terminology
    today: date
    queries: tuple[Query, ...] = QUERIES
    client: FhirClient | None = None
    """Made when there is something to ask: its deadline is for fetching, not for reading what was sent."""

    @once
    def _base(self) -> str | None:
        """The address of the FHIR server, where there is a token for it and configuration allows to read it."""
        server = self.call.fhir_server
        if not self.call.access_token:
            return None
        own = {server} if self.settings.development and is_on_loopback(server) else set()
        return allowed_base(server, self.settings.fhir_servers | self.call.readable_servers | own)

    @once
    def _facts(self) -> Call:
        call, bases = self.call, self.settings.fhir_servers | ({self._base} if self._base else set())
        return Call(call.patient_id, call.user_id, call.fhir_server, call.prefetch, bases, self.queries)

    @once
    def _sent(self) -> Sent:
        return sent_with(self._facts, self.drafts)

    @once
    def _fetching(self) -> Fetching | None:
        if self._base is None:
            return None
        sent = self._sent
        self.client = FhirClient(self._base, self.call.access_token, Limits(seconds=self.settings.fetch_deadline))
        return Fetching(self.client, self._facts, sent)

    def medications(self) -> Records:
        """What tells what the drafts are for: nothing where they say it, else what there is of their Medications."""
        if not needs_more_to_tell(self.drafts):
            return Records()
        if self._fetching:
            self._fetching.medications(self.drafts)
        return self._sent.records

    def source(self, orders: Iterable[DraftOrder]) -> Source:
        """The chart, with what could be fetched of what was not sent. Raises NothingToRead."""
        return self._read(lambda fetching: fetching.chart(orders, self._view))

    def bedside(self) -> Source:
        """The same for the course of treatment. Raises NothingToRead."""
        return self._read(lambda fetching: fetching.bedside(self._view))

    def fetched(self) -> tuple[Fetched, ...]:
        """What was asked of the FHIR server."""
        return fetched_by(self.client) if self.client else ()

    def _read(self, fetch: Callable[[Fetching], None]) -> Source:
        if self._fetching:
            fetch(self._fetching)
        elif self._sent.holds_nothing:
            raise NothingToRead("nothing of the chart was sent, and nothing can be fetched")
        return self._view(self._sent)

    def _view(self, sent: Sent) -> Source:
        fetching = self._fetching
        looked_up = LookedUp(fetching.absent, fetching.roles_unread) if fetching else None
        return source_of(self._facts, sent, self.terminology, self.today, looked_up)


def fetched_by(client: FhirClient) -> tuple[Fetched, ...]:
    """What a client has asked of its FHIR server so far."""
    return tuple(Fetched(each.type, each.ended.value, each.milliseconds) for each in client.exchanges)
