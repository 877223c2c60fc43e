"""The sockets that one call has in use, so that all of them can be hung up the moment its time is over.

A timeout of `requests` is per read: a server that drips one byte of its headers at a time never runs into it. Whoever
waits stops waiting at the deadline; the thread that reads is freed by shutting its socket down.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError

from cds_service.fhir.tls import SecuredAdapter

_here = threading.local()
_owning = threading.Lock()


class Line:
    """What one call has open. A connection belongs to the call that used it last: pools are shared, calls are not."""

    def __init__(self) -> None:
        self._connections: set[_Wired] = set()
        self._is_over = False

    def take_thread(self) -> None:
        """From now on, what the present thread opens belongs to this call."""
        _here.line = self

    def hold(self, connection: _Wired) -> None:
        """Take a connection into use. Raises ProtocolError once the call is over."""
        with _owning:
            if self._is_over:
                raise ProtocolError("the call is over")
            connection.line = self
            self._connections.add(connection)

    def hang_up(self) -> None:
        """Shut down what this call still has in use, and let nothing new begin."""
        with _owning:
            self._is_over = True
            for connection in self._connections:
                if connection.line is self:
                    connection.shut()


class _Wired:
    """A connection that knows whose it is and can be shut from another thread, in the middle of a handshake too."""

    line: Line | None = None
    _wire: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        opened: socket.socket = super()._new_conn()  # type: ignore[misc]
        # A second handle on the same connection: TLS takes the first one away while it shakes hands.
        self._wire = opened.dup()
        self._hold()
        return opened

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._hold()
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def shut(self) -> None:
        wire = self._wire
        if wire is None:
            return
        try:
            wire.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster

    def _hold(self) -> None:
        line = getattr(_here, "line", None)
        if line is not None:
            line.hold(self)


class _Connection(_Wired, HTTPConnection):
    pass


class _TlsConnection(_Wired, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class WiredAdapter(SecuredAdapter):
    """An adapter of `requests` whose connections can be hung up."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool manager, with pools of our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
