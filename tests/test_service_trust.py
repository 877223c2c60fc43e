"""Who is let in, through the whole application: tokens, refusals, and what stays open."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm

from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from tests.charts import request
from tests.ehr import (
    FEEDBACK,
    KEY,
    KEY_SET,
    ORIGIN,
    PUBLIC,
    SIGN,
    anonymous,
    bearer,
    claims,
    clients_file,
    outcome,
    service,
    topics_of,
)

STRANGER = ec.generate_private_key(ec.SECP384R1())
OTHER_SERVICE = f"{PUBLIC}/cds-services/kresladi-order-select"
NOTHING_SAID = {"feedback": []}


@pytest.fixture(name="client")
def a_client(tmp_path: Path) -> FlaskClient:
    return service(tmp_path, cors_origins=(ORIGIN,))


def unsigned() -> dict[str, str]:
    """A token without a signature, put together by hand."""
    parts = [json.dumps(each).encode() for each in ({"alg": "none", "kid": "one", "typ": "JWT"}, claims())]
    return {
        "Authorization": "Bearer " + ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."
    }


def strangers_address(name: str) -> dict[str, str]:
    """A token of a stranger that says itself how it is to be checked."""
    own = {"kid": "one", **ECAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True)}
    header = {"kid": "one", name: own if name == "jwk" else "http://127.0.0.1:9/keys"}
    return {"Authorization": f"Bearer {jwt.encode(claims(), STRANGER, 'ES384', header)}"}


def symmetric() -> dict[str, str]:
    """A token that is signed with a secret."""
    return {"Authorization": f"Bearer {jwt.encode(claims(), 'x' * 48, 'HS256', {'kid': 'one'})}"}


def confused(secret: bytes) -> dict[str, str]:
    """A token that is signed with what everybody knows, as if it were a shared secret."""
    parts = [json.dumps(each).encode() for each in ({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims())]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    return {"Authorization": f"Bearer {(signed + b'.' + signature).decode()}"}


PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
BAD: dict[str, Any] = {
    "no token at all": lambda: {},
    "no bearer": lambda: {"Authorization": "Basic YTpi"},
    "no JWT": lambda: {"Authorization": "Bearer nonsense"},
    "for the service without its address": lambda: bearer(aud=PUBLIC),
    "for another service": lambda: bearer(aud=OTHER_SERVICE),
    "for http where the address is https": lambda: bearer(aud=f"{PUBLIC}{SIGN}".replace("https", "http")),
    "for the feedback": lambda: bearer(aud=f"{PUBLIC}{FEEDBACK}"),
    "expired": lambda: bearer(iat=int(time.time()) - 400, exp=int(time.time()) - 100),
    "good for an hour": lambda: bearer(exp=int(time.time()) + 3600),
    "an empty jti": lambda: bearer(jti=""),
    "an unknown issuer": lambda: bearer(iss="https://stranger.example"),
    "a stranger's key": lambda: bearer(STRANGER),
    "an unknown kid": lambda: bearer(kid="two"),
    "HS256": symmetric,
    "HS256 with the public key for a secret": lambda: confused(PEM),
    "HS256 with the key set for a secret": lambda: confused(json.dumps(KEY_SET["keys"][0]).encode()),
    "none": unsigned,
    "a stranger's key and where to find it": lambda: strangers_address("jku"),
    "a stranger's key in its header": lambda: strangers_address("jwk"),
    "an enormous kid": lambda: bearer(kid="k" * 9000),
    "a kid that is a path": lambda: bearer(kid="../../../../dev/null"),
    "not valid yet": lambda: bearer(nbf=int(time.time()) + 100),
    "issued in the future": lambda: bearer(iat=int(time.time()) + 100),
}


def test_a_good_token_is_answered(client: FlaskClient) -> None:
    """The answer of anonymous use, for the client of the token."""
    answer = client.post(SIGN, json=request(), headers=bearer())
    assert answer.status_code == 200
    assert topics_of(answer.get_json()) == ["criteria-met"]


@pytest.mark.parametrize("shown", BAD)
@pytest.mark.parametrize("path", [SIGN, OTHER_SERVICE.removeprefix(PUBLIC), FEEDBACK, "/cds-services/made-up"])
def test_a_bad_token_is_refused(path: str, shown: str, client: FlaskClient) -> None:
    """On each endpoint alike; a service that is not there is not even told of."""
    headers = BAD[shown]()
    if (path, shown) in ((FEEDBACK, "for the feedback"), (OTHER_SERVICE.removeprefix(PUBLIC), "for another service")):
        headers = bearer(aud=f"{PUBLIC}{SIGN}")
    assert client.post(path, json=request(), headers=headers).status_code == 401


@pytest.mark.parametrize("shown", [each for each in BAD if each != "no token at all"])
def test_a_bad_token_is_refused_though_anybody_may_call(shown: str, tmp_path: Path) -> None:
    """Who shows a token wants to be known: a bad one is never passed over."""
    client = service(tmp_path, allow_anonymous=True)
    assert client.post(SIGN, json=request(), headers=BAD[shown]()).status_code == 401
    assert client.post(SIGN, json=request()).status_code == 200


def test_a_token_is_good_once_after_a_restart_too(tmp_path: Path) -> None:
    """The second call with it is refused, by this application and by the next one on the same store."""
    headers = bearer()
    first = service(tmp_path)
    assert first.post(SIGN, json=request(), headers=headers).status_code == 200
    assert first.post(SIGN, json=request(), headers=headers).status_code == 401
    assert service(tmp_path).post(SIGN, json=request(), headers=headers).status_code == 401


def test_a_refusal_gives_no_reason(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """All refusals read alike but for the request's id; the reason is in the log, and no token is anywhere."""
    bodies = []
    with caplog.at_level(logging.DEBUG):
        for shown in BAD.values():
            headers = shown() | {"X-Request-ID": "r-1", "Origin": ORIGIN}
            refused = client.post(SIGN, json=request(), headers=headers)
            bodies.append(refused.get_data())
            assert refused.headers["WWW-Authenticate"] == "Bearer"
            assert refused.headers["X-Request-ID"] == "r-1"
            assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert refused.mimetype == "application/fhir+json"
            token = headers.get("Authorization", "").partition(" ")[2]
            assert not token or token not in caplog.text
    assert len(set(bodies)) == 1
    assert outcome(json.loads(bodies[0])) == {
        "severity": "error",
        "code": "login",
        "details": {"text": "not authorised"},
        "diagnostics": "request r-1",
    }
    for reason in ("expired", "unknown kid", "unknown iss", "alg is not accepted", "no bearer token"):
        assert reason in caplog.text


def test_feedback_wants_a_token_of_its_own(client: FlaskClient) -> None:
    """Whose audience is the address of the feedback."""
    assert client.post(FEEDBACK, json=NOTHING_SAID, headers=bearer()).status_code == 401
    headers = bearer(aud=f"{PUBLIC}{FEEDBACK}")
    assert client.post(FEEDBACK, json=NOTHING_SAID, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/", "/health/live", "/health/ready", "/metrics"])
def test_what_is_open_needs_no_token(path: str, client: FlaskClient) -> None:
    """Discovery, health and figures; a token that is shown there is not used up."""
    headers = bearer()
    assert client.get(path).status_code == 200
    assert client.get(path, headers=headers).status_code == 200
    assert client.post(SIGN, json=request(), headers=headers).status_code == 200


@pytest.mark.parametrize("path", [SIGN, FEEDBACK, "/cds-services"])
def test_a_preflight_needs_no_token(path: str, client: FlaskClient) -> None:
    """And names Authorization among the headers that may be sent."""
    asks = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = client.options(path, headers=asks)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert {"authorization", "content-type"} <= set(allowed.split(", "))


def test_without_clients_it_does_not_start() -> None:
    """Unless anonymous use is asked for by name."""
    with pytest.raises(ConfigurationError, match="CDS_ALLOW_ANONYMOUS"):
        create_app(Settings())
    assert create_app(Settings(allow_anonymous=True)).test_client().get("/cds-services").status_code == 200


def test_clients_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    """Anonymous use does not make up for a file that is broken."""
    clients_file(tmp_path).write_text("[]")
    settings = Settings(clients_file=tmp_path / "clients.json", allow_anonymous=True)
    with pytest.raises(ConfigurationError, match="CDS_CLIENTS_FILE"):
        create_app(settings)


def test_where_nobody_is_known_a_token_says_nothing(tmp_path: Path) -> None:
    """Anonymous use without clients: a client that always shows its token is answered like anybody."""
    assert anonymous(tmp_path).post(SIGN, json=request(), headers=bearer()).status_code == 200


@pytest.mark.parametrize(
    ("environment", "public_url"),
    [
        ({"CDS_HOST": "::1", "CDS_PORT": "9090"}, "http://[::1]:9090"),
        ({"CDS_HOST": "10.0.0.7"}, "http://10.0.0.7:8080"),
        ({"CDS_HOST": "::1", "CDS_PUBLIC_URL": "https://cds.example/kresladi/"}, "https://cds.example/kresladi"),
    ],
)
def test_what_an_audience_begins_with(environment: dict[str, str], public_url: str) -> None:
    """The public address, or where the service listens, written as an address is."""
    assert Settings.from_environment(environment).public_url == public_url
