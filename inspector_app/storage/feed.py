"""The centre's rows as they arrive: pages of changes put in, the cursor, and beginning again from nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import carried, delivery, device, intake, log, projection, rows
from sync.contract import records as r
from sync.contract import wire

CHECKED: Final = "feed.checked"
"""When the rows here were last compared with the centre's; see ``checking``."""
MANIFEST: Final = "snapshot.manifest"
"""The snapshot under way; see ``snapshot``."""
FACTS: Final = ("feed.epoch", "feed.cursor", "feed.restarted", "feed.held", CHECKED, MANIFEST)
"""Where the device stands in the feed: what a cache that begins anew has to forget."""

_EPOCH, _CURSOR, _RESTARTED, _HELD = FACTS[:4]
_APPLIED: Final = "feed.applied"
_CONTACT: Final = "feed.contact"
_LIFE: Final = "feed.life"
_EPOCH_CHANGED: Final = "epoch_changed"
_SCOPE_CHANGED: Final = "scope_changed"
_SWEEP_PERCENT: Final = 20
"""A restart may take away at most this share of a kind, unless the rights have changed."""


def cursor(conn: sa.Connection) -> tuple[str, int]:
    """The epoch and the ``seq`` up to which every row is here; ``("", 0)`` before the first page."""
    return device.fact(conn, _EPOCH) or "", int(device.fact(conn, _CURSOR) or 0)


def last_applied(conn: sa.Connection) -> r.Moment | None:
    """When the centre last answered for the rows here; None before the first page."""
    return device.fact(conn, _APPLIED)


def last_contact(conn: sa.Connection) -> r.Moment | None:
    """When the centre last let this device in: where nothing was new it sends no rows; None before the first page."""
    applied = last_applied(conn)
    return None if applied is None else device.fact(conn, _CONTACT) or applied


def in_contact(conn: sa.Connection, at: r.Moment) -> None:
    """The centre has let this device in."""
    device.set_fact(conn, _CONTACT, at)


def apply(conn: sa.Connection, page: wire.Page, at: r.Moment, settled: Collection[str] = ()) -> None:
    """Put the rows of a page in, lay pending events over them again, and save the cursor.

    Args:
        conn: The transaction.
        page: What the centre sent.
        at: The device's clock.
        settled: Events that were confirmed before the page was asked for. With the last page, the centre has sent
            what it shows of them to this device: what is still laid over its rows is not the device's to see.
    """
    intake.take(conn, _by_kind(page), at)
    stands_at(conn, page.epoch, page.next, at)
    if not page.more:
        _sweep(conn, at)
        delivery.let_go(conn, settled)


def stands_at(conn: sa.Connection, epoch: str, seq: int, at: r.Moment) -> None:
    """Save a cursor, in the transaction of the rows that it stands for."""
    met(conn, life_of(epoch))
    device.set_fact(conn, _EPOCH, epoch)
    device.set_fact(conn, _CURSOR, str(seq))
    device.set_fact(conn, _APPLIED, at)


def life_of(epoch: str) -> str:
    """The life of the centre's database that a cursor was read in."""
    return epoch.partition(".")[0]


def last_life(conn: sa.Connection) -> str:
    """The life of the centre's database that was met last; empty where none was."""
    return device.fact(conn, _LIFE) or ""


def met(conn: sa.Connection, life: str) -> None:
    """Remember the life of the centre's database; when it is another, let everything confirmed wait again."""
    if not life:
        return
    last = last_life(conn) or life_of(cursor(conn)[0])
    device.set_fact(conn, _LIFE, life)
    if last not in ("", life):
        _give_again(conn)


def begin_again(conn: sa.Connection, reason: str, life: str = "") -> None:
    """Forget the cursor. Rows stay until the feed has ended without naming them again.

    Where the centre named its life, that is kept as the beginning of a cursor, and where the epoch is not what
    changed, the whole epoch: a centre that is restored (again) before the first new page has to notice.
    """
    for kind in r.KINDS:
        conn.exec_driver_sql(
            f'INSERT OR IGNORE INTO unseen SELECT ?, id FROM "{kind}" WHERE rev IS NOT NULL',  # noqa: S608 - our names
            (kind,),
        )
    conn.exec_driver_sql("INSERT OR IGNORE INTO unseen SELECT kind, id FROM aside WHERE rev IS NOT NULL")
    conn.exec_driver_sql("DELETE FROM snapshot_frame")
    device.forget_facts(conn, (CHECKED, MANIFEST, _HELD))
    device.set_fact(conn, _CURSOR, "0")
    device.set_fact(conn, _RESTARTED, " ".join(sorted({*_reasons(conn), reason})))
    if reason == _EPOCH_CHANGED:
        if life:
            met(conn, life)
        else:  # a centre older than this, which names its life in its pages only
            _give_again(conn)
            device.forget_facts(conn, (_LIFE,))
        device.set_fact(conn, _EPOCH, f"{life}." if life else "")


def take_up_known(conn: sa.Connection) -> None:
    """Begin again when rows or fields that were set aside as unknown are known to this version."""
    kept = conn.exec_driver_sql("SELECT kind, raw FROM aside WHERE reason IN ('unknown_kind', 'unknown_fields')")
    for kind, raw in kept.all():
        if kind in r.KINDS and {column.name for column in r.columns(kind)} & set(msgspec.json.decode(raw)):
            conn.exec_driver_sql("DELETE FROM aside WHERE reason IN ('unknown_kind', 'unknown_fields')")
            begin_again(conn, "upgraded")
            return


def in_another_life(conn: sa.Connection) -> bool:
    """Whether the rows here may be of another life of the centre, so that their revisions compare with nothing."""
    return _EPOCH_CHANGED in _reasons(conn)


def _reasons(conn: sa.Connection) -> list[str]:
    """Why the feed was begun again, until it has ended; a change of rights stays one whatever else happens."""
    return (device.fact(conn, _RESTARTED) or "").split()


def _give_again(conn: sa.Connection) -> None:
    delivery.send_again(conn)
    carried.send_again(conn)
    delivery.show_again(conn)


def _by_kind(page: wire.Page) -> Iterable[intake.Rows]:
    arrived: dict[str, list[intake.Arrived]] = {}
    gone: dict[str, list[str]] = {}
    for change in page.changes:
        if change.values is None:
            gone.setdefault(change.kind, []).append(change.id)
        else:
            arrived.setdefault(change.kind, []).append((change.id, change.rev, *change.values))
    for kind in {**arrived, **gone}:
        yield intake.Rows(kind, page.columns.get(kind, ()), arrived.get(kind, ()), gone.get(kind, ()))


# ------------------------------------------------------------------------------------------ what is not named again


def _sweep(conn: sa.Connection, at: r.Moment) -> None:
    """After a restart's last page: remove what the centre did not name again, except under pending work."""
    reasons = _reasons(conn)
    if not reasons:
        return
    device.set_fact(conn, _RESTARTED, "")
    for kind in conn.exec_driver_sql("SELECT DISTINCT kind FROM unseen").scalars().all():
        left = _unseen(conn, kind)
        if _SCOPE_CHANGED in reasons or not too_many(conn, kind, len(left)):
            intake.lose(conn, kind, left)
        else:
            hold_back(conn, kind, left, at, " ".join(reasons))
    pending = conn.exec_driver_sql("SELECT DISTINCT kind, record_id FROM event WHERE laid").all()
    for head, record_id in sorted(((str(head), str(name)) for head, name in pending), key=projection.reading_order):
        projection.refresh(conn, head, record_id)


def too_many(conn: sa.Connection, kind: str, losing: int, lost: int = 0) -> bool:
    """Whether taking so many rows of a kind away at once (so many went before) is for a person to decide."""
    return kind in r.KINDS and (lost + losing) * 100 > (lost + rows.count(conn, kind)) * _SWEEP_PERCENT


def hold_back(conn: sa.Connection, kind: str, record_ids: Collection[str], at: r.Moment, reason: str) -> None:
    """Keep rows that the centre no longer names, until a person has said what is to become of them."""
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO unseen (kind, id) VALUES (?, ?)", [(kind, record_id) for record_id in record_ids]
    )
    device.set_fact(conn, _HELD, msgspec.json.encode(sorted({*_held_kinds(conn), kind})).decode())
    log.note(conn, at, "error", "sweep_held_back", {"kind": kind, "rows": str(len(record_ids)), "reason": reason})


def held_back(conn: sa.Connection) -> dict[str, int]:
    """How many rows of each kind wait for a person's decision, since the centre does not name them any more."""
    waiting = {kind: len(_unseen(conn, kind)) for kind in _held_kinds(conn)}
    return {kind: count for kind, count in waiting.items() if count}


def sweep_held(conn: sa.Connection, kind: str) -> None:
    """A person has said that the rows held back of a kind may go; under pending work they stay until it is settled."""
    if kind in _held_kinds(conn):
        intake.lose(conn, kind, _unseen(conn, kind))
        keep_held(conn, kind)


def keep_held(conn: sa.Connection, kind: str) -> None:
    """A person has said that they shall stay: nobody is asked again before the feed is begun anew."""
    device.set_fact(conn, _HELD, msgspec.json.encode([held for held in _held_kinds(conn) if held != kind]).decode())


def _held_kinds(conn: sa.Connection) -> list[str]:
    return msgspec.json.decode(device.fact(conn, _HELD) or "[]", type=list[str])


def _unseen(conn: sa.Connection, kind: str) -> list[str]:
    found = conn.exec_driver_sql("SELECT id FROM unseen WHERE kind = ?", (kind,)).scalars()
    return [str(record_id) for record_id in found]
