"""Figures for whoever runs the service: added up over the workers, bounded, and nothing of any patient."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from cds_service.metrics import CONTENT_TYPE, Metrics

SERVICES = ("kresladi-order-sign", "kresladi-order-select")


def value(metrics: Metrics, name: str, **labels: str) -> float:
    """One figure as a scraper reads it; 0 where it is not there."""
    return figure(metrics.text().decode(), name, **labels)


def figure(text: str, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    ]
    return sum(found)


def test_calls_are_counted_by_service_kind_and_status() -> None:
    """And timed."""
    metrics = Metrics(SERVICES)
    for status, seconds in ((200, 0.03), (200, 0.4), (401, 0.001)):
        metrics.called("kresladi-order-sign", "call", status, seconds)
    service = {"service": "kresladi-order-sign", "kind": "call"}
    assert value(metrics, "kresladi_calls_total", status="200", **service) == 2
    assert value(metrics, "kresladi_calls_total", status="401", **service) == 1
    assert value(metrics, "kresladi_call_seconds_count", **service) == 3
    assert value(metrics, "kresladi_call_seconds_bucket", le="0.05", **service) == 2
    assert value(metrics, "kresladi_call_seconds_bucket", le="0.5", **service) == 3


def test_outcomes_and_cards_are_counted() -> None:
    """Each determination, each card."""
    metrics = Metrics(SERVICES)
    metrics.answered("kresladi-order-sign", ["criteria-met", "criteria-met"], ["criteria-met"])
    assert value(metrics, "kresladi_outcomes_total", service="kresladi-order-sign", outcome="criteria-met") == 2
    assert value(metrics, "kresladi_cards_total", service="kresladi-order-sign", topic="criteria-met") == 1


def test_only_what_could_not_be_fetched_is_a_failure() -> None:
    """That something is not there is an answer."""
    metrics = Metrics(SERVICES)
    metrics.fetched(["complete", "absent", "timed out", "timed out", "refused"])
    assert value(metrics, "kresladi_fetch_failures_total", reason="timed out") == 2
    assert value(metrics, "kresladi_fetch_failures_total", reason="refused") == 1
    assert "complete" not in metrics.text().decode()


def test_store_failures_are_counted_by_purpose() -> None:
    """So that one sees what was lost: cards, or calls."""
    metrics = Metrics(SERVICES)
    metrics.store_failed("cards")
    assert value(metrics, "kresladi_store_failures_total", purpose="cards") == 1


def test_a_caller_cannot_make_up_labels() -> None:
    """A thousand invented services are one."""
    metrics = Metrics(SERVICES)
    for number in range(1000):
        metrics.called(f"Jane Doe {number}", "call", 404, 0.001)
        metrics.answered(f"Jane Doe {number}", ["criteria-met"], [])
    assert value(metrics, "kresladi_calls_total", service="other", kind="call", status="404") == 1000
    assert "Jane" not in metrics.text().decode()
    assert len(metrics.text().splitlines()) < 60


def test_two_applications_in_one_process_do_not_mix() -> None:
    """As tests have them."""
    first, second = Metrics(SERVICES), Metrics(SERVICES)
    first.store_failed("cards")
    assert value(second, "kresladi_store_failures_total", purpose="cards") == 0


def test_the_text_is_of_the_plain_format() -> None:
    """What every scraper reads."""
    assert CONTENT_TYPE.startswith("text/plain; version=0.0.4")


WORKERS = """
import os
from cds_service.metrics import Metrics

metrics = Metrics(["kresladi-order-sign"])  # loaded once, then forked, as gunicorn does with preload_app
for number in range(3):
    if os.fork() == 0:
        for _ in range(number + 1):
            metrics.called("kresladi-order-sign", "call", 200, 0.02)
        os._exit(0)
for _ in range(3):
    os.wait()
print(metrics.text().decode())
"""


def test_workers_are_added_up(tmp_path: Path) -> None:
    """Three forked workers with one, two and three calls: whoever is asked says six."""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": f"{tmp_path}"}
    ran = subprocess.run(
        [sys.executable, "-c", WORKERS], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    labels = {"service": "kresladi-order-sign", "kind": "call"}
    assert figure(ran.stdout, "kresladi_calls_total", status="200", **labels) == 6
    assert figure(ran.stdout, "kresladi_call_seconds_count", **labels) == 6
