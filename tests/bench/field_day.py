"""A device of the sample season with a day's work on it: a visit with three photographs, and a complaint."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.profile import Profile
from tests.support import desks
from tests.support.reports import MAKKAH_HOTEL
from tests.support.server import CODES, password_of

PHOTOS = 3


def enrolled(profile: Profile, url: str) -> Desk:
    """A new device of committee 11 with everything the centre has for it."""
    access = Access(profile, HttpTransport)
    desk = access.enrol(url, CODES["makkah"], "ahmad", password_of("ahmad"), desks.PASSPHRASE, "bench")
    desks.synchronise(desk)
    return desk


def visit(desk: Desk) -> str:
    """A visit answered and signed, two items at fault, with photographs; the id of its draft."""
    draft_id = desk.visits.start(MAKKAH_HOTEL, checklist_id=desks.lodging_checklist(desk))
    for _ in range(PHOTOS):
        desk.visits.attach(draft_id, "I01", photograph())
    desks.fill_in(desk, draft_id, I01="nonconform", E10="nonconform")
    desks.refuse_to_sign(desk, draft_id)
    return draft_id


def complaint(desk: Desk) -> None:
    """A complaint about the same place, opened."""
    fields = CaseFields(
        kind="complaint",
        category="CC01",
        subcategory="CC01-06",
        priority="P1",
        text="انقطاع الماء في الدور الخامس منذ صلاة الفجر",
        place_id=MAKKAH_HOTEL,
    )
    desk.cases.open(fields)


def photograph() -> bytes:
    """A JPEG unlike any other, which stays at about 100 KB when it is cleaned."""
    coarse = Image.frombytes("RGB", (128, 96), random.randbytes(128 * 96 * 3))
    written = io.BytesIO()
    coarse.resize((768, 576), Image.Resampling.BICUBIC).save(written, "JPEG", quality=85)
    return written.getvalue()


def prepare(folder: Path, url: str) -> None:
    """A profile as it is in the middle of a day: two drafts, a visit not sent yet, a complaint that presses."""
    with Profile(folder) as profile:
        desk = enrolled(profile, url)
        try:
            desk.visits.submit(visit(desk))
            complaint(desk)
            for _ in range(2):
                visit(desk)
        finally:
            desk.lock()
