"""Days, months, years, times and moments in a form: typed, chosen from a month, in both calendars and directions."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from inspector_app.ui.forms.calendar import CalendarPopup
from inspector_app.ui.forms.inputs import days
from inspector_app.ui.look import Look
from tests.support import pictures, screens
from tests.ui.filling import Filled, fill
from tests.ui.hands import type_in

NOW = "2026-11-22"


def popup() -> CalendarPopup:
    opened = [one for one in QApplication.topLevelWidgets() if isinstance(one, CalendarPopup) and one.isVisible()]
    assert len(opened) == 1
    return opened[0]


@pytest.fixture
def day(qtbot: QtBot, look: Look) -> Filled:
    return fill(qtbot, look, "date", kind=days.DayInput)


def test_a_hijri_day_is_answered_as_gregorian_and_shown_in_both(day: Filled) -> None:
    type_in(day.line(), "1-9-1447")
    assert day.value == "2026-02-18"
    assert day.line().text() == "1-9-1447"  # what was typed stays as it was typed
    assert "رمضان" in day.words()
    assert "فبراير" in day.words()


def test_what_is_no_day_is_given_and_flagged_and_may_be_mended(day: Filled) -> None:
    type_in(day.line(), "31-2-2026")
    assert (day.value, day.problem) == ("31-2-2026", "type")
    day.line().clear()
    type_in(day.line(), "28-2-2026")
    assert (day.value, day.problem) == ("2026-02-28", "")


def test_a_day_is_chosen_from_its_month_with_the_keyboard_alone(day: Filled, look: Look) -> None:
    day.put(NOW)
    QTest.keyClick(day.part("calendar"), Qt.Key.Key_Space)
    grid = popup().grid
    assert grid.day == date(2026, 11, 22)
    QTest.keyClick(grid, Qt.Key.Key_Left)  # from right to left: the next day
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.day == date(2026, 11, 30)
    assert grid.accessibleName() == look.words.date(date(2026, 11, 30))
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.day == date(2026, 12, 30)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert day.value == "2026-12-30"
    assert day.line().text() == "2026-12-30"


def test_a_day_is_chosen_with_the_mouse_in_the_other_direction(qtbot: QtBot, look: Look) -> None:
    look.set_language("en")
    day = fill(qtbot, look, "date", kind=days.DayInput)
    day.put(NOW)
    day.press("calendar")
    grid = popup().grid
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.day == date(2026, 11, 21)
    cell = next(cell for one, cell in grid._cells() if one == date(2026, 11, 3))
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=cell.center())
    assert day.value == "2026-11-03"


def test_the_month_changes_its_calendar_and_keeps_the_day(day: Filled, look: Look) -> None:
    day.put(NOW)
    day.press("calendar")
    opened = popup()
    assert "نوفمبر" in opened.title.text()
    opened.which.button("hijri").click()
    assert "جمادى الآخرة" in opened.title.text()
    assert opened.grid.day == date(2026, 11, 22)
    QTest.keyClick(opened.grid, Qt.Key.Key_PageUp)
    assert "جمادى الأولى" in opened.title.text()
    opened.close()


def test_a_question_of_hijri_days_opens_in_hijri_and_shows_the_line_so(qtbot: QtBot, look: Look) -> None:
    day = fill(qtbot, look, "date", kind=days.DayInput, appearance="islamic")
    day.put(NOW)
    assert day.line().text() == "1448-06-12"
    day.press("calendar")
    assert popup().grid.islamic
    popup().close()


def test_a_question_without_a_calendar_has_no_button(qtbot: QtBot, look: Look) -> None:
    day = fill(qtbot, look, "date", kind=days.DayInput, appearance="no-calendar")
    assert not day.part("calendar").isVisible()


@pytest.mark.parametrize("far", ["0001-01-01", "1924-08-01", "2077-11-16", "9999-12-31"])
def test_the_ends_of_time_are_shown_and_not_passed(day: Filled, far: str) -> None:
    day.put(far)
    day.press("calendar")
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
        QTest.keyClick(popup().grid, key)
    popup().which.button("hijri").click()
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
        QTest.keyClick(popup().grid, key)
    popup().grid.grab()
    popup().close()


@pytest.mark.parametrize(
    ("appearance", "typed", "value", "written"),
    [
        ("month-year", "11-2026", "2026-11-01", "2026-11"),
        ("month-year islamic", "6-1448", "2026-11-11", "1448-06"),
        ("month-year ethiopian", "نوفمبر ٢٠٢٦", "2026-11-01", "2026-11"),
        ("year", "2026", "2026-01-01", "2026"),
        ("year islamic", "١٤٤٨", "2026-06-16", "1448"),
    ],
)
def test_months_and_years_are_their_first_day(
    qtbot: QtBot, look: Look, appearance: str, typed: str, value: str, written: str
) -> None:
    one = fill(qtbot, look, "date", appearance=appearance)
    type_in(one.line(), typed)
    assert (one.value, one.problem) == (value, "")
    again = fill(qtbot, look, "date", appearance=appearance)
    again.put(value)
    assert again.line().text() == written


def test_a_time_is_typed_in_two_halves_or_taken_from_the_clock(qtbot: QtBot, look: Look) -> None:
    meal = fill(qtbot, look, "time", kind=days.TimeInput)
    type_in(meal.line(), "٢:٠٣ م")
    assert (meal.value, meal.problem) == ("14:03:00.000+03:00", "")
    meal.press("now")
    assert meal.problem == ""
    assert meal.line().text() == meal.value[:5]


def test_half_a_moment_is_flagged_and_kept_and_the_whole_is_right(qtbot: QtBot, look: Look) -> None:
    moment = fill(qtbot, look, "dateTime", kind=days.MomentInput)
    type_in(moment.line(), "22/11/2026")
    assert (moment.value, moment.problem) == ("22/11/2026", "type")
    assert moment.line().text() == "22/11/2026"
    type_in(moment.part("time", QLineEdit), "14:03")
    assert (moment.value, moment.problem) == ("2026-11-22T14:03:00.000+03:00", "")
    assert moment.line().text() == "22/11/2026"


def test_a_moment_that_was_kept_is_shown_in_its_lines(qtbot: QtBot, look: Look) -> None:
    moment = fill(qtbot, look, "dateTime", kind=days.MomentInput)
    moment.put("2026-11-22T11:03:00.000Z")
    assert (moment.line().text(), moment.part("time", QLineEdit).text()) == ("2026-11-22", "14:03")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_day_is_whole_in_every_dress(qtbot: QtBot, look: Look, language: str, theme: str) -> None:
    look.set_language("ar" if language == "ar" else "en")
    look.set_theme("dark" if theme == "dark" else "light")
    for type_, appearance, value in (
        ("date", "", NOW),
        ("date", "islamic", NOW),
        ("date", "month-year", "2026-11-01"),
        ("date", "year islamic", "2026-06-16"),
        ("time", "", "14:03:00.000+03:00"),
        ("dateTime", "", "2026-11-22T14:03:00.000+03:00"),
    ):
        one = fill(qtbot, look, type_, appearance=appearance)
        one.put(value)
        assert screens.faults(one) == []
        pictures.grab(one, look, f"input-{type_}-{appearance.replace(' ', '-') or 'plain'}")
    day = fill(qtbot, look, "date")
    day.put(NOW)
    day.press("calendar")
    assert screens.faults(popup()) == []
    pictures.grab(popup(), look, "input-date-calendar")
    popup().close()


def test_the_other_language_keeps_what_is_being_typed(day: Filled, look: Look) -> None:
    type_in(day.line(), "1-9-1447")
    look.set_language("en")
    day.renew()
    assert day.line().text() == "1-9-1447"
    assert "Ramadan" in day.words()
