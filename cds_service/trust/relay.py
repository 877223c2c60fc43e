"""The last step of a SMART launch, done here where a browser must not do it or cannot: code for token.

A confidential client's secret never goes to a browser. And where an EHR's token endpoint stands on another host, the
page would have to be allowed to speak to that host; the service does it instead. The token is handed on and not kept.
Nothing but codes are exchanged: whoever calls, no other grant can be had with the secret.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import requests
from urllib3.exceptions import HTTPError

from cds_service.errors import BadRequest, ConfigurationError, RequestError
from cds_service.fhir.servers import base_address, is_on_loopback
from cds_service.fhir.tls import SecuredAdapter
from cds_service.frozen import frozen

VARIABLE = "CDS_SMART_PRIVATE_KEY"
WITHIN = 10.0
"""Seconds for one answer of the EHR."""
LARGEST = 256 * 1024
"""Bytes of one."""
ASSERTED_FOR = 120
"""Seconds for which a signed assertion is good."""
_ALGORITHMS = {"EC": "ES384", "RSA": "RS384"}
"""What SMART asks every authorization server to accept, by kind of key."""
_OF_A_CODE = ("code", "redirect_uri", "code_verifier")
"""Of what the page sends, what is passed on; without PKCE's verifier there is no exchange."""
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SignInFailed(RequestError):
    """The EHR gave no token for this code, or could not be asked."""

    status = 502
    code = "transient"


@frozen
class SmartClient:
    """Who the worksheet is to an EHR: public, or confidential by a secret or by a key."""

    id: str
    secret: str = ""
    key: Mapping[str, str] | None = None
    """A private JWK with its `kid`."""

    def token(self, base: str, form: Mapping[str, str]) -> bytes:
        """The answer of the EHR's token endpoint to a code, as it came. Raises BadRequest, SignInFailed.

        `base` is an allowed FHIR server; the endpoint is the one that it names.
        """
        if not all(form.get(name) for name in _OF_A_CODE):
            raise BadRequest("no code of a sign-in with its verifier")
        sent = {name: form[name] for name in _OF_A_CODE} | {"grant_type": "authorization_code", "client_id": self.id}
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", SecuredAdapter())
            endpoint = token_endpoint(_asked(session, "GET", f"{base}/.well-known/smart-configuration"), base)
            if self.secret:
                return _asked(session, "POST", endpoint, data=sent, auth=(self.id, self.secret))
            return _asked(session, "POST", endpoint, data=sent | self._assertion(endpoint))

    def _assertion(self, endpoint: str) -> dict[str, str]:
        if self.key is None:
            return {}
        claims = {"iss": self.id, "sub": self.id, "aud": endpoint, "jti": str(uuid4())}
        until = {"exp": int(time.time()) + ASSERTED_FOR}
        algorithm = _ALGORITHMS[self.key["kty"]]
        signed = jwt.encode(
            claims | until, jwt.PyJWK(dict(self.key), algorithm).key, algorithm, {"kid": self.key["kid"]}
        )
        return {"client_assertion_type": _JWT_BEARER, "client_assertion": signed}


def read_key(file: Path | None) -> Mapping[str, str] | None:
    """The private key of a file. Raises ConfigurationError, whose message holds nothing of the file."""
    if file is None:
        return None
    try:
        key = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
        usable = isinstance(key["kid"], str) and bool(key["d"])
        jwt.PyJWK(key, _ALGORITHMS[key["kty"]])
    except (OSError, KeyError, ValueError, msgspec.MsgspecError, jwt.PyJWTError):
        usable = False
    if not usable:
        raise ConfigurationError(f"{VARIABLE} has to name a file with one private JWK (EC P-384 or RSA) and its kid")
    return key


class _Configuration(msgspec.Struct):
    token_endpoint: str


def token_endpoint(configuration: bytes, base: str) -> str:
    """The token endpoint that an EHR at a base names: https, or on loopback for one that is there itself.

    Raises SignInFailed.
    """
    try:
        named = msgspec.json.decode(configuration, type=_Configuration).token_endpoint
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise SignInFailed("the EHR does not say where its tokens are given out") from None
    if base_address(named) is None or (is_on_loopback(named) and not is_on_loopback(base)):
        raise SignInFailed("the EHR's token endpoint is at an address that may not be asked")
    return named


def _asked(session: requests.Session, method: str, address: str, **more: Any) -> bytes:
    """The body of a plain 200, no longer than it may be. Raises SignInFailed."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    try:
        answer = session.request(
            method, address, headers=headers, timeout=WITHIN, allow_redirects=False, stream=True, **more
        )
        with answer:
            body = answer.raw.read(LARGEST + 1)
    except (OSError, ValueError, HTTPError):
        raise SignInFailed("the EHR's sign-in does not answer") from None
    if answer.status_code != requests.codes.ok or len(body) > LARGEST:
        raise SignInFailed("the EHR's sign-in gives no token")
    return bytes(body)
