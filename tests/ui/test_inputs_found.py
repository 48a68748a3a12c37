"""Searching the choices of a form: in any spelling, among twenty thousand, without holding up the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.inputs.finding import FoundList
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered
from inspector_app.viewmodels.tasks import Tasks
from tests.ui.asked import NAME, shown
from tests.ui.choosing import CITIES, cities, offered, one
from tests.ui.hands import find, type_in

Keys = Qt.Key
A_FRAME_S = 0.016


def test_a_search_finds_any_spelling_and_forgives_a_letter(qtbot: QtBot) -> None:
    rows = Offered()
    rows.show([xforms.Choice(value, label) for value, label in CITIES], [])
    rows.narrow("المدينه")
    assert [row.value for row in rows.rows] == ["madinah"]
    rows.narrow("مكه مكرمه")
    assert [row.value for row in rows.rows] == ["makkah"]
    rows.narrow("الطايف")
    assert [row.value for row in rows.rows] == ["taif"]
    rows.narrow("ينبوع")
    assert [row.value for row in rows.rows] == ["yanbu"]
    rows.narrow("لندن")
    assert list(rows.rows) == []
    rows.narrow("")
    assert len(rows.rows) == len(CITIES)


def test_the_model_keeps_the_promises_of_qt_while_it_is_searched(qtbot: QtBot) -> None:
    rows = Offered()
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    many = [xforms.Choice(value, label) for value, label in cities(3000)]
    rows.show(many, ["c7", "gone"])
    rows.narrow("جدة")
    qtbot.waitUntil(lambda: not rows.searching)
    assert len(rows.rows) == len([one for one in many if "جدة" in one.label])
    rows.show(many[:100], ["c7"])
    qtbot.waitUntil(lambda: not rows.searching)
    assert {row.label.split()[0] for row in rows.rows} == {"جدة"}
    rows.narrow("")
    rows.show([], [])
    assert rows.rowCount() == 0


@pytest.fixture
def frozen() -> Iterator[None]:
    """As in the application: what was there before is out of the collector's sight."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
def test_twenty_thousand_choices_never_hold_up_the_window_longer_than_a_few_frames(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(one(look, tasks, choices=cities(20_000)), qtbot)
    search = find(QLineEdit, asked, f"{NAME}.search")
    longest = 0.0
    rows = offered(asked)

    def timed(work: object) -> None:
        nonlocal longest
        assert callable(work)
        began = thread_time()
        work()
        longest = max(longest, thread_time() - began)

    type_in(search, "ينبع 1999")
    timed(lambda: QTest.keyClick(search, Keys.Key_Return))
    while rows.searching:
        timed(QApplication.processEvents)
    assert [row.label for row in rows.rows[:2]] == ["ينبع 1999", "ينبع 19996"]
    timed(lambda: asked.put("c4"))
    timed(asked.grab)
    assert longest < 2 * A_FRAME_S
    assert asked.value == "c4"


def test_enter_takes_the_only_one_that_a_long_search_finds(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, choices=[*cities(20_000), ("abha", "أبها")]), qtbot)
    search = find(QLineEdit, asked, f"{NAME}.search")
    type_in(search, "ابها")
    QTest.keyClick(search, Keys.Key_Return)
    qtbot.waitUntil(lambda: asked.value == "abha")


def test_only_the_rows_that_are_seen_are_read(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, choices=cities(20_000)), qtbot)
    rows = find(FoundList, asked, f"{NAME}.list")
    assert rows.height() < 9 * rows.row_height
    assert len(asked.findChildren(QListView)) == 1
    QTest.keyClick(find(QLineEdit, asked, f"{NAME}.search"), Keys.Key_Down)
    QTest.keyClick(rows, Keys.Key_End)
    assert rows.currentIndex().row() == 19_999


def test_the_search_is_walked_into_with_down_and_left_again_with_up(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "autocomplete"), qtbot)
    search, rows = find(QLineEdit, asked, f"{NAME}.search"), find(FoundList, asked, f"{NAME}.list")
    assert search.hasFocus()
    QTest.keyClick(search, Keys.Key_Down)
    assert rows.hasFocus()
    QTest.keyClick(rows, Keys.Key_Up)
    assert search.hasFocus()
