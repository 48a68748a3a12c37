"""Choosing in a form: one or several, side by side or in a box, with mouse and keyboard, offered or no longer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.inputs.board import Board
from inspector_app.ui.forms.inputs.choices import MANY
from inspector_app.ui.forms.inputs.finding import Finder, FoundList
from inspector_app.ui.kit.buttons import TakenBack
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered
from inspector_app.viewmodels.tasks import Tasks
from tests.support import pictures, screens
from tests.ui.asked import NAME, ask, form, shown
from tests.ui.choosing import BY_SIDE, CITIES, FEW, FILTERED, board, box, cities, offered, one, part, some, spot, touch
from tests.ui.hands import find, type_in

Keys = Qt.Key


# ------------------------------------------------------------------------------------------------- one of several


def test_few_choices_stand_side_by_side_and_more_of_them_below_each_other(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    assert isinstance(part(one(look, tasks, choices=FEW)), TakenBack)
    assert isinstance(part(one(look, tasks)), Board)
    assert isinstance(part(one(look, tasks, choices=cities(MANY + 1))), Finder)
    assert isinstance(part(one(look, tasks, choices=[("a", "كلام طويل " * 8), ("b", "قصير")])), Board)


def test_a_touch_chooses_and_the_same_touch_takes_it_back(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks), qtbot)
    touch(asked, "taif")
    assert asked.value == "taif"
    touch(asked, "yanbu")
    touch(asked, "yanbu")
    assert asked.gave == ["taif", "yanbu", ""]


def test_a_double_click_is_one_choice(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks), qtbot)
    where = spot(asked, "taif").center()
    QTest.mouseClick(board(asked).viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.mouseDClick(board(asked).viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert asked.value == "taif"


def test_the_keyboard_alone_moves_chooses_takes_back_and_leaves(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = one(look, tasks)
    after = QPushButton("after", asked)
    shown(asked, qtbot)
    keyboard = board(asked)
    assert keyboard.hasFocus()
    QTest.keyClick(keyboard, Keys.Key_Down)
    QTest.keyClick(keyboard, Keys.Key_Down)
    QTest.keyClick(keyboard, Keys.Key_Space)
    assert asked.value == "jeddah"
    QTest.keyClick(keyboard, Keys.Key_End)
    QTest.keyClick(keyboard, Keys.Key_Return)
    assert asked.value == "badr"
    QTest.keyClick(keyboard, Keys.Key_Delete)
    assert asked.value == ""
    QTest.keyClick(keyboard, Keys.Key_Tab)
    assert after.hasFocus()


def test_a_letter_goes_to_the_choice_that_begins_with_it(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks), qtbot)
    type_in(board(asked), "ين")
    QTest.keyClick(board(asked), Keys.Key_Space)
    assert asked.value == "yanbu"


def test_the_keyboard_begins_at_the_choice_that_holds(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = one(look, tasks)
    asked.put("taif")
    shown(asked, qtbot)
    QTest.keyClick(board(asked), Keys.Key_Down)
    QTest.keyClick(board(asked), Keys.Key_Space)
    assert asked.value == "yanbu"


@pytest.mark.parametrize(("language", "key"), [("ar", Keys.Key_Left), ("en", Keys.Key_Right)])
def test_in_columns_the_arrow_that_points_onwards_goes_onwards(
    language: str, key: Qt.Key, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(one(look, tasks, "columns-3"), qtbot)
    QTest.keyClick(board(asked), key)
    QTest.keyClick(board(asked), Keys.Key_Down)
    QTest.keyClick(board(asked), Keys.Key_Space)
    assert asked.value == "yanbu"


def test_a_quick_choice_says_that_the_page_may_move_on_and_taking_it_back_does_not(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(one(look, tasks, "quick"), qtbot)
    touch(asked, "badr")
    assert asked.finished == 1
    touch(asked, "badr")
    assert asked.finished == 1
    few = shown(one(look, tasks, "quick", FEW), qtbot)
    find(QPushButton, few, f"{NAME}.makkah").click()
    assert few.finished == 1


def test_without_the_word_quick_nothing_moves_on(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks), qtbot)
    touch(asked, "badr")
    assert asked.finished == 0


def test_what_was_chosen_and_is_offered_no_more_says_so_until_another_is_chosen(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(one(look, tasks, choices=FEW), qtbot)
    assert isinstance(part(asked), TakenBack)
    asked.put("khulays")
    assert next((row.value, row.label) for row in offered(asked).rows) == ("khulays", "khulays")
    assert asked.field.error.isVisible()
    touch(asked, "jeddah")
    assert asked.value == "jeddah"
    assert isinstance(part(asked), TakenBack)
    assert asked.state.problem is None


def test_a_choice_keeps_its_name_when_it_is_offered_no_more(qtbot: QtBot) -> None:
    rows = Offered()
    rows.show([xforms.Choice("a", "ألف"), xforms.Choice("b", "باء")], ["b"])
    rows.show([xforms.Choice("a", "ألف")], ["b"])
    assert [row.label for row in rows.stale] == ["باء"]


def test_choices_follow_another_answer_and_say_so_where_there_are_none(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("select1", inside=BY_SIDE, model=FILTERED), look, tasks), qtbot)
    told = look.words.say("inputs.none_offered")
    assert told in [label.text() for label in asked.findChildren(type(asked.field.error)) if label.isVisible()]
    asked.put("m", "/data/other")
    assert [row.value for row in offered(asked).rows] == ["makkah", "madinah"]
    find(QPushButton, asked, f"{NAME}.madinah").click()
    assert asked.value == "madinah"
    asked.put("b", "/data/other")
    assert asked.value == ""
    assert [row.value for row in offered(asked).rows] == ["badr"]


def test_the_other_language_leaves_answer_focus_and_place(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    texts = "".join(
        f'<translation lang="{lang}">'
        + "".join(f'<text id="{v}"><value>{n if lang == "ar" else v}</value></text>' for v, n in CITIES)
        + "</translation>"
        for lang in ("ar", "en")
    )
    items = "".join(f"<item><label ref=\"jr:itext('{v}')\"/><value>{v}</value></item>" for v, _ in CITIES)
    asked = shown(ask(form("select1", inside=items, model=f"<itext>{texts}</itext>"), look, tasks), qtbot)
    keyboard = board(asked)
    QTest.keyClick(keyboard, Keys.Key_Down)
    asked.session.set_language("en")
    look.set_language("en")
    assert board(asked) is keyboard
    assert keyboard.hasFocus()
    assert keyboard.currentIndex().data() == "madinah"
    QTest.keyClick(keyboard, Keys.Key_Space)
    assert asked.value == "madinah"


def test_an_answer_that_may_not_be_changed_is_not_changed_by_a_touch(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks), qtbot)
    asked.input.set_open(False)
    touch(asked, "taif")
    assert asked.gave == []


# ------------------------------------------------------------------------------------------------ some of several


def test_several_are_named_in_the_order_of_the_checklist(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(some(look, tasks), qtbot)
    for value in ("badr", "makkah", "taif"):
        touch(asked, value)
    assert asked.value == "makkah taif badr"
    touch(asked, "taif")
    assert asked.value == "makkah badr"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(touched=st.lists(st.sampled_from([value for value, _ in CITIES]), max_size=12))
def test_whatever_is_touched_the_answer_is_a_subset_in_order_without_twins(
    touched: list[str], look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = some(look, tasks)
    qtbot.addWidget(asked)
    for value in touched:
        board(asked).touched.emit(value)
    odd = {value for value in touched if touched.count(value) % 2}
    assert asked.value.split() == [value for value, _ in CITIES if value in odd]


def test_one_that_is_offered_no_more_can_be_let_go(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = some(look, tasks)
    asked.put("taif khulays")
    shown(asked, qtbot)
    assert asked.field.error.isVisible()
    touch(asked, "khulays")
    assert asked.value == "taif"
    assert not asked.field.error.isVisible()
    assert len(offered(asked).rows) == len(CITIES)


def test_a_screen_reader_is_told_every_choice_and_which_ones_hold(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = some(look, tasks)
    asked.put("taif badr")
    shown(asked, qtbot)
    told = QAccessible.queryAccessibleInterface(board(asked))
    assert told.text(QAccessible.Text.Name) == asked.state.label
    rows = [told.child(number) for number in range(told.childCount())]
    assert [row.text(QAccessible.Text.Name) for row in rows] == [name for _, name in CITIES]
    states: list[Any] = [row.state() for row in rows]  # the stubs leave the fields of states out
    assert all(state.checkable for state in states)
    assert [bool(state.checked) for state in states] == [value in ("taif", "badr") for value, _ in CITIES]


# ------------------------------------------------------------------------------------------------------ in a box


def test_a_box_opens_with_the_keyboard_and_closes_with_the_choice(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal"), qtbot)
    assert box(asked).box.hasFocus()
    assert box(asked).box.currentText() == look.words.say("forms.choose")
    QTest.keyClick(box(asked).box, Keys.Key_Space)
    opened = box(asked).opened
    assert opened is not None
    rows = find(FoundList, opened, f"{NAME}.list")
    assert rows.hasFocus()
    QTest.keyClick(rows, Keys.Key_Down)
    QTest.keyClick(rows, Keys.Key_Return)
    assert asked.value == "madinah"
    assert box(asked).opened is None
    assert box(asked).box.hasFocus()
    assert box(asked).box.currentText() == "المدينة المنورة"


def test_an_opened_box_closes_with_escape_and_nothing_is_chosen(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal"), qtbot)
    QTest.mouseClick(box(asked).box, Qt.MouseButton.LeftButton)
    opened = box(asked).opened
    assert opened is not None
    QTest.keyClick(find(FoundList, opened, f"{NAME}.list"), Keys.Key_Escape)
    assert box(asked).opened is None
    assert asked.gave == []


def test_a_letter_on_a_closed_box_begins_its_search(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal", cities(40)), qtbot)
    type_in(box(asked).box, "ر")
    opened = box(asked).opened
    assert opened is not None
    search = find(QLineEdit, opened, f"{NAME}.search")
    assert search.hasFocus()
    type_in(search, "ابغ 12")
    QTest.keyClick(search, Keys.Key_Return)
    qtbot.waitUntil(lambda: asked.value == "c12")


def test_a_box_of_several_stays_open_until_it_is_finished(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(some(look, tasks, "minimal"), qtbot)
    QTest.keyClick(box(asked).box, Keys.Key_Down)
    opened = box(asked).opened
    assert opened is not None
    rows = find(FoundList, opened, f"{NAME}.list")
    QTest.keyClick(rows, Keys.Key_Space)
    QTest.keyClick(rows, Keys.Key_Down)
    QTest.keyClick(rows, Keys.Key_Space)
    assert asked.value == "makkah madinah"
    assert box(asked).opened is opened
    find(QPushButton, opened, f"{NAME}.finished").click()
    assert box(asked).opened is None
    assert "مكة المكرمة" in box(asked).box.currentText()


def test_a_box_opens_towards_the_side_its_form_is_written_from(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal"), qtbot)
    asked.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    box(asked).open()
    opened = box(asked).opened
    assert opened is not None
    assert find(FoundList, opened, f"{NAME}.list").layoutDirection() == Qt.LayoutDirection.LeftToRight
    assert abs(opened.x() - box(asked).box.mapToGlobal(QPoint(0, 0)).x()) < 5  # but for the frame of a window
    opened.hide()


def test_the_answer_of_a_box_is_taken_back_with_its_button(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(one(look, tasks, "minimal"), qtbot)
    clear = find(QPushButton, asked, f"{NAME}.clear")
    assert not clear.isVisible()
    asked.put("taif")
    clear.click()
    assert asked.value == ""


def test_an_opened_box_lies_on_the_screen_and_begins_at_the_leading_edge(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    for language in ("ar", "en"):
        look.set_language("ar" if language == "ar" else "en")
        asked = shown(one(look, tasks, "minimal", [*cities(12), ("long", "اسم طويل لا يسعه صندوق " * 6)]), qtbot, 400)
        box(asked).open()
        opened = box(asked).opened
        assert opened is not None
        assert opened.screen().availableGeometry().contains(opened.geometry())
        assert screens.faults(opened) == []
        pictures.grab(opened, look, "inputs-opened")
        opened.hide()
