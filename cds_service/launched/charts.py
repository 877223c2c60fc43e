"""Charts opened with a clinician's own token, for the worksheet: read once, held against the policy as at signing.

The judging is that of a hook call, so that the worksheet and the card never tell two stories. Nothing is written to an
EHR from here, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from cds_service.chart.fetch import Fetching
from cds_service.chart.gather import Call, sent_with, source_of
from cds_service.chart.orders import DraftOrder, kresladi_orders
from cds_service.chart.queries import QUERIES
from cds_service.evaluation import Evaluator
from cds_service.fhir.bundle import Entry, State
from cds_service.fhir.client import FhirClient, Limits, Search
from cds_service.fhir.servers import allowed_base, is_on_loopback
from cds_service.frozen import frozen
from cds_service.hooks.evaluated import Evaluated
from cds_service.launched.opening import Opening, searchset, why_not
from cds_service.launched.people import People
from cds_service.launched.treatment import QUERIES as OF_THE_TREATMENT
from cds_service.launched.treatment import TreatmentReading
from cds_service.once import once
from cds_service.reading import fetched_by
from cds_service.worksheet.opened import (
    ChartRefused,
    Clinician,
    NotAllowed,
    Opened,
    OrderOnRecord,
    Session,
    TreatmentOpened,
)

SECONDS = 10.0
"""For reading one chart. Who waits for a page is more patient than an order that is being signed."""
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


@frozen
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
        return _Reading(session, self._client(session), self.evaluator, QUERIES).opened()

    def open_treatment(self, session: Session) -> TreatmentOpened:
        """The chart and what the label says of the order in view. Raises as `open` does."""
        return TreatmentReading(session, self._client(session), self.evaluator, OF_THE_TREATMENT).opened()

    def find(self, session: Session, name: str) -> tuple[Clinician, ...]:
        """Clinicians of the EHR's directory whose name is like this. Raises as `open` does."""
        client = self._client(session)
        by_role = (("practitioner.name", name), ("_include", "PractitionerRole:practitioner"))
        asks = {"roles": Search("PractitionerRole", by_role), "people": Search("Practitioner", (("name", name),))}
        answers = client.answers_to(asks)
        if all(answer.state is State.FAILED for answer in answers.values()):
            raise why_not(client, "Practitioner")
        call = Call(session.patient_id, prefetch={key: searchset(answer.entries) for key, answer in answers.items()})
        source = source_of(call, sent_with(call, ()), self.evaluator.terminology, self.evaluator.today())
        return People(source).all()

    def _client(self, session: Session) -> FhirClient:
        base = self.allowed(session.server)
        if base is None:
            raise NotAllowed("this FHIR server is not one that may be read")
        if not session.token:  # a server that shows charts to anybody in its network shows none to us
            raise ChartRefused("no chart is read without a token")
        return FhirClient(base, session.token, Limits(seconds=SECONDS))


@dataclass
class _Reading(Opening):
    """One chart being opened for the documentation worksheet."""

    def opened(self) -> Opened:
        """The chart and what it documents."""
        people, order = People(self.source), self._in_view
        chosen = order is not None or not self._orders
        evaluated = self._evaluated(order.reference if order else "") if chosen else Evaluated()
        return Opened(
            server=self.client.base,
            patient=self.patient,
            user=people.one(self.session.user) if self.session.user else None,
            orders=tuple(map(_on_record, self._orders)),
            order=_on_record(order) if order else None,
            evaluation=next(iter(evaluated.evaluations), None),
            people=people.all(),
            resource=self._resource,
            fetched=(*fetched_by(self.client), *evaluated.fetched),
        )

    # --- the orders --------------------------------------------------------------------------------------------------

    @once
    def _entries(self) -> dict[str, Entry]:
        """The orders for Kresladi that the chart holds, by reference."""
        Fetching(self.client, self.call, self.sent).medications(self.listed)
        return {order.reference: entry for entry in self.listed for order in self._read((entry,))}

    @once
    def _orders(self) -> tuple[DraftOrder, ...]:
        return self._read(self._entries.values())

    def _read(self, entries: Iterable[Entry]) -> tuple[DraftOrder, ...]:
        return kresladi_orders(entries, self.sent.records, self.evaluator.terminology, self.session.patient_id)

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
        return self.evaluator.evaluate(self.hook_call((self._entries[order] if order else bare,)))

    def _resource(self, reference: str) -> bytes | None:
        record = self.sent.records.at(reference)
        return bytes(record.raw) if record else None


def _on_record(order: DraftOrder) -> OrderOnRecord:
    authored = getattr(order.model, "authoredOn", None)
    return OrderOnRecord(order.reference, str(order.model.status), str(authored)[:10] if authored else "")
