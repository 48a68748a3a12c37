"""The door to the database: SQLite or PostgreSQL by URL, one kind of read and one kind of write."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_BUSY_MS = 10_000
_BEGIN = "midan_begin"


class DatabaseUrlRefused(ValueError):
    """The centre keeps its data in an SQLite file or in PostgreSQL, and the URL names neither."""


class Database:
    """One engine with the two ways to use it.

    Attributes:
        engine: For migrations and tests; everything else goes through ``read`` and ``write``.
    """

    def __init__(self, url: str) -> None:
        """Prepare the engine; an SQLite file that is not there is made, readable by its owner only.

        Args:
            url: ``sqlite:///path``, ``postgresql+psycopg://...``, or the plain path of an SQLite file.

        Raises:
            DatabaseUrlRefused: It is something else, or SQLite in memory.
        """
        parsed = sa.make_url(url if "://" in url else f"sqlite:///{url}")
        backend = parsed.get_backend_name()
        options: dict[str, Any] = {
            "json_serializer": lambda value: msgspec.json.encode(value).decode(),
            "json_deserializer": msgspec.json.decode,
            "hide_parameters": True,  # an error's text reaches the log, the rows must not
        }
        if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
            _make_private(Path(str(parsed.database)))
            self.engine = sa.create_engine(parsed, **options)
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
            self._reads = self.engine
            self._writes = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
            # SQLite has one writer anyway; waiting here is fair and cheap, its own busy wait is neither.
            self._turn: threading.Lock | nullcontext[None] = threading.Lock()
        elif backend == "postgresql":
            self.engine = sa.create_engine(parsed, pool_pre_ping=True, **options)
            self._reads = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writes = self.engine.execution_options(isolation_level="READ COMMITTED")
            self._turn = nullcontext()
        else:
            raise DatabaseUrlRefused(parsed.render_as_string(hide_password=True))

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection on which everything read is of one moment."""
        with self._reads.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A write transaction: committed when the block ends, rolled back when it raises."""
        with self._turn, self._writes.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def upsert(dialect: str, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """The insert of a dialect (``connection.dialect.name``), the one that knows ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _make_private(path: Path) -> None:
    """Make the file first, so that it is never there with more rights than its owner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and late.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = FAST",
        f"busy_timeout = {_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
