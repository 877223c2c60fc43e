"""The HTTP side: discovery, the services, and errors as OperationOutcomes that hold nothing of a request."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from cds_service.audit import current
from cds_service.defects import log_defect
from cds_service.errors import NotJson, RequestError, TooLarge, UnknownService
from cds_service.hooks.discovery import Service, discovery
from cds_service.hooks.offer import Offer
from cds_service.hooks.shapes import Shape, operation_outcome

Answer = Callable[[Service, bytes], Shape]
"""Answers a request body for a service. Raises RequestError."""
_encoder = msgspec.json.Encoder(decimal_format="number")
"""An order that is sent back has its decimals as they came."""

_TOO_LARGE = "the body is too large"
_CODE_OF_STATUS = {404: "not-found", 405: "not-supported", 413: "too-long", 415: "not-supported"}


def create_blueprint(offer: Offer, answer_to: Answer, check: Callable[[], None]) -> Blueprint:
    """The routes of CDS Hooks and of health. `check` raises a RequestError while the service is not ready."""
    routes = Blueprint("cds-hooks", __name__)
    services = {service.id: service for service in offer.services}
    listing = discovery(offer.services, offer.templates_of, offer.usage)

    @routes.get("/cds-services")
    def discover() -> Response:
        return _json(listing)

    @routes.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        service = services.get(service_id)
        if service is None:
            raise UnknownService("no such service")
        return _json(answer_to(service, read_body()))

    @routes.get("/health/live")
    def live() -> Response:
        return _json({"status": "live"})

    @routes.get("/health/ready")
    def ready() -> Response:
        check()
        return _json({"status": "ready"})

    routes.app_errorhandler(RequestError)(_refuse)
    routes.app_errorhandler(HTTPException)(_refuse_http)
    routes.app_errorhandler(Exception)(_fail)
    return routes


def read_body() -> bytes:
    """The whole body. Raises NotJson and TooLarge; a body cut at the limit is refused, not read."""
    mimetype = request.mimetype
    if mimetype != "application/json" and not mimetype.endswith("+json"):
        raise NotJson("Content-Type has to be application/json")
    length, limit = request.content_length, request.max_content_length
    if limit is not None and (length or 0) >= limit:
        raise TooLarge(_TOO_LARGE)
    body = _read_in_pieces() if length is None else _read_at_one_go(length)
    # Werkzeug cuts a chunked body at the limit in silence.
    if limit is not None and len(body) >= limit:
        raise TooLarge(_TOO_LARGE)
    return body


def _read_at_one_go(length: int) -> bytes:
    """A body of known length. In pieces, ten megabytes take six times as long."""
    body: bytes = request.environ["wsgi.input"].read(length)
    if len(body) < length:
        raise ClientDisconnected
    return body


def _read_in_pieces() -> bytes:
    """A chunked body."""
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(_TOO_LARGE) from None


def _json(shape: Shape, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(_encoder.encode(shape), status, mimetype=mimetype)


def _outcome(status: int, code: str, text: str) -> Response:
    outcome = operation_outcome(code, text)
    outcome["issue"][0]["diagnostics"] = f"request {current().request_id}"
    return _json(outcome, status, "application/fhir+json")


def _refuse(error: RequestError) -> Response:
    refused = _outcome(error.status, error.code, str(error))
    if error.status == HTTPStatus.UNAUTHORIZED:
        refused.headers["WWW-Authenticate"] = "Bearer"
    return refused


def _refuse_http(error: HTTPException) -> Response:
    status = error.code or 500
    refused = _outcome(status, _CODE_OF_STATUS.get(status, "processing"), error.name)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            refused.headers[name] = value
    return refused


def _fail(error: Exception) -> Response:
    defect = current().request_id
    log_defect(error, defect)
    return _outcome(500, "exception", f"an internal error, recorded as {defect}")
