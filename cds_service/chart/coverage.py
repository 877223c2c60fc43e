"""The line of business, from active Coverage: source-of-payment typology, plan or class, configured payer names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.chart.source import Source
from cds_service.fhir.elements import meanings, name_of, period, texts
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen
from cds_service.logic import Evidence
from cds_service.wording import shown

_MARKETPLACE = re.compile(r"marketplace|exchange|\bhim\b|\bichra\b|\bqhp\b|qualified health plan", re.IGNORECASE)
_MEDICAID = re.compile(r"medicaid", re.IGNORECASE)
_COMMERCIAL = re.compile(r"\bcommercial\b", re.IGNORECASE)
_OUTSIDE = re.compile(r"medicare|tricare|champva|veterans", re.IGNORECASE)
_UNCLEAR = re.compile(
    r"\bchip\b|children'?s health insurance|\bdual\b|\bduals\b|"
    r"\b(?:pending|appl(?:ied|ying|icants?|ications?)|denied|terminated|expired|potential|possible|unverified)\b",
    re.IGNORECASE,
)
"""Lines that the policy does not name, and coverage that is only applied for, or no longer there."""
_NOT_THAT = re.compile(r"\b(?:non|not|no|off|without|except|excluding)[- ]+(?:(?:on|in|an?|the) )*\w+", re.IGNORECASE)

_UNCLEAR_LINE = "unclear"


@frozen
class Lines:
    """The lines of business of the active coverage (empty where not known), and coverage the policy does not name."""

    known: tuple[str, ...] = ()
    outside_policy: tuple[Evidence, ...] = ()


def read_coverage(source: Source, payers: Mapping[str, str]) -> Lines:
    """The line of business. Two different ones, dual eligibility (Medicare beside Medicaid) and CHIP are not known.

    Args:
        source: the chart.
        payers: configured payer names (lower case) and the line each stands for.
    """
    lines: set[str] = set()
    outside: list[Evidence] = []
    for record, model in source.sift(source.records.of("Coverage"), subject="beneficiary").usable:
        span = period(model.period)
        if model.status != "active" or (span and not span.first.date() <= source.today <= span.last.date()):
            continue
        line = _line(source, model, payers)
        if line == "outside":
            outside.append(
                Evidence(shown.coverage(name_of(model.type) or "not of a line the policy names"), record.reference)
            )
        else:
            lines.add(line)
    told = lines - {_UNCLEAR_LINE}
    known = tuple(told) if len(lines) == 1 and not outside else ()
    return Lines(known, tuple(outside) if not told else ())


def _line(source: Source, model: Any, payers: Mapping[str, str]) -> str:
    configured = (payers[name] for name in _payer_names(source, model) if name in payers)
    line = next(configured, None)
    if line is not None:
        return line
    classes = [" ".join(filter(None, (each.value, each.name))) for each in model.class_fhir or ()]
    said = [_NOT_THAT.sub("", text) for text in (*texts(model.type), *classes)]
    if any(_UNCLEAR.search(text) for text in said):
        return _UNCLEAR_LINE
    if any(_MARKETPLACE.search(text) for text in said):
        return "marketplace"
    codes = meanings(source.terminology, model.type)
    for code, line in (
        ("payer-medicaid", "medicaid"),
        ("payer-outside-policy", "outside"),
        ("payer-commercial", "commercial"),
    ):
        if code in codes:
            return line
    for pattern, line in ((_MEDICAID, "medicaid"), (_OUTSIDE, "outside"), (_COMMERCIAL, "commercial")):
        if any(pattern.search(text) for text in said):
            return line
    return _UNCLEAR_LINE


def _payer_names(source: Source, model: Any) -> Iterator[str]:
    """What the payers are called, in lower case: beside the reference, and by the Organization it leads to."""
    for payor in model.payor or ():
        inside = [each for each in model.contained or () if f"#{each.id}" == payor.reference]
        record = source.at(payor)
        if record is not None and record.type == "Organization":
            inside.append(_read(record))
        names = (payor.display, *(getattr(each, "name", None) for each in inside))
        yield from (name.strip().lower() for name in names if isinstance(name, str))


def _read(record: Record) -> Any:
    try:
        return record.read()
    except Unreadable:
        return None
