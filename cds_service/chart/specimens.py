"""The specimens that a result, or the report or panel over it, says it was made on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.chart.gates import names_another_person
from cds_service.chart.source import Source
from cds_service.fhir.elements import first_when, plain_text, references, texts
from cds_service.fhir.identity import Whose, split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.once import once
from cds_service.timing import When


@dataclass(frozen=True)
class Sample:
    """A specimen as `record` refers to it; a contained one stands in the `holder`."""

    source: Source
    record: Record
    holder: Any
    reference: Any

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said in words of the specimen: what it is, whence and how it was taken."""
        said = (plain_text(self.reference.display),) if self.reference.display else ()
        concepts = (
            getattr(self._specimen, "type", None),
            getattr(self._collection, "bodySite", None),
            getattr(self._collection, "method", None),
        )
        return (*said, *(text for concept in concepts for text in texts(concept)))

    @property
    def collected(self) -> When | None:
        """When it was taken."""
        return first_when(self._collection, "collectedDateTime", "collectedPeriod") if self._collection else None

    @property
    def anothers(self) -> bool:
        """Whether it was taken of somebody else."""
        owner = getattr(self._specimen, "subject", None)
        by_reference = self.source.identity.owner(owner, self.record, self.holder.contained) is Whose.OTHER
        return by_reference or any(map(names_another_person, self.texts))

    @property
    def keys(self) -> Iterator[str]:
        """By what two references are known to be to one specimen."""
        if self.reference.reference:
            yield f"specimen:{self._place(self.reference.reference.strip())}"
        if self.reference.identifier and self.reference.identifier.value:
            yield f"specimen:{self.reference.identifier.system or ''}|{self.reference.identifier.value}"

    def _place(self, literal: str) -> str:
        if literal.startswith("#"):
            return f"{self.record.reference}{literal}"
        record = self.source.records.at(literal)
        return record.reference if record else "/".join(split_literal(literal)[1:])

    @once
    def _specimen(self) -> Any:
        """The Specimen; None where it is not here."""
        literal = (self.reference.reference or "").strip()
        if literal.startswith("#"):
            return next((each for each in self.holder.contained or () if each.id == literal[1:]), None)
        record = self.source.at(self.reference)
        return read_or_none(record) if record is not None and record.type == "Specimen" else None

    @property
    def _collection(self) -> Any:
        return getattr(self._specimen, "collection", None)


def samples(source: Source, record: Record, holder: Any, model: Any) -> tuple[Sample, ...]:
    """The specimens that a model names: an Observation one at most, a report any number."""
    return tuple(Sample(source, record, holder, each) for each in references(getattr(model, "specimen", None)))


def read_or_none(record: Record) -> Any:
    """The validated model; None where it cannot be read."""
    try:
        return record.read()
    except Unreadable:
        return None
