"""The snapshot under way: what it consists of, which of its frames are in, and where the feed goes on after it."""

from __future__ import annotations

from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import device, feed, intake
from sync.contract import records as r
from sync.contract import snapshots
from sync.contract.snapshots import Manifest

_EPOCH: Final = "snapshot.epoch"
"""For which life and rights the frames that are in were read."""
_ID: Final = "snapshot.id"
"""Which snapshot it is; the manifest can be long."""


def manifest(conn: sa.Connection) -> Manifest | None:
    """The snapshot under way, or None."""
    text = device.fact(conn, feed.MANIFEST)
    return None if text is None else msgspec.json.decode(text, type=Manifest)


def begin(conn: sa.Connection, begun: Manifest) -> None:
    """Take up a snapshot; frames that are in already, of an earlier one, stay so.

    Where those were read in another life of the centre or for other rights, everything is begun again: rows that came
    with them may not be the device's to hold any more. (Rows of a frame that a later snapshot of the same life and
    rights no longer has are found by the check that follows a first sync.)
    """
    before = device.fact(conn, _EPOCH)
    if before not in (None, begun.epoch) and conn.exec_driver_sql("SELECT 1 FROM snapshot_frame").first() is not None:
        life = feed.life_of(begun.epoch)
        restored = life != feed.life_of(str(before))
        feed.begin_again(conn, "epoch_changed" if restored else "scope_changed", life)
    device.set_fact(conn, _EPOCH, begun.epoch)
    device.set_fact(conn, _ID, f"{begun.epoch} {begun.id}")
    device.set_fact(conn, feed.MANIFEST, msgspec.json.encode(begun).decode())
    named = msgspec.json.encode([entry.sha256 for entry in begun.frames]).decode()
    conn.exec_driver_sql("DELETE FROM snapshot_frame WHERE sha256 NOT IN (SELECT value FROM json_each(?))", (named,))


def is_under_way(conn: sa.Connection, begun: Manifest) -> bool:
    """Whether a snapshot is still the one that is taken in."""
    return device.fact(conn, feed.MANIFEST) is not None and device.fact(conn, _ID) == f"{begun.epoch} {begun.id}"


def missing(conn: sa.Connection, under_way: Manifest) -> tuple[int, ...]:
    """The places of the frames that are not in yet, in their order."""
    there = frozenset(conn.exec_driver_sql("SELECT sha256 FROM snapshot_frame").scalars())
    return tuple(number for number, entry in enumerate(under_way.frames) if entry.sha256 not in there)


def put_in(conn: sa.Connection, sha256: str, frame: snapshots.Frame, at: r.Moment) -> None:
    """Put the rows of one frame in and remember that it is; nothing happens where it is in already."""
    if conn.exec_driver_sql("INSERT OR IGNORE INTO snapshot_frame VALUES (?)", (sha256,)).rowcount:
        some = intake.Rows(frame.kind, frame.columns, frame.rows)
        intake.take(conn, [some], at, newer_only=not feed.in_another_life(conn))


def end(conn: sa.Connection, under_way: Manifest, *, complete: bool, at: r.Moment) -> None:
    """Every frame is in, so that the feed goes on from the manifest's cursor; or the snapshot is gone.

    Raises:
        RuntimeError: It is said to be complete and is not.
    """
    if complete and missing(conn, under_way):
        raise RuntimeError("a snapshot cannot end before all of its frames are in")
    device.forget_facts(conn, (feed.MANIFEST, _ID))
    if complete:
        feed.stands_at(conn, under_way.epoch, under_way.since, at)
        conn.exec_driver_sql("DELETE FROM snapshot_frame")
