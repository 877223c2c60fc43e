"""Requests and their responses, for one call: with its token, before its deadline, within its bounds."""

from __future__ import annotations

import logging
import re
import ssl
import threading
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from time import monotonic

import requests

from cds_service.exact_json import plainly_written
from cds_service.fhir.asks import Ended, Stop
from cds_service.fhir.tls import context
from cds_service.fhir.wires import WiredAdapter
from cds_service.frozen import frozen

_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]+")
_HEADERS = {"Accept": "application/fhir+json", "Accept-Encoding": "gzip", "User-Agent": "kresladi-cds"}


@frozen
class Limits:
    """What one call may cost: seconds for all of it, decoded bytes, pages of one search, asks at a time."""

    seconds: float = 1.5
    response_bytes: int = 25 * _MEGABYTE
    call_bytes: int = 50 * _MEGABYTE
    pages: int = 50
    at_once: int = 12


class Exchanges:
    """All exchanges of one call. Safe for its threads."""

    def __init__(self, token: str, limits: Limits) -> None:
        """The deadline runs from here."""
        self._token = token
        self._limits = limits
        self._deadline = monotonic() + limits.seconds
        self._bytes = 0
        self._counting = threading.Lock()

    def seconds_left(self) -> float:
        """Until the deadline; not above nothing once it is over."""
        return self._deadline - monotonic()

    def read(self, address: str, form: str | None = None, read_also: tuple[int, ...] = ()) -> tuple[int, bytes]:
        """Status and body of a GET, or of the POST of a form, where the status is 200 or one of those read also.

        Raises Stop, or whatever `requests`, TLS or a decoder makes of what the server sent.
        """
        if not _TOKEN.fullmatch(self._token):
            raise Stop(Ended.ELSEWHERE)
        response = self._sent(address, form)
        try:
            if response.status_code not in (200, *read_also):
                raise Stop(Ended.REFUSED)
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
        left = self.seconds_left()
        if left <= 0:
            raise Stop(Ended.TIMED_OUT)
        headers = _HEADERS | {"Authorization": f"Bearer {self._token}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return _session(context()).request(
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
            if len(body) > self._limits.response_bytes:
                raise Stop(Ended.TOO_LARGE)
            if self.seconds_left() <= 0:
                raise Stop(Ended.TIMED_OUT)
        return plainly_written(bytes(body))

    def _count(self, more: int) -> None:
        with self._counting:
            self._bytes += more
            if self._bytes > self._limits.call_bytes:
                raise Stop(Ended.TOO_LARGE)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests calls it so
        """None: a redirect is a status like any other. Where there is a target, its whole body would be read."""
        return None


@cache
def _session(secured: ssl.SSLContext) -> requests.Session:  # noqa: ARG001 - its adapters take it from where it is
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
