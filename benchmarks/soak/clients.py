"""Who calls: sixteen clients, each on a thread and a connection of its own, each with one kind of call at a time."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.run import PATH, WrongAnswer, check
from benchmarks.soak.ehr import TOKEN, TOO_MANY, WELL
from benchmarks.soak.served import Served

ISSUER = "https://ehr.example/soak"
KEY_ID = "soak-1"
FEEDBACK = f"{PATH}/feedback"
DETERMINATIONS = "example.kresladi-cds.determinations"
PATIENCE = 20.0
"""Seconds until a client hangs up: far more than a call may take."""
WITH_TOKEN = "with a token"
PAUSE = 0.05
"""Seconds before the next call after one without an answer."""

Json = dict[str, Any]
_REASON = {"code": "documented-elsewhere", "system": "https://kresladi-cds.example/CodeSystem/override-reason"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its client saw it, on the clock of time.monotonic()."""

    kind: str
    begun: float
    ended: float
    status: int
    """0 where no answer came."""
    wrong: str = ""
    """What is wrong with an answer of 200."""


@dataclass(frozen=True)
class Signer:
    """The client that the service trusts: its key, made for this run."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP384R1()))

    def registration(self) -> list[Json]:
        """What CDS_CLIENTS_FILE says of it."""
        public = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return [{"iss": ISSUER, "jwks": {"keys": [public | {"kid": KEY_ID, "alg": "ES384", "use": "sig"}]}}]

    def token(self, audience: str) -> str:
        """A token good for one call."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + 120, "jti": str(uuid4())}
        return jwt.encode(claims, self.key, algorithm="ES384", headers={"kid": KEY_ID})


@dataclass
class Load:
    """What all clients share: whom they call, with what, what came of it, and when it is over."""

    served: Served
    signer: Signer
    body: bytes
    expected: Json
    """The determination of `body`, given while nothing else was asked."""
    fhir_servers: Mapping[str, str]
    calls: list[Call] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    """Card and moment of the feedback that was answered with 200."""
    over: threading.Event = field(default_factory=threading.Event)

    def token(self, path: str) -> str:
        """A token for one call of this path."""
        return self.signer.token(self.served.address + path)


class Client:
    """One client. Its methods are the kinds of call."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._connection = load.served.connect(PATIENCE)
        self._card = str(uuid4())

    def yardstick(self) -> None:
        """The same body, to the application that only parses it."""
        self._call("yardstick", PATH, self._load.body, None, lambda _: None)

    def anonymous(self) -> None:
        """A call without a token; all of the chart in the prefetch."""
        self._call("anonymous", PATH, self._load.body, None, self._check)

    def protected(self) -> None:
        """A call with a token."""
        self._call(WITH_TOKEN, PATH, self._load.body, self._token(PATH), self._check)

    def replayed(self) -> None:
        """A token that was accepted, shown once more."""
        token = self._token(PATH)
        if self._call(WITH_TOKEN, PATH, self._load.body, token, self._check) == http.HTTPStatus.OK:
            self._call("token shown again", PATH, self._load.body, token, _refuse)

    def feedback(self) -> None:
        """What was done with the card that this client saw last."""
        self.protected()
        self._say(self._token(FEEDBACK))

    def anonymous_feedback(self) -> None:
        """The same of a client that shows no token."""
        self.anonymous()
        self._say(None)

    def _say(self, token: str | None) -> None:
        moment = datetime.now(UTC).isoformat()
        entry = {
            "card": self._card,
            "outcome": "overridden",
            "outcomeTimestamp": moment,
            "overrideReason": {"reason": _REASON},
        }
        body = json.dumps({"feedback": [entry]}).encode()
        if self._call("feedback", FEEDBACK, body, token, lambda _: None) == http.HTTPStatus.OK:
            self._load.acknowledged.append((self._card, moment))

    def fetching(self, server: str, *, protected: bool) -> None:
        """A call without prefetch: the chart is to be read from this FHIR server."""
        request = json.loads(self._load.body)
        del request["prefetch"]
        request["fhirServer"] = self._load.fhir_servers[server]
        request["fhirAuthorization"] = {
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "user/*.read",
            "subject": "soak",
        }
        body = json.dumps(request).encode()
        kind, token = f"FHIR server: {server}", None
        if protected:
            kind, token = f"{kind}, {WITH_TOKEN}", self._token(PATH)
        self._call(kind, PATH, body, token, lambda answer: check_fetched(answer, server))

    def _token(self, path: str) -> str:
        return self._load.token(path)

    def _check(self, answer: bytes) -> None:
        """The very determination that the service gives when it is asked nothing else."""
        told = json.loads(answer)
        if told.get("extension") != self._load.expected:
            raise WrongAnswer("another determination than when asked alone")
        self._card = told["cards"][0]["uuid"]

    def _call(self, kind: str, path: str, body: bytes, token: str | None, right: Callable[[bytes], None]) -> int:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        begun = time.monotonic()
        status, answer = self._exchange(path, body, headers)
        ended = time.monotonic()
        self._load.calls.append(Call(kind, begun, ended, status, _wrong(status, answer, right)))
        return status

    def _exchange(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            self._connection.request("POST", path, body, headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._load.over.wait(PAUSE)
            return 0, b""


def _wrong(status: int, answer: bytes, right: Callable[[bytes], None]) -> str:
    if status != http.HTTPStatus.OK:
        return ""
    try:
        right(answer)
    except (WrongAnswer, LookupError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _refuse(_: bytes) -> None:
    raise WrongAnswer("a token was accepted twice")


def check_fetched(answer: bytes, server: str) -> None:
    """All is met, or it is said that part of the chart could not be read. Never more than that server told."""
    told = json.loads(answer)
    (determination,) = told["extension"][DETERMINATIONS]
    undecided = {each["id"] for each in determination["criteria"] if each["status"] != "met"}
    if not undecided and server in (WELL, TOO_MANY):
        check(answer)
        return
    if server not in (WELL, TOO_MANY) and "I.A.1" not in undecided:
        raise WrongAnswer("I.A.1 is decided, and its results could not be read")
    for each in determination["criteria"]:
        if each["status"] == "not-met" or (each["id"] in undecided and "unavailable" not in causes(each)):
            raise WrongAnswer(f"{each['id']} is {each['status']} and nobody says that the chart was not read")
    topics = {card["source"]["topic"]["code"] for card in told["cards"]}
    if determination["outcome"] != "documentation-missing" or "chart-unavailable" not in topics:
        raise WrongAnswer(f"{determination['outcome']}, {sorted(topics)}")


def causes(criterion: Json) -> set[str]:
    """The causes of all gaps of a criterion and of those below it."""
    below = (causes(each) for each in criterion.get("criteria", []))
    return {gap["cause"] for gap in criterion.get("gaps", [])}.union(*below)
