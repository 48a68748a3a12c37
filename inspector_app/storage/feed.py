"""The centre's rows as they arrive: pages of changes put in, the cursor, and beginning again from nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import delivery, device, log, projection, rows
from inspector_app.storage.rows import Row
from sync.contract import records as r
from sync.contract import wire

_EPOCH: Final = "feed.epoch"
_CURSOR: Final = "feed.cursor"
_RESTARTED: Final = "feed.restarted"
_APPLIED: Final = "feed.applied"
_SWEEP_PERCENT: Final = 20
"""A restart may take away at most this share of a kind, unless the rights have changed."""


def cursor(conn: sa.Connection) -> tuple[str, int]:
    """The epoch and the ``seq`` up to which every row is here; ``("", 0)`` before the first page."""
    return device.fact(conn, _EPOCH) or "", int(device.fact(conn, _CURSOR) or 0)


def last_applied(conn: sa.Connection) -> r.Moment | None:
    """When the centre last answered for the rows here; None before the first page."""
    return device.fact(conn, _APPLIED)


def apply(conn: sa.Connection, page: wire.Page, at: r.Moment) -> None:
    """Put the rows of a page in, lay pending events over them again, and save the cursor."""
    for kind, changes in _by_kind(page.changes).items():
        if kind in r.KINDS:
            _take(conn, kind, changes, page.columns.get(kind, ()), at)
        else:
            _keep_unknown(conn, kind, changes, page.columns.get(kind, ()))
    device.set_fact(conn, _EPOCH, page.epoch)
    device.set_fact(conn, _CURSOR, str(page.next))
    device.set_fact(conn, _APPLIED, at)
    if not page.more:
        _sweep(conn, at)


def begin_again(conn: sa.Connection, reason: str) -> None:
    """Forget the cursor. Rows stay until the feed has ended without naming them again.

    The epoch is kept where it is not what changed: a centre that is restored before the first new page has to notice.
    """
    for kind in r.KINDS:
        conn.exec_driver_sql(
            f'INSERT OR IGNORE INTO unseen SELECT ?, id FROM "{kind}" WHERE rev IS NOT NULL',  # noqa: S608 - our names
            (kind,),
        )
    device.set_fact(conn, _CURSOR, "0")
    device.set_fact(conn, _RESTARTED, reason)
    if reason == "epoch_changed":
        device.set_fact(conn, _EPOCH, "")
        delivery.send_again(conn)


def take_up_known(conn: sa.Connection) -> None:
    """Begin again when rows or fields that were set aside as unknown are known to this version."""
    kept = conn.exec_driver_sql("SELECT kind, raw FROM aside WHERE reason IN ('unknown_kind', 'unknown_fields')")
    for kind, raw in kept.all():
        if kind in r.KINDS and {column.name for column in r.columns(kind)} & set(msgspec.json.decode(raw)):
            conn.exec_driver_sql("DELETE FROM aside WHERE reason IN ('unknown_kind', 'unknown_fields')")
            begin_again(conn, "upgraded")
            return


def _by_kind(changes: Iterable[wire.Change]) -> dict[str, list[wire.Change]]:
    """The changes of each kind; known kinds in the order in which one may refer to another."""
    grouped: dict[str, list[wire.Change]] = {}
    for change in changes:
        grouped.setdefault(change.kind, []).append(change)
    order = {kind: place for place, kind in enumerate(r.KINDS)}
    return dict(sorted(grouped.items(), key=lambda item: order.get(item[0], len(order))))


def _take(
    conn: sa.Connection, kind: str, changes: Sequence[wire.Change], columns: tuple[str, ...], at: r.Moment
) -> None:
    """Put the changes of one known kind in."""
    named = [(kind, change.id) for change in changes]
    conn.exec_driver_sql("DELETE FROM unseen WHERE kind = ? AND id = ?", named)
    conn.exec_driver_sql("DELETE FROM aside WHERE kind = ? AND id = ?", named)
    arrived, gone = [], []
    for change in changes:
        if change.values is None:
            gone.append(change.id)
        elif (row := _row(conn, kind, change, dict(zip(columns, change.values, strict=True)), at)) is not None:
            arrived.append(row)
    heads = _laid_heads(conn, kind, [*(row.record.id for row in arrived), *gone])
    held = {record_id for head, record_id in heads if head == kind}
    rows.put(conn, kind, arrived)
    rows.delete(conn, kind, [record_id for record_id in gone if record_id not in held])
    _delete_later(conn, kind, (record_id for record_id in gone if record_id in held))
    if kind in projection.TRACES and heads:
        for row in arrived:
            conn.exec_driver_sql("UPDATE event SET laid = 0 WHERE trace = ?", (row.record.id,))
    for head, record_id in sorted(heads, key=projection.reading_order):
        projection.refresh(conn, head, record_id)


def _laid_heads(conn: sa.Connection, kind: str, ids: Sequence[str]) -> set[tuple[str, str]]:
    """The heads whose shown rows some arriving rows may change."""
    pending = conn.exec_driver_sql("SELECT kind, record_id, trace FROM event WHERE laid").all()
    arriving = set(ids)
    return {
        (head, record_id)
        for head, record_id, trace in pending
        if (head == kind and record_id in arriving) or trace in arriving
    }


def _row(conn: sa.Connection, kind: str, change: wire.Change, values: dict[str, Any], at: r.Moment) -> Row | None:
    """A row from a change; what this version cannot use is set aside, never lost and never a reason to stop."""
    known = {column.name for column in r.columns(kind)}
    unknown = {name: value for name, value in values.items() if name not in known}
    if unknown:
        _aside(conn, kind, change.id, "unknown_fields", unknown)
    try:
        record = r.from_row(kind, {**values, "id": change.id})
    except msgspec.ValidationError as error:
        _aside(conn, kind, change.id, "malformed", values)
        log.note(conn, at, "error", "row_malformed", {"kind": kind, "id": change.id, "detail": str(error)})
        return None
    return Row(record, change.rev)


def _keep_unknown(conn: sa.Connection, kind: str, changes: Sequence[wire.Change], columns: tuple[str, ...]) -> None:
    for change in changes:
        if change.values is None:
            conn.exec_driver_sql("DELETE FROM aside WHERE kind = ? AND id = ?", (kind, change.id))
        else:
            _aside(conn, kind, change.id, "unknown_kind", dict(zip(columns, change.values, strict=True)))


def _aside(conn: sa.Connection, kind: str, record_id: str, reason: str, raw: dict[str, Any]) -> None:
    conn.exec_driver_sql(
        "INSERT OR REPLACE INTO aside (kind, id, reason, raw) VALUES (?, ?, ?, ?)",
        (kind, record_id, reason, msgspec.json.encode(raw).decode()),
    )


def _sweep(conn: sa.Connection, at: r.Moment) -> None:
    """After a restart's last page: remove what the centre did not name again, except under pending work."""
    reason = device.fact(conn, _RESTARTED)
    if not reason:
        return
    for kind in r.KINDS:
        left = conn.exec_driver_sql("SELECT id FROM unseen WHERE kind = ?", (kind,)).scalars().all()
        if reason != "scope_changed" and len(left) * 100 > rows.count(conn, kind) * _SWEEP_PERCENT:
            log.note(conn, at, "error", "sweep_held_back", {"kind": kind, "rows": str(len(left)), "reason": reason})
            continue
        held = {record_id for head, record_id in _laid_heads(conn, kind, left) if head == kind}
        rows.delete(conn, kind, [record_id for record_id in left if record_id not in held])
        _delete_later(conn, kind, held)
    conn.exec_driver_sql("DELETE FROM unseen")
    device.set_fact(conn, _RESTARTED, "")
    pending = conn.exec_driver_sql("SELECT DISTINCT kind, record_id FROM event WHERE laid").all()
    for head, record_id in sorted(((str(head), str(name)) for head, name in pending), key=projection.reading_order):
        projection.refresh(conn, head, record_id)


def _delete_later(conn: sa.Connection, kind: str, record_ids: Iterable[str]) -> None:
    """Remember rows that go as soon as nothing pending is laid over them; ``projection`` carries it out."""
    waits = [(kind, record_id) for record_id in record_ids]
    if waits:
        conn.exec_driver_sql(
            "INSERT OR REPLACE INTO aside (kind, id, reason, raw) VALUES (?, ?, 'deleted', 'null')", waits
        )
