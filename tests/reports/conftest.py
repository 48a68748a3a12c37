"""A submitted visit with findings, pictures and a signature, at a real encrypted cache."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inspector_app.services.desk import Desk
from sync.contract import records as r
from tests.support import desks

SEEN = "السكن يعمل بترخيص منتهٍ منذ ٣ أشهر، ولوحة Hotel Al-Safa (3) معلقة عند المدخل"


def picture(mode: str, size: tuple[int, int], colour: tuple[int, ...], form: str) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, form)
    return written.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desks.cache_in(tmp_path / "midan") as cache:
        yield desks.seat(cache, desks.INSPECTOR, desks.Clock())


@pytest.fixture
def visit_id(desk: Desk) -> str:
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E02="partial", E01="nonconform")
    session = desk.visits.open_draft(draft_id).session
    session.answer(next(ref for ref in session.states() if ref.endswith("/E01_note")), SEEN)
    fix = r.Fix(lat=21.42254, lon=39.82618, accuracy_m=12.0)
    desk.visits.save(draft_id, session.serialise(), note="بحضور مدير السكن", fix=fix, members=("col",))
    for colour in ((200, 80, 60), (60, 80, 200)):
        desk.visits.attach(draft_id, "E01", picture("RGB", (1600, 1200), colour, "JPEG"))
    signed = r.Signature(status="signed", name="فهد العنزي", position="مدير السكن")
    desk.visits.sign(draft_id, signed, picture("RGBA", (600, 200), (0, 0, 0, 0), "PNG"))
    return desk.visits.submit(draft_id).visit_id
