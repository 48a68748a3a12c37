"""A centre without a network: it accepts every waiting event and sends the rows that follow, as the real one would."""

from __future__ import annotations

import msgspec

from inspector_app.storage import delivery, feed, rows
from inspector_app.storage.cache import Cache
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.domain import workflow
from tests.support.desks import NOON

FIELD = ("visit", "visit_revision", "finding", "decision", "case", "case_entry", "contact")
"""What events make."""
MOMENT = NOON.isoformat()


def receive(cache: Cache) -> None:
    """Confirm what waits, and send back every row of the field; a submitted visit comes back as received."""
    with cache.write() as conn:
        waiting = delivery.waiting(conn, 500)
        delivery.settle(
            conn, [e.EventResult(id=one.id, outcome="applied", received_at=MOMENT) for one in waiting], MOMENT
        )
        epoch, since = feed.cursor(conn)
        made = [(kind, record) for kind in FIELD for record in rows.where(conn, kind, "1 = 1")]
        changes = tuple(_change(kind, record, since + at) for at, (kind, record) in enumerate(made, start=1))
        columns = {kind: tuple(column.name for column in r.columns(kind))[1:] for kind in FIELD}
        page = wire.Page(epoch, since, since + len(changes), False, columns, changes)
        feed.apply(conn, page, MOMENT)


def _change(kind: str, record: r.Record, seq: int) -> wire.Change:
    if isinstance(record, r.Visit) and record.state == workflow.VisitState.SUBMITTED:
        state = workflow.step(workflow.Workflow.VISIT, record.state, "receive", workflow.Role.CENTRE)
        record = msgspec.structs.replace(record, state=state)
    values = tuple(r.to_row(record).values())
    return wire.Change(kind, record.id, seq, seq, values[1:])
