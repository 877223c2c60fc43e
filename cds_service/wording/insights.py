"""What the insights page says beside its template: topics and reasons in words, spans of time, plots for the ear."""

from __future__ import annotations

from datetime import date

from cds_service.wording.cards import OVERRIDES

TOPICS = {
    "prior-lifetime-dose": "Earlier dose",
    "possible-prior-dose": "Possible earlier dose",
    "sibling-donor": "Matched sibling donor",
    "other-indication": "Another indication",
    "criteria-not-met": "Criteria contradicted",
    "missing-documentation": "Missing documentation",
    "chart-unavailable": "Chart could not be read",
    "duplicate-order": "Duplicate order",
    "wrong-patient": "Wrong patient",
    "criteria-met": "All criteria documented",
    "label-product": "Label: handling of the product",
    "label-conditioning": "Label: before conditioning",
    "label-infuse": "Label: before the infusion",
    "label-irradiate": "Label: blood to be irradiated",
    "label-donate": "Label: no donations",
    "label-repeat": "Label: mobilising again",
    "label-mobilise": "Label: before mobilising",
    "label-checklist": "Label: checklist of the infusion",
    "unknown-card": "Cards that are not on record",
}
_REASONS = OVERRIDES | {"comment-only": "Only a comment", "no-reason": "No reason given"}

DATES_UNREADABLE = "These dates could not be read. Write them like 2026-11-21."
DATES_REVERSED = "The first day lies after the last."


def topic(code: str) -> str:
    return TOPICS.get(code) or code.replace("-", " ").capitalize()


def reason(code: str) -> str:
    """A reason, of any system: its code where the words are not ours."""
    code = code.rpartition("|")[2]
    return _REASONS.get(code, code)


def day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"


def short_day(when: date) -> str:
    return f"{when.day} {when:%b}"


def month(when: date) -> str:
    return f"{when:%b %Y}"


def plotted(number: int, kind: str, shown: int, accepted: int, overridden: int) -> str:
    """A plot in a sentence."""
    return (
        f"{number} {kind}{'' if number == 1 else 's'}; {shown} shown in all, of which {accepted} accepted and "
        f"{overridden} overridden. The table below has the numbers."
    )


def bar(label: str, shown: int, accepted: int, overridden: int) -> str:
    return f"{label}: {shown} shown, {accepted} accepted, {overridden} overridden"
