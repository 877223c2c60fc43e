"""The bench of the try-it page: one request, what can be changed in it, and what the services answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Protocol

import msgspec
from flask import Flask

from cds_service.errors import BadRequest
from cds_service.exact_json import UNREADABLE, plain
from cds_service.frozen import frozen
from cds_service.hooks.shapes import DETERMINATIONS, Shape
from cds_service.web import own_call
from cds_service.web.changes import Changes, as_text, changes, remembered, to_remember
from cds_service.web.stories import Story
from cds_service.web.strip import NO_STRIP, Strip, strip_of
from cds_service.web.values import Value, values_in, with_edits
from cds_service.wording import tryit as say

_encoder = msgspec.json.Encoder(decimal_format="number")


class Offered(Protocol):
    """A service, as far as it is called from here."""

    @property
    def id(self) -> str:
        """Of its address."""

    @property
    def hook(self) -> str:
        """When an EHR calls it."""

    @property
    def title(self) -> str:
        """For people."""


class RequestOf(Protocol):
    """Makes a hook request of a document. Raises BadRequest."""

    def __call__(self, body: bytes, *, explain: bool = False) -> bytes:
        """`explain` asks for what was set aside too."""


@frozen
class Answer:
    """What one service answered: cards and determinations, or why there are none."""

    service: Offered
    status: int
    body: Any
    pretty: str

    @property
    def is_good(self) -> bool:
        """Whether it is an answer and no error."""
        return self.status == 200

    @property
    def cards(self) -> list[Shape]:
        """The cards; none in an error."""
        found: list[Shape] = self.body["cards"] if self.is_good else []
        return found

    @property
    def determinations(self) -> list[Shape]:
        """One for each order in scope."""
        found: list[Shape] = self.body.get("extension", {}).get(DETERMINATIONS, []) if self.is_good else []
        return found

    @property
    def problems(self) -> list[str]:
        """What an OperationOutcome says, a sentence an issue."""
        issues = self.body.get("issue", [])
        said = (issue.get("details", {}).get("text") or issue.get("diagnostics", "") for issue in issues)
        return [say.sentence(text) for text in said if text]


@frozen
class Bench:
    """All that the page shows."""

    story: Story | None
    text: str
    explain: bool = False
    service: str = ""
    """The id of the service to call; empty where the hook decides."""
    problem: str = ""
    """Why what was typed could not be sent; empty where it could."""
    hook: str = ""
    strip: Strip = NO_STRIP
    values: tuple[Value, ...] = ()
    sent: str = ""
    """The request, where another one was made of what was typed."""
    answer: Answer | None = None
    changes: Changes | None = None
    remembers: str = ""
    """The last run that was answered, for the hidden field."""

    def with_values(self) -> Bench:
        """The bench with what can be read from its text before anything is sent."""
        try:
            return self._with(plain(self.text.encode()))
        except UNREADABLE:
            return replace(self, problem=_why_no_json(self.text))

    def edited(self, edits: Mapping[str, tuple[str, str]]) -> Bench:
        """The bench with the edits of single values written into its text; without any it stays as it was typed."""
        try:
            document = plain(self.text.encode())
            text = _pretty(_encoder.encode(document)) if with_edits(document, edits) else self.text
            return replace(self, text=text)._with(document)
        except UNREADABLE:
            return replace(self, problem=_why_no_json(self.text))

    def _with(self, document: Any) -> Bench:
        hook = document.get("hook") if isinstance(document, dict) else ""
        return replace(
            self,
            hook=hook if isinstance(hook, str) else "",
            strip=strip_of(document),
            values=values_in(document),
        )


@frozen
class Desk:
    """Runs benches: the application whose door they call at, its services, and what makes requests of documents."""

    app: Flask
    services: tuple[Offered, ...]
    request_of: RequestOf

    def run(self, asked: Bench, edits: Mapping[str, tuple[str, str]], before: str) -> Bench:
        """The bench after a run: the edits are made, the service is called, its answer compared with the one before."""
        bench = replace(asked, remembers=before).edited(edits)
        if bench.problem:
            return bench
        try:
            body = self.request_of(bench.text.encode(), explain=bench.explain)
        except BadRequest as error:
            return replace(bench, problem=say.sentence(str(error)))
        hook = str(plain(body).get("hook"))
        answer = self._answer(self.service_for(bench.service, hook), body)
        ran = replace(bench, hook=hook, sent=_made(bench.text, body), answer=answer)
        return _compared(ran) if answer.is_good else ran

    def service_for(self, id: str, hook: str) -> Offered:
        """The service of that id, else the first one of the hook, else the first, which says what it thinks of that."""
        by_id = (service for service in self.services if service.id == id)
        by_hook = (service for service in self.services if service.hook == hook)
        return next(chain(by_id, by_hook, self.services))

    def _answer(self, service: Offered, body: bytes) -> Answer:
        answered = own_call.call(self.app, f"/cds-services/{service.id}", body)
        return Answer(service, answered.status, msgspec.json.decode(answered.body), _pretty(answered.body))


def _compared(bench: Bench) -> Bench:
    """With what changed since the run that the page remembers. One that failed is not remembered: the one before is."""
    good = [bench.answer.body] if bench.answer else []
    now, earlier = to_remember(bench.values, good), remembered(bench.remembers)
    found = changes(earlier, now, bench.values, good) if earlier else None
    return replace(bench, changes=found, remembers=as_text(now))


def _made(text: str, body: bytes) -> str:
    """The request, where it is not what was typed."""
    return "" if body == text.encode() else _pretty(body)


def _pretty(document: bytes) -> str:
    return msgspec.json.format(document, indent=2).decode()


def _why_no_json(text: str) -> str:
    """Where the text stops being JSON, for the person who typed it."""
    if not text.strip():
        return say.NOTHING
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return say.not_json(error.lineno, error.colno)
    except (ValueError, RecursionError):
        return say.UNREADABLE
    return say.UNREADABLE
