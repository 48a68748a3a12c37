"""The floors under a sync: the same rows and bytes moved in the plainest way that still keeps them safely.

``python -m tests.bench.plain FILE DATABASE`` is the plainest centre: a socket server that answers GET with the bytes
of the file, and POST by writing, in one durable transaction, the rows it was given before by PUT.
"""

from __future__ import annotations

import socket
import socketserver
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa
import zstandard

from inspector_app.storage.cache import Cache
from inspector_app.storage.search import INDEXED
from sync.contract import records as r
from sync.domain import arabic
from sync.server.storage import tables as t
from sync.server.storage import values
from sync.server.storage.database import Database

Written = list[tuple[str, list[list[Any]]]]
"""For each table its name and rows, as they stand in an SQLite file."""
LEVEL: Final = 9
"""Of zstd; the level at which the frames of a snapshot are packed too."""
_DURABLE: Final = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = FAST")
_LIMIT: Final = 1 << 30


# ------------------------------------------------------------------------------------------------- what is moved


def whole_register(database: Database) -> bytes:
    """Every living row of a centre, as one zstd frame of NDJSON: kind, revision, id and values of each."""
    lines: list[bytes] = []
    with database.read() as conn:
        heads = sa.select(t.feed.c.kind, t.feed.c.id, t.feed.c.rev)
        revs = {(kind, row_id): rev for kind, row_id, rev in conn.execute(heads)}
        for kind in r.KINDS:
            for row_id, *row in conn.execute(sa.select(*values.columns(kind))):
                line = (kind, revs[kind, row_id], row_id, *values.of_row(kind, row))
                lines.append(msgspec.json.encode(line))
    return zstandard.ZstdCompressor(level=LEVEL).compress(b"\n".join(lines) + b"\n")


def written_since(database: Path, seq: int) -> Written:
    """What a push has written at a centre: the rows that were numbered since, their scopes, and the newest ledger."""
    found: Written = []
    with closing(sqlite3.connect(database)) as conn:
        feed = conn.execute("SELECT * FROM feed WHERE seq > ?", (seq,)).fetchall()
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for kind, row_id, *_ in feed:
            ids[kind].append(row_id)
        for kind, named in ids.items():
            found.append((f"record_{kind}", _rows(conn, f"record_{kind}", named)))
            of_kind = [row for row in _rows(conn, "row_scope", named) if row[0] == kind]
            found.append(("row_scope", of_kind))
        found.append(
            ("ledger", _rows(conn, "ledger", [row_id for some in ids.values() for row_id in some], "event_id"))
        )
        found.append(("feed", [list(row) for row in feed]))
    return found


def _rows(conn: sqlite3.Connection, table: str, ids: list[str], column: str = "id") -> list[list[Any]]:
    named = msgspec.json.encode(ids).decode()
    query = f"SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names
    return [list(row) for row in conn.execute(query, (named,))]


# -------------------------------------------------------------------------------------------------- at the centre


class PlainCentre:
    """The plainest centre as a process, and how it is asked: one connection, kept open."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.address = f"http://127.0.0.1:{int(process.stdout.readline())}"
        self._connection: HTTPConnection | None = None

    def get(self, address: str = "") -> bytes:
        """The bytes it has, over a new connection to it or to a link before it."""
        with closing(_connected(address or self.address)) as connection:
            return _asked(connection, "GET")

    def prepare(self, written: Written) -> None:
        """Give it the rows that its next POSTs will write."""
        with closing(_connected(self.address)) as connection:
            _asked(connection, "PUT", msgspec.msgpack.encode(written))

    def post(self, body: bytes, address: str = "") -> None:
        """Give it a push, over a new connection; it has the rows on its disk when this returns."""
        with closing(_connected(address or self.address)) as connection:
            _asked(connection, "POST", body)


def _connected(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _asked(connection: HTTPConnection, method: str, body: bytes = b"") -> bytes:
    connection.request(method, "/", body or None)
    with connection.getresponse() as response:
        assert response.status == 200, response.status
        return response.read()


@contextmanager
def plain_centre(file: Path, database: Path) -> Iterator[PlainCentre]:
    """Such a centre until the block ends.

    Args:
        file: What GET answers.
        database: An SQLite file with the centre's tables, its own.
    """
    command = [sys.executable, "-m", "tests.bench.plain", str(file), str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield PlainCentre(process)
        finally:
            process.terminate()


class _Answering(socketserver.StreamRequestHandler):
    """One connection, as long as it lasts."""

    disable_nagle_algorithm = True
    file: bytes
    database: sqlite3.Connection
    written: Written

    def handle(self) -> None:
        while head := self.rfile.readline():
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = self.rfile.read(length)
            answer = self._answer(head.split(b" ", 1)[0], body)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)

    def _answer(self, method: bytes, body: bytes) -> bytes:
        kept = type(self)
        if method == b"GET":
            return kept.file
        if method == b"PUT":
            kept.written = msgspec.msgpack.decode(body, type=Written)
            return b"{}"
        zstandard.ZstdDecompressor().decompress(body, max_output_size=_LIMIT)
        conn = kept.database
        conn.execute("BEGIN IMMEDIATE")
        for table, rows in kept.written:
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                # Replaced where a push had changed it; else this is a plain INSERT.
                conn.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our names
        conn.execute("COMMIT")
        return b"{}"


def _serve(file: Path, database: Path) -> None:
    _Answering.file, _Answering.written = file.read_bytes(), []
    _Answering.database = sqlite3.connect(database, isolation_level=None)
    for pragma in _DURABLE:
        _Answering.database.execute(f"PRAGMA {pragma}")
    with socketserver.TCPServer(("127.0.0.1", 0), _Answering) as server:
        print(server.server_address[1], flush=True)  # noqa: T201 - this is how its port is known
        server.serve_forever()


# -------------------------------------------------------------------------------------------------- on the device


def take_in(cache: Cache, packed: bytes, stages: dict[str, float]) -> int:
    """Put a whole register into an empty cache: unpack, decode, one executemany a table, the words to find it by."""
    started = perf_counter()
    lines = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LIMIT).splitlines()
    by_kind: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for line in lines:
        kind, *row = msgspec.json.decode(line)
        by_kind[kind].append(row)
    decoded = perf_counter()
    finding = 0.0
    with cache.write() as conn:
        number = 0
        for kind, rows in by_kind.items():
            columns = r.columns(kind)
            places = [at for at, column in enumerate(columns, start=1) if column.type == "json"]
            for row in rows:
                for at in places:
                    if row[at] is not None:
                        row[at] = msgspec.json.encode(row[at]).decode()
            names = ", ".join(f'"{name}"' for name in ("rev", *(column.name for column in columns)))
            marks = ", ".join("?" * (len(columns) + 1))
            conn.exec_driver_sql(f'INSERT INTO "{kind}" ({names}) VALUES ({marks})', [tuple(row) for row in rows])  # noqa: S608 - our own names
            if kind in INDEXED:
                begun = perf_counter()
                _make_findable(conn, kind, rows, number)
                number += len(rows)
                finding += perf_counter() - begun
        written = perf_counter()
    stages["unpack and decode"] = (decoded - started) * 1000
    stages["rows"] = (written - decoded - finding) * 1000
    stages["words to find them by"] = finding * 1000
    stages["commit"] = (perf_counter() - written) * 1000
    return len(lines)


def _make_findable(conn: sa.Connection, kind: str, rows: list[list[Any]], number: int) -> None:
    names = [column.name for column in r.columns(kind)]
    places = [names.index(field) + 1 for field in INDEXED[kind]]
    entries, keys = [], []
    for at, row in enumerate(rows, start=number + 1):
        first, second = arabic.keys(" ".join(row[place] for place in places))
        entries.append((at, kind, row[1]))
        keys.append((at, first, second))
    conn.exec_driver_sql("INSERT INTO search_entry (n, kind, id) VALUES (?, ?, ?)", entries)
    conn.exec_driver_sql("INSERT INTO search (rowid, key1, key2) VALUES (?, ?, ?)", keys)


def settle(cache: Cache, ids: list[str], result: str) -> None:
    """Write down that events were confirmed: one durable UPDATE."""
    with cache.write() as conn:
        conn.exec_driver_sql(
            "UPDATE event SET state = 'confirmed', laid = 0, result = ?, settled_at = '' "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (result, msgspec.json.encode(ids).decode()),
        )


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]))
