"""One record of each call: who asked what, and what was said. A JSON line on standard output.

Of the patient it holds at most a hash of the id, keyed so that only who has the key can look a patient up.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from uuid import uuid4

import msgspec
from flask import Flask, Response, g, request

from cds_service.frozen import frozen
from cds_service.metrics import Metrics

VARIABLE = "CDS_AUDIT_KEY"
SHORTEST_KEY = 32
"""Characters. Patient ids are short and few: a key that can be guessed would give them all away."""
REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
"""Ids that callers make up: short, and without anything that could forge a line of a log."""
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_SERVICES = "/cds-services"
WORKSHEET = "worksheet"
"""What calls of the worksheet are counted under. Its pages hold nothing of a chart; what their scripts POST does."""

Write = Callable[[str], object]
log = logging.getLogger(__name__)


@frozen
class Fetch:
    """One thing that was asked of the EHR's FHIR server, and how that ended: no address, no id."""

    type: str
    ended: str
    """`complete`, `absent`, or in a word or two why not."""
    milliseconds: int


@dataclass(slots=True)
class Record:
    """What is known of a call so far. Whoever answers it fills in the rest."""

    request_id: str
    client: str = ""
    hook: str = ""
    hook_instance: str = ""
    service: str = ""
    patient_id: str = ""
    """Hashed before it is written, or not written at all."""
    outcomes: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    fetched: list[Fetch] = field(default_factory=list)
    _began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.perf_counter() - self._began


class Audit:
    """Writes records."""

    def __init__(self, key: str | None, write: Write | None = None) -> None:
        """Without a key patients are not in the records at all. A short one is warned of."""
        if key and len(key) < SHORTEST_KEY:
            log.warning("%s is short: use at least %d random characters", VARIABLE, SHORTEST_KEY)
        self._key = key.encode() if key else None
        self._write = write or _to_standard_output

    def write(self, record: Record, status: int) -> None:
        """Write one line. Members without a value are left out."""
        line = {
            "audit": "call",
            "at": _now(),
            "request": record.request_id,
            "client": record.client,
            "service": record.service,
            "hook": record.hook,
            "hookInstance": record.hook_instance if _UUID.fullmatch(record.hook_instance) else "",
            "patient": self._hashed(record.patient_id),
            "status": status,
            "outcomes": record.outcomes,
            "topics": record.topics,
            "fetched": record.fetched,
            "milliseconds": round(record.seconds * 1000, 1),
        }
        self._write(msgspec.json.encode({name: value for name, value in line.items() if value}).decode() + "\n")

    def _hashed(self, patient_id: str) -> str:
        """The same patient gives the same text: HMAC-SHA256 of the id alone, in hexadecimal digits."""
        if self._key is None or not patient_id:
            return ""
        return hmac.new(self._key, patient_id.encode(errors="replace"), hashlib.sha256).hexdigest()


def safe_id(text: str) -> str:
    """The id where it is one, else nothing."""
    return text if _ID.fullmatch(text) else ""


def current() -> Record:
    """The record of the call that is being answered. Within a request of an application that is followed."""
    record: Record = g.audit
    return record


def follow(app: Flask, audit: Audit, metrics: Metrics) -> None:
    """Give each call a request id, which its answer carries, and a record; write and count those of the services."""

    @app.before_request
    def begin() -> None:
        g.audit = Record(safe_id(request.headers.get(REQUEST_ID, "")) or str(uuid4()))

    @app.after_request
    def end(answer: Response) -> Response:
        record: Record = g.get("audit") or Record(str(uuid4()))
        answer.headers[REQUEST_ID] = record.request_id
        kind = kind_of(request.method, request.path)
        if kind is not None:
            _account(record, kind, answer.status_code)
        return answer

    def _account(record: Record, kind: str, status: int) -> None:
        asked = kind if kind == WORKSHEET else (request.view_args or {}).get("service_id", "")
        record.service = record.service or (asked if metrics.knows(asked) else "")
        metrics.called("discovery" if kind == "discovery" else record.service, kind, status, record.seconds)
        metrics.answered(record.service, record.outcomes, record.topics)
        metrics.fetched(each.ended for each in record.fetched)
        audit.write(record, status)


def kind_of(method: str, path: str) -> str | None:
    """What is asked for: `discovery`, `call`, `feedback` or `worksheet`; None for what leaves no record."""
    if path.startswith(f"/{WORKSHEET}") and method == "POST":
        return WORKSHEET
    if not path.startswith(_SERVICES) or method == "OPTIONS":
        return None
    parts = path.strip("/").split("/")
    if len(parts) == 1:
        return "discovery"
    return "feedback" if parts[-1] == "feedback" else "call"


def _now() -> str:
    seconds = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03}Z"


_line = Lock()


def _to_standard_output(line: str) -> None:
    """A line at a time, whole. A call does not fail because nobody reads its record any more."""
    try:
        with _line:
            sys.stdout.write(line)
            sys.stdout.flush()
    except (OSError, ValueError):
        return
