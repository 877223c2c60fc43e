"""What one draft order says of itself: when it is to be carried out, and what the label's clauses ask of its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from cds_service.chart.bedside.draft import Draft
from cds_service.chart.bedside.members import dicts
from cds_service.chart.bedside.moments import written
from cds_service.chart.bedside.product import alters_product
from cds_service.chart.bedside.small import as_reference
from cds_service.chart.bedside.transfusion import irradiation_asked
from cds_service.course import Moment, Role
from cds_service.elapsed import earliest
from cds_service.facts import Documentation
from cds_service.fhir.identity import Identity, Whose
from cds_service.logic import Cause, Evidence, Gap
from cds_service.timing import When
from cds_service.wording import bedside as say


def is_for_patient(draft: Draft, identity: Identity) -> bool:
    """An order is the context patient's unless it names somebody else."""
    stated = draft.resource.get("subject") or draft.resource.get("patient")
    if isinstance(stated, str):
        stated = {"reference": stated if "/" in stated else f"Patient/{stated}"}
    return all(identity.owner(as_reference(subject), draft) is not Whose.OTHER for subject in dicts(stated))


def stated_time(draft: Draft) -> Moment:
    """When the order is to be carried out: its occurrence, or the earliest event or start of its timings."""
    times = [*_occurrence(draft.resource), *_timed(draft)]
    if not times:
        return Moment(say.WANTED_ORDER_TIME, gaps=_why_no_time(draft))
    moment = earliest(times)
    return Moment(say.WANTED_ORDER_TIME, moment, (Evidence(say.ordered_for(moment), draft.reference),))


def time_of(draft: Draft, today: date) -> Moment:
    """The time that the order states; else when it was written, else today."""
    stated = stated_time(draft)
    if stated.when is not None:
        return stated
    authored = written(draft.resource.get("authoredOn")) or written(draft.resource.get("dateWritten"))
    if authored is not None:
        return Moment(say.WANTED_ORDER_TIME, authored, (Evidence(say.written_on(authored), draft.reference),))
    now = When.on(today)
    return Moment(say.WANTED_ORDER_TIME, now, (Evidence(say.signed_on(now), draft.reference),))


def says_irradiated(draft: Draft) -> Documentation:
    """Whether a transfusion order asks for irradiated products."""
    if irradiation_asked(draft):
        return Documentation(say.WANTED_IRRADIATED, (Evidence(say.ASKS_FOR_IRRADIATED, draft.reference),))
    return Documentation(say.WANTED_IRRADIATED, denies=(Evidence(say.DOES_NOT_ASK_FOR_IRRADIATED, draft.reference),))


def is_no_donation(draft: Draft) -> Documentation:
    """What an order for a donation says of never donating."""
    return Documentation(say.WANTED_NO_DONATION, denies=(Evidence(say.ORDERS_DONATION, draft.reference),))


def leaves_product_alone(draft: Draft, roles: frozenset[Role]) -> Documentation:
    """What an order has Kresladi undergo."""
    words = alters_product(draft, is_kresladi=Role.INFUSES in roles)
    denies = (Evidence(say.asks_for(words), draft.reference),) if words else ()
    return Documentation(say.WANTED_LEFT_ALONE, denies=denies)


# --- its time --------------------------------------------------------------------------------------------------------


def _occurrence(order: dict[str, Any]) -> Iterator[When]:
    moment = written(order.get("occurrenceDateTime")) or _start(order.get("occurrencePeriod"))
    yield from (moment,) if moment else ()


def _timed(draft: Draft) -> Iterator[When]:
    timings = [dosage.get("timing") for dosage in draft.dosages]
    for timing in dicts([*timings, draft.resource.get("occurrenceTiming")]):
        events = timing.get("event")
        yield from filter(None, map(written, events if isinstance(events, list) else [events]))
        for repeat in dicts(timing.get("repeat")):
            start = _start(repeat.get("boundsPeriod"))
            yield from (start,) if start else ()


def _start(period: Any) -> When | None:
    """When a period begins; of one without a beginning, some moment until its end."""
    if not isinstance(period, dict):
        return None
    return written(period.get("start")) or When.between(None, written(period.get("end")))


def _why_no_time(draft: Draft) -> tuple[Gap, ...]:
    return (Gap(say.WANTED_ORDER_TIME, say.NO_TIME_STATED, Cause.ABSENT, draft.reference),)
