"""The one place where the parts meet."""

from __future__ import annotations

from flask import Flask

from cds_service.chart.queries import templates
from cds_service.config import MAX_BODY, Settings
from cds_service.errors import ConfigurationError
from cds_service.evaluation import Evaluator
from cds_service.fhir.terminology import Terminology, packaged_value_sets
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.routes import Offer, create_blueprint


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Raises ConfigurationError where it may not start."""
    settings = settings or Settings.from_environment()
    if not settings.allow_anonymous:
        raise ConfigurationError("no clients are configured: set CDS_ALLOW_ANONYMOUS=true to answer anybody")
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a doubled slash is an unknown address, not a redirect
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1  # what reaches it is refused: Werkzeug may have cut it there
    app.register_blueprint(create_blueprint(offer_of(settings)))
    return app


def offer_of(settings: Settings) -> Offer:
    """The services as configured, with everything they need."""
    evaluator = Evaluator(settings, Terminology(packaged_value_sets()))
    services = tuple(service for service in SERVICES if service.id in settings.services)
    source = Source(settings.plan_name, settings.policy_url)
    return Offer(services, templates(settings.prefetch), source, evaluator.evaluate)
