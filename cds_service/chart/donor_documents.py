"""Reports and notes that name a matched sibling donor in a sentence: it does not count, but is never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cds_service.chart import donor_words
from cds_service.chart.donor_statements import Statement, Statements
from cds_service.chart.observed import WITHDRAWN
from cds_service.chart.source import Sifted, Source
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import first_when, name_of, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.logic import Evidence
from cds_service.wording import donor_reasons, shown

_SIBLINGS = (b"sibling", b"brother", b"sister")
_NOT_IN_FORCE = (*WITHDRAWN, "superseded")


class _Concluded(msgspec.Struct, gc=False):
    """The members of a report that hold a sentence, still bytes."""

    conclusion: msgspec.Raw = EMPTY
    conclusionCode: msgspec.Raw = EMPTY


_concluded = msgspec.json.Decoder(_Concluded)


def sort_documents(source: Source, sifted: Sifted, statements: Statements) -> None:
    """Add what reports and notes say of a matched sibling to the statements, and to the troubles."""
    found = source.sift(filter(_may_name_one, source.records.of("DiagnosticReport", "DocumentReference")))
    sifted.troubles += [each for each in found.troubles if each not in sifted.troubles]
    sifted.set_aside += [each for each in found.set_aside if each not in sifted.set_aside]
    for record, model in found.usable:
        said = next(filter(donor_words.names_matched_sibling, _sentences(model)), None)
        if said is None:
            continue
        if model.status in _NOT_IN_FORCE:
            sifted.aside(record, donor_reasons.NOT_IN_FORCE)
            continue
        moment = first_when(model, "effectiveDateTime", "effectivePeriod", "issued", "date")
        says = shown.donor_statement(_name(model), said, moment)
        sifted.trouble(record, donor_reasons.donor_in_words(says))
        statements.in_words.append(Statement(Evidence(says, record.reference), moment))


def _may_name_one(record: Record) -> bool:
    """Whether its sentences hold a sibling: few do, and only those are read."""
    said = _said_in(record).lower()
    return any(word in said for word in _SIBLINGS)


def _said_in(record: Record) -> bytes:
    if record.type == "DocumentReference":
        return bytes(record.header.description)
    try:
        concluded = _concluded.decode(record.raw)
    except UNREADABLE:
        return b""
    return bytes(concluded.conclusion) + bytes(concluded.conclusionCode)


def _sentences(model: Any) -> Iterator[str]:
    for text in (getattr(model, "conclusion", None), getattr(model, "description", None)):
        for line in (text or "").splitlines():
            yield from donor_words.sentences(plain_text(line))
    for concept in getattr(model, "conclusionCode", None) or ():
        yield from texts(concept)


def _name(model: Any) -> str:
    return name_of(getattr(model, "code", None) or getattr(model, "type", None))
