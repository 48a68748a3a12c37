"""A submitted report of a form with an answer of every kind."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import media_name
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.rows import Row
from sync.contract import records as r
from sync.contract.ids import checklist_id
from tests.support import desks
from tests.support.workbooks import kinds
from xforms.publish import publish

LONG: Final = " ".join(["وُجد المستودع مفتوحاً"] * 40)

GIVEN: Final = {
    "/data/who": "سالم (Salem)",
    "/data/facts/beds": "1200",
    "/data/facts/price": "12.345",
    "/data/facts/opened": "2026-02-18",
    "/data/facts/meal": "14:03:00.000+03:00",
    "/data/facts/came": "2026-11-22T09:30:00.000+03:00",
    "/data/facts/door": "21.4225 39.8262 277.0 4.5",
    "/data/facts/yard": "21.1 39.1 0.0 0.0;21.2 39.1 0.0 0.0;21.2 39.2 0.0 0.0;21.1 39.1 0.0 0.0",
    "/data/facts/served": "breakfast dinner",
    "/data/facts/order": "dinner lunch breakfast",
    "/data/facts/told": "OK",
    "/data/facts/contract": "lost.pdf",
    "/data/facts/long": LONG,
    "/data/facts/kitchen/cook": "عمر",
    "/data/facts/inner/left": "لا شيء",
    "/data/floors[1]/name": "الأرضي",
    "/data/floors[1]/rooms[1]/guests": "3",
    "/data/floors[2]/name": "الأول",
    "/data/floors[2]/rooms[2]/guests": "5",
}


def checklist() -> r.Checklist:
    """The record that devices have of the form."""
    made = publish(kinds())
    return r.Checklist(
        id=checklist_id(made.form_id, made.version),
        form_id=made.form_id,
        version=made.version,
        inspection_type="IT04",
        title_ar="أنواع",
        title_en="Kinds",
        effective_from="2026-01-01",
        xform=made.xml,
    )


def submitted(desk: Desk, cache: Cache) -> str:
    """Fill the form in and submit it; returns the visit's id."""
    form = checklist()
    with cache.write() as conn:
        rows.put(conn, "checklist", [Row(form, rev=1)])
    draft_id = desk.visits.start("p1", "co1", form.id)
    session = desk.visits.open_draft(draft_id).session
    session.new_repeat("/data/floors")
    for ref, value in GIVEN.items():
        session.answer(ref, value)
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (60, 120, 90)).save(picture, "JPEG")
    piece = desk.visits.attach(draft_id, "", picture.getvalue())
    session.answer("/data/facts/front", media_name(piece))
    desk.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id
