"""Whether the rows here are the centre's: the sums they are compared by, and putting right a bucket that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import device, feed, intake, log
from sync.contract import records as r
from sync.contract import snapshots, wire
from sync.contract.snapshots import Bucket

EVERY: Final = timedelta(days=1)
_LOST: Final = "check.lost"
"""How many rows of each kind the check under way has taken away."""
_DIFFERED: Final = "check.differed"


def due(conn: sa.Connection, now: datetime) -> bool:
    """Whether to compare: after a first sync or a restart, and once a day; also when the clock was put back."""
    last = device.fact(conn, feed.CHECKED)
    return last is None or not timedelta(0) <= now - datetime.fromisoformat(last) < EVERY


def last(conn: sa.Connection) -> tuple[r.Moment, int] | None:
    """When the rows were last compared, and how many buckets differed then; None where they never were since."""
    at = device.fact(conn, feed.CHECKED)
    return None if at is None else (at, int(device.fact(conn, _DIFFERED) or 0))


def buckets(conn: sa.Connection) -> tuple[Bucket, ...]:
    """The buckets of the centre's rows that are here.

    Rows that this version cannot read count with the revision they came with. What the centre does not name any more
    does not count: rows that wait for work laid over them, and rows held back for a person's decision.
    """
    return snapshots.buckets(_rows(conn))


def _rows(conn: sa.Connection) -> Iterator[tuple[str, str, int]]:
    for kind in r.KINDS:
        found = conn.exec_driver_sql(
            f'SELECT id, rev FROM "{kind}" WHERE rev IS NOT NULL '  # noqa: S608 - our names
            "AND id NOT IN (SELECT id FROM aside WHERE kind = ?1 AND reason IN ('deleted', 'malformed')) "
            "AND id NOT IN (SELECT id FROM unseen WHERE kind = ?1)",
            (kind,),
        )
        yield from ((kind, row_id, rev) for row_id, rev in found)
    found = conn.exec_driver_sql("SELECT kind, id, rev FROM aside WHERE rev IS NOT NULL")
    yield from ((kind, row_id, rev) for kind, row_id, rev in found)


def done(conn: sa.Connection, wrong: Sequence[Bucket], at: r.Moment) -> None:
    """Remember that the rows were compared, and which buckets differed."""
    kinds = sorted({bucket.kind for bucket in wrong})
    if wrong:
        log.note(conn, at, "warning", "rows_differed", {"kinds": " ".join(kinds), "buckets": str(len(wrong))})
    device.set_fact(conn, feed.CHECKED, at)
    device.set_fact(conn, _DIFFERED, str(len(wrong)))
    device.forget_facts(conn, (_LOST,))


def replace(conn: sa.Connection, kind: str, bucket: int, page: wire.Page, at: r.Moment) -> None:
    """Make one bucket of one kind what the centre says: rows put in, others gone, unsent work kept.

    As in a restart, more than a fifth of a kind does not go without a person's word.
    """
    living = [change for change in page.changes if change.kind == kind and change.values is not None]
    arrived = [(change.id, change.rev, *(change.values or ())) for change in living]
    named = {change.id for change in living}
    gone = [row_id for row_id in _here(conn, kind) if row_id not in named and snapshots.bucket_of(row_id) == bucket]
    intake.take(conn, [intake.Rows(kind, page.columns.get(kind, ()), arrived)], at)
    lost = msgspec.json.decode(device.fact(conn, _LOST) or "{}", type=dict[str, int])
    if gone and feed.too_many(conn, kind, len(gone), lost.get(kind, 0)):
        feed.hold_back(conn, kind, gone, at, "check")
    elif gone:
        intake.lose(conn, kind, gone)
        lost[kind] = lost.get(kind, 0) + len(gone)
        device.set_fact(conn, _LOST, msgspec.json.encode(lost).decode())


def _here(conn: sa.Connection, kind: str) -> list[str]:
    """The rows of a kind that count."""
    return [row_id for row_kind, row_id, _ in _rows(conn) if row_kind == kind]
