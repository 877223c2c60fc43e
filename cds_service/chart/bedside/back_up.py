"""The back-up collection: how many CD34+ cells per kg it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cds_service.chart.bedside.checklist import BACK_UP_QUANTITY, Checklist
from cds_service.chart.bedside.said import says
from cds_service.chart.dose_in_words import Amount
from cds_service.chart.observed import FINAL, is_about_another
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import read_treatments
from cds_service.chart.values import compared, shown_quantity
from cds_service.chart.weight import read_weight
from cds_service.course import Quantities
from cds_service.facts import Level, Result
from cds_service.fhir.elements import first_when, plain_text, texts
from cds_service.fhir.records import Record
from cds_service.fhir.units import in_million_cells
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import bedside as say
from cds_service.wording import reasons

WANTED = say.WANTED_BACK_UP
_STEM = re.compile(rb"cd ?34")
_CD34 = re.compile(r"\bcd ?34", re.IGNORECASE)
_KEPT = re.compile(r"\bback-? ?up\b|\brescue\b", re.IGNORECASE)


def read_back_up(source: Source, checklist: Checklist) -> Quantities:
    """What was answered; else every final Observation that says CD34 and back-up or rescue."""
    answered = checklist.value(BACK_UP_QUANTITY)
    if answered is not None:
        response, value = answered
        level = _answered_level(value)
        if level is None:
            gap = Gap(WANTED, reasons.IMPOSSIBLE, Cause.UNUSABLE, response.record.reference)
            return Quantities(WANTED, gaps=(gap,))
        says = say.back_up_answered(level.low, response.authored)
        return Quantities(WANTED, (Result(level, Evidence(says, response.record.reference)),))
    gaps = checklist.gaps(WANTED, BACK_UP_QUANTITY)
    if checklist.is_contradicted(BACK_UP_QUANTITY) or checklist.unread(WANTED):
        return Quantities(WANTED, gaps=gaps)
    return _observed(source, gaps)


def _answered_level(value: Any) -> Level | None:
    """A number is in 10⁶ per kg, as the question asks; a quantity says its unit itself."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)):
        return Level.exactly(Decimal(value)) if value >= 0 else None
    amount = _amount(value) if hasattr(value, "comparator") else None
    return amount.level if amount is not None and amount.per_kg else None


def _observed(source: Source, gaps: tuple[Gap, ...]) -> Quantities:
    records = [each for each in source.records.of("Observation") if _STEM.search(bytes(each.raw).lower())]
    sifted = source.sift(records)
    found = tuple(_results(source, sifted))
    unread = source.unread(WANTED, "Observation")
    illegible = tuple(
        Gap(WANTED, reasons.UNREADABLE, Cause.UNUSABLE, each.reference)
        for each in source.records.illegible_of(("Observation",))
    )
    # What was answered comes first, and was not: that alone does not make a result on record doubtful.
    doubts = (*sifted.gaps(WANTED), *illegible, *unread)
    return Quantities(WANTED, found, doubts if found else (*doubts, *gaps))


def _results(source: Source, sifted: Sifted) -> Iterator[Result]:
    for record, model in list(sifted.usable):
        for holder in (model, *(model.component or ())):
            if not _is_back_up(model, holder):
                continue
            if is_about_another(source, record, model):
                sifted.aside(record, reasons.ANOTHER_PATIENT)
            elif model.status not in FINAL:
                sifted.trouble(record, reasons.not_final(say.BACK_UP, str(model.status)))
            elif (level := _per_kg(source, _of(holder))) is None:
                sifted.trouble(record, say.BACK_UP_UNIT)
            else:
                yield Result(level, _evidence(record, model, holder))


def _is_back_up(model: Any, holder: Any) -> bool:
    """Whether words of the result say CD34 and back-up or rescue."""
    notes = tuple(plain_text(note.text) for note in model.note or () if note.text)
    specimen = model.specimen.display if model.specimen is not None else None
    said = (*texts(model.code), *texts(model.method), *texts(model.bodySite), *notes)
    said = (*said, *((plain_text(specimen),) if specimen else ()))
    own = texts(holder.code) if holder is not model else said
    return says(_CD34, own) and says(_KEPT, (*own, *said))


def _per_kg(source: Source, amount: Amount | None) -> Level | None:
    """The amount per kg; a total is divided by the weight that counts, as a dose is."""
    if amount is None or amount.per_kg:
        return amount.level if amount else None
    weight = read_weight(source, read_treatments(source)).level
    return amount.level.divided_by(weight) if weight is not None else None


def _of(holder: Any) -> Amount | None:
    """Its quantity or range, in 10⁶ cells, per kg or in total; None where it has none in such a unit."""
    if holder.valueQuantity is not None:
        return _amount(holder.valueQuantity)
    value = holder.valueRange
    low = _amount(value.low) if value is not None and value.low is not None else None
    if low is None or value.high is None:
        return replace(low, level=replace(low.level, high=compared(low.level.low, ">=").high)) if low else None
    high = _amount(value.high)
    if high is None or high.per_kg is not low.per_kg or low.level.low > high.level.high:
        return None
    return replace(low, level=replace(low.level, high=high.level.high))


def _amount(quantity: Any) -> Amount | None:
    unit = in_million_cells(quantity)
    if unit is None or quantity.value is None or quantity.value < 0:
        return None
    factor, per_kg = unit
    return Amount(compared(quantity.value, quantity.comparator).times(factor), per_kg, shown_quantity(quantity))


def _evidence(record: Record, model: Any, holder: Any) -> Evidence:
    moment = first_when(model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
    shown = shown_quantity(holder.valueQuantity) if holder.valueQuantity is not None else say.A_RANGE
    return Evidence(say.back_up(shown, moment), record.reference)
