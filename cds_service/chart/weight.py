"""The body weight that a total of cells is divided by: the last before the first apheresis, else the latest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import Event, Treatments
from cds_service.chart.values import shown_quantity
from cds_service.facts import Level, Result
from cds_service.fhir.elements import first_when, meanings, texts
from cds_service.fhir.identity import Whose
from cds_service.fhir.records import Record
from cds_service.fhir.units import in_kilograms
from cds_service.frozen import frozen
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import dose_reasons, reasons, shown, wants

FINAL = ("final", "amended", "corrected")
HEAVIEST = 500
"""Kilograms; a greater weight is a typing error."""
WANTED = wants.WEIGHT
_CODE, _STATED = "body-weight", "body-weight-stated"
_NOT_MEASURED = re.compile(
    r"\b(?:birth|stated|reported|estimated|ideal|adjusted|predicted|goal|target|lean|maternal|mother|pre-?pregnancy)\b",
    re.IGNORECASE,
)
_DAY = re.compile(rb'"(\d{4}-\d\d-\d\d)["T]')
_LATER_THAN_ALL = "~"
ANY_ZONE = timedelta(days=2)
"""Two days written further apart than this are in the same order in every time zone."""


@frozen
class Weight:
    """The weight that counts, in kg, or the gaps in its place."""

    level: Level | None = None
    evidence: tuple[Evidence, ...] = ()
    known_before_apheresis: bool = True
    gaps: tuple[Gap, ...] = ()


def read_weight(source: Source, treatments: Treatments) -> Weight:
    """The last weight before the first apheresis; before any apheresis, the latest."""
    first = _first([event.when for event in treatments.aphereses])
    sifted = source.sift((), ("Observation",))
    weights = _newest(source, sifted, first)
    unread = source.unread(WANTED, "Observation", "Procedure")
    if unread or not weights:
        return Weight(gaps=(*sifted.gaps(WANTED), *unread) or (Gap(WANTED, dose_reasons.NO_WEIGHT, Cause.ABSENT),))
    if treatments.aphereses:
        return _before_apheresis(weights, treatments.aphereses)
    return _latest(weights, known_before=False)


def _newest(source: Source, sifted: Sifted, apheresis: When | None) -> list[Result]:
    """The weights that may count, read from the newest back: one older than a weight that counts is not read.

    A chart holds hundreds of weights; their days are looked at first, as bytes.
    """
    weights: list[Result] = []
    enough = ""
    for day, record in sorted(
        ((_day_of(record), record) for record in source.about(("Observation",), _CODE, _STATED, "~weight")),
        key=lambda dated: dated[0],
        reverse=True,
    ):
        if day < enough:
            break
        one = source.sift([record])
        weights += list(_weights(source, one))
        sifted.troubles += one.troubles
        sifted.set_aside += one.set_aside
        counting = [w.when for w in weights if w.when and (apheresis is None or w.when.before(apheresis) is Answer.MET)]
        enough = max(map(_surely_older, counting), default="")
    return weights


def _surely_older(moment: When) -> str:
    """The day before which everything is older than the moment."""
    return (max(moment.first, datetime.min + ANY_ZONE) - ANY_ZONE).date().isoformat()


def _day_of(record: Record) -> str:
    """The day of an Observation (`2026-03-04`) from its header; later than all where it does not stand there so."""
    day = _DAY.match(bytes(record.header.effectiveDateTime))
    return day.group(1).decode() if day else _LATER_THAN_ALL


def _before_apheresis(weights: list[Result], aphereses: tuple[Event, ...]) -> Weight:
    first = _first([event.when for event in aphereses])
    if first is None:
        return _none(dose_reasons.APHERESIS_UNDATED, aphereses[0].evidence)
    order = [(weight, weight.when.before(first) if weight.when else Answer.UNKNOWN) for weight in weights]
    before = [weight for weight, answer in order if answer is Answer.MET]
    unclear = [weight for weight, answer in order if answer is Answer.UNKNOWN]
    if before:
        return _latest([*before, *unclear], known_before=True)
    if unclear:
        return _none(dose_reasons.WEIGHT_DATE_UNCLEAR, unclear[0].evidence)
    return _none(dose_reasons.WEIGHT_ONLY_AFTER, weights[0].evidence)


def _none(because: str, evidence: Evidence) -> Weight:
    return Weight(gaps=(Gap(WANTED, because, Cause.UNUSABLE, evidence.source),))


def _weights(source: Source, sifted: Sifted) -> Iterator[Result]:
    for record, model in sifted.usable:
        measured = _weighed(source, model)
        quantity = measured.valueQuantity if measured is not None else None
        kilograms = _kilograms(quantity)
        if _is_of_another(source, record, model):
            sifted.aside(record, reasons.ANOTHER_PATIENT)
        elif _is_not_measured(source, measured or model):
            sifted.trouble(record, dose_reasons.WEIGHT_NOT_MEASURED)
        elif measured is None:
            sifted.trouble(record, dose_reasons.WEIGHT_ONLY_IN_WORDS)
        elif model.status not in FINAL:
            sifted.trouble(record, reasons.not_final(shown.WEIGHT, model.status))
        elif kilograms is None:
            sifted.trouble(record, dose_reasons.WEIGHT_UNIT)
        elif not 0 < kilograms <= HEAVIEST:
            sifted.trouble(record, reasons.IMPOSSIBLE)
        else:
            moment = first_when(model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
            says = shown.weight(shown_quantity(quantity), moment)
            if moment is not None and moment.first.date() > source.today:
                sifted.aside(record, reasons.in_the_future(says))
                continue
            yield Result(Level.exactly(kilograms), Evidence(says, record.reference), moment)


def _kilograms(quantity: Any) -> Decimal | None:
    factor = in_kilograms(quantity) if quantity is not None else None
    if factor is None or quantity.value is None or quantity.comparator:
        return None
    return Decimal(quantity.value * factor)


def _weighed(source: Source, model: Any) -> Any:
    """The Observation or its component that is coded as body weight; None where only words name one."""
    holders = (model, *(model.component or ()))
    return next((each for each in holders if _CODE in meanings(source.terminology, each.code)), None)


def _is_not_measured(source: Source, holder: Any) -> bool:
    """Whether its code or its words say that it was stated, estimated or wished for, or is the one at birth."""
    stated = _STATED in meanings(source.terminology, holder.code)
    return stated or any(map(_NOT_MEASURED.search, texts(holder.code)))


def _is_of_another(source: Source, record: Record, model: Any) -> bool:
    """Whether the focus of a weight in the patient's chart is somebody else: a mother, a donor, a newborn."""
    focus = model.focus or ()
    return any(source.identity.owner(each, record, model.contained) is Whose.OTHER for each in focus)


def _first(moments: list[When | None]) -> When | None:
    """The earliest of the moments, where that can be told."""
    known = [moment for moment in moments if moment is not None]
    return min(known, key=lambda moment: moment.first) if known and len(known) == len(moments) else None


def _latest(weights: list[Result], *, known_before: bool) -> Weight:
    """The newest weight; the span of all that may be the newest where their dates do not tell."""
    newest = [
        weight
        for weight in weights
        if not any(weight.when and other.when and weight.when.before(other.when) is Answer.MET for other in weights)
    ]
    newest.sort(key=lambda weight: weight.level.low)
    levels = [weight.level for weight in newest]
    span = Level(min(level.low for level in levels), max(level.high for level in levels))
    return Weight(span, tuple(weight.evidence for weight in newest), known_before)
