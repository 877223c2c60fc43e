"""Reading from the EHR's FHIR server, for one call: with its token, below one base, before one deadline.

Whatever the server does, nothing is raised: each ask gets an `Answered`. COMPLETE without entries is what a read of
something that does not exist gives (404, 410), and a search that finds nothing; FIRST_PAGE is a search of which only a
part came; FAILED is everything else. Why is kept in `exchanges`, without addresses, ids or the token.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import Enum
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import requests

from cds_service.exact_json import UNREADABLE
from cds_service.fhir.bundle import Answered, Entry, State, answered
from cds_service.fhir.servers import below
from cds_service.fhir.wires import Line, WiredAdapter

Key = TypeVar("Key", bound=Hashable)

_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024
_LONGEST_ADDRESS = 1800
"""Characters; some servers and proxies refuse 2,000."""
_PAGE_SIZE = "200"
"""Entries asked for per page: few round trips, and a number that no server in use refuses."""
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,128}")
"""FHIR's ids, and the longer ones with `_` and `~` that some vendors hand out; none that climbs in a path."""
_TOKEN = re.compile(r"[\x21-\x7e]+")
_HEADERS = {"Accept": "application/fhir+json", "Accept-Encoding": "gzip", "User-Agent": "kresladi-cds"}
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Read:
    """One resource, by its id."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Search:
    """All resources of a type that fit the parameters; further pages are followed."""

    type: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """The further pages of a search, whose first entries are here already."""

    type: str
    link: str
    so_far: tuple[Entry, ...]


Ask = Read | Search | Rest


class Ended(Enum):
    """How an ask ended."""

    COMPLETE = "complete"
    ABSENT = "absent"
    REFUSED = "refused"
    """An HTTP status other than 200, a redirect too."""
    UNREADABLE = "unreadable"
    ELSEWHERE = "elsewhere"
    """The next page is not below the base, or an id or token cannot stand in a request."""
    TOO_LARGE = "too large"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of one ask, for the audit record: no address, no id."""

    type: str
    ended: Ended
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost: seconds for all of it, decoded bytes, pages of one search, asks at a time."""

    seconds: float = 1.5
    response_bytes: int = 25 * _MEGABYTE
    call_bytes: int = 50 * _MEGABYTE
    pages: int = 50
    at_once: int = 12


class _Stop(Exception):
    """The ask ends here; what was read so far stands."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.value)
        self.ended = ended


class _Page(msgspec.Struct):
    resourceType: Any = None
    id: Any = None
    total: Any = None
    issue: Any = None


_page = msgspec.json.Decoder(_Page)


@dataclass(slots=True)
class _Task:
    """One ask under way. What it holds is what is known so far, and stands when time runs out."""

    ask: Ask
    answer: Answered
    ended: Ended = Ended.TIMED_OUT
    seconds: float | None = None


class FhirClient:
    """Reads for one call. The deadline runs from its making; make it when there is something to ask."""

    def __init__(self, base: str, token: str, limits: Limits | None = None) -> None:
        """`base` as `servers.allowed_base` gives it."""
        self.base = base
        self.limits = limits or Limits()
        self.exchanges: list[Exchange] = []
        self._token = token
        self._deadline = monotonic() + self.limits.seconds
        self._line = Line()
        self._bytes = 0
        self._counting = threading.Lock()

    def __repr__(self) -> str:
        return f"FhirClient({self.base!r})"

    def answers_to(self, asks: Mapping[Key, Ask]) -> dict[Key, Answered]:
        """What the server answers to each ask, all asked at once. Returns by the deadline and never raises."""
        begun = monotonic()
        tasks = {key: _begun(ask) for key, ask in asks.items()}
        if tasks and self._seconds_left() > 0:
            self._work(list(tasks.values()))
        for task in tasks.values():
            seconds = monotonic() - begun if task.seconds is None else task.seconds
            self.exchanges.append(Exchange(task.ask.type, task.ended, round(seconds * 1000)))
        return {key: task.answer for key, task in tasks.items()}

    def _work(self, tasks: list[_Task]) -> None:
        # Threads of this call's own: a server that keeps them waiting keeps no other call waiting.
        pool = ThreadPoolExecutor(min(self.limits.at_once, len(tasks)), initializer=self._line.take_thread)
        running = [pool.submit(self._run, task) for task in tasks]
        unfinished = wait(running, timeout=max(0.0, self._seconds_left())).not_done
        pool.shutdown(wait=False, cancel_futures=True)
        if unfinished:
            self._line.hang_up()

    def _run(self, task: _Task) -> None:
        begun = monotonic()
        try:
            self._answer(task)
        except _Stop as stop:
            task.ended = stop.ended
        except Exception:  # whatever the network, TLS or a decoder makes of what the server sent
            task.ended = Ended.TIMED_OUT if self._seconds_left() <= 0 else Ended.UNREACHABLE
        finally:
            task.seconds = monotonic() - begun

    def _answer(self, task: _Task) -> None:
        if not _TOKEN.fullmatch(self._token):
            raise _Stop(Ended.ELSEWHERE)
        match task.ask:
            case Read() as read:
                self._read(read, task)
            case Search() as search:
                address, form = self._address_of(search)
                self._follow(address, form, task)
            case Rest() as rest:
                self._follow(_below(self.base, rest.link), None, task)

    # --- one resource ----------------------------------------------------------------------------------------------

    def _read(self, read: Read, task: _Task) -> None:
        if not is_id(read.id):
            raise _Stop(Ended.ELSEWHERE)
        address = f"{self.base}/{read.type}/{quote(read.id)}"
        status, body = self._exchange(address, None, read_also=_GONE)
        if status in _GONE:
            if _is_unknown_type(body):
                raise _Stop(Ended.REFUSED)
            task.answer, task.ended = Answered(State.COMPLETE), Ended.ABSENT
            return
        said = _decoded(body)
        if (said.resourceType, said.id) != (read.type, read.id):
            raise _Stop(Ended.UNREADABLE)
        task.answer = Answered(State.COMPLETE, (Entry(msgspec.Raw(body), address),))
        task.ended = Ended.COMPLETE

    # --- a search, page by page ------------------------------------------------------------------------------------

    def _address_of(self, search: Search) -> tuple[str, str | None]:
        """The address, and the form to post where the address would grow too long."""
        query = urlencode((*search.parameters, ("_count", _PAGE_SIZE)), quote_via=quote, safe=",")
        address = f"{self.base}/{search.type}?{query}"
        return (address, None) if len(address) <= _LONGEST_ADDRESS else (f"{self.base}/{search.type}/_search", query)

    def _follow(self, address: str, form: str | None, task: _Task) -> None:
        seen: set[str] = set()
        while address not in seen and len(seen) < self.limits.pages:
            seen.add(address)
            _, body = self._exchange(address, form)
            total, page = _page_of(body)
            entries = task.answer.entries + page.entries
            if page.state is State.FAILED:
                task.answer = Answered(State.FAILED, entries)
                raise _Stop(Ended.REFUSED)
            if page.next_page is None:
                task.answer, task.ended = _last(entries, total, page), Ended.COMPLETE
                return
            task.answer = Answered(State.FIRST_PAGE, entries)
            address, form = _below(self.base, page.next_page, address), None
        raise _Stop(Ended.TOO_LARGE)

    # --- one exchange ----------------------------------------------------------------------------------------------

    def _exchange(self, address: str, form: str | None, read_also: tuple[int, ...] = ()) -> tuple[int, bytes]:
        """Status and body, where the status is 200 or one of those that are read also."""
        response = self._sent(address, form)
        try:
            if response.status_code not in (200, *read_also):
                raise _Stop(Ended.REFUSED)
            return response.status_code, self._body(response)
        finally:
            response.close()

    def _sent(self, address: str, form: str | None) -> requests.Response:
        """The response, its body unread. A connection that breaks is tried once more; a status never is."""
        try:
            return self._send(address, form)
        except (requests.Timeout, requests.exceptions.SSLError):
            raise
        except requests.ConnectionError:
            return self._send(address, form)

    def _send(self, address: str, form: str | None) -> requests.Response:
        left = self._seconds_left()
        if left <= 0:
            raise _Stop(Ended.TIMED_OUT)
        headers = _HEADERS | {"Authorization": f"Bearer {self._token}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return _session().request(
            "GET" if form is None else "POST",
            address,
            data=form,
            headers=headers,
            timeout=(left, left),
            allow_redirects=False,
            stream=True,
        )

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        # read1 hands over what has come; read would wait for a full chunk, however slowly it drips.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            self._count(len(chunk))
            if len(body) > self.limits.response_bytes:
                raise _Stop(Ended.TOO_LARGE)
            if self._seconds_left() <= 0:
                raise _Stop(Ended.TIMED_OUT)
        return bytes(body)

    def _count(self, more: int) -> None:
        with self._counting:
            self._bytes += more
            if self._bytes > self.limits.call_bytes:
                raise _Stop(Ended.TOO_LARGE)

    def _seconds_left(self) -> float:
        return self._deadline - monotonic()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests calls it so
        """None: a redirect is a status like any other. Where there is a target, its whole body would be read."""
        return None


@cache
def _session() -> requests.Session:
    """The connections of this process: kept open for the next call, without cookies, proxies or any memory."""
    # urllib3 writes addresses to its log, and addresses hold patients' ids.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = WiredAdapter(pool_connections=16, pool_maxsize=48, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def is_id(text: str) -> bool:
    """Whether a text can stand as an id in an address or a search."""
    return bool(_ID.fullmatch(text))


def _begun(ask: Ask) -> _Task:
    known = Answered(State.FIRST_PAGE, ask.so_far) if isinstance(ask, Rest) else Answered(State.FAILED)
    return _Task(ask, known)


def _below(base: str, link: str, here: str = "") -> str:
    address = below(base, link, here)
    if address is None:
        raise _Stop(Ended.ELSEWHERE)
    return address


def _decoded(body: bytes) -> _Page:
    try:
        return _page.decode(body)
    except UNREADABLE:
        raise _Stop(Ended.UNREADABLE) from None


def _page_of(body: bytes) -> tuple[Any, Answered]:
    """How many a search found in all, as far as said, and one page of them."""
    said = _decoded(body)
    if said.resourceType != "Bundle":
        raise _Stop(Ended.UNREADABLE)
    return said.total, answered(body)


def _last(entries: tuple[Entry, ...], total: Any, page: Answered) -> Answered:
    """All pages together; a total that they do not reach says that some are missing."""
    found = sum(1 for entry in entries if entry.search is None or entry.search.mode in (None, "match"))
    short = found < total if isinstance(total, int) else page.state is State.FIRST_PAGE
    return Answered(State.FIRST_PAGE if short else State.COMPLETE, entries)


def _is_unknown_type(body: bytes) -> bool:
    """Whether a 404 says that the server knows no such type: then nothing is known of the resource."""
    try:
        issues = _page.decode(body).issue
    except UNREADABLE:
        return False
    said = issues if isinstance(issues, list) else []
    return any(isinstance(issue, dict) and issue.get("code") == "not-supported" for issue in said)
