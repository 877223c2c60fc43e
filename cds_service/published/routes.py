"""`GET /fhir/<type>/<id>`: the published resources, for other people's apps and for whoever resolves a canonical."""

from __future__ import annotations

from flask import Blueprint, Response, request

from cds_service.errors import RequestError
from cds_service.published.library import published


class NotPublished(RequestError):
    """No resource of that type and id is published here."""

    status = 404
    code = "not-found"


def create_published() -> Blueprint:
    """The route. Open to everybody: there is nothing of a patient in what is published."""
    routes = Blueprint("published", __name__)

    @routes.get("/fhir/<kind>/<id_>")
    def resource(kind: str, id_: str) -> Response:
        found = published(kind, id_)
        if found is None:
            raise NotPublished("no such resource is published here")
        answer = Response(found.content, mimetype="application/fhir+json")
        answer.headers["Cache-Control"] = "public, no-cache"  # kept by all, but asked about each time
        answer.set_etag(found.digest, weak=True)  # FHIR's ETags are weak
        answer.make_conditional(request)
        return answer

    return routes
