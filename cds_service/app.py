"""The one place where the parts meet."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, Response
from flask_cors import CORS
from gunicorn.http.errors import ParseException

from cds_service.audit import REQUEST_ID, Audit, follow
from cds_service.chart.gather import TakenApart, TakenAsRead, parts_of
from cds_service.chart.queries import BEDSIDE, OPENING, templates
from cds_service.config import MAX_BODY, Settings
from cds_service.errors import BadRequest, ConfigurationError
from cds_service.evaluation import Evaluator
from cds_service.evaluation_label import LabelEvaluator
from cds_service.fhir.servers import base_address
from cds_service.fhir.site_codes import terminology_with
from cds_service.fhir.terminology import Terminology
from cds_service.fhir.tls import trust_also
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES, About
from cds_service.hooks.feedback import create_feedback_blueprint
from cds_service.hooks.offer import Offer, Treatment
from cds_service.hooks.request import taking_apart
from cds_service.hooks.routes import create_blueprint, read_body
from cds_service.metrics import CONTENT_TYPE, Metrics
from cds_service.published.routes import create_published
from cds_service.serving import Serving, protect, require_trust
from cds_service.site import add_pages, add_worksheet, worksheet_app
from cds_service.store.errors import StoreUnavailable
from cds_service.store.guidance import ShownCards
from cds_service.store.replay import Replay
from cds_service.store.store import Store
from cds_service.trust.clients import Client, read_clients
from cds_service.trust.tokens import Trust
from cds_service.wording.services import USAGE, USAGE_LIGHT

CHECKLIST = "kresladi-treatment-checklist"
"""The published Questionnaire that the cards around the infusion link to."""
_TO_ENTRIES = taking_apart(TakenApart, parts_of)
READERS = {About.COVERAGE: taking_apart(TakenAsRead, parts_of, _TO_ENTRIES), About.TREATMENT: _TO_ENTRIES}
"""How a request is read, by what the service is about: the label's rules read types that are not validated."""


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Raises ConfigurationError or TerminologyError where it may not start."""
    settings = settings or Settings.from_environment()
    trust_also(settings.ca_bundle)
    clients = clients_of(settings)
    terminology = terminology_with(settings.terminology_dir)
    offer = offer_of(settings, terminology)
    service_ids = [service.id for service in offer.services]
    metrics = Metrics(service_ids)
    store = Store(settings.database_url, metrics.store_failed)
    with suppress(StoreUnavailable):
        store.prepare()  # a store that is down at the start is tried again by whoever needs it; ready says so
    serving = Serving(offer, store, ShownCards(store), READERS)
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a doubled slash is an unknown address, not a redirect
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1  # what reaches it is refused: Werkzeug may have cut it there
    # What gunicorn finds wrong with a chunked body comes up where the body is read.
    unreadable = BadRequest("the body is not in chunks as HTTP has them")
    app.register_error_handler(ParseException, lambda _: app.handle_user_exception(unreadable))
    protect(app)
    _allow_origins(app, settings)
    follow(app, Audit(settings.audit_key or None), metrics)
    require_trust(app, Trust(clients, settings.public_url, Replay(store).remember, anonymous=settings.allow_anonymous))
    app.register_blueprint(create_blueprint(offer, serving.answer, store.check))
    app.register_blueprint(create_feedback_blueprint(service_ids, read_body, serving.keep))
    app.register_blueprint(create_published())
    add_pages(app, settings, offer, store)
    add_worksheet(app, Evaluator(settings, terminology), clients)
    app.add_url_rule("/metrics", "metrics", lambda: Response(metrics.text(), content_type=CONTENT_TYPE))
    return app


def offer_of(settings: Settings, terminology: Terminology | None = None) -> Offer:
    """The services as configured, with everything they need; the terminology is read where it is not at hand."""
    terminology = terminology or terminology_with(settings.terminology_dir)
    evaluator = Evaluator(settings, terminology)
    services = tuple(service for service in SERVICES if service.id in settings.services)
    source = Source(settings.plan_name, settings.policy_url, worksheet_app(settings).launch_url)
    treatment = treatment_of(settings, terminology)
    usage = USAGE_LIGHT if settings.prefetch == "light" else USAGE
    return Offer(services, templates(settings.prefetch), source, evaluator.evaluate, treatment, usage)


def treatment_of(settings: Settings, terminology: Terminology) -> Treatment:
    """What the services around the infusion need."""
    checklist = f"{settings.public_url}/fhir/Questionnaire/{CHECKLIST}"
    evaluator = LabelEvaluator(settings, terminology)
    at_signing, at_opening = (templates(settings.prefetch, queries) for queries in (BEDSIDE, OPENING))
    return Treatment(at_signing, at_opening, checklist, evaluator.evaluate)


def clients_of(settings: Settings) -> tuple[Client, ...]:
    """The clients whose tokens are accepted. Raises ConfigurationError where there are none and nobody said so."""
    for address in settings.fhir_servers:
        if base_address(address) is None:
            raise ConfigurationError("CDS_FHIR_SERVERS has to hold base addresses: https, loopback excepted")
    if settings.clients_file is not None:
        return read_clients(settings.clients_file)
    if not settings.allow_anonymous:
        raise ConfigurationError(
            "no clients: name them in CDS_CLIENTS_FILE, or set CDS_ALLOW_ANONYMOUS=true to answer anybody"
        )
    return ()


def _allow_origins(app: Flask, settings: Settings) -> None:
    """CORS on every answer to the origins, errors included; where there are none, on no answer."""
    origins = list(settings.cors_origins) or ("*" if settings.development else [])
    if not origins:
        return
    CORS(
        app,
        origins=origins,
        allow_headers=["Authorization", "Content-Type", REQUEST_ID],
        expose_headers=[REQUEST_ID, "WWW-Authenticate"],
        methods=["GET", "POST", "OPTIONS"],
        always_send=False,
    )
