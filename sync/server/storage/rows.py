"""The rows of the record tables inside one write transaction: read, put, delete, and their numbers at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from sync.contract import records as r
from sync.server.storage import sequence
from sync.server.storage import tables as t
from sync.server.storage.database import Database, upsert


class _Touched(NamedTuple):
    """What ``settle`` has to write for a row; ``scopes`` is None for a deleted one, which stays in those it was in."""

    scopes: frozenset[str] | None
    evidence: frozenset[str]


class Rows:
    """A unit of work over the record tables.

    Records are written at once, so that later reads of the transaction see them; what makes them visible to devices
    (numbers, scopes) is written by ``settle``, last.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._touched: dict[tuple[str, str], _Touched] = {}

    def get(self, kind: str, record_id: str) -> r.Record | None:
        """The newest state of a living row, locked for this transaction; None when there is none."""
        table = t.RECORDS[kind]
        row = (
            self.connection.execute(sa.select(table).where(table.c.id == record_id).with_for_update())
            .mappings()
            .one_or_none()
        )
        return None if row is None else r.from_row(kind, dict(row))

    def newest(self, kind: str) -> r.Record | None:
        """The living row of a kind whose id sorts last; None when there is none."""
        table = t.RECORDS[kind]
        last_id = self.connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one()
        return None if last_id is None else self.get(kind, last_id)

    def put(self, records: Iterable[r.Record], scopes: Iterable[str], evidence: Iterable[str] = ()) -> None:
        """Write records, new or changed, under the given scopes.

        Args:
            records: Of any kinds.
            scopes: Every scope they belong to from now on, at least one; any other that they were in is left.
            evidence: SHA-256 of evidence named beside what the records themselves name.
        """
        named, shared = frozenset(evidence), frozenset(scopes)
        for kind, group in groupby(records, key=lambda record: r.KIND_OF[type(record)]):
            batch = list(group)
            statement = _put_record(self.connection.dialect.name, kind)
            self.connection.execute(statement, [r.to_row(record) for record in batch])
            for record in batch:
                self._touched[kind, record.id] = _Touched(shared, named | evidence_of(record))

    def delete(self, kind: str, record_id: str) -> None:
        """Delete a row; its tombstone is seen in every scope it was in."""
        table = t.RECORDS[kind]
        self.connection.execute(sa.delete(table).where(table.c.id == record_id))
        self._touched[kind, record_id] = _Touched(None, frozenset())

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that leaves nothing behind when it raises."""
        before = dict(self._touched)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self._touched = before
            raise

    def settle(self) -> None:
        """Give every touched row its number, its revision and its scopes; MUST be the last thing of a transaction."""
        if not self._touched:
            return
        self._write_scopes()
        self._write_evidence()
        self._number()
        self._touched = {}

    def _write_scopes(self) -> None:
        """Leave every scope a living row was in, then enter those it is in now; a tombstone stays where it was."""
        table = t.row_scope
        living = [(*key, touched.scopes) for key, touched in self._touched.items() if touched.scopes is not None]
        if not living:
            return
        one_row = (table.c.kind == sa.bindparam("row_kind")) & (table.c.id == sa.bindparam("row_id"))
        self.connection.execute(
            sa.update(table).where(one_row).values(gone=True),
            [{"row_kind": kind, "row_id": row_id} for kind, row_id, _ in living],
        )
        statement = upsert(self.connection.dialect.name, table)
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=["kind", "id", "scope"], set_={"gone": False}),
            [
                {"kind": kind, "id": row_id, "scope": scope, "gone": False}
                for kind, row_id, scopes in living
                for scope in sorted(scopes)
            ],
        )

    def _write_evidence(self) -> None:
        named = [
            {"sha256": sha256, "kind": kind, "id": row_id}
            for (kind, row_id), touched in self._touched.items()
            for sha256 in sorted(touched.evidence)
        ]
        if named:
            self.connection.execute(upsert(self.connection.dialect.name, t.blob_ref).on_conflict_do_nothing(), named)

    def _number(self) -> None:
        numbers = sequence.take(self.connection, len(self._touched))
        statement = upsert(self.connection.dialect.name, t.feed)
        self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "id"],
                set_={
                    "seq": statement.excluded.seq,
                    "rev": t.feed.c.rev + 1,
                    "deleted": statement.excluded.deleted,
                },
            ),
            [
                {"kind": kind, "id": row_id, "seq": seq, "rev": 1, "deleted": touched.scopes is None}
                for seq, ((kind, row_id), touched) in zip(numbers, self._touched.items(), strict=True)
            ],
        )


@cache
def _put_record(dialect: str, kind: str) -> sa.Insert:
    """The statement that writes a record of a kind; making it anew costs more than running it."""
    statement = upsert(dialect, t.RECORDS[kind])
    changed = {column.name: statement.excluded[column.name] for column in r.columns(kind)[1:]}
    return statement.on_conflict_do_update(index_elements=["id"], set_=changed)


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
