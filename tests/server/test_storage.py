"""The centre's storage, on SQLite and, where it is installed, on PostgreSQL: the same suite for both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sync.contract import records as r
from sync.contract import scopes
from sync.server.storage import audit, changes, ledger, meta, schema
from sync.server.storage import tables as t
from sync.server.storage.database import Database, DatabaseUrlRefused
from sync.server.storage.rows import writing

EVERYBODY = [scopes.GLOBAL]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An upgraded, empty database of either kind."""
    if request.param == "sqlite":
        opened = Database(str(tmp_path / "centre.db"))
    else:
        opened = Database(request.getfixturevalue("empty_postgresql"))
    schema.upgrade(opened)
    yield opened
    opened.close()


def code(name: str, text: str = "") -> r.Code:
    return r.Code(id=f"list:{name}", list="list", code=name, name_ar=text, name_en=text)


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, t.metadata) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    with database.read() as connection:
        assert schema.revision(connection) == "0004"


def test_a_database_of_a_newer_centre_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.NewerDatabase, match="9999"):
        schema.upgrade(database)


@pytest.mark.parametrize("kind", r.KINDS)
def test_every_kind_of_record_comes_back_as_it_went_in(
    database: Database, kind: str, example: dict[str, r.Record]
) -> None:
    with writing(database) as rows:
        rows.put([example[kind]], EVERYBODY)
        assert rows.get(kind, example[kind].id) == example[kind]
    with database.read() as connection:
        [change] = changes.scan(connection, 0, EVERYBODY).changes
    assert (change.kind, change.id, change.seq, change.rev) == (kind, example[kind].id, 1, 1)


def test_a_row_counts_its_revisions_and_moves_to_the_end_of_the_feed(database: Database) -> None:
    for text in ("one", "two"):
        with writing(database) as rows:
            rows.put([code("a", text), code("b")] if text == "one" else [code("a", text)], EVERYBODY)
    with database.read() as connection:
        found = changes.scan(connection, 0, EVERYBODY)
    assert [(change.id, change.seq, change.rev) for change in found.changes] == [("list:b", 2, 1), ("list:a", 3, 2)]


def test_what_was_put_is_seen_within_its_transaction_before_it_is_written(database: Database) -> None:
    with writing(database) as rows:
        rows.put([code("a", "one")], EVERYBODY)
        rows.put([code("a", "two"), code("b")], EVERYBODY)
        assert rows.get("code", "list:a") == code("a", "two")
        rows.delete("code", "list:b")
        assert rows.get("code", "list:b") is None
    with database.read() as connection:
        found = changes.scan(connection, 0, EVERYBODY).changes
    assert [(change.id, change.rev) for change in found] == [("list:a", 1)], "nobody ever saw the other"


def test_a_deleted_row_can_live_again(database: Database) -> None:
    for step in ("put", "delete", "put"):
        with writing(database) as rows:
            if step == "put":
                rows.put([code("a")], EVERYBODY)
            else:
                rows.delete("code", "list:a")
        with database.read() as connection:
            [change] = changes.scan(connection, 0, EVERYBODY).changes
            assert (change.values is None) == (step == "delete")
    assert change.rev == 3


def test_a_feed_read_while_eight_writers_write_misses_no_row(database: Database) -> None:
    """The reason why numbers are taken last, under one lock: a number seen means that all below it are seen."""
    done = Event()
    seen: set[str] = set()

    def write(writer: int) -> None:
        for number in range(12):
            with writing(database) as rows:
                rows.put([code(f"{writer}-{number}")], EVERYBODY)

    def follow() -> None:
        since = 0
        while True:
            last_round = done.is_set()
            with database.read() as connection:
                page = changes.scan(connection, since, EVERYBODY, max_rows=7)
            seen.update(change.id for change in page.changes)
            since = page.next
            if last_round and not page.more:
                return

    with ThreadPoolExecutor(9) as pool:
        reader = pool.submit(follow)
        for writer in [pool.submit(write, writer) for writer in range(8)]:
            writer.result()
        done.set()
        reader.result()
    assert len(seen) == 8 * 12


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with contextlib.suppress(RuntimeError), writing(database) as rows:
        rows.put([code("a")], EVERYBODY)
        audit.note(rows.connection, 1, "something", "subject")
        raise RuntimeError
    with database.read() as connection:
        assert changes.scan(connection, 0, EVERYBODY).changes == ()
        assert connection.execute(sa.select(t.audit)).all() == []


def test_the_ledger_names_what_is_missing_in_the_order_asked(database: Database) -> None:
    with database.read() as connection:
        book = ledger.Ledger(connection, "device")
        book.read(["b", "a"], [1])
        assert book.missing(["b", "a"]) == ("b", "a")
        assert book.missing([]) == ()


def test_meta_values_are_replaced(database: Database) -> None:
    with database.write() as connection:
        assert meta.get(connection, "epoch") == ""
        for value in ("one", "two"):
            meta.put(connection, "epoch", value)
        assert meta.get(connection, "epoch") == "two"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql+pymysql://u:secret@h/d"])
def test_a_database_of_another_kind_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlRefused) as caught:
        Database(url)
    assert "secret" not in str(caught.value)
