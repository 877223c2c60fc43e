"""Whether the patient has central venous access: as the order or the checklist says, else by device or procedure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.chart.bedside.checklist import ACCESS, Checklist, otherwise
from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.members import dicts, folded, words_of
from cds_service.chart.bedside.moments import last_end
from cds_service.chart.bedside.product import peripheral_site
from cds_service.chart.bedside.said import says
from cds_service.chart.bedside.small import sift_plain
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import name_of, plain_text, texts
from cds_service.logic import Answer, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say
from cds_service.wording import shown

WANTED = say.WANTED_ACCESS
_STEMS = re.compile(rb"central|hickman|broviac|picc|peripherally|port\b|port-|portacath|mediport|cvc|cvl")
_CENTRAL = re.compile(
    r"\bcentral[- ]+venous\b|\bcentral[- ]+(?:iv |vein |venous )?(?:line|catheter|access)\b|"
    r"\bcentral vein\b|\bcv[cl]s?\b|"
    r"\bhickman\b|\bbroviac\b|\bpiccs?\b|\bperipherally[- ]inserted central\b|\bport-?a-?cath|\bmediports?\b|"
    r"\bports?\b(?![- ]?wine| films?| imag| verif| site)",
    re.IGNORECASE,
)
_TAKEN_OUT = re.compile(
    r"\bremov|\bexplant|\bextract|\bdiscontinu|\bwithdraw|\btaken out\b|\bpull(?:ed|ing)\b", re.IGNORECASE
)
_NOT_PUT_IN = re.compile(
    r"attempt|unsuccess|fail|abort|consult|evaluat|consent|educat|x-?ray|radiograph|ultraso|laparoscop|"
    r"culture|venous pressure|\bsampl|\bpressure\b|occlu|thrombo|infect",
    re.IGNORECASE,
)


def read_access(source: Source, draft: Draft, checklist: Checklist) -> Documentation:
    """Not central where the order itself names a peripheral site, whatever is on record."""
    peripheral = peripheral_site(draft)
    if peripheral:
        return Documentation(WANTED, denies=(Evidence(say.asks_for(peripheral), draft.reference),))
    shows, gaps = _on_record(source)
    unread = source.unread(WANTED, "Device", "Procedure")
    return otherwise(checklist.answered(WANTED, ACCESS), shows=shows, gaps=gaps, unread=unread)


def _on_record(source: Source) -> tuple[tuple[Evidence, ...], tuple[Gap, ...]]:
    devices = sift_plain(source, "Device", "patient")
    shows = [Evidence(say.device(_names(each)[0]), record.reference) for record, each in devices.usable if _is_in(each)]
    procedures = source.sift(
        [each for each in source.records.of("Procedure") if _STEMS.search(bytes(each.raw).lower())], ("Procedure",)
    )
    done = [
        (record, model) for record, model in procedures.usable if model.status == "completed" and _is_central(model)
    ]
    removals = [last_end(model, "performed", source.today) for _, model in done if _is_removal(model)]
    for record, model in done:
        put_in = last_end(model, "performed", source.today)
        if not _is_removal(model) and not any(_may_be_after(removed, put_in) for removed in removals):
            shows.append(Evidence(shown.event(name_of(model.code), put_in), record.reference))
    return tuple(shows), (*devices.gaps(WANTED), *procedures.gaps(WANTED))


def _is_in(device: dict[str, Any]) -> bool:
    names = _names(device)
    return device.get("status") == "active" and says(_CENTRAL, names) and not any(map(_TAKEN_OUT.search, names))


def _names(device: dict[str, Any]) -> tuple[str, ...]:
    said: list[Any] = [each.get("name") for each in dicts(device.get("deviceName"))]
    said += [note.get("text") for note in dicts(device.get("note"))]
    return (*words_of(device.get("type"), device.get("definition")), *folded((*said, device.get("modelNumber"))))


def _is_central(model: Any) -> bool:
    said = _said(model)
    return says(_CENTRAL, said) and not any(map(_NOT_PUT_IN.search, texts(model.code)))


def _is_removal(model: Any) -> bool:
    return any(map(_TAKEN_OUT.search, texts(model.code)))


def _said(model: Any) -> Iterable[str]:
    used = (plain_text(each.display) for each in model.usedReference or () if each.display)
    return (*texts(model.code), *(text for concept in model.usedCode or () for text in texts(concept)), *used)


def _may_be_after(removed: When | None, put_in: When | None) -> bool:
    """Whether a line may have been taken out after it was put in."""
    return removed is None or put_in is None or removed.before(put_in) is not Answer.MET
