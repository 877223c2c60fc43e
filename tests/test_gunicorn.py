"""The service as it is served: `cds-service serve`, that is gunicorn, over a real socket."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cds_service.config import MAX_BODY
from cds_service.slow_clients import RECEIVED_WITHIN
from tests.charts import request

SIGN = "/cds-services/kresladi-order-sign"
JSON = {"Content-Type": "application/json"}
SECRET = "Jane-Doe-1977"


@dataclass(frozen=True)
class Served:
    """A running service: its port, and the file its log goes to."""

    port: int
    log: Path

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=20)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(served: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with closing(served.connect()) as connection:
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the service did not start: {served.log.read_text()}")


@pytest.fixture(name="served", scope="module")
def a_served_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One worker on a free port, ended with the tests."""
    folder = tmp_path_factory.mktemp("served")
    served = Served(free_port(), folder / "log")
    environment = os.environ | {
        "CDS_ALLOW_ANONYMOUS": "true",
        "CDS_PORT": str(served.port),
        "WEB_CONCURRENCY": "1",
        "CDS_DATABASE_URL": f"sqlite:///{folder / 'test.db'}",
    }
    with served.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cds_service", "serve"], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_ready(served, process)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def body_about(secret: str) -> bytes:
    body = request()
    body["context"]["patientId"] = secret
    return json.dumps(body).encode()


def chunks(size: int) -> Iterator[bytes]:
    """A hook request that goes on and on, a megabyte at a time."""
    start = body_about(SECRET)
    yield start
    for _ in range((size - len(start)) // 2**20 + 1):
        yield b" " * 2**20


def answered(served: Served, body: bytes | Iterator[bytes], *, chunked: bool = False) -> tuple[int, dict[str, object]]:
    """Status and body of one call. A refusal may come before all is sent: then it is read all the same."""
    with closing(served.connect()) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", SIGN, body=body, headers=JSON, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


_TAKES_AND_GIVES_BACK = """
import resource
from cds_service.gunicorn_conf import post_fork

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def calls():
    for _ in range(20):
        bytes(bytearray(8 << 20))

post_fork(None, None)
calls()
before = faults()
calls()
print(faults() - before)
"""


def test_memory_of_a_call_stays_for_the_next() -> None:
    """Twenty bodies of 8 MB ask the system for fewer pages than one alone would need (4,096 for it and its copy)."""
    told = subprocess.run([sys.executable, "-c", _TAKES_AND_GIVES_BACK], capture_output=True, check=True, timeout=60)
    assert int(told.stdout) < 4096 or platform.libc_ver()[0] != "glibc"


def test_a_call_is_answered(served: Served) -> None:
    """The same answer as without a network between."""
    status, answer = answered(served, json.dumps(request()).encode())
    assert status == 200
    assert answer["cards"]


def test_a_chunked_call_is_answered(served: Served) -> None:
    """Without a Content-Length, whole."""
    status, answer = answered(served, iter([body_about("p1")]), chunked=True)
    assert status == 200
    assert answer["cards"]


def test_the_limit_itself_is_read(served: Served) -> None:
    """25 MB, not a byte more."""
    status, answer = answered(served, body_about("p1").ljust(MAX_BODY))
    assert status == 200
    assert answer["cards"]


@pytest.mark.parametrize("chunked", [False, True], ids=["with Content-Length", "chunked"])
def test_a_body_over_the_limit_is_refused(served: Served, chunked: bool) -> None:
    """413, and never cut: what was cut might still be a request."""
    body = chunks(MAX_BODY + 2**20) if chunked else body_about(SECRET).ljust(MAX_BODY + 1)
    status, answer = answered(served, body, chunked=chunked)
    assert status == 413
    assert answer["resourceType"] == "OperationOutcome"
    assert SECRET not in json.dumps(answer)


@pytest.mark.parametrize(
    ("remark", "body"),
    [
        ("not JSON", SECRET.encode()),
        ("NaN", b'{"hook": "order-sign", "context": {"patientId": "Jane-Doe-1977", "x": NaN}}'),
        ("nested without end", b'{"a":' * 500_000),
        ("lists without end", b"[" * 500_000),
        ("nested without end, and closed", b'{"a":' * 200_000 + b'"Jane-Doe-1977"' + b"}" * 200_000),
        ("cut off", body_about(SECRET)[:-10]),
    ],
)
def test_what_cannot_be_read_is_refused(served: Served, remark: str, body: bytes) -> None:
    """400 with an OperationOutcome, from a worker thread with its smaller stack too."""
    status, answer = answered(served, body)
    assert status == 400
    assert answer["resourceType"] == "OperationOutcome"
    assert SECRET not in json.dumps(answer)


START = f"POST {SIGN} HTTP/1.1\r\nHost: cds.example\r\nContent-Type: application/json\r\n".encode()


def said(served: Served, content: bytes) -> bytes:
    """The first line of what comes back for these very bytes."""
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=20)) as connection:
        connection.sendall(content)
        return connection.recv(4096).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("remark", "headers", "status"),
    [
        ("two lengths", b"Content-Length: 2\r\nContent-Length: 3", 400),
        ("a length and chunks", b"Content-Length: 2\r\nTransfer-Encoding: chunked", 400),
        ("a negative length", b"Content-Length: -2", 400),
        ("a length in words", b"Content-Length: two", 400),
        ("a length that never ends", b"Content-Length: 99999999999999999999", 413),
        ("an unknown encoding", b"Transfer-Encoding: chunked, identity", 400),
        ("a blank before the colon", b"Content-Length : 2", 400),
        ("a folded header", b"X-A: one\r\n two\r\nContent-Length: 2", 400),
        ("a header too long", b"X-A: " + b"a" * 20_000, 431),
        ("too many headers", b"\r\n".join(b"X-%d: a" % number for number in range(200)), 431),
    ],
)
def test_what_a_proxy_might_read_otherwise_is_refused(served: Served, remark: str, headers: bytes, status: int) -> None:
    """Where a request ends is never a matter of opinion, and its headers are bounded."""
    assert said(served, START + headers + b"\r\n\r\n{}").split()[1] == str(status).encode()


@pytest.mark.parametrize(
    ("remark", "chunks"),
    [
        ("a size that is no number", b"zz\r\n{}\r\n0\r\n\r\n"),
        ("a negative size", b"-2\r\n{}\r\n0\r\n\r\n"),
        ("longer than said", b"2\r\n{}{}\r\n0\r\n\r\n"),
    ],
)
def test_chunks_that_are_none_are_refused(served: Served, remark: str, chunks: bytes) -> None:
    """400, and no defect of ours; the log is looked at below."""
    assert said(served, START + b"Transfer-Encoding: chunked\r\n\r\n" + chunks).split()[1] == b"400"


def test_clients_that_are_slow_do_not_hold_all_threads_for_ever(served: Served) -> None:
    """Four in the middle of their headers and four in the middle of a body, for four threads: then one that is not."""
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(8)]
    for number, each in enumerate(slow):
        each.sendall(START + (b"Content-Length: 100\r\n\r\n{" if number % 2 else b"X-Slow: "))
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=10 * RECEIVED_WITHIN)) as connection:
        connection.request("POST", SIGN, body=body_about("p1"), headers=JSON)
        assert connection.getresponse().status == 200
    for each in slow:
        each.close()


def test_it_still_answers_and_its_log_names_nobody(served: Served) -> None:
    """After all of it: one good call, and a log without the patient."""
    assert answered(served, body_about(SECRET))[0] == 200
    log = served.log.read_text()
    assert SECRET not in log
    assert "Traceback" not in log
    assert "defect" not in log
