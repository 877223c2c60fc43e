"""The store: transactions that either hold or say so, on a database that is brought up to date first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from cds_service.store.engine import LONGEST, PATIENCE, engine_for, lock_for_migration
from cds_service.store.errors import StoreUnavailable
from cds_service.store.patience import within
from cds_service.store.schema import NewerSchema, is_current, migrate, replay
from cds_service.store.silence import Silence

Insert = sqlite.Insert | postgresql.Insert
log = logging.getLogger(__name__)
_LATEST_MOMENT = 2**40
MIGRATION_WITHIN = 300
"""Seconds for bringing an older database up to date, once it is known that there is something to do."""


def _nobody_counts(purpose: str) -> None:  # noqa: ARG001 - the default for who does not want to know
    return None


class Store:
    """One database. Safe for many threads; made before gunicorn forks, it opens nothing that workers would share."""

    def __init__(self, address: str, on_failure: Callable[[str], None] = _nobody_counts) -> None:
        """`on_failure` is told what the store was wanted for, each time that it fails.

        Raises ConfigurationError where the address can never work. A database that is down is no such error: the
        service starts, says that it is not ready, and goes on where nothing has to be stored.
        """
        self._engine = engine_for(address)
        self._on_failure = on_failure
        self._current = False
        self._lock = Lock()
        self._silence = Silence()

    def prepare(self) -> None:
        """Bring the schema up to date, once. Raises StoreUnavailable; the next transaction tries again."""
        with self._failing_closed("schema"), within(LONGEST):
            self._bring_up_to_date()
            # Nothing may be open when gunicorn forks its workers: a connection shared by two processes breaks both.
            self._engine.dispose()

    @contextmanager
    def transaction(self, purpose: str, most: float = LONGEST) -> Iterator[Connection]:
        """A transaction: committed at the end, or StoreUnavailable and nothing is changed, after `most` seconds."""
        with self._ready(purpose, most), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def statement(self, purpose: str) -> Iterator[Connection]:
        """For one statement, which commits itself: a third of the round trips of a transaction around it."""
        with self._ready(purpose), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def _ready(self, purpose: str, most: float = LONGEST) -> Iterator[None]:
        if not self._silence.is_worth_a_try():
            self._on_failure(purpose)
            raise StoreUnavailable
        with self._failing_closed(purpose), within(most):
            self._bring_up_to_date()
            yield

    def check(self) -> None:
        """Write one row, always the same. Raises StoreUnavailable: for `/health/ready`."""
        with self.transaction("readiness") as connection:
            mark = insert_into(connection, replay).values(iss="", jti="readiness", until=_LATEST_MOMENT)
            keys = [replay.c.iss, replay.c.jti]
            connection.execute(mark.on_conflict_do_update(index_elements=keys, set_={"until": _LATEST_MOMENT}))

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _bring_up_to_date(self) -> None:
        if self._current:
            return
        if not self._lock.acquire(timeout=PATIENCE):
            raise TimeoutError("another thread is still trying")
        try:
            self._migrate()
        finally:
            self._lock.release()

    def _migrate(self) -> None:
        if self._current:
            return
        with self._engine.begin() as connection:
            lock_for_migration(connection)
            if not is_current(connection):
                with within(MIGRATION_WITHIN):
                    migrate(connection)
        self._current = True

    @contextmanager
    def _failing_closed(self, purpose: str) -> Iterator[None]:
        begun = monotonic()
        try:
            yield
        except (SQLAlchemyError, NewerSchema) as error:
            self._silence.failed_after(monotonic() - begun)
            log.error("the store failed (%s): %s", purpose, _kind(error))
            self._on_failure(purpose)
            raise StoreUnavailable from None
        self._silence.is_over()


def insert_into(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows `on_conflict_…`, which each database spells alike but for itself."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _kind(error: Exception) -> str:
    """What went wrong, without the statement's values: those may be a clinician's comment."""
    if isinstance(error, NewerSchema):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return " ".join(part for part in (type(error).__name__, code) if part)
