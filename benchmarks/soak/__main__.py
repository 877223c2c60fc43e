"""The run, and what is printed of it. Ends with 1 only when an answer or acknowledged feedback is wrong or lost."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from sqlalchemy import create_engine, make_url, text

from benchmarks.generate import hook_request
from benchmarks.run import PATH, SMALL, YARDSTICK, WrongAnswer, check, discovered_templates
from benchmarks.serve import ServerFailed
from benchmarks.soak.clients import PATIENCE, Call, Client, Load, Signer
from benchmarks.soak.ehr import fhir_servers
from benchmarks.soak.faults import CALM, End, Faults
from benchmarks.soak.report import Run, report
from benchmarks.soak.served import WORKERS, Served, served
from benchmarks.soak.verdict import DEADLINE
from tests.databases import SERVER, fresh

CLIENTS = 16
YARDSTICK_PART = 0.1
"""The yardstick's time as part of the whole, once before the calm part and once after it. It comes on top."""

Kind = Callable[[Client], None]


def main() -> int:
    """Run it all; 0 whatever the figures, 1 when something is wrong or lost, or a server fails."""
    if not SERVER or "PG_CTL" not in os.environ:
        print("run it as `make soak`: it needs a PostgreSQL of its own (.ci/postgres)", file=sys.stderr)
        return 1
    try:
        return soak(Console(width=120), float(os.environ.get("SOAK_SECONDS", "60")))
    except (ServerFailed, WrongAnswer) as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def soak(console: Console, seconds: float) -> int:
    """One run: the yardstick, the service while all is well, the yardstick again, the service while nothing is."""
    body = hook_request(SMALL.resources, discovered_templates())
    console.print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; "
        f"{WORKERS} gunicorn workers, {CLIENTS} clients, {len(body):,} bytes a request, {seconds:g} s"
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(fresh("postgresql", folder))
        servers = stack.enter_context(fhir_servers())
        signer = Signer()
        bare = stack.enter_context(served(folder, YARDSTICK))
        service = stack.enter_context(served(folder, **settings(folder, signer, database, list(servers.values()))))
        load = Load(service, signer, body, alone(service, body), servers)
        yardstick = Load(bare, signer, body, {}, {})
        pause = partial(time.sleep, seconds * YARDSTICK_PART)

        before = called(yardstick, [Client.yardstick] * CLIENTS, pause)
        calm = called(load, [Client.anonymous, Client.protected] * (CLIENTS // 2), partial(time.sleep, seconds * CALM))
        after = called(yardstick, [Client.yardstick] * CLIENTS, pause)
        faults = Faults(service)
        end = End(service)
        troubled = called(load, mixture(list(servers)), lambda: end.after(faults, seconds * (1 - CALM)))

        run = Run(before + after, calm, troubled, faults, end, service.log.read_text(errors="replace"))
        lost = missing(load.acknowledged, database)
        return report(console, run, len(load.acknowledged), lost)


def settings(folder: Path, signer: Signer, database: str, servers: Sequence[str]) -> dict[str, str]:
    """The service's: one trusted client, and whoever shows no token is answered too."""
    clients_file = folder / "clients.json"
    clients_file.write_text(json.dumps(signer.registration()))
    return {
        "CDS_ALLOW_ANONYMOUS": "true",
        "CDS_CLIENTS_FILE": str(clients_file),
        "CDS_DATABASE_URL": database,
        "CDS_FETCH_DEADLINE": str(DEADLINE),
        "CDS_FHIR_SERVERS": ",".join(servers),
    }


def mixture(servers: Sequence[str]) -> list[Kind]:
    """What the clients do while things break: each does one kind of call, the last ones read from FHIR servers."""
    fetching: list[Kind] = [partial(Client.fetching, server=server) for server in servers]
    rest = CLIENTS - len(fetching)
    kinds = [Client.anonymous, Client.protected, Client.feedback, Client.replayed]
    return [kinds[number % len(kinds)] for number in range(rest)] + fetching


def alone(service: Served, body: bytes) -> dict[str, object]:
    """The determination that is given while nothing else is asked: all is met. The right one from then on."""
    with closing(service.connect(PATIENCE)) as connection:
        connection.request("POST", PATH, body, {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
    check(answer)
    extension: dict[str, object] = json.loads(answer)["extension"]
    return extension


def called(load: Load, kinds: Sequence[Kind], meanwhile: Callable[[], None]) -> list[Call]:
    """The calls of one client of each kind, again and again, until what happens meanwhile is done."""
    load = replace(load, calls=[], over=threading.Event())

    def call(kind: Kind) -> None:
        client = Client(load)
        while not load.over.is_set():
            kind(client)

    threads = [threading.Thread(target=call, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    try:
        meanwhile()
    finally:
        load.over.set()
        for thread in threads:
            thread.join()
    return load.calls


def missing(acknowledged: Sequence[tuple[str, str]], database: str) -> int:
    """How much of the feedback that was acknowledged is not in the database."""
    engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT card, outcome_at FROM feedback")).all()
    engine.dispose()
    kept = {(card, datetime.fromisoformat(moment)) for card, moment in rows}
    return sum(1 for card, moment in acknowledged if (card, datetime.fromisoformat(moment)) not in kept)


if __name__ == "__main__":
    sys.exit(main())
