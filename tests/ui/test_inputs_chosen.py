"""Choosing in a form: with mouse and keyboard, in every appearance, few or twenty thousand, offered or no longer."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QPushButton
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.inputs.arrangement import Arrangement, Way, arrangement, place
from inspector_app.ui.forms.inputs.board import Board
from inspector_app.ui.forms.inputs.choices import MANY, ChoosingInput
from inspector_app.ui.forms.inputs.dropping import Dropping
from inspector_app.ui.forms.inputs.finding import Finder, FoundList
from inspector_app.ui.forms.inputs.marks import TARGET, Marks, Shape, Sight
from inspector_app.ui.kit.buttons import TakenBack
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered
from inspector_app.viewmodels.tasks import Tasks
from tests.support import pictures, screens
from tests.ui.asked import NAME, Asked, ask, form, shown
from tests.ui.hands import find, type_in

CITIES = [
    ("makkah", "مكة المكرمة"),
    ("madinah", "المدينة المنورة"),
    ("jeddah", "جدة"),
    ("taif", "الطائف"),
    ("yanbu", "ينبع"),
    ("rabigh", "رابغ"),
    ("badr", "بدر"),
]
FEW = CITIES[:3]
A_FRAME_S = 0.016
Keys = Qt.Key


def one(look: Look, tasks: Tasks, appearance: str = "", choices: list[tuple[str, str]] = CITIES) -> Asked:
    return ask(form("select1", appearance=appearance, choices=choices), look, tasks)


def some(look: Look, tasks: Tasks, appearance: str = "", choices: list[tuple[str, str]] = CITIES) -> Asked:
    return ask(form("select", appearance=appearance, choices=choices), look, tasks)


def part(asked: Asked) -> object:
    assert isinstance(asked.input, ChoosingInput)
    return asked.input.part


def board(asked: Asked) -> Board:
    found = part(asked)
    assert isinstance(found, Board)
    return found


def offered(asked: Asked) -> Offered:
    assert isinstance(asked.input, ChoosingInput)
    return asked.input.offered


def spot(asked: Asked, value: str) -> QRect:
    return board(asked).visualRect(offered(asked).index(offered(asked).row_of(value)))


def touch(asked: Asked, value: str) -> None:
    QTest.mouseClick(board(asked).viewport(), Qt.MouseButton.LeftButton, pos=spot(asked, value).center())


def cities(count: int) -> list[tuple[str, str]]:
    return [(f"c{number}", f"{CITIES[number % 7][1]} {number}") for number in range(count)]


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


FILTERED = (
    "<instance id='cities'><root>"
    + "".join(f"<item><name>{v}</name><label>{n}</label><side>{v[0]}</side></item>" for v, n in CITIES)
    + "</root></instance>"
)
BY_SIDE = (
    "<itemset nodeset=\"instance('cities')/root/item[side = /data/other]\">"
    '<value ref="name"/><label ref="label"/></itemset>'
)


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


# ------------------------------------------------------------------------------------------------------ in a box


def box(asked: Asked) -> Dropping:
    found = part(asked)
    assert isinstance(found, Dropping)
    return found


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
    assert asked.value == "c12"


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


# ------------------------------------------------------------------------------------------------- twenty thousand


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


# --------------------------------------------------------------------------------------------------- where they are


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
