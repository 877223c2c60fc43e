"""Whether the patient was weighed before the first apheresis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.bedside.apheresis import Aphereses
from cds_service.chart.observed import FINAL, is_about_another
from cds_service.chart.source import Sifted, Source
from cds_service.chart.values import shown_quantity
from cds_service.elapsed import earliest
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, meanings
from cds_service.fhir.units import in_kilograms
from cds_service.logic import Answer, Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say
from cds_service.wording import dose_reasons, reasons, shown

WANTED = say.WANTED_WEIGHT
_CODE = "body-weight"


def read_weighing(source: Source, aphereses: Aphereses) -> Documentation:
    """A measured weight before the first apheresis; any where there was none; denied where all are later."""
    sifted = source.sift((), ("Observation",))
    weights = list(_weights(source, sifted))
    unread = source.unread(WANTED, "Observation")
    before_what = tuple(Gap(WANTED, gap.because, gap.cause, gap.source) for gap in aphereses.unread)
    if not weights or (before_what and not aphereses.found):
        return Documentation(WANTED, gaps=sifted.gaps(WANTED), unread=(*unread, *(before_what if weights else ())))
    if not aphereses.found:
        return Documentation(WANTED, (weights[0][0],), set_aside=tuple(sifted.set_aside))
    first = _first([each.began for each in aphereses.found])
    told = [(evidence, when.before(first) if when and first else Answer.UNKNOWN) for evidence, when in weights]
    before = tuple(evidence for evidence, answer in told if answer is Answer.MET)
    if before and not before_what:
        return Documentation(WANTED, before[-1:], set_aside=tuple(sifted.set_aside))
    unclear = tuple(
        Gap(WANTED, dose_reasons.WEIGHT_DATE_UNCLEAR, Cause.UNUSABLE, evidence.source)
        for evidence, answer in told
        if answer is not Answer.NOT_MET
    )
    open_ = (*unclear, *sifted.gaps(WANTED))
    if open_ or unread or before_what:
        return Documentation(WANTED, gaps=open_, unread=(*unread, *before_what))
    return Documentation(WANTED, denies=(weights[0][0], aphereses.found[0].evidence))


def _weights(source: Source, sifted: Sifted) -> Iterator[tuple[Evidence, When | None]]:
    """The usable weights, in the chart's order."""
    read = source.sift(source.about(("Observation",), _CODE))
    sifted.troubles += read.troubles
    sifted.set_aside += read.set_aside
    for record, model in read.usable:
        quantity = _quantity(source, model)
        moment = first_when(model, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
        if is_about_another(source, record, model):
            sifted.aside(record, reasons.ANOTHER_PATIENT)
        elif model.status not in FINAL:
            sifted.trouble(record, reasons.not_final(shown.WEIGHT, model.status))
        elif quantity is None:
            sifted.trouble(record, dose_reasons.WEIGHT_UNIT)
        elif moment is not None and moment.first.date() > source.today:
            sifted.aside(record, reasons.in_the_future(shown.WEIGHT))
        else:
            yield Evidence(shown.weight(shown_quantity(quantity), moment), record.reference), moment


def _quantity(source: Source, model: Any) -> Any:
    """The weight that an Observation, or a component of it, gives in a unit of weight."""
    for holder in (model, *(model.component or ())):
        quantity = holder.valueQuantity
        coded = _CODE in meanings(source.terminology, holder.code)
        if coded and quantity is not None and quantity.value and quantity.value > 0 and in_kilograms(quantity):
            return quantity
    return None


def _first(moments: list[When | None]) -> When | None:
    """The earliest of the moments; None where one of them is not known."""
    known = [moment for moment in moments if moment is not None]
    return earliest(known) if len(known) == len(moments) else None
