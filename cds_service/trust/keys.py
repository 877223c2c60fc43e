"""The public keys of a client: written into the configuration, or fetched from the one address that stands there.

Nothing in a token ever names an address: `jku` and `x5u` are not read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

import msgspec
import requests
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import InvalidKeyError
from urllib3.exceptions import HTTPError

from cds_service.fhir.tls import SecuredAdapter
from cds_service.frozen import frozen
from cds_service.trust.slate import NEVER, Entry, Slate

Clock = Callable[[], float]
log = logging.getLogger(__name__)

SMALLEST_RSA = 2048
"""Bits of a modulus; a shorter key is not used."""
BETWEEN_FETCHES = 60.0
"""Seconds. A token with an unknown `kid` costs the client's server one request a minute at most, from one host."""
FRESH_FOR = 3600.0
"""Seconds after which a key set is fetched again though nothing new was asked for, so that a withdrawn key goes."""
USABLE_FOR = 24 * 3600.0
"""Seconds for which an old key set serves while its address does not answer."""
FETCH_WITHIN = 3.0
"""Seconds for all of a fetch, the name's look-up included."""
LARGEST_KEY_SET = 256 * 1024
"""Bytes."""


@frozen
class Key:
    """A public key, and the algorithms that it may be used with."""

    public: RSAPublicKey | EllipticCurvePublicKey
    algorithms: frozenset[str]


class Keys(Protocol):
    """Where a client's keys come from."""

    def named(self, kid: str) -> Key | None:
        """The key of that id, or None where the client has none."""


@frozen
class WrittenKeys:
    """Keys that stand in the configuration."""

    keys: Mapping[str, Key]

    def named(self, kid: str) -> Key | None:
        """The key of that id."""
        return self.keys.get(kid)


class FetchedKeys:
    """Keys at an address. Many threads of several workers may ask at once; one of them fetches for all."""

    def __init__(self, address: str, clock: Clock = time.monotonic) -> None:
        """To be made before gunicorn forks its workers; `clock` is one that they share, as monotonic is."""
        self._address = address
        self._clock = clock
        self._lock = Lock()
        self._slate = Slate()
        self._keys: Mapping[str, Key] = {}
        self._fetched_at = NEVER

    def named(self, kid: str) -> Key | None:
        """The key of that id; the set is fetched where it lacks the key, or is old, and not within the last minute."""
        if not self._serves(kid):
            with self._lock, self._slate.held():
                self._look_for(kid)
        return self._keys.get(kid) if self._age() < USABLE_FOR else None

    def _serves(self, kid: str) -> bool:
        return kid in self._keys and self._age() < FRESH_FOR

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _look_for(self, kid: str) -> None:
        """In what another worker has fetched, then at the address."""
        known = self._slate.read()
        if known.fetched_at > self._fetched_at:
            self._take(known)
        if not self._serves(kid) and self._clock() - known.tried_at >= BETWEEN_FETCHES:
            self._fetch(known)

    def _fetch(self, known: Entry) -> None:
        now = self._clock()
        # Before it is tried: a worker that is killed meanwhile has tried.
        self._slate.write(replace(known, tried_at=now))
        try:
            fetched = Entry(now, now, _bytes_at(self._address))
            self._take(fetched)
        except (OSError, ValueError, HTTPError) as error:
            log.warning("the key set of %s could not be had: %s", self._address, type(error).__name__)
        else:
            self._slate.write(fetched)

    def _take(self, entry: Entry) -> None:
        # Replaced as a whole: a thread that reads without the lock sees the old set or the new one.
        self._keys = keys_of(entry.key_set)
        self._fetched_at = entry.fetched_at


def keys_of(key_set: bytes | Any) -> dict[str, Key]:
    """The usable keys of a JWK Set by their `kid`. Raises ValueError where it is no key set."""
    if isinstance(key_set, bytes):
        try:
            key_set = msgspec.json.decode(key_set)
        except (msgspec.MsgspecError, RecursionError):
            raise ValueError("not JSON") from None
    written = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(written, list):
        raise ValueError("no JWK Set: it has no list `keys`")
    found: dict[str, Key] = {}
    for jwk in written:
        key = key_of(jwk)
        if key is not None and jwk["kid"] not in found:
            found[jwk["kid"]] = key
    return found


def key_of(jwk: Any) -> Key | None:
    """The key of a JWK; None for one without `kid`, not for signatures, too weak, secret, or of another kind."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        return None
    # A private key that lies open proves nothing any more.
    if "d" in jwk or "k" in jwk or jwk.get("use", "sig") != "sig" or not _may_verify(jwk.get("key_ops")):
        return None
    public = _public(jwk)
    algorithms = _algorithms(public)
    if "alg" in jwk:
        algorithms &= {str(jwk["alg"])}
    return Key(public, algorithms) if public is not None and algorithms else None


def _may_verify(key_ops: Any) -> bool:
    return key_ops is None or (isinstance(key_ops, list) and "verify" in key_ops)


def _public(jwk: dict[str, Any]) -> RSAPublicKey | EllipticCurvePublicKey | None:
    try:
        key = (ECAlgorithm if jwk.get("kty") == "EC" else RSAAlgorithm).from_jwk(jwk)
    except (InvalidKeyError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return key if isinstance(key, (RSAPublicKey, EllipticCurvePublicKey)) else None


def _algorithms(public: RSAPublicKey | EllipticCurvePublicKey | None) -> frozenset[str]:
    """Pinned: a key's kind decides, so that a token cannot choose how it is read."""
    match public:
        case RSAPublicKey() if public.key_size >= SMALLEST_RSA:
            return frozenset({"RS256", "RS384"})
        case EllipticCurvePublicKey(curve=SECP256R1()):
            return frozenset({"ES256"})
        case EllipticCurvePublicKey(curve=SECP384R1()):
            return frozenset({"ES384"})
        case _:
            return frozenset()


def _bytes_at(address: str) -> bytes:
    """What stands at the address. Raises OSError (requests' errors are such), urllib3's HTTPError, or ValueError.

    In a thread of its own: neither a name server nor headers that drip can hold the caller longer than the deadline.
    """
    answers: SimpleQueue[bytes | Exception] = SimpleQueue()
    Thread(target=lambda: answers.put(_downloaded(address)), daemon=True).start()
    try:
        answer = answers.get(timeout=FETCH_WITHIN)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _downloaded(address: str) -> bytes | Exception:
    """The body of a plain 200, no longer than it may be, or what went wrong."""
    headers = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
    deadline = time.monotonic() + FETCH_WITHIN
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", SecuredAdapter())
            answer = session.get(address, headers=headers, timeout=FETCH_WITHIN, allow_redirects=False, stream=True)
            with answer:
                if answer.status_code != requests.codes.ok:
                    raise ValueError(f"status {answer.status_code}")
                return _bounded(answer, deadline)
    except (OSError, ValueError, HTTPError) as error:
        return error


def _bounded(answer: requests.Response, deadline: float) -> bytes:
    body = b""
    while chunk := answer.raw.read1(65536, decode_content=False):
        body += chunk
        if len(body) > LARGEST_KEY_SET or time.monotonic() > deadline:
            raise ValueError("too long")
    return body
