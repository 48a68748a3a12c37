"""Every version of the cache reaches the newest one with its rows, and the newest one is what ``tables`` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from inspector_app.storage import database, migrations, tables

KEY = bytes(32)
_TEXTS = {"state": {"event": "waiting", "evidence": "waiting", "batch": "waiting"}}


def cell(table: str, column: sa.Column[Any]) -> Any:
    """Some value that a column may hold."""
    if column.name in _TEXTS and table in _TEXTS[column.name]:
        return _TEXTS[column.name][table]
    if isinstance(column.type, sa.JSON):
        return ["رقم", 1]
    return {int: 7, float: 1.5, bool: True, bytes: b"{}", str: "نص"}[column.type.python_type]


def some_row(table: sa.Table, as_it_was: sa.Table) -> dict[str, Any]:
    """Something in every column that a table had in an older version."""
    return {column.name: cell(table.name, column) for column in table.columns if column.name in as_it_was.columns}


def reflected(conn: sa.Connection) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(conn, only=lambda name, _: not name.startswith(tables.SEARCH_TABLES) or name == "search_entry")
    return found


def test_the_program_knows_exactly_the_revisions_that_are_there() -> None:
    scripts = ScriptDirectory.from_config(migrations.configuration())
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(migrations.REVISIONS)
    assert scripts.get_heads() == [migrations.HEAD]


def test_the_newest_version_is_what_the_tables_say(tmp_path: Path) -> None:
    with database.new(tmp_path / "a.db", KEY) as conn:
        migrations.upgrade(conn)
        context = MigrationContext.configure(
            conn,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: (
                    kind != "table" or name == "search_entry" or not name.startswith(tables.SEARCH_TABLES)
                ),
            },
        )
        assert compare_metadata(context, tables.metadata) == []


@pytest.mark.parametrize("revision", migrations.REVISIONS)
def test_the_rows_of_every_version_are_there_in_the_newest(tmp_path: Path, revision: str) -> None:
    file = tmp_path / "a.db"
    with database.new(file, KEY) as conn:
        migrations.upgrade(conn, revision)
        before = reflected(conn)
        for table in before.sorted_tables:
            if table.name != "alembic_version":
                made = tables.metadata.tables[table.name]
                conn.execute(made.insert().values(some_row(made, table)))
        counts = {
            name: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for name, table in before.tables.items()
        }
    with database.new(file, KEY) as conn:
        migrations.upgrade(conn)
        assert migrations.revision_of(conn) == migrations.HEAD
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        for table in tables.metadata.sorted_tables:
            if table.name in counts:
                assert len(conn.execute(sa.select(table)).all()) == counts[table.name] == 1
                expected = some_row(table, before.tables[table.name])
                found = conn.execute(sa.select(table)).mappings().one()
                assert {name: found[name] for name in expected} == expected


def test_an_upgrade_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    with database.new(file, KEY) as conn:
        conn.exec_driver_sql("CREATE TABLE meta (something_in_the_way)")
    with pytest.raises(sa.exc.OperationalError, match="already exists"), database.new(file, KEY) as conn:
        migrations.upgrade(conn)
    with database.new(file, KEY) as conn:
        assert conn.exec_driver_sql("SELECT name FROM sqlite_schema").scalars().all() == ["meta"]
        assert migrations.revision_of(conn) == ""
