"""One call over HTTP, from its token to its record: who calls, what is answered, what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from flask import Flask, Response, after_this_request, g, request

from cds_service.audit import Fetch, current
from cds_service.frozen import frozen
from cds_service.hooks.discovery import About, Service
from cds_service.hooks.offer import Answered, Offer, answered
from cds_service.hooks.request import Read
from cds_service.hooks.shapes import DETERMINATIONS, Shape
from cds_service.hooks.shown import shown_cards
from cds_service.store.guidance import ShownCards, keep_feedback
from cds_service.store.records import Feedback, ShownCard
from cds_service.store.store import Store
from cds_service.trust.clients import Client
from cds_service.trust.tokens import Trust

_SERVICES = "/cds-services/"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def protect(app: Flask) -> None:
    """Have browsers and proxies keep nothing of an answer, and take it for nothing but the data that it is."""

    @app.after_request
    def add(answer: Response) -> Response:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def require_trust(app: Flask, trust: Trust) -> None:
    """Look at the token of every call and of all feedback. Discovery is open; a preflight carries no token."""

    @app.before_request
    def check() -> None:
        g.client = None
        if request.method == "POST" and request.path.startswith(_SERVICES):
            g.client = trust.check(request.headers.get("Authorization"), request.path)
            current().client = g.client.issuer if g.client else ""


@frozen
class Serving:
    """Answers calls and keeps what is to be kept of them."""

    offer: Offer
    store: Store
    shown: ShownCards
    read: Mapping[About, Read]
    """By what a service is about."""

    def answer(self, service: Service, body: bytes) -> Shape:
        """The answer to a request body; the call's record is filled in on the way. Raises RequestError."""
        record = current()
        record.service, record.hook = service.id, service.hook
        client: Client | None = g.client
        call = self.read[service.about](body, service.hook)
        record.hook_instance, record.patient_id = call.hook_instance, call.patient_id
        if client is not None:
            call = replace(call, readable_servers=client.fhir_servers)
        found = answered(self.offer, service, call)
        answer = found.body
        record.fetched = [Fetch(each.type, each.ended, each.milliseconds) for each in found.fetched]
        determinations = answer.get("extension", {}).get(DETERMINATIONS, [])
        record.outcomes = [each["outcome"] for each in determinations]
        record.topics = [card["source"]["topic"]["code"] for card in answer["cards"]]
        self._behind(shown_cards(answer, service.id, record.client), found)
        return answer

    def _behind(self, shown: tuple[ShownCard, ...], found: Answered) -> None:
        """Put the cards on record once the answer is on its way, and only then let go of what was read: to be shown a
        card, nobody waits for the database, or for a chart to be cleared away."""

        @after_this_request
        def on_close(answer: Response) -> Response:
            answer.call_on_close(partial(self._record, shown, found))
            return answer

    def _record(self, shown: tuple[ShownCard, ...], _read: Answered) -> None:
        self.shown.record(shown)

    def keep(self, service_id: str, entries: tuple[Feedback, ...]) -> None:
        """Keep the feedback on a service. Raises StoreUnavailable."""
        record = current()
        record.outcomes = [each.outcome for each in entries]
        keep_feedback(self.store, entries, service_id, record.client)
