"""What the invariants read: rows and books of a device and of the centre, by other queries than the product's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

import xforms
from inspector_app.storage import book, projection, rows
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import scopes
from sync.domain.rules import Rules
from sync.server.storage import devices as registered
from sync.server.storage import tables as t

Key = tuple[str, str]
FIELD_KINDS = ("visit", "visit_revision", "finding", "decision", "case", "case_entry", "contact", "quarantined")
"""The kinds whose rows events make, and nothing else does."""


class Numbered(NamedTuple):
    """A row of the centre's feed within some scopes."""

    seq: int
    rev: int
    living: bool


class Judged(NamedTuple):
    """A line of the centre's ledger."""

    event_id: str
    device_id: str
    n: int
    sha256: str
    result: e.EventResult


class DictBook:
    """``sync.contract.effects.Book`` over plain rows: a second, much simpler way to work out what events come to."""

    def __init__(self, found: Mapping[Key, r.Record]) -> None:
        self.rows = dict(found)

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id))

    def rules(self) -> Rules:
        season = next(record for record in self.rows.values() if isinstance(record, r.Season))
        return season.rules

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        return tuple(
            record
            for record in self.rows.values()
            if isinstance(record, r.CaseEntry | r.Contact) and record.case_id == case_id
        )

    def form(self, checklist_id: str) -> xforms.Form | None:
        checklist = self.get("checklist", checklist_id)
        if not isinstance(checklist, r.Checklist):
            return None
        return book.compiled(checklist, lambda name: self.get("chunk", name))

    def take(self, records: Iterable[r.Record]) -> None:
        self.rows.update({(r.KIND_OF[type(record)], record.id): record for record in records})


class FoldOverDevice(DictBook):
    """A book over the centre's own versions of the rows on a device, read when they are asked for."""

    def __init__(self, conn: sa.Connection) -> None:
        super().__init__({})
        self.conn = conn
        self.uncertain: set[Key] = set()

    def base(self, kind: str, record_id: str) -> r.Record | None:
        return projection.from_centre(rows.get_row(self.conn, kind, record_id))

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id)) or self.base(kind, record_id)

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        named = {
            (kind, str(record_id))
            for kind in ("case_entry", "contact")
            for record_id in self.conn.exec_driver_sql(
                f"SELECT id FROM {kind} WHERE case_id = ?",  # noqa: S608 - one of the two above
                (case_id,),
            ).scalars()
        }
        here = {key: self.base(*key) for key in named - self.rows.keys()}
        return (*super().history(case_id), *(record for record in here.values() if record is not None))

    def rules(self) -> Rules:
        return book.CacheBook(self.conn).rules()


class Head(NamedTuple):
    """A row on a device, without what it says."""

    kind: str
    id: str
    rev: int | None
    event_id: str | None
    has_base: bool


_HEADS = " UNION ALL ".join(f"SELECT '{kind}', id, rev, event_id, base IS NOT NULL FROM \"{kind}\"" for kind in r.KINDS)  # noqa: S608


def heads(conn: sa.Connection) -> list[Head]:
    """Every row on a device."""
    return [Head(*found) for found in conn.exec_driver_sql(_HEADS)]


def base_rows(conn: sa.Connection) -> dict[Key, tuple[r.Record, int]]:
    """The centre's own version of every row that is on a device, with its revision."""
    found: dict[Key, tuple[r.Record, int]] = {}
    for head in heads(conn):
        record = projection.from_centre(rows.get_row(conn, head.kind, head.id))
        if record is not None and head.rev is not None:
            found[head.kind, head.id] = record, head.rev
    return found


def numbered_rows(connection: sa.Connection, granted: Iterable[str]) -> dict[Key, Numbered]:
    """What the feed has for some scopes."""
    scopes_named = sorted(granted)
    marks = ", ".join("?" * len(scopes_named))
    found = connection.exec_driver_sql(
        "SELECT feed.kind, feed.id, seq, rev, max(NOT gone) AND NOT deleted FROM row_scope "  # noqa: S608 - only marks
        "JOIN feed ON feed.kind = row_scope.kind AND feed.id = row_scope.id "
        f"WHERE scope IN ({marks}) GROUP BY feed.kind, feed.id",
        tuple(scopes_named),
    )
    return {(kind, record_id): Numbered(seq, rev, bool(living)) for kind, record_id, seq, rev, living in found}


def granted(connection: sa.Connection, device_id: str) -> frozenset[str]:
    """The scopes of what a device may hold."""
    return scopes.granted_to_device(registered.people(connection, device_id).values())


def ledger(connection: sa.Connection) -> list[Judged]:
    """The ledger in the order in which it was written."""
    return [
        Judged(found.event_id, found.device_id, found.n, found.sha256, _result(found.result))
        for found in connection.execute(sa.select(t.ledger).order_by(sa.text("rowid")))
    ]


def _result(data: bytes) -> e.EventResult:
    return msgspec.json.decode(data, type=e.EventResult)


def records(connection: sa.Connection) -> dict[Key, r.Record]:
    """Every living row at the centre."""
    return {
        (kind, found["id"]): r.from_row(kind, _plain(found))
        for kind, table in t.RECORDS.items()
        for found in connection.execute(sa.select(table)).mappings()
    }


def _plain(found: Any) -> dict[str, Any]:
    return dict(found)
