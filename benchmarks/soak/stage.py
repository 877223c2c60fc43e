"""One service, from its start to its end: alone, under load beside the yardstick, under load while things break."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.run import PATH, YARDSTICK, check
from benchmarks.soak.clients import PATIENCE, Call, Client, Load, Signer
from benchmarks.soak.faults import End, Faults
from benchmarks.soak.report import Run
from benchmarks.soak.served import Served, served
from benchmarks.soak.verdict import DEADLINE

CLIENTS = 16
YARDSTICK_PART = 0.1
"""The yardstick's time as part of the calm one, once before it and once after it. It comes on top."""

Kind = Callable[[Client], None]
Meanwhile = Callable[[], None]


@dataclass(frozen=True)
class Stage:
    """A way to run the service, and who calls it then."""

    title: str
    settings: Mapping[str, str]
    calm: Kind
    """What all clients do while nothing is broken."""
    others: Sequence[Kind]
    """What they do while things break, but for those that have the chart read from FHIR servers."""
    shows_tokens: bool

    def mixture(self, servers: Sequence[str]) -> list[Kind]:
        """What each client does while things break."""
        fetching = [partial(Client.fetching, server=server, protected=self.shows_tokens) for server in servers]
        rest = range(CLIENTS - len(fetching))
        return [*(self.others[number % len(self.others)] for number in rest), *fetching]


def both_stages(folder: Path, signer: Signer, servers: Sequence[str]) -> tuple[Stage, Stage]:
    """The two services, without their database. The FHIR servers are the client's own, or for all."""
    clients_file = folder / "clients.json"
    clients_file.write_text(json.dumps([each | {"fhir_servers": list(servers)} for each in signer.registration()]))
    deadline = {"CDS_FETCH_DEADLINE": str(DEADLINE)}
    return (
        Stage(
            "a service for its clients alone",
            deadline | {"CDS_CLIENTS_FILE": str(clients_file)},
            Client.protected,
            (Client.protected, Client.feedback, Client.replayed),
            shows_tokens=True,
        ),
        Stage(
            "a service for anybody",
            deadline | {"CDS_ALLOW_ANONYMOUS": "true", "CDS_FHIR_SERVERS": ",".join(servers)},
            Client.anonymous,
            (Client.anonymous, Client.anonymous, Client.anonymous_feedback),
            shows_tokens=False,
        ),
    )


@dataclass(frozen=True)
class Lengths:
    """Seconds: with nothing broken, and while things break."""

    calm: float
    broken: float


@dataclass(frozen=True)
class Surroundings:
    """What both services have around them."""

    folder: Path
    database: str
    signer: Signer
    body: bytes
    servers: Mapping[str, str]
    """Base addresses of the FHIR servers by what is wrong with them."""


def run(stage: Stage, around: Surroundings, seconds: Lengths) -> Run:
    """One stage: the yardstick, the service while all is well, the yardstick again, the service while nothing is."""
    settings = {**stage.settings, "CDS_DATABASE_URL": around.database}
    with _both(around.folder, settings) as (bare, service):
        signer = around.signer
        load = Load(service, signer, around.body, {}, around.servers)
        load = replace(load, expected=alone(load, stage))
        yardstick = Load(bare, signer, around.body, {}, {})
        pause = partial(time.sleep, seconds.calm * YARDSTICK_PART)

        before = called(yardstick, [Client.yardstick] * CLIENTS, pause)
        calm = called(load, [stage.calm] * CLIENTS, partial(time.sleep, seconds.calm))
        after = called(yardstick, [Client.yardstick] * CLIENTS, pause)
        faults, end = Faults(service), End(service)
        troubled = called(load, stage.mixture(list(around.servers)), lambda: end.after(faults, seconds.broken))

        log = service.log.read_text(errors="replace")
        lost = missing(load.acknowledged, around.database)
        return Run(before + after, calm, troubled, faults, end, log, len(load.acknowledged), lost)


@contextmanager
def _both(folder: Path, settings: Mapping[str, str]) -> Iterator[tuple[Served, Served]]:
    """The yardstick, and the service."""
    with served(folder, YARDSTICK) as bare, served(folder, **settings) as service:
        yield bare, service


def alone(load: Load, stage: Stage) -> dict[str, object]:
    """The determination that is given while nothing else is asked: all is met. The right one from then on."""
    token = {"Authorization": f"Bearer {load.token(PATH)}"} if stage.shows_tokens else {}
    with closing(load.served.connect(PATIENCE)) as connection:
        connection.request("POST", PATH, load.body, {"Content-Type": "application/json"} | token)
        answer = connection.getresponse().read()
    check(answer)
    extension: dict[str, object] = json.loads(answer)["extension"]
    return extension


def called(load: Load, kinds: Sequence[Kind], meanwhile: Meanwhile) -> list[Call]:
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
