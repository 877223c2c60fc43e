"""Insights: what became of the cards, for the plan's analyst. Opened by a token of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from cds_service.frozen import frozen
from cds_service.store.report import Report
from cds_service.store.views import as_csv
from cds_service.web.base import pages
from cds_service.web.door import COOKIE, LIFETIME, Door
from cds_service.web.plot import plot
from cds_service.web.timeline import MONTH, WEEK, timeline
from cds_service.wording import insights as say

SPANS = (30, 90, 365)
"""Days, of which the reader chooses; the second is where the page begins."""
_MOST_WEEKS = 120
_EARLIEST = date(2020, 1, 1)

MakeReport = Callable[[date, date, str], Report]
"""The report from one day to another, both inclusive, by `day` or `month`. Raises StoreUnavailable."""


@frozen
class Asked:
    """The time that the reader asked for."""

    since: date
    until: date
    by: str
    days: int = 0
    """Of SPANS; 0 where the reader gave two dates."""
    problem: str = ""


def create_insights(make_report: MakeReport, door: Door, today: Callable[[], date]) -> Blueprint:
    """The pages below `/insights`."""
    routes = pages("insights")
    _add_report(routes, make_report, door, today)
    _add_door(routes, door)
    return routes


def _add_report(routes: Blueprint, make_report: MakeReport, door: Door, today: Callable[[], date]) -> None:
    """What became of the cards, as a page and as a table to download, for whoever is let in."""

    @routes.get("/insights")
    def insights() -> Response:
        if not door.lets_in(request.cookies.get(COOKIE, "")):
            return _sign_in(wrong=False)
        asked = asked_for(request.args, today())
        line = timeline(make_report(asked.since, asked.until, "day").rows, asked.since, asked.until, asked.by)
        return make_response(
            render_template("insights/insights.html", asked=asked, line=line, plot=plot, say=say, spans=SPANS)
        )

    @routes.get("/insights/report.csv")
    def table() -> Response:
        if not door.lets_in(request.cookies.get(COOKIE, "")):
            return _sign_in(wrong=False)
        asked = asked_for(request.args, today())
        written = as_csv(make_report(asked.since, asked.until, "day"))
        answer = Response(written, mimetype="text/csv")
        answer.headers["Content-Disposition"] = f"attachment; filename=kresladi-cards-{asked.since}-{asked.until}.csv"
        return answer


def _add_door(routes: Blueprint, door: Door) -> None:
    """Coming in with the token, and going out."""
    cookie: Any = {"path": "/insights", "secure": door.secure, "httponly": True, "samesite": "Strict"}

    @routes.post("/insights/sign-in")
    def sign_in() -> Response:
        if not door.is_token(request.form.get("token", "").strip()):
            return _sign_in(wrong=True)
        answer = make_response(redirect(url_for("insights.insights"), 303))
        answer.set_cookie(COOKIE, door.pass_now(), max_age=LIFETIME, **cookie)
        return answer

    @routes.post("/insights/sign-out")
    def sign_out() -> Response:
        answer = make_response(redirect(url_for("insights.insights"), 303))
        answer.delete_cookie(COOKIE, **cookie)
        return answer


def asked_for(arguments: Any, today: date) -> Asked:
    """The time that a query asks for: `days`, or `from` and `to`; `by`. What cannot be read falls back and says so."""
    days = arguments.get("days", "")
    span = int(days) if days in map(str, SPANS) else SPANS[1]
    since, until, problem = today - timedelta(days=span - 1), today, ""
    if arguments.get("from") or arguments.get("to"):
        try:
            since = max(_EARLIEST, date.fromisoformat(arguments.get("from") or since.isoformat()))
            until = min(today, date.fromisoformat(arguments.get("to") or today.isoformat()))
            span = 0
        except ValueError:
            problem = say.DATES_UNREADABLE
    if since > until:
        since, until, span, problem = today - timedelta(days=SPANS[1] - 1), today, SPANS[1], say.DATES_REVERSED
    by = arguments.get("by", "")
    if by not in (WEEK, MONTH):
        by = MONTH if span == SPANS[-1] else WEEK
    if (until - since).days > 7 * _MOST_WEEKS:
        by = MONTH
    return Asked(since, until, by, span, problem)


def _sign_in(*, wrong: bool) -> Response:
    return make_response(render_template("insights/sign-in.html", wrong=wrong), 403)
