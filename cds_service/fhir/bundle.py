"""What a prefetch value, or an answer of a FHIR server, says about part of a chart.

Missing, null, an empty Bundle, an OperationOutcome and a first page mean five different things. Only null and a
complete Bundle say "there is no more".
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any

import msgspec

from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.frozen import frozen


class State(Enum):
    """How much of what was asked for is here."""

    COMPLETE = "complete"
    LEFT_OUT = "left out"
    FAILED = "failed"
    FIRST_PAGE = "first page"


class _Link(msgspec.Struct):
    relation: str | None = None
    url: str | None = None


class _Search(msgspec.Struct, gc=False):
    mode: str | None = None


class Entry(msgspec.Struct, gc=False):
    """One entry of a Bundle, its resource still bytes."""

    resource: msgspec.Raw
    fullUrl: str | None = None
    search: _Search | None = None


class _Bare(msgspec.Struct):
    """An entry of which only the resource can be relied on."""

    resource: msgspec.Raw


class Bundle(msgspec.Struct):
    """A Bundle taken apart as far as its entries."""

    resourceType: Any = None
    entry: list[Entry] | None = None
    link: msgspec.Raw = EMPTY
    total: Any = None


class _LooseBundle(msgspec.Struct):
    """A Bundle whose entries are not all as they should be."""

    resourceType: Any = None
    entry: msgspec.Raw = EMPTY
    link: msgspec.Raw = EMPTY
    total: Any = None


class _Issue(msgspec.Struct):
    severity: str | None = None


class _Outcome(msgspec.Struct):
    resourceType: str | None = None
    issue: list[_Issue] | None = None


@frozen
class Answered:
    """Resources (still bytes), how complete they are, and where the next page is."""

    state: State
    entries: tuple[Entry, ...] = ()
    next_page: str | None = None


_bundle = msgspec.json.Decoder(Bundle)
_loose_bundle = msgspec.json.Decoder(_LooseBundle)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_entry = msgspec.json.Decoder(Entry)
_bare = msgspec.json.Decoder(_Bare)
_links = msgspec.json.Decoder(list[_Link])
_outcome = msgspec.json.Decoder(_Outcome)
OUTCOME = "OperationOutcome"
_MATCHED = (None, "match")
_ERRORS = {"error", "fatal"}
_LONGEST_NULL = 64


def answered(raw: msgspec.Raw | bytes | None) -> Answered:
    """What a prefetch value, or a server's answer, says; None is a key that was left out."""
    return outcomes_told(scanned(raw))


def scanned(raw: Bundle | msgspec.Raw | bytes | None) -> Answered:
    """The same, but for OperationOutcomes among the entries: who reads the entries anyway tells them apart then.

    A Bundle that is whole may have been taken apart before.
    """
    if raw is None:
        return Answered(State.LEFT_OUT)
    if isinstance(raw, Bundle):
        return _of_bundle(raw)
    if len(raw) < _LONGEST_NULL and bytes(raw).strip() == b"null":
        return Answered(State.COMPLETE)
    try:
        bundle = _read(raw)
    except UNREADABLE:
        return Answered(State.FAILED)
    if bundle.resourceType == "Bundle":
        return _of_bundle(bundle)
    if bundle.resourceType == OUTCOME or not isinstance(bundle.resourceType, str):
        return Answered(State.FAILED)
    return Answered(State.COMPLETE, (Entry(msgspec.Raw(raw)),))


def outcomes_told(answer: Answered) -> Answered:
    """The answer without the OperationOutcomes among its entries; failed where one of them is of an error."""
    outcomes = [entry for entry in answer.entries if _outcome_in(entry) is not None]
    if not outcomes:
        return answer
    state = State.FAILED if any(map(_is_failure, outcomes)) else answer.state
    return replace(answer, state=state, entries=tuple(entry for entry in answer.entries if entry not in outcomes))


def entries_of(raw: msgspec.Raw | bytes) -> tuple[Entry, ...] | None:
    """The entries of a Bundle (with or without a type), or of a bare list of entries or resources; None where it is
    neither."""
    try:
        if bytes(raw).lstrip().startswith(b"["):
            return tuple(map(_entry_of, _raw_list.decode(raw)))
        bundle = _read(raw)
        known = bundle.resourceType == "Bundle" or (bundle.resourceType is None and bundle.entry is not None)
        return tuple(bundle.entry or ()) if known else None
    except UNREADABLE:
        return None


def _of_bundle(bundle: Bundle) -> Answered:
    entries = tuple(bundle.entry or ())
    next_page, has_next = _next(bundle.link)
    if has_next or (isinstance(bundle.total, int) and bundle.total > _matches(entries)):
        return Answered(State.FIRST_PAGE, entries, next_page)
    return Answered(State.COMPLETE, entries)


def _matches(entries: tuple[Entry, ...]) -> int:
    """How many entries are what was searched for, not what came along with it."""
    return len([None for entry in entries if entry.search is None or entry.search.mode in _MATCHED])


def _read(raw: msgspec.Raw | bytes) -> Bundle:
    """A Bundle at one go; entry by entry where any is malformed, so that none is lost in silence."""
    try:
        return _bundle.decode(raw)
    except UNREADABLE:
        pass
    loose = _loose_bundle.decode(raw)
    has_entries = bytes(loose.entry) not in (b"", b"null")
    entries = list(map(_entry_of, _raw_list.decode(loose.entry))) if has_entries else None
    return Bundle(loose.resourceType, entries, loose.link, loose.total)


def _entry_of(raw: msgspec.Raw) -> Entry:
    """A whole entry; or the resource of one that is otherwise malformed; or what stands in its place."""
    try:
        return _entry.decode(raw)
    except UNREADABLE:
        return _bare_entry(raw)


def _bare_entry(raw: msgspec.Raw) -> Entry:
    try:
        return Entry(_bare.decode(raw).resource)
    except UNREADABLE:
        return Entry(raw)


def _outcome_in(entry: Entry) -> _Outcome | None:
    try:
        outcome = _outcome.decode(entry.resource)
    except UNREADABLE:
        return None
    return outcome if outcome.resourceType == OUTCOME else None


def _is_failure(entry: Entry) -> bool:
    outcome = _outcome_in(entry)
    if outcome is None:
        return False
    return not outcome.issue or any(issue.severity in _ERRORS for issue in outcome.issue)


def _next(link: msgspec.Raw) -> tuple[str | None, bool]:
    """The address of the next page, and whether there is one; links that cannot be read may hide one."""
    if bytes(link) in (b"", b"null"):
        return None, False
    try:
        links = _links.decode(link)
    except UNREADABLE:
        return None, True
    for each in links:
        if each.relation == "next":
            return each.url, True
    return None, False
