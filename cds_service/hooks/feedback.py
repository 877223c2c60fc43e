"""Feedback: what clinicians did with the cards, read from the wire and handed on to be kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Literal

import msgspec
from flask import Blueprint, Response

from cds_service.errors import BadRequest, TooLarge, UnknownService
from cds_service.exact_json import UNREADABLE, plainly_written
from cds_service.store.records import Feedback, Reason, as_text

LARGEST_BODY = 1024 * 1024
"""Bytes; a body of feedback has no charts in it."""
MOST_ENTRIES = 1000
LONGEST_ID = 128
LONGEST_CODE = 512
LONGEST_COMMENT = 4000
"""Characters; what a comment has beyond them is cut off rather than refused."""

ReadBody = Callable[[], bytes]
Keep = Callable[[str, tuple[Feedback, ...]], None]
"""Keeps the feedback on a service, of the client that calls. Raises StoreUnavailable."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_UUID = re.compile(r"(urn:uuid:)?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE | re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class _Suggestion(msgspec.Struct):
    id: str


class _Coding(msgspec.Struct):
    code: str
    system: str | None = None


class _Override(msgspec.Struct):
    reason: _Coding | None = None
    userComment: str | None = None


class _Entry(msgspec.Struct):
    card: str
    outcome: Literal["accepted", "overridden"]
    outcomeTimestamp: str
    acceptedSuggestions: list[_Suggestion] | None = None
    overrideReason: _Override | None = None


class _Body(msgspec.Struct):
    feedback: list[msgspec.Raw]


_body = msgspec.json.Decoder(_Body)
_entry = msgspec.json.Decoder(_Entry)


def create_feedback_blueprint(services: Collection[str], read_body: ReadBody, keep: Keep) -> Blueprint:
    """The feedback endpoint of the services. Errors are for the application's handlers."""
    routes = Blueprint("cds-hooks-feedback", __name__)

    @routes.post("/cds-services/<service_id>/feedback")
    def feedback(service_id: str) -> Response:
        if service_id not in services:
            raise UnknownService("no such service")
        keep(service_id, read_feedback(read_body()))
        return Response(b"{}", mimetype="application/json")

    return routes


def read_feedback(body: bytes) -> tuple[Feedback, ...]:
    """All entries of a body, or none: the client learns of an error before anything is kept.

    Raises BadRequest, whose message names the entry and holds nothing of it, and TooLarge.
    """
    if len(body) > LARGEST_BODY:
        raise TooLarge("the body is too large for feedback")
    try:
        entries = _body.decode(plainly_written(body)).feedback
    except UNREADABLE:
        raise BadRequest("the body is not JSON, or has no list `feedback`") from None
    if len(entries) > MOST_ENTRIES:
        raise TooLarge(f"more than {MOST_ENTRIES} entries in one call")
    return tuple(_read(f"feedback[{number}]", entry) for number, entry in enumerate(entries))


def _read(place: str, raw: msgspec.Raw) -> Feedback:
    try:
        entry = _entry.decode(raw)
    except UNREADABLE:
        raise BadRequest(
            f"{place} is no feedback: it needs card, outcome (accepted or overridden) and outcomeTimestamp; "
            "acceptedSuggestions is a list of objects with an id, overrideReason an object with reason or userComment"
        ) from None
    accepted = tuple(_id(f"{place}.acceptedSuggestions.id", each.id) for each in entry.acceptedSuggestions or ())
    if entry.outcome == "accepted" and not accepted:
        raise BadRequest(f"{place}.acceptedSuggestions is missing: what was accepted?")
    override = entry.overrideReason or _Override()
    return Feedback(
        card=_id(f"{place}.card", entry.card),
        outcome=entry.outcome,
        at=_moment(f"{place}.outcomeTimestamp", entry.outcomeTimestamp),
        suggestions=accepted,
        reason=_reason(f"{place}.overrideReason.reason", override.reason),
        comment=_comment(override.userComment or ""),
    )


def _id(place: str, text: str) -> str:
    """An id; of a uuid the form in which we send it, however the client spells it."""
    text = _short(place, text, LONGEST_ID)
    uuid = _UUID.fullmatch(text)
    return uuid[2].lower() if uuid else text


def _short(place: str, text: str, longest: int) -> str:
    text = text.strip()
    if not text or not text.isprintable() or len(text) > longest:
        raise BadRequest(f"{place} has to be text of 1 to {longest} characters")
    return text


def _moment(place: str, text: str) -> str:
    """A moment as RFC 3339 has it, in UTC."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        return as_text(datetime.fromisoformat(text.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        raise BadRequest(f"{place} has to be a date and time with a zone, such as 2026-11-21T09:00:00Z") from None


def _reason(place: str, coding: _Coding | None) -> Reason | None:
    """Any code of any system: the client may add its own. The display may be missing and is not kept."""
    if coding is None:
        return None
    system = _short(f"{place}.system", coding.system, LONGEST_CODE) if coding.system else ""
    return Reason(_short(f"{place}.code", coding.code, LONGEST_CODE), system)


def _comment(text: str) -> str:
    return _CONTROLS.sub(" ", text).strip()[:LONGEST_COMMENT]
