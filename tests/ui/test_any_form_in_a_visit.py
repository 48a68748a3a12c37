"""A checklist of any shape in a visit: repeats are kept, problems are named in them, page by page goes through all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.rows import RowKind
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft
from sync.contract import records as r
from sync.contract.ids import checklist_id
from tests.support import desks, gallery, short_centre
from tests.support.gallery import Ask
from tests.ui.hands import find, press, type_in
from xforms.publish import publish

Settle = Callable[[], None]
Open = Callable[..., EditorPage]

ROOMS = (
    Ask("begin_group", "general", "عام", "General"),
    Ask("text", "guard", "اسم الحارس", "Name of the guard", "", (("required", "yes"),)),
    Ask(
        "select_one answer", "X01", "المدخل نظيف", "The entrance is clean", "",
        (("required", "yes"), ("bind::midan:code", "X01"), ("bind::midan:section", "X"),
         ("bind::midan:severity", "minor"), ("bind::midan:violation", "VT01")),
    ),
    Ask("end_group", "general"),
    *gallery.REPEATS,
)  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """With more checklists: one of rooms, the same page by page, and one in languages of its own."""
    made = [record(ROOMS, "rooms", ""), record(ROOMS, "paged", "pages"), french()]
    with desks.cache_in(tmp_path / "midan", (*desks.season(), *made)) as cache:
        yield cache


def record(survey: tuple[Ask, ...], name: str, style: str) -> r.Checklist:
    """A published checklist of these questions."""
    made = publish(gallery.workbook(survey, style))
    return r.Checklist(
        id=checklist_id(name, "1"),
        form_id=name,
        version="1",
        inspection_type="IT04",
        title_ar="الغرف",
        title_en="Rooms",
        effective_from="2026-01-01",
        xform=made.xml,
    )


def french() -> r.Checklist:
    """A checklist in English and French, of which the application speaks one."""
    made = record((Ask("text", "name", "Nom", "Name"),), "french", "")
    return structs.replace(made, xform=made.xform.replace("Arabic (ar)", "Français"))


@pytest.fixture
def open_visit(desk: Desk, look: Look, tasks: Tasks, sync: SyncHandle, qtbot: QtBot, settle: Settle) -> Open:
    """Opens a visit by a checklist, or a draft again, in the inspector's window."""
    window = MainWindow(desk, look, tasks, sync)
    qtbot.addWidget(window, before_close_func=lambda _: settle())
    window.resize(1280, 800)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()

    def opened(name: str = "", draft: str = "") -> EditorPage:
        window.go("visits", ContinueDraft(draft or desk.visits.start("p1", "co1", checklist_id(name, "1"))))
        settle()
        workspace = window.current
        assert isinstance(workspace, VisitsWorkspace)
        assert workspace.editor is not None
        return workspace.editor

    return opened


def stored(desk: Desk, page: EditorPage, ref: str) -> str:
    """What the disk has for a question."""
    return desk.visits.open_draft(page.editor.head.id).session.state(ref).value


def test_a_repeat_is_a_section_of_its_own_with_its_count(open_visit: Open, look: Look) -> None:
    page = open_visit("rooms")
    look.set_language("en")
    titles = [page._section_face(number).title for number in range(len(page.editor.pages))]
    assert titles == ["General", look.words.say("visits.general"), "Room", "Floor"]
    assert "0 of 1" in page._section_face(2).secondary
    page.show_section(2)
    press(page, "visit.add.room")
    assert "0 of 2" in page._section_face(2).secondary


def test_an_instance_that_is_added_is_on_the_disk_soon_after_with_what_is_typed_in_it(
    open_visit: Open, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    page = open_visit("rooms")
    page.show_section(2)
    press(page, "visit.add.room")
    line = find(QLineEdit, page, "visit.question.room[2].number")
    assert line.hasFocus()
    with qtbot.waitSignal(page.editor.saved):
        type_in(line, "٢٠١")
    settle()
    assert stored(desk, page, "/data/room[2]/number") == "٢٠١"
    draft = page.editor.head.id
    page.leave()
    settle()
    again = open_visit(draft=draft)
    again.show_section(2)
    assert find(QLineEdit, again, "visit.question.room[2].number").text() == "٢٠١"


def test_an_instance_that_is_removed_is_gone_from_the_disk(
    open_visit: Open, desk: Desk, qtbot: QtBot, settle: Settle
) -> None:
    page = open_visit("rooms")
    page.show_section(2)
    press(page, "visit.add.room")
    type_in(find(QLineEdit, page, "visit.question.room[2].number"), "7")
    with qtbot.waitSignal(page.editor.saved):
        press(page, "visit.remove.room[1]")
    settle()
    assert desk.visits.open_draft(page.editor.head.id).session.instances("/data/room") == 1
    assert stored(desk, page, "/data/room[1]/number") == "7"


def test_what_is_missing_in_an_instance_is_said_with_its_name_and_led_to(
    open_visit: Open, look: Look, settle: Settle
) -> None:
    page = open_visit("rooms")
    page.show_section(2)
    press(page, "visit.add.room")
    look.set_language("en")
    page.show_section(FINISH)
    settle()
    button = find(QPushButton, page, "visit.required.room[2].number")
    assert [letter for letter in button.toolTip() if letter.isascii()] == list("Room 2: Number of the room")
    button.click()
    settle()
    assert page.section == 2
    assert find(QLineEdit, page, "visit.question.room[2].number").hasFocus()
    assert find(QLabel, page, "visit.question.room[2].number.error").isVisible()


def test_next_goes_page_by_page_through_every_section_to_the_end(open_visit: Open, settle: Settle) -> None:
    page = open_visit("paged")
    seen = []
    for _ in range(20):
        if page.section == FINISH:
            break
        section = page._pages[page.section]
        seen += [row.ref for row in section._on_screen() if row.kind is not RowKind.INSTANCE]
        page.next.click()
        settle()
    assert page.section == FINISH
    assert seen == [
        "/data/general/guard",
        "/data/general/X01",
        "/data/floors",
        "/data/room[1]/number",
        "/data/room[1]/room_beds",
        "/data/room[1]/guest[1]/guest_name",
        "/data/room[1]/guest",
        "/data/room",
    ]


def test_previous_goes_back_screen_by_screen(open_visit: Open) -> None:
    page = open_visit("paged")
    page.show_section(2)
    page.begin()
    page.next.click()
    assert find(QWidget, page, "visit.question.room[1].room_beds").isVisible()
    page.previous.click()
    assert find(QLineEdit, page, "visit.question.room[1].number").hasFocus()


def test_a_correction_adds_no_instance_and_takes_none_away(
    open_visit: Open, desk: Desk, supervisor: Desk, cache: Cache, settle: Settle
) -> None:
    draft = desk.visits.start("p1", "co1", checklist_id("rooms", "1"))
    session = desk.visits.open_draft(draft).session
    session.answer("/data/general/guard", "سالم")
    session.answer("/data/general/X01", "conform")
    session.answer("/data/room[1]/number", "1")
    desk.visits.save(draft, session.serialise())
    desks.refuse_to_sign(desk, draft)
    visit = desk.visits.submit(draft).visit_id
    short_centre.receive(cache)
    supervisor.review.give_back(visit, [r.Remark(item="X01", text="أعد النظر")])
    short_centre.receive(cache)
    page = open_visit(draft=desk.visits.correct(visit))
    page.show_section(2)
    assert find(QLineEdit, page, "visit.question.room[1].number").text() == "1"
    assert not find(QPushButton, page, "visit.remove.room[1]").isVisible()
    assert (
        page.findChild(QPushButton, "visit.add.room") is None
        or not find(QPushButton, page, "visit.add.room").isEnabled()
    )


def test_tab_leads_from_the_last_question_out_of_the_page(open_visit: Open) -> None:
    page = open_visit("rooms")
    page.show_section(0)
    page.begin()
    line = find(QLineEdit, page, "visit.question.guard")
    assert line.hasFocus()
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert not line.hasFocus()
    assert page.window().focusWidget() is not None


def test_a_checklist_in_a_language_of_its_own_is_asked_which_it_shall_speak(open_visit: Open, look: Look) -> None:
    page = open_visit("french")
    look.set_language("en")
    assert page.languages.isVisible()
    page.languages.choose("Français")
    page.languages.activated.emit(page.languages.currentIndex())
    assert find(QLabel, page, "visit.question.name.label").text() == "Nom"
    look.set_language("ar")
    assert find(QLabel, page, "visit.question.name.label").text() == "Nom"
    assert page.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert page._pages[0].layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_a_checklist_that_speaks_as_the_application_does_asks_for_no_language(open_visit: Open) -> None:
    assert not open_visit("rooms").languages.isVisible()
