"""Until when the infusion bags may be used: the batches of what was ordered, dispensed or delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.bedside.checklist import IN_DATE, Checklist
from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.members import dicts, medication_at
from cds_service.chart.bedside.moments import written
from cds_service.chart.bedside.sight import deliveries, dispenses
from cds_service.chart.source import Source
from cds_service.course import Bags, Moment
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import bedside as say

WANTED = say.WANTED_IN_DATE


def read_bags(source: Source, draft: Draft, checklist: Checklist) -> Bags:
    """The expiration dates of the order's own Medication; else of those that were dispensed or delivered."""
    own = tuple(_expiry(draft.medication, draft.reference))
    return Bags(checklist.answered(WANTED, IN_DATE), own or tuple(dict.fromkeys(_on_chart(source))))


def _on_chart(source: Source) -> Iterator[Moment]:
    for record, _ in source.sift(dispenses(source)).usable:
        resource = record.plain()
        for reference in dicts(resource.get("medicationReference")):
            yield from _expiry(medication_at(source.records, reference.get("reference"), resource), record.reference)
    for record, delivery in deliveries(source):
        for item in dicts(delivery.get("suppliedItem")):
            for reference in dicts(item.get("itemReference")):
                yield from _expiry(
                    medication_at(source.records, reference.get("reference"), delivery), record.reference
                )


def _expiry(medication: dict[str, Any] | None, holder: str) -> Iterator[Moment]:
    """The expiration date of a batch, where the Medication tells one."""
    for batch in dicts((medication or {}).get("batch")):
        stated = batch.get("expirationDate")
        moment = written(stated)
        if moment is not None:
            yield Moment(WANTED, moment, (Evidence(say.expires(moment), holder),))
        elif stated is not None:
            yield Moment(WANTED, gaps=(Gap(WANTED, say.EXPIRY_NOT_READ, Cause.UNUSABLE, holder),))
