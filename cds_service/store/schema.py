"""The tables, and how an older database becomes a current one.

Times are text in UTC that sorts as time, so that both databases group them alike; `replay.until` is seconds of the
epoch.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    select,
)

tables = MetaData()

schema_versions = Table("schema_versions", tables, Column("version", Integer, primary_key=True, autoincrement=False))

replay = Table(
    "replay",
    tables,
    Column("iss", String(255), primary_key=True),
    Column("jti", String(255), primary_key=True),
    Column("until", BigInteger, nullable=False),
    Index("replay_until", "until"),
)

cards = Table(
    "cards",
    tables,
    Column("card", String(128), primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("criteria", JSON, nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("service", String(64), nullable=False),
    Column("client", String(255), nullable=False),
    Column("shown_at", String(27), nullable=False),
    Index("cards_shown_at", "shown_at"),
)

suggestions = Table(
    "suggestions",
    tables,
    Column("suggestion", String(128), primary_key=True),
    Column("card", String(128), nullable=False),
)

feedback = Table(
    "feedback",
    tables,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("card", String(128), nullable=False),
    Column("client", String(255), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("outcome_at", String(27), nullable=False),
    Column("service", String(64), nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("reason_system", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("received_at", String(27), nullable=False),
    # The same report twice is one report. Of each client its own: nobody can take another's place in advance.
    UniqueConstraint("card", "client", "outcome", "outcome_at", name="feedback_once"),
)

Migration = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    tables.create_all(connection, checkfirst=False)


MIGRATIONS: tuple[Migration, ...] = (_first_tables,)
"""The n-th makes version n of version n - 1. What was released is never edited; a change is a new one at the end.

From the second on, a migration spells out its own DDL: `tables` shows the newest state, not the one of its day.
"""


class NewerSchema(Exception):
    """The database was made by a later release of this service."""


def version_of(connection: Connection) -> int:
    """The schema version of the database; 0 where it is empty."""
    if not inspect(connection).has_table(schema_versions.name):
        return 0
    versions = connection.scalars(select(schema_versions.c.version)).all()
    return max(versions, default=0)


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest version that this release knows."""
    return version_of(connection) == len(MIGRATIONS)


def migrate(connection: Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring the database to the newest version. The caller holds a lock and the transaction. Raises NewerSchema."""
    version = version_of(connection)
    if version > len(migrations):
        raise NewerSchema(f"schema version {version}, and this release knows {len(migrations)}")
    for number, migration in enumerate(migrations[version:], version + 1):
        migration(connection)
        connection.execute(insert(schema_versions).values(version=number))
