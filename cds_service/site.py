"""The pages for people, put together: which there are, and what each needs of the service."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Flask

from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from cds_service.evaluation import Evaluator, today_in_utc
from cds_service.hooks.offer import Offer
from cds_service.launched.charts import SECONDS, Charts, now
from cds_service.store.report import report
from cds_service.store.store import Store
from cds_service.trust.clients import Client
from cds_service.trust.relay import SmartClient, read_key
from cds_service.web.base import furnish
from cds_service.web.bench import Desk
from cds_service.web.door import Door
from cds_service.web.insights import create_insights
from cds_service.web.stories import BESIDE_THE_PACKAGE, stories_in
from cds_service.web.tryit import create_try_it
from cds_service.whole_bundle import request_of
from cds_service.worksheet.routes import ChartAccess, create_worksheet
from cds_service.worksheet.smart import SCOPES, SmartApp


def add_pages(app: Flask, settings: Settings, offer: Offer, store: Store) -> None:
    """The pages for people, as far as they are configured. Raises ConfigurationError."""
    furnish(app)
    if settings.try_it and not settings.allow_anonymous:
        raise ConfigurationError("CDS_TRY_IT=true needs CDS_ALLOW_ANONYMOUS=true: the page calls without a token")
    if settings.try_it or (settings.development and settings.allow_anonymous):
        stories = stories_in(settings.stories_dir or BESIDE_THE_PACKAGE)
        app.register_blueprint(create_try_it(Desk(app, offer.services, request_of), stories))
    if settings.insights_token:
        door = Door(settings.insights_token, secure=settings.public_url.startswith("https:"))
        app.register_blueprint(create_insights(partial(report, store), door, today_in_utc))


def add_worksheet(app: Flask, evaluator: Evaluator, clients: tuple[Client, ...]) -> None:
    """The documentation worksheet: where an EHR knows it, and in development, where its page says what is missing."""
    settings = evaluator.settings
    smart = worksheet_app(settings, clients)
    if not smart.client_id and not settings.development:
        return
    patient = replace(evaluator, settings=replace(settings, fetch_deadline=SECONDS))
    charts = Charts(patient, frozenset(smart.servers))
    key = read_key(settings.smart_private_key)
    client = SmartClient(settings.smart_client_id, settings.smart_client_secret, key)
    access = ChartAccess(charts.allowed, charts.open, charts.open_treatment, charts.find, now)
    app.register_blueprint(create_worksheet(smart, access, client.token))


def worksheet_app(settings: Settings, clients: tuple[Client, ...] = ()) -> SmartApp:
    """The worksheet as configured, for the FHIR servers that may be read."""
    return SmartApp(
        client_id=settings.smart_client_id,
        public_url=settings.public_url,
        servers=tuple(sorted(settings.fhir_servers.union(*(client.fhir_servers for client in clients)))),
        scopes=settings.smart_scopes or SCOPES,
        confidential=bool(settings.smart_client_secret or settings.smart_private_key),
        development=settings.development,
        frame_ancestors=settings.frame_ancestors,
    )
