"""Positions, lines, areas and barcodes in a form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.inputs.barcode import BarcodeInput
from inspector_app.ui.forms.inputs.places import LineOfPointsInput, PointInput
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from tests.support import pictures, screens
from tests.ui.filling import Filled, fill
from tests.ui.hands import type_in
from tests.ui.keepers import DeskKeeper

CORNERS = ("21.4200, 39.8260", "21.4210, 39.8260", "21.4210, 39.8270")
FIXES = (r.Fix(lat=21.42, lon=39.826, accuracy_m=8.0), r.Fix(lat=21.4225, lon=39.8262, source="photo"))


@pytest.fixture
def point(qtbot: QtBot, look: Look) -> Filled:
    return fill(qtbot, look, "geopoint", kind=PointInput)


@pytest.fixture
def yard(qtbot: QtBot, look: Look) -> Filled:
    return fill(qtbot, look, "geoshape", kind=LineOfPointsInput)


def add(filled: Filled, *points: str) -> None:
    for one in points:
        filled.line().clear()
        type_in(filled.line(), one)
        QTest.keyClick(filled.line(), Qt.Key.Key_Return)


def lines(filled: Filled) -> list[str]:
    shown = filled.part("points", QListWidget)
    return [shown.item(n).text().split("\u2066")[1].strip("\u2069") for n in range(shown.count())]


@pytest.mark.parametrize("appearance", ["", "maps", "placement-map"])
def test_a_position_is_typed_in_any_digits(qtbot: QtBot, look: Look, appearance: str) -> None:
    point = fill(qtbot, look, "geopoint", kind=PointInput, appearance=appearance)
    type_in(point.line(), "٢١٫٤٢٢٥، ٣٩٫٨٢٦٢")
    assert (point.value, point.problem) == ("21.4225 39.8262 0.0 0.0", "")
    assert point.line().text() == "٢١٫٤٢٢٥، ٣٩٫٨٢٦٢"
    assert "21.42250, 39.82620" in point.words()


def test_a_position_with_height_and_accuracy_is_taken_whole(point: Filled) -> None:
    type_in(point.line(), "21.4225  39.8262 277 4.5")
    assert (point.value, point.problem) == ("21.4225 39.8262 277.0 4.5", "")


def test_what_is_no_position_is_given_and_flagged(point: Filled) -> None:
    type_in(point.line(), "قرب الباب")
    assert (point.value, point.problem) == ("قرب الباب", "type")
    point.line().clear()
    type_in(point.line(), "95, 39")
    assert point.problem == "type"


def test_a_doubtful_position_is_pointed_out_and_is_an_answer(point: Filled, look: Look) -> None:
    type_in(point.line(), "39.8262, 21.4225")
    assert point.problem == ""
    assert point.part("doubt", QLabel).text() == look.words.say("visits.position.lat_lon_swapped")
    point.line().clear()
    type_in(point.line(), "21.4225, 39.8262")
    assert not point.part("doubt", QLabel).isVisible()


def test_known_positions_are_taken_with_their_accuracy(qtbot: QtBot, look: Look, desk: Desk, tasks: Tasks) -> None:
    point = fill(qtbot, look, "geopoint", keeper=DeskKeeper(desk, tasks, FIXES))
    point.press("of_visit")
    assert point.value == "21.42 39.826 0.0 8.0"
    assert point.line().text() == "21.42000, 39.82600"
    assert look.words.metres(8) in point.words()
    point.press("of_photo")
    assert point.value == "21.4225 39.8262 0.0 0.0"


def test_no_position_is_offered_where_none_is_known(point: Filled) -> None:
    assert not point.part("of_visit").isVisible()


def test_an_area_is_closed_by_itself_and_measured(yard: Filled, look: Look) -> None:
    add(yard, *CORNERS[:2])
    assert yard.problem == "type"  # two corners are no area yet
    add(yard, CORNERS[2])
    assert yard.problem == ""
    assert yard.value.split(";")[0] == yard.value.split(";")[-1]
    assert len(yard.value.split(";")) == 4
    assert lines(yard) == [f"{one[:7]}0, {one[9:]}0" for one in CORNERS]
    assert look.words.square_metres(5768) in yard.words()


def test_points_are_moved_and_removed_with_the_keyboard(yard: Filled) -> None:
    add(yard, *CORNERS)
    shown = yard.part("points", QListWidget)
    shown.setCurrentRow(2)
    QTest.keyClick(shown, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [one[:18] for one in lines(yard)] == ["21.42000, 39.82600", "21.42100, 39.82700", "21.42100, 39.82600"]
    assert shown.currentRow() == 1
    QTest.keyClick(shown, Qt.Key.Key_Delete)
    assert lines(yard) == ["21.42000, 39.82600", "21.42100, 39.82600"]


def test_points_are_moved_and_removed_with_buttons(yard: Filled) -> None:
    add(yard, *CORNERS)
    shown = yard.part("points", QListWidget)
    shown.setCurrentRow(0)
    with pytest.raises(AssertionError, match="shut"):
        yard.press("up")
    yard.press("down")
    assert lines(yard)[1] == "21.42000, 39.82600"
    for _ in range(3):
        yard.press("remove")
    assert (yard.value, yard.problem) == ("", "")


def test_a_pasted_line_is_taken_whole_and_what_is_none_is_said(qtbot: QtBot, look: Look) -> None:
    pipe = fill(qtbot, look, "geotrace", kind=LineOfPointsInput)
    add(pipe, "21.4 39.8 0 0;21.5 39.9 0 0;21.6 39.9 0 0")
    assert len(lines(pipe)) == 3
    assert pipe.problem == ""
    add(pipe, "حتى الخزان")
    assert pipe.part("unread", QLabel).isVisible()
    assert pipe.line().text() == "حتى الخزان"
    assert len(lines(pipe)) == 3


def test_a_line_that_was_kept_is_shown_and_goes_on(qtbot: QtBot, look: Look) -> None:
    pipe = fill(qtbot, look, "geotrace", kind=LineOfPointsInput)
    pipe.put("21.4 39.8 0 0;21.5 39.9 0 0")
    assert len(lines(pipe)) == 2
    add(pipe, "21.6, 39.9")
    assert pipe.value == "21.4 39.8 0.0 0.0;21.5 39.9 0.0 0.0;21.6 39.9 0.0 0.0"


def test_a_line_of_thousands_of_points_is_one_list(qtbot: QtBot, look: Look) -> None:
    pipe = fill(qtbot, look, "geotrace", kind=LineOfPointsInput)
    pipe.put(";".join(f"21.{n:04d} 39.8 0 0" for n in range(3000)))
    assert pipe.part("points", QListWidget).count() == 3000


def test_a_scanner_types_and_ends_with_enter_and_the_next_scan_takes_its_place(qtbot: QtBot, look: Look) -> None:
    code = fill(qtbot, look, "barcode", kind=BarcodeInput)
    for scan in ("٦٢٨١٠٠٧٠٠١", "4006381333931"):
        code.line().setFocus()
        type_in(code.line(), scan)
        QTest.keyClick(code.line(), Qt.Key.Key_Return)
    assert code.value == "4006381333931"
    code.press("clear")
    assert code.value == ""


def test_a_code_in_arabic_digits_is_kept_in_latin_ones(qtbot: QtBot, look: Look) -> None:
    code = fill(qtbot, look, "barcode")
    type_in(code.line(), "٦٢٨١٠٠٧٠٠١")
    assert code.value == "6281007001"


def test_a_hidden_code_is_never_on_the_screen(qtbot: QtBot, look: Look) -> None:
    code = fill(qtbot, look, "barcode", appearance="hidden-answer")
    type_in(code.line(), "4006381333931")
    assert code.value == "4006381333931"
    assert code.line().echoMode() == QLineEdit.EchoMode.Password
    assert "4006" not in code.words()
    assert look.words.say("forms.code_read", n=13) in code.words()


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_place_is_whole_in_every_dress(
    qtbot: QtBot, look: Look, desk: Desk, tasks: Tasks, language: str, theme: str
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    look.set_theme("dark" if theme == "dark" else "light")
    keeper = DeskKeeper(desk, tasks, FIXES)
    area = ";".join(f"{one.replace(',', '')} 0 0" for one in (*CORNERS, CORNERS[0]))
    for type_, appearance, value in (
        ("geopoint", "", "21.42 39.826 0.0 8.0"),
        ("geopoint", "empty", ""),
        ("geopoint", "doubtful", "39.8262 21.4225 0 0"),
        ("geotrace", "", "21.4 39.8 0 0;21.5 39.9 0 0"),
        ("geotrace", "empty", ""),
        ("geoshape", "", area),
        ("barcode", "", "4006381333931"),
        ("barcode", "hidden-answer", "4006381333931"),
    ):
        one = fill(qtbot, look, type_, appearance=appearance, keeper=keeper)
        one.put(value)
        assert screens.faults(one) == []
        pictures.grab(one, look, f"input-{type_}-{appearance or 'plain'}")
