"""Filling in a visit with mouse and keyboard: answers, what they bring along, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import media_name
from inspector_app.ui.forms.photos import PhotoAdder
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.visit_editor import WHILE_TYPING_MS
from inspector_app.viewmodels.visits import ContinueDraft
from tests.support import desks
from tests.ui.hands import find, type_in

Settle = Callable[[], None]
ACCOMMODATION = 1
"""The section of the checklist whose items are E01 and following."""


@pytest.fixture
def page(window: MainWindow, desk: Desk, settle: Settle) -> EditorPage:
    """A new visit at its section on accommodation."""
    window.go("visits", ContinueDraft(desk.visits.start("p1", "co1")))
    settle()
    opened = editor_of(window)
    opened.show_section(ACCOMMODATION)
    return opened


def editor_of(window: MainWindow) -> EditorPage:
    workspace = window.current
    assert isinstance(workspace, VisitsWorkspace)
    assert workspace.editor is not None
    return workspace.editor


def answer(page: EditorPage, code: str, value: str) -> None:
    button = find(QPushButton, page, f"visit.answer.{code}.{value}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def stored(desk: Desk, page: EditorPage, code: str) -> str:
    """What the disk has for an item."""
    session = desk.visits.open_draft(page.editor.head.id).session
    return next(state.value for ref, state in session.states().items() if ref.endswith(f"/{code}"))


def test_an_answer_given_with_a_click_is_on_the_disk_soon_after(page: EditorPage, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.editor.saved):
        answer(page, "E02", "conform")
    assert stored(desk, page, "E02") == "conform"


def test_pressing_the_answer_that_holds_takes_it_back(page: EditorPage) -> None:
    answer(page, "E02", "conform")
    answer(page, "E02", "conform")
    assert page.editor.session.state("/data/E/E02").value == ""


def test_the_time_of_saving_is_the_one_the_disk_reported(
    page: EditorPage, desk: Desk, look: Look, qtbot: QtBot
) -> None:
    before = page.saved.text()
    desk_clock = desks.NOON.isoformat()
    assert before == look.words.say("visits.saved", time=look.words.time(desk_clock))
    page.editor.write_note("ملاحظة")
    assert page.saved.text() == before
    with qtbot.waitSignal(page.editor.saved) as told:
        page.editor.save()
    assert page.saved.text() == look.words.say("visits.saved", time=look.words.time(told.args[0]))
    assert desk.visits.open_draft(page.editor.head.id).head.note == "ملاحظة"


def test_a_draft_is_saved_while_the_typing_never_stops(page: EditorPage, qtbot: QtBot) -> None:
    answer(page, "E02", "nonconform")
    note = find(QPlainTextEdit, page, "visit.note.E02")
    keys = QTimer(page)
    keys.setInterval(100)
    keys.timeout.connect(lambda: note.insertPlainText("ا"))
    keys.start()
    saved: list[str] = []
    page.editor.saved.connect(saved.append)
    qtbot.waitUntil(lambda: len(saved) >= 2, timeout=10 * WHILE_TYPING_MS)
    assert keys.isActive()
    keys.stop()


def test_leaving_in_the_middle_of_a_word_loses_nothing(
    page: EditorPage, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    answer(page, "E02", "partial")
    find(QPlainTextEdit, page, "visit.note.E02").setPlainText("مقبض مكسو")
    window.go("today")
    settle()
    assert stored(desk, page, "E02_note") == "مقبض مكسو"


def test_a_draft_opened_again_shows_what_was_answered(page: EditorPage, window: MainWindow, settle: Settle) -> None:
    answer(page, "E02", "na")
    draft_id = page.editor.head.id
    page.leave()
    settle()
    window.go("visits", ContinueDraft(draft_id))
    settle()
    again = editor_of(window)
    again.show_section(ACCOMMODATION)
    assert find(QPushButton, again, "visit.answer.E02.na").isChecked()


def test_note_and_photo_come_and_go_with_the_answer(page: EditorPage) -> None:
    assert page.findChild(QPlainTextEdit, "visit.note.E02") is None
    answer(page, "E02", "nonconform")
    note, photo = find(QPlainTextEdit, page, "visit.note.E02"), find(QPushButton, page, "visit.photo.E02.choose")
    assert note.isVisibleTo(page)
    assert photo.isVisibleTo(page)
    answer(page, "E02", "conform")
    assert not note.isVisible()
    assert not photo.isVisible()
    answer(page, "E02", "partial")
    assert find(QPlainTextEdit, page, "visit.note.E02") is note


def test_what_one_looks_at_stays_in_its_place_when_something_appears_above(page: EditorPage) -> None:
    section = page._pages[ACCOMMODATION]
    looked_at = find(QPushButton, page, "visit.answer.E09.conform")
    section.ensureWidgetVisible(looked_at, 0, 200)
    looked_at.setFocus()
    before = looked_at.mapTo(section.viewport(), QPoint(0, 0)).y()
    page.editor.answer("/data/E/E02", "nonconform")
    assert find(QPlainTextEdit, page, "visit.note.E02").isVisibleTo(section)
    assert looked_at.mapTo(section.viewport(), QPoint(0, 0)).y() == before


def test_arabic_digits_are_a_number(page: EditorPage) -> None:
    page.show_section(0)
    line = find(QLineEdit, page, "visit.question.floors")
    type_in(line, "١٢")
    assert page.editor.session.state("/data/general/floors").value == "12"
    assert line.text() == "١٢"


def test_a_wrong_value_is_kept_and_said_to_be_wrong(page: EditorPage) -> None:
    page.show_section(0)
    line = find(QLineEdit, page, "visit.question.floors")
    type_in(line, "كثير")
    error = find(QWidget, page, "visit.question.floors.error")
    assert page.editor.session.state("/data/general/floors").value == "كثير"
    assert error.isVisible()


def test_the_side_counts_answers_and_what_is_not_conform(page: EditorPage, look: Look) -> None:
    face = page._section_face(ACCOMMODATION)
    assert face.chip == ""
    answer(page, "E02", "nonconform")
    face = page._section_face(ACCOMMODATION)
    assert face.chip == look.words.number(1)
    assert look.words.say("visits.nonconform_count", n=1) in face.secondary


def test_the_checklist_speaks_the_other_language_in_the_middle_of_a_visit(page: EditorPage, look: Look) -> None:
    button = find(QPushButton, page, "visit.answer.E02.conform")
    arabic = button.text()
    look.set_language("en")
    assert button.text() != arabic
    assert page.editor.session.language.startswith("English")


# ------------------------------------------------------------------------------------------------------------ pictures


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "seen.jpg"
    Image.new("RGB", (400, 300), (90, 60, 30)).save(path)
    return path


def test_a_picture_chosen_from_a_file_hangs_on_its_item(
    page: EditorPage, picture: Path, qtbot: QtBot, settle: Settle
) -> None:
    answer(page, "E02", "nonconform")
    find(QPushButton, page, "visit.photo.E02.choose").click()
    box = find(QFileDialog, page, "photo.file")
    with qtbot.waitSignal(page.editor.evidence_changed) as told:
        box.selectFile(str(picture))
        box.filesSelected.emit([str(picture)])
    box.close()
    settle()
    [kept] = page.editor.pictures("E02")
    assert told.args == ["E02"]
    assert page.editor.session.state("/data/E/E02_photo").value == media_name(kept)
    assert find(QPushButton, page, "visit.photos.E02.1").isVisible()


def test_a_dropped_file_is_a_picture_too(page: EditorPage, picture: Path, qtbot: QtBot) -> None:
    answer(page, "E02", "nonconform")
    adder = find(PhotoAdder, page, "visit.photo.E02")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(page.editor.evidence_changed):
        adder.dropEvent(drop)
    assert len(page.editor.pictures("E02")) == 1


def test_a_copied_picture_can_be_pasted(page: EditorPage, picture: Path, qtbot: QtBot) -> None:
    answer(page, "E02", "nonconform")
    QGuiApplication.clipboard().setImage(page.grab().toImage())
    with qtbot.waitSignal(page.editor.evidence_changed):
        find(QPushButton, page, "visit.photo.E02.paste").click()
    assert len(page.editor.pictures("E02")) == 1
    QGuiApplication.clipboard().clear()


def test_pasting_nothing_is_said_in_words(page: EditorPage) -> None:
    answer(page, "E02", "nonconform")
    QGuiApplication.clipboard().setText("نص")
    find(QPushButton, page, "visit.photo.E02.paste").click()
    box = find(QDialog, page, "box.tell")
    assert box.isVisible()
    box.close()
    QGuiApplication.clipboard().clear()


def test_a_picture_can_be_taken_away_again(page: EditorPage, picture: Path, qtbot: QtBot, settle: Settle) -> None:
    answer(page, "E02", "nonconform")
    adder = find(PhotoAdder, page, "visit.photo.E02")
    with qtbot.waitSignal(page.editor.evidence_changed):
        adder.given.emit(picture)
    settle()
    find(QPushButton, page, "visit.photos.E02.1").click()
    viewer = find(QDialog, page, "photo.viewer")
    settle()
    with qtbot.waitSignal(page.editor.evidence_changed):
        find(QPushButton, viewer, "photo.viewer.remove").click()
    assert page.editor.pictures("E02") == ()
    assert page.editor.session.state("/data/E/E02_photo").value == ""


# -------------------------------------------------------------------------------------------------------------- drafts


def test_a_draft_is_discarded_only_after_a_question(
    page: EditorPage, window: MainWindow, desk: Desk, settle: Settle
) -> None:
    page.discard.click()
    box = find(QDialog, page, "visit.discard.box")
    assert desk.visits.drafts() != ()
    find(QPushButton, box, "visit.discard.box.yes").click()
    settle()
    assert desk.visits.drafts() == ()
    assert isinstance(window.current, VisitsWorkspace)
    assert window.current.list.isVisible()


def test_a_draft_can_be_handed_to_a_colleague(page: EditorPage, desk: Desk, settle: Settle) -> None:
    page.hand_over.click()
    settle()
    box = find(QDialog, page, "visit.hand_over.box")
    find(Picker, box, "visit.hand_over.to").choose(desks.COLLEAGUE.id)
    find(QPushButton, box, "visit.hand_over.box.yes").click()
    settle()
    assert desk.visits.drafts() == ()
    [draft] = desk.visits.drafts(everybody=True)
    assert draft.author == desks.COLLEAGUE


def test_the_last_page_is_finishing(page: EditorPage) -> None:
    for _ in range(len(page.editor.pages)):
        if page.section != FINISH:
            page.next.click()
    assert page.section == FINISH
    assert not page.next.isVisible()


def test_the_next_section_begins_with_the_cursor_in_its_first_question(page: EditorPage, window: MainWindow) -> None:
    page.show_section(0)
    page.next.click()
    assert page.section == ACCOMMODATION
    assert find(QPushButton, page, "visit.answer.E01.conform").hasFocus()


def test_the_way_back_looks_the_same_on_every_page_that_has_one(page: EditorPage, look: Look, settle: Settle) -> None:
    seen = []
    for language in ("en", "ar"):
        look.set_language(language)
        for section in (ACCOMMODATION, 2, 3, FINISH):
            page.show_section(section)
            settle()
            seen.append(page.previous.grab().toImage())
    english, arabic = seen[:4], seen[4:]
    assert all(picture == english[0] for picture in english)
    assert all(picture == arabic[0] for picture in arabic)
