"""A small FHIR server on loopback, over real HTTP, that can misbehave: for tests of fetching.

It serves a list of resources by read and by search, page by page, to whoever shows the token, and keeps every request.
Rules change what it does where the request matches. It stops within a moment, whatever it is doing.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Resource = dict[str, Any]
TOKEN = "a-token-that-nobody-may-see"
SUBJECTS = ("subject", "patient", "beneficiary", "individual")
LONGEST = 5.0
"""Seconds that any misbehaviour lasts at most."""


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    connection: int
    """The client's port: the same for requests on one connection."""

    @property
    def what(self) -> str:
        """Path below the base, and the parameters that are not about paging."""
        shown = {name: value for name, value in self.query.items() if name not in ("_count", "page")}
        return self.path + (f"?{urlencode(shown, safe=',/|')}" if shown else "")


Behaviour = Callable[["Handler"], None]


@dataclass
class FhirServer:
    """What is served, how, and what was asked."""

    resources: list[Resource]
    token: str = TOKEN
    page_size: int = 1000
    types: frozenset[str] | None = None
    """The types that the server knows; all where None."""
    rules: list[tuple[str, Behaviour]] = field(default_factory=list)
    """(pattern for method and path with query, what to do instead), the first that matches."""
    asked: list[Asked] = field(default_factory=list)
    base: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def when(self, pattern: str, *behaviours: Behaviour) -> FhirServer:
        """Misbehave where the request matches."""
        self.rules += [(pattern, behaviour) for behaviour in behaviours]
        return self

    @property
    def whats(self) -> list[str]:
        """What was asked, sorted: the order of parallel requests means nothing."""
        return sorted(each.what for each in self.asked)

    def found(self, kind: str, query: dict[str, str]) -> list[Resource]:
        """The resources of a type that a search finds."""
        return [r for r in self.resources if r["resourceType"] == kind and _fits(r, query)]


def _fits(resource: Resource, query: dict[str, str]) -> bool:
    for name, value in query.items():
        ids = {each.rpartition("/")[2] for each in value.split(",")}
        if name == "patient" and not ids & _ids(resource, SUBJECTS):
            return False
        if name == "practitioner" and not ids & _ids(resource, ("practitioner",)):
            return False
    return True


def _ids(resource: Resource, members: tuple[str, ...]) -> set[str]:
    references = (resource.get(member) for member in members)
    return {r["reference"].rpartition("/")[2] for r in references if isinstance(r, dict) and "reference" in r}


class Handler(BaseHTTPRequestHandler):
    """Answers one request, by a rule or as it should."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement of its headers
    fhir: FhirServer

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._serve({name: values[0] for name, values in parse_qs(body).items()})

    def _serve(self, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        self.path_below = parts.path.removeprefix("/fhir/")
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()} | form
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path_below, self.query, headers, self.client_address[1])
        self.fhir.asked.append(asked)
        try:
            rule = next(
                (b for pattern, b in self.fhir.rules if re.search(pattern, f"{self.command} {self.path}")), None
            )
            (rule or Handler.behave)(self)
        except OSError:
            self.close_connection = True  # the client has hung up

    def behave(self) -> None:
        """Answer as a FHIR server should."""
        if self.headers.get("Authorization") != f"Bearer {self.fhir.token}":
            self.answer(401, outcome("login"))
            return
        kind, _, id_ = self.path_below.removesuffix("/_search").partition("/")
        if self.fhir.types is not None and kind not in self.fhir.types:
            self.answer(404, outcome("not-supported"))
        elif id_:
            found = [r for r in self.fhir.resources if (r["resourceType"], r.get("id")) == (kind, id_)]
            self.answer(200 if found else 404, found[0] if found else outcome("not-found"))
        else:
            self.answer(200, self._page(kind))

    def _page(self, kind: str) -> Resource:
        found = self.fhir.found(kind, self.query)
        size = min(int(self.query.get("_count", self.fhir.page_size)), self.fhir.page_size)
        start = int(self.query.get("page", 0)) * size
        entries = [
            {"fullUrl": f"{self.fhir.base}/{kind}/{r['id']}", "resource": r} for r in found[start : start + size]
        ]
        page: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entries}
        if start + size < len(found):
            query = urlencode(self.query | {"page": str(start // size + 1)})
            page["link"] = [{"relation": "next", "url": f"{self.fhir.base}/{kind}?{query}"}]
        return page

    def answer(self, status: int, body: Resource | bytes, **headers: str) -> None:
        """Send an answer."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/fhir+json", "Content-Length": str(len(content))}.items():
            self.send_header(name, headers.pop(name.replace("-", "_"), value))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def drip(self, content: bytes, pause: float) -> None:
        """Send byte by byte."""
        for place in range(min(len(content), int(LONGEST / pause))):
            self.wfile.write(content[place : place + 1])
            self.wfile.flush()
            if self.fhir.stopped.wait(pause):
                break
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def outcome(code: str) -> Resource:
    """An OperationOutcome with one error."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


# --- misbehaviours ---------------------------------------------------------------------------------------------------


def hang(handler: Handler) -> None:
    """Say nothing at all."""
    handler.fhir.stopped.wait(LONGEST)
    handler.close_connection = True


def drip_headers(handler: Handler) -> None:
    """Say even the status byte by byte."""
    handler.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nX-Padding: " + b"x" * 400, 0.05)


def drip_body(handler: Handler) -> None:
    """Say the status at once and the body byte by byte."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.drip(b" " * 400, 0.05)


def drip_chunks(handler: Handler) -> None:
    """Say the size of a chunk byte by byte."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.drip(b"0" * 400, 0.05)


def drip_redirect(handler: Handler) -> None:
    """Send elsewhere, with a body that does not end."""
    handler.send_response(302)
    handler.send_header("Location", "/fhir/Patient/p1")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.drip(b" " * 400, 0.05)


def in_chunks(handler: Handler) -> None:
    """Send a Patient in chunks of ten bytes."""
    content = json.dumps({"resourceType": "Patient", "id": "p1"}).encode()
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for place in range(0, len(content), 10):
        chunk = content[place : place + 10]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    handler.wfile.write(b"0\r\n\r\n")


def say_continue(handler: Handler) -> None:
    """Promise an answer again and again."""
    for _ in range(int(LONGEST / 0.01)):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if handler.fhir.stopped.wait(0.01):
            break
    handler.close_connection = True


def truncate(handler: Handler) -> None:
    """Promise more than is sent."""
    handler.answer(200, b'{"resourceType": "Bundle", "entry": [', Content_Length="5000")
    handler.close_connection = True


def cut(handler: Handler) -> None:
    """Close without a word."""
    handler.close_connection = True


def status(code: int, body: Resource | bytes = b"", **headers: str) -> Behaviour:
    """Answer with this status."""
    return lambda handler: handler.answer(code, body, **headers)


def body(content: Resource | bytes, **headers: str) -> Behaviour:
    """Answer 200 with this body."""
    return status(200, content, **headers)


def once(first: Behaviour) -> Behaviour:
    """Misbehave the first time only."""
    pending = [first]

    def behave(handler: Handler) -> None:
        behaviour = pending.pop() if pending else Handler.behave
        behaviour(handler)

    return behave


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(resources: list[Resource], tls: Path | None = None, **more: Any) -> Iterator[FhirServer]:
    """Serve the resources at `base` until the block ends; over TLS with the certificate and key of a file."""
    fhir = FhirServer(resources, **more)
    handler = type("ThisHandler", (Handler,), {"fhir": fhir})
    server = _Server(("127.0.0.1", 0), handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fhir.base = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield fhir
    finally:
        fhir.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
