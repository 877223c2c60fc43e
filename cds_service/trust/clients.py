"""The clients whose tokens are accepted, read from CDS_CLIENTS_FILE.

A JSON list; each client is an object with `iss` (the issuer that its tokens name), either `jwks_url` (where its key
set is) or `jwks` (the key set itself), and optionally `fhir_servers` (base addresses that its calls may have read).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cds_service.errors import ConfigurationError
from cds_service.fhir.servers import base_address, is_loopback
from cds_service.frozen import frozen
from cds_service.trust.keys import FetchedKeys, Keys, WrittenKeys, key_of, keys_of

VARIABLE = "CDS_CLIENTS_FILE"
LONGEST_ISSUER = 255
_MEMBERS = {"iss", "jwks_url", "jwks", "fhir_servers"}


@frozen
class Client:
    """A client that is trusted: who it says it is, how that is proved, and the FHIR servers that are its own."""

    issuer: str
    keys: Keys
    fhir_servers: frozenset[str] = frozenset()
    """Base addresses in their one form, as `base_address` gives it."""


def read_clients(file: Path) -> tuple[Client, ...]:
    """The clients of the file. Raises ConfigurationError, which names the variable and the place in the file."""
    try:
        listed = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise _error(f"{file}: {error.strerror}") from None
    except (msgspec.MsgspecError, RecursionError):
        raise _error(f"{file} is not JSON") from None
    if not isinstance(listed, list) or not listed:
        raise _error(f"{file} has to be a list of at least one client")
    return tuple(_clients(listed))


def _clients(listed: list[Any]) -> Iterator[Client]:
    seen: set[str] = set()
    for number, written in enumerate(listed, 1):
        client = _client(f"client {number}", written)
        if client.issuer in seen:
            raise _error(f"client {number}: iss is there twice")
        seen.add(client.issuer)
        yield client


def _client(place: str, written: Any) -> Client:
    if not isinstance(written, dict):
        raise _error(f"{place} has to be an object")
    unknown = sorted(set(written) - _MEMBERS)
    if unknown:
        raise _error(f"{place}: {', '.join(unknown)} is not known; known are {', '.join(sorted(_MEMBERS))}")
    return Client(_issuer(place, written), _keys(place, written), _servers(place, written))


def _issuer(place: str, written: dict[str, Any]) -> str:
    issuer = written.get("iss")
    if not isinstance(issuer, str) or not issuer.strip() or not issuer.isprintable() or len(issuer) > LONGEST_ISSUER:
        raise _error(f"{place}: iss has to be text of 1 to {LONGEST_ISSUER} characters")
    return issuer


def _keys(place: str, written: dict[str, Any]) -> Keys:
    if ("jwks_url" in written) == ("jwks" in written):
        raise _error(f"{place}: either jwks_url or jwks has to be there, not both")
    if "jwks" in written:
        return _written_keys(place, written["jwks"])
    address = written["jwks_url"]
    if not isinstance(address, str) or not _is_safe(address):
        raise _error(f"{place}: jwks_url has to be an https address without user or fragment (http on loopback only)")
    return FetchedKeys(address)


def _written_keys(place: str, key_set: Any) -> WrittenKeys:
    """All of them have to be usable: a key that is passed over in silence is found out only when a call is refused."""
    try:
        keys = keys_of(key_set)
    except ValueError as error:
        raise _error(f"{place}: jwks is {error}") from None
    if not keys:
        raise _error(f"{place}: jwks holds no key")
    for number, jwk in enumerate(key_set["keys"], 1):
        if key_of(jwk) is None:
            raise _error(
                f"{place}: key {number} of jwks cannot be used; it has to be a public key for signatures with a kid: "
                "EC on P-256 or P-384, or RSA of at least 2048 bits"
            )
    if len(keys) < len(key_set["keys"]):
        raise _error(f"{place}: a kid of jwks is there twice")
    return WrittenKeys(keys)


def _servers(place: str, written: dict[str, Any]) -> frozenset[str]:
    servers = written.get("fhir_servers", [])
    bases = [base_address(each) for each in servers if isinstance(each, str)] if isinstance(servers, list) else [None]
    if None in bases or len(bases) < len(servers):
        raise _error(f"{place}: fhir_servers has to be a list of https base addresses (http on loopback only)")
    return frozenset(base for base in bases if base)


def _is_safe(address: str) -> bool:
    """An absolute https address; plain http only on the machine itself, whatever a name server says."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not address.isprintable() or " " in address or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _error(says: str) -> ConfigurationError:
    return ConfigurationError(f"{VARIABLE}: {says}")
