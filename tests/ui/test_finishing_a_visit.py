"""Finishing a visit: what is still required, the signature, the number; and correcting a returned report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.forms.signature import SignaturePad
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.visits import ContinueDraft, ShowVisit, StartVisit
from sync.contract import records as r
from tests.support import desks, short_centre
from tests.ui.hands import draw, find, press, write

Settle = Callable[[], None]


def visits_of(window: MainWindow) -> VisitsWorkspace:
    assert isinstance(window.current, VisitsWorkspace)
    return window.current


def open_page(window: MainWindow, draft_id: str, settle: Settle) -> EditorPage:
    window.go("visits", ContinueDraft(draft_id))
    settle()
    page = visits_of(window).editor
    assert page is not None
    return page


@pytest.fixture
def answered(window: MainWindow, desk: Desk, settle: Settle) -> EditorPage:
    """A visit with every question answered, at its last page; E02 is not conform."""
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E02="nonconform")
    page = open_page(window, draft_id, settle)
    page.show_section(FINISH)
    settle()
    return page


def test_a_visit_is_started_from_a_place_with_the_company_lodged_there(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    window.go("visits", StartVisit("p1"))
    settle()
    press(window, "visit.start.lodged.co1")
    press(window, "visit.start.begin")
    settle()
    page = visits_of(window).editor
    assert page is not None
    assert (page.editor.head.place, page.editor.head.company) == (desks.PLACE, desks.COMPANY)


def test_a_visit_needs_a_place_or_a_company(window: MainWindow, settle: Settle) -> None:
    window.go("visits", StartVisit())
    settle()
    assert not find(QPushButton, window, "visit.start.begin").isEnabled()


def test_pressing_what_is_still_required_leads_to_it(window: MainWindow, desk: Desk, settle: Settle) -> None:
    page = open_page(window, desk.visits.start("p1", "co1"), settle)
    page.show_section(FINISH)
    settle()
    press(page, "visit.required.floors")
    settle()
    assert page.section == 0
    assert find(QLineEdit, page, "visit.question.floors").hasFocus()
    assert find(QLabel, page, "visit.question.floors.error").isVisible()


def test_an_unfinished_visit_cannot_be_submitted(window: MainWindow, desk: Desk, settle: Settle) -> None:
    page = open_page(window, desk.visits.start("p1", "co1"), settle)
    page.show_section(FINISH)
    settle()
    assert not page.finish.submit.isEnabled()


def test_the_last_page_shows_the_score_and_each_finding(answered: EditorPage, look: Look) -> None:
    outcome = answered.finish._outcome
    assert outcome is not None
    assert outcome.score.percent is not None
    assert find(QLabel, answered, "visit.score").text() == look.words.percent(float(outcome.score.percent))
    assert [finding.item for finding in outcome.findings] == ["E02"]


def test_a_signature_needs_a_name_and_a_drawing(answered: EditorPage, qtbot: QtBot) -> None:
    form = answered.finish.signature
    assert not form.keep.isEnabled()
    write(answered, "visit.signature.name", "خالد العمري")
    assert not form.keep.isEnabled()
    draw(find(SignaturePad, answered, "visit.signature.pad"), qtbot)
    assert form.keep.isEnabled()
    press(answered, "visit.signature.clear")
    assert not form.keep.isEnabled()


def test_a_single_touch_is_no_signature(answered: EditorPage, qtbot: QtBot) -> None:
    pad = find(SignaturePad, answered, "visit.signature.pad")
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton)
    assert pad.empty


def test_a_signed_visit_is_submitted_and_its_number_can_be_read_out(
    answered: EditorPage, window: MainWindow, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    write(answered, "visit.signature.name", "خالد العمري")
    draw(find(SignaturePad, answered, "visit.signature.pad"), qtbot)
    press(answered, "visit.signature.keep")
    settle()
    press(answered, "visit.submit")
    settle()
    [visit_id] = desk.visits.list()
    detail = desk.visits.detail(visit_id)
    shown = find(QLabel, window, "visit.submitted.number")
    assert shown.isVisible()
    assert shown.accessibleName() == detail.visit.number
    assert detail.newest is not None
    assert detail.newest.revision.signature.status == "signed"
    assert desk.visits.drafts() == ()


def test_a_refusal_to_sign_needs_a_reason_and_a_witness(answered: EditorPage, settle: Settle) -> None:
    press(answered, "visit.signature.status.refused")
    assert not find(SignaturePad, answered, "visit.signature.pad").isVisible()
    write(answered, "visit.signature.reason", "لا يملك الصلاحية")
    assert not answered.finish.signature.keep.isEnabled()
    write(answered, "visit.signature.witness", "ياسر")
    press(answered, "visit.signature.keep")
    settle()
    assert answered.finish.submit.isEnabled()


def test_a_note_on_the_report_goes_with_it(answered: EditorPage, desk: Desk, settle: Settle) -> None:
    find(QPlainTextEdit, answered, "visit.report_note").setPlainText("حضر المدير المناوب")
    answered.editor.save()
    settle()
    assert desk.visits.open_draft(answered.editor.head.id).head.note == "حضر المدير المناوب"


# --------------------------------------------------------------------------------------------------- a returned report


@pytest.fixture
def returned(desk: Desk, supervisor: Desk, cache: Cache) -> str:
    """A visit that came back with a remark on E02."""
    visit_id = desks.write_visit(desk, "p1", "co1", E02="nonconform", E03="partial")
    short_centre.receive(cache)
    supervisor.review.give_back(visit_id, [r.Remark(item="E02", text="اذكر رقم التصريح")])
    short_centre.receive(cache)
    return visit_id


@pytest.fixture
def correction(window: MainWindow, returned: str, settle: Settle) -> EditorPage:
    window.go("visits", ShowVisit(returned))
    settle()
    press(window, "visit.detail.correct")
    settle()
    page = visits_of(window).editor
    assert page is not None
    page.show_section(1)
    return page


def test_a_correction_opens_just_the_remarked_items(correction: EditorPage) -> None:
    assert find(QPushButton, correction, "visit.answer.E02.conform").isEnabled()
    assert not find(QPlainTextEdit, correction, "visit.note.E02").isReadOnly()
    assert not find(QPushButton, correction, "visit.answer.E03.conform").isEnabled()
    assert find(QPlainTextEdit, correction, "visit.note.E03").isReadOnly()


def test_the_remark_stands_at_its_item(correction: EditorPage) -> None:
    assert "اذكر رقم التصريح" in find(Banner, correction, "visit.remark.E02").accessibleName()


def test_a_corrected_report_is_submitted_as_revision_two(
    correction: EditorPage, returned: str, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    find(QPlainTextEdit, correction, "visit.note.E02").setPlainText("التصريح رقم ٧٧")
    correction.show_section(FINISH)
    settle()
    press(correction, "visit.signature.status.absent")
    write(correction, "visit.signature.reason", "انصرف")
    write(correction, "visit.signature.witness", "ياسر")
    press(correction, "visit.signature.keep")
    settle()
    press(correction, "visit.submit")
    settle()
    detail = desk.visits.detail(returned)
    assert [view.revision.revision for view in detail.revisions] == [1, 2]
    assert find(QLabel, window, "visit.submitted.number").accessibleName() == detail.visit.number


def test_a_visit_is_annulled_only_with_a_reason(window: MainWindow, desk: Desk, settle: Settle) -> None:
    visit_id = desks.write_visit(desk)
    window.go("visits", ShowVisit(visit_id))
    settle()
    press(window, "visit.detail.annul")
    box = find(QDialog, window, "visit.annul.box")
    assert not find(QPushButton, box, "visit.annul.box.yes").isEnabled()
    find(QPlainTextEdit, box, "visit.annul.box.text").setPlainText("زيارة مكررة")
    press(box, "visit.annul.box.yes")
    settle()
    assert desk.visits.row(visit_id).visit.state == "annulled"


def test_a_report_is_written_as_pdf_where_it_was_asked_for(
    window: MainWindow, desk: Desk, tmp_path: Path, settle: Settle
) -> None:
    window.go("visits", ShowVisit(desks.write_visit(desk)))
    settle()
    press(window, "visit.detail.pdf")
    box = find(QFileDialog, window, "visit.pdf.box")
    path = tmp_path / "report.pdf"
    box.fileSelected.emit(str(path))
    box.close()
    settle()
    assert path.read_bytes().startswith(b"%PDF")
    find(QDialog, window, "box.tell").close()


def test_a_folder_that_cannot_be_written_is_said_in_words(
    window: MainWindow, desk: Desk, tmp_path: Path, settle: Settle, look: Look
) -> None:
    window.go("visits", ShowVisit(desks.write_visit(desk)))
    settle()
    press(window, "visit.detail.pdf")
    box = find(QFileDialog, window, "visit.pdf.box")
    box.fileSelected.emit(str(tmp_path / "no such folder" / "report.pdf"))
    box.close()
    settle()
    told = find(QDialog, window, "box.tell")
    assert told.windowTitle() == look.words.say("visits.pdf_not_written")
    told.close()
