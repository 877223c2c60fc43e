"""Charts opened with a clinician's own token, for the worksheet: read once, held against the policy as at signing.

The judging is that of a hook call, so that the worksheet and the card never tell two stories. Nothing is written to an
EHR from here, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from cds_service.chart.fetch import Fetching, missing_parts
from cds_service.chart.gather import Call, Sent, sent_with, source_of
from cds_service.chart.orders import DraftOrder, kresladi_orders
from cds_service.chart.source import Source
from cds_service.evaluation import Evaluator
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import Ended, FhirClient, Limits, Search
from cds_service.fhir.servers import allowed_base, is_on_loopback
from cds_service.hooks.evaluated import Evaluated
from cds_service.hooks.request import HookCall
from cds_service.launched.people import People, patient_of
from cds_service.reading import fetched_by
from cds_service.worksheet.opened import (
    ChartRefused,
    ChartUnreachable,
    Clinician,
    NotAllowed,
    Opened,
    OrderOnRecord,
    Session,
)

SECONDS = 10.0
"""For reading one chart. Who waits for a page is more patient than an order that is being signed."""
_ORDERS = ("medicationRequests", "serviceRequests")
_WITHOUT_ORDER = {
    "resourceType": "MedicationRequest",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Kresladi"},
}
"""What is held against the policy where the chart has no order: whatever hangs on the order stays open."""


def now() -> datetime:
    """The moment at which something is recorded."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Charts:
    """Opens charts on the servers that may be read. Holds no state between them."""

    evaluator: Evaluator
    servers: frozenset[str]
    """Base addresses on which a clinician's token may be used."""

    def allowed(self, server: str) -> str | None:
        """The server's base in its one form, where it may be read, else None."""
        own = {server} if self.evaluator.settings.development and is_on_loopback(server) else set()
        return allowed_base(server, self.servers | own)

    def open(self, session: Session) -> Opened:
        """The chart and what it documents. Raises NotAllowed, ChartRefused, ChartUnreachable."""
        return _Reading(session, self._client(session), self.evaluator).opened()

    def find(self, session: Session, name: str) -> tuple[Clinician, ...]:
        """Clinicians of the EHR's directory whose name is like this. Raises as `open` does."""
        client = self._client(session)
        by_role = (("practitioner.name", name), ("_include", "PractitionerRole:practitioner"))
        asks = {"roles": Search("PractitionerRole", by_role), "people": Search("Practitioner", (("name", name),))}
        answers = client.answers_to(asks)
        if all(answer.state is State.FAILED for answer in answers.values()):
            raise _why_not(client, "Practitioner")
        call = Call(session.patient_id, prefetch={key: _bundle(answer.entries) for key, answer in answers.items()})
        source = source_of(call, sent_with(call, ()), self.evaluator.terminology, self.evaluator.today())
        return People(source).all()

    def _client(self, session: Session) -> FhirClient:
        base = self.allowed(session.server)
        if base is None:
            raise NotAllowed("this FHIR server is not one that may be read")
        return FhirClient(base, session.token, Limits(seconds=SECONDS))


@dataclass
class _Reading:
    """One chart being opened."""

    session: Session
    client: FhirClient
    evaluator: Evaluator

    def opened(self) -> Opened:
        patient = self.source.identity.record
        people, order = People(self.source), self._in_view
        chosen = order is not None or not self._orders
        evaluated = self._evaluated(order.reference if order else "") if chosen else Evaluated()
        return Opened(
            server=self.client.base,
            patient=patient_of(self.session.patient_id, patient.plain() if patient else {}),
            user=people.one(self.session.user) if self.session.user else None,
            orders=tuple(map(_on_record, self._orders)),
            order=_on_record(order) if order else None,
            evaluation=next(iter(evaluated.evaluations), None),
            people=people.all(),
            resource=self._resource,
            fetched=(*fetched_by(self.client), *evaluated.fetched),
        )

    @cached_property
    def _answers(self) -> dict[str, Answered]:
        """What the server says to each part of the chart. Raises where it does not even show the patient."""
        asks = missing_parts(self._call, {}, self.client.base)
        answers = self.client.answers_to(asks)
        if answers["patient"].state is State.FAILED:
            raise _why_not(self.client, "Patient")
        return answers

    @property
    def _call(self) -> Call:
        return Call(self.session.patient_id, self.session.user, self.session.server, {}, frozenset({self.client.base}))

    @cached_property
    def _prefetch(self) -> dict[str, msgspec.Raw]:
        """What came whole, as a hook request would carry it: the rest is asked for again when it is judged."""
        whole = {key: answer for key, answer in self._answers.items() if answer.state is State.COMPLETE}
        return {
            key: answer.entries[0].resource if key == "patient" and answer.entries else _bundle(answer.entries)
            for key, answer in whole.items()
        }

    @cached_property
    def _sent(self) -> Sent:
        return sent_with(replace(self._call, prefetch=self._prefetch), ())

    @cached_property
    def source(self) -> Source:
        """The chart as the readers see it."""
        evaluator = self.evaluator
        return source_of(
            replace(self._call, prefetch=self._prefetch), self._sent, evaluator.terminology, evaluator.today()
        )

    # --- the orders --------------------------------------------------------------------------------------------------

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        """The orders for Kresladi that the chart holds, by reference."""
        listed = [entry for key in _ORDERS if key in self._answers for entry in self._answers[key].entries]
        Fetching(self.client, self._call, self._sent).medications(listed)
        return {order.reference: entry for entry in listed for order in self._read((entry,))}

    @cached_property
    def _orders(self) -> tuple[DraftOrder, ...]:
        return self._read(self._entries.values())

    def _read(self, entries: Iterable[Entry]) -> tuple[DraftOrder, ...]:
        return kresladi_orders(entries, self._sent.records, self.evaluator.terminology, self.session.patient_id)

    @property
    def _in_view(self) -> DraftOrder | None:
        """The order that the session names; the only one where it names none of them."""
        named = next((order for order in self._orders if order.reference == self.session.order), None)
        return named or (self._orders[0] if len(self._orders) == 1 else None)

    # --- what it documents -------------------------------------------------------------------------------------------

    def _evaluated(self, order: str) -> Evaluated:
        """The order held against the policy. Who looks at it signs nothing, and so is no prescriber."""
        subject = {"subject": {"reference": f"Patient/{self.session.patient_id}"}}
        bare = Entry(msgspec.Raw(msgspec.json.encode(_WITHOUT_ORDER | subject)))
        call = HookCall(
            patient_id=self.session.patient_id,
            draft_orders=_bundle((self._entries[order] if order else bare,)),
            fhir_server=self.session.server,
            access_token=self.session.token,
            readable_servers=frozenset({self.client.base}),
            prefetch=self._prefetch,
        )
        return self.evaluator.evaluate(call)

    def _resource(self, reference: str) -> bytes | None:
        record = self._sent.records.at(reference)
        return bytes(record.raw) if record else None


def _on_record(order: DraftOrder) -> OrderOnRecord:
    authored = getattr(order.model, "authoredOn", None)
    return OrderOnRecord(order.reference, str(order.model.status), str(authored)[:10] if authored else "")


def _bundle(entries: Iterable[Entry]) -> msgspec.Raw:
    """Entries as a search would give them."""
    listed = [{"resource": entry.resource} | ({"fullUrl": entry.fullUrl} if entry.fullUrl else {}) for entry in entries]
    return msgspec.Raw(msgspec.json.encode({"resourceType": "Bundle", "type": "searchset", "entry": listed}))


def _why_not(client: FhirClient, kind: str) -> ChartRefused | ChartUnreachable:
    """Whether the server refused what was asked of that type, or could not be reached."""
    ended = {each.ended for each in client.exchanges if each.type == kind}
    if ended & {Ended.REFUSED, Ended.ELSEWHERE}:
        return ChartRefused("the FHIR server does not show the chart with this token")
    return ChartUnreachable("the FHIR server does not answer")
