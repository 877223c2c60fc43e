"""An application under gunicorn with one worker, and one connection to it that is kept."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60
"""Seconds until a server that does not answer is given up."""
BETWEEN_TRIES = 0.002


class ServerFailed(Exception):
    """gunicorn ended or never answered; the message is its log."""


@dataclass
class Server:
    """A running application."""

    process: subprocess.Popen[bytes]
    started: float
    """When it was started, on the clock of time.perf_counter()."""
    connection: http.client.HTTPConnection

    def get(self, path: str) -> bytes:
        """The body of a GET, which must be a 200."""
        self.connection.request("GET", path)
        return self._body()

    def post(self, path: str, body: bytes) -> bytes:
        """The body of the answer to a POST of JSON, which must be a 200."""
        self.connection.request("POST", path, body, {"Content-Type": "application/json"})
        return self._body()

    def peak_memory(self) -> int | None:
        """The most bytes that the worker ever had resident; None where there is no /proc to tell."""
        pid = self.process.pid
        try:
            worker = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
            lines = Path(f"/proc/{worker}/status").read_text().splitlines()
        except (OSError, IndexError):
            return None
        kibibytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
        return int(kibibytes) * 1024

    def _body(self) -> bytes:
        response = self.connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            raise ServerFailed(f"{response.status} {response.reason}: {body[:400].decode(errors='replace')}")
        return body


@contextlib.contextmanager
def served(application: str | None = None) -> Iterator[Server]:
    """The application (by default the one that cds_service/gunicorn_conf.py names), stopped at the end.

    It runs in a folder of its own, so that nothing that it may store stays behind.
    """
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:cds_service.gunicorn_conf"]
    environment = os.environ | {
        "CDS_ALLOW_ANONYMOUS": "true",
        "CDS_HOST": HOST,
        "CDS_PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "WEB_CONCURRENCY": "1",
    }
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command + ([application] if application else []),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            _connect(process, connection)
            yield Server(process, started, connection)
        except (OSError, ServerFailed) as error:
            log.seek(0)
            raise ServerFailed(f"{error}\n{log.read().decode(errors='replace')}") from error
        finally:
            connection.close()
            process.send_signal(signal.SIGTERM)
            process.wait()


def _connect(process: subprocess.Popen[bytes], connection: http.client.HTTPConnection) -> None:
    """Knock until the door opens."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise ServerFailed(f"gunicorn ended with status {process.returncode}")
        with contextlib.suppress(ConnectionRefusedError):
            connection.connect()
            return
        time.sleep(BETWEEN_TRIES)
    raise ServerFailed(f"no answer within {PATIENCE} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
