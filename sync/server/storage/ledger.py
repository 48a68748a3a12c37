"""The ledger: which events were judged, and what was answered, for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from sync.contract import events as e
from sync.server.storage import bulk
from sync.server.storage import tables as t

_PIECE = 500
"""How many results are in memory at a time."""


class Entry(NamedTuple):
    """One judged event: the hash of its line, the result it got as it was answered, and when (Unix ms)."""

    event_id: str
    device_id: str
    n: int
    sha256: str
    result: bytes
    received_ms: int

    def answer(self) -> e.EventResult:
        """The result."""
        return msgspec.json.decode(self.result, type=e.EventResult)


class Ledger:
    """The part of the ledger that one batch of a device is about, read at once and written at once."""

    def __init__(self, connection: sa.Connection, device_id: str) -> None:
        """Nothing is read yet.

        Args:
            connection: Inside ``Database.write``, the device locked.
            device_id: The device whose running numbers they are.
        """
        self._connection = connection
        self._device_id = device_id
        self._by_id: dict[str, Entry] = {}
        self._by_number: dict[int, Entry] = {}
        self._new: list[Entry] = []

    def read(self, event_ids: Iterable[str], numbers: Iterable[int]) -> None:
        """Read what is known of some events, whichever device brought them, and of this device's numbers."""
        conn = self._connection
        for row in conn.execute(_by_id(conn.dialect.name), bulk.these(conn, set(event_ids))):
            self._by_id[row.event_id] = Entry._make(row)
        own = {"own": self._device_id, **bulk.these(conn, set(numbers))}
        for row in conn.execute(_by_number(conn.dialect.name), own):
            self._by_number[row.n] = Entry._make(row)

    def judged(self, event_id: str, n: int) -> Entry | None:
        """What speaks against judging an event afresh: the event itself, judged before, or another with its number."""
        return self._by_id.get(event_id) or self._by_number.get(n)

    def missing(self, event_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of the given events that were not judged yet, in the order given."""
        return tuple(event_id for event_id in event_ids if event_id not in self._by_id)

    def add(self, event_id: str, n: int, sha256: str, result: e.EventResult, received_ms: int) -> None:
        """Keep a final result."""
        entry = Entry(event_id, self._device_id, n, sha256, msgspec.json.encode(result), received_ms)
        self._by_id[event_id] = self._by_number[n] = entry
        self._new.append(entry)

    def write(self) -> None:
        """Write what was added."""
        bulk.run(self._connection, _insert, Entry._fields, self._new)
        self._new = []


def results(connection: sa.Connection) -> Iterator[e.EventResult]:
    """Every result ever given, a piece of the ledger in memory at a time."""
    query = sa.select(t.ledger.c.result).execution_options(yield_per=_PIECE)
    return (msgspec.json.decode(result, type=e.EventResult) for result in connection.execute(query).scalars())


@cache
def _by_id(dialect: str) -> sa.Select[Any]:
    return _entries().where(bulk.among(dialect, t.ledger.c.event_id))


@cache
def _by_number(dialect: str) -> sa.Select[Any]:
    own = t.ledger.c.device_id == sa.bindparam("own")
    return _entries().where(own, bulk.among(dialect, t.ledger.c.n))


def _entries() -> sa.Select[Any]:
    return sa.select(*(t.ledger.c[name] for name in Entry._fields))


def _insert(_dialect: str) -> sa.sql.expression.UpdateBase:
    return sa.insert(t.ledger)
