"""The parts of every screen: work off the GUI thread, lists of ids, inputs, colours that can be read."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt, QThread
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from inspector_app.services.errors import UserError
from inspector_app.ui.kit.buttons import ICON_AND_GAP, Choice, Choices, QuietButton, SegmentedAnswers
from inspector_app.ui.kit.fields import Field, LineEdit, Picker, SearchField
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Label
from inspector_app.ui.look import Look, Theme, tokens
from inspector_app.viewmodels.lists import Face, IdListModel
from inspector_app.viewmodels.tasks import Tasks

THEMES: tuple[Theme, ...] = ("light", "dark")
READABLE = 4.5
"""The least contrast of text by WCAG 2.2, level AA."""


# ------------------------------------------------------------------------------------------------------------- tasks


def test_work_runs_off_the_gui_thread_and_its_result_comes_back_on_it(tasks: Tasks, qtbot: QtBot) -> None:
    gui = QThread.currentThread()
    seen: list[object] = []

    def arrived(worker: str) -> None:
        seen.extend([worker, QThread.currentThread()])

    tasks.run(lambda: threading.current_thread().name, done=arrived)
    qtbot.waitUntil(lambda: tasks.idle)
    assert str(seen[0]).startswith("midan-read")
    assert seen[1] is gui


def test_writes_keep_their_order(tasks: Tasks, qtbot: QtBot) -> None:
    written: list[int] = []
    for n in range(50):
        tasks.run(written.append, n, lane="write")
    tasks.drain()
    assert written == list(range(50))
    qtbot.waitUntil(lambda: tasks.idle)


def test_a_slow_read_does_not_hold_up_a_write(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    tasks.run(gate.wait, 5.0)
    tasks.run(gate.wait, 5.0)
    tasks.run(gate.set, lane="write")
    qtbot.waitUntil(lambda: tasks.idle, timeout=4000)


def test_a_cancelled_task_is_not_heard_of_again(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[int] = []
    task = tasks.run(lambda: 1, done=heard.append)
    task.cancel()
    qtbot.waitUntil(lambda: tasks.idle)
    assert heard == []


def test_a_result_for_a_screen_that_is_gone_is_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[int] = []
    owner = QObject()
    gate = threading.Event()
    tasks.run(lambda: int(gate.wait(5.0)), done=heard.append, owner=owner)
    delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: tasks.idle)
    assert heard == []


def test_an_error_goes_to_whoever_asked(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[Exception] = []
    tasks.run(_refuse, failed=heard.append)
    qtbot.waitUntil(lambda: tasks.idle)
    assert isinstance(heard[0], UserError)


def test_an_error_nobody_asked_for_is_told_as_the_users_or_as_ours(qtbot: QtBot) -> None:
    tasks = Tasks()
    refusals: list[Exception] = []
    mistakes: list[Exception] = []
    tasks.refusal_escaped.connect(refusals.append)
    tasks.error_escaped.connect(mistakes.append)
    tasks.run(_refuse)
    tasks.run(lambda: 1 // 0)
    qtbot.waitUntil(lambda: tasks.idle)
    tasks.close()
    assert [type(error) for error in refusals] == [UserError]
    assert [type(error) for error in mistakes] == [ZeroDivisionError]


def _refuse() -> None:
    raise UserError("draft_missing")


# ------------------------------------------------------------------------------------------------------------- lists


def test_the_model_keeps_the_promises_of_qt(qtbot: QtBot) -> None:
    model = IdListModel(lambda key: Face(str(key)))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_ids(["a", "b", "c"])
    model.set_ids(["b"])
    model.forget()
    model.set_ids([])
    assert model.rowCount() == 0
    assert model.rowCount(QModelIndex()) == 0


def test_a_row_is_read_only_when_it_is_painted(look: Look, qtbot: QtBot) -> None:
    read: list[int] = []

    def face(key: int) -> Face:
        read.append(key)
        return Face(f"row {key}", "secondary", chip="state", trailing="later", icon="visit")

    rows = RowList("rows", look, face)
    qtbot.addWidget(rows)
    rows.resize(400, 300)
    rows.show_ids(list(range(100_000)))
    with qtbot.waitExposed(rows):
        rows.show()
    rows.grab()
    assert 0 < len(set(read)) < 20
    assert set(read) <= set(range(20))


def test_the_current_row_stays_when_the_list_is_read_again(look: Look, qtbot: QtBot) -> None:
    rows = RowList("rows", look, lambda key: Face(str(key)))
    qtbot.addWidget(rows)
    rows.show_ids(["a", "b", "c"])
    rows.select("b")
    rows.show_ids(["x", "b", "c"])
    assert rows.current == "b"
    rows.show_ids(["x"])
    assert rows.current is None


def test_a_row_is_opened_by_enter_and_by_a_click(look: Look, qtbot: QtBot) -> None:
    rows = RowList("rows", look, lambda key: Face(str(key)))
    qtbot.addWidget(rows)
    rows.show_ids(["a", "b"])
    rows.show()
    rows.select("b")
    with qtbot.waitSignal(rows.opened) as entered:
        QTest.keyClick(rows, Qt.Key.Key_Return)
    assert entered.args == ["b"]
    spot = rows.visualRect(rows.rows.index(0)).center()
    with qtbot.waitSignal(rows.opened) as clicked:
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert clicked.args == ["a"]


def test_a_row_is_read_aloud_with_its_state(look: Look, qtbot: QtBot) -> None:
    rows = RowList("rows", look, lambda _: Face("فندق", "مكة", chip="معتمدة"))
    qtbot.addWidget(rows)
    rows.show_ids(["a"])
    assert rows.rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "فندق, معتمدة, مكة"


# ------------------------------------------------------------------------------------------------------------ inputs


@pytest.mark.parametrize("typed", ["Makkah", "123", "مكة", ""])
def test_a_line_stands_at_the_leading_edge_whatever_its_letters(typed: str, look: Look, qtbot: QtBot) -> None:
    line = LineEdit("line")
    qtbot.addWidget(line)
    line.setText(typed)
    assert line.alignment() & Qt.AlignmentFlag.AlignRight
    assert line.alignment() & Qt.AlignmentFlag.AlignAbsolute
    look.set_language("en")
    assert line.alignment() & Qt.AlignmentFlag.AlignLeft


def test_the_room_beside_an_icon_is_where_the_words_of_its_own_page_follow(look: Look, qtbot: QtBot) -> None:
    button = QuietButton("keep", look, "check")
    qtbot.addWidget(button)
    button.setText("Keep")
    arabic = button.icon().pixmap(ICON_AND_GAP).toImage()
    button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    in_an_english_form = button.icon().pixmap(ICON_AND_GAP).toImage()
    look.set_language("en")
    assert in_an_english_form == button.icon().pixmap(ICON_AND_GAP).toImage() != arabic


def test_a_field_names_its_input_and_says_what_is_wrong_with_it(look: Look, qtbot: QtBot) -> None:
    field = Field(LineEdit("server"))
    qtbot.addWidget(field)
    field.set_label("عنوان الخادم")
    field.set_error("يلزم ملؤه")
    field.show()
    assert field.editor.accessibleName() == "عنوان الخادم"
    assert field.label.buddy() is field.editor
    assert field.error.isVisible()
    assert field.error.objectName() == "server.error"
    field.set_error("")
    assert not field.error.isVisible()


def test_a_search_waits_for_a_pause_and_asks_once(look: Look, qtbot: QtBot) -> None:
    field = SearchField("search", look)
    qtbot.addWidget(field)
    asked: list[str] = []
    field.asked.connect(asked.append)
    QTest.keyClicks(field, "hotel ")
    assert asked == []
    qtbot.waitUntil(lambda: asked == ["hotel"])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert asked == ["hotel", ""]


def test_an_answer_chosen_twice_is_taken_back(look: Look, qtbot: QtBot) -> None:
    answers = SegmentedAnswers("answer")
    qtbot.addWidget(answers)
    answers.offer([Choice("conform", "مطابق", "good", "check"), Choice("nonconform", "غير مطابق", "danger")], look)
    heard: list[str] = []
    answers.chosen.connect(heard.append)
    answers.button("nonconform").click()
    answers.button("conform").click()
    answers.button("conform").click()
    assert heard == ["nonconform", "conform", ""]
    assert answers.value == ""


def test_choices_said_again_in_another_language_keep_what_holds(look: Look, qtbot: QtBot) -> None:
    choices = Choices("theme")
    qtbot.addWidget(choices)
    choices.offer([Choice("light", "فاتحة"), Choice("dark", "داكنة")])
    choices.choose("dark")
    choices.offer([Choice("light", "Light"), Choice("dark", "Dark")])
    assert choices.value == "dark"
    assert choices.button("dark").text() == "Dark"


def test_a_picker_keeps_its_value_while_it_is_still_offered(look: Look, qtbot: QtBot) -> None:
    picker = Picker("region")
    qtbot.addWidget(picker)
    picker.offer([("", "الكل"), ("makkah", "مكة"), ("jeddah", "جدة")])
    picker.choose("jeddah")
    picker.offer([("", "All"), ("jeddah", "Jeddah")])
    assert picker.value == "jeddah"
    picker.offer([("", "All")])
    assert picker.value == ""


# ------------------------------------------------------------------------------------------------------------- look


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_its_ground(theme: Theme) -> None:
    colours = tokens(theme)
    pairs = [(f"{tone}_text", f"{tone}_soft") for tone in ("neutral", "accent", "good", "info", "warning", "danger")]
    pairs += [(ink, ground) for ink in ("text", "text_soft") for ground in ("ground", "surface", "sunken", "bar")]
    pairs += [(f"{tone}_text", "surface") for tone in ("accent", "good", "info", "warning", "danger")]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_hover"), ("on_danger", "danger")]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < READABLE} == {}


def test_both_themes_have_the_same_tokens() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_the_edges_of_inputs_and_the_focus_can_be_seen() -> None:
    for theme in THEMES:
        colours = tokens(theme)
        assert contrast(colours["line_strong"], colours["surface"]) >= 3
        assert contrast(colours["focus"], colours["surface"]) >= 3


def test_words_once_said_are_said_again_in_another_language(look: Look, qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    label = Label(parent=owner)
    spoken = Spoken(look, owner)
    spoken.put(label.setText, "common.save")
    look.set_language("en")
    assert label.text() == "Save"


def test_a_label_that_is_gone_is_not_spoken_to(look: Look, qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    column = QVBoxLayout(owner)
    label = Label()
    column.addWidget(label)
    spoken = Spoken(look, owner)
    spoken.put(label.setText, "common.save")
    delete(label)
    look.set_language("en")
    assert owner.findChildren(Label) == []


@pytest.mark.parametrize(
    ("key", "value", "seen"),
    [
        ("theme", "dark", lambda look: look.theme == "dark"),
        ("text_size", "larger", lambda look: look.text_size == 19),
        ("digits", "latin", lambda look: look.words.number(3) == "3"),
        ("language", "en", lambda look: look.words.language == "en"),
    ],
)
def test_a_setting_takes_hold_at_once(
    key: str, value: str, seen: Callable[[Look], bool], look: Look, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(look.changed):
        look.apply_setting(key, value)
    assert seen(look)


def test_digits_that_were_chosen_outlive_a_change_of_language(look: Look) -> None:
    look.apply_setting("digits", "arabic")
    look.set_language("en")
    assert look.words.number(7) == "٧"
    look.apply_setting("digits", "auto")
    assert look.words.number(7) == "7"


def test_an_arrow_points_the_other_way_in_arabic(look: Look) -> None:
    arabic = look.pixmap("forward", 24).toImage()
    look.set_language("en")
    english = look.pixmap("forward", 24).toImage()
    assert arabic != english
    assert look.pixmap("today", 24).toImage() == look.pixmap("today", 24).toImage()
    assert QApplication.layoutDirection() == Qt.LayoutDirection.LeftToRight


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
