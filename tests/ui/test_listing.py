"""A list that a filter and a search narrow: what may be chosen while the new rows are still being read."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector_app.ui.kit.listing import Listing
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import FACE_ROLE, Face
from inspector_app.viewmodels.tasks import Tasks

ROWS = {"all": ["first", "second"], "returned": ["third"]}


class SlowRows:
    """A query that answers when it is let go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, narrowed: str, text: str) -> list[str]:
        assert self.gate.wait(10)
        return [row for row in ROWS[narrowed] if text in row]


@pytest.fixture
def rows() -> SlowRows:
    return SlowRows()


class Faces:
    """Rows in the language of the moment, and on which thread each was read."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.read: list[tuple[str, threading.Thread]] = []

    def __call__(self, key: str) -> Face:
        self.read.append((key, threading.current_thread()))
        return Face(f"{key} {self._look.words.language}")


@pytest.fixture
def faces(look: Look) -> Faces:
    return Faces(look)


@pytest.fixture
def listing(
    qtbot: QtBot, look: Look, tasks: Tasks, settle: Callable[[], None], rows: SlowRows, faces: Faces
) -> Listing:
    """One that shows the rows of its first filter."""
    made = Listing(
        look, tasks, area="visits", new="visits.start", icon="visit", filters=ROWS, find=rows, face=faces, may_make=True
    )
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.refresh()
    settle()
    assert made.list.rows.ids == ROWS["all"]
    return made


def click_the_first_row(listing: Listing) -> list[str]:
    """What a click where the first row stands, or stood, opens."""
    opened: list[str] = []
    listing.opened.connect(opened.append)
    QTest.mouseClick(listing.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    return opened


def test_a_click_before_the_rows_of_a_filter_are_there_opens_nothing_of_the_last_one(
    listing: Listing, settle: Callable[[], None], rows: SlowRows
) -> None:
    rows.gate.clear()
    listing.filter.button("returned").click()
    assert click_the_first_row(listing) == []
    rows.gate.set()
    settle()
    assert click_the_first_row(listing) == ["third"]


def test_a_click_before_the_rows_of_a_search_are_there_opens_nothing_of_the_last_one(
    listing: Listing, settle: Callable[[], None], rows: SlowRows
) -> None:
    rows.gate.clear()
    listing.field.setText("sec")
    QTest.keyClick(listing.field, Qt.Key.Key_Return)
    assert click_the_first_row(listing) == []
    rows.gate.set()
    settle()
    assert click_the_first_row(listing) == ["second"]


def test_rows_read_again_for_the_same_question_stay_within_reach(listing: Listing, rows: SlowRows) -> None:
    rows.gate.clear()
    listing.refresh()
    assert click_the_first_row(listing) == ["first"]
    rows.gate.set()


def titles(listing: Listing) -> list[str]:
    """What the rows say."""
    model = listing.list.rows
    return [model.data(model.index(row), FACE_ROLE).title for row in range(model.rowCount())]


def test_painting_the_first_rows_reads_nothing_on_the_gui_thread(listing: Listing, faces: Faces) -> None:
    assert titles(listing) == ["first ar", "second ar"]
    listing.list.viewport().grab()
    assert faces.read
    assert not [key for key, thread in faces.read if thread is threading.main_thread()]


def test_rows_read_before_the_language_changed_are_not_shown(
    listing: Listing, look: Look, settle: Callable[[], None], rows: SlowRows, faces: Faces
) -> None:
    rows.gate.clear()
    listing.refresh()
    look.set_language("en")
    rows.gate.set()
    settle()
    assert titles(listing) == ["first en", "second en"]
