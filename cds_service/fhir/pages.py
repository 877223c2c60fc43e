"""What the bodies of a FHIR server say: a page of a search, a resource, a type that is not known."""

from __future__ import annotations

from typing import Any

import msgspec

from cds_service.exact_json import UNREADABLE
from cds_service.fhir.asks import Ended, Stop
from cds_service.fhir.bundle import Answered, Entry, State, answered


class _Body(msgspec.Struct):
    resourceType: Any = None
    id: Any = None
    total: Any = None
    issue: Any = None


_body = msgspec.json.Decoder(_Body)


def named(body: bytes) -> tuple[Any, Any]:
    """Type and id of the resource that a body is. Raises Stop where it is no JSON object."""
    said = _decoded(body)
    return said.resourceType, said.id


def page_of(body: bytes) -> tuple[Any, Answered]:
    """How many a search found in all, as far as said, and one page of them. Raises Stop where it is no Bundle."""
    said = _decoded(body)
    if said.resourceType != "Bundle":
        raise Stop(Ended.UNREADABLE)
    return said.total, answered(body)


def together(entries: tuple[Entry, ...], total: Any, last: Answered) -> Answered:
    """All pages together; a total that they do not reach says that some are missing."""
    found = sum(1 for entry in entries if entry.search is None or entry.search.mode in (None, "match"))
    short = found < total if isinstance(total, int) else last.state is State.FIRST_PAGE
    return Answered(State.FIRST_PAGE if short else State.COMPLETE, entries)


def is_of_unknown_type(body: bytes) -> bool:
    """Whether a 404 says that the server knows no such type: then nothing is known of the resource."""
    try:
        issues = _body.decode(body).issue
    except UNREADABLE:
        return False
    said = issues if isinstance(issues, list) else []
    return any(isinstance(issue, dict) and issue.get("code") == "not-supported" for issue in said)


def _decoded(body: bytes) -> _Body:
    try:
        return _body.decode(body)
    except UNREADABLE:
        raise Stop(Ended.UNREADABLE) from None
