"""An EHR on loopback that launches SMART apps: a FHIR server with sign-in, PKCE, and tokens that it enforces.

It signs one clinician in without a question. A launch from the EHR carries the patient and the card's `appContext`; a
standalone one asks which patient. What it is told to do wrong (`refuses`, `expire`, rules) it does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import jwt

from tests.fhir_server import FhirServer, Handler, Resource, _Server, outcome

CLIENT_ID = "kresladi-worksheet"


@dataclass
class Grant:
    """What a code or a token stands for."""

    patient: str
    app_context: str = ""
    challenge: str = ""
    redirect_uri: str = ""


@dataclass
class SmartEhr(FhirServer):
    """The FHIR server, and who is signed in to it."""

    user: str = "Practitioner/bmt"
    client_secret: str = ""
    """Where set, only a client that shows it gets a token."""
    client_key: Any = None
    """Where set, only a client that signs with the private key that belongs to it."""
    token_host: str = ""
    """Another host name for the token endpoint, where set (`localhost` beside `127.0.0.1`)."""
    refuses: str = ""
    """An OAuth error that every sign-in ends with."""
    may_write: bool = True
    names_patient: bool = True
    open_order: str = ""
    """An order that every token response names in `fhirContext`."""
    knows_pkce: bool = True
    launches: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    saved: list[Resource] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What an app did that SMART does not allow."""

    def launch_of(self, link: Resource, patient: str = "p1") -> str:
        """The address at which the EHR opens a card's SMART link for a patient."""
        launch = str(uuid4())
        self.launches[launch] = Grant(patient, link.get("appContext", ""))
        return f"{link['url']}?{urlencode({'iss': self.base, 'launch': launch})}"

    @staticmethod
    def challenge_of(verifier: str) -> str:
        """PKCE's S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

    def expire(self) -> None:
        """End every session."""
        self.tokens.clear()

    def found(self, kind: str, query: dict[str, str]) -> list[Resource]:
        """What a search finds; by code and by name too, with the people behind roles where they are asked for."""
        codes = {each.rpartition("|")[2] for each in query.pop("code", "").split(",") if each}
        return [each for each in self._named(kind, query) if not codes or codes & _codes_of(each)]

    def _named(self, kind: str, query: dict[str, str]) -> list[Resource]:
        name = query.pop("practitioner.name", query.pop("name", "")).lower()
        include = query.pop("_include", "")
        found = [each for each in super().found(kind, query) if name in json.dumps(self._person(each)).lower()]
        return found + ([self._person(each) for each in found if self._person(each)] if include else [])

    def _person(self, resource: Resource) -> Resource:
        reference = resource.get("practitioner", {}).get("reference", "")
        people = (each for each in self.resources if f"{each['resourceType']}/{each.get('id')}" == reference)
        return next(people, {} if reference else resource)


def _codes_of(resource: Resource) -> set[str]:
    return {coding["code"] for coding in resource.get("code", {}).get("coding", [])}


class SmartHandler(Handler):
    """Answers one request: sign-in, or FHIR with a token, from any page."""

    fhir: SmartEhr

    def do_OPTIONS(self) -> None:
        self.answer(204, b"")

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/fhir/.well-known/smart-configuration" if not self._misbehaves():
                self.answer(200, self._configuration(), Content_Type="application/json")
            case "/authorize":
                self._authorize()
            case "/chart-open":
                self._frame()
            case _:
                super().do_GET()

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        if path == "/token":
            self._token({name: values[0] for name, values in parse_qs(self._body().decode()).items()})
        elif path == "/fhir/QuestionnaireResponse" and not self._misbehaves():
            self._create(self._body())
        else:
            super().do_POST()

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type, accept")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        super().end_headers()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    # --- signing in --------------------------------------------------------------------------------------------------

    def _configuration(self) -> Resource:
        here = self.fhir.base.removesuffix("/fhir")
        tokens_at = here.replace("127.0.0.1", self.fhir.token_host) if self.fhir.token_host else here
        return {
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{tokens_at}/token",
            "code_challenge_methods_supported": ["S256"] if self.fhir.knows_pkce else [],
            "capabilities": ["launch-ehr", "launch-standalone", "client-public", "sso-openid-connect"],
        }

    def _frame(self) -> None:
        """A page of the EHR that shows an app inside it."""
        app = escape(self.query["app"], quote=True)
        head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Chart</title>'
        page = f'{head}<iframe title="App" src="{app}" width="1200" height="800"></iframe></html>'
        self.answer(200, page.encode(), Content_Type="text/html")

    def _authorize(self) -> None:
        asked, ehr = self.query, self.fhir
        expected = {"response_type": "code", "client_id": CLIENT_ID, "aud": ehr.base, "code_challenge_method": "S256"}
        ehr.wrong += [name for name, value in expected.items() if asked.get(name) != value]
        ehr.wrong += [name for name in ("state", "code_challenge", "scope", "redirect_uri") if not asked.get(name)]
        if ehr.refuses:
            self._redirect({"error": ehr.refuses, "error_description": "said by the EHR"})
            return
        launch = ehr.launches.get(asked.get("launch", ""))
        patient = launch.patient if launch else asked.get("patient", "")
        if not patient:
            self._ask_for_patient()
            return
        code = str(uuid4())
        context = launch.app_context if launch else ""
        ehr.codes[code] = Grant(patient, context, asked["code_challenge"], asked["redirect_uri"])
        self._redirect({"code": code})

    def _redirect(self, more: dict[str, str]) -> None:
        self.answer(
            302, b"", Location=f"{self.query['redirect_uri']}?{urlencode(more | {'state': self.query['state']})}"
        )

    def _ask_for_patient(self) -> None:
        patients = (each["id"] for each in self.fhir.resources if each["resourceType"] == "Patient")
        links = (f'<a href="/authorize?{urlencode(self.query | {"patient": id_})}">{id_}</a>' for id_ in patients)
        head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Choose a patient</title>'
        self.answer(200, f"{head}{''.join(links)}</html>".encode(), Content_Type="text/html")

    def _token(self, form: dict[str, str]) -> None:
        ehr = self.fhir
        grant = ehr.codes.pop(form.get("code", ""), None)
        proof = ehr.challenge_of(form.get("code_verifier", ""))
        if form.get("grant_type") != "authorization_code":
            self.answer(400, {"error": "unsupported_grant_type"}, Content_Type="application/json")
        elif grant is None or proof != grant.challenge or form.get("redirect_uri") != grant.redirect_uri:
            self.answer(400, {"error": "invalid_grant"}, Content_Type="application/json")
        elif not self._is_client(form):
            self.answer(401, {"error": "invalid_client"}, Content_Type="application/json")
        else:
            token = str(uuid4())
            ehr.tokens[token] = grant
            self.answer(200, self._granted(token, grant), Content_Type="application/json", Cache_Control="no-store")

    def _is_client(self, form: dict[str, str]) -> bool:
        ehr = self.fhir
        if ehr.client_key is not None:
            return self._is_signed(form.get("client_assertion", ""))
        basic = base64.b64encode(f"{CLIENT_ID}:{ehr.client_secret}".encode()).decode()
        return not ehr.client_secret or self.headers.get("Authorization") == f"Basic {basic}"

    def _is_signed(self, assertion: str) -> bool:
        endpoint = str(self._configuration()["token_endpoint"])
        try:
            claims = jwt.decode(assertion, self.fhir.client_key, ["ES384"], audience=endpoint, issuer=CLIENT_ID)
        except jwt.PyJWTError:
            return False
        return bool(claims["sub"] == CLIENT_ID and claims["jti"])

    def _granted(self, token: str, grant: Grant) -> Resource:
        identity = {"iss": self.fhir.base, "sub": "someone", "fhirUser": f"{self.fhir.base}/{self.fhir.user}"}
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "launch openid fhirUser patient/*.rs",
            "patient": grant.patient,
            "id_token": jwt.encode(identity, "a key that nobody here checks, of 32 bytes"),
        }
        if not self.fhir.names_patient:
            del answer["patient"]
        if self.fhir.open_order:
            answer["fhirContext"] = [{"reference": self.fhir.open_order}]
        return answer | ({"appContext": grant.app_context} if grant.app_context else {})

    # --- FHIR --------------------------------------------------------------------------------------------------------

    def _misbehaves(self) -> bool:
        return any(re.search(pattern, f"{self.command} {self.path}") for pattern, _ in self.fhir.rules)

    @property
    def _is_signed_in(self) -> bool:
        return self.headers.get("Authorization", "").removeprefix("Bearer ") in self.fhir.tokens

    def _serve(self, form: dict[str, str]) -> None:
        """Answer as a FHIR server should, to whoever shows a token that was given out."""
        if self._is_signed_in:
            self.headers.replace_header("Authorization", f"Bearer {self.fhir.token}")
        super()._serve(form)

    def _create(self, body: bytes) -> None:
        if not self._is_signed_in:
            self.answer(401, outcome("login"))
        elif not self.fhir.may_write:
            self.answer(403, outcome("forbidden"))
        else:
            resource: dict[str, Any] = json.loads(body) | {"id": f"saved-{len(self.fhir.saved) + 1}"}
            self.fhir.saved.append(resource)
            self.fhir.resources.append(resource)
            self.answer(201, resource)


@contextmanager
def ehr_with(resources: list[Resource], **more: Any) -> Iterator[SmartEhr]:
    """An EHR that holds these resources, until the block ends."""
    ehr = SmartEhr(resources, **more)
    server = _Server(("127.0.0.1", 0), type("ThisHandler", (SmartHandler,), {"fhir": ehr}))
    ehr.base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield ehr
    finally:
        ehr.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
