"""Which addresses may be read: the allow-list, and what lies below a server's base. Pure functions on text.

The caller of a hook names the server and sends the token for it, so the address is held against the list character by
character, before anything is sent anywhere. What could be understood in two ways is refused.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_BASE_PATH = re.compile(r"(?:/[A-Za-z0-9._~:@!$&'()*+,=-]+)*")
"""Whole segments and no percent sign: one address is written in one way."""
_TWO_WAYS = re.compile(r"\\|//|;|%(?:2e|2f|5c|25|3b|00)|/\.{1,2}(?:/|$)", re.IGNORECASE)
"""What one server takes as it stands and another resolves: it could lead out of the base."""
_DEFAULT_PORT = {"https": 443, "http": 80}


def base_address(text: str) -> str | None:
    """A server's base address in its one form (lower-case host, no default port, no final slash).

    None where it may not be one: https only, except on loopback; no user, query, fragment, or climbing path.
    """
    parts = _split(text)
    if parts is None or "?" in text or "#" in text:
        return None
    path = parts.path.removesuffix("/")
    if not _BASE_PATH.fullmatch(path) or _TWO_WAYS.search(path):
        return None
    return f"{_origin(parts)}{path}"


def allowed_base(server: str, allowed: Iterable[str]) -> str | None:
    """The server's base in its one form, if one of the allowed addresses is it or a path prefix of it, else None."""
    base = base_address(server)
    if base is None:
        return None
    prefixes = (base_address(each) for each in allowed)
    return base if any(prefix and _is_below(base, prefix) for prefix in prefixes) else None


def below(base: str, link: str, here: str = "") -> str | None:
    """A paging link as an absolute address if it stays on the base's origin and below its path, else None.

    `here` is the address of the page that the link stands on; a relative link is read from there.
    """
    if not _PRINTABLE.fullmatch(link):
        return None
    absolute = urljoin(here or f"{base}/", link)
    parts = _split(absolute)
    if parts is None or "#" in absolute or _TWO_WAYS.search(parts.path):
        return None
    address = f"{_origin(parts)}{parts.path}"
    if not _is_below(address.removesuffix("/"), base):
        return None
    return f"{address}?{parts.query}" if parts.query else address


def _is_below(address: str, base: str) -> bool:
    return address == base or address.startswith(f"{base}/")


def _split(text: str) -> SplitResult | None:
    """The parts of an absolute address that may be asked at all."""
    if not _PRINTABLE.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or parts.netloc.endswith(":") or port == 0 or not _is_host(host):
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)) else None


def _is_host(host: str) -> bool:
    if ":" in host:
        return _as_ip(host) is not None and "%" not in host
    return bool(_HOST.fullmatch(host)) and ".." not in host


def is_on_loopback(address: str) -> bool:
    """Whether an address may be a server's base and is one of this machine itself."""
    parts = _split(address)
    return parts is not None and is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name `localhost` or by its number."""
    number = _as_ip(host)
    return host == "localhost" or (number is not None and number.is_loopback)


def _as_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    default = parts.port is None or parts.port == _DEFAULT_PORT[parts.scheme]
    return f"{parts.scheme}://{shown}" if default else f"{parts.scheme}://{shown}:{parts.port}"
