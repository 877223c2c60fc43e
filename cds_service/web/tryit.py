"""Try it: a reader signs an order in a made-up chart and sees what an EHR would be answered, and why.

The page calls the services through the same door as an EHR: its calls are recorded, its cards are on record, its
feedback is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, make_response, render_template, request

from cds_service.web import own_call
from cds_service.web.base import pages
from cds_service.web.bench import Bench, Desk
from cds_service.web.markdown import as_html
from cds_service.web.stories import TO_BEGIN_WITH, Story, grouped

LARGEST = 8 * 1024 * 1024
"""Bytes of a form; what is larger is for the service itself or the command line."""


def create_try_it(desk: Desk, stories: Iterable[Story]) -> Blueprint:
    """The pages at `/`."""
    routes = pages("try-it")
    by_name = {story.name: story for story in stories}
    routes.add_app_template_filter(as_html, "markdown")

    @routes.after_request
    def keep_for_going_back(answer: Response) -> Response:
        # Made-up charts: a browser may keep them, so that who goes back finds what they typed.
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    @routes.get("/")
    def start() -> str:
        if "story" in request.args:
            story = by_name.get(request.args["story"]) or abort(404)
            return _page(desk, Bench(story, story.file.read_text(), service=story.service).with_values())
        first = [by_name[name] for name in TO_BEGIN_WITH if name in by_name]
        return render_template("tryit/start.html", groups=grouped(by_name.values()), first=first)

    @routes.post("/")
    def run() -> str:
        request.max_content_length = LARGEST
        form = request.form
        story = by_name.get(form.get("story", ""))
        asked = Bench(story, form.get("request", ""), "explain" in form, form.get("service", ""))
        return _page(desk, desk.run(asked, _edits(form), form.get("before", "")))

    @routes.post("/try-it/feedback")
    def feedback() -> Response:
        form = request.form
        service = next((each for each in desk.services if each.id == form.get("service")), None) or abort(400)
        body = msgspec.json.encode({"feedback": [_entry(form.to_dict())]})
        answered = own_call.call(desk.app, f"/cds-services/{service.id}/feedback", body)
        says = render_template("tryit/feedback.html", kept=answered.is_good, form=form)
        return make_response(says, answered.status)

    return routes


def _page(desk: Desk, bench: Bench) -> str:
    return render_template("tryit/bench.html", bench=bench, services=desk.services)


def _edits(form: Any) -> dict[str, tuple[str, str]]:
    """What the fields for single values say: for each its text before, and now."""
    before = {name.removeprefix("was:"): text for name, text in form.items() if name.startswith("was:")}
    return {pointer: (text, form.get(f"now:{pointer}", text).strip()) for pointer, text in before.items()}


def _entry(form: dict[str, str], clock: Callable[[], float] = time.time) -> dict[str, Any]:
    """One entry of feedback as CDS Hooks has it."""
    moment = datetime.fromtimestamp(clock(), UTC).isoformat()
    entry = {"card": form.get("card", ""), "outcomeTimestamp": moment}
    if form.get("accept"):
        return entry | {"outcome": "accepted", "acceptedSuggestions": [{"id": form["accept"]}]}
    system, _, code = form.get("reason", "").rpartition("|")
    reason = {"reason": {"code": code, "system": system}} if code else {}
    comment = {"userComment": form["comment"]} if form.get("comment") else {}
    return entry | {"outcome": "overridden", "overrideReason": reason | comment}
