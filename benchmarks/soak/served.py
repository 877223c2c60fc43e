"""An application under gunicorn with two workers, and the means to harm it."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serve import HOST, ROOT, ServerFailed

WORKERS = 2
PATIENCE = 40
"""Seconds until a server that does not start, or does not end, is given up. gunicorn's own patience is 30."""


@dataclass(frozen=True)
class Served:
    """A running application."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        """What CDS_PUBLIC_URL is by default."""
        return f"http://{HOST}:{self.port}"

    def connect(self, patience: float) -> http.client.HTTPConnection:
        """A connection, not yet open."""
        return http.client.HTTPConnection(HOST, self.port, timeout=patience)

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_a_worker(self) -> None:
        """kill -9: it cannot tidy up, nor say a word to its callers."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(self.workers()), signal.SIGKILL)

    def end(self) -> int:
        """SIGTERM; the exit status, once the last call is answered."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def served(folder: Path, application: str | None = None, **settings: str) -> Iterator[Served]:
    """The application (by default the service), ready to be called, and ended in the end if it still runs."""
    port = _free_port()
    environment = os.environ | {
        "CDS_HOST": HOST,
        "CDS_PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "WEB_CONCURRENCY": str(WORKERS),
        **settings,
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:cds_service.gunicorn_conf"]
    log = folder / f"log-{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command + ([application] if application else []),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_open(process, port, log)
        yield Served(process, port, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port)):
            return
        time.sleep(0.02)
    raise ServerFailed(f"the server did not start\n{log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
