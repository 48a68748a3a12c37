"""What a form asks of a visit beside its questions: where it began, as soon as the visit has a position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from inspector_app.app.tour import camera
from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.viewmodels.visits import ContinueDraft
from tests.support import asking, desks
from tests.ui.hands import find, press, write
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
