"""What is offered, and how a call is answered: what evaluates it, its cards, its determinations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cds_service.errors import UnknownService
from cds_service.frozen import frozen
from cds_service.hooks.cards import Maker, Source
from cds_service.hooks.determination import determination_shape
from cds_service.hooks.discovery import About, Service
from cds_service.hooks.evaluated import Evaluated, Fetched, LabelEvaluated
from cds_service.hooks.label_cards import LabelMaker
from cds_service.hooks.label_determination import label_determination_shape
from cds_service.hooks.request import PATIENT_VIEW, HookCall, hook_call
from cds_service.hooks.shapes import Shape, response
from cds_service.hooks.suggestions import CallContext
from cds_service.wording import services as say

Evaluate = Callable[[HookCall], Evaluated]
Check = Callable[[HookCall, bool], LabelEvaluated]
"""Holds a call against the label; the flag says that a chart is opened, and no order signed."""


@frozen
class Answered:
    """The body of an answer, what was fetched for it, and what was read, to be let go of behind the answer."""

    body: Shape
    fetched: tuple[Fetched, ...]
    read: object = None


@frozen
class Treatment:
    """What the services around the infusion need: their prefetch, the checklist's address, what evaluates a call."""

    at_signing: Mapping[str, str]
    at_opening: Mapping[str, str]
    checklist: str
    check: Check


@frozen
class Offer:
    """What the routes serve: the services, their prefetch, who they speak for, and what evaluates a call.

    `treatment` is None where no service around the infusion is offered.
    """

    services: tuple[Service, ...]
    prefetch: Mapping[str, str]
    source: Source
    evaluate: Evaluate
    treatment: Treatment | None = None
    usage: str = say.USAGE
    """What an EHR has to send, in words."""

    def templates_of(self, service: Service) -> Mapping[str, str]:
        """The prefetch that discovery asks for on a service's behalf."""
        if service.about is About.TREATMENT and self.treatment is not None:
            return self.treatment.at_opening if service.hook == PATIENT_VIEW else self.treatment.at_signing
        return self.prefetch


def answer(offer: Offer, service: Service, body: bytes) -> Shape:
    """The answer of one service to one request body. Raises RequestError."""
    return answered(offer, service, hook_call(body, service.hook)).body


def answered(offer: Offer, service: Service, call: HookCall) -> Answered:
    """The answer to a call. Raises RequestError."""
    answer_about = _about_treatment if service.about is About.TREATMENT else _about_coverage
    return answer_about(offer, service, call)


def _about_coverage(offer: Offer, service: Service, call: HookCall) -> Answered:
    evaluated = offer.evaluate(call)
    cards = Maker(offer.source, _context(call), service.stops_only).cards(evaluated.evaluations)
    shapes = [determination_shape(each, explain=call.explain) for each in evaluated.evaluations]
    return Answered(_body(cards, shapes), evaluated.fetched, evaluated.read)


def _about_treatment(offer: Offer, service: Service, call: HookCall) -> Answered:
    if offer.treatment is None:
        raise UnknownService("no such service")
    checked = offer.treatment.check(call, service.hook == PATIENT_VIEW)
    maker = LabelMaker(_context(call), offer.treatment.checklist, offer.source.worksheet)
    cards = maker.cards(checked.evaluations)
    shapes = [label_determination_shape(each, explain=call.explain) for each in checked.evaluations]
    return Answered(_body(cards, shapes), checked.fetched, checked.read)


def _context(call: HookCall) -> CallContext:
    return CallContext(call.patient_id, call.user_id, call.encounter_id)


def _body(cards: list[Shape], determinations: Iterable[Shape | None]) -> Shape:
    return response(cards, [each for each in determinations if each is not None])
