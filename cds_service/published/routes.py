"""`GET /fhir/<type>/<id>`: the published resources, for other people's apps and for whoever resolves a canonical.

A person who opens a Questionnaire's address in a browser gets it as a page.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from cds_service.errors import RequestError
from cds_service.published.library import Published, published
from cds_service.published.questionnaire import form_of
from cds_service.web.base import TEMPLATES, content_policy

_FHIR = ("application/fhir+json", "application/json")


class NotPublished(RequestError):
    """No resource of that type and id is published here."""

    status = 404
    code = "not-found"


def create_published() -> Blueprint:
    """The route. Open to everybody: there is nothing of a patient in what is published."""
    routes = Blueprint("published", __name__, template_folder=str(TEMPLATES))

    @routes.get("/fhir/<kind>/<id_>")
    def resource(kind: str, id_: str) -> Response:
        found = published(kind, id_)
        if found is None:
            raise NotPublished("no such resource is published here")
        answer = _page(found) if kind == "Questionnaire" and _prefers_a_page() else _fhir(found)
        answer.headers["Cache-Control"] = "public, no-cache"  # kept by all, but asked about each time
        answer.vary.add("Accept")
        answer.make_conditional(request)
        return answer

    return routes


def _prefers_a_page() -> bool:
    """Whether it is a browser that asks. FHIR's `_format` comes before the header."""
    asked_for = request.accept_mimetypes
    return "_format" not in request.args and asked_for["text/html"] > max(asked_for[each] for each in _FHIR)


def _fhir(found: Published) -> Response:
    answer = Response(found.content, mimetype=_FHIR[0])
    answer.set_etag(found.digest, weak=True)  # FHIR's ETags are weak
    return answer


def _page(found: Published) -> Response:
    answer = Response(render_template("published/questionnaire.html", form=form_of(found.id), published=found))
    answer.add_etag(weak=True)  # of these bytes: another than the resource's own
    answer.headers["Content-Security-Policy"] = content_policy()
    return answer
