"""Whether the product was received and is stored: as the checklist says; a delivery alone says only that it is not."""

from __future__ import annotations

from cds_service.chart.bedside.checklist import STORED, Checklist, otherwise
from cds_service.chart.bedside.moments import written
from cds_service.chart.bedside.sight import deliveries
from cds_service.chart.bedside.small import sift_plain
from cds_service.chart.source import Source
from cds_service.facts import Documentation
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import bedside as say

WANTED = say.WANTED_STORED
_KIND = "SupplyDelivery"


def read_shipment(source: Source, checklist: Checklist) -> Documentation:
    """Received and stored, or a delivery under way and none completed, or open."""
    found = deliveries(source)
    under_way = [record for record, delivery in found if delivery.get("status") == "in-progress"]
    arrived = [
        Gap(WANTED, say.delivered(written(delivery.get("occurrenceDateTime"))), Cause.UNUSABLE, record.reference)
        for record, delivery in found
        if delivery.get("status") == "completed"
    ]
    open_ = (*arrived, *sift_plain(source, _KIND, "patient").gaps(WANTED))
    unread = source.unread(WANTED, _KIND)
    denies = () if open_ or unread else tuple(Evidence(say.UNDER_WAY, record.reference) for record in under_way)
    return otherwise(checklist.answered(WANTED, STORED), denies=denies, gaps=open_, unread=unread)
