"""A report with a recording, a drawn line, a signature and pictures in a repeat reaches the supervisor whole."""

from __future__ import annotations

from pathlib import Path

from inspector_app.reports.visit_pdf import write_visit_pdf
from inspector_app.services.views.drafts import media_name
from inspector_app.services.views.visits import FactView
from inspector_app.words import Words
from sync.contract import records as r
from sync.server.services import publishing
from tests.services.test_pieces_of_questions import PDF, sound
from tests.services.test_visit_drafts import drawing, photo
from tests.support import desks, media_checklist
from tests.support.server import LiveServer
from tests.together.conftest import Enrol
from tests.together.laptops import HOTEL

LINE = "21.42 39.826 0.0 0.0;21.421 39.826 0.0 0.0;21.421 39.827 0.0 0.0"


def test_what_a_form_asked_for_is_seen_by_the_supervisor_and_nothing_else(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    workbook = tmp_path / "evidence.xlsx"
    workbook.write_bytes(media_checklist.workbook())
    about = publishing.About("IT04", "2026-01-01", "أدلة الزيارة", "Evidence of a visit")
    publishing.publish(centre.centre, workbook, about)
    ahmad, saad = enrol("makkah", "ahmad"), enrol("none", "saad")

    # The inspector fills it in without a link; the first recording is replaced by a better one.
    draft_id = ahmad.visits.start(HOTEL, checklist_id=media_checklist.checklist().id)
    asked = "/data/M/tape", "/data/M/cook", "/data/room/view", "/data/room/view", "/data/M/contract"
    given = sound(0.5), drawing(), photo(640, 480), photo(320, 240), PDF
    roles = "voice", "signature", "photo", "photo", "file"
    worse = ahmad.visits.attach(draft_id, asked[0], sound(0.1), role="voice")
    kept = [
        ahmad.visits.attach(draft_id, ref, data, role=role) for ref, data, role in zip(asked, given, roles, strict=True)
    ]
    session = ahmad.visits.open_draft(draft_id).session
    session.answer("/data/K/K01", "conform")
    session.answer("/data/M/pipe", LINE)
    session.new_repeat("/data/room")
    answers = "/data/M/tape", "/data/M/cook", "/data/room[1]/view", "/data/room[2]/view", "/data/M/contract"
    for ref, piece in zip(answers, kept, strict=True):
        session.answer(ref, media_name(piece))
    ahmad.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(ahmad, draft_id)
    visit_id = ahmad.visits.submit(draft_id).visit_id
    assert not ahmad.evidence.has(worse.sha256)

    for desk in (ahmad, saad):
        desks.synchronise(desk)
    assert ahmad.outbox.status().evidence_waiting == 0
    assert saad.review.queue() == [visit_id]
    detail = saad.visits.detail(visit_id)
    assert detail.newest is not None
    assert {piece.sha256 for piece in detail.newest.revision.attachments} == {piece.sha256 for piece in kept}
    facts = [fact for section in detail.sections for fact in section.facts]
    shown = {fact.piece.sha256: fact for fact in facts if fact.piece is not None}
    assert set(shown) == {piece.sha256 for piece in kept}
    assert _fact(facts, "pipe").value == LINE

    # What the supervisor's laptop does not have comes from the centre when he looks at it.
    saad.fetcher.allowed = True
    assert saad.evidence.read(kept[0].sha256) == sound(0.5)
    assert saad.evidence.read(kept[4].sha256) == PDF
    for language in ("ar", "en"):
        path = tmp_path / f"{language}.pdf"
        write_visit_pdf(detail, Words.load("ar" if language == "ar" else "en"), saad.evidence.read, path)
        pictures = path.read_bytes().count(b"/Subtype /Image")
        assert pictures >= 3  # the signature and the picture of each room

    # Returned for correction, the inspector replaces one picture; the others stay without being sent again.
    saad.review.give_back(visit_id, [r.Remark(item="", text="صورة الغرفة الأولى غير واضحة")])
    for desk in (saad, ahmad):
        desks.synchronise(desk)
    again = ahmad.visits.correct(visit_id)
    clearer = ahmad.visits.attach(again, asked[2], photo(800, 600))
    session = ahmad.visits.open_draft(again).session
    session.answer("/data/room[1]/view", media_name(clearer))
    ahmad.visits.save(again, session.serialise())
    desks.refuse_to_sign(ahmad, again)
    ahmad.visits.submit(again)
    for desk in (ahmad, saad):
        desks.synchronise(desk)
    newest = saad.visits.detail(visit_id).newest
    assert newest is not None
    expected = {piece.sha256 for piece in kept if piece != kept[2]} | {clearer.sha256}
    assert {piece.sha256 for piece in newest.revision.attachments} == expected


def _fact(facts: list[FactView], name: str) -> FactView:
    [found] = [fact for fact in facts if fact.ref.endswith(f"/{name}")]
    return found
