"""Which references of a chart matter: what the readers follow to tell who a clinician is, or what a drug was.

The gravest first, for reading may be cut short: who orders and attests, what may be an earlier dose, then the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cds_service.chart.answers import CANONICAL, COUNTED
from cds_service.chart.genetic_reports import MEANINGS as GENETIC
from cds_service.chart.orders import OUT_OF_SCOPE, DraftOrder
from cds_service.chart.source import Source
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry
from cds_service.fhir.client import is_id
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable

PEOPLE = ("Practitioner", "PractitionerRole")
_MEDICATIONS = ("MedicationAdministration", "MedicationRequest", "MedicationDispense", "MedicationStatement")
_NO_DOSE = frozenset({"not-done", "not-taken", "entered-in-error", "cancelled", "declined"})
_MARKERS = ("cd18", "cd11a", "cd11b", "flow-cytometry-panel")


def leads(source: Source, orders: Iterable[DraftOrder], user: str, bases: Collection[str]) -> Iterator[str]:
    """The references that matter, as `Type/id`; some may come more than once.

    `bases`: the addresses of the server that will be asked. The same id on another server is somebody else.
    """
    for literal, wanted in _literals(source, tuple(orders), user):
        for reference in on_server((literal,), bases, wanted):
            yield reference
            yield from on_server(_person_of(source, reference), bases, ("Practitioner",))


def products(source: Source, bases: Collection[str]) -> Iterator[str]:
    """The Medications, as `Type/id`, of what was, or may have been, given, ordered or delivered."""
    named, unnamed = _drugs(source)
    delivered = _at(source.records.of("SupplyDelivery"), "suppliedItem", "itemReference")
    yield from on_server((*unnamed, *delivered, *named), bases, ("Medication",))


def on_server(found: Iterable[str], bases: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    """Those of the literal references that lead to a wanted type on the server at these bases, as `Type/id`."""
    for literal in found:
        base, kind, id_ = split_literal(literal)
        if kind in wanted and is_id(id_) and (not base or base in bases):
            yield f"{kind}/{id_}"


def ordered_medications(drafts: Iterable[Entry]) -> Iterator[str]:
    """The literal references by which draft orders name their medication, where an order may still be signed."""
    for order in map(_as_dict, drafts):
        if order.get("status") not in OUT_OF_SCOPE:
            yield from literals(order, "medicationReference")
            yield from literals(order, "medication", "reference")


def literals(value: Any, *path: str) -> Iterator[str]:
    """The literal references at a path of members, through the lists on the way."""
    for each in value if isinstance(value, list) else (value,):
        if not isinstance(each, dict):
            continue
        if path:
            yield from literals(each.get(path[0]), *path[1:])
        elif isinstance(each.get("reference"), str):
            yield each["reference"].strip()


def _literals(source: Source, orders: tuple[DraftOrder, ...], user: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Literal references, with the types that are wanted of what they lead to."""
    yield user, PEOPLE
    for order in orders:
        yield from _each(_of_model(order.model, "requester"), *PEOPLE)
        yield from _each(_of_model(order.model, "reasonReference"), "Condition", "Observation")
        yield from _each(_of_model(order.model, "medicationReference"), "Medication")
    yield from _each(_answering(source), *PEOPLE)
    named, unnamed = _drugs(source)
    yield from _each(unnamed, "Medication")
    yield from _each(_at(_active(source), "participant", "member"), *PEOPLE)
    yield from _each(_at(source.about(("DocumentReference",), "consult-note", "~consult"), "author"), *PEOPLE)
    yield from _each(_consulted(source), *PEOPLE)
    yield from _each(_donors(source), "RelatedPerson")
    yield from _each(_at(_on_specimens(source), "specimen"), "Specimen")
    yield from _each(_at(_visits(source), "participant", "individual"), *PEOPLE)
    yield from _each(named, "Medication")


def _each(found: Iterable[str], *wanted: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for literal in found:
        yield literal, wanted


def _answering(source: Source) -> Iterator[str]:
    """Authors of responses to the prior-authorization questionnaire, and the clinicians that these name."""
    for record in source.records.of("QuestionnaireResponse"):
        response = _members(record)
        questionnaire = response.get("questionnaire")
        if record.header.status in COUNTED and isinstance(questionnaire, str) and CANONICAL.search(questionnaire):
            yield from literals(response, "author")
            yield from _answered_references(response.get("item"))


def _answered_references(items: Any) -> Iterator[str]:
    """Every reference given as an answer, at any depth."""
    waiting = [items]
    while waiting:
        found = waiting.pop()
        for item in found if isinstance(found, list) else ():
            if isinstance(item, dict):
                yield from literals(item, "answer", "valueReference")
                waiting += [item.get("item"), item.get("answer")]


def _drugs(source: Source) -> tuple[list[str], list[str]]:
    """The Medications of what was, or may have been, given or ordered: with a name beside the reference, without."""
    named: list[str] = []
    unnamed: list[str] = []
    for record in source.records.of(*_MEDICATIONS):
        if bytes(record.header.medicationReference) and record.header.status not in _NO_DOSE:
            reference = _members(record).get("medicationReference")
            has_name = isinstance(reference, dict) and bool(reference.get("display"))
            (named if has_name else unnamed).extend(literals(reference))
    using = (record for record in source.records.of("Procedure") if bytes(record.header.usedReference))
    unnamed.extend(_at(using, "usedReference"))
    return named, unnamed


def _donors(source: Source) -> Iterator[str]:
    """Whom results on donors, and panels over them, are about or by whom; and all that is inside reports and panels."""
    about_donors = source.about(("Observation",), "hla-match-status", "~sibling", "~donor")
    over_them = [panel.record for record in about_donors for panel in source.panels_of(record)]
    holding = [record for record in source.holding if b"RelatedPerson/" in bytes(record.header.contained)]
    for member in ("focus", "performer"):
        yield from _at((*about_donors, *over_them), member)
        yield from _at(holding, "contained", member)


def _on_specimens(source: Source) -> list[Record]:
    """The results whose specimen matters, and the reports and panels over them, which may name it in their place."""
    found = dict.fromkeys(source.about(("Observation", "DiagnosticReport"), *_MARKERS, *GENETIC))
    waiting = list(found)
    for record in waiting:
        over = (panel.record for panel in source.panels_of(record))
        new = dict.fromkeys(each for each in over if each not in found)
        found |= new
        waiting += new
    return waiting


def _active(source: Source) -> Iterator[Record]:
    return (record for record in source.records.of("CareTeam") if record.header.status == "active")


def _consulted(source: Source) -> Iterator[str]:
    for record in source.about(("Procedure", "ServiceRequest"), "~consult"):
        if record.header.status == "completed":
            path = ("performer", "actor") if record.type == "Procedure" else ("performer",)
            yield from literals(_members(record), *path)


def _visits(source: Source) -> Iterator[Record]:
    for record in source.records.of("Encounter"):
        is_emergency = "emergency-visit" in source.concepts.of_coding(record.header.klass)
        if record.header.status == "finished" and bytes(record.header.participant) and not is_emergency:
            yield record


def _person_of(source: Source, reference: str) -> Iterator[str]:
    """The Practitioner behind a PractitionerRole that is here."""
    record = source.records.at(reference)
    return literals(_members(record), "practitioner") if record and record.type == "PractitionerRole" else iter(())


def _at(records: Iterable[Record], *path: str) -> Iterator[str]:
    for record in records:
        yield from literals(_members(record), *path)


def _of_model(model: Any, member: str) -> Iterator[str]:
    value = getattr(model, member, None)
    for reference in value if isinstance(value, list) else [value]:
        if reference is not None and reference.reference:
            yield reference.reference.strip()


def _members(record: Record) -> dict[str, Any]:
    try:
        return record.plain()
    except Unreadable:
        return {}


def _as_dict(entry: Entry) -> dict[str, Any]:
    try:
        value = plain(entry.resource)
    except UNREADABLE:
        return {}
    return value if isinstance(value, dict) else {}
