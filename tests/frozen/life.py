"""A season in the life of one device: what its people and their supervisor did before it was frozen."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PIL import ExifTags, Image, ImageDraw

from inspector_app.services import answers
from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.drafts import OpenDraft, media_name
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.domain import findings
from sync.domain.findings import MIDAN_NS
from sync.engine.calls import Caller
from sync.engine.engine import Engine, fetch
from tests.frozen import contents, fixture
from tests.frozen.recording import Recorder, Recording, engine, to_the_end
from tests.support import desks
from tests.support.server import CODES, LiveServer, password_of

WATER = CaseFields(
    kind="complaint",
    category="CC01",
    subcategory="CC01-06",
    priority="P2",
    text="انقطاع الماء منذ الفجر في الدور الثالث",
)


@dataclass
class Laptop:
    """A device with a person at it."""

    desk: Desk
    access: Access
    line: Recorder
    engine: Engine

    def sync(self) -> None:
        """Exchange everything with the centre."""
        to_the_end(self.engine)

    def fetch(self, sha256: str) -> bytes:
        """Have the centre send a piece of evidence."""
        identity = SyncStore(self.desk.cache, lambda: datetime.now(UTC)).identity()
        return fetch(Caller(identity, self.line, SystemClock()), sha256)


@contextmanager
def laptop(server: LiveServer, recording: Recording, folder: Path, who: tuple[str, str, str]) -> Iterator[Laptop]:
    """A newly enrolled device; ``who`` is user name, enrolment code and passphrase."""
    username, code, passphrase = who

    def connect(address: str) -> Recorder:
        return Recorder(HttpTransport(address), recording, username)

    with Profile(folder) as profile:
        access = Access(profile, connect)
        desk = access.enrol(server.url, code, username, password_of(username), passphrase, f"حاسوب {username}")
        line = connect(server.url)
        try:
            yield Laptop(desk, access, line, engine(desk.cache, line))
        finally:
            line.close()
            desk.lock()


def live(server: LiveServer, recording: Recording, ahmads: Path, saads: Path) -> dict[str, Any]:
    """Everything that happens, in order; returns what ``contents.of_desk`` finds on the first device at the end."""
    with (
        laptop(server, recording, ahmads, ("ahmad", CODES["makkah"], fixture.AHMAD)) as inspector,
        laptop(server, recording, saads, ("saad", CODES["none"], fixture.SAAD)) as supervisor,
    ):
        desk = inspector.desk
        inspector.access.add_person(desk, "yasir", password_of("yasir"), fixture.YASIR)
        inspector.sync()
        desk.settings.set("theme", "dark")
        hotels = (desk.register.place(one) for one in desk.register.all("place", place_kind="hotel"))
        place, other = [hotel for hotel in hotels if hotel.lodged_companies][:2]
        _approved_after_a_return(inspector, supervisor, place)
        _annulled_too_late(inspector, supervisor, other)
        _led_case(inspector, place)
        _left_unsent(desk, place, other)
        return contents.of_desk(desk)


def _approved_after_a_return(inspector: Laptop, supervisor: Laptop, place: r.Place) -> None:
    """A visit with a photo and a signature, returned with a remark, corrected, and approved as revision 2."""
    desk = inspector.desk
    draft_id = desk.visits.start(place.id, place.lodged_companies[0], desks.lodging_checklist(desk))
    _answer(desk, draft_id, "E01", "nonconform", "لوحة الإنذار معطلة منذ أسبوع")
    _answer(desk, draft_id, "E02", "partial", "أحد المخارج يُفتح بمفتاح فقط")
    _photograph(desk, draft_id, "E02", "مخرج الطوارئ")
    desks.fill_in(desk, draft_id, E01="nonconform", E02="partial")
    _note(desk, draft_id, "كُتب في بهو الفندق بحضور المناوب")
    visit_id = _signed(desk, draft_id)
    inspector.sync()
    supervisor.sync()
    supervisor.desk.review.take_up(visit_id)
    remark = r.Remark(item="E01", text="أرفق صورة لما شوهد")
    supervisor.desk.review.give_back(visit_id, [remark], "البند الأول يحتاج إلى دليل")
    supervisor.sync()
    inspector.sync()
    corrected = desk.visits.correct(visit_id)
    _photograph(desk, corrected, "E01", "طفاية الحريق")
    desks.fill_in(desk, corrected, E01="nonconform", E02="partial")
    _signed(desk, corrected)
    inspector.sync()
    supervisor.sync()
    photo = supervisor.desk.review.detail(visit_id).evidence[0]
    assert hashlib.sha256(supervisor.fetch(photo.sha256)).hexdigest() == photo.sha256
    supervisor.desk.review.approve(visit_id, "اكتمل التقرير")
    supervisor.sync()
    inspector.sync()


def _annulled_too_late(inspector: Laptop, supervisor: Laptop, place: r.Place) -> None:
    """A visit that its author annuls while, unknown to him, it has been approved: the centre refuses."""
    desk = inspector.desk
    draft_id = desk.visits.start(place.id, place.lodged_companies[0], desks.lodging_checklist(desk))
    desks.fill_in(desk, draft_id)
    desks.refuse_to_sign(desk, draft_id)
    visit_id = desk.visits.submit(draft_id).visit_id
    inspector.sync()
    supervisor.sync()
    supervisor.desk.review.approve(visit_id)
    supervisor.sync()
    desk.visits.annul(visit_id, "سُجلت الزيارة على فندق آخر")
    inspector.sync()


def _led_case(inspector: Laptop, place: r.Place) -> None:
    """A case whose reporter is named, checked on site."""
    cases = inspector.desk.cases
    fields = replace(
        WATER, place_id=place.id, reporter="confidential", reporter_name="محمد إقبال", reporter_phone="0500000001",
        language="ur",
    )  # fmt: skip
    case_id = cases.open(fields).case_id
    inspector.sync()
    cases.act(case_id, "comment", "اتصلنا بمدير السكن")
    inspector.sync()


def _left_unsent(desk: Desk, place: r.Place, other: r.Place) -> None:
    """What no centre has seen: a draft half done, a case half typed, a finished visit and an opened case."""
    unsent = desk.visits.start(other.id, other.lodged_companies[0], desks.lodging_checklist(desk))
    _answer(desk, unsent, "E03", "nonconform", "السلم مسدود بالأمتعة")
    _photograph(desk, unsent, "E03", "سلم الطوارئ")
    desks.fill_in(desk, unsent, E03="nonconform")
    _signed(desk, unsent)
    fields = replace(
        WATER, kind="inquiry", category="Q01", subcategory="", priority="P3", text="متى تفتح مكاتب الشركة",
        place_id=other.id, reporter="named", reporter_name="Siti Aminah", reporter_phone="0500000002", language="id",
    )  # fmt: skip
    typed = desk.cases.save_draft(fields)
    desk.cases.attach(typed, _photo("واجهة المكتب"))
    desk.cases.open(fields, typed)
    half_done = desk.visits.start(place.id, None, desks.lodging_checklist(desk))
    _answer(desk, half_done, "E02", "partial", "يُكمل بعد صلاة العصر")
    _photograph(desk, half_done, "E02", "ممر الدور الأول")
    _note(desk, half_done, "توقفت الزيارة لأداء صلاة العصر")
    half_typed = desk.cases.save_draft(replace(WATER, priority="", text="رائحة غاز قرب المطبخ", place_id=place.id))
    desk.cases.attach(half_typed, _photo("المطبخ"))


def _signed(desk: Desk, draft_id: str) -> str:
    """Sign a finished draft and submit it; returns the visit."""
    drawing = io.BytesIO()
    picture = Image.new("RGBA", (400, 150), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(20, 90), (120, 40), (210, 110), (380, 60)], fill=(20, 30, 80, 255), width=4)
    picture.save(drawing, "PNG")
    signature = r.Signature(status="signed", name="عبد الرحيم الأنصاري", position="مدير المناوبة")
    desk.visits.sign(draft_id, signature, drawing.getvalue())
    return desk.visits.submit(draft_id).visit_id


def _note(desk: Desk, draft_id: str, note: str) -> None:
    opened = desk.visits.open_draft(draft_id)
    fix = r.Fix(lat=21.4210, lon=39.8255, accuracy_m=8.0, source="device", at="2026-11-22T09:10:00+03:00")
    desk.visits.save(draft_id, opened.session.serialise(), note=note, fix=fix, members=["person-yasir"])


def _answer(desk: Desk, draft_id: str, item: str, answer: str, note: str) -> None:
    """Answer one item, with words."""
    opened = desk.visits.open_draft(draft_id)
    opened.session.answer(answers.items(opened.form)[item].ref, answer)
    opened.session.answer(_companion(opened, item, "note"), note)
    desk.visits.save(draft_id, opened.session.serialise())


def _photograph(desk: Desk, draft_id: str, item: str, words: str) -> None:
    """Take a picture for an item, and let the answers name it as the checklist's own question does."""
    kept = desk.visits.attach(draft_id, item, _photo(words))
    opened = desk.visits.open_draft(draft_id)
    opened.session.answer(_companion(opened, item, "photo"), media_name(kept))
    desk.visits.save(draft_id, opened.session.serialise())


def _companion(opened: OpenDraft, item: str, role: str) -> str:
    """The question that holds an item's words (``note``) or picture (``photo``)."""
    for question in findings.questions(opened.form.layout):
        marks = question.attributes_in(MIDAN_NS)
        if (marks.get("of"), marks.get("role")) == (item, role):
            return question.ref
    raise LookupError(f"the checklist has no {role} for {item}")


def _photo(words: str) -> bytes:
    """A small picture as a telephone makes one: with the moment and the place it was taken in its metadata."""
    picture = Image.linear_gradient("L").resize((960, 720)).convert("RGB")
    ImageDraw.Draw(picture).ellipse([(sum(words.encode()) % 600, 200), (760, 560)], fill=(150, 40, 30))
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: "2026:11:22 09:15:00",
        ExifTags.Base.OffsetTimeOriginal: "+03:00",
    }
    exif[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (21.0, 25.0, 15.6),
        ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: (39.0, 49.0, 31.8),
    }
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=70, exif=exif)
    return written.getvalue()
