"""The worksheet's addresses. No address holds anything of a patient: what is about one stands in bodies alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request

from cds_service.audit import Fetch, current
from cds_service.errors import BadRequest
from cds_service.frozen import frozen
from cds_service.hooks.determination import OUTCOME, STATUS
from cds_service.hooks.routes import read_body
from cds_service.policy.kresladi import policy
from cds_service.policy.label import label
from cds_service.policy.model import Determination
from cds_service.web.base import error_page, pages
from cds_service.wording import worksheet_failures as failures
from cds_service.wording.worksheet import COMMITTEE
from cds_service.worksheet.answers import checked, response
from cds_service.worksheet.form import checklist, questionnaire
from cds_service.worksheet.opened import Asked, Clinician, Opened, OrderNotChosen, Session, TreatmentOpened, asked
from cds_service.worksheet.packet import Packet
from cds_service.worksheet.smart import LAUNCH, PACKET, PAGE, TOKEN, Exchange, SmartApp
from cds_service.worksheet.treatment import treatment_sheet
from cds_service.worksheet.view import criterion_shown, sheet, stop_of

MOST_FOUND = 30
"""Clinicians shown of a search; a longer list is no help."""
_encoder = msgspec.json.Encoder(decimal_format="number")


@frozen
class ChartAccess:
    """What the worksheet needs of the rest of the service. Each raises RequestError."""

    allowed: Callable[[str], str | None]
    open: Callable[[Session], Opened]
    open_treatment: Callable[[Session], TreatmentOpened]
    find: Callable[[Session, str], tuple[Clinician, ...]]
    clock: Callable[[], datetime]


def create_worksheet(app: SmartApp, charts: ChartAccess, exchange: Exchange) -> Blueprint:
    """The app: its pages, what they ask for, and its sign-in where the service makes it."""
    routes = pages("worksheet", connect_src=app.hosts, frame_ancestors=("'self'", *app.frame_ancestors))
    _add_pages(routes, app, charts)
    _add_requests(routes, charts)

    @routes.post(TOKEN)
    def token() -> Response:
        base = charts.allowed(request.args.get("iss", ""))
        if base is None:
            raise BadRequest("this FHIR server is not one that may be signed in to")
        return Response(exchange(base, request.form.to_dict()), mimetype="application/json")

    return routes


def _add_pages(routes: Blueprint, app: SmartApp, charts: ChartAccess) -> None:
    """What a browser opens. The pages hold nothing of a chart: their scripts ask for that."""

    def page(template: str) -> Response | str:
        if app.launch_url is None:
            return error_page(503, failures.NOT_BUILT if app.client_id else failures.NOT_CONFIGURED)
        return render_template(f"worksheet/{template}.html", app=app, failures=failures, committee=COMMITTEE)

    @routes.get(LAUNCH)
    def launch() -> Response | str:
        server = request.args.get("iss", "")
        if app.launch_url is not None and charts.allowed(server) is None:
            return error_page(403, failures.SERVER_NOT_ALLOWED if server else failures.NO_SERVER)
        return page("launch")

    routes.add_url_rule(PAGE, "page", lambda: page("page"))
    routes.add_url_rule(PACKET, "packet-page", lambda: page("packet_page"))


def _add_requests(routes: Blueprint, charts: ChartAccess) -> None:
    """What the pages' scripts ask for, with the session in the body."""
    form = questionnaire()

    @routes.post(f"{PAGE}/chart")
    def chart() -> str:
        wanted = asked(read_body())
        if wanted.session.about_treatment:
            return _treatment(charts, wanted)
        opened = _opened(charts, wanted.session)
        determination = _determination(opened)
        shown = sheet(determination, form, wanted.before) if determination else None
        stop = stop_of(opened.evaluation) if opened.evaluation else None
        return render_template("worksheet/chart.html", opened=opened, sheet=shown, stop=stop, saved=wanted.saved)

    @routes.post(f"{PAGE}/clinicians")
    def clinicians() -> str:
        wanted = asked(read_body())
        found = charts.find(wanted.session, wanted.name) if wanted.name else ()
        return render_template("worksheet/clinicians.html", found=found[:MOST_FOUND], more=len(found) > MOST_FOUND)

    @routes.post(f"{PAGE}/response")
    def answers() -> Response:
        wanted = asked(read_body())
        if not wanted.session.user:
            raise BadRequest("only a clinician can be the author of answers")
        answered = checklist() if wanted.session.about_treatment else form
        found = checked(answered, wanted.answers, charts.clock())
        if found.problems:
            return _json({"problems": found.problems}, 422)
        return _json(response(answered, found.values, wanted.session, charts.clock()), 200, "application/fhir+json")

    @routes.post(PACKET)
    def packet() -> Response:
        opened = _opened(charts, asked(read_body()).session)
        evaluation, determination = opened.evaluation, _determination(opened)
        if evaluation is None or determination is None:
            raise OrderNotChosen("several orders are on record and none is chosen")
        criteria = tuple(map(criterion_shown, determination.criteria))
        made = Packet(opened, criteria, charts.clock(), stop_of(evaluation))
        page = render_template("worksheet/packet.html", packet=made, policy=policy, committee=COMMITTEE)
        return _json({"page": page, "bundle": _encoder.encode(made.bundle()).decode()})


def _treatment(charts: ChartAccess, wanted: Asked) -> str:
    """The treatment checklist; the call's record is filled in on the way."""
    record = current()
    record.patient_id = wanted.session.patient_id
    opened = charts.open_treatment(wanted.session)
    record.fetched = [Fetch(each.type, each.ended, each.milliseconds) for each in opened.fetched]
    record.outcomes = [STATUS[opened.evaluation.outcome]] if opened.evaluation else []
    shown = treatment_sheet(opened.evaluation, checklist(), wanted.before)
    return render_template("worksheet/treatment.html", opened=opened, sheet=shown, label=label, saved=wanted.saved)


def _opened(charts: ChartAccess, session: Session) -> Opened:
    """The chart; the call's record is filled in on the way."""
    record = current()
    record.patient_id = session.patient_id
    opened = charts.open(session)
    record.fetched = [Fetch(each.type, each.ended, each.milliseconds) for each in opened.fetched]
    determination = _determination(opened)
    record.outcomes = [OUTCOME[determination.outcome]] if determination else []
    return opened


def _determination(opened: Opened) -> Determination | None:
    return opened.evaluation.determination if opened.evaluation else None


def _json(shape: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(_encoder.encode(shape), status, mimetype=mimetype)
