"""The rows of the record tables inside one write transaction: read once, changed in memory, written at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from sync.contract import records as r
from sync.server.storage import bulk, sequence
from sync.server.storage import tables as t
from sync.server.storage.database import Database, upsert

Key = tuple[str, str]
"""A kind and an id."""

_LOCKED = frozenset({"quarantined", "visit", "case", "contact"})
"""Kinds that an event changes by what it reads: locked when read. Their rows are locked in the order of ``KINDS``."""
_WRITTEN_ONCE = frozenset({"visit_revision", "finding", "decision", "case_entry", "refusal"})
"""Kinds of which an event makes a row that nobody made before: one that was not read in its transaction is new."""


class _Touched(NamedTuple):
    """What ``settle`` has to write for a row; a deleted one has no record, and stays in the scopes it was in."""

    record: r.Record | None
    scopes: frozenset[str]
    evidence: frozenset[str]


class Rows:
    """A unit of work over the record tables.

    Every row is read once; what is put is seen by later reads of the same ``Rows`` and reaches the database, with what
    makes it visible to devices (numbers, scopes), by ``settle``, last.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._held: dict[Key, r.Record | None] = {}
        self._read_here: set[Key] = set()
        self._absent: set[Key] = set()
        self._touched: dict[Key, _Touched] = {}

    def get(self, kind: str, record_id: str) -> r.Record | None:
        """The newest state of a living row, locked for this transaction if events change its kind; None without one."""
        key = (kind, record_id)
        if key not in self._held:
            self.prefetch([key])
        return self._held[key]

    def prefetch(self, keys: Iterable[Key]) -> None:
        """Read rows that will be asked for, a few statements for all of them.

        Locks are taken in one order by every transaction that names all its rows at once, so that none waits for
        another in a circle.
        """
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for key in keys:
            if key not in self._held:
                wanted[key[0]].add(key[1])
        for kind in sorted(wanted, key=_PLACE_OF.__getitem__):
            found = {record.id: record for record in self._read(kind, wanted[kind])}
            for record_id in wanted[kind]:
                self._held[kind, record_id] = found.get(record_id)
                self._read_here.add((kind, record_id))
                if record_id not in found:
                    self._absent.add((kind, record_id))

    def _read(self, kind: str, ids: set[str]) -> Iterator[r.Record]:
        names = _shape(kind).names
        found = self.connection.execute(_reading(kind, self.connection.dialect.name), bulk.these(self.connection, ids))
        return (r.from_row(kind, dict(zip(names, row, strict=True))) for row in found)

    def newest(self, kind: str) -> r.Record | None:
        """The living row of a kind whose id sorts last; None when there is none."""
        table = t.RECORDS[kind]
        stored = self.connection.execute(sa.select(table.c.id)).scalars()
        ids = {*stored, *(record_id for held, record_id in self._touched if held == kind)}
        living = (self.get(kind, record_id) for record_id in sorted(ids, reverse=True))
        return next((record for record in living if record is not None), None)

    def versions(self, form_id: str) -> frozenset[str]:
        """The versions in which a checklist is published."""
        table = t.RECORDS["checklist"]
        stored = self.connection.execute(sa.select(table.c.version).where(table.c.form_id == form_id)).scalars()
        put = (touched.record for touched in self._touched.values())
        new = (one.version for one in put if isinstance(one, r.Checklist) and one.form_id == form_id)
        return frozenset((*stored, *new))

    def hanging_on(self, kind: str, case_id: str) -> tuple[r.Record, ...]:
        """The living rows of a kind that belong to a case, by id."""
        table = t.RECORDS[kind]
        stored = self.connection.execute(sa.select(table.c.id).where(table.c.case_id == case_id)).scalars()
        keys = {(kind, record_id) for record_id in stored} | {key for key in self._touched if key[0] == kind}
        self.prefetch(keys)
        living = (record for key in sorted(keys) if (record := self._held[key]) is not None)
        return tuple(record for record in living if getattr(record, "case_id", None) == case_id)

    def put(self, records: Iterable[r.Record], scopes: Iterable[str], evidence: Iterable[str] = ()) -> None:
        """Write records, new or changed, under the given scopes.

        Args:
            records: Of any kinds.
            scopes: Every scope they belong to from now on; any other that they were in is left.
            evidence: SHA-256 of evidence named beside what the records themselves name.
        """
        named, shared = frozenset(evidence), frozenset(scopes)
        for record in records:
            key = (r.KIND_OF[type(record)], record.id)
            before = self._touched.get(key)
            kept = before.evidence if before else frozenset()
            self._touched[key] = _Touched(record, shared, kept | named | evidence_of(record))
            self._held[key] = record

    def delete(self, kind: str, record_id: str) -> None:
        """Delete a row; its tombstone is seen in every scope it was in."""
        self._touched[kind, record_id] = _Touched(None, frozenset(), frozenset())
        self._held[kind, record_id] = None

    def settle(self) -> None:
        """Write every touched row, its scopes, its revision and its number; MUST be the last thing of a transaction."""
        if not self._touched:
            return
        self._write_records()
        self._write_scopes()
        self._write_evidence()
        self._number()
        self._absent.difference_update(self._touched)
        self._read_here.update(self._touched)
        self._touched = {}

    def _write_records(self) -> None:
        put: defaultdict[str, list[r.Record]] = defaultdict(list)
        for (kind, record_id), touched in self._touched.items():
            if touched.record is not None:
                put[kind].append(touched.record)
            else:
                table = t.RECORDS[kind]
                self.connection.execute(sa.delete(table).where(table.c.id == record_id))
        for kind, records in put.items():
            shape = _shape(kind)
            bulk.run(self.connection, _putting(kind), shape.names, [_values(record, shape) for record in records])

    def _write_scopes(self) -> None:
        """Leave every scope a living row was in, then enter those it is in now; a tombstone stays where it was."""
        living = [(key, touched.scopes) for key, touched in self._touched.items() if touched.record is not None]
        known = [key for key, _ in living if self._may_be_there(key)]
        bulk.run(self.connection, _leave_scopes, ("row_kind", "row_id"), known)
        entered = [(*key, scope, False) for key, scopes in living for scope in sorted(scopes)]
        bulk.run(self.connection, _enter_scope, ("kind", "id", "scope", "gone"), entered)

    def _may_be_there(self, key: Key) -> bool:
        """Whether a touched row may be in scopes from before."""
        return key not in self._absent and (key in self._read_here or key[0] not in _WRITTEN_ONCE)

    def _write_evidence(self) -> None:
        named = [(sha256, *key) for key, touched in self._touched.items() for sha256 in sorted(touched.evidence)]
        bulk.run(self.connection, _name_evidence, ("sha256", "kind", "id"), named)

    def _number(self) -> None:
        numbers = sequence.take(self.connection, len(self._touched))
        lines = [
            (*key, seq, 1, touched.record is None)
            for seq, (key, touched) in zip(numbers, self._touched.items(), strict=True)
        ]
        bulk.run(self.connection, _number_row, ("kind", "id", "seq", "rev", "deleted"), lines)


_PLACE_OF = {kind: place for place, kind in enumerate(["quarantined", *(k for k in r.KINDS if k != "quarantined")])}
"""The order in which kinds are read and locked: what was held back says which rows are needed next."""


class _Shape(NamedTuple):
    """How records of a kind are taken apart: their fields, and which of them are stored as JSON and as text."""

    names: tuple[str, ...]
    take: attrgetter[tuple[Any, ...]]
    json: frozenset[int]
    text: frozenset[int]


@cache
def _shape(kind: str) -> _Shape:
    columns = r.columns(kind)
    names = tuple(column.name for column in columns)
    json, text = (
        frozenset(place for place, column in enumerate(columns) if column.type == wanted) for wanted in ("json", "text")
    )
    return _Shape(names, attrgetter(*names), json, text)


def _values(record: r.Record, shape: _Shape) -> tuple[Any, ...]:
    """A record as the driver takes it: nested parts as JSON text, words of an enumeration as plain text."""
    values = list(shape.take(record))
    for place, value in enumerate(values):
        if value is None:
            continue
        if place in shape.json:
            values[place] = msgspec.json.encode(value).decode()
        elif type(value) is not str and place in shape.text:
            values[place] = str(value)
    return tuple(values)


@cache
def _reading(kind: str, dialect: str) -> sa.Select[Any]:
    """What reads records of a kind by their ids, and locks them if events change their kind."""
    table = t.RECORDS[kind]
    columns = (table.c[name] for name in _shape(kind).names)
    query = sa.select(*columns).where(bulk.among(dialect, table.c.id)).order_by(table.c.id)
    return query.with_for_update() if kind in _LOCKED else query


@cache
def _putting(kind: str) -> bulk.Make:
    """What makes the statement that writes a record of a kind."""

    def make(dialect: str) -> sa.sql.expression.UpdateBase:
        statement = upsert(dialect, t.RECORDS[kind])
        changed = {column.name: statement.excluded[column.name] for column in r.columns(kind)[1:]}
        return statement.on_conflict_do_update(index_elements=["id"], set_=changed)

    return make


def _leave_scopes(_dialect: str) -> sa.sql.expression.UpdateBase:
    table = t.row_scope
    one_row = (table.c.kind == sa.bindparam("row_kind")) & (table.c.id == sa.bindparam("row_id"))
    return sa.update(table).where(one_row).values(gone=sa.true())


def _enter_scope(dialect: str) -> sa.sql.expression.UpdateBase:
    statement = upsert(dialect, t.row_scope)
    return statement.on_conflict_do_update(
        index_elements=["kind", "id", "scope"], set_={"gone": statement.excluded.gone}
    )


def _name_evidence(dialect: str) -> sa.sql.expression.UpdateBase:
    return upsert(dialect, t.blob_ref).on_conflict_do_nothing()


def _number_row(dialect: str) -> sa.sql.expression.UpdateBase:
    statement = upsert(dialect, t.feed)
    changed = {
        "seq": statement.excluded.seq,
        "rev": t.feed.c.rev + sa.literal_column("1"),
        "deleted": statement.excluded.deleted,
    }
    return statement.on_conflict_do_update(index_elements=["kind", "id"], set_=changed)


@contextmanager
def writing(database: Database) -> Iterator[Rows]:
    """A write transaction over the record tables that ends by numbering what it touched."""
    with database.write() as connection:
        rows = Rows(connection)
        yield rows
        rows.settle()


def evidence_of(record: r.Record) -> frozenset[str]:
    """The evidence that a record names."""
    named = {attachment.sha256 for attachment in getattr(record, "attachments", ())}
    signature = getattr(record, "signature", None)
    if signature is not None and signature.sha256:
        named.add(signature.sha256)
    return frozenset(named)
