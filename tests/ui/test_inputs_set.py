"""Ranges, stars and ranks in a form: set, moved and taken back with mouse and keyboard, in both directions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.ui.forms.inputs.choices import ChoosingInput
from inspector_app.ui.forms.inputs.ranges import RangeInput
from inspector_app.ui.forms.inputs.ranks import RankBoard, RankInput
from inspector_app.ui.forms.inputs.scales import TARGET, Scale, Stars
from inspector_app.ui.forms.inputs.steps import Steps
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.ui.asked import NAME, Asked, ask, form, shown
from tests.ui.choosing import BY_SIDE, FILTERED, OF_ANY_SIDE, listed
from tests.ui.hands import find

TENS = ' start="0" end="10" step="1"'
Keys = Qt.Key
ARROW = 40
"""How wide each arrow of a row is, px."""
LEFT = Qt.MouseButton.LeftButton


def scale(asked: Asked) -> Scale:
    return find(Scale, asked, NAME)


def figure(asked: Asked) -> str:
    return scale(asked).accessibleDescription()


# ------------------------------------------------------------------------------------------------------------- steps


@given(
    start=st.decimals(-1000, 1000, places=2),
    end=st.decimals(-1000, 1000, places=2),
    step=st.decimals("0.01", 50, places=2),
    whole=st.booleans(),
)
def test_every_value_of_a_range_stands_at_its_own_place(
    start: Decimal, end: Decimal, step: Decimal, whole: bool
) -> None:
    if whole:
        start, end, step = Decimal(int(start)), Decimal(int(end)), Decimal(int(step) or 1)
    steps = Steps({"start": str(start), "end": str(end), "step": str(step)}, whole=whole)
    assert Decimal(steps.value(0)) == start
    for place in {0, steps.last // 3, steps.last // 2, steps.last}:
        value = Decimal(steps.value(place))
        assert steps.place(steps.value(place)) == place
        assert min(start, end) <= value <= max(start, end)
        assert "E" not in steps.value(place)


@given(st.dictionaries(st.sampled_from(["start", "end", "step"]), st.text(max_size=8) | st.just("1e30")), st.text())
def test_a_range_that_its_author_wrote_wrongly_still_is_one(parameters: dict[str, str], value: str) -> None:
    steps = Steps(parameters, whole=False)
    assert 0 <= steps.last <= 1_000_000
    assert steps.place(value) is None or 0 <= (steps.place(value) or 0) <= steps.last


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        ({"start": "0", "end": "1", "step": "0.25"}, ["0", "0.25", "0.5", "0.75", "1"]),
        ({"start": "10", "end": "0", "step": "5"}, ["10", "5", "0"]),
        ({"start": "1", "end": "6", "step": "2"}, ["1", "3", "5"]),
        ({"start": "1", "end": "2", "step": "0"}, ["1", "2"]),
        ({"start": "5", "end": "5", "step": "1"}, ["5"]),
    ],
)
def test_the_values_of_a_range(parameters: dict[str, str], values: list[str]) -> None:
    steps = Steps(parameters, whole=False)
    assert [steps.value(place) for place in range(steps.last + 1)] == values


# ------------------------------------------------------------------------------------------------------------ ranges


def test_a_range_without_an_answer_is_told_apart_from_one_at_its_start(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("range", "int", inside=TENS), look, tasks), qtbot)
    assert scale(asked).place is None
    assert figure(asked) == look.words.say("inputs.not_answered")
    empty = scale(asked).grab().toImage()
    asked.put("0")
    assert scale(asked).place == 0
    assert figure(asked) == "٠"
    assert scale(asked).grab().toImage() != empty


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_touch_on_the_line_sets_the_value_that_lies_there(
    language: str, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(ask(form("range", "int", inside=TENS), look, tasks), qtbot)
    line = scale(asked)
    middle = line.height() // 2
    QTest.mouseClick(line, LEFT, pos=QPoint(line.width() - 2, middle))
    assert asked.value == ("0" if language == "ar" else "10")
    QTest.mouseClick(line, LEFT, pos=QPoint(line.width() // 2, middle))
    assert asked.value == "5"


def test_a_drag_gives_the_value_where_it_ends_and_shows_those_on_its_way(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    look.set_language("en")
    asked = shown(ask(form("range", "int", inside=TENS), look, tasks), qtbot)
    line = scale(asked)
    middle = line.height() // 2
    QTest.mousePress(line, LEFT, pos=QPoint(2, middle))
    QTest.mouseMove(line, QPoint(line.width() // 2, middle))
    assert figure(asked) == "5"
    assert asked.gave == []
    QTest.mouseMove(line, QPoint(line.width() - 2, middle))
    QTest.mouseRelease(line, LEFT, pos=QPoint(line.width() - 2, middle))
    assert asked.gave == ["10"]


@pytest.mark.parametrize(("language", "ahead"), [("ar", Keys.Key_Left), ("en", Keys.Key_Right)])
def test_the_keyboard_sets_steps_and_takes_back(
    language: str, ahead: Qt.Key, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(ask(form("range", "decimal", inside=' start="0" end="5" step="0.5"'), look, tasks), qtbot)
    for key in (ahead, ahead, Keys.Key_Up, Keys.Key_Down, Keys.Key_End, Keys.Key_Home, Keys.Key_Delete):
        QTest.keyClick(scale(asked), key)
    assert asked.gave == ["0", "0.5", "1", "0.5", "5", "0", ""]
    assert scale(asked).place is None


def test_a_vertical_range_grows_upwards(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("range", "int", "vertical", inside=TENS), look, tasks), qtbot)
    line = scale(asked)
    assert line.height() > line.width()
    QTest.mouseClick(line, LEFT, pos=QPoint(line.width() // 2, 2))
    assert asked.value == "10"


def test_a_value_with_a_name_is_said_with_it(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    made = form(
        "range",
        "int",
        inside=' start="1" end="5" step="1"' + OF_ANY_SIDE,
        model=listed([("1", "سيئ"), ("5", "ممتاز"), ("other", "غير ذلك")]),
    )
    asked = shown(ask(made, look, tasks), qtbot)
    asked.put("5")
    assert figure(asked) == look.words.join("٥", "ممتاز")
    asked.put("4")
    assert figure(asked) == "٤"
    assert asked.state.problem is None


def test_where_a_handle_may_be_put_is_no_answer(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("range", "int", inside=TENS + ' placeholder="5"'), look, tasks), qtbot)
    assert scale(asked).place is None
    assert asked.value == ""


def test_an_answer_beside_the_scale_is_shown_in_figures_and_left_as_it_is(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form("range", "int", inside=TENS), look, tasks), qtbot)
    asked.put("15")
    assert figure(asked) == "١٥"
    asked.put("كثير")
    assert figure(asked) == "كثير"
    assert scale(asked).place is None
    assert asked.gave == []


def test_a_range_is_taken_back_with_its_button(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("range", "int", inside=TENS), look, tasks), qtbot)
    clear = find(QPushButton, asked, f"{NAME}.clear")
    assert not clear.isVisible()
    asked.put("3")
    clear.click()
    assert asked.value == ""
    assert scale(asked).hasFocus()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_star_is_given_and_the_same_star_takes_it_back(language: str, look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(ask(form("range", "int", "rating", inside=' start="1" end="5" step="1"'), look, tasks), qtbot)
    stars = scale(asked)
    assert isinstance(stars, Stars)
    along = TARGET * 3 + TARGET // 2
    spot = QPoint(stars.width() - along if language == "ar" else along, stars.height() // 2)
    QTest.mouseClick(stars, LEFT, pos=spot)
    assert asked.value == "4"
    QTest.mouseClick(stars, LEFT, pos=spot)
    assert asked.gave == ["4", ""]


def test_more_stars_than_a_row_holds_are_a_line(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = ask(form("range", "int", "rating", inside=' start="0" end="100" step="1"'), look, tasks)
    qtbot.addWidget(asked)
    assert isinstance(asked.input, RangeInput)
    assert not isinstance(asked.input.scale, Stars)


def test_a_range_can_be_picked_from_its_values(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("range", "int", "picker", inside=' start="10" end="30" step="10"'), look, tasks), qtbot)
    assert isinstance(asked.input, ChoosingInput)
    assert [row.label for row in asked.input.offered.rows] == ["١٠", "٢٠", "٣٠"]
    look.set_language("en")
    assert [row.label for row in asked.input.offered.rows] == ["10", "20", "30"]


# ------------------------------------------------------------------------------------------------------------- ranks


ITEMS = [("lift", "المصعد"), ("water", "الماء"), ("food", "الطعام"), ("beds", "الأسرّة")]


def ranking(look: Look, tasks: Tasks) -> Asked:
    return ask(form("rank", choices=ITEMS), look, tasks)


def ladder(asked: Asked) -> RankBoard:
    return find(RankBoard, asked, NAME)


def middle(asked: Asked, row: int) -> QPoint:
    assert isinstance(asked.input, RankInput)
    return ladder(asked).visualRect(asked.input.offered.index(row)).center()


def test_an_order_is_no_answer_until_it_is_kept_or_changed(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    assert asked.value == ""
    find(QPushButton, asked, f"{NAME}.keep").click()
    assert asked.value == "lift water food beds"
    assert not find(QPushButton, asked, f"{NAME}.keep").isVisible()


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier])
def test_the_keyboard_moves_a_choice_and_stays_on_it(
    modifier: Qt.KeyboardModifier, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    QTest.keyClick(ladder(asked), Keys.Key_Down, modifier)
    QTest.keyClick(ladder(asked), Keys.Key_Down, modifier)
    assert asked.value == "water food lift beds"
    QTest.keyClick(ladder(asked), Keys.Key_Up)
    QTest.keyClick(ladder(asked), Keys.Key_Up, modifier)
    assert asked.value == "food water lift beds"


def test_a_choice_is_dragged_to_another_place(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    port = ladder(asked).viewport()
    QTest.mousePress(port, LEFT, pos=middle(asked, 0))
    QTest.mouseMove(port, middle(asked, 1) + QPoint(0, QApplication.startDragDistance()))
    QTest.mouseMove(port, middle(asked, 2) + QPoint(0, 12))
    QTest.mouseRelease(port, LEFT, pos=middle(asked, 2) + QPoint(0, 12))
    assert asked.gave == ["water food lift beds"]


def test_a_drag_that_is_given_up_changes_nothing(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    port = ladder(asked).viewport()
    QTest.mousePress(port, LEFT, pos=middle(asked, 0))
    QTest.mouseMove(port, middle(asked, 2))
    QTest.keyClick(ladder(asked), Keys.Key_Escape)
    QTest.mouseRelease(port, LEFT, pos=middle(asked, 2))
    assert asked.gave == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_arrows_of_a_row_move_it(language: str, look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    look.set_language("ar" if language == "ar" else "en")
    asked = shown(ranking(look, tasks), qtbot)
    port = ladder(asked).viewport()

    def arrow(row: int, from_the_end: int) -> QPoint:
        along = ARROW * from_the_end - ARROW // 2
        return QPoint(along if language == "ar" else port.width() - along, middle(asked, row).y())

    QTest.mouseClick(port, LEFT, pos=arrow(0, 1))
    assert asked.value == "water lift food beds"
    QTest.mouseClick(port, LEFT, pos=arrow(3, 2))
    assert asked.value == "water lift beds food"
    QTest.mouseClick(port, LEFT, pos=arrow(0, 2))
    assert asked.value == "water lift beds food"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5)), max_size=8))
def test_whatever_is_moved_an_order_has_every_choice_once(
    moves: list[tuple[int, int]], look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = ranking(look, tasks)
    qtbot.addWidget(asked)
    for start, end in moves:
        ladder(asked).moved.emit(start, end)
    assert asked.value == "" or sorted(asked.value.split()) == sorted(value for value, _ in ITEMS)


def test_an_order_is_taken_back(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    asked.put("beds food water lift")
    find(QPushButton, asked, f"{NAME}.clear").click()
    assert asked.value == ""
    QTest.keyClick(ladder(asked), Keys.Key_Delete)
    assert asked.gave == ["", ""]


def test_what_is_offered_no_more_goes_from_an_order_with_the_first_move(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ranking(look, tasks), qtbot)
    asked.put("gone beds lift water food")
    assert asked.field.error.isVisible()
    find(QPushButton, asked, f"{NAME}.keep").click()
    assert asked.value == "beds lift water food"
    assert not asked.field.error.isVisible()


def test_an_order_follows_the_choices_that_another_answer_offers(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("rank", inside=BY_SIDE, model=FILTERED), look, tasks), qtbot)
    asked.put("m", "/data/other")
    QTest.keyClick(ladder(asked), Keys.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert asked.value == "madinah makkah"
    asked.put("j", "/data/other")
    assert asked.value == ""
