"""The resources of one chart: each as bytes and a header, read in full only when some reader asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec

from cds_service.exact_json import EMPTY, UNREADABLE, plain
from cds_service.fhir.resources import Unreadable, validated


class Header(msgspec.Struct, gc=False):
    """The members by which a resource is found relevant; what is in them stays bytes until then."""

    resourceType: str = ""
    id: str | None = None
    status: str | None = None
    code: msgspec.Raw = EMPTY
    type: msgspec.Raw = EMPTY
    medicationCodeableConcept: msgspec.Raw = EMPTY
    medicationReference: msgspec.Raw = EMPTY
    vaccineCode: msgspec.Raw = EMPTY
    usedCode: msgspec.Raw = EMPTY
    component: msgspec.Raw = EMPTY
    hasMember: msgspec.Raw = EMPTY
    result: msgspec.Raw = EMPTY
    contained: msgspec.Raw = EMPTY
    participant: msgspec.Raw = EMPTY
    effectiveDateTime: msgspec.Raw = EMPTY
    klass: msgspec.Raw = msgspec.field(default=EMPTY, name="class")


class _Kind(msgspec.Struct):
    resourceType: str = ""
    id: Any = None


_header = msgspec.json.Decoder(Header)
_kind = msgspec.json.Decoder(_Kind)


class Record:
    """One resource as it was sent. `reference` is `Type/id`; `base` is the address its fullUrl stands under."""

    __slots__ = ("_model", "full_url", "header", "raw", "reference", "type")

    def __init__(self, header: Header, raw: msgspec.Raw, full_url: str | None, place: str) -> None:
        self.header = header
        self.raw = raw
        self.full_url = full_url
        self.type = kind = header.resourceType
        self.reference = f"{kind}/{header.id}" if header.id else (full_url or place)
        self._model: Any = None

    def read(self) -> Any:
        """The validated model. Raises Unreadable."""
        if isinstance(self._model, Unreadable):
            raise self._model
        if self._model is None:
            try:
                self._model = validated(self.plain())
            except Unreadable as unreadable:
                self._model = unreadable
                raise
        return self._model

    def plain(self) -> dict[str, Any]:
        """The resource as a dict, decimals exact. Raises Unreadable."""
        try:
            value = plain(self.raw)
        except UNREADABLE:
            raise Unreadable("it is not JSON that can be read") from None
        if not isinstance(value, dict):
            raise Unreadable("it is no resource")
        return value


@dataclass(frozen=True, slots=True)
class Illegible:
    """A resource of which not even the header could be read. `type` is the best guess."""

    type: str
    reference: str


@dataclass(slots=True)
class Records:
    """The resources of a chart, by type and by the ways they can be referred to."""

    by_type: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    illegible: dict[str, list[Illegible]] = field(default_factory=lambda: defaultdict(list))
    _by_reference: dict[str, Record] = field(default_factory=dict)

    def add(self, raw: msgspec.Raw, full_url: str | None, place: str, expected_type: str = "") -> str:
        """Take in one resource; its type is returned. One that is already here is not taken twice."""
        try:
            header = _header.decode(raw)
        except UNREADABLE:
            return self._add_illegible(raw, place, expected_type)
        kind = header.resourceType
        if not kind:
            return self._add_illegible(raw, place, expected_type)
        record = Record(header, raw, full_url, place)
        there = self._by_reference.setdefault(record.reference, record)
        if there is not record and header.id and there.raw == raw:
            return kind
        self.by_type[kind].append(record)
        if full_url:
            self._by_reference.setdefault(full_url, record)
        return kind

    def of(self, *types: str) -> Iterator[Record]:
        """All resources of the types, in the order they came."""
        return chain.from_iterable(self.by_type.get(kind, ()) for kind in types)

    def illegible_of(self, types: Iterable[str]) -> Iterator[Illegible]:
        """Those of the types of which not even the header could be read."""
        for kind in types:
            yield from self.illegible.get(kind, ())

    def at(self, reference: str) -> Record | None:
        """The resource that a literal reference (`Type/id`, absolute, `urn:`) leads to, if it is here."""
        return self._by_reference.get(reference)

    def _add_illegible(self, raw: msgspec.Raw, place: str, expected_type: str) -> str:
        try:
            known = _kind.decode(raw)
        except UNREADABLE:
            known = _Kind()
        kind = known.resourceType or expected_type
        named = isinstance(known.id, str) and known.id
        self.illegible[kind].append(Illegible(kind, f"{kind}/{known.id}" if named else place))
        return kind
