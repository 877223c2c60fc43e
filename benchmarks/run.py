"""The measurements, and what is printed about them. Ends with 1 only when an answer is wrong."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.facts import ORDER
from benchmarks.generate import PLAIN_TEMPLATES, hook_request, without_trigger
from benchmarks.serve import Server, ServerFailed, served

SERVICE = "kresladi-order-sign"
PATH = f"/cds-services/{SERVICE}"
TREATMENT = "kresladi-treatment-order-sign"
YARDSTICK = "benchmarks.yardstick:app"

MEGABYTE = 1_000_000
PEAK_MEMORY = 250 * MEGABYTE
START_UP = 2.0
STARTS = 5
WARM_UP = 3
GROWTH = 1.25
"""How much dearer a resource may be among 6,000 than among 600 for the time still to be called linear."""


@dataclass(frozen=True)
class Size:
    """One of the requests: its number of resources, how often it is sent, how many times F it may take."""

    name: str
    resources: int
    rounds: int
    target: float | None


SMALL = Size("10 KB", 10, 200, 12.0)
MEDIUM = Size("1 MB", 600, 40, 1.3)
MIDDLE = Size("5 MB", 3_000, 20, None)
LARGE = Size("10 MB", 6_000, 20, 0.5)
SIZES = [SMALL, MEDIUM, MIDDLE, LARGE]
WITHOUT_TRIGGER = [Size("10 KB", 10, 200, None), Size("1 MB", 600, 40, 1.0)]
"""Most orders of a hospital: the service around the infusion may cost no more than parsing the request. A small request
costs what any answer costs (its audit record, the look at its token), so that it has no target."""


@dataclass(frozen=True)
class Asked:
    """Which service, and what refuses a wrong answer of it with WrongAnswer."""

    path: str
    check: Callable[[bytes], None]


@dataclass(frozen=True)
class Medians:
    """Seconds per call."""

    service: float
    yardstick: float


class WrongAnswer(Exception):
    """The service answered something other than what is right: its speed is then worth nothing."""


def main() -> int:
    """Run it all; 0 whatever the figures, 1 when an answer is wrong or a server fails."""
    print(f"Python {platform.python_version()}, {platform.machine()}, one gunicorn worker each\n")
    try:
        templates = discovered_templates()
        bodies = {size: hook_request(size.resources, templates) for size in SIZES}
        around = discovered_templates(TREATMENT)
        silent = {size: without_trigger(hook_request(size.resources, around)) for size in WITHOUT_TRIGGER}
        measure_start_up(bodies[SMALL])
        with served() as service, served(YARDSTICK) as yardstick:
            medians = {size: compare(size, bodies[size], Asked(PATH, check), service, yardstick) for size in SIZES}
            report_memory(service, yardstick)
            print("\nan order without a trigger, to the service around the infusion:")
            for size, body in silent.items():
                compare(size, body, Asked(f"/cds-services/{TREATMENT}", check_silence), service, yardstick)
        report_growth(medians)
    except (ServerFailed, WrongAnswer) as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def discovered_templates(service_id: str = SERVICE) -> dict[str, str]:
    """The prefetch templates that the service itself publishes; plain ones where it publishes none."""
    with served() as service:
        services = json.loads(service.get("/cds-services"))["services"]
    published: dict[str, dict[str, str]] = next((each for each in services if each["id"] == service_id), {})
    return published.get("prefetch") or PLAIN_TEMPLATES


def measure_start_up(body: bytes) -> None:
    """From the start of gunicorn to the first whole answer."""
    service = statistics.median(first_answer(None, body) for _ in range(STARTS))
    bare = statistics.median(first_answer(YARDSTICK, body) for _ in range(STARTS))
    print(f"start-up to first answer: {service:.2f} s, F {bare:.2f} s, {service / bare:.1f} × F ", end="")
    print(f"(median of {STARTS}; target {START_UP:.0f} s){verdict(service, START_UP)}\n")


def first_answer(application: str | None, body: bytes) -> float:
    """Seconds from the start of a server to its first answer."""
    with served(application) as server:
        server.post(PATH, body)
        return time.perf_counter() - server.started


def compare(size: Size, body: bytes, asked: Asked, service: Server, yardstick: Server) -> Medians:
    """Send the request to both in turn; print the medians and their ratio."""
    for _ in range(WARM_UP):
        asked.check(service.post(asked.path, body))
        yardstick.post(asked.path, body)
    times: list[float] = []
    bare: list[float] = []
    for _ in range(size.rounds):
        seconds, answer = timed(service, asked.path, body)
        times.append(seconds)
        bare.append(timed(yardstick, asked.path, body)[0])
        asked.check(answer)
    medians = Medians(statistics.median(times), statistics.median(bare))
    ratio = medians.service / medians.yardstick
    target = f"target {size.target:g} × F" if size.target else "no target"
    print(
        f"{size.name:>5}, {size.resources:>5,} resources, {len(body):>10,} bytes: "
        f"{in_milliseconds(times)}, F {in_milliseconds(bare)}, {ratio:.2f} × F "
        f"({target}; {size.rounds} rounds){verdict(ratio, size.target)}"
    )
    return medians


def timed(server: Server, path: str, body: bytes) -> tuple[float, bytes]:
    """Seconds from the first byte sent to the last one received, and the answer."""
    start = time.perf_counter()
    answer = server.post(path, body)
    return time.perf_counter() - start, answer


def check_silence(answer: bytes) -> None:
    """Refuse an answer that says anything of orders that have nothing to do with Kresladi."""
    if json.loads(answer) != {"cards": []}:
        raise WrongAnswer("expected no cards where nothing is triggered")


def check(answer: bytes) -> None:
    """Refuse an answer in which anything but `criteria-met` is said of the order."""
    determinations = json.loads(answer).get("extension", {}).get("example.kresladi-cds.determinations", [])
    said = [(each["order"], each["outcome"]) for each in determinations]
    if said == [(ORDER, "criteria-met")]:
        return
    undecided = [
        f"{criterion['id']} {criterion['status']}"
        for each in determinations
        for criterion in each["criteria"]
        if criterion["status"] != "met"
    ]
    raise WrongAnswer(f"expected criteria-met, got {said} {undecided}")


def report_memory(service: Server, yardstick: Server) -> None:
    """The most memory that either worker had, after the largest requests."""
    peak, bare = service.peak_memory(), yardstick.peak_memory()
    if peak is None or bare is None:
        print("\npeak memory of the worker: this system does not tell")
        return
    print(
        f"\npeak memory of the worker: {peak / MEGABYTE:.0f} MB, F {bare / MEGABYTE:.0f} MB "
        f"(target {PEAK_MEMORY / MEGABYTE:.0f} MB){verdict(peak, PEAK_MEMORY)}"
    )


def report_growth(medians: dict[Size, Medians]) -> None:
    """Time per resource at three sizes: the same at all of them when the time is linear."""
    each = {size: medians[size].service / size.resources for size in (MEDIUM, MIDDLE, LARGE)}
    growth = each[LARGE] / each[MEDIUM]
    bare = medians[LARGE].yardstick / medians[MEDIUM].yardstick * MEDIUM.resources / LARGE.resources
    listed = ", ".join(f"{seconds * 1e6:.0f} µs of {size.resources:,}" for size, seconds in each.items())
    print(f"time per resource: {listed}: × {growth:.2f}, F × {bare:.2f} (target × {GROWTH:g}){verdict(growth, GROWTH)}")


def in_milliseconds(times: list[float]) -> str:
    """The median, and between which values half of the calls lie."""
    low, middle, high = (1000 * value for value in statistics.quantiles(times, n=4))
    return f"{middle:.1f} ms ({low:.1f} to {high:.1f})"


def verdict(figure: float, target: float | None) -> str:
    """A word where the figure is over the target."""
    return " OVER TARGET" if target is not None and figure > target else ""


if __name__ == "__main__":
    sys.exit(main())
