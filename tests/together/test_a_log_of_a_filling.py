"""The log that a checklist wants of its filling reaches the supervisor's own laptop, over a real centre."""

from __future__ import annotations

from pathlib import Path

from sync.server.services import publishing
from tests.services.test_the_log_of_a_filling import lines
from tests.support import asking, desks, gallery
from tests.support.server import LiveServer
from tests.together.conftest import Enrol
from tests.together.laptops import HOTEL


def test_the_supervisor_opens_on_his_laptop_the_log_that_was_written_on_the_inspectors(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    workbook, beside = tmp_path / "asking.xlsx", tmp_path / "asking-media"
    beside.mkdir()
    workbook.write_bytes(gallery.workbook(asking.SURVEY))
    for name, content in gallery.files().items():
        (beside / name).write_bytes(content)
    about = publishing.About("IT04", "2026-01-01", "ما يُطلب من الجهاز", "What is asked of the device")
    publishing.publish(centre.centre, workbook, about)
    ahmad, saad = enrol("makkah", "ahmad"), enrol("none", "saad")
    [checklist] = [one for one in ahmad.visits.checklists() if one.title_en == about.title_en]

    opened = ahmad.visits.open_draft(ahmad.visits.start(HOTEL, checklist_id=checklist.id))
    assert opened.log is not None
    opened.log.answering(asking.ITEM)
    opened.session.answer(asking.ITEM, "conform")
    opened.log.finished()
    ahmad.visits.save(opened.head.id, opened.session.serialise(), log=opened.log.text)
    desks.refuse_to_sign(ahmad, opened.head.id)
    visit_id = ahmad.visits.submit(opened.head.id).visit_id
    for desk in (ahmad, saad):
        desks.synchronise(desk)

    detail = saad.visits.detail(visit_id)
    assert detail.newest is not None
    [piece] = detail.newest.revision.attachments
    saad.fetcher.allowed = True
    told = [one["event"] for one in lines(saad.evidence.read(piece.sha256).decode())]
    assert told == ["form start", "question", "form save", "form finalize"]
    assert [fact.piece for section in detail.sections for fact in section.facts if fact.kind == "log"] == [piece]
