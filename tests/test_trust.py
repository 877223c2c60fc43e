"""Who is let in: real key pairs, a real key server on loopback, and every way to get a token wrong."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cds_service.errors import ConfigurationError
from cds_service.store.errors import StoreUnavailable
from cds_service.store.replay import Replay
from cds_service.store.store import Store
from cds_service.trust import keys
from cds_service.trust.clients import Client, read_clients
from cds_service.trust.errors import TokenRefused
from cds_service.trust.keys import FetchedKeys, WrittenKeys, keys_of
from cds_service.trust.tokens import Trust

NOW = 1_800_000_000
PUBLIC = "https://cds.example/kresladi"
PATH = "/cds-services/kresladi-order-sign"
ISSUER = "https://ehr.example"

P384, P256 = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
P521 = ec.generate_private_key(ec.SECP521R1())
RSA = rsa.generate_private_key(65537, 2048)
WEAK_RSA = rsa.generate_private_key(65537, 1024)
STRANGER = ec.generate_private_key(ec.SECP384R1())


def jwk(private: Any, kid: str, **more: Any) -> dict[str, Any]:
    """The public half as a JWK."""
    kind = RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else ECAlgorithm
    return {"kid": kid, **kind.to_jwk(private.public_key(), as_dict=True), **more} | more


KEY_SET = {"keys": [jwk(P384, "p384"), jwk(P256, "p256"), jwk(RSA, "rsa"), jwk(WEAK_RSA, "weak"), jwk(P521, "p521")]}
PRIVATE = {"p384": P384, "p256": P256, "rsa": RSA, "weak": WEAK_RSA, "p521": P521}
CLIENT = Client(ISSUER, WrittenKeys(keys_of(KEY_SET)), frozenset({"https://ehr.example/fhir"}))


class Seen:
    """Replay protection as the store gives it, in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], int] = {}

    def __call__(self, iss: str, jti: str, until: int) -> bool:
        first = (iss, jti) not in self.rows
        self.rows.setdefault((iss, jti), until)
        return first


def trust(remember: Any = None, *, anonymous: bool = False, clients: tuple[Client, ...] = (CLIENT,)) -> Trust:
    return Trust(clients, PUBLIC, remember or Seen(), anonymous=anonymous, clock=lambda: NOW)


def claims(**more: Any) -> dict[str, Any]:
    """The claims of a good token; None takes one away."""
    good = {"iss": ISSUER, "aud": f"{PUBLIC}{PATH}", "iat": NOW, "exp": NOW + 300, "jti": "one"}
    return {name: value for name, value in (good | more).items() if value is not None}


def token(
    private: Any = P384, alg: str = "ES384", kid: str | None = "p384", header: dict[str, Any] | None = None, **more: Any
) -> str:
    headers = ({"kid": kid} if kid is not None else {}) | (header or {})
    return f"Bearer {jwt.encode(claims(**more), private, alg, headers)}"


def forged(header: dict[str, Any], payload: Any, signature: bytes = b"x") -> str:
    """A token put together by hand, signed with nothing."""
    parts = [json.dumps(header).encode(), payload if isinstance(payload, bytes) else json.dumps(payload).encode()]
    return "Bearer " + ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*parts, signature))


@pytest.mark.parametrize(
    ("shown", "remark"),
    [
        (token(), "ES384"),
        (token(P256, "ES256", "p256"), "ES256"),
        (token(RSA, "RS384", "rsa"), "RS384"),
        (token(RSA, "RS256", "rsa"), "RS256"),
        (token().replace("Bearer", "bearer"), "the scheme in lower case"),
        (token(aud=["https://other.example", f"{PUBLIC}{PATH}"]), "one of several audiences"),
        (token(header={"typ": "jwt"}), "typ in lower case"),
        (token(header={"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/x"}), "jku and x5u are not read"),
        (token(sub="anybody", tenant="north"), "claims that we do not use"),
        (token(iat=NOW + 30, exp=NOW + 330), "clocks half a minute apart: theirs is ahead"),
        (token(iat=NOW - 300, exp=NOW - 29), "clocks half a minute apart: just expired"),
        (token(iat=NOW - 0.5, exp=NOW + 299.5), "times with a fraction"),
        (token(exp=NOW + 330), "five and a half minutes: the cap with its skew"),
        (token(jti="x" * 255), "the longest jti"),
    ],
)
def test_a_good_token_tells_the_client(shown: str, remark: str) -> None:
    """All four algorithms, and the tolerance that there is."""
    assert trust().check(shown, PATH) is CLIENT, remark


GARBAGE = {"alg": "ES384", "kid": "p384"}
REFUSED: list[tuple[str | None, str, str]] = [
    (None, "no bearer token", "no header"),
    ("", "no bearer token", "an empty header"),
    ("Bearer", "no bearer token", "a scheme alone"),
    ("Basic dXNlcjpzZWNyZXQ=", "no bearer token", "another scheme"),
    ("Bearer x", "DecodeError", "no JWT"),
    ("Bearer a.b.c", "DecodeError", "three parts of nothing"),
    ("Bearer ü.ü.ü", "DecodeError", "not ASCII"),
    (f"{token()}, {token()}", "DecodeError", "two headers in one"),
    (f"Bearer {'x' * 9000}", "too long", "too long"),
    (forged({"alg": "none", "kid": "p384"}, claims(), b""), "alg is not accepted", "alg none, no signature"),
    (forged({"alg": "NonE", "kid": "p384"}, claims()), "alg is not accepted", "alg none in other letters"),
    (forged({"alg": ["ES384"], "kid": "p384"}, claims()), "alg is not accepted", "alg is a list"),
    (forged({"kid": "p384"}, claims()), "alg is not accepted", "no alg"),
    (token("s" * 48, "HS384"), "alg is not accepted", "a shared secret"),
    (token(RSA, "RS512", "rsa"), "alg is not accepted", "RS512 is not among the four"),
    (token(RSA, "PS384", "rsa"), "alg is not accepted", "PS384 is not among the four"),
    (token(P521, "ES512", "p521"), "alg is not accepted", "ES512 is not among the four"),
    (token(RSA, "RS384", "p384"), "InvalidAlgorithmError", "an RSA algorithm with the id of an EC key"),
    (token(P256, "ES256", "p384"), "InvalidAlgorithmError", "the algorithm of another curve"),
    (token(STRANGER), "InvalidSignatureError", "signed by somebody else"),
    (forged(GARBAGE, claims()), "InvalidSignatureError", "signed with nothing"),
    (forged(GARBAGE, claims(), b"\0" * 96), "InvalidSignatureError", "a signature of zeros"),
    (token(kid="other"), "unknown kid", "a key that the client does not have"),
    (token(kid=None), "no kid", "no kid"),
    (token(kid=""), "no kid", "an empty kid"),
    (forged({"alg": "ES384", "kid": 7}, claims()), "InvalidTokenError", "kid is a number"),
    (token(header={"typ": "at+jwt"}), "typ is not JWT", "an access token of another kind"),
    (forged(GARBAGE | {"crit": ["exp"]}, claims()), "InvalidTokenError", "crit"),
    (token(iss="https://stranger.example"), "unknown iss", "an issuer that is not configured"),
    (token(iss=f"{ISSUER}/"), "unknown iss", "nearly the issuer"),
    (token(iss=None), "unknown iss", "no issuer"),
    (forged(GARBAGE, claims() | {"iss": [ISSUER]}), "unknown iss", "the issuer in a list"),
    (token(aud=PUBLIC), "InvalidAudienceError", "the service, not the endpoint"),
    (token(aud=f"{PUBLIC}{PATH}/"), "InvalidAudienceError", "one slash more"),
    (token(aud=f"{PUBLIC}{PATH}/feedback"), "InvalidAudienceError", "meant for feedback"),
    (token(aud=f"{PUBLIC}/cds-services/kresladi-order-select"), "InvalidAudienceError", "meant for another service"),
    (token(aud=f"http://cds.example/kresladi{PATH}"), "InvalidAudienceError", "http instead of https"),
    (token(aud=f"{PUBLIC.upper()}{PATH}"), "InvalidAudienceError", "in other letters"),
    (token(aud=None), "MissingRequiredClaimError", "no audience"),
    (token(aud=[]), "MissingRequiredClaimError", "an empty audience"),
    (token(aud=[f"{PUBLIC}{PATH}", 7]), "InvalidAudienceError", "an audience that is partly no text"),
    (token(exp=None), "MissingRequiredClaimError", "no end"),
    (token(iat=None), "MissingRequiredClaimError", "no beginning"),
    (token(iat=NOW - 300, exp=NOW - 30), "expired", "expired by as much as clocks may differ"),
    (token(exp=NOW + 331), "lives too long", "a second over the cap"),
    (token(iat=NOW + 31, exp=NOW + 331), "iat is in the future", "issued in the future"),
    (token(iat=NOW + 20, exp=NOW + 10), "lives too long, or ends before it begins", "ends before it begins"),
    (token(nbf=NOW + 31), "not valid yet", "not valid yet"),
    (token(exp=str(NOW + 300)), "exp is no time", "exp is text"),
    (token(exp=True), "exp is no time", "exp is true"),
    (token(exp=float("inf")), "exp is no time", "exp is endless"),
    (token(iat=float("nan")), "iat is no time", "iat is no number"),
    (token(exp=10**400), "exp is no time", "exp is a number of 400 digits"),
    (token(nbf="soon"), "nbf is no time", "nbf is text"),
    (token(jti=None), "MissingRequiredClaimError", "no jti"),
    (token(jti=""), "jti is empty", "an empty jti"),
    (token(jti="  "), "jti is empty", "a jti of blanks"),
    (token(jti=7), "InvalidJTIError", "jti is a number"),
    (token(jti="a\nb"), "jti is empty, too long, or not printable", "a jti with a line feed"),
    (token(jti="a\0b"), "jti is empty, too long, or not printable", "a jti with a zero"),
    (token(jti="\ud800"), "jti is empty, too long, or not printable", "a jti that is no text"),
    (token(jti="x" * 256), "jti is empty, too long", "a jti that is too long"),
    (forged(GARBAGE, b"[]"), "DecodeError", "the claims are a list"),
    (forged(GARBAGE, b"\xff"), "DecodeError", "the claims are no UTF-8"),
    (forged(GARBAGE, b"[" * 5000), "DecodeError", "claims nested without end"),
]


@pytest.mark.parametrize(("shown", "reason", "remark"), REFUSED, ids=[remark for *_, remark in REFUSED])
def test_a_bad_token_is_refused_with_the_reason_in_the_log_alone(
    shown: str | None, reason: str, remark: str, caplog: pytest.LogCaptureFixture
) -> None:
    """401 without a reason; the log has it, and never the token; the jti is not used up."""
    seen = Seen()
    with caplog.at_level(logging.WARNING), pytest.raises(TokenRefused) as refused:
        trust(seen).check(shown, PATH)
    assert (refused.value.status, refused.value.code, str(refused.value)) == (401, "login", "not authorised")
    assert reason in caplog.text
    secret = (shown or "").rpartition(" ")[2]
    assert len(secret) < 12 or secret[:60] not in caplog.text
    assert not seen.rows


@given(st.text(max_size=200), st.binary(max_size=80), st.dictionaries(st.text(max_size=5), st.integers() | st.text()))
def test_no_header_whatever_lets_anybody_in(text: str, raw: bytes, more: dict[str, Any]) -> None:
    """Whatever is sent, the answer is a refusal and never a defect."""
    for shown in (text, f"Bearer {text}", forged(GARBAGE, raw), forged(GARBAGE | more, claims() | more)):
        with pytest.raises(TokenRefused):
            trust().check(shown, PATH)


def test_a_signed_token_of_any_shape_is_no_defect() -> None:
    """What a trusted client signs may still be nonsense."""
    for name in ("iss", "aud", "exp", "iat", "nbf", "jti", "sub"):
        for value in (True, 0, -1, 1e308, "x", [], {}, [1], {"a": 1}, "\x00"):
            signed = jwt.api_jws.encode(json.dumps(claims(**{name: value})).encode(), P384, "ES384", {"kid": "p384"})
            try:
                assert trust().check(f"Bearer {signed}", PATH) is CLIENT
                assert (name, value) in (("sub", "x"), ("sub", "\x00"), ("jti", "x"), ("nbf", 0))
            except TokenRefused:
                continue


def test_a_token_is_good_once() -> None:
    """The second time it is shown it is refused; another issuer's jti is another."""
    other = Client("https://other.example", CLIENT.keys)
    who = trust(clients=(CLIENT, other))
    assert who.check(token(), PATH) is CLIENT
    with pytest.raises(TokenRefused):
        who.check(token(), PATH)
    with pytest.raises(TokenRefused):
        who.check(token(RSA, "RS384", "rsa"), PATH)
    assert who.check(token(iss=other.issuer), PATH) is other
    assert who.check(token(jti="two"), PATH) is CLIENT


def test_a_token_is_remembered_until_it_can_no_longer_be_shown() -> None:
    """As long as its `exp` with the skew."""
    seen = Seen()
    trust(seen).check(token(exp=NOW + 60.5), PATH)
    assert seen.rows == {(ISSUER, "one"): NOW + 61 + 30}


def test_a_token_is_good_once_across_workers_and_restarts(tmp_path: Path) -> None:
    """Two stores on one file are two workers; a third, opened later, is a restart."""
    address = f"sqlite:///{tmp_path / 'cds.sqlite3'}"
    outcomes = []
    for _ in range(3):
        store = Store(address)
        try:
            outcomes.append(trust(Replay(store).remember).check(token(), PATH))
        except TokenRefused:
            outcomes.append(None)
        store.close()
    assert outcomes == [CLIENT, None, None]


def test_a_store_that_is_down_lets_nobody_in(tmp_path: Path) -> None:
    """Replay protection fails closed, with 503: it is not the client's fault."""
    store = Store(f"sqlite:///{tmp_path / 'missing' / 'cds.sqlite3'}")
    with pytest.raises(StoreUnavailable) as down:
        trust(Replay(store).remember).check(token(), PATH)
    assert down.value.status == 503
    store.close()


@pytest.mark.parametrize(
    ("clients", "shown", "answered", "remark"),
    [
        ((CLIENT,), None, None, "no token shown: anybody"),
        ((CLIENT,), token(), CLIENT, "a good token still tells who it is"),
        ((), token(STRANGER), None, "without clients a token means nothing"),
    ],
)
def test_anonymous_use(clients: tuple[Client, ...], shown: str | None, answered: Client | None, remark: str) -> None:
    """Only where it was asked for."""
    assert trust(anonymous=True, clients=clients).check(shown, PATH) is answered, remark


def test_a_bad_token_is_refused_even_where_none_is_asked_for() -> None:
    """Who claims to be a client has to prove it."""
    with pytest.raises(TokenRefused):
        trust(anonymous=True).check(token(STRANGER), PATH)


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "algorithms", "remark"),
    [
        (jwk(P384, "k"), {"ES384"}, "P-384"),
        (jwk(P256, "k"), {"ES256"}, "P-256"),
        (jwk(RSA, "k"), {"RS256", "RS384"}, "RSA"),
        (jwk(RSA, "k", alg="RS384"), {"RS384"}, "RSA, pinned by the client to one algorithm"),
        (jwk(RSA, "k", use="sig", key_ops=["verify"]), {"RS256", "RS384"}, "for signatures, said so"),
        (jwk(RSA, "k", alg="PS256"), None, "for an algorithm that is not accepted"),
        (jwk(RSA, "k", use="enc"), None, "for encryption"),
        (jwk(RSA, "k", key_ops=["sign"]), None, "not for verifying"),
        (jwk(RSA, ""), None, "an empty kid"),
        ({k: v for k, v in jwk(RSA, "k").items() if k != "kid"}, None, "no kid"),
        (jwk(WEAK_RSA, "k"), None, "RSA of 1024 bits"),
        (jwk(P521, "k"), None, "P-521"),
        ({**ECAlgorithm.to_jwk(P384, as_dict=True), "kid": "k"}, None, "a private key"),
        ({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}, None, "a shared secret"),
        (jwk(P384, "k", x="AAAA"), None, "a point that is not on the curve"),
        (jwk(P384, "k", crv="P-256"), None, "the curve of another key"),
        (jwk(P384, "k", x=7), None, "a coordinate that is a number"),
        ({"kty": "RSA", "kid": "k", "n": "AQAB", "e": "AQAB"}, None, "an RSA modulus of three bytes"),
        ({"kid": "k"}, None, "no kty"),
        ("key", None, "no object"),
    ],
)
def test_which_keys_are_used_and_for_what(key: Any, algorithms: set[str] | None, remark: str) -> None:
    """The key's kind decides the algorithm, not the token."""
    found = keys.key_of(key)
    assert (set(found.algorithms) if found else None) == algorithms, remark


class KeyServer:
    """A real HTTP server on loopback that counts how often it is asked; the answer can be changed."""

    def __init__(self) -> None:
        self.asked = 0
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: self.send(handler, KEY_SET)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                outer.headers.append(dict(self.headers))
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/keys"

    @staticmethod
    def send(handler: BaseHTTPRequestHandler, body: Any, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[KeyServer]:
    """A key server."""
    running = KeyServer()
    yield running
    running.close()


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_fetched_once_and_kept(server: KeyServer) -> None:
    """A hundred calls cost the client's server one request, without any token of ours."""
    fetched = FetchedKeys(server.address)
    assert all(fetched.named("p384") for _ in range(100))
    assert server.asked == 1
    assert "Authorization" not in server.headers[0]


def test_an_unknown_kid_fetches_at_most_once_a_minute(server: KeyServer) -> None:
    """A client that rolls its keys is found out within the minute; an attacker cannot make us flood its server."""
    clock = Clock()
    fetched = FetchedKeys(server.address, clock)
    server.answer = lambda handler: server.send(handler, {"keys": []})
    assert fetched.named("p384") is None
    server.answer = lambda handler: server.send(handler, KEY_SET)
    clock.now = 59.9
    assert (fetched.named("p384"), server.asked) == (None, 1)
    clock.now = 60.0
    assert fetched.named("p384")
    clock.now = 119.0
    assert [fetched.named(f"unknown-{number}") for number in range(20)] == [None] * 20
    assert server.asked == 2


def test_many_threads_that_ask_at_once_fetch_once(server: KeyServer) -> None:
    """Those that wait for the one that fetches find the key."""

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.1)
        server.send(handler, KEY_SET)

    server.answer = slowly
    fetched, found = FetchedKeys(server.address), []
    threads = [threading.Thread(target=lambda: found.append(fetched.named("rsa"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert all(found)
    assert server.asked == 1


def test_a_withdrawn_key_goes_within_the_hour(server: KeyServer) -> None:
    """The set is fetched anew after an hour although the key is known."""
    clock = Clock()
    fetched = FetchedKeys(server.address, clock)
    assert fetched.named("p384")
    server.answer = lambda handler: server.send(handler, {"keys": [jwk(RSA, "rsa")]})
    clock.now = 3599
    assert fetched.named("p384")
    clock.now = 3600
    assert fetched.named("p384") is None
    assert fetched.named("rsa")


def test_an_old_key_set_serves_for_a_day_while_its_server_is_down(server: KeyServer) -> None:
    """And is asked for again once a minute, no more."""
    clock = Clock()
    fetched = FetchedKeys(server.address, clock)
    assert fetched.named("p384")
    server.answer = lambda handler: server.send(handler, b"", 503)
    clock.now = 24 * 3600 - 1
    assert fetched.named("p384")
    assert fetched.named("p384")
    assert server.asked == 2
    clock.now = 24 * 3600
    assert fetched.named("p384") is None


def _redirect(server: KeyServer) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: (
        server.send(handler, b"", 302, Location="/there") if handler.path == "/keys" else server.send(handler, KEY_SET)
    )


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)
    handler.wfile.write(json.dumps(KEY_SET).encode())


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(50):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.02)


def _truncate(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "10000")
    handler.end_headers()
    handler.wfile.write(json.dumps(KEY_SET).encode()[:200])


@pytest.mark.parametrize(
    ("answer", "remark"),
    [
        (_redirect, "a redirect is not followed"),
        (lambda server: lambda handler: server.send(handler, KEY_SET, 404), "a body with an error"),
        (lambda server: lambda handler: server.send(handler, b"{"), "no JSON"),
        (lambda server: lambda handler: server.send(handler, []), "no key set"),
        (lambda server: lambda handler: server.send(handler, KEY_SET | {"x": "x" * 300_000}), "too large"),
        (lambda server: lambda handler: time.sleep(1), "hangs"),
        (lambda server: _drip, "drips"),
        (lambda server: _drip_headers, "drips in its headers"),
        (lambda server: _truncate, "ends too early"),
    ],
)
def test_a_key_server_that_misbehaves_costs_the_deadline_and_no_more(
    server: KeyServer,
    answer: Callable[[KeyServer], Callable[[BaseHTTPRequestHandler], None]],
    remark: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is then no key, and the call is refused; a defect it is not."""
    monkeypatch.setattr(keys, "FETCH_WITHIN", 0.2)

    def quietly(handler: BaseHTTPRequestHandler) -> None:
        try:
            answer(server)(handler)
        except OSError:
            return

    server.answer = quietly
    began = time.monotonic()
    assert FetchedKeys(server.address).named("p384") is None, remark
    assert time.monotonic() - began < 1.0


def test_a_chunked_answer_is_read(server: KeyServer) -> None:
    """Without a Content-Length, in two chunks."""

    def chunked(handler: BaseHTTPRequestHandler) -> None:
        raw = json.dumps(KEY_SET).encode()
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in (raw[:100], raw[100:], b""):
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.close_connection = True

    server.answer = chunked
    assert FetchedKeys(server.address).named("p384")


def test_proxies_of_the_environment_are_not_used(server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key set comes from the address that is configured, and from nowhere else."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert FetchedKeys(server.address).named("p384")


def test_a_token_is_checked_with_fetched_keys(server: KeyServer) -> None:
    """The whole way: configuration, key server, token; the address in the token is never asked."""
    client = Client(ISSUER, FetchedKeys(server.address))
    elsewhere = KeyServer()
    shown = token(header={"jku": elsewhere.address})
    assert trust(clients=(client,)).check(shown, PATH) is client
    assert (server.asked, elsewhere.asked) == (1, 0)
    elsewhere.close()


# --- the file of clients ----------------------------------------------------------------------------------------------


def written(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "clients.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


GOOD = {"iss": ISSUER, "jwks": {"keys": [jwk(P384, "p384")]}}
BY_ADDRESS = {"iss": ISSUER, "jwks_url": "https://ehr.example/keys"}


def test_clients_are_read(tmp_path: Path) -> None:
    """Keys by address or written down; FHIR servers in their one form."""
    file = written(
        tmp_path,
        [
            GOOD | {"fhir_servers": ["https://EHR.example:443/fhir/", "http://127.0.0.1:8090/r4"]},
            {"iss": "https://sandbox.example", "jwks_url": "http://localhost:9000/keys?tenant=a"},
        ],
    )
    first, second = read_clients(file)
    assert first.fhir_servers == {"https://ehr.example/fhir", "http://127.0.0.1:8090/r4"}
    assert first.keys.named("p384")
    assert isinstance(second.keys, FetchedKeys)
    assert second.fhir_servers == frozenset()


@pytest.mark.parametrize(
    ("content", "says", "remark"),
    [
        ("{", "is not JSON", "no JSON"),
        ("[" * 5000, "is not JSON", "nested without end"),
        ({}, "list of at least one client", "no list"),
        ([], "list of at least one client", "nobody"),
        (["ehr"], "client 1 has to be an object", "no object"),
        ([GOOD, GOOD], "client 2: iss is there twice", "the same issuer twice"),
        ([GOOD | {"jwks_uri": "https://ehr.example/keys"}], "client 1: jwks_uri is not known", "a misspelt member"),
        ([GOOD | {"iss": ""}], "client 1: iss", "an empty issuer"),
        ([GOOD | {"iss": 7}], "client 1: iss", "an issuer that is a number"),
        ([GOOD | {"iss": "x" * 256}], "client 1: iss", "an issuer that is too long"),
        ([{"jwks": GOOD["jwks"]}], "client 1: iss", "no issuer"),
        ([{"iss": ISSUER}], "either jwks_url or jwks", "no keys"),
        ([GOOD | BY_ADDRESS], "either jwks_url or jwks", "keys twice"),
        ([BY_ADDRESS | {"jwks_url": "http://ehr.example/keys"}], "jwks_url has to be an https", "http"),
        ([BY_ADDRESS | {"jwks_url": "http://localhost.ehr.example/"}], "jwks_url", "only sounds like loopback"),
        ([BY_ADDRESS | {"jwks_url": "https://me:secret@ehr.example/"}], "jwks_url", "a password in the address"),
        ([BY_ADDRESS | {"jwks_url": "file:///etc/keys"}], "jwks_url", "a file"),
        ([BY_ADDRESS | {"jwks_url": "/keys"}], "jwks_url", "no absolute address"),
        ([BY_ADDRESS | {"jwks_url": "https://[ehr/"}], "jwks_url", "a broken address"),
        ([BY_ADDRESS | {"jwks_url": 7}], "jwks_url", "a number"),
        ([GOOD | {"jwks": []}], "no JWK Set", "a key set that is a list"),
        ([GOOD | {"jwks": {"keys": []}}], "jwks holds no key", "an empty key set"),
        ([GOOD | {"jwks": {"keys": [jwk(P384, "a"), jwk(WEAK_RSA, "b")]}}], "key 2 of jwks", "a weak key"),
        ([GOOD | {"jwks": {"keys": [jwk(P384, "a"), jwk(RSA, "a")]}}], "a kid of jwks is there twice", "a kid twice"),
        ([GOOD | {"fhir_servers": "https://ehr.example"}], "fhir_servers", "a server that is no list"),
        ([GOOD | {"fhir_servers": ["http://ehr.example"]}], "fhir_servers", "a server without https"),
        ([GOOD | {"fhir_servers": [7]}], "fhir_servers", "a server that is a number"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, content: Any, says: str, remark: str
) -> None:
    """The service does not start, and who wrote the file learns where the mistake is."""
    with pytest.raises(ConfigurationError, match="CDS_CLIENTS_FILE") as refused:
        read_clients(written(tmp_path, content))
    assert says in str(refused.value), remark
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(ConfigurationError, match=r"CDS_CLIENTS_FILE.*missing\.json.*No such file"):
        read_clients(tmp_path / "missing.json")
