"""What an order says it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Source
from cds_service.chart.verification import ENTERED_IN_ERROR, REFUTED, verification
from cds_service.fhir.elements import is_masked
from cds_service.fhir.identity import Whose
from cds_service.fhir.resources import Unreadable
from cds_service.frozen import frozen


@frozen
class Words:
    """A reason that is only the words beside a Reference, in the shape of a CodeableConcept."""

    text: str
    coding: None = None


@frozen
class Reason:
    """One reason of the order: as a concept; in a Condition; or in words beside a Condition that was not read."""

    concept: Any
    reference: str
    condition: Any = None
    unread: bool = False

    @property
    def refuted(self) -> bool:
        """Whether it is a Condition that was refuted: it is no reason, and may be all that is said of a disease."""
        return self.condition is not None and verification(self.condition) == REFUTED


def reasons_of(source: Source, order: DraftOrder) -> Iterator[Reason]:
    """The order's reasons, by concept, by reference to a Condition, or by the words beside a reference."""
    model = order.model
    yield from (Reason(concept, order.reference) for concept in model.reasonCode or ())
    for reference in model.reasonReference or ():
        found = _condition_at(source, order, reference)
        if found is not None:
            yield from _of_found(*found)
        elif reference.display:
            yield Reason(Words(reference.display), order.reference, unread=bool(reference.reference))


def _condition_at(source: Source, order: DraftOrder, reference: Any) -> tuple[Any, str, Whose] | None:
    """The Condition a reason refers to, contained in the order or on the chart, and whose it is."""
    literal = reference.reference or ""
    if literal.startswith("#"):
        inside = [each for each in order.model.contained or () if each.id == literal[1:]]
        found = next((each for each in inside if each.get_resource_type() == "Condition"), None)
        return (found, order.reference, Whose.PATIENT) if found is not None else None
    record = source.at(reference)
    if record is None or record.type != "Condition":
        return None
    try:
        model = record.read()
    except Unreadable:
        return None
    return model, record.reference, source.identity.owner(model.subject, record, model.contained)


def _of_found(model: Any, reference: str, whose: Whose) -> Iterator[Reason]:
    usable = whose is Whose.PATIENT and not model.modifierExtension and not is_masked(model)
    if usable and model.code and verification(model) != ENTERED_IN_ERROR:
        yield Reason(model.code, reference, model)
