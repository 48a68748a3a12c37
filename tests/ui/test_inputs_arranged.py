"""Where the choices of a form stand in each appearance, in both directions, however wide the page is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.ui.forms.inputs.arrangement import Arrangement, Way, arrangement, place
from inspector_app.ui.forms.inputs.choices import MANY
from inspector_app.ui.forms.inputs.marks import TARGET, Marks, Shape, Sight
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.ui.asked import NAME, shown
from tests.ui.choosing import CITIES, board, box, offered, one, spot
from tests.ui.hands import find

Keys = Qt.Key


APPEARANCES = ["", "columns", "columns-2", "columns-3", "columns-pack", "likert", "list", "list-nolabel", "no-buttons"]


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("width", [320, 900])
def test_every_choice_is_a_target_for_a_finger_in_its_board_and_over_no_other(
    appearance: str, language: str, width: int, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(one(look, tasks, appearance), qtbot, width)
    rects = [spot(asked, value) for value, _ in CITIES]
    whole = board(asked).viewport().rect()
    for number, rect in enumerate(rects):
        assert rect.height() >= TARGET
        assert rect.width() >= TARGET or appearance == "list-nolabel"
        assert whole.contains(rect)
        assert not any(rect.intersects(other) for other in rects[number + 1 :])
    first_is_right = rects[0].center().x() >= rects[1].center().x()
    assert first_is_right == (language == "ar") or rects[0].x() == rects[1].x()


@given(
    labels=st.lists(st.text(st.characters(categories=["L", "Zs"]), min_size=1, max_size=60), min_size=1, max_size=12),
    width=st.integers(60, 1000),
    way=st.sampled_from(Way),
    rtl=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_they_are_arranged_none_lies_over_another_or_beside_the_page(
    labels: list[str], width: int, way: Way, rtl: bool, look: Look, qtbot: QtBot
) -> None:
    holder = Card()
    qtbot.addWidget(holder)
    marks = Marks(look, holder, several=False)
    sights = [Sight(label) for label in labels]
    placed = place(Arrangement(way, Shape.BESIDE, 3), sights, marks, width, rtl=rtl)
    assert len(placed.rects) == len(labels)
    for number, rect in enumerate(placed.rects):
        assert rect.left() >= 0
        assert rect.right() < width
        assert rect.bottom() < placed.height
        assert not any(rect.intersects(other) for other in placed.rects[number + 1 :])


def test_a_likert_line_too_narrow_for_its_words_stands_as_a_column(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "likert"), qtbot, 900)
    assert spot(asked, "makkah").top() == spot(asked, "badr").top()
    asked.resize(320, 600)
    qtbot.waitUntil(lambda: spot(asked, "makkah").top() < spot(asked, "badr").top())
    assert board(asked).height() >= spot(asked, "badr").bottom()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", Arrangement()),
        ("minimal quick", Arrangement()),
        ("columns-2", Arrangement(Way.COLUMNS, Shape.BESIDE, 2)),
        ("columns-4 no-buttons", Arrangement(Way.COLUMNS, Shape.PICTURE, 4)),
        ("no-buttons", Arrangement(Way.PACKED, Shape.PICTURE)),
        ("compact-2", Arrangement(Way.COLUMNS, Shape.PICTURE, 2)),
        ("quickcompact", Arrangement(Way.PACKED, Shape.PICTURE)),
        ("columns-pack", Arrangement(Way.PACKED, Shape.BESIDE)),
        ("label", Arrangement(Way.LINE, Shape.WORDS, strict=True)),
        ("list-nolabel", Arrangement(Way.LINE, Shape.MARK, strict=True)),
        ("image-map", Arrangement()),
        ("map", Arrangement()),
    ],
)
def test_the_words_of_an_appearance_arrange_choices(words: str, expected: Arrangement) -> None:
    assert arrangement(frozenset(words.split())) == expected


def test_cells_of_a_grid_stand_below_the_names_of_their_head(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    head, cells = one(look, tasks, "label"), one(look, tasks, "list-nolabel")
    shown(head, qtbot, 640)
    shown(cells, qtbot, 640)
    for value, _ in CITIES:
        assert spot(head, value).left() == spot(cells, value).left()
        assert spot(head, value).width() == spot(cells, value).width()


def test_the_head_of_a_grid_is_no_answer(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "label"), qtbot)
    QTest.mouseClick(asked, Qt.MouseButton.LeftButton, pos=board(asked).mapTo(asked, spot(asked, "taif").center()))
    assert board(asked).focusPolicy() == Qt.FocusPolicy.NoFocus
    assert asked.gave == []


def test_marks_in_the_label_of_a_choice_are_not_shown_as_they_are_written(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    marked = [("a", "**مفتوح** دائمًا"), ("b", "مغلق")]
    assert "مفتوح دائمًا" in find(QPushButton, one(look, tasks, choices=marked), f"{NAME}.a").text()
    asked = one(look, tasks, "minimal", marked)
    asked.put("a")
    assert box(asked).box.currentText() == "مفتوح دائمًا"
    assert offered(asked).index(0).data() == "مفتوح دائمًا"


def test_the_page_follows_the_keyboard_down_a_high_board(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    page = Page()
    qtbot.addWidget(page)
    asked = one(look, tasks, choices=[(f"v{n}", f"خيار {n}") for n in range(MANY)])
    page.body.addWidget(asked)
    page.resize(500, 240)
    page.show()
    with qtbot.waitActive(page):
        page.activateWindow()
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0)
    asked.input.focus_input()
    QTest.keyClick(board(asked), Keys.Key_End)
    last = spot(asked, f"v{MANY - 1}").center()
    qtbot.waitUntil(lambda: page.viewport().rect().contains(board(asked).viewport().mapTo(page.viewport(), last)))


def test_the_wheel_moves_the_page_and_never_an_answer(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal"), qtbot)
    asked.put("taif")
    at = QPointF(20, 20)
    turned = QWheelEvent(
        at,
        box(asked).box.mapToGlobal(at),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box(asked).box, turned)
    assert not turned.isAccepted()
    assert asked.gave == []
