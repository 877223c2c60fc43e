"""Databases for tests: a SQLite file always, and a PostgreSQL database where CDS_TEST_DATABASE_URL names a server.

`.ci/postgres make test` starts one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
