"""What a form asks of a visit beside its questions: where it began, as soon as the visit knows, and a log of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from inspector_app.app.tour import camera
from inspector_app.services.desk import Desk
from inspector_app.services.submission import notes_of
from inspector_app.storage import drafts
from inspector_app.storage.cache import Cache
from inspector_app.ui.forms.pieces import PieceRow
from inspector_app.ui.kit.buttons import SegmentedAnswers
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.report import ReportMaker
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft
from tests.services.test_the_log_of_a_filling import lines
from tests.support import asking, desks
from tests.ui.hands import find, press, type_in, write
from tests.ui.test_filling_in_a_visit import editor_of

Settle = Callable[[], None]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """With the checklist that asks for all of it."""
    with desks.cache_in(tmp_path / "midan", (*desks.season(), asking.checklist())) as made:
        yield made


@pytest.fixture
def draft_id(desk: Desk) -> str:
    return desk.visits.start("p1", "co1", asking.checklist().id)


def opened(window: MainWindow, settle: Settle, draft_id: str) -> EditorPage:
    window.go("visits", ContinueDraft(draft_id))
    settle()
    return editor_of(window)


def at_the_end(window: MainWindow, settle: Settle, draft_id: str) -> EditorPage:
    page = opened(window, settle, draft_id)
    page.show_section(FINISH)
    settle()
    return page


def begun_at(page: EditorPage) -> str:
    return page.editor.session.state(asking.BEGUN_AT).value


def test_a_position_that_was_typed_goes_where_the_form_wants_the_place_of_the_beginning(
    window: MainWindow, desk: Desk, settle: Settle, draft_id: str
) -> None:
    page = at_the_end(window, settle, draft_id)
    write(page, "visit.position", "21.4225, 39.8262")
    assert begun_at(page) == ""  # it may be half typed
    find(QLineEdit, page, "visit.position").editingFinished.emit()
    assert begun_at(page) == "21.4225 39.8262 0.0 0.0"
    page.editor.save()
    settle()
    session = desk.visits.open_draft(draft_id).session
    assert (session.state(asking.BEGUN_AT).value, session.unplaced) == ("21.4225 39.8262 0.0 0.0", ())


def test_the_position_of_a_photo_goes_there_too_in_a_draft_that_was_opened_again(
    window: MainWindow, desk: Desk, settle: Settle, draft_id: str, tmp_path: Path
) -> None:
    opened(window, settle, draft_id).leave()
    settle()
    desk.visits.attach(draft_id, "A01", camera.take(tmp_path / "door.jpg", 21.4207, 39.8315))
    page = at_the_end(window, settle, draft_id)
    press(page, "visit.position.of_photo")
    assert begun_at(page).startswith("21.42")


def test_a_position_that_was_kept_when_the_page_was_left_is_taken_when_it_is_opened_again(
    window: MainWindow, settle: Settle, draft_id: str
) -> None:
    page = at_the_end(window, settle, draft_id)
    write(page, "visit.position", "21.4225, 39.8262")
    page.leave()
    settle()
    assert begun_at(opened(window, settle, draft_id)) == "21.4225 39.8262 0.0 0.0"


def test_a_form_that_wants_sound_recorded_is_told_once_that_nothing_is_and_the_answer_stays_empty(
    window: MainWindow, look: Look, settle: Settle, draft_id: str
) -> None:
    page = opened(window, settle, draft_id)
    line = find(QLabel, page, "visit.no_recording")
    for language in ("en", "ar"):
        look.set_language(language)
        assert line.isVisible()
        assert line.text() == look.words.say("visits.no_recording")
    assert [page.editor.session.state(one.ref).value for one in page.editor.form.recordings] == [""]


def test_nothing_is_said_of_recordings_where_the_form_wants_none(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    page = opened(window, settle, desk.visits.start("p1", "co1", desks.lodging_checklist(desk)))
    assert not find(QLabel, page, "visit.no_recording").isVisible()


def test_the_place_is_taken_once_however_often_the_position_changes_afterwards(
    window: MainWindow, settle: Settle, draft_id: str
) -> None:
    page = at_the_end(window, settle, draft_id)
    for typed in ("21.4225, 39.8262", "21.4300, 39.8300"):
        write(page, "visit.position", typed)
        find(QLineEdit, page, "visit.position").editingFinished.emit()
    assert begun_at(page) == "21.4225 39.8262 0.0 0.0"


def kept_log(cache: Cache, draft_id: str) -> list[tuple[str, str, str]]:
    """The log that is on the disk: events, questions, and what was answered."""
    with cache.read() as conn:
        draft = drafts.get(conn, draft_id)
    assert draft is not None
    return [(one["event"], one["node"], one["new-value"]) for one in lines(notes_of(draft).log)]


def test_who_looks_at_what_and_answers_what_is_written_down_as_he_goes_without_being_asked_to_save(
    window: MainWindow, cache: Cache, settle: Settle, draft_id: str, qtbot: QtBot
) -> None:
    page = opened(window, settle, draft_id)
    page.show_section(0)
    settle()
    with qtbot.waitActive(window):  # a window behind another one moves no cursor
        window.activateWindow()
    guard = find(QLineEdit, page, "visit.question.guard")
    guard.setFocus()
    type_in(guard, "فهد")
    find(SegmentedAnswers, page, "visit.answer.A01").button("conform").setFocus()
    find(SegmentedAnswers, page, "visit.answer.A01").button("conform").click()
    page.side.setFocus()
    looked = [("question", asking.GUARD, "فهد"), ("question", asking.ITEM, "conform")]
    qtbot.waitUntil(lambda: kept_log(cache, draft_id)[-2:] == looked, timeout=5_000)
    assert kept_log(cache, draft_id)[0] == ("form start", "", "")


def test_instances_refused_answers_and_the_end_are_written_down_and_the_log_goes_with_the_report(
    window: MainWindow, desk: Desk, cache: Cache, settle: Settle, draft_id: str
) -> None:
    page = opened(window, settle, draft_id)
    page.editor.answer("/data/A/beds", "12")
    page.editor.answer("/data/A/beds", "8")
    page.editor.answer(asking.ITEM, "conform")
    room = page.editor.add(asking.ROOM)
    page.editor.answer(f"{room}/number", "101")
    page.editor.remove(room)
    page.show_section(FINISH)
    settle()
    desks.refuse_to_sign(desk, draft_id)
    page.editor.submit()
    settle()
    [visit] = desk.visits.list()
    newest = desk.visits.detail(visit).newest
    assert newest is not None
    [piece] = newest.revision.attachments
    told = [(one["event"], one["node"], one["new-value"]) for one in lines(desk.evidence.read(piece.sha256).decode())]
    assert [one for one in told if one != ("question", asking.GUARD, "")] == [
        ("form start", "", ""),
        ("constraint error", "/data/A/beds", ""),
        ("question", "/data/A/beds", "8"),
        ("add repeat", room, ""),
        ("question", asking.ITEM, "conform"),
        ("question", f"{room}/number", "101"),
        ("delete repeat", room, ""),
        ("end screen", "", ""),
        ("form save", "", ""),
        ("form finalize", "", ""),
    ]


def test_a_draft_that_is_left_and_taken_up_again_says_so_in_its_log(
    window: MainWindow, cache: Cache, settle: Settle, draft_id: str
) -> None:
    opened(window, settle, draft_id).leave()
    settle()
    opened(window, settle, draft_id).leave()
    settle()
    told = [event for event, _, _ in kept_log(cache, draft_id)]
    sittings = [event for event in told if event != "question"]  # the cursor may have stood in the first one
    assert sittings == ["form start", "form save", "form exit", "form resume", "form save", "form exit"]


def test_the_supervisor_finds_the_log_among_the_answers_in_both_languages(
    window: MainWindow, desk: Desk, supervisor: Desk, look: Look, tasks: Tasks, settle: Settle, draft_id: str,
    qtbot: QtBot,
) -> None:  # fmt: skip
    page = opened(window, settle, draft_id)
    page.editor.answer(asking.ITEM, "conform")
    settle()
    desks.refuse_to_sign(desk, draft_id)
    page.editor.submit()
    settle()
    [visit] = desk.visits.list()
    sections = supervisor.visits.detail(visit).sections
    assert sections is not None
    for language in ("en", "ar"):
        look.set_language(language)
        for part in ReportMaker(supervisor, look, tasks).sections(sections):
            qtbot.addWidget(part)
            if part.findChild(PieceRow, "report.piece.data.meta.audit"):
                assert look.words.say("answers.log") in [one.text() for one in part.findChildren(QLabel)]
                break
        else:
            pytest.fail("no row for the log")
    settle()
