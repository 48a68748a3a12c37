"""What becomes of events: which go next, what the centre said to each, and what that changes in what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from inspector_app.storage import projection
from sync.contract import events as e
from sync.contract import records as r
from sync.engine.ports import Waiting


def waiting(conn: sa.Connection, limit: int) -> tuple[Waiting, ...]:
    """The events to send, in the order in which they were made; parked ones are left out."""
    found = conn.exec_driver_sql(
        "SELECT n, id, line FROM event WHERE state IN ('waiting', 'blocked') ORDER BY arrived LIMIT ?", (limit,)
    )
    return tuple(Waiting(n, event_id, bytes(line)) for n, event_id, line in found)


def settle(conn: sa.Connection, results: Sequence[e.EventResult], at: r.Moment) -> None:
    """Write down the centre's word on events, and show what follows from it.

    A blocked event waits on. What depends on a refused event can never be applied: it is parked, for the person to
    see, and what it makes is shown only where it still can be without what was refused.
    """
    refused: list[str] = []
    for result in results:
        if result.outcome == "blocked":
            _write(conn, result, "blocked", at=None)
            refused += _refused_among(conn, result.blocked_by)  # and tried again since
        elif result.accepted:
            _write(conn, result, "confirmed", at)
            if result.outcome == "merged":
                _lift(conn, result.id)
        else:
            _write(conn, result, "refused", at)
            _lift(conn, result.id)
            refused.append(result.id)
    stranded = _strand(conn, refused)
    heads = projection.heads_of(conn, [*(result.id for result in results), *stranded])
    for kind, record_id in sorted(heads, key=projection.reading_order):
        projection.refresh(conn, kind, record_id)


def park(conn: sa.Connection, event_id: str, code: str) -> None:
    """Keep an event back, with the code of what went wrong; its effect stays shown."""
    _write(conn, e.EventResult(id=event_id, outcome="blocked", code=code), "parked", at=None)


def send_again(conn: sa.Connection) -> None:
    """Let every confirmed event wait again: the centre was restored and may have lost it."""
    conn.exec_driver_sql(
        "UPDATE event SET state = 'waiting', result = NULL, settled_at = NULL, laid = (trace <> '') "
        "WHERE state = 'confirmed'"
    )
    conn.exec_driver_sql(
        "UPDATE evidence SET state = 'waiting', \"offset\" = 0, problem = '' WHERE state IN ('complete', 'failed')"
    )


def forget_confirmed(conn: sa.Connection, before: r.Moment) -> int:
    """Remove the events that were confirmed before a moment (30 days ago) and that the centre's rows show; how many."""
    gone = conn.exec_driver_sql(
        "DELETE FROM event WHERE state = 'confirmed' AND NOT laid AND datetime(settled_at) < datetime(?)", (before,)
    )
    return gone.rowcount


def _write(conn: sa.Connection, result: e.EventResult, state: str, at: r.Moment | None) -> None:
    conn.exec_driver_sql(
        "UPDATE event SET state = ?, result = ?, settled_at = ? WHERE id = ?",
        (state, msgspec.json.encode(result).decode(), at, result.id),
    )


def _lift(conn: sa.Connection, event_id: str) -> None:
    conn.exec_driver_sql("UPDATE event SET laid = 0 WHERE id = ?", (event_id,))


def _refused_among(conn: sa.Connection, event_ids: Iterable[str]) -> list[str]:
    """Those of some events that were refused here."""
    return [
        event_id
        for event_id in event_ids
        if conn.exec_driver_sql("SELECT 1 FROM event WHERE id = ? AND state = 'refused'", (event_id,)).first()
    ]


def _strand(conn: sa.Connection, refused: Iterable[str]) -> list[str]:
    """Park what depends on refused events, and what depends on that; returns what was parked."""
    lost = set(refused)
    stranded: list[str] = []
    if not lost:
        return stranded
    for _, event_id, line in waiting(conn, -1):
        blocked_by = tuple(name for name in e.decode(line).depends_on if name in lost)
        if blocked_by:
            lost.add(event_id)
            stranded.append(event_id)
            _write(conn, e.EventResult(id=event_id, outcome="blocked", blocked_by=blocked_by), "parked", at=None)
    return stranded
