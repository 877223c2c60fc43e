"""The token of a call: a signed JWT, for this very address, of the last minutes, shown once."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable
from typing import Any

import jwt
from jwt.types import Options

from cds_service.trust.clients import Client
from cds_service.trust.errors import TokenRefused
from cds_service.trust.keys import Clock

Remember = Callable[[str, str, int], bool]
"""Notes issuer and jti until a time in seconds of the epoch; False where they are known already.

Raises StoreUnavailable where they cannot be noted: then nobody is let in.
"""
ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
"""Signed by a private key that only the client has. `none` and the HS family are not among them."""
LONGEST_LIFE = 300
"""Seconds between `iat` and `exp`."""
SKEW = 30
"""Seconds by which the clocks of client and service may differ."""
LONGEST_TOKEN = 8192
LONGEST_JTI = 255
END_OF_TIME = 2**40
"""Seconds of the epoch; NaN and numbers without end fall outside too."""
log = logging.getLogger(__name__)
_TIMES_ARE_CHECKED_HERE: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "require": ["iss", "aud", "exp", "iat", "jti"],
}


class _Reason(Exception):
    """Why a token is refused, for the log; never anything that the token says."""


class Trust:
    """Tells who calls. Safe for many threads; the only state is the clients' key sets."""

    def __init__(
        self,
        clients: Iterable[Client],
        public_url: str,
        remember: Remember,
        *,
        anonymous: bool = False,
        clock: Clock = time.time,
    ) -> None:
        """`public_url` is the address that clients use, up to and without `/cds-services`."""
        self._clients = {client.issuer: client for client in clients}
        self._public_url = public_url.rstrip("/")
        self._remember = remember
        self._anonymous = anonymous
        self._clock = clock

    def check(self, authorization: str | None, path: str) -> Client | None:
        """Who calls `path` (from `/cds-services` on) with this Authorization header.

        None is anybody, and only where anonymous use is allowed: by whoever shows no token, and, where no client is
        configured, whatever is shown. Raises TokenRefused, and StoreUnavailable where a replay could not be told.
        """
        if self._anonymous and (not authorization or not self._clients):
            return None
        claimed: dict[str, Any] = {}
        try:
            token = _bearer(authorization)
            claimed = jwt.decode(token, options={"verify_signature": False})
            client = self._claimed_client(claimed)
            claims = _verified(token, client, f"{self._public_url}{path}")
            self._check_times(claims)
            self._check_unseen(client, claims)
        except (_Reason, jwt.PyJWTError) as error:
            self._log(error, claimed)
            raise TokenRefused from None
        return client

    def _claimed_client(self, claimed: dict[str, Any]) -> Client:
        """The client that the token says it is from: only looked up, nothing is believed yet."""
        issuer = claimed.get("iss")
        client = self._clients.get(issuer) if isinstance(issuer, str) else None
        if client is None:
            raise _Reason("unknown iss")
        return client

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
        if issued > now + SKEW:
            raise _Reason("iat is in the future")
        if expires <= now - SKEW:
            raise _Reason("expired")
        if not 0 < expires - issued <= LONGEST_LIFE + SKEW:
            raise _Reason("lives too long, or ends before it begins")
        if "nbf" in claims and _seconds(claims, "nbf") > now + SKEW:
            raise _Reason("not valid yet")

    def _check_unseen(self, client: Client, claims: dict[str, Any]) -> None:
        """Last of all, so that only a token that is good in every other way uses up its jti."""
        jti = claims["jti"]
        if not jti.strip() or not jti.isprintable() or len(jti) > LONGEST_JTI:
            raise _Reason("jti is empty, too long, or not printable")
        until = math.ceil(claims["exp"]) + SKEW
        if not self._remember(client.issuer, jti, until):
            raise _Reason("shown before")

    def _log(self, error: Exception, claimed: dict[str, Any]) -> None:
        """The reason in our words, the issuer where it is one of ours, and as much of the jti as finds it again."""
        reason = str(error) if isinstance(error, _Reason) else type(error).__name__
        issuer, jti = claimed.get("iss"), claimed.get("jti")
        known = issuer if isinstance(issuer, str) and issuer in self._clients else "unknown"
        log.warning("token refused: %s (iss %s, jti %.64r)", reason, known, jti if isinstance(jti, str) else None)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _Reason("no bearer token")
    if len(token) > LONGEST_TOKEN:
        raise _Reason("too long")
    return token.strip()


def _verified(token: str, client: Client, endpoint: str) -> dict[str, Any]:
    """The claims, once the signature shows that they are the client's and meant for this endpoint."""
    header = jwt.get_unverified_header(token)
    _check_header(header)
    key = client.keys.named(header["kid"])
    if key is None:
        raise _Reason("unknown kid")
    return jwt.decode(
        token,
        key.public,
        algorithms=sorted(key.algorithms),
        audience=endpoint,
        issuer=client.issuer,
        options=_TIMES_ARE_CHECKED_HERE,
    )


def _check_header(header: dict[str, Any]) -> None:
    if header.get("alg") not in ALGORITHMS:
        raise _Reason("alg is not accepted")
    if not header.get("kid"):
        raise _Reason("no kid")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise _Reason("typ is not JWT")
    if "crit" in header:
        raise _Reason("crit names what is not understood")


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < END_OF_TIME:
        raise _Reason(f"{name} is no time")
    return value
