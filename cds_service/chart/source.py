"""The chart of one patient as the readers see it: an index by meaning, and resources sifted for use.

Every reader starts the same way: take the resources that mean something to it, leave out what is another
patient's or entered in error, and keep a note of what could not be used and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import msgspec

from cds_service.chart.aside import is_entered_in_error, why_aside
from cds_service.chart.concepts import Concepts, concepts_under
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.bundle import State
from cds_service.fhir.elements import is_masked
from cds_service.fhir.identity import Identity, Whose, split_literal
from cds_service.fhir.records import Record, Records
from cds_service.fhir.resources import Undecided, Unreadable
from cds_service.fhir.terminology import Terminology
from cds_service.logic import Cause, Gap, Remedy, SetAside
from cds_service.wording import not_read, reasons


class Panel(NamedTuple):
    """A report or panel that lists a resource: its record, and the id of what it contains where that is the panel."""

    record: Record
    inside: str = ""


class _Member(msgspec.Struct):
    reference: str | None = None


class _Inside(msgspec.Struct):
    id: str = ""
    hasMember: msgspec.Raw = EMPTY


_members = msgspec.json.Decoder(list[_Member])
_insides = msgspec.json.Decoder(list[_Inside])


@dataclass(slots=True)
class Sifted:
    """Resources of the patient that can be used, as (record, model); and what cannot, with the reason."""

    usable: list[tuple[Record, Any]] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)
    """Reference and reason, of what is there but will not do."""
    set_aside: list[SetAside] = field(default_factory=list)

    def trouble(self, record: Record, because: str) -> None:
        """Note that a resource will not do."""
        self.troubles.append((record.reference, because))

    def aside(self, record: Record, because: str) -> None:
        """Note that a resource was looked at and does not bear on the question."""
        self.set_aside.append(SetAside(record.reference, because))

    def gaps(self, wanted: str, remedy: Remedy | None = None) -> tuple[Gap, ...]:
        """The troubles as gaps in what is wanted."""
        return tuple(Gap(wanted, because, Cause.UNUSABLE, source, remedy) for source, because in self.troubles)


@dataclass(slots=True)
class Source:
    """One patient's chart, as far as it was sent; `incomplete` tells which types of it are not all here."""

    identity: Identity
    records: Records
    incomplete: dict[str, State]
    terminology: Terminology
    today: date
    absent: frozenset[str] = frozenset()
    """References (`Type/id`) that were looked up and lead nowhere."""
    roles_unread: frozenset[str] = frozenset()
    """Practitioners whose roles were looked for and could not be (all) read."""
    concepts: Concepts = field(init=False)
    _index: dict[tuple[str, str], list[Record]] = field(init=False)
    _holding: list[Record] | None = None
    _panels: dict[str, list[Panel]] | None = None

    def __post_init__(self) -> None:
        self.concepts = concepts_under(self.terminology)
        self._index = self.concepts.index(self.records)

    # --- finding ---------------------------------------------------------------------------------------------------

    def about(self, types: Iterable[str], *meanings: str) -> list[Record]:
        """The records of the types whose concept has any of the meanings, each once.

        A meaning is the id of a ValueSet, or `~` and the name of a phrase; what cannot be read may mean any.
        """
        found = [r for kind in types for meaning in (*meanings, "?") for r in self._index.get((kind, meaning), ())]
        return list(dict.fromkeys(found))

    def means(self, record: Record) -> frozenset[str]:
        """The meanings of one record's concept (and of its components)."""
        return self.concepts.of(record)

    @property
    def holding(self) -> list[Record]:
        """The DiagnosticReports and Observations that list or contain others."""
        if self._holding is None:
            records = self.records.of("DiagnosticReport", "Observation")
            self._holding = [
                record
                for record in records
                if (header := record.header).hasMember is not EMPTY
                or header.contained is not EMPTY
                or header.result is not EMPTY
            ]
        return self._holding

    def panels_of(self, record: Record) -> list[Panel]:
        """The DiagnosticReports and Observations, contained ones too, that list this one as their result or member."""
        if self._panels is None:
            self._panels = defaultdict(list)
            for each in self.holding:
                for inside, listed in _lists_of(each):
                    for reference in self._references_in(listed):
                        self._panels[reference].append(Panel(each, inside))
        keys = {record.reference, record.full_url or record.reference}
        return list(dict.fromkeys(panel for key in keys for panel in self._panels.get(key, ())))

    def lacks_results_of(self, report: Record) -> bool:
        """Whether a report or panel lists results that are not here, where not all Observations are."""
        if "Observation" not in self.incomplete:
            return False
        return any(not self._is_here(reference) for _, listed in _lists_of(report) for reference in _listed(listed))

    def at(self, reference: Any) -> Record | None:
        """The resource a Reference leads to, if it is here."""
        literal = (reference.reference or "").strip() if reference else ""
        if not literal or literal.startswith("#"):
            return None
        found = self.records.at(literal)
        if found is not None:
            return found
        base, kind, id_ = split_literal(literal)
        if base and base not in self.identity.bases:
            return None
        return self.records.at(f"{kind}/{id_}")

    # --- sifting ---------------------------------------------------------------------------------------------------

    def sift(self, records: Iterable[Record], types: Iterable[str] = (), subject: str = "subject") -> Sifted:
        """Read the records in full and keep the patient's own; note what will not do.

        `types`: of these, also note those of which not even the header could be read.
        """
        sifted = Sifted()
        for record in records:
            self._sort(record, subject, sifted)
        for record in self.records.illegible_of(types):
            self._sort_unreadable(record, subject, sifted, reasons.UNREADABLE)
        return sifted

    def _sort(self, record: Record, subject: str, sifted: Sifted) -> None:
        try:
            model = record.read()
        except Unreadable as unreadable:
            self._sort_unreadable(record, subject, sifted, _why(unreadable))
            return
        whose = self.identity.owner(getattr(model, subject, None), record, model.contained)
        if is_entered_in_error(model):
            sifted.aside(record, reasons.ENTERED_IN_ERROR)
        elif whose is Whose.OTHER:
            sifted.aside(record, reasons.ANOTHER_PATIENT)
        elif whose is Whose.UNSAID:
            sifted.trouble(record, reasons.NOBODYS)
        elif model.modifierExtension:
            sifted.trouble(record, reasons.MODIFIED)
        elif is_masked(model):
            sifted.trouble(record, reasons.MASKED)
        else:
            sifted.usable.append((record, model))

    def _sort_unreadable(self, record: Record, subject: str, sifted: Sifted, because: str) -> None:
        why = why_aside(self.identity, record, subject)
        if why is None:
            sifted.trouble(record, because)
        else:
            sifted.aside(record, why)

    # --- completeness ----------------------------------------------------------------------------------------------

    def unread(self, wanted: str, *types: str, remedy: Remedy | None = None) -> tuple[Gap, ...]:
        """A gap for each of the types that could not be looked at (completely)."""
        return tuple(
            Gap(
                wanted,
                not_read.unavailable(kind, self.incomplete[kind].value),
                Cause.UNAVAILABLE,
                None,
                remedy,
            )
            for kind in types
            if kind in self.incomplete
        )

    # --- indexing --------------------------------------------------------------------------------------------------

    def _references_in(self, listed: msgspec.Raw) -> Iterator[str]:
        for literal in _listed(listed):
            yield from self._keys(literal)

    def _is_here(self, literal: str) -> bool:
        return literal.startswith("#") or any(self.records.at(key) is not None for key in self._keys(literal))

    @staticmethod
    def _keys(literal: str) -> tuple[str, str]:
        _, kind, id_ = split_literal(literal)
        return literal, f"{kind}/{id_}"


def _listed(listed: msgspec.Raw) -> list[str]:
    """The literal references of a list; none of one that is no list of them."""
    try:
        return [member.reference.strip() for member in _members.decode(listed) if member.reference]
    except UNREADABLE:
        return []


def _why(unreadable: Unreadable) -> str:
    told = str(unreadable)
    return reasons.undecided(told) if isinstance(unreadable, Undecided) else reasons.unreadable(told)


def _lists_of(record: Record) -> Iterator[tuple[str, msgspec.Raw]]:
    """What a report or panel lists, still bytes; and what each panel that it contains does, by the panel's id."""
    header = record.header
    listed = header.hasMember if record.type == "Observation" else header.result
    if len(listed):
        yield "", listed
    if len(header.contained) and b"hasMember" in bytes(header.contained):
        try:
            yield from ((each.id, each.hasMember) for each in _insides.decode(header.contained) if len(each.hasMember))
        except UNREADABLE:
            return
