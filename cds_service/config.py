"""The settings, read once from the environment.

| variable | meaning | default |
|---|---|---|
| `CDS_HOST`, `CDS_PORT` | where the service listens | 127.0.0.1, 8080 |
| `CDS_PUBLIC_URL` | the address that clients use; what a token's audience begins with | http://HOST:PORT |
| `CDS_CLIENTS_FILE` | JSON list of the clients whose tokens are accepted | none |
| `CDS_ALLOW_ANONYMOUS` | `true`: answer callers that show no token. Needed to start without clients | false |
| `CDS_DEVELOPMENT` | `true`: any origin, loopback FHIR servers; for development only, said loudly in the log | false |
| `CDS_CORS_ORIGINS` | comma-separated exact origins (no patterns) whose pages may call | none; any in development |
| `CDS_FHIR_SERVERS` | comma-separated base addresses that may be read, beside the clients' own | none |
| `CDS_FETCH_DEADLINE` | seconds for all fetching of one call | 1.5 |
| `CDS_CA_BUNDLE` | a PEM file: authorities for FHIR servers and key sets, beside the public ones | none |
| `CDS_DATABASE_URL` | SQLAlchemy address of the store | sqlite:///kresladi-cds.sqlite3 |
| `CDS_AUDIT_KEY` | keys the hash of patient ids in audit records; without it they hold none | none |
| `CDS_TERMINOLOGY_DIR` | a folder of ValueSets that add a site's own codes to ours | none |
| `CDS_PREFETCH` | `full`, or `light` (Patient and Coverage only) | full |
| `CDS_PLAN_NAME` | what `source.label` of a card says | CP.PHAR.599 Kresladi |
| `CDS_POLICY_URL` | what `source.url` of a card says | none |
| `CDS_LABEL_CHANGED_ON` | date of the label's last change, for section I.B | not said |
| `CDS_FORMULARY` | for I.B: `commercial=listed,marketplace=unlisted,medicaid=listed`, any subset | not said |
| `CDS_PAYERS` | for I.B: payer names and their line, `Sunshine Health=medicaid,...` | none |
| `CDS_SERVICES` | comma-separated ids of the services to offer | all |
| `CDS_TRY_IT` | `true`: the try-it page at `/`, for anybody (`CDS_ALLOW_ANONYMOUS`); on in development | false |
| `CDS_STORIES_DIR` | the folder of sample stories that the try-it page shows | sample_bundles beside the package |
| `CDS_INSIGHTS_TOKEN` | opens `/insights`, what became of the cards; 32 random characters or more | none: no page |
| `CDS_SMART_CLIENT_ID` | the id that EHRs gave to the worksheet, a SMART app; without it there is none | none |
| `CDS_SMART_CLIENT_SECRET` | makes it a confidential client: the secret, used by the service alone | none |
| `CDS_SMART_PRIVATE_KEY` | the same by a key instead (`private_key_jwt`): a file with one private JWK | none |
| `CDS_SMART_SCOPES` | what it asks the EHR for, instead of the scopes in docs/deploy.md | those |
| `CDS_FRAME_ANCESTORS` | comma-separated origins of EHRs that show it in a frame, beside its own | none |
| `WEB_CONCURRENCY` | worker processes of `cds-service serve`, 1 to 64 | 2 |
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TypeVar

from cds_service.errors import ConfigurationError
from cds_service.frozen import frozen

T = TypeVar("T")

LINES = ("commercial", "marketplace", "medicaid")
SERVICES = (
    "kresladi-order-sign",
    "kresladi-order-select",
    "kresladi-treatment-order-sign",
    "kresladi-treatment-patient-view",
)
LONGEST_DEADLINE = 30
MOST_WORKERS = 64
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
"""As a browser sends it. Nothing that the library for CORS would take for a pattern."""
SHORTEST_SECRET = 32
"""Characters of a secret that opens a page: too many to be tried."""
MAX_BODY = 25 * 1024 * 1024
"""Bytes of a request's body; a larger one is refused."""


@frozen
class Settings:
    """Everything that can be configured. Frozen: it is read once and handed on."""

    host: str = "127.0.0.1"
    port: int = 8080
    allow_anonymous: bool = False
    development: bool = False
    public_url: str = "http://127.0.0.1:8080"
    clients_file: Path | None = None
    cors_origins: tuple[str, ...] = ()
    fhir_servers: frozenset[str] = frozenset()
    fetch_deadline: float = 1.5
    ca_bundle: Path | None = None
    database_url: str = "sqlite:///kresladi-cds.sqlite3"
    audit_key: str = field(default="", repr=False)
    terminology_dir: Path | None = None
    prefetch: str = "full"
    plan_name: str = "CP.PHAR.599 Kresladi"
    policy_url: str | None = None
    label_changed_on: date | None = None
    formulary: Mapping[str, bool] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = SERVICES
    smart_client_id: str = ""
    smart_client_secret: str = field(default="", repr=False)
    smart_private_key: Path | None = None
    smart_scopes: str = ""
    frame_ancestors: tuple[str, ...] = ()
    try_it: bool = False
    stories_dir: Path | None = None
    insights_token: str = field(default="", repr=False)
    workers: int = 2

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings. Raises ConfigurationError, which names the variable."""
        read = _Reader(environment)
        host, port = read.text("CDS_HOST", "127.0.0.1"), read.number("CDS_PORT", 8080)
        here = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return cls(
            host=host,
            port=port,
            public_url=(read.address("CDS_PUBLIC_URL") or here).rstrip("/"),
            clients_file=read.path("CDS_CLIENTS_FILE"),
            cors_origins=read.origins("CDS_CORS_ORIGINS"),
            fetch_deadline=read.seconds("CDS_FETCH_DEADLINE", 1.5),
            ca_bundle=read.path("CDS_CA_BUNDLE"),
            database_url=read.text("CDS_DATABASE_URL", "sqlite:///kresladi-cds.sqlite3"),
            audit_key=read.text("CDS_AUDIT_KEY", ""),
            terminology_dir=read.path("CDS_TERMINOLOGY_DIR"),
            allow_anonymous=read.flag("CDS_ALLOW_ANONYMOUS"),
            development=read.flag("CDS_DEVELOPMENT"),
            fhir_servers=frozenset(address.rstrip("/") for address in read.items("CDS_FHIR_SERVERS")),
            prefetch=read.choice("CDS_PREFETCH", ("full", "light")),
            plan_name=read.text("CDS_PLAN_NAME", "CP.PHAR.599 Kresladi"),
            policy_url=read.address("CDS_POLICY_URL"),
            label_changed_on=read.day("CDS_LABEL_CHANGED_ON"),
            formulary=read.pairs("CDS_FORMULARY", {"listed": True, "unlisted": False}, LINES),
            payers={
                name.lower(): line
                for name, line in read.pairs("CDS_PAYERS", dict(zip(LINES, LINES, strict=True))).items()
            },
            services=read.subset("CDS_SERVICES", SERVICES),
            try_it=read.flag("CDS_TRY_IT"),
            stories_dir=read.path("CDS_STORIES_DIR"),
            insights_token=read.secret("CDS_INSIGHTS_TOKEN"),
            smart_client_id=read.text("CDS_SMART_CLIENT_ID", ""),
            smart_client_secret=read.text("CDS_SMART_CLIENT_SECRET", ""),
            smart_private_key=read.path("CDS_SMART_PRIVATE_KEY"),
            smart_scopes=read.text("CDS_SMART_SCOPES", ""),
            frame_ancestors=read.origins("CDS_FRAME_ANCESTORS"),
            workers=read.count("WEB_CONCURRENCY", 2),
        )


class _Reader:
    """Reads variables, each in its own way, and complains by name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self._environment.get(name, "").split(",") if part.strip())

    def origins(self, name: str) -> tuple[str, ...]:
        found = self.items(name)
        if not all(map(_ORIGIN.fullmatch, found)):
            raise ConfigurationError(f"{name} has to be a list of origins such as https://ehr.example, without a path")
        return found

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise ConfigurationError(f"{name} has to be a port number")
        return int(text)

    def count(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or not 0 < int(text) <= MOST_WORKERS:
            raise ConfigurationError(f"{name} has to be a number from 1 to {MOST_WORKERS}")
        return int(text)

    def seconds(self, name: str, default: float) -> float:
        text = self.text(name, str(default))
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1
        if not 0 < seconds <= LONGEST_DEADLINE:
            raise ConfigurationError(f"{name} has to be a number of seconds, at most {LONGEST_DEADLINE}")
        return seconds

    def path(self, name: str) -> Path | None:
        text = self.text(name, "")
        return Path(text) if text else None

    def flag(self, name: str) -> bool:
        text = self.text(name, "false").lower()
        if text not in ("true", "false"):
            raise ConfigurationError(f"{name} has to be true or false")
        return text == "true"

    def secret(self, name: str) -> str:
        text = self.text(name, "")
        if text and len(text) < SHORTEST_SECRET:
            raise ConfigurationError(f"{name} has to be at least {SHORTEST_SECRET} characters, random ones")
        return text

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, choices[0])
        if text not in choices:
            raise ConfigurationError(f"{name} has to be one of {', '.join(choices)}")
        return text

    def subset(self, name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        chosen = self.items(name) or choices
        if not set(chosen) <= set(choices):
            raise ConfigurationError(f"{name} may hold only {', '.join(choices)}")
        return tuple(choice for choice in choices if choice in chosen)

    def address(self, name: str) -> str | None:
        text = self.text(name, "")
        if text and not text.startswith(("https://", "http://")):
            raise ConfigurationError(f"{name} has to be an absolute http(s) address")
        return text or None

    def day(self, name: str) -> date | None:
        text = self.text(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise ConfigurationError(f"{name} has to be a date such as 2026-09-30") from None

    def pairs(self, name: str, values: Mapping[str, T], keys: tuple[str, ...] | None = None) -> dict[str, T]:
        found: dict[str, T] = {}
        for item in self.items(name):
            key, _, value = (part.strip() for part in item.partition("="))
            if value not in values or (keys is not None and key not in keys):
                allowed = f"{' or '.join(keys or ('NAME',))}={'|'.join(values)}"
                raise ConfigurationError(f"{name} has to be a list of {allowed}")
            found[key] = values[value]
        return found
