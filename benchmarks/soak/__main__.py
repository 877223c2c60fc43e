"""The run. Ends with 1 only when an answer or acknowledged feedback is wrong or lost."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks.generate import hook_request
from benchmarks.run import SMALL, WrongAnswer, discovered_templates
from benchmarks.serve import ServerFailed
from benchmarks.soak.clients import Signer
from benchmarks.soak.ehr import fhir_servers
from benchmarks.soak.report import report
from benchmarks.soak.served import WORKERS
from benchmarks.soak.stage import CLIENTS, Lengths, Surroundings, both_stages, run
from tests.databases import SERVER, fresh


def main() -> int:
    """Run it all; 0 whatever the figures, 1 when something is wrong or lost, or a server fails."""
    if not SERVER or not {"PG_CTL", "PGDATA"} <= set(os.environ):
        print("run it as `make soak`: it needs a PostgreSQL of its own (.ci/postgres)", file=sys.stderr)
        return 1
    seconds = Lengths(*(float(os.environ.get(name, "60")) for name in ("SOAK_SECONDS", "SOAK_FAULT_SECONDS")))
    try:
        return soak(Console(width=120), seconds)
    except (ServerFailed, WrongAnswer) as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def soak(console: Console, seconds: Lengths) -> int:
    """Both stages, one after the other, so that each has the two cores for itself."""
    body = hook_request(SMALL.resources, discovered_templates())
    console.print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {WORKERS} gunicorn "
        f"workers, {CLIENTS} clients, {len(body):,} bytes a request; {seconds.calm:g} s with nothing broken, then "
        f"{seconds.broken:g} s while things break"
    )
    failed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(fhir_servers())
        signer = Signer()
        for stage in both_stages(folder, signer, list(servers.values())):
            with fresh("postgresql", folder) as database:
                console.rule(stage.title, align="left")
                failed |= report(console, run(stage, Surroundings(folder, database, signer, body, servers), seconds))
    return failed


if __name__ == "__main__":
    sys.exit(main())
