"""Dates as they are written in plain JSON, and the ends of what was done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from cds_service.exact_json import UNREADABLE
from cds_service.fhir.elements import when
from cds_service.timing import When

_DAY = len("2026-03-04")
_NO_YEARS = (1, 9999)
"""With which systems fill a date that they do not have."""


def written(text: Any) -> When | None:
    """A FHIR date, dateTime or instant as it was sent, at whatever precision it has."""
    if not isinstance(text, str):
        return None
    try:
        moment = when(_parsed(text.strip()))
    except (ValueError, *UNREADABLE):
        return None
    return moment if moment is not None and moment.first.year not in _NO_YEARS else None


def _parsed(text: str) -> datetime | date | str:
    if "T" in text:
        return msgspec.convert(text, datetime)
    return date.fromisoformat(text) if len(text) == _DAY else text


def first_start(model: Any, element: str) -> When | None:
    """When something that was done began: `element` is `performed` or `effective`."""
    period = getattr(model, f"{element}Period", None)
    if period is None:
        return when(getattr(model, f"{element}DateTime", None))
    return when(period.start) or When.between(None, when(period.end))


def last_end(model: Any, element: str, today: date) -> When | None:
    """When something that was done ended: `element` is `performed` or `effective`.

    Of a period whose end is not given, some moment from its start through today.
    """
    period = getattr(model, f"{element}Period", None)
    if period is None:
        return when(getattr(model, f"{element}DateTime", None))
    return when(period.end) or When.between(when(period.start), When.on(today))
