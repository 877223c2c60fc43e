"""FHIR servers on loopback that hold the benchmark's chart, and misbehave where it is asked for its results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.facts import SUBJECT, chart
from tests.fhir_server import TOKEN, Behaviour, body, drip_body, hang, serving, truncate

WELL = "well"
TOO_MANY = "10,000 entries"
RESULTS = "Observation"
MANY = 10_000

__all__ = ["TOKEN", "TOO_MANY", "WELL", "fhir_servers"]


@contextmanager
def fhir_servers() -> Iterator[dict[str, str]]:
    """The base address of each server by what is wrong with it."""
    faults: dict[str, Behaviour | None] = {
        WELL: None,
        "hangs": hang,
        "drips": drip_body,
        "truncates": truncate,
        TOO_MANY: body(_many()),
    }
    with ExitStack() as stack:
        bases = {}
        for name, behaviour in faults.items():
            server = stack.enter_context(serving(chart()))
            if behaviour is not None:
                server.when(RESULTS, behaviour)
            bases[name] = server.base
        yield bases


def _many() -> bytes:
    """One page of 10,000 results: the chart's own, among heart rates that decide nothing."""
    own = [resource for resource in chart() if resource["resourceType"] == RESULTS]
    filler = [_heart_rate(number) for number in range(MANY - len(own))]
    entries = [{"resource": resource} for resource in [*filler[:5000], *own, *filler[5000:]]]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "total": MANY, "entry": entries}).encode()


def _heart_rate(number: int) -> dict[str, object]:
    return {
        "resourceType": RESULTS,
        "id": f"heart-rate-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Heart rate"},
        "subject": SUBJECT,
        "effectiveDateTime": "2025-06-01",
        "valueQuantity": {
            "value": 80 + number % 40,
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
    }
