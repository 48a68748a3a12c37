"""Bugs put into the product on purpose, one at a time: the simulation has to find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from inspector_app.storage import delivery, device, evidence, feed, outbox, projection, rows
from inspector_app.storage.rows import Row
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.server.services import cursors
from sync.server.services import evidence as blobs
from sync.server.services import people as administration
from sync.server.services import push as pushing
from sync.server.services.centre import Centre
from sync.server.storage import changes, ledger, sequence
from sync.server.storage import tables as t
from sync.server.storage.devices import Device


@contextmanager
def cursor_saved_before_its_rows() -> Iterator[None]:
    """A device that dies between the two never gets the rows."""

    def apply(self: SyncStore, page: wire.Page) -> None:
        with self._cache.write() as conn:
            device.set_fact(conn, "feed.epoch", page.epoch)
            device.set_fact(conn, "feed.cursor", str(page.next))
        with self._cache.write() as conn:
            feed.apply(conn, page, self._at())

    with patch.object(SyncStore, "apply", apply):
        yield


@contextmanager
def ledger_written_outside_the_transaction() -> Iterator[None]:
    """The effect is committed first, what was answered afterwards."""
    write, push = ledger.write, pushing.push
    later: list[tuple[ledger.Entry, int]] = []

    def remember(_conn: sa.Connection, entry: ledger.Entry, received_ms: int) -> None:
        later.append((entry, received_ms))

    def push_then_write(centre: Centre, known: Device, body: bytes) -> wire.PushReply:
        later.clear()
        reply = push(centre, known, body)
        with centre.database.write() as connection:
            for entry, received_ms in later:
                write(connection, entry, received_ms)
        return reply

    with patch.object(ledger, "write", remember), patch.object(pushing, "push", push_then_write):
        yield


@contextmanager
def refused_event_blocks_the_rest() -> Iterator[None]:
    """A device goes on sending what was refused, and with it nothing behind it."""
    settle = delivery.settle

    def stop(conn: sa.Connection, results: Sequence[e.EventResult], at: r.Moment) -> None:
        refused = next((place for place, result in enumerate(results) if result.outcome == "rejected"), len(results))
        settle(conn, results[:refused], at)

    with patch.object(delivery, "settle", stop):
        yield


@contextmanager
def next_is_the_high_water_mark() -> Iterator[None]:
    """A page says that everything was scanned, although more is waiting."""
    scan = changes.scan

    def hasty(connection: sa.Connection, *args: Any, **kwargs: Any) -> changes.Scan:
        return scan(connection, *args, **kwargs)._replace(next=sequence.last(connection))

    with patch.object(changes, "scan", hasty):
        yield


@contextmanager
def effect_without_its_event() -> Iterator[None]:
    """A comment is shown and never sent."""
    insert = outbox.insert

    def forget(conn: sa.Connection, event: e.Event, *args: Any, **kwargs: Any) -> None:
        if event.action != "comment":
            insert(conn, event, *args, **kwargs)

    with patch.object(outbox, "insert", forget):
        yield


@contextmanager
def evidence_trusted_without_its_hash() -> Iterator[None]:
    """The centre takes whatever has the right length."""
    with patch.object(blobs, "_hash", lambda path: path.name):
        yield


@contextmanager
def tombstone_brought_back() -> Iterator[None]:
    """A device writes a row that it holds again when the centre deletes it."""
    delete = rows.delete

    def keep(conn: sa.Connection, kind: str, record_ids: Any) -> None:
        wanted = list(record_ids)
        held = [] if kind != "place" else [rows.get_row(conn, kind, record_id) for record_id in wanted]
        delete(conn, kind, wanted)
        rows.put(conn, kind, [Row(row.record, row.rev) for row in held if row is not None])

    with patch.object(rows, "delete", keep):
        yield


@contextmanager
def applied_again_after_a_restore() -> Iterator[None]:
    """A restored centre begins its ledger anew, beside the rows of its backup."""
    begin = administration.begin_new_epoch

    def forget(centre: Centre) -> None:
        begin(centre)
        with centre.database.write() as connection:
            connection.execute(sa.delete(t.ledger))

    with patch.object(administration, "begin_new_epoch", forget):
        yield


@contextmanager
def unsent_event_dropped_when_the_feed_begins_again() -> Iterator[None]:
    """A restart of the feed takes the outbox along."""
    begin_again = feed.begin_again

    def sweep(conn: sa.Connection, reason: str) -> None:
        begin_again(conn, reason)
        if reason == "scope_changed":
            conn.exec_driver_sql("DELETE FROM event WHERE state IN ('waiting', 'blocked')")

    with patch.object(feed, "begin_again", sweep):
        yield


@contextmanager
def projection_not_refreshed_on_an_answer() -> Iterator[None]:
    """What was refused stays on the screen."""
    with patch.object(projection, "heads_of", lambda conn, event_ids: set()):
        yield


@contextmanager
def rights_not_looked_at_again() -> Iterator[None]:
    """A cursor stays good whatever the device may hold meanwhile."""
    with patch.object(cursors, "_mark", lambda scopes: "same"):
        yield


@contextmanager
def evidence_forgotten_after_a_restore() -> Iterator[None]:
    """A device goes on believing complete what a restored centre no longer has."""

    def only_events(conn: sa.Connection) -> None:
        conn.exec_driver_sql(
            "UPDATE event SET state = 'waiting', result = NULL, settled_at = NULL, laid = (trace <> '') "
            "WHERE state = 'confirmed'"
        )

    with patch.object(delivery, "send_again", only_events):
        yield


@contextmanager
def file_removed_once_it_is_sent() -> Iterator[None]:
    """The local copy goes as soon as the centre says a number, not when it says that the whole is right."""
    evidence_at = SyncStore.evidence_at

    def hurry(self: SyncStore, sha256: str, offset: int, complete: bool) -> None:
        evidence_at(self, sha256, offset, complete)
        with self._cache.read() as conn:
            piece = evidence.by_hash(conn, sha256)
        if piece is not None and offset == piece.size:
            self._cache.vault.remove(piece.id)

    with patch.object(SyncStore, "evidence_at", hurry):
        yield


Mutant = Callable[[], AbstractContextManager[None]]

MUTANTS: tuple[Mutant, ...] = (
    cursor_saved_before_its_rows,
    ledger_written_outside_the_transaction,
    refused_event_blocks_the_rest,
    next_is_the_high_water_mark,
    effect_without_its_event,
    evidence_trusted_without_its_hash,
    tombstone_brought_back,
    applied_again_after_a_restore,
    unsent_event_dropped_when_the_feed_begins_again,
    projection_not_refreshed_on_an_answer,
    rights_not_looked_at_again,
    evidence_forgotten_after_a_restore,
    file_removed_once_it_is_sent,
)
