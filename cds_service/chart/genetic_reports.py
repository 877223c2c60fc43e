"""Genetic reports as a whole: whether a final one holds harmless findings alone, and what none of its results says.

A report on ITGB2 whose findings stand in words only, or in results that are not here or not in a form that is read, is
evidence to attach, not to count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.genes import ITGB2
from cds_service.chart.hedging import hedged
from cds_service.chart.observed import FINAL, REPORT_IS_FINAL, WITHDRAWN, Observed
from cds_service.chart.source import Source
from cds_service.chart.specimens import read_or_none
from cds_service.fhir.elements import name_of, plain_text, references, texts
from cds_service.fhir.records import Record
from cds_service.wording import reasons

MEANINGS = ("genetic-variant", "diagnostic-implication", "clinical-significance", "genotype", "allelic-phase")
"""What an Observation of genetics is read by."""
_PATHOGENIC = re.compile(r"(?<!non-)(?<!non )\bpathogenic", re.IGNORECASE)


def is_final_report(panel: Observed) -> bool:
    """Whether it is a final report, all of whose results are here, and which concludes nothing pathogenic."""
    report = panel.model
    if report.get_resource_type() != "DiagnosticReport" or report.status not in REPORT_IS_FINAL:
        return False
    concluded = (
        plain_text(report.conclusion or ""),
        *(text for code in report.conclusionCode or () for text in texts(code)),
    )
    return _all_are_here(panel.source, report) and not any(map(_concludes_pathogenic, concluded))


def _all_are_here(source: Source, report: Any) -> bool:
    """Whether all results of a report are here, and the members of those that are panels."""
    inside = {f"#{each.id}" for each in report.contained or ()}
    waiting = [report, *(report.contained or ())]
    seen: set[str] = set()
    for model in waiting:
        if model is None:
            return False
        for reference in (*references(getattr(model, "result", None)), *references(getattr(model, "hasMember", None))):
            if reference.reference in inside:
                continue
            record = source.at(reference)
            if record is None:
                return False
            if len(record.header.hasMember) and record.reference not in seen:
                seen.add(record.reference)
                waiting.append(read_or_none(record))
    return True


def _concludes_pathogenic(text: str) -> bool:
    match = _PATHOGENIC.search(text)
    return match is not None and not hedged(text, *match.span())


def not_counted(source: Source, read: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Reference and reason of what speaks of the gene, but of which no result is counted.

    `read`: references of what holds, or lists, the variants that were read.
    """
    records = source.about(("DiagnosticReport", "DocumentReference", "Observation"), "genetic-report", "~itgb2")
    perhaps = (*source.records.of("DiagnosticReport"), *source.about(("Observation",), "~genetic"))
    records += [record for record in perhaps if _mentions(record)]
    unread = (r for r in dict.fromkeys(records) if r.reference not in read and _has_no_result_on_it(source, r))
    sifted = source.sift(record for record in unread if not source.lacks_results_of(record))
    yield from sifted.troubles
    for record, model in sifted.usable:
        if model.status not in (*WITHDRAWN, "superseded") and _says_something(source, record, model):
            yield record.reference, _why_not_counted(record, model)


def _why_not_counted(record: Record, model: Any) -> str:
    """It can be attached, once it is final."""
    unfinished = _unfinished(model)
    if unfinished is None:
        return reasons.GENETIC_REPORT_AS_TEXT
    named = name_of(getattr(model, "code", None) or getattr(model, "type", None))
    return reasons.not_final(named or record.reference, unfinished)


def _unfinished(model: Any) -> str | None:
    """The status by which it is not final; a document that gives no stage is what it is."""
    if model.get_resource_type() == "DocumentReference":
        return model.docStatus if model.docStatus not in (None, *FINAL) else None
    final = REPORT_IS_FINAL if model.get_resource_type() == "DiagnosticReport" else FINAL
    return None if model.status in final else model.status or reasons.WITHOUT_STATUS


def _mentions(record: Record) -> bool:
    return b"ITGB2" in bytes(record.raw)


def _has_no_result_on_it(source: Source, record: Record) -> bool:
    """Whether it is no result itself, and has none, or none on the gene although it speaks of it."""
    if source.means(record) & {*MEANINGS, "cd18"}:
        return False
    header = record.header
    holds = bytes(header.result) or bytes(header.hasMember) or b"Observation" in bytes(header.contained)
    return not holds or _mentions(record)


def _says_something(source: Source, record: Record, model: Any) -> bool:
    if record.type == "Observation":
        words = phrases.named_in(texts(model.code))
        valued = model.valueString is not None or model.valueCodeableConcept is not None
        return valued and "cd18" not in words and bool(words & {"genetic", "itgb2"})
    named = ITGB2.search(" ".join((*texts(getattr(model, "code", None)), getattr(model, "conclusion", None) or "")))
    return bool(named) or "genetic-report" in source.means(record) or _mentions(record)
