"""Whose resource is it? The one place that compares a reference with the patient at hand."""

from __future__ import annotations

from dataclasses import field
from enum import Enum, auto
from typing import Any, Protocol

from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen


class Located(Protocol):
    """What stands in a Bundle under an address of its own."""

    @property
    def full_url(self) -> str | None:
        """The entry's fullUrl."""


class Whose(Enum):
    """Of the patient, of somebody else, or not said."""

    PATIENT = auto()
    OTHER = auto()
    UNSAID = auto()


@frozen
class Identity:
    """The patient of one request: the id, the servers it is an id on, and what else the Patient resource says."""

    id: str
    bases: frozenset[str]
    identifiers: frozenset[tuple[str, str]] = frozenset()
    full_urls: frozenset[str] = frozenset()
    record: Record | None = field(default=None, compare=False)

    @classmethod
    def of(cls, patient_id: str, bases: frozenset[str], patient: Record | None) -> Identity:
        """From the context's patient id and, where it was sent, the Patient resource."""
        if patient is None:
            return cls(patient_id, bases)
        try:
            identifiers = identifiers_of(patient.read())
        except Unreadable:
            identifiers = frozenset()
        urls = frozenset({patient.full_url} if patient.full_url else ())
        return cls(patient_id, bases, identifiers, urls, patient)

    def owner(self, reference: Any, record: Located | None = None, contained: Any = None) -> Whose:
        """Whose a resource is whose subject is this Reference; `record` is the resource that holds it."""
        if reference is None:
            return Whose.UNSAID
        if reference.reference:
            return self._by_literal(reference.reference.strip(), record, contained)
        if reference.identifier is not None:
            return self._by_identifiers(frozenset(_identifier(reference.identifier)))
        return Whose.UNSAID

    def _by_literal(self, literal: str, record: Located | None, contained: Any) -> Whose:
        if literal.startswith("#"):
            inside = [each for each in contained or () if each.id == literal[1:]]
            return self._by_identifiers(identifiers_of(inside[0])) if inside else Whose.UNSAID
        if literal in self.full_urls or literal == f"urn:uuid:{self.id}":
            return Whose.PATIENT
        if literal.startswith("urn:"):
            return Whose.OTHER
        base, kind, id_ = split_literal(literal)
        if kind != "Patient" or id_ != self.id:
            return Whose.OTHER
        return Whose.PATIENT if not base or base in self.bases | _base_of(record) else Whose.OTHER

    def _by_identifiers(self, identifiers: frozenset[tuple[str, str]]) -> Whose:
        if not identifiers or not self.identifiers:
            return Whose.UNSAID
        return Whose.PATIENT if identifiers & self.identifiers else Whose.OTHER


def split_literal(literal: str) -> tuple[str, str, str]:
    """Base address (may be empty), type and id of a literal reference, any version left out."""
    path = literal.split("/_history/", maxsplit=1)[0].rstrip("/")
    *base, kind, id_ = ["", "", *path.split("/")]
    return "/".join(base).strip("/"), kind, id_


def identifiers_of(resource: Any) -> frozenset[tuple[str, str]]:
    """The identifiers of a resource that have both a system and a value."""
    return frozenset(pair for each in getattr(resource, "identifier", None) or () for pair in _identifier(each))


def _identifier(identifier: Any) -> list[tuple[str, str]]:
    return [(identifier.system, identifier.value)] if identifier.system and identifier.value else []


def _base_of(record: Located | None) -> set[str]:
    if record is None or not record.full_url or record.full_url.startswith("urn:"):
        return set()
    return {split_literal(record.full_url)[0]}
