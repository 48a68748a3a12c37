"""Bugs put into the product on purpose, one at a time: the simulation has to find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from inspector_app.storage import delivery, device, evidence, feed, intake, outbox, projection, rows
from inspector_app.storage.rows import Row
from inspector_app.storage.sync_store import SyncStore
from sync.contract import effects, snapshots, wire
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.server.services import cursors, quarantine
from sync.server.services import evidence as blobs
from sync.server.services import people as administration
from sync.server.services import push as pushing
from sync.server.services import relay as relaying
from sync.server.services.centre import Centre
from sync.server.storage import bulk, changes, ledger, sequence
from sync.server.storage import tables as t


@contextmanager
def cursor_saved_before_its_rows() -> Iterator[None]:
    """A device that dies between the two never gets the rows."""

    def apply(self: SyncStore, page: wire.Page) -> None:
        with self._cache.write() as conn:
            device.set_fact(conn, "feed.epoch", page.epoch)
            device.set_fact(conn, "feed.cursor", str(page.next))
        with self._cache.write() as conn:
            feed.apply(conn, page, self._at(), self._settled)

    with patch.object(SyncStore, "apply", apply):
        yield


@contextmanager
def ledger_written_outside_the_transaction() -> Iterator[None]:
    """The effect is committed first, what was answered afterwards."""
    judge, later = pushing.judge, list[ledger.Entry]()

    def remember(self: ledger.Ledger) -> None:
        later.extend(self._new)

    def judge_then_write(centre: Centre, device_id: str, lines: list[bytes]) -> wire.PushReply:
        later.clear()
        reply = judge(centre, device_id, lines)
        with centre.database.write() as connection:
            bulk.run(connection, ledger._insert, ledger.Entry._fields, later)
        return reply

    with (
        patch.object(ledger.Ledger, "write", remember),
        patch.object(pushing, "judge", judge_then_write),
        patch.object(relaying, "judge", judge_then_write),
    ):
        yield


@contextmanager
def refused_event_advances_the_cursor() -> Iterator[None]:
    """A device takes the row that tells of its refused event for read, although it has not come."""
    settle = delivery.settle

    def hasty(conn: sa.Connection, results: Sequence[e.EventResult], at: r.Moment) -> None:
        settle(conn, results, at)
        _, since = feed.cursor(conn)
        if since and any(result.outcome == "rejected" for result in results):
            device.set_fact(conn, "feed.cursor", str(since + 1))

    with patch.object(delivery, "settle", hasty):
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
def sweep_eats_unsent_rows() -> Iterator[None]:
    """A restart takes everything away that the centre did not name, what it has never heard of included."""
    sweep = feed._sweep

    def eat(conn: sa.Connection, at: r.Moment) -> None:
        if feed._reasons(conn):
            conn.exec_driver_sql("DELETE FROM event WHERE state IN ('waiting', 'blocked') AND device_id = ''")
        sweep(conn, at)

    with patch.object(feed, "_sweep", eat):
        yield


@contextmanager
def bundle_replayed_as_new() -> Iterator[None]:
    """What is relayed is judged again, although it has come by another way before."""
    judge = pushing.judge

    def anew(centre: Centre, device_id: str, lines: list[bytes]) -> wire.PushReply:
        named = [e.decode(line).id for line in lines]
        with centre.database.write() as connection:
            connection.execute(sa.delete(t.ledger).where(t.ledger.c.event_id.in_(named)))
        return judge(centre, device_id, lines)

    with patch.object(relaying, "judge", anew):
        yield


@contextmanager
def frame_remembered_before_its_rows() -> Iterator[None]:
    """A device that dies between the two never gets the frame."""

    def apply_frame(self: SyncStore, number: int, frame: snapshots.Frame) -> None:
        under_way = self.manifest()
        assert under_way is not None
        with self._cache.write() as conn:
            conn.exec_driver_sql("INSERT OR IGNORE INTO snapshot_frame VALUES (?)", (under_way.frames[number].sha256,))
        with self._cache.write() as conn:
            intake.take(conn, [intake.Rows(frame.kind, frame.columns, frame.rows)], self._at(), newer_only=True)

    with patch.object(SyncStore, "apply_frame", apply_frame):
        yield


@contextmanager
def check_that_repairs_nothing() -> Iterator[None]:
    """A bucket that differs is fetched and thrown away."""
    with patch.object(SyncStore, "replace_bucket", lambda self, kind, bucket, page: None):
        yield


@contextmanager
def number_used_twice_is_final() -> Iterator[None]:
    """The events of a copied laptop end in the tray, for no fault of their author's."""
    state = delivery._state

    def final(result: e.EventResult) -> str:
        return "refused" if result.code == "number_reused" else state(result)

    with patch.object(delivery, "_state", final):
        yield


@contextmanager
def released_person_is_heard() -> Iterator[None]:
    """The centre applies what a person it has released, or a device it has withdrawn, still sends."""
    with patch.object(quarantine, "reason", lambda device, user: None):
        yield


@contextmanager
def released_person_is_not_heard_but_his_work_shown() -> Iterator[None]:
    """What is held back has its effect at the centre all the same."""
    hold_back = pushing._Batch._hold

    def both(self: pushing._Batch, event: e.Event, line: bytes, user: Any, reason: Any) -> None:
        hold_back(self, event, line, user, reason)
        try:
            effect = effects.effect_of(event, effects.Actor(user.person, at_centre=True), self._book)
        except Refused:
            return
        for group in effect.groups:
            self._rows.put(group.records, group.scopes)

    with patch.object(pushing._Batch, "_hold", both):
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
    refused_event_advances_the_cursor,
    next_is_the_high_water_mark,
    effect_without_its_event,
    evidence_trusted_without_its_hash,
    tombstone_brought_back,
    sweep_eats_unsent_rows,
    applied_again_after_a_restore,
    bundle_replayed_as_new,
    refused_event_blocks_the_rest,
    projection_not_refreshed_on_an_answer,
    rights_not_looked_at_again,
    evidence_forgotten_after_a_restore,
    file_removed_once_it_is_sent,
    frame_remembered_before_its_rows,
    check_that_repairs_nothing,
    number_used_twice_is_final,
    released_person_is_heard,
    released_person_is_not_heard_but_his_work_shown,
)
"""The ten that every sync has to be proof against come first."""
