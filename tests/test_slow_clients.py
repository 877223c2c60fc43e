"""Clients that take their time: what a thread waits for, and what it does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from cds_service import slow_clients
from cds_service.slow_clients import PatientSocket


@pytest.fixture(name="ends")
def both_ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[PatientSocket, socket.socket]]:
    """Ours and the client's, with patience of a moment."""
    monkeypatch.setattr(slow_clients, "RECEIVED_WITHIN", 0.2)
    monkeypatch.setattr(slow_clients, "SENT_WITHIN", 0.2)
    ours, theirs = socket.socketpair()
    with PatientSocket(fileno=ours.detach()) as patient, theirs:
        patient.setblocking(True)
        yield patient, theirs


def test_what_is_sent_is_received(ends: tuple[PatientSocket, socket.socket]) -> None:
    """As on any connection, and again after a pause between two requests."""
    ours, theirs = ends
    for word in (b"one", b"two"):
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(10)
        ours.setblocking(True)
        theirs.sendall(word)
        assert ours.recv(10) == word


def test_silence_is_the_end(ends: tuple[PatientSocket, socket.socket]) -> None:
    """Nothing more comes in time: as if the client had hung up, now and for the rest of the request."""
    ours, theirs = ends
    assert ours.recv(10) == b""
    theirs.sendall(b"too late")
    assert ours.recv(10) == b""


def test_dripping_does_not_buy_time(ends: tuple[PatientSocket, socket.socket]) -> None:
    """The time is for all of the request, not for each byte."""
    ours, theirs = ends
    over = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not over.wait(0.01):
                theirs.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    received = 0
    while piece := ours.recv(1):
        received += len(piece)
    over.set()
    dripping.join()
    assert 0 < received < 200


def test_whoever_wants_to_wait_less_does(ends: tuple[PatientSocket, socket.socket]) -> None:
    """gunicorn sets a shorter time for the end of a connection."""
    ours, theirs = ends
    ours.settimeout(0.01)
    assert ours.recv(10) == b""
    theirs.sendall(b"in time for us")
    assert ours.recv(20) == b"in time for us"


def test_a_client_that_does_not_take_its_answer_is_left(ends: tuple[PatientSocket, socket.socket]) -> None:
    """Told as gunicorn expects it of a client that is gone."""
    ours, theirs = ends
    with pytest.raises(BrokenPipeError):
        ours.sendall(b"x" * 50_000_000)
    assert theirs.recv(1) == b"x"
