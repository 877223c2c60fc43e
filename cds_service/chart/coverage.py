"""The line of business, from active Coverage: source-of-payment typology, plan or class, configured payer names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.chart.source import Source
from cds_service.fhir.elements import meanings, name_of, period, texts
from cds_service.logic import Evidence
from cds_service.wording import shown

_MARKETPLACE = re.compile(r"marketplace|exchange|\bhim\b|\bichra\b|\bqhp\b|qualified health plan", re.IGNORECASE)
_MEDICAID = re.compile(r"medicaid", re.IGNORECASE)
_COMMERCIAL = re.compile(r"\bcommercial\b", re.IGNORECASE)
_OUTSIDE = re.compile(r"medicare|tricare|champva|\bva\b|veterans", re.IGNORECASE)
_UNCLEAR = re.compile(r"\bchip\b|children'?s health insurance|dual", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of business of the active coverage (empty where not known), and coverage the policy does not name."""

    known: tuple[str, ...] = ()
    outside_policy: tuple[Evidence, ...] = ()


def read_coverage(source: Source, payers: Mapping[str, str]) -> Lines:
    """The line of business. Two different ones, dual eligibility and CHIP are not known.

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
    known = tuple(sorted(lines)) if len(lines) == 1 and "unclear" not in lines else ()
    return Lines(known, tuple(outside) if not lines else ())


def _line(source: Source, model: Any, payers: Mapping[str, str]) -> str:
    payer_names = [(payor.display or "").strip().lower() for payor in model.payor or ()]
    for name in payer_names:
        if name in payers:
            return payers[name]
    classes = [" ".join(filter(None, (each.value, each.name))) for each in model.class_fhir or ()]
    said = [*texts(model.type), *classes]
    if any(_UNCLEAR.search(text) for text in said):
        return "unclear"
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
    return "unclear"
