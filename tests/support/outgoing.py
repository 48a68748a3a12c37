"""A laptop with one of everything that can be under way between it and the centre."""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import delivery, evidence, feed, log, rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.rows import Row
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.ids import uuid7
from tests.support import desks

AT = desks.NOON.isoformat()
TOLD = "لا ماء في الدور الثالث منذ الصباح"


class Outgoing(NamedTuple):
    """The ids of events by where they stand, and the hash of a picture that was given up."""

    waiting: str
    refused: str
    parked: str
    held: str
    confirmed: str
    picture: str


def picture(shade: int = 0) -> bytes:
    """A photograph of nothing in particular; another shade is another picture."""
    written = io.BytesIO()
    Image.new("RGB", (1200, 800), (120, 90, 60 + shade)).save(written, "JPEG")
    return written.getvalue()


def open_case(desk: Desk, text: str = TOLD) -> str:
    """A complaint; returns the case's id."""
    fields = CaseFields(kind="complaint", category="CC01", priority="P1", text=text, region="makkah", place_id="p1")
    return desk.cases.open(fields).case_id


def event_of(desk: Desk, record_id: str) -> str:
    """The newest event of a record."""
    receipt = desk.outbox.receipt("case", record_id) or desk.outbox.receipt("visit", record_id)
    assert receipt is not None
    return receipt.event_id


def settle(cache: Cache, event_id: str, outcome: e.Outcome, code: str = "", **more: object) -> None:
    """Let the centre speak its word on an event."""
    result = {"id": event_id, "outcome": outcome, "code": code, "received_at": AT, **more}
    with cache.write() as conn:
        delivery.settle(conn, [e.EventResult(**result)], AT)  # type: ignore[arg-type]


def park(cache: Cache, event_id: str, code: str = "internal") -> None:
    """The centre failed on an event."""
    with cache.write() as conn:
        delivery.park(conn, event_id, code)


def lay_out(desk: Desk, cache: Cache) -> Outgoing:
    """One of everything, as the screen of the synchronisation shows it."""
    events = [event_of(desk, open_case(desk, f"{TOLD} ({number})")) for number in range(5)]
    waiting, refused, parked, held, confirmed = events
    settle(cache, refused, "rejected", "outside_scope")
    park(cache, parked)
    settle(cache, held, "quarantined")
    settle(cache, confirmed, "applied", flags=("place_unknown",))
    sent, lost = a_visit_with_a_picture(desk), a_visit_with_a_picture(desk, 90)
    settle(cache, event_of(desk, sent), "applied")
    sha256 = give_up_pictures(cache, lost)
    hold_back(cache)
    with cache.write() as conn:
        log.note(conn, AT, "warning", "busy", {"seconds": "5"})
        log.note(conn, AT, "error", "row_malformed", {"kind": "place", "id": "p9", "detail": "name"})
    return Outgoing(waiting, refused, parked, held, confirmed, sha256)


def a_visit_with_a_picture(desk: Desk, shade: int = 0) -> str:
    """A submitted visit; returns its id."""
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E01="nonconform")
    desk.visits.attach(draft_id, "E01", picture(shade))
    desks.refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id


def give_up_pictures(cache: Cache, visit_id: str) -> str:
    """The pictures of a visit cannot be sent; returns the hash of one."""
    with cache.write() as conn:
        conn.exec_driver_sql(
            "UPDATE evidence SET state = 'failed', problem = 'upload_hash_wrong' WHERE owner = ?", (visit_id,)
        )
        return evidence.of_owner(conn, visit_id)[0].sha256


def hold_back(cache: Cache) -> None:
    """The centre no longer names three of the places that are here."""
    gone = [
        r.Place(id=f"gone-{number}", kind="hotel", name_ar="فندق", name_en="Hotel", region="makkah", city="makkah")
        for number in range(3)
    ]
    with cache.write() as conn:
        rows.put(conn, "place", [Row(place, rev=1) for place in gone])
        feed.hold_back(conn, "place", [place.id for place in gone], AT, "cursor_ahead")


def quarantined(desk: Desk, cache: Cache, reason: str = "device_revoked") -> str:
    """A complaint of another device that the centre holds; returns its id."""
    event = e.Event(
        id=uuid7(),
        n=1,
        kind="case",
        record=uuid7(),
        action="open",
        user=desks.INSPECTOR.id,
        made_at=AT,
        data={
            "number": "11-004-0001-7",
            "kind": "complaint",
            "category": "CC01",
            "priority": "P1",
            "text": TOLD,
            "region": "makkah",
            "reporter": "committee",
            "place_id": "p1",
        },
    )
    held = r.Quarantined(
        id=event.id,
        device_id="d4",
        by=event.user,
        event_kind=event.kind,
        action=event.action,
        record_id=event.record,
        at=AT,
        received_at=AT,
        reason=reason,
        text=TOLD,
        body=e.encode(event).decode(),
    )
    with cache.write() as conn:
        rows.put(conn, "quarantined", [Row(held, rev=1)])
    return held.id
