"""The database: SQLite in a file, or PostgreSQL; both bounded in how long they can hold a call up."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, InvalidatePoolError

from cds_service.errors import ConfigurationError
from cds_service.store import patience

VARIABLE = "CDS_DATABASE_URL"
PATIENCE = 2
"""Seconds to wait for a connection, or for another's lock."""
USED_JUST_NOW = 0.5
"""Seconds since its last use in which a connection is taken to be alive."""
LONGEST = 3
"""Seconds that all of a transaction may wait for PostgreSQL; its own limits end a statement before that."""
MIGRATION_LOCK = 0x4B524553
"""Of PostgreSQL's advisory locks; any number that is always the same."""
_POSTGRESQL: dict[str, Any] = {
    "connect_args": {
        "connect_timeout": PATIENCE,
        "options": f"-c statement_timeout={PATIENCE * 1000} -c lock_timeout={PATIENCE * 1000}",
        # A server that is gone without a word is noticed as fast as one that refuses.
        "tcp_user_timeout": PATIENCE * 1000,
        "keepalives_idle": PATIENCE,
        "keepalives_interval": 1,
        "keepalives_count": 2,
    },
}


def engine_for(address: str) -> Engine:
    """The engine; nothing is opened yet. Raises ConfigurationError, which names CDS_DATABASE_URL and no password."""
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_timeout=PATIENCE, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    engine = create_engine(url, hide_parameters=True, pool_timeout=PATIENCE, **_POSTGRESQL)
    event.listen(engine, "do_connect", patience.connect)
    _look_after(engine)
    return engine


def is_there(address: str) -> bool:
    """Whether there is a store to read: a SQLite file that is yet to be written is none. Raises ConfigurationError."""
    url = _url(address)
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


def _look_after(engine: Engine) -> None:
    """Replace a connection that died while PostgreSQL was restarted, before a call notices.

    SQLAlchemy would ask each time a connection is taken; under load that is a third of all that is asked.
    """

    @event.listens_for(engine, "checkin")
    def leave(_: Any, record: Any) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def take(connection: Any, record: Any, _: Any) -> None:
        left = record.info.get("left")
        if left is None or time.monotonic() - left < USED_JUST_NOW:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error:
            raise InvalidatePoolError from None


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"{VARIABLE} is no SQLAlchemy URL") from None
    backend = url.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigurationError(f"{VARIABLE} has to begin with sqlite:/// or postgresql://")
    if url.database in (None, "", ":memory:"):
        raise ConfigurationError(f"{VARIABLE} has to name a file: replay protection has to outlive a restart")
    return url.set(drivername="sqlite+pysqlite")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """WAL, so that readers and the one writer do not wait for each other.

    FULL, although WAL would be safe from corruption with NORMAL: with NORMAL a power cut may take back the last
    commits, and feedback that was answered with 200 is lost. It costs one fsync a commit.
    """
    with closing(connection.cursor()) as cursor:
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")


def _switch_to_wal(cursor: Any) -> None:
    """The first switch needs the file for itself, and SQLite does not wait for that by itself."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def lock_for_migration(connection: Connection) -> None:
    """One worker at a time from here to the end of the transaction; the others wait, and find the work done.

    To be called first in the transaction.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        # The wait for the lock is bounded; the work under it takes as long as it takes.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
