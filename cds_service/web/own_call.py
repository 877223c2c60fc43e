"""Calling our own services as an EHR does: through the whole application, from its door to its record."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask import Flask
from werkzeug.test import Client

from cds_service.audit import REQUEST_ID, current
from cds_service.frozen import frozen


@frozen
class Answered:
    """What came back: HTTP's status, and the body, which is JSON."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether it is an answer and no error."""
        return self.status == 200


def call(app: Flask, path: str, body: bytes) -> Answered:
    """POST a body to a path of this application, as a caller without a token.

    In a context of its own: nothing of the page's request is there, and nothing of the call's is left behind. Its
    record carries the page's request id. Buffered, so that what the application does behind its answer is done.
    """
    sent: dict[str, Any] = {
        "data": body,
        "content_type": "application/json",
        "headers": {REQUEST_ID: current().request_id},
        "buffered": True,
    }
    answer = Context().run(Client(app).post, path, **sent)
    return Answered(answer.status_code, answer.data)
