"""Databases for tests: a SQLite file always, and a PostgreSQL database where CDS_TEST_DATABASE_URL names a server.

`.ci/postgres make test` starts one.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

SERVER = os.environ.get("CDS_TEST_DATABASE_URL", "")
KINDS = ("sqlite", "postgresql") if SERVER else ("sqlite",)


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'cds.sqlite3'}"
        return
    name = f"test_{uuid4().hex}"
    # Of the template that nobody is ever connected to: autovacuum visits the other one, and is then in the way.
    _on_server(f"CREATE DATABASE {name} TEMPLATE template0")
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    engine = create_engine(make_url(SERVER).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


class Relay:
    """Between the service and PostgreSQL: passes all on until it falls silent, and then only accepts.

    Its machine acknowledges every packet, so nothing but the client's own clock tells that nobody answers.
    """

    def __init__(self, server: str = "") -> None:
        """`server` is PostgreSQL's address; without one there is nobody to pass anything on to."""
        self._server = make_url(server) if server else None
        self._speaks = threading.Event()
        if server:
            self._speaks.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: list[socket.socket] = []
        self.connections = 0
        """How often somebody connected."""
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def can_speak(self) -> bool:
        """Whether there is a PostgreSQL behind it."""
        return self._server is not None

    @property
    def address(self) -> str:
        """What CDS_DATABASE_URL is to be."""
        url = self._server or make_url("postgresql://cds:secret@127.0.0.1/cds")
        here = url.set(host="127.0.0.1", port=self._listener.getsockname()[1])
        return here.render_as_string(hide_password=False)

    def fall_silent(self) -> None:
        """From now on nothing is passed on, on old connections and new ones."""
        self._speaks.clear()

    def speak_again(self) -> None:
        """Pass on what has been kept back, and all that comes."""
        self._speaks.set()

    def close(self) -> None:
        """End all of it."""
        self._speaks.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(client)
            if self._server is not None:
                server = socket.create_connection((self._server.host or "", self._server.port or 5432))
                self._open.append(server)
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                self._speaks.wait()
                sink.sendall(content)
            sink.shutdown(socket.SHUT_WR)
