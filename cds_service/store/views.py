"""The report for the eye, for a spreadsheet, and for machines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from cds_service.store.report import Report, Row

COLUMNS = ("period", "topic", "shown", "accepted", "overridden")


def as_table(report: Report) -> Table:
    """A table for a terminal of 80 columns or more; reasons by their code, the most frequent first."""
    table = Table(
        title="Cards and what became of them", caption=_span(report), box=SIMPLE_HEAD, padding=0, show_edge=False
    )
    for column in COLUMNS:
        # Never cut: topics differ in their last words.
        table.add_column(column, justify="left" if column in ("period", "topic") else "right", no_wrap=True)
    table.add_column("why overridden", overflow="fold")
    for row in report.rows:
        reasons = ", ".join(f"{_code(reason)} {number}" for reason, number in row.reasons.most_common())
        # As Text: a client's code is shown as it is, never taken for markup.
        table.add_row(*(Text(cell) for cell in (*map(str, _cells(row)), reasons)))
    return table


def as_csv(report: Report) -> str:
    """Comma-separated, one column for each reason that occurs."""
    reasons = sorted({reason for row in report.rows for reason in row.reasons})
    written = io.StringIO()
    writer = csv.writer(written)
    # The word in front keeps a spreadsheet from taking a client's code for a formula.
    writer.writerow([*COLUMNS, *(f"overridden: {reason}" for reason in reasons)])
    writer.writerows([*_cells(row), *(row.reasons[reason] for reason in reasons)] for row in report.rows)
    return written.getvalue()


def as_json(report: Report) -> str:
    """One JSON object, indented."""
    rows = [dict(zip(COLUMNS, _cells(row), strict=True)) | {"reasons": dict(row.reasons)} for row in report.rows]
    asked = {"by": report.by, "since": report.since, "until": report.until}
    written = {name: value for name, value in asked.items() if value is not None} | {"rows": rows}
    return msgspec.json.format(msgspec.json.encode(written), indent=2).decode()


def _cells(row: Row) -> tuple[Any, ...]:
    return row.period, row.topic, row.shown, row.accepted, row.overridden


def _code(reason: str) -> str:
    return reason.rpartition("|")[2]


def _span(report: Report) -> str:
    days: Iterable[str] = (
        f"{word} {day}" for word, day in (("since", report.since), ("until", report.until)) if day is not None
    )
    span = ", ".join(days) or "all that is on record"
    return span if report.rows else f"{span}: no cards, no feedback"
