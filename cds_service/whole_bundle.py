"""A Bundle without a hook request: its one Kresladi order is the draft, everything else is the whole chart."""

from __future__ import annotations

from typing import Any

import msgspec

from cds_service.chart.orders import KINDS, kresladi_orders
from cds_service.chart.queries import EVERY
from cds_service.errors import BadRequest
from cds_service.exact_json import UNREADABLE, plain, plainly_written
from cds_service.fhir.bundle import Entry, entries_of
from cds_service.fhir.headers import Header
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Records
from cds_service.fhir.terminology import Terminology, packaged_value_sets
from cds_service.hooks.request import EXPLAIN


class _Reference(msgspec.Struct, frozen=True):
    reference: str = ""


class _Order(msgspec.Struct, frozen=True):
    subject: _Reference = _Reference()


_header = msgspec.json.Decoder(Header)
_order = msgspec.json.Decoder(_Order)


def request_of(body: bytes, *, explain: bool = False) -> bytes:
    """The body as an order-sign request: as it is where it is one, made from a Bundle where it is that.

    Raises BadRequest where it is neither, or where the Bundle has no Kresladi order or more than one.
    """
    body = plainly_written(body)
    try:
        document = plain(body)
    except UNREADABLE:
        raise BadRequest("not JSON") from None
    if not isinstance(document, dict):
        raise BadRequest("neither a hook request nor a Bundle")
    if document.get("resourceType") == "Bundle":
        document = _from_bundle(body)
    elif "hook" not in document:
        raise BadRequest("neither a hook request nor a Bundle")
    elif not explain:
        return body
    if explain:
        extension = document.get("extension")
        document["extension"] = (extension if isinstance(extension, dict) else {}) | {EXPLAIN: True}
    return msgspec.json.Encoder(decimal_format="number").encode(document)


def _from_bundle(body: bytes) -> dict[str, Any]:
    entries = entries_of(body) or ()
    records = Records()
    records.take(entries, "")
    drafts = _drafts(entries, records)
    patient_id = _patient_id(drafts[0], records)
    rest = [entry for entry in entries if entry not in drafts]
    return {
        "hook": "order-sign",
        "hookInstance": "00000000-0000-4000-8000-000000000000",
        "context": {"patientId": patient_id, "draftOrders": _bundle(drafts)},
        "prefetch": {query.key: _bundle(_of_type(rest, query.type)) for query in EVERY if not query.user_token}
        | {"beside": _bundle([entry for entry in rest if _type(entry) not in _SEARCHED])},
    }


_SEARCHED = {query.type for query in EVERY if not query.user_token}


def _patient_id(draft: Entry, records: Records) -> str:
    """Of the order's subject (a donor's Patient may stand in the Bundle too), else of the only Patient."""
    subject = _subject_of(draft)
    patients = [named] if (named := records.at(subject)) else list(records.of("Patient"))
    if named is None and split_literal(subject)[1] == "Patient":
        return split_literal(subject)[2]
    if len(patients) != 1:
        raise BadRequest("the Bundle has to say for which Patient the order is")
    return patients[0].header.id or split_literal((patients[0].full_url or "").replace(":", "/"))[2]


def _subject_of(draft: Entry) -> str:
    try:
        return _order.decode(draft.resource).subject.reference
    except UNREADABLE:
        return ""


def _drafts(entries: tuple[Entry, ...], records: Records) -> list[Entry]:
    """The entry that is the order: the one for Kresladi; where there are several, the one that is a draft."""
    terminology = Terminology(packaged_value_sets())
    orders = [
        entry for entry in entries if _type(entry) in KINDS and kresladi_orders([entry], records, terminology, "")
    ]
    drafts = [entry for entry in orders if _status(entry) in (None, "draft")] or orders
    if len(drafts) != 1:
        raise BadRequest("the Bundle has to hold exactly one Kresladi order to be signed")
    return drafts


def _type(entry: Entry) -> str:
    try:
        return _header.decode(entry.resource).resourceType
    except UNREADABLE:
        return ""


def _status(entry: Entry) -> str | None:
    try:
        return _header.decode(entry.resource).status
    except UNREADABLE:
        return None


def _of_type(entries: list[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if _type(entry) == kind]


def _bundle(entries: list[Entry]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": entry.fullUrl, "resource": entry.resource} for entry in entries],
    }
