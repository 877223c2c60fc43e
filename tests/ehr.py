"""An EHR in miniature for end-to-end tests: its key, the tokens it shows, and the service as it would be configured."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm

from cds_service.app import create_app
from cds_service.config import Settings
from tests.charts import Resource
from tests.fhir_server import TOKEN

SIGN = "/cds-services/kresladi-order-sign"
FEEDBACK = f"{SIGN}/feedback"
PUBLIC = "https://cds.example"
ISSUER = "https://ehr.example"
ORIGIN = "https://app.ehr.example"
DETERMINATIONS = "example.kresladi-cds.determinations"
KEY = ec.generate_private_key(ec.SECP384R1())
KEY_SET = {"keys": [{"kid": "one", **ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)}]}


class Reader(FlaskClient):
    """A client that reads each answer to its end, as a real one does: what the service does behind it is then done."""

    def open(self, *what: Any, **more: Any) -> Any:
        """The answer, read."""
        return super().open(*what, **more | {"buffered": True})


def clients_file(folder: Path, *fhir_servers: str) -> Path:
    """A file with this EHR as the only client."""
    file = folder / "clients.json"
    file.write_text(json.dumps([{"iss": ISSUER, "jwks": KEY_SET, "fhir_servers": fhir_servers}]))
    return file


def claims(**more: Any) -> dict[str, Any]:
    """The claims of a good token that is shown now for the first time."""
    now = int(time.time())
    return {"iss": ISSUER, "aud": f"{PUBLIC}{SIGN}", "iat": now, "exp": now + 300, "jti": str(uuid4())} | more


def bearer(key: Any = KEY, alg: str = "ES384", kid: str = "one", **more: Any) -> dict[str, str]:
    """The header of a call, with a token of these claims."""
    return {"Authorization": f"Bearer {jwt.encode(claims(**more), key, alg, {'kid': kid})}"}


def service(folder: Path, *fhir_servers: str, **more: Any) -> FlaskClient:
    """The service with this EHR as its client, called without a network between."""
    settings: dict[str, Any] = {
        "clients_file": clients_file(folder, *fhir_servers),
        "public_url": PUBLIC,
        "database_url": f"sqlite:///{folder / 'cds.sqlite3'}",
    }
    app = create_app(Settings(**settings | more))
    app.test_client_class = Reader
    return app.test_client()


def anonymous(folder: Path, **more: Any) -> FlaskClient:
    """The service for anybody."""
    return service(folder, clients_file=None, allow_anonymous=True, **more)


def authorized(body: Resource, server: str, token: str = TOKEN) -> Resource:
    """The request with an address and a token for reading the chart."""
    authorization = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs"}
    return body | {"fhirServer": server, "fhirAuthorization": authorization}


def determinations(answer: Resource) -> list[Resource]:
    """What was determined, one for each order."""
    found: list[Resource] = answer.get("extension", {}).get(DETERMINATIONS, [])
    return found


def topics_of(answer: Resource) -> list[str]:
    """The topics of the cards, in their order."""
    return [card["source"]["topic"]["code"] for card in answer["cards"]]


def outcome(body: Any) -> Resource:
    """The one issue of an OperationOutcome."""
    assert body["resourceType"] == "OperationOutcome"
    [issue] = body["issue"]
    found: Resource = issue
    return found
