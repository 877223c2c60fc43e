"""Resources of which a chart holds few and a clause asks little, read as plain dicts: care plans, deliveries, devices,
flags. They are sifted as all others are: another patient's, withdrawn, masked and modified ones do not count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cds_service.chart.bedside.members import dicts
from cds_service.chart.source import Sifted, Source
from cds_service.fhir.elements import is_masked
from cds_service.fhir.identity import Whose
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.wording import reasons


def sift_plain(source: Source, kind: str, subject: str) -> Sifted:
    """All resources of one type, the usable ones as (record, dict)."""
    sifted = Sifted()
    for record in source.records.of(kind):
        _sort(source, record, subject, sifted)
    for illegible in source.records.illegible_of((kind,)):
        sifted.troubles.append((illegible.reference, reasons.UNREADABLE))
    return sifted


def as_reference(value: Any) -> Any:
    """A Reference that is a dict, as an object with what tells whose it is; None where it is none."""
    if not isinstance(value, dict):
        return None
    literal, identifiers = value.get("reference"), dicts(value.get("identifier"))
    identifier = identifiers[0] if identifiers else None
    return SimpleNamespace(
        reference=literal if isinstance(literal, str) else None,
        identifier=SimpleNamespace(system=identifier.get("system"), value=identifier.get("value"))
        if identifier
        else None,
    )


def _sort(source: Source, record: Record, subject: str, sifted: Sifted) -> None:
    try:
        resource = record.plain()
    except Unreadable as unreadable:
        sifted.trouble(record, reasons.unreadable(str(unreadable)))
        return
    whose = source.identity.owner(as_reference(resource.get(subject)), record)
    labels = [
        SimpleNamespace(code=each.get("code"))
        for meta in dicts(resource.get("meta"))
        for each in dicts(meta.get("security"))
    ]
    if resource.get("status") == "entered-in-error":
        sifted.aside(record, reasons.ENTERED_IN_ERROR)
    elif whose is Whose.OTHER:
        sifted.aside(record, reasons.ANOTHER_PATIENT)
    elif whose is Whose.UNSAID:
        sifted.trouble(record, reasons.NOBODYS)
    elif resource.get("modifierExtension"):
        sifted.trouble(record, reasons.MODIFIED)
    elif is_masked(SimpleNamespace(meta=SimpleNamespace(security=labels))):
        sifted.trouble(record, reasons.MASKED)
    else:
        sifted.usable.append((record, resource))
