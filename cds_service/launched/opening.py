"""One chart being opened with a clinician's own token: its parts, as a hook request would carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from cds_service.chart.fetch import missing_parts
from cds_service.chart.gather import Call, Sent, sent_with, source_of
from cds_service.chart.queries import Query
from cds_service.chart.source import Source
from cds_service.evaluation import Evaluator
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import Ended, FhirClient
from cds_service.hooks.request import HookCall
from cds_service.launched.people import patient_of
from cds_service.once import once
from cds_service.worksheet.opened import ChartRefused, ChartUnreachable, Patient, Session

ORDERS = ("medicationRequests", "serviceRequests")


@dataclass
class Opening:
    """One chart being opened; `queries` are the parts of it that are read."""

    session: Session
    client: FhirClient
    evaluator: Evaluator
    queries: tuple[Query, ...]

    @property
    def patient(self) -> Patient:
        """Whose chart it is."""
        record = self.source.identity.record
        return patient_of(self.session.patient_id, record.plain() if record else {})

    @property
    def listed(self) -> list[Entry]:
        """All orders that the chart holds."""
        return [entry for key in ORDERS if key in self.answers for entry in self.answers[key].entries]

    def hook_call(self, orders: Iterable[Entry]) -> HookCall:
        """The chart as a hook call about these orders would carry it."""
        return HookCall(
            patient_id=self.session.patient_id,
            draft_orders=searchset(orders),
            fhir_server=self.session.server,
            access_token=self.session.token,
            readable_servers=frozenset({self.client.base}),
            prefetch=self.prefetch,
        )

    @once
    def answers(self) -> dict[str, Answered]:
        """What the server says to each part of the chart. Raises where it does not even show the patient."""
        asks = missing_parts(self.call, {}, self.client.base)
        answers = self.client.answers_to(asks)
        if answers["patient"].state is State.FAILED:
            raise why_not(self.client, "Patient")
        return answers

    @property
    def call(self) -> Call:
        """What is known before anything is read."""
        bases = frozenset({self.client.base})
        return Call(self.session.patient_id, self.session.user, self.session.server, {}, bases, self.queries)

    @once
    def prefetch(self) -> dict[str, msgspec.Raw]:
        """What came whole, as a hook request would carry it: the rest is asked for again when it is judged."""
        whole = {key: answer for key, answer in self.answers.items() if answer.state is State.COMPLETE}
        return {
            key: answer.entries[0].resource if key == "patient" and answer.entries else searchset(answer.entries)
            for key, answer in whole.items()
        }

    @once
    def sent(self) -> Sent:
        """The resources of the chart."""
        return sent_with(replace(self.call, prefetch=self.prefetch), ())

    @once
    def source(self) -> Source:
        """The chart as the readers see it."""
        evaluator = self.evaluator
        return source_of(
            replace(self.call, prefetch=self.prefetch), self.sent, evaluator.terminology, evaluator.today()
        )


def searchset(entries: Iterable[Entry]) -> msgspec.Raw:
    """Entries as a search would give them."""
    listed = [{"resource": entry.resource} | ({"fullUrl": entry.fullUrl} if entry.fullUrl else {}) for entry in entries]
    return msgspec.Raw(msgspec.json.encode({"resourceType": "Bundle", "type": "searchset", "entry": listed}))


def why_not(client: FhirClient, kind: str) -> ChartRefused | ChartUnreachable:
    """Whether the server refused what was asked of that type, or could not be reached."""
    ended = {each.ended for each in client.exchanges if each.type == kind}
    if ended & {Ended.REFUSED, Ended.ELSEWHERE}:
        return ChartRefused("the FHIR server does not show the chart with this token")
    return ChartUnreachable("the FHIR server does not answer")
