"""The resources of one chart: each as bytes and a header, read in full only when some reader asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec
from msgspec import Raw

from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry
from cds_service.fhir.headers import Header, read_members
from cds_service.fhir.resources import Unreadable, validated
from cds_service.fhir.tidied import Known


class _Kind(msgspec.Struct):
    resourceType: str = ""
    id: Any = None


_encoder = msgspec.json.Encoder()
_header = msgspec.json.Decoder(Header)
_kind = msgspec.json.Decoder(_Kind)
_NONE = Header()
"""Of what cannot be read."""


class Record(msgspec.Struct, gc=False, eq=False):
    """One resource as it was sent. `reference` is `Type/id`; `full_url` is the address it stands under.

    A Struct, as a chart has thousands, and none that the garbage collector visits: none of them refers to itself.
    """

    type: str
    reference: str
    header: Header
    """With all elements of the resource where `sent` is None: it was taken apart into them."""
    sent: Raw | None
    full_url: str | None = None
    known: Known | None = None
    """The References of its chart that were read already."""
    _model: Any = None

    def read(self) -> Any:
        """The validated model. Raises Unreadable."""
        if isinstance(self._model, Unreadable):
            raise _another(self._model)
        if self._model is None:
            try:
                self._model = validated(self.plain(), self.known)
            except Unreadable as unreadable:
                # The one that is raised holds on to everything that was at work, this record too.
                self._model = _another(unreadable)
                raise
        return self._model

    @property
    def raw(self) -> Raw:
        """The resource as JSON; of one that was taken apart, what is read of it."""
        return Raw(_encoder.encode(self.header)) if self.sent is None else self.sent

    def plain(self) -> dict[str, Any]:
        """The resource as a dict, decimals exact. Raises Unreadable."""
        try:
            value = plain(self.raw)
        except UNREADABLE:
            raise Unreadable("it is not JSON that can be read") from None
        if not isinstance(value, dict):
            raise Unreadable("it is no resource")
        return value


def _another(unreadable: Unreadable) -> Unreadable:
    """The same, which nobody raised yet."""
    return type(unreadable)(*unreadable.args)


@dataclass(slots=True)
class Records:
    """The resources of a chart, by type and by the ways they can be referred to."""

    by_type: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    illegible: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """Those of which not even the header could be read; their type is the best guess."""
    _known: Known = field(default_factory=dict)
    _by_reference: dict[str, Record] = field(default_factory=dict)
    _by_address: dict[str, Record] = field(default_factory=dict)
    """By fullUrl. Filled when one is asked for: most references are `Type/id`."""

    def take(self, entries: Iterable[Entry], place: str, expected_type: str = "", first: int = 0) -> set[str]:
        """Take in resources of a Bundle that stands at the place, from its `first` on; their types are returned.

        One that is already here is not taken twice.
        """
        types: set[str] = set()
        for number, entry in enumerate(entries, first):
            resource: Any = entry.resource
            header, sent = (_header_of(resource), resource) if type(resource) is Raw else (resource, None)
            kind = header.resourceType
            types.add(kind or self._take_illegible(entry.resource, _spot(place, number), expected_type))
            if not kind:
                continue
            reference = f"{kind}/{header.id}" if header.id else (entry.fullUrl or _spot(place, number))
            record = Record(kind, reference, header, sent, entry.fullUrl, self._known)
            there = self._by_reference.setdefault(reference, record)
            if there is record or not header.id or _as_read(there) != _as_read(record):
                self.by_type[kind].append(record)
        self._by_address.clear()
        return types

    def of(self, *types: str) -> Iterator[Record]:
        """All resources of the types, in the order they came."""
        return chain.from_iterable(self.by_type.get(kind, ()) for kind in types)

    def illegible_of(self, types: Iterable[str]) -> Iterator[Record]:
        """Those of the types of which not even the header could be read."""
        for kind in types:
            yield from self.illegible.get(kind, ())

    def at(self, reference: str) -> Record | None:
        """The resource that a literal reference (`Type/id`, absolute, `urn:`) leads to, if it is here."""
        return self._by_reference.get(reference) or (self._at_address(reference) if ":" in reference else None)

    def _at_address(self, address: str) -> Record | None:
        if not self._by_address:
            for record in chain.from_iterable(self.by_type.values()):
                self._by_address.setdefault(record.full_url or "", record)
        return self._by_address.get(address)

    def _take_illegible(self, raw: Raw, place: str, expected_type: str) -> str:
        try:
            known = _kind.decode(raw)
        except UNREADABLE:
            known = _Kind()
        kind = known.resourceType or expected_type
        named = isinstance(known.id, str) and known.id
        self.illegible[kind].append(Record(kind, f"{kind}/{known.id}" if named else place, Header(), raw))
        return kind


def _header_of(raw: Raw) -> Header:
    """The header of a resource; an empty one where it cannot be read."""
    try:
        return _header.decode(raw)
    except UNREADABLE:
        return _NONE


def _as_read(record: Record) -> Any:
    """What two records of one resource have in common, whichever way they came."""
    if record.sent is None:
        return record.header
    try:
        return read_members.decode(record.sent)
    except UNREADABLE:
        return bytes(record.sent)


def _spot(place: str, number: int) -> str:
    """Where a resource without an id stands."""
    return f"{place}.entry[{number}]" if place else f"entry[{number}]"
