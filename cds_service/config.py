"""The settings, read once from the environment.

| variable | meaning | default |
|---|---|---|
| `CDS_HOST`, `CDS_PORT` | where the service listens | 127.0.0.1, 8080 |
| `CDS_ALLOW_ANONYMOUS` | `true`: answer callers that show no token. Without it the service refuses to start | false |
| `CDS_DEVELOPMENT` | `true`: for development only; said loudly in the log | false |
| `CDS_FHIR_SERVERS` | comma-separated base addresses on which the patient's id is the same patient | none |
| `CDS_PREFETCH` | `full`, or `light` (Patient and Coverage only) | full |
| `CDS_PLAN_NAME` | what `source.label` of a card says | CP.PHAR.599 Kresladi |
| `CDS_POLICY_URL` | what `source.url` of a card says | none |
| `CDS_LABEL_CHANGED_ON` | date of the label's last change, for section I.B | not said |
| `CDS_FORMULARY` | for I.B: `commercial=listed,marketplace=unlisted,medicaid=listed`, any subset | not said |
| `CDS_PAYERS` | for I.B: payer names and their line, `Sunshine Health=medicaid,...` | none |
| `CDS_SERVICES` | comma-separated ids of the services to offer | all |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from cds_service.errors import ConfigurationError

T = TypeVar("T")

LINES = ("commercial", "marketplace", "medicaid")
SERVICES = ("kresladi-order-sign", "kresladi-order-select")
MAX_BODY = 25 * 1024 * 1024
"""Bytes of a request's body; a larger one is refused."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured. Frozen: it is read once and handed on."""

    host: str = "127.0.0.1"
    port: int = 8080
    allow_anonymous: bool = False
    development: bool = False
    fhir_servers: frozenset[str] = frozenset()
    prefetch: str = "full"
    plan_name: str = "CP.PHAR.599 Kresladi"
    policy_url: str | None = None
    label_changed_on: date | None = None
    formulary: Mapping[str, bool] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = SERVICES

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings. Raises ConfigurationError, which names the variable."""
        read = _Reader(environment)
        return cls(
            host=read.text("CDS_HOST", "127.0.0.1"),
            port=read.number("CDS_PORT", 8080),
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
        )


class _Reader:
    """Reads variables, each in its own way, and complains by name."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self._environment.get(name, "").split(",") if part.strip())

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise ConfigurationError(f"{name} has to be a port number")
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.text(name, "false").lower()
        if text not in ("true", "false"):
            raise ConfigurationError(f"{name} has to be true or false")
        return text == "true"

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
