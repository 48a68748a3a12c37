"""Connections to an encrypted database file: keyed, set up, and with transactions that are the caller's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

IMMEDIATE: Final[dict[str, Any]] = {"midan_begin": "BEGIN IMMEDIATE"}
"""Execution options of a connection that is going to write: it takes its lock before it reads anything."""

_BUSY_SECONDS: Final = 10.0
_CONNECTIONS: Final = 4
_PLAIN_HEADER: Final = b"SQLite format 3\0"
_ALWAYS: Final = (
    "foreign_keys = ON",
    "temp_store = MEMORY",  # a temporary file on disk would be plain text
    "secure_delete = FAST",
    "mmap_size = 0",
    "trusted_schema = OFF",
)
_DURABLE: Final = ("journal_mode = WAL", "synchronous = FULL")


def engine(path: Path, key: bytes) -> sa.Engine:
    """A pool of connections for a cache in use."""
    return _engine(lambda: _connect(str(path), key, (*_DURABLE, *_ALWAYS)), QueuePool, _CONNECTIONS)


@contextmanager
def new(path: Path, key: bytes) -> Iterator[sa.Connection]:
    """One transaction that fills a new database; when the block has ended it is one closed file.

    Rows may come in any order: references between them are not checked.
    """
    settings = ("journal_mode = DELETE", "synchronous = FULL", *_ALWAYS, "foreign_keys = OFF")
    made = _engine(lambda: _connect(str(path), key, settings), NullPool, None)
    with made.connect().execution_options(**IMMEDIATE) as conn, conn.begin():
        yield conn


def read_only(path: Path, key: bytes) -> sqlcipher.Connection:
    """A connection of the driver that changes nothing in the file, nor in its log."""
    return _connect(f"{path.absolute().as_uri()}?mode=ro", key, ("query_only = ON", *_ALWAYS))


def is_plain(path: Path) -> bool:
    """Whether a file is an SQLite database that is not encrypted, so not one of this program."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER


def _engine(creator: Any, pool: type[sa.Pool], size: int | None) -> sa.Engine:
    bounds = {} if size is None else {"pool_size": size, "max_overflow": size}
    made = sa.create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=creator,
        poolclass=pool,
        hide_parameters=True,  # an error's text must not carry what a report says
        **bounds,
    )
    sa.event.listen(made, "begin", _begin)
    return made


def _begin(conn: sa.Connection) -> None:
    # The driver is told to leave transactions alone; it would begin one too late, and never for a SELECT.
    conn.exec_driver_sql(conn.get_execution_options().get("midan_begin", "BEGIN"))


def _connect(name: str, key: bytes, settings: tuple[str, ...]) -> sqlcipher.Connection:
    uri = name.startswith("file:")
    if not uri:
        os.close(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite would make it readable for the group
    conn = sqlcipher.connect(name, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS, uri=uri)
    try:
        conn.execute("PRAGMA cipher_log_level = NONE")  # it would write to the terminal; the error says it all
        conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for setting in settings:
            conn.execute(f"PRAGMA {setting}")
    except BaseException:
        conn.close()
        raise
    return conn
