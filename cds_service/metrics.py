"""Figures for whoever runs the service: counts and times, in Prometheus' text format. Nothing of any patient.

Label values are bounded: they are words of this service, and a service id that a caller made up counts as `other`.

With several gunicorn workers PROMETHEUS_MULTIPROC_DIR has to name an empty folder before this module is imported; the
workers then keep their figures there, and whichever is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
OTHER = "other"
READ = ("complete", "absent")
"""What was asked for was read, or is known not to be there."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0)
"""Upper ends of the buckets, closest around what CDS Hooks asks for (0.5 s) and the deadline for fetching (1.5 s)."""


class Metrics:
    """The figures of one application."""

    def __init__(self, services: Collection[str]) -> None:
        """`services` are the ids that calls are counted under; `discovery` and `worksheet` always are two."""
        self._services = {*services, "discovery", "worksheet"}
        self._registry = CollectorRegistry()
        self._calls = self._counter("calls", "Calls answered.", "service", "kind", "status")
        self._seconds = Histogram(
            "kresladi_call_seconds",
            "Seconds from a call's first byte read to its answer.",
            ("service", "kind"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._outcomes = self._counter("outcomes", "Determinations, and feedback, by outcome.", "service", "outcome")
        self._cards = self._counter("cards", "Cards shown.", "service", "topic")
        self._fetch_failures = self._counter("fetch_failures", "Parts of charts that could not be fetched.", "reason")
        self._store_failures = self._counter("store_failures", "Times that the store failed.", "purpose")

    def knows(self, service: str) -> bool:
        """Whether calls are counted under this id."""
        return service in self._services

    def called(self, service: str, kind: str, status: int, seconds: float) -> None:
        """A call was answered; `kind` is `discovery`, `call`, `feedback` or `worksheet`."""
        service = self._known(service)
        self._calls.labels(service, kind, str(status)).inc()
        self._seconds.labels(service, kind).observe(seconds)

    def answered(self, service: str, outcomes: Iterable[str], topics: Iterable[str]) -> None:
        """What an answer, or feedback, said."""
        service = self._known(service)
        for outcome in outcomes:
            self._outcomes.labels(service, outcome).inc()
        for topic in topics:
            self._cards.labels(service, topic).inc()

    def fetched(self, endings: Iterable[str]) -> None:
        """How the asks of the EHR's FHIR server ended, each one of a fixed few words; only failures are counted."""
        for ended in endings:
            if ended not in READ:
                self._fetch_failures.labels(ended).inc()

    def store_failed(self, purpose: str) -> None:
        """The store could not do what it was wanted for."""
        self._store_failures.labels(purpose).inc()

    def text(self) -> bytes:
        """All figures, of all workers."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _known(self, service: str) -> str:
        return service if self.knows(service) else OTHER

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"kresladi_{name}", says, labels, registry=self._registry)
