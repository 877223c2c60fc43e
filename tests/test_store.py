"""What outlives a call: on SQLite always, and on PostgreSQL where `.ci/postgres` has started one."""

from __future__ import annotations

import csv
import io
import json
import logging
import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Connection, func, insert, inspect, select, text, update

from cds_service.errors import ConfigurationError
from cds_service.store import engine as engines
from cds_service.store import store as stores
from cds_service.store.errors import StoreUnavailable
from cds_service.store.guidance import ShownCards, keep_feedback
from cds_service.store.records import Feedback, Reason, ShownCard, as_text
from cds_service.store.replay import Replay
from cds_service.store.report import Report, Row, report
from cds_service.store.schema import MIGRATIONS, cards, feedback, migrate, replay, schema_versions, suggestions
from cds_service.store.store import Store
from cds_service.store.views import as_csv, as_json, as_table
from tests.databases import KINDS, fresh

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()
DAY = 86_400


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    with fresh(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A store on an empty database."""
    opened = Store(address)
    yield opened
    opened.close()


def count(store: Store, table: Any) -> int:
    with store.transaction("test") as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def card(id_: str = "c1", topic: str = "missing-documentation", **more: Any) -> ShownCard:
    values: dict[str, Any] = {"criteria": ("I.A.1", "I.A.4"), "indicator": "warning", "service": "kresladi-order-sign"}
    return ShownCard(id_, topic, **(values | more))


def said(
    id_: str = "c1", outcome: str = "overridden", at: str = "2026-11-21T10:00:00.000000Z", **more: Any
) -> Feedback:
    return Feedback(id_, outcome, at, **more)


# --- the schema -------------------------------------------------------------------------------------------------------


def test_an_empty_database_becomes_current_and_stays_so(address: str) -> None:
    """Opening it a second time changes nothing and loses nothing."""
    for is_new in (True, False):
        store = Store(address)
        store.prepare()
        with store.transaction("test") as connection:
            assert connection.scalars(select(schema_versions.c.version)).all() == [len(MIGRATIONS)]
            assert {"replay", "cards", "suggestions", "feedback"} <= set(inspect(connection).get_table_names())
        assert Replay(store).remember("iss", "jti", int(NOW)) is is_new
        store.close()


def test_no_table_has_a_place_for_a_patient() -> None:
    """Cards are tied to topic and criteria, never to whom they were about."""
    columns = {column.name for table in (replay, cards, suggestions, feedback) for column in table.columns}
    assert not {name for name in columns if "patient" in name or "subject" in name or "order" in name}


def test_an_older_database_is_upgraded_in_order_and_keeps_what_it_holds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release with two more versions applies just those two, in one transaction."""
    Replay(store).remember("iss", "jti", int(NOW))

    def add_column(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE replay ADD COLUMN note VARCHAR(10)"))

    def fill_column(connection: Connection) -> None:
        connection.execute(text("UPDATE replay SET note = 'old'"))

    with store.transaction("test") as connection:
        migrate(connection, (*MIGRATIONS, add_column, fill_column))
    with store.transaction("test") as connection:
        assert connection.execute(text("SELECT jti, note FROM replay")).all() == [("jti", "old")]
        assert sorted(connection.scalars(select(schema_versions.c.version))) == [1, 2, 3]


def test_a_migration_that_fails_leaves_the_database_as_it_was(store: Store) -> None:
    """Half a version is none: tables made by it are gone too."""
    store.prepare()

    def half(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.execute(text("CREATE TABLE replay (id INTEGER)"))

    def upgrade() -> None:
        with store.transaction("test") as connection:
            # As the store begins a migration: Python's sqlite3 would otherwise commit each statement of DDL by itself.
            engines.lock_for_migration(connection)
            migrate(connection, (*MIGRATIONS, half))

    with pytest.raises(StoreUnavailable):
        upgrade()
    with store.transaction("test") as connection:
        assert "half" not in inspect(connection).get_table_names()
        assert connection.scalars(select(schema_versions.c.version)).all() == [1]


def test_a_database_of_a_later_release_is_left_alone(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """An older release does not know what it would break; the log says so."""
    with store.transaction("test") as connection:
        connection.execute(insert(schema_versions).values(version=99))
    stale = Store(store._engine.url.render_as_string(hide_password=False))
    with pytest.raises(StoreUnavailable):
        Replay(stale).remember("iss", "jti", int(NOW))
    assert "schema version 99" in caplog.text
    stale.close()


def _start(address: str, jti: str) -> bool:
    """A worker that starts on an empty database and is shown a token."""
    store = Store(address)
    store.prepare()
    first = Replay(store).remember("iss", jti, int(NOW))
    store.close()
    return first


def test_workers_that_start_at_once_make_one_schema_and_accept_one_token(address: str) -> None:
    """Eight processes, one empty database, one token: the tables are made once, and one of the eight is first."""
    with multiprocessing.get_context("spawn").Pool(8) as workers:
        firsts = workers.starmap(_start, [(address, "jti")] * 8)
    assert sorted(firsts) == [False] * 7 + [True]
    store = Store(address)
    assert count(store, schema_versions) == 1
    store.close()


@pytest.mark.parametrize(
    ("wrong", "remark"),
    [
        ("", "nothing"),
        ("cds.sqlite3", "a path"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory, by name"),
        ("mysql://cds:secret@db/cds", "another database"),
        ("oracle+cx://cds:secret@db/cds", "another driver"),
        ("postgresql://cds:secret@db:port/cds", "a port that is no number"),
    ],
)
def test_an_address_that_can_never_work_is_refused_by_name(wrong: str, remark: str) -> None:
    """The service does not start; the password is not in the message."""
    with pytest.raises(ConfigurationError, match="CDS_DATABASE_URL") as refused:
        Store(wrong)
    assert "secret" not in str(refused.value), remark


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_uses_the_driver_that_is_installed(scheme: str) -> None:
    """Hosting providers write `postgres://`."""
    assert engines.engine_for(f"{scheme}://cds@db/cds").url.drivername == "postgresql+psycopg"


def test_sqlite_is_in_wal_mode_and_survives_a_power_cut(tmp_path: Path) -> None:
    """synchronous = FULL is 2."""
    store = Store(f"sqlite:///{tmp_path / 'cds.sqlite3'}")
    with store.transaction("test") as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA busy_timeout")) == engines.PATIENCE * 1000
    store.close()


# --- a store that is down ---------------------------------------------------------------------------------------------


def _all_uses(store: Store) -> dict[str, Callable[[], object]]:
    return {
        "schema": store.prepare,
        "readiness": store.check,
        "replay": lambda: Replay(store).remember("iss", "jti", int(NOW)),
        "feedback": lambda: keep_feedback(store, [said()], "kresladi-order-sign"),
        "report": lambda: report(store),
    }


@pytest.mark.parametrize("purpose", ["schema", "readiness", "replay", "feedback", "report"])
@pytest.mark.parametrize("down", ["sqlite:////nowhere/cds.sqlite3", "postgresql://cds:secret@127.0.0.1:9/cds"])
def test_a_store_that_is_down_says_so_to_whoever_needs_it(
    purpose: str, down: str, caplog: pytest.LogCaptureFixture
) -> None:
    """503, counted by purpose, in the log without address or password; making the store itself is no error."""
    failures: list[str] = []
    store = Store(down, failures.append)
    with pytest.raises(StoreUnavailable) as error:
        _all_uses(store)[purpose]()
    assert (error.value.status, error.value.code) == (503, "transient")
    assert failures == [purpose]
    assert f"the store failed ({purpose})" in caplog.text
    assert "secret" not in caplog.text
    store.close()


def test_a_store_that_comes_back_is_used_again(tmp_path: Path) -> None:
    """Without a restart: the next call tries anew, the schema included."""
    folder = tmp_path / "later"
    store = Store(f"sqlite:///{folder / 'cds.sqlite3'}")
    with pytest.raises(StoreUnavailable):
        store.prepare()
    folder.mkdir()
    assert Replay(store).remember("iss", "jti", int(NOW))
    store.check()
    store.close()


def test_a_database_that_cannot_be_written_is_not_ready(tmp_path: Path) -> None:
    """Readiness is shown by writing."""
    file = tmp_path / "cds.sqlite3"
    Store(f"sqlite:///{file}").prepare()
    read_only = Store(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable):
        read_only.check()
    read_only.close()


def test_a_lock_that_another_holds_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has the SQLite file open for writing: in the end 503, not a call that hangs."""
    monkeypatch.setattr(engines, "PATIENCE", 0.1)
    file = tmp_path / "cds.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.prepare()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        Replay(store).remember("iss", "jti", int(NOW))
    other.execute("ROLLBACK")
    other.close()
    assert Replay(store).remember("iss", "jti", int(NOW))
    store.close()


def test_threads_do_not_queue_up_behind_a_database_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one tries to bring the schema up to date, another waits no longer than for a lock."""
    monkeypatch.setattr(stores, "PATIENCE", 0.05)
    store = Store("sqlite:////nowhere/cds.sqlite3")
    with store._lock, pytest.raises(StoreUnavailable):
        store.check()
    store.close()


def test_a_defect_in_the_caller_is_not_taken_for_a_store_that_is_down(store: Store) -> None:
    """And nothing is changed by the half that was done."""

    def half() -> None:
        with store.transaction("test") as connection:
            connection.execute(insert(replay).values(iss="a", jti="b", until=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert count(store, replay) == 0


def test_no_value_of_a_statement_reaches_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """A comment may speak of a patient; an error of the database quotes what it was given."""
    store.prepare()
    with store.transaction("test") as connection:
        connection.execute(text("DROP TABLE feedback"))
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreUnavailable) as error:
        keep_feedback(store, [said(comment="Jane Doe has a brother")], "kresladi-order-sign")
    assert "Jane" not in caplog.text + str(error.value)
    assert error.value.__cause__ is None


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_pair_is_first_once(store: Store) -> None:
    """Issuer and jti together."""
    seen = Replay(store, lambda: NOW)
    assert seen.remember("a", "1", int(NOW) + 300)
    assert not seen.remember("a", "1", int(NOW) + 999)
    assert seen.remember("a", "2", int(NOW) + 300)
    assert seen.remember("b", "1", int(NOW) + 300)


def test_of_many_at_once_one_is_first(store: Store) -> None:
    """Sixteen threads with the same token, fifty times over."""
    seen = Replay(store)
    with ThreadPoolExecutor(16) as threads:
        for number in range(50):
            firsts = list(threads.map(lambda _, jti=f"jti-{number}": seen.remember("iss", jti, int(NOW)), range(16)))
            assert firsts.count(True) == 1


def test_expired_pairs_are_purged_now_and_then(store: Store) -> None:
    """Only those that no clock could still take for good, and not at every call."""
    moment = [NOW]
    seen = Replay(store, lambda: moment[0])
    for jti, until in (("old", NOW - 400), ("recent", NOW - 200), ("valid", NOW + 900)):
        assert seen.remember("iss", jti, int(until))
    store.check()
    moment[0] += 299
    seen.remember("iss", "a call", int(NOW) + 900)
    assert count(store, replay) == 5
    moment[0] += 1
    seen.remember("iss", "another call", int(NOW) + 900)
    with store.transaction("test") as connection:
        assert set(connection.scalars(select(replay.c.jti))) == {
            "recent",
            "valid",
            "readiness",
            "a call",
            "another call",
        }


# --- cards and feedback -----------------------------------------------------------------------------------------------


def test_cards_are_noted_with_topic_and_criteria(store: Store) -> None:
    """And their suggestions; a second time changes nothing."""
    shown = card(suggestions=("s1", "s2"), client="https://ehr.example")
    for _ in range(2):
        assert ShownCards(store, lambda: NOW).record([shown, card("c2", "criteria-met", suggestions=())])
    with store.transaction("test") as connection:
        assert connection.execute(select(cards).where(cards.c.card == "c1")).one() == (
            "c1",
            "missing-documentation",
            ["I.A.1", "I.A.4"],
            "warning",
            "kresladi-order-sign",
            "https://ehr.example",
            "2026-11-21T09:00:00.000000Z",
        )
        assert connection.execute(select(suggestions)).all() == [("s1", "c1"), ("s2", "c1")]
    assert count(store, cards) == 2


def test_no_cards_need_no_store() -> None:
    """An answer without cards does not touch the database."""
    store = Store("sqlite:////nowhere/cds.sqlite3")
    assert ShownCards(store).record([])
    store.close()


def test_cards_that_cannot_be_noted_do_not_stop_the_answer_and_are_not_tried_at_once_again() -> None:
    """False, counted, and then ten seconds of peace for the clinicians who wait."""
    failures: list[str] = []
    moment = [NOW]
    store = Store("sqlite:////nowhere/cds.sqlite3", failures.append)
    shown = ShownCards(store, lambda: moment[0])
    assert [shown.record([card()]) for _ in range(5)] == [False] * 5
    assert failures == ["cards"]
    moment[0] += 10
    assert not shown.record([card()])
    assert failures == ["cards", "cards"]
    store.close()


def test_feedback_is_kept_once(store: Store) -> None:
    """Card, outcome and time make one report; each client has its own."""
    kept = said(reason=Reason("will-document", "urn:x"), comment="Typing is under way")
    for _ in range(3):
        keep_feedback(store, [kept, kept], "kresladi-order-sign", clock=lambda: NOW)
    assert count(store, feedback) == 1
    keep_feedback(store, [kept], "kresladi-order-sign", "https://ehr.example")
    keep_feedback(store, [said(at="2026-11-21T10:00:00.000001Z"), said(outcome="accepted")], "kresladi-order-sign")
    assert count(store, feedback) == 4
    with store.transaction("test") as connection:
        row = connection.execute(select(feedback).order_by(feedback.c.id)).first()
    assert row is not None
    assert (row.reason_code, row.reason_system, row.comment) == ("will-document", "urn:x", "Typing is under way")
    assert row.received_at == "2026-11-21T09:00:00.000000Z"


def test_a_repeat_does_not_rewrite_what_was_said(store: Store) -> None:
    """Append-only: the first report stands."""
    keep_feedback(store, [said(comment="first")], "kresladi-order-sign")
    keep_feedback(store, [said(comment="second", reason=Reason("x"))], "kresladi-order-sign")
    with store.transaction("test") as connection:
        assert connection.execute(select(feedback.c.comment, feedback.c.reason_code)).all() == [("first", "")]


def test_batches_that_repeat_each_other_do_not_lock_each_other_out(store: Store) -> None:
    """The same hundred entries, forwards and backwards, from eight threads."""
    entries = [said(f"card-{number:03}") for number in range(100)]
    batches = [entries, entries[::-1]] * 4
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda batch: keep_feedback(store, batch, "kresladi-order-sign"), batches))
    assert count(store, feedback) == 100


@pytest.mark.parametrize("comment", ["ünï — “quoted” 🧬", "'; DROP TABLE feedback; --", "x" * 4000, "line\nline"])
def test_comments_are_kept_as_they_are(store: Store, comment: str) -> None:
    """Whatever the clinician wrote."""
    keep_feedback(store, [said(comment=comment)], "kresladi-order-sign")
    with store.transaction("test") as connection:
        assert connection.scalar(select(feedback.c.comment)) == comment


@pytest.mark.parametrize(
    ("moment", "text_"),
    [
        (datetime(2026, 11, 21, 9, tzinfo=UTC), "2026-11-21T09:00:00.000000Z"),
        (datetime(2026, 11, 21, 1, tzinfo=timezone(timedelta(hours=-8))), "2026-11-21T09:00:00.000000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_times_are_text_that_sorts_as_time(moment: datetime, text_: str) -> None:
    """Always UTC, always as long."""
    assert as_text(moment) == text_


# --- the report -------------------------------------------------------------------------------------------------------


def filled(store: Store) -> None:
    """Two months of cards, and all that can happen to them."""
    october, november = ShownCards(store, lambda: NOW - 31 * DAY), ShownCards(store, lambda: NOW)
    october.record([card("o1"), card("o2", "sibling-donor"), card("o3", client="https://ehr.example")])
    november.record([card("n1"), card("n2"), card("n3"), card("n4"), card("n5", "sibling-donor")])
    ours = Reason("will-document", "https://kresladi-cds.example/CodeSystem/override-reason")
    keep_feedback(
        store,
        [
            said("o1", "accepted", suggestions=("s1",)),
            said("o2", reason=ours),
            said("o3"),  # the card of another client: not its
            said("n1", reason=ours, at="2026-11-21T10:00:00.000000Z"),
            said("n1", "accepted", at="2026-11-21T10:05:00.000000Z", suggestions=("s2",)),
            said("n2", comment="no"),
            said("n3"),
            said("n5", reason=Reason("=1+1")),
            said("never shown", "accepted", "2026-09-01T00:00:00.000000Z", suggestions=("s3",)),
        ],
        "kresladi-order-sign",
    )


OURS = "https://kresladi-cds.example/CodeSystem/override-reason|will-document"


def rows(made: Report) -> list[tuple[Any, ...]]:
    return [(r.period, r.topic, r.shown, r.accepted, r.overridden, dict(r.reasons)) for r in made.rows]


def test_the_report_counts_cards_by_topic_and_month(store: Store) -> None:
    """Each card once, with the last thing said of it, in the month in which it was shown; nothing is lost."""
    filled(store)
    assert rows(report(store)) == [
        ("2026-09", "unknown-card", 0, 1, 0, {}),
        ("2026-10", "missing-documentation", 2, 1, 0, {}),
        ("2026-10", "sibling-donor", 1, 0, 1, {OURS: 1}),
        ("2026-11", "missing-documentation", 4, 1, 2, {"comment-only": 1, "no-reason": 1}),
        ("2026-11", "sibling-donor", 1, 0, 1, {"=1+1": 1}),
        ("2026-11", "unknown-card", 0, 0, 1, {"no-reason": 1}),
    ]


@pytest.mark.parametrize(
    ("since", "until", "shown", "remark"),
    [
        (None, None, 8, "all"),
        (date(2026, 11, 21), None, 5, "since the day itself"),
        (date(2026, 11, 22), None, 0, "since the day after"),
        (None, date(2026, 11, 20), 3, "until the day before"),
        (None, date(2026, 11, 21), 8, "until the day itself, to its end"),
        (date(2026, 10, 21), date(2026, 10, 21), 3, "one day"),
        (date.min, date.max, 8, "from the first day to the last"),
    ],
)
def test_both_days_are_inclusive(store: Store, since: date | None, until: date | None, shown: int, remark: str) -> None:
    """Both sides of each limit."""
    filled(store)
    assert sum(row.shown for row in report(store, since, until).rows) == shown, remark


def test_the_report_by_day(store: Store) -> None:
    """Periods are days then."""
    filled(store)
    assert [row.period for row in report(store, by="day").rows if row.topic == "sibling-donor"] == [
        "2026-10-21",
        "2026-11-21",
    ]


def test_the_last_outcome_counts_however_late_it_arrives(store: Store) -> None:
    """By the time it happened; of two at one moment, the one that came later."""
    ShownCards(store, lambda: NOW).record([card("a"), card("b")])
    keep_feedback(store, [said("a", "accepted", "2026-11-21T12:00:00.000000Z", suggestions=("s",))], "s")
    keep_feedback(store, [said("a", "overridden", "2026-11-21T11:00:00.000000Z")], "s")
    keep_feedback(store, [said("b", "overridden")], "s")
    keep_feedback(store, [said("b", "accepted", suggestions=("s",))], "s")
    assert rows(report(store)) == [("2026-11", "missing-documentation", 2, 2, 0, {})]


def test_an_empty_store_has_an_empty_report(store: Store) -> None:
    """In every form."""
    made = report(store)
    assert made.rows == ()
    assert as_csv(made).splitlines() == ["period,topic,shown,accepted,overridden"]
    assert json.loads(as_json(made)) == {"by": "month", "rows": []}
    assert as_table(made).row_count == 0


def made_up(*made: Row) -> Report:
    return Report(made, date(2026, 1, 1), None, "month")


def test_the_table_shows_why_by_the_code(store: Store) -> None:
    """The most frequent reason first; a client's own code is text, never markup."""
    row = Row("2026-11", "sibling-donor", 9, 1, 4)
    row.reasons.update({OURS: 3, "urn:theirs|[red]": 1})
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(as_table(made_up(row)))
    assert "will-document 3, [red] 1" in console.export_text()


def test_csv_is_safe_in_a_spreadsheet(store: Store) -> None:
    """One column for each reason, and no cell that a spreadsheet would take for a formula."""
    filled(store)
    table = list(csv.reader(io.StringIO(as_csv(report(store)))))
    assert table[0][:5] == ["period", "topic", "shown", "accepted", "overridden"]
    assert table[0][5:] == [f"overridden: {each}" for each in sorted([OURS, "=1+1", "comment-only", "no-reason"])]
    assert not [cell for line in table for cell in line if cell.startswith(("=", "+", "-", "@"))]
    assert len({len(line) for line in table}) == 1


def test_json_says_what_was_asked_for() -> None:
    """Machines need not guess the period."""
    row = Row("2026-11", "sibling-donor", 9, 1, 4)
    row.reasons.update({"x": 4})
    assert json.loads(as_json(made_up(row))) == {
        "by": "month",
        "since": "2026-01-01",
        "rows": [
            {
                "period": "2026-11",
                "topic": "sibling-donor",
                "shown": 9,
                "accepted": 1,
                "overridden": 4,
                "reasons": {"x": 4},
            }
        ],
    }


def test_comments_are_not_in_the_report(store: Store) -> None:
    """They may speak of a patient: who needs them reads the table itself."""
    ShownCards(store, lambda: NOW).record([card()])
    keep_feedback(store, [said(comment="Jane Doe has a brother")], "kresladi-order-sign")
    made = report(store)
    assert rows(made) == [("2026-11", "missing-documentation", 1, 0, 1, {"comment-only": 1})]
    assert "Jane" not in as_csv(made) + as_json(made)


def test_the_report_is_quick_on_a_year_of_cards(store: Store) -> None:
    """Ten thousand cards with feedback are read right, in one query each."""
    shown = [card(f"card-{number}") for number in range(10_000)]
    ShownCards(store, lambda: NOW).record(shown)
    keep_feedback(store, [said(each.card) for each in shown[::2]], "kresladi-order-sign")
    with store.transaction("test") as connection:
        connection.execute(update(cards).where(cards.c.card == "card-7").values(topic="criteria-met"))
    assert [(row.topic, row.shown, row.overridden) for row in report(store).rows] == [
        ("criteria-met", 1, 0),
        ("missing-documentation", 9_999, 5_000),
    ]
