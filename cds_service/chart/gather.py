"""From what was sent to one chart: the resources, and which parts of the chart are not all there.

What a FHIR server adds to what prefetch left out belongs here too: the same `Answered` values, by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from cds_service.chart.orders import KINDS
from cds_service.chart.parts import incomplete_parts
from cds_service.chart.queries import EVERY, QUERIES, Query
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE
from cds_service.fhir.bundle import OUTCOME, Answered, Bundle, Entry, State, outcomes_told, scanned
from cds_service.fhir.headers import BundleRead, Header
from cds_service.fhir.identity import Identity
from cds_service.fhir.records import Records
from cds_service.fhir.terminology import Terminology
from cds_service.frozen import frozen

_TYPE_OF = {query.key: query.type for query in EVERY}
_OF_THE_USER = frozenset(query.key for query in EVERY if query.user_token)
_header = msgspec.json.Decoder(Header)
_NONE = msgspec.Raw(b"null")


def _taken_apart(bundle: Any) -> Any:
    """A prefetch of our own keys and no others: a Bundle for each search, down to its entries."""
    by_search, by_read = bundle | None | msgspec.UnsetType, msgspec.Raw | msgspec.UnsetType
    fields = [(query.key, by_search if "?" in query.template else by_read, msgspec.UNSET) for query in EVERY]
    return msgspec.defstruct("TakenApart", fields, forbid_unknown_fields=True)


TakenApart = _taken_apart(Bundle)
TakenAsRead = _taken_apart(BundleRead)
"""The same, each resource down to its elements, of the types that the coverage policy's rules read."""


@frozen
class Call:
    """What a hook call says of its patient, its user and its server."""

    patient_id: str
    user: str = ""
    """`Practitioner/x` or `PractitionerRole/x`; empty where not said."""
    fhir_server: str = ""
    prefetch: Mapping[str, Any] = field(default_factory=dict)
    """By key: bytes, or a Bundle that is whole."""
    bases: frozenset[str] = frozenset()
    """Configured server addresses on which the patient id is an id too."""
    queries: tuple[Query, ...] = QUERIES
    """The parts of the chart that the service can use."""


@frozen
class LookedUp:
    """What became of references that were followed: those that lead nowhere, and whose roles could not be read."""

    absent: frozenset[str] = frozenset()
    roles_unread: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sent:
    """The resources that were sent, and what was said of each part of the chart, by key."""

    records: Records
    answers: dict[str, Answered]

    @property
    def holds_nothing(self) -> bool:
        """Whether nothing at all of the chart was sent; who signs is not of the chart."""
        return not any(
            answer.entries or (answer.state is State.COMPLETE and key in _TYPE_OF)
            for key, answer in self.answers.items()
            if key not in _OF_THE_USER
        )


def sent_with(call: Call, drafts: Iterable[Entry]) -> Sent:
    """Everything the call carries: all prefetch values, whatever their keys, and what stands beside the drafts."""
    records = Records()
    for number, entry in enumerate(drafts):
        if not _is_order(entry):
            records.take((entry,), "draftOrders", first=number)
    answers = {}
    for key, value in call.prefetch.items():
        answer = scanned(value)
        types = records.take(answer.entries, f"prefetch.{key}", _TYPE_OF.get(key, ""))
        answers[key] = outcomes_told(answer) if OUTCOME in types else answer
    return Sent(records, answers)


def parts_of(prefetch: Any) -> dict[str, Any] | None:
    """The values of a `TakenApart` by key; None where one of its Bundles is none, and has to be looked at as bytes."""
    sent = {query.key: getattr(prefetch, query.key) for query in EVERY}
    parts = {key: _NONE if value is None else value for key, value in sent.items() if value is not msgspec.UNSET}
    known = all(part.resourceType == "Bundle" for part in parts.values() if isinstance(part, Bundle))
    return parts if known else None


def source_of(
    call: Call,
    sent: Sent,
    terminology: Terminology,
    today: date,
    looked_up: LookedUp | None = None,
) -> Source:
    """The chart as the readers see it; `looked_up` tells which references were followed, where a server was read."""
    incomplete = incomplete_parts(call.queries, sent.answers, call.user)
    bases = call.bases | ({call.fhir_server.rstrip("/")} if call.fhir_server else set())
    patient = sent.records.at(f"Patient/{call.patient_id}")
    identity = Identity.of(call.patient_id, bases, patient)
    looked_up = looked_up or LookedUp()
    return Source(identity, sent.records, incomplete, terminology, today, looked_up.absent, looked_up.roles_unread)


def _is_order(entry: Entry) -> bool:
    try:
        return _header.decode(entry.resource).resourceType in KINDS
    except UNREADABLE:
        return False
