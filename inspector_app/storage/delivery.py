"""What becomes of events: which go next, what the centre said to each, and what that changes in what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa

from inspector_app.storage import projection
from sync.contract import events as e
from sync.contract import records as r
from sync.engine.ports import Outstanding, Waiting


def waiting(conn: sa.Connection, limit: int) -> tuple[Waiting, ...]:
    """The events to send, in the order in which they were made; parked ones are left out."""
    found = conn.exec_driver_sql(
        "SELECT n, id, line FROM event WHERE state IN ('waiting', 'blocked') ORDER BY arrived LIMIT ?", (limit,)
    )
    return tuple(Waiting(n, event_id, bytes(line)) for n, event_id, line in found)


def settle(conn: sa.Connection, results: Sequence[e.EventResult], at: r.Moment) -> None:
    """Write down the centre's word on events, and show what follows from it.

    A blocked event waits on, and so does one whose running number another device has used: this one will ask for
    another identity. What is held stays shown as it is. What depends on a refused event can never be applied: it is
    parked, for the person to see, and what it makes is shown only where it still can be without what was refused.
    """
    standing = [(result, _state(result)) for result in results]
    _write(conn, [(result, state, at if state in _FINAL else None) for result, state in standing])
    refused = [result.id for result, state in standing if state == "refused"]
    lifted = [*refused, *(result.id for result in results if result.outcome == "merged")]
    if lifted:
        conn.exec_driver_sql("UPDATE event SET laid = 0 WHERE id = ?", [(event_id,) for event_id in lifted])
    judged = {name for result in results if result.outcome == "blocked" for name in result.blocked_by}
    stranded = _strand(conn, {*refused, *_refused_among(conn, judged)})  # those were tried again since
    _refresh(conn, [*lifted, *stranded])


def let_go(conn: sa.Connection, event_ids: Iterable[str]) -> None:
    """Take the confirmed ones of some events away from over the centre's rows, and what shows of them alone."""
    found = conn.exec_driver_sql(
        "UPDATE event SET laid = 0 WHERE laid AND state = 'confirmed' AND id IN (SELECT value FROM json_each(?)) "
        "RETURNING id",
        (msgspec.json.encode(tuple(event_ids)).decode(),),
    )
    _refresh(conn, found.scalars().all())


def confirmed_and_laid(conn: sa.Connection) -> tuple[str, ...]:
    """The events that the centre has confirmed and not yet shown."""
    return tuple(conn.exec_driver_sql("SELECT id FROM event WHERE laid AND state = 'confirmed'").scalars())


def decided(conn: sa.Connection, quarantined: Iterable[r.Quarantined], at: r.Moment) -> None:
    """Settle events that were held, by what a supervisor has said to them."""
    results = {"accepted": "applied", "refused": "rejected"}
    for held in quarantined:
        known = conn.exec_driver_sql("SELECT 1 FROM event WHERE id = ? AND state = 'held'", (held.id,)).first()
        if known is not None and held.state in results:
            said = {"outcome": results[held.state], "received_at": held.received_at, "fields": {"note": held.note}}
            settle(conn, [msgspec.convert({"id": held.id, **said}, e.EventResult)], at)


def park(conn: sa.Connection, event_id: str, code: str) -> None:
    """Keep an event back, with the code of what went wrong; its effect stays shown."""
    _write(conn, [(e.EventResult(id=event_id, outcome="blocked", code=code), "parked", None)])


def try_parked_again(conn: sa.Connection) -> None:
    """Let this device's own parked events wait again."""
    conn.exec_driver_sql("UPDATE event SET state = 'waiting' WHERE state = 'parked' AND device_id = ''")


def send_again(conn: sa.Connection) -> None:
    """Let this device's own events wait again that are confirmed, held or parked: the centre was restored."""
    conn.exec_driver_sql(
        f"UPDATE event SET state = 'waiting', result = NULL, settled_at = NULL, laid = {projection.LAID_AGAIN} "  # noqa: S608 - ours
        "WHERE state IN ('confirmed', 'held', 'parked') AND device_id = ''"
    )
    conn.exec_driver_sql(
        "UPDATE evidence SET state = 'waiting', \"offset\" = 0, problem = '' WHERE state IN ('complete', 'failed')"
    )


def show_again(conn: sa.Connection) -> None:
    """Work out anew what is shown of what waits again, where the centre's rows here do not show it.

    Where they do, laying it over them changes nothing. A row of the quarantine is there before its decision is.
    """
    shown = " ".join(
        f'AND NOT EXISTS (SELECT 1 FROM "{kind}" WHERE id = trace AND rev IS NOT NULL)'  # noqa: S608 - our names
        for kind in projection.TRACES
        if kind != "quarantined"
    )
    found = conn.exec_driver_sql(f"SELECT id FROM event WHERE laid AND state IN ('waiting', 'carried') {shown}")  # noqa: S608
    _refresh(conn, found.scalars().all())


def send_under_new_number(conn: sa.Connection) -> None:
    """Let the events wait again that were refused because another device had used their running numbers."""
    conn.exec_driver_sql(
        "UPDATE event SET state = 'waiting', result = NULL, settled_at = NULL, laid = (trace <> '') "
        "WHERE state = 'refused' AND device_id = '' AND result ->> '$.code' = ?",
        (_NUMBER_REUSED,),
    )
    show_again(conn)


def outstanding(conn: sa.Connection) -> Outstanding:
    """How many of this device's own events wait, and since when."""
    count, since = conn.exec_driver_sql(
        "SELECT count(*), min(made_at) FROM event WHERE state IN ('waiting', 'blocked')"
    ).one()
    return Outstanding(count, since or "")


def delivered(conn: sa.Connection) -> bool:
    """Whether nothing is left that the centre would still take: no event, no batch of others, no evidence.

    A batch that was tried and waits on does not count: its device has the events itself.
    """
    left = conn.exec_driver_sql(
        "SELECT EXISTS (SELECT 1 FROM event WHERE state IN ('waiting', 'blocked')) "
        "OR EXISTS (SELECT 1 FROM batch WHERE state = 'waiting' AND problem = '') "
        "OR EXISTS (SELECT 1 FROM evidence JOIN event_evidence ON event_evidence.sha256 = evidence.sha256 "
        "  JOIN event ON event.id = event_id WHERE evidence.state = 'waiting' AND event.state IN ('confirmed', 'held'))"
    )
    return not left.scalar_one()


def forget_confirmed(conn: sa.Connection, before: r.Moment) -> int:
    """Remove the events that were confirmed before a moment (30 days ago) and that the centre's rows show; how many.

    The batches go too that were relayed before it and of whose events none is left: what is kept of others can be
    given again to a centre that was restored, only by its batch.
    """
    gone = conn.exec_driver_sql(
        "DELETE FROM event WHERE state = 'confirmed' AND NOT laid AND datetime(settled_at) < datetime(?)", (before,)
    )
    conn.exec_driver_sql(
        "DELETE FROM batch WHERE state = 'done' AND datetime(at) < datetime(?) "
        "AND NOT EXISTS (SELECT 1 FROM event WHERE event.device_id = batch.device_id AND event.state = 'confirmed')",
        (before,),
    )
    return gone.rowcount


_NUMBER_REUSED: Final = "number_reused"
_FINAL: Final = ("confirmed", "refused", "held")


def _state(result: e.EventResult) -> str:
    if result.accepted:
        return "confirmed"
    if result.code == _NUMBER_REUSED:
        return "waiting"
    return {"blocked": "blocked", "quarantined": "held"}.get(result.outcome, "refused")


def _write(conn: sa.Connection, standing: Iterable[tuple[e.EventResult, str, r.Moment | None]]) -> None:
    said = [(state, msgspec.json.encode(result).decode(), at, result.id) for result, state, at in standing]
    if said:
        conn.exec_driver_sql("UPDATE event SET state = ?, result = ?, settled_at = ? WHERE id = ?", said)


def _refresh(conn: sa.Connection, event_ids: Iterable[str]) -> None:
    """Work out anew what is shown of the heads of some events, each once."""
    for kind, record_id in sorted(projection.heads_of(conn, event_ids), key=projection.reading_order):
        projection.refresh(conn, kind, record_id)


def _refused_among(conn: sa.Connection, event_ids: Iterable[str]) -> list[str]:
    """Those of some events that were refused here."""
    named = msgspec.json.encode(tuple(event_ids)).decode()
    found = conn.exec_driver_sql(
        "SELECT id FROM event WHERE state = 'refused' AND id IN (SELECT value FROM json_each(?))", (named,)
    )
    return list(found.scalars())


def _strand(conn: sa.Connection, refused: Iterable[str]) -> list[str]:
    """Park what depends on refused events, and what depends on that; returns what was parked."""
    lost = set(refused)
    stranded: list[e.EventResult] = []
    for _, event_id, line in waiting(conn, -1) if lost else ():
        blocked_by = tuple(name for name in e.decode(line).depends_on if name in lost)
        if blocked_by:
            lost.add(event_id)
            stranded.append(e.EventResult(id=event_id, outcome="blocked", blocked_by=blocked_by))
    _write(conn, [(result, "parked", None) for result in stranded])
    return [result.id for result in stranded]
