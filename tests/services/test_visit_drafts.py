"""A visit while it is being written: started, saved, given evidence, signed, handed over, thrown away."""

from __future__ import annotations

import io

import pytest
from msgspec.structs import replace
from PIL import Image

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.drafts import media_name
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from sync.contract import records as r
from sync.contract.wire import MAX_EVENT_BYTES
from tests.support import desks


def photo(width: int = 3000, height: int = 2000) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (120, 90, 60)).save(written, "JPEG")
    return written.getvalue()


def drawing() -> bytes:
    written = io.BytesIO()
    Image.new("RGBA", (400, 150), (0, 0, 0, 0)).save(written, "PNG")
    return written.getvalue()


def test_a_visit_starts_with_the_only_checklist_in_force(desk: Desk) -> None:
    opened = desk.visits.open_draft(desk.visits.start("p1", "co1"))
    assert opened.head.checklist == desks.checklist()
    assert (opened.head.place, opened.head.company, opened.head.revision) == (desks.PLACE, desks.COMPANY, 1)
    assert opened.open_items is None


def test_what_was_saved_is_there_for_another_desk_at_the_same_cache(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    opened = desk.visits.open_draft(draft_id)
    ref = next(ref for ref, state in opened.session.states().items() if ref.endswith("/E01"))
    opened.session.answer(ref, "partial")
    saved_at = desk.visits.save(draft_id, opened.session.serialise(), note="المدخل الخلفي")
    again = desks.seat(cache, desks.INSPECTOR, desks.Clock()).visits.open_draft(draft_id)
    assert again.session.state(ref).value == "partial"
    assert (again.head.note, again.head.saved_at) == ("المدخل الخلفي", saved_at)


def test_a_draft_is_opened_in_the_language_of_its_reader(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    arabic = desk.visits.open_draft(draft_id)
    desk.settings.set("language", "en")
    english = desk.visits.open_draft(draft_id)
    ref = next(ref for ref in arabic.session.states() if ref.endswith("/E01"))
    assert arabic.session.state(ref).label != english.session.state(ref).label
    assert english.session.state(ref).label.isascii()


def test_a_supervisor_starts_no_visit(supervisor: Desk) -> None:
    with pytest.raises(UserError) as refused:
        supervisor.visits.start("p1")
    assert refused.value.code == "not_your_role"


def test_a_place_the_device_does_not_know_is_named(desk: Desk) -> None:
    with pytest.raises(UserError) as refused:
        desk.visits.start("nowhere")
    assert (refused.value.code, refused.value.params["id"]) == ("record_missing", "nowhere")


def test_a_photo_is_kept_small_and_readable(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    kept = desk.visits.attach(draft_id, "E01", photo())
    with Image.open(io.BytesIO(desk.visits.evidence(kept.sha256))) as image:
        assert (image.format, image.size) == ("JPEG", (2560, 1707))
    assert desk.visits.open_draft(draft_id).attachments == (kept,)
    assert media_name(kept) == f"{kept.sha256}.jpg"


def test_the_same_photo_of_the_same_item_is_kept_once(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    first = desk.visits.attach(draft_id, "E01", photo())
    assert desk.visits.attach(draft_id, "E01", photo()) == first
    assert len(cache.vault.names()) == 1


def test_a_detached_photo_leaves_no_file_behind(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    kept = desk.visits.attach(draft_id, "E01", photo())
    desk.visits.detach(draft_id, kept.sha256)
    assert desk.visits.open_draft(draft_id).attachments == ()
    assert not cache.vault.names()
    with pytest.raises(UserError) as missing:
        desk.visits.evidence(kept.sha256)
    assert missing.value.code == "evidence_missing"


def test_what_is_no_picture_is_refused_and_leaves_nothing(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    with pytest.raises(UserError) as refused:
        desk.visits.attach(draft_id, "E01", b"%PDF-1.7 not a picture")
    assert refused.value.code == "image_unreadable"
    assert not cache.vault.names()


def test_a_thumbnail_is_small_and_never_written_to_disk(desk: Desk, cache: Cache) -> None:
    kept = desk.visits.attach(desk.visits.start("p1"), "E01", photo())
    with Image.open(io.BytesIO(desk.evidence.thumbnail(kept.sha256, 200))) as image:
        assert max(image.size) == 200
    assert len(cache.vault.names()) == 1


@pytest.mark.parametrize(
    ("signature", "png", "field"),
    [
        (r.Signature(status="signed", name=" "), drawing(), "name"),
        (r.Signature(status="signed", name="فهد"), None, "drawing"),
        (r.Signature(status="refused", witness="ياسر"), None, "reason"),
        (r.Signature(status="absent", reason="غادر"), None, "witness"),
    ],
)
def test_a_signature_that_proves_nothing_is_refused_by_what_it_lacks(
    desk: Desk, signature: r.Signature, png: bytes | None, field: str
) -> None:
    draft_id = desk.visits.start("p1")
    with pytest.raises(UserError) as refused:
        desk.visits.sign(draft_id, signature, png)
    assert (refused.value.code, refused.value.params["field"]) == ("signature_incomplete", field)


def test_signing_again_replaces_the_drawing(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    signed = desk.visits.sign(draft_id, r.Signature(status="signed", name="فهد"), drawing())
    assert signed.sha256 is not None
    assert desk.evidence.has(signed.sha256)
    desks.refuse_to_sign(desk, draft_id)
    opened = desk.visits.open_draft(draft_id)
    assert opened.signature is not None
    assert (opened.signature.status, opened.signature.sha256) == ("refused", None)
    assert not cache.vault.names()


def test_a_draft_is_its_writers_alone_until_it_is_handed_over(desk: Desk, colleague: Desk) -> None:
    draft_id = desk.visits.start("p1")
    with pytest.raises(UserError) as refused:
        colleague.visits.open_draft(draft_id)
    assert refused.value.code == "not_yours"
    desk.visits.hand_over(draft_id, desks.COLLEAGUE.id)
    assert colleague.visits.open_draft(draft_id).head.user_id == desks.COLLEAGUE.id
    assert desk.visits.drafts() == ()
    assert [(row.mine, row.author) for row in desk.visits.drafts(everybody=True)] == [(False, desks.COLLEAGUE)]


def test_a_draft_is_not_handed_to_whoever_writes_no_visits(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    with pytest.raises(UserError) as refused:
        desk.visits.hand_over(draft_id, desks.SUPERVISOR.id)
    assert refused.value.code == "not_your_role"


def test_a_discarded_draft_takes_its_pictures_along(desk: Desk, cache: Cache) -> None:
    draft_id = desk.visits.start("p1")
    desk.visits.attach(draft_id, "", photo())
    desk.visits.discard(draft_id)
    assert desk.visits.drafts() == ()
    assert not cache.vault.names()


def test_the_previous_visits_answers_stand_beside_the_new_ones(desk: Desk) -> None:
    before = desks.write_visit(desk, E01="partial")
    opened = desk.visits.open_draft(desk.visits.start("p1"))
    assert opened.earlier_visit is not None
    assert opened.earlier_visit.id == before
    assert (opened.earlier["E01"].answer, opened.earlier["E02"].answer) == ("partial", "conform")


def test_a_photo_taken_away_from_one_item_stays_with_the_other(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    first = desk.visits.attach(draft_id, "E01", photo())
    second = desk.visits.attach(draft_id, "E02", photo())
    assert first.sha256 == second.sha256
    desk.visits.detach(draft_id, first.sha256, item="E01")
    assert desk.visits.open_draft(draft_id).attachments == (second,)
    assert desk.visits.evidence(second.sha256)


def test_what_no_line_of_text_can_hold_is_dropped_from_a_note_and_the_rest_is_kept(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    opened = desk.visits.open_draft(draft_id)
    desk.visits.save(draft_id, opened.session.serialise(), note="نسخ\x00 من \ud800برنامج آخر\n")
    assert desk.visits.open_draft(draft_id).head.note == "نسخ من برنامج آخر\n"


def test_a_report_larger_than_the_centre_takes_is_not_submitted_and_stays_a_draft(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.fill_in(desk, draft_id)
    desks.refuse_to_sign(desk, draft_id)
    instance = desk.visits.open_draft(draft_id).session.serialise()
    desk.visits.save(draft_id, instance, note="x" * MAX_EVENT_BYTES)
    with pytest.raises(UserError) as refused:
        desk.visits.submit(draft_id)
    assert refused.value.code == "too_large"
    desk.visits.save(draft_id, instance, note="")
    assert desk.visits.submit(draft_id).revision == 1


def test_the_checklist_that_a_person_used_last_is_offered_first(desk: Desk, colleague: Desk) -> None:
    others = [
        replace(desks.checklist(), id=f"{form}@1", form_id=form, version="1", title_ar=title)
        for form, title in (("buses", "أ"), ("kitchens", "ب"))
    ]
    with desk.cache.write() as conn:
        rows.put(conn, "checklist", [rows.Row(one, rev=1) for one in others])

    def offered(who: Desk) -> list[str]:
        return [one.form_id for one in who.visits.checklists()]

    assert offered(desk) == ["buses", "kitchens", "accommodation"]
    desks.write_visit(desk)
    assert offered(desk) == ["accommodation", "buses", "kitchens"]
    desk.visits.start("p1", None, "kitchens@1")
    assert offered(desk) == ["kitchens", "accommodation", "buses"]
    assert offered(colleague) == ["buses", "kitchens", "accommodation"]
