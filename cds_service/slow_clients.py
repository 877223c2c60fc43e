"""Clients that send, or take, an answer byte by byte: a thread of ours waits for one of them only so long.

gunicorn bounds the wait for the first byte of a request alone. A few connections that then say nothing would hold all
threads for ever.
"""

from __future__ import annotations

import errno
import socket
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

RECEIVED_WITHIN = 10.0
"""Seconds for all of a request once it has begun: its headers and its body."""
SENT_WITHIN = 10.0
"""Seconds for a client to take a piece of its answer."""


class PatientSocket(socket.socket):
    """A connection that takes a client which is too slow for one that has hung up."""

    _until = 0.0

    def setblocking(self, flag: bool) -> None:
        """Begin to wait: gunicorn does so for each request anew. Without `flag`, as any socket."""
        super().setblocking(flag)
        if flag:
            self._until = monotonic() + RECEIVED_WITHIN
            self.settimeout(RECEIVED_WITHIN)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What has come; nothing, as at the end of a connection, where nothing came in time."""
        # Whoever waits for less, such as for the end of a connection, does so.
        patience = self.gettimeout()
        left = self._until - monotonic()
        if patience != 0 and left <= 0:
            return b""
        if patience:
            self.settimeout(min(patience, left))
        try:
            return super().recv(size, flags)
        except TimeoutError:
            return b""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of it. Raises BrokenPipeError where the client does not take it in time."""
        self.settimeout(SENT_WITHIN)
        try:
            super().sendall(data, flags)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client does not take its answer") from None


class Worker(ThreadWorker):
    """gunicorn's worker with threads, on such connections."""

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to a thread."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)
