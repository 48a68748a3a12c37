"""What is typed into a form: numbers in any digits, texts kept to the letter, nothing lost while the page speaks."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.ui.forms.inputs.numerals import read_numeral, show_numeral
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Digits
from tests.ui.asked import NAME, Asked, ask, form, shown
from tests.ui.hands import find, type_in

NUMBERS = st.from_regex(re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})", re.ASCII), fullmatch=True)
DIGITS: st.SearchStrategy[Digits] = st.sampled_from(["arabic", "latin"])
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"))
ON_A_PAGE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""The page is shown the next example after the last one, as it is the next state."""


def line(asked: Asked) -> QLineEdit:
    return find(QLineEdit, asked, NAME)


def press(asked: Asked, part: str) -> None:
    find(QPushButton, asked, f"{NAME}.{part}").click()


# ---------------------------------------------------------------------------------------------------------- numerals


@given(NUMBERS, DIGITS, st.booleans())
def test_a_number_is_read_back_as_it_was_kept_whatever_the_digits(value: str, digits: Digits, grouped: bool) -> None:
    assert read_numeral(show_numeral(value, digits, grouped=grouped), grouped=grouped) == value


@given(st.text(), st.booleans())
def test_any_text_is_read_as_a_number_or_left_and_never_refused(text: str, grouped: bool) -> None:
    once = read_numeral(text, grouped=grouped)
    assert read_numeral(once, grouped=grouped) == once


@pytest.mark.parametrize(
    ("typed", "grouped", "number"),
    [
        ("١٢٫٥", False, "12.5"),
        ("۱۲۳", False, "123"),
        ("\u2067١٢\u2069", False, "12"),
        ("−5", False, "-5"),
        ("١٬٢٣٤٬٥٦٧", False, "1234567"),
        ("1,234,567.5", True, "1234567.5"),
        ("1,5", True, "1,5"),
        ("1,234", False, "1,234"),
        (" 7 ", False, "7"),
        ("كثير", False, "كثير"),
        ("١٢ غرفة", False, "12 غرفة"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, grouped: bool, number: str) -> None:
    assert read_numeral(typed, grouped=grouped) == number


# ----------------------------------------------------------------------------------------------------------- numbers


def test_arabic_digits_are_a_number_and_stay_as_they_are_typed(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="int"), look, tasks), qtbot)
    type_in(line(asked), "١٢")
    assert asked.gave == ["1", "12"]
    assert line(asked).text() == "١٢"
    assert asked.state.problem is None


def test_a_number_stands_in_the_readers_digits_once_it_is_left(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="int", appearance="thousands-sep"), look, tasks), qtbot)
    type_in(line(asked), "1234567")
    assert line(asked).text() == "1234567"
    QTest.keyClick(line(asked), Qt.Key.Key_Return)
    assert line(asked).text() == "١٬٢٣٤٬٥٦٧"
    assert asked.value == "1234567"
    assert asked.gave[-1] == "1234567"


def test_typing_goes_on_inside_a_number_whose_thousands_stand_apart(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="int", appearance="thousands-sep"), look, tasks), qtbot)
    asked.put("1234567")
    line(asked).setCursorPosition(len("١٬٢٣٤"))
    type_in(line(asked), "٩")
    assert asked.value == "12349567"


def test_a_wrong_number_is_given_and_flagged_and_typing_goes_on(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="decimal"), look, tasks), qtbot)
    type_in(line(asked), "1,5")
    assert asked.value == "1,5"
    assert asked.field.error.isVisible()
    assert line(asked).property("invalid") is True
    type_in(line(asked), "0")
    assert line(asked).text() == "1,50"


def test_the_other_digits_come_at_once_and_the_cursor_keeps_its_place(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="decimal"), look, tasks), qtbot)
    type_in(line(asked), "١٢٫٥")
    line(asked).setCursorPosition(1)
    look.set_language("en")
    assert line(asked).text() == "12.5"
    assert line(asked).cursorPosition() == 1
    assert line(asked).hasFocus()
    assert asked.gave[-1] == "12.5"


def test_a_number_that_was_given_elsewhere_is_shown_in_the_readers_digits(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(kind="int"), look, tasks), qtbot)
    asked.put("-220")
    assert line(asked).text() == "-٢٢٠"
    assert asked.gave == []


@ON_A_PAGE
@given(value=NUMBERS)
def test_showing_a_number_gives_nothing_and_leaving_it_changes_nothing(
    value: str, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = ask(form(kind="decimal", appearance="thousands-sep"), look, tasks)
    qtbot.addWidget(asked)
    asked.put(value)
    line(asked).editingFinished.emit()
    asked.renew()
    assert asked.gave == []
    assert asked.value == value


def test_a_counter_counts_from_nothing_with_its_buttons_and_with_the_keyboard(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(kind="int", appearance="counter"), look, tasks), qtbot)
    fewer = find(QPushButton, asked, f"{NAME}.fewer")
    assert not fewer.isEnabled()
    press(asked, "more")
    press(asked, "more")
    assert line(asked).text() == "٢"
    QTest.keyClick(line(asked), Qt.Key.Key_Up)
    assert asked.value == "3"
    for _ in range(5):
        fewer.click()
    assert asked.value == "0"
    assert not fewer.isEnabled()
    asked.put("-3")
    QTest.keyClick(line(asked), Qt.Key.Key_Down)
    assert asked.value == "-3"
    press(asked, "more")
    assert asked.value == "-2"


# ------------------------------------------------------------------------------------------------------------- texts


@ON_A_PAGE
@given(value=XML_TEXT)
def test_a_long_text_is_kept_to_the_letter_until_it_is_touched(
    value: str, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = ask(form(appearance="multiline"), look, tasks)
    qtbot.addWidget(asked)
    asked.put(value)
    asked.renew()
    assert asked.gave == []
    find(QPlainTextEdit, asked, NAME).insertPlainText("أ")
    assert asked.gave[-1] == "أ" + value.replace("\u00a0", " ").replace("\u2028", "\n").replace("\u2029", "\n")


@ON_A_PAGE
@given(value=XML_TEXT)
def test_a_line_of_text_is_kept_to_the_letter(value: str, look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = ask(form(), look, tasks)
    qtbot.addWidget(asked)
    asked.put(value)
    asked.renew()
    assert asked.gave == []
    assert line(asked).text() == value


def test_what_is_typed_stays_with_cursor_and_focus_when_the_language_changes(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(), look, tasks), qtbot)
    type_in(line(asked), "فندق النور")
    line(asked).setCursorPosition(4)
    look.set_language("en")
    type_in(line(asked), "ي")
    assert asked.value == "فندقي النور"
    assert line(asked).hasFocus()


KEYS = st.one_of(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]),
    st.sampled_from([Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_Home, Qt.Key.Key_Delete]),
    st.sampled_from(["language", "elsewhere"]),
)


@ON_A_PAGE
@given(kind=st.sampled_from(["string", "int", "decimal"]), keys=st.lists(KEYS, max_size=12))
def test_a_line_of_a_form_types_like_any_other_line_whatever_happens_around_it(
    kind: str, keys: list[str | Qt.Key], look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = ask(form(kind=kind), look, tasks)
    plain = QLineEdit(asked)
    for key in keys:
        if key == "language" and kind == "string":  # which turns the digits of a number
            look.set_language("en" if look.words.rtl else "ar")
        elif key in ("elsewhere", "language"):
            asked.put("x", "/data/other")
        for one in (plain, line(asked)):
            if isinstance(key, Qt.Key):
                QTest.keyClick(one, key)
            elif len(key) == 1:
                type_in(one, key)
    assert line(asked).text() == plain.text()
    assert asked.value == (plain.text() if kind == "string" else read_numeral(plain.text()))
    asked.deleteLater()


def test_a_long_text_keeps_its_cursor_while_other_answers_change_it_around(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(appearance="multiline", inside=' rows="6"'), look, tasks), qtbot)
    area = find(QPlainTextEdit, asked, NAME)
    area.setPlainText("سطر\nآخر")
    cursor = area.textCursor()
    cursor.setPosition(3)
    area.setTextCursor(cursor)
    asked.put("x", "/data/other")
    assert area.textCursor().position() == 3
    assert area.height() >= 6 * area.fontMetrics().lineSpacing()


def test_tab_leaves_a_long_text(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(appearance="multiline"), look, tasks), qtbot)
    button = QPushButton("next", asked)
    button.show()
    QTest.keyClick(find(QPlainTextEdit, asked, NAME), Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert asked.value == ""


def test_a_telephone_number_keeps_its_zeros_and_its_plus_in_latin_digits(
    look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(appearance="numbers"), look, tasks), qtbot)
    type_in(line(asked), "+٩٦٦٠٥٠")
    assert asked.value == "+966050"
    left = [where_the_cursor_is(line(asked), place) for place in range(7)]
    assert left == sorted(left), "a number runs from left to right on an Arabic page too"


def where_the_cursor_is(edit: QLineEdit, place: int) -> int:
    edit.setCursorPosition(place)
    return edit.cursorRect().x()


def test_a_masked_text_is_seen_only_while_its_button_is_pressed(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(appearance="masked"), look, tasks), qtbot)
    type_in(line(asked), "سر")
    assert line(asked).displayText() == "●●"
    press(asked, "reveal")
    assert line(asked).displayText() == "سر"
    assert asked.value == "سر"


class Opener(QObject):
    """Takes what the system would be asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.asked.append(url.toString())


@pytest.mark.parametrize(
    ("value", "opens"),
    [("https://midan.example/a", True), ("file:///etc/passwd", False), ("javascript:alert(1)", False), ("كلام", False)],
)
def test_only_an_address_of_the_network_can_be_opened(
    value: str, opens: bool, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(appearance="url"), look, tasks), qtbot)
    asked.put(value)
    asked.input.set_open(False)
    button = find(QPushButton, asked, f"{NAME}.open")
    assert button.isVisible() == opens
    opener = Opener()
    QDesktopServices.setUrlHandler("https", opener, "open")  # type: ignore[arg-type]  # it takes no bytes, whatever the stubs say
    button.click()
    QDesktopServices.unsetUrlHandler("https")
    assert opener.asked == ([value] if opens else [])


# ------------------------------------------------------------------------------------------------------------- ticks


def test_a_tick_says_that_something_was_read_and_takes_it_back(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form("trigger"), look, tasks), qtbot)
    tick = find(QCheckBox, asked, NAME)
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert asked.value == "OK"
    QTest.keyClick(tick, Qt.Key.Key_Space)
    assert asked.value == ""


@pytest.mark.parametrize(("value", "held"), [("true", "true"), ("1", "true"), ("0", "false"), ("", ""), ("?", "")])
def test_yes_and_no_are_shown_as_any_engine_writes_them(
    value: str, held: str, look: Look, tasks: Tasks, qtbot: QtBot
) -> None:
    asked = shown(ask(form(kind="boolean"), look, tasks), qtbot)
    asked.put(value)
    checked = [one.objectName() for one in asked.findChildren(QPushButton) if one.isCheckable() and one.isChecked()]
    assert checked == ([f"{NAME}.{held}"] if held else [])


def test_no_is_an_answer_and_pressing_it_again_takes_it_back(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="boolean"), look, tasks), qtbot)
    press(asked, "false")
    press(asked, "false")
    assert asked.gave == ["false", ""]


def test_an_answer_that_may_not_be_changed_is_shut(look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    asked = shown(ask(form(kind="int"), look, tasks), qtbot)
    asked.input.set_open(False)
    type_in(line(asked), "5")
    assert asked.gave == []
