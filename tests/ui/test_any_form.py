"""Any form on a page: every type of question, groups, repeats, page by page and whole, in both languages and themes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.page import FormPage
from inspector_app.ui.forms.preview import PreviewPage
from inspector_app.ui.look import Look
from inspector_app.viewmodels.rows import RowKind, is_shown, rows
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.support import gallery, pictures, screens
from tests.support.gallery import Ask
from tests.ui.hands import find, press, type_in

LANGUAGES: tuple[Language, ...] = ("ar", "en")
Settle = Callable[[], None]
Show = Callable[[xforms.Form], PreviewPage]

PARTS = {
    "typed": gallery.TYPED,
    "ranges": gallery.RANGES,
    "chosen": gallery.CHOSEN,
    "grids": gallery.GRIDS,
    "times": gallery.TIMES,
    "places": gallery.PLACES,
    "files": gallery.FILES,
    "repeats": gallery.REPEATS,
    "shown": (*gallery.TYPED[5:6], *gallery.SHOWN),
}
LONG = tuple(
    Ask("text" if at % 3 else "integer", f"q{at}", f"السؤال {at}", f"Question {at}", "", (("required", "yes"),))
    for at in range(1, 301)
)


@pytest.fixture
def show(look: Look, tasks: Tasks, qtbot: QtBot, settle: Settle) -> Show:
    """Shows a form in a window of its own."""

    def made(form: xforms.Form) -> PreviewPage:
        page = PreviewPage(look, tasks, form, gallery.read)
        qtbot.addWidget(page, before_close_func=lambda _: settle())
        page.setProperty("ground", True)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        page.resize(1024, 760)
        page.show()
        with qtbot.waitActive(page):
            page.activateWindow()
        settle()
        return page

    return made


def bare(text: str) -> str:
    """A text without the marks that keep its parts in their direction."""
    return "".join(letter for letter in text if letter not in "\u2066\u2067\u2068\u2069\u200f")


def at(page: FormPage, ref: str) -> int:
    """How far below the upper edge of the view a question stands."""
    row = page.row(f"question:{ref}")
    return row.mapTo(page.viewport(), QPoint(0, 0)).y()


# ------------------------------------------------------------------------------------------------------------ pictures


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_of_question_is_named_and_whole_in_every_language_and_theme(
    language: Language, theme: str, part: str, look: Look, show: Show, settle: Settle
) -> None:
    look.set_language(language)
    look.apply_setting("theme", theme)
    page = show(gallery.load(PARTS[part]))
    if part == "repeats":
        fill_in_rooms(page)
    settle()
    page.resize(1024, min(6000, page.page.whole_height + 150))
    settle()
    pictures.grab(page, look, f"form-{part}")
    assert screens.faults(page) == []


def fill_in_rooms(page: PreviewPage) -> None:
    page.filler.answer("/data/floors", "2")
    for number in ("101", "102"):
        one = page.filler.add("/data/room")
        page.filler.answer(f"{one}/number", number)
    page.filler.add("/data/room[2]/guest")
    page.filler.add("/data/room[2]/guest")
    page.filler.answer("/data/room[2]/room_beds", "12")


# ----------------------------------------------------------------------------------------------------------- answering


def test_a_wrong_answer_is_kept_and_flagged_with_the_forms_own_message(show: Show, look: Look) -> None:
    page = show(gallery.load(gallery.TYPED))
    line = find(QLineEdit, page, "visit.question.beds")
    type_in(line, "600")
    error = find(QLabel, page, "visit.question.beds.error")
    assert page.filler.session.state("/data/typed/beds").value == "600"
    assert (error.isVisible(), error.text()) == (True, "لا يزيد على ٤٩٩")
    look.set_language("en")
    assert error.text() == "At most 499"
    line.clear()
    type_in(line, "12")
    assert not error.isVisible()


def test_the_guidance_of_a_question_is_shown_when_it_is_asked_for(show: Show) -> None:
    page = show(gallery.load(gallery.TYPED))
    row = page.page.row("question:/data/typed/beds")
    before = row.height()
    press(page, "visit.question.beds.guidance")
    QApplication.processEvents()
    assert any(label.isVisible() and label.text().startswith("عدّ") for label in row.findChildren(QLabel))
    assert row.height() > before


def test_marks_in_a_label_are_shown_and_nothing_else_is_read_as_markup(show: Show) -> None:
    page = show(gallery.load(gallery.SHOWN[:2] + gallery.SHOWN[2:3] + gallery.SHOWN[-1:]))
    said = find(QLabel, page, "visit.question.marked_up.label").text()
    assert '<a href="https://example.org">' in said
    assert "&lt;b&gt;" in said


def test_the_picture_of_a_label_is_shown_large_and_its_sound_can_be_kept(
    show: Show, settle: Settle, tmp_path: Path
) -> None:
    page = show(gallery.load((*gallery.TYPED[5:6], *gallery.SHOWN)))
    press(page, "visit.question.picture.media.image")
    settle()
    box = find(QDialog, page, "forms.picture")
    large = next(label.pixmap() for label in box.findChildren(QLabel) if not label.pixmap().isNull())
    assert large.width() == 96  # the larger one that the form has: that of a sign
    box.close()
    press(page, "visit.question.picture.media.wav")
    asked = find(QFileDialog, page, "forms.copy")
    asked.fileSelected.emit(str(tmp_path / "call.wav"))
    asked.close()
    assert (tmp_path / "call.wav").read_bytes() == gallery.files()["call.wav"]


def test_what_is_missing_leads_to_the_question(show: Show) -> None:
    page = show(gallery.load((*LONG,)))
    page.filler.answer("/data/q1", "1")
    page.filler.answer("/data/q2", "x")
    press(page, "preview.missing")
    assert find(QLineEdit, page, "visit.question.q3").hasFocus()
    assert find(QLabel, page, "visit.question.q3.error").isVisible()


def test_the_answers_can_be_read_as_they_would_be_submitted(show: Show) -> None:
    page = show(gallery.load(gallery.TYPED))
    type_in(find(QLineEdit, page, "visit.question.line"), "سالم")
    press(page, "preview.xml")
    box = find(QDialog, page, "preview.answers")
    assert "<line>سالم</line>" in box.findChild(QWidget, "preview.answers.text").toPlainText()  # type: ignore[union-attr]
    box.close()


# ------------------------------------------------------------------------------------------------------------- repeats


def test_another_instance_is_added_with_the_words_of_the_form_and_the_cursor_in_it(show: Show) -> None:
    page = show(gallery.load(gallery.REPEATS))
    button = find(QPushButton, page, "visit.add.room")
    assert "الغرفة" in button.text()
    button.click()
    assert find(QLineEdit, page, "visit.question.room[2].number").hasFocus()


def test_an_instance_with_answers_goes_only_after_a_question(show: Show) -> None:
    page = show(gallery.load(gallery.REPEATS))
    fill_in_rooms(page)
    press(page, "visit.remove.room[2]")
    box = find(QDialog, page, "visit.remove.box")
    assert page.filler.session.instances("/data/room") == 3
    press(box, "visit.remove.box.yes")
    assert page.filler.session.instances("/data/room") == 2
    assert find(QLineEdit, page, "visit.question.room[2].number").text() == "102"


def test_an_instance_without_answers_goes_at_once(show: Show) -> None:
    page = show(gallery.load(gallery.REPEATS))
    press(page, "visit.add.room")
    press(page, "visit.remove.room[1]")
    assert page.filler.session.instances("/data/room") == 1


def test_what_the_form_counts_takes_no_instance_by_hand(show: Show) -> None:
    page = show(gallery.load(gallery.REPEATS))
    page.filler.answer("/data/floors", "3")
    assert find(QWidget, page, "visit.instance.floor[3]").isVisible()
    assert page.findChild(QPushButton, "visit.add.floor") is None
    assert not find(QPushButton, page, "visit.remove.floor[1]").isVisible()
    page.filler.answer("/data/floors", "1")
    assert "instance:/data/floor[2]" not in page.page.built


def test_a_problem_in_an_instance_is_named_with_it(show: Show, look: Look) -> None:
    page = show(gallery.load(gallery.REPEATS))
    fill_in_rooms(page)
    look.set_language("en")
    page.filler.answer("/data/room[1]/number", "100")
    assert bare(page.missing.toolTip()) == "Room 2: Its beds"


# -------------------------------------------------------------------------------------------------------- page by page


def test_page_by_page_a_question_or_a_field_list_is_in_front(show: Show) -> None:
    page = show(gallery.load((*gallery.GRIDS[:5], *gallery.REPEATS), "pages"))
    assert page.page.step(1)
    assert not page.page.step(-2)
    assert page.page.step(-1)
    assert find(QWidget, page, "visit.question.g_food").isVisible()
    page.next.click()
    assert [row.ref for row in page.page._on_screen()] == ["/data/floors"]
    assert find(QLineEdit, page, "visit.question.floors").hasFocus()


def test_page_by_page_every_screen_is_walked_through_once(show: Show) -> None:
    page = show(gallery.load(gallery.TYPED, "pages"))
    seen = [row.ref for row in page.page._on_screen()]
    while page.page.step(1):
        seen += [row.ref for row in page.page._on_screen()]
    assert seen == [f"/data/typed/{one.name}" for one in gallery.TYPED[1:-1]]


def test_page_by_page_an_instance_is_taken_away_where_another_is_added(show: Show) -> None:
    page = show(gallery.load(gallery.REPEATS, "pages"))
    page.page._add("/data/room")
    page.page._go_to_screen("/data/room+")
    press(page, "visit.remove.room[1]")
    assert page.filler.session.instances("/data/room") == 1
    assert find(QPushButton, page, "visit.add.room").isVisible()


def test_a_form_can_be_looked_at_both_ways(show: Show) -> None:
    page = show(gallery.load(gallery.TYPED))
    page.way.click()
    assert len(page.page.built) == 2
    page.way.click()
    assert len(page.page.built) == len(gallery.TYPED) - 1


# ------------------------------------------------------------------------------------------------------- only in view


def test_of_a_long_form_only_what_is_in_view_is_built(show: Show, settle: Settle, qtbot: QtBot) -> None:
    page = show(gallery.load(LONG)).page
    assert len(page.built) < 60
    bar = page.verticalScrollBar()
    for part in (0.5, 1.0, 0.2):
        bar.setValue(int(bar.maximum() * part))
        in_view = [key for key, row in page.built.items() if page.viewport().rect().intersects(page._in_view(row))]
        assert in_view
        qtbot.waitUntil(lambda: len(page.built) < 90)


def test_an_answer_that_makes_a_long_form_short_builds_no_more_than_is_in_view(show: Show) -> None:
    survey = (
        Ask("select_one yes_no", "more", "هل من مزيد؟", "Is there more?", "", (("default", "yes"),)),
        *(one._replace(more=(("relevant", "${more} = 'yes'"),)) for one in LONG[:20]),
        *LONG[20:75],
    )
    page = show(gallery.load(survey))
    built = len(page.page.built)
    page.filler.answer("/data/more", "no")
    assert len(page.page._shown) < 60
    assert len(page.page.built) <= built


def test_a_question_that_is_not_built_yet_can_be_gone_to(show: Show) -> None:
    page = show(gallery.load(LONG)).page
    page.go_to("/data/q250")
    assert find(QLineEdit, page, "visit.question.q250").hasFocus()
    assert 0 <= at(page, "/data/q250") < page.viewport().height()


def test_tab_goes_on_into_rows_that_are_not_built_yet(show: Show) -> None:
    page = show(gallery.load(LONG)).page
    page.begin()
    for number in range(1, 61):
        line = find(QLineEdit, page, f"visit.question.q{number}")
        assert line.hasFocus()
        assert 0 <= at(page, f"/data/q{number}") < page.viewport().height()
        QTest.keyClick(line, Qt.Key.Key_Tab)
    for number in range(61, 41, -1):
        line = find(QLineEdit, page, f"visit.question.q{number}")
        assert line.hasFocus()
        QTest.keyClick(line, Qt.Key.Key_Backtab)


def test_tab_comes_into_the_questions_where_one_is_and_leaves_them_at_their_end(show: Show, qtbot: QtBot) -> None:
    page = show(gallery.load((*gallery.TYPED[:4], gallery.TYPED[-2], gallery.TYPED[-1])))
    button = find(QPushButton, page, "preview.again")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Tab)
    first, last = (find(QLineEdit, page, f"visit.question.{name}") for name in ("line", "code"))
    qtbot.waitUntil(first.hasFocus)
    last.setFocus()
    QTest.keyClick(last, Qt.Key.Key_Tab)
    missing = find(QPushButton, page, "preview.missing")
    assert missing.hasFocus()
    QTest.keyClick(missing, Qt.Key.Key_Backtab)
    qtbot.waitUntil(last.hasFocus)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Backtab)
    assert button.hasFocus()


def test_the_place_on_the_screen_does_not_jump_while_scrolling_back(show: Show) -> None:
    page = show(gallery.load(LONG)).page
    page.go_to("/data/q200")
    find(QLineEdit, page, "visit.question.q200").clearFocus()
    bar = page.verticalScrollBar()
    for _ in range(40):
        rows = {row.ref: at(page, row.ref) for row in page._shown if row.key in page.built}
        bar.setValue(bar.value() - 60)
        moved = {at(page, ref) - y for ref, y in rows.items() if f"question:{ref}" in page.built}
        assert moved == {60}


def test_what_appears_above_leaves_what_one_looks_at_in_its_place(show: Show, settle: Settle) -> None:
    survey = (
        Ask("select_one yes_no", "more", "هل من مزيد؟", "Is there more?"),
        *(Ask("text", f"extra{n}", "تفصيل", "Detail", "", (("relevant", "${more} = 'yes'"),)) for n in range(5)),
        *LONG[:40],
    )
    page = show(gallery.load(survey))
    page.page.go_to("/data/q20")
    settle()
    before = at(page.page, "/data/q20")
    page.filler.answer("/data/more", "yes")
    assert find(QLineEdit, page, "visit.question.extra0").isVisible()
    assert at(page.page, "/data/q20") == before
    page.filler.answer("/data/more", "no")
    assert at(page.page, "/data/q20") == before


# ------------------------------------------------------------------------------------------------------------ language


def test_the_language_changes_in_the_middle_of_typing(show: Show, look: Look) -> None:
    page = show(gallery.load(gallery.TYPED))
    line = find(QLineEdit, page, "visit.question.line")
    line.setFocus()
    type_in(line, "سالم")
    look.set_language("en")
    assert bare(find(QLabel, page, "visit.question.line.label").text()).startswith("Name of the person")
    assert (line.text(), line.hasFocus()) == ("سالم", True)
    assert page.page.layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_a_form_is_written_from_its_own_side_whatever_the_application_speaks(show: Show) -> None:
    english = tuple(one._replace(ar=one.en) for one in gallery.TYPED)
    page = show(gallery.load(english))
    assert page.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert page.page.layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_an_instance_is_numbered_unless_its_author_numbers_it_himself(show: Show, look: Look) -> None:
    look.set_language("en")
    numbered = (("label::English (en)", "Bed ${at}"), ("label::Arabic (ar)", "السرير ${at}"))
    survey = (
        Ask("begin_repeat", "child", "1. الطفل", "1. Child"),
        Ask("text", "name", "الاسم", "Name"),
        Ask("end_repeat", "child"),
        Ask("begin_repeat", "bed", more=numbered),
        Ask("calculate", "at", more=(("calculation", "position(..)"),)),
        Ask("text", "guest", "النزيل", "Guest"),
        Ask("end_repeat", "bed"),
    )
    page = show(gallery.load(survey))
    page.filler.add("/data/bed")
    names = [bare(find(QLabel, page, f"visit.instance.{name}").text()) for name in ("child[1]", "bed[1]", "bed[2]")]
    assert names == ["1. Child 1", "Bed 1", "Bed 2"]


# ---------------------------------------------------------------------------------------------------------- invariants

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 99), st.sampled_from(["yes", "no", "7", "600", "", "x"])),
        st.tuples(st.just("add"), st.integers(0, 99), st.just("")),
        st.tuples(st.just("remove"), st.integers(0, 99), st.just("")),
        st.tuples(st.just("go to"), st.integers(0, 99), st.just("")),
        st.tuples(st.just("scroll"), st.integers(0, 99), st.just("")),
    ),
    max_size=12,
)
MOVING = (
    Ask("select_one yes_no", "more", "هل من مزيد؟", "Is there more?"),
    Ask("begin_group", "extra", "مزيد", "More", "", (("relevant", "${more} = 'yes'"),)),
    *LONG[:70],
    Ask("end_group", "extra"),
    *gallery.REPEATS,
)


@pytest.fixture(scope="module")
def moving() -> xforms.Form:
    return gallery.load(MOVING)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, paged=st.booleans())
def test_whatever_is_done_the_page_shows_what_the_sheet_asks(
    steps: list[tuple[str, int, str]], paged: bool, moving: xforms.Form, show: Show
) -> None:
    page = show(moving)
    if paged:
        page.way.click()
    for step, at_random, value in steps:
        do(page, step, at_random, value)
        form = page.page
        fresh = rows(form.page.nodes, page.filler.session)
        asked = [row.key for row in fresh if row.kind is RowKind.QUESTION and is_shown(row, page.filler.session)]
        assert [row.key for row in form._shown if row.kind is RowKind.QUESTION] == asked
        assert set(form.built) <= {"path", *(row.key for row in form._shown)}
        assert all(form._slots[place].key in form.built for place in form._wanted(0))
        placed = sorted((form._slots.place(key), row.geometry()) for key, row in form.built.items())
        assert all(before[1].bottom() < after[1].top() for before, after in pairwise(placed))
    page.close()


def do(page: PreviewPage, step: str, at_random: int, value: str) -> None:
    """One thing a user may do."""
    shown = page.page._shown
    kinds = {"answer": RowKind.QUESTION, "add": RowKind.ADD, "remove": RowKind.INSTANCE, "go to": RowKind.QUESTION}
    if step == "scroll":
        bar = page.page.verticalScrollBar()
        bar.setValue(bar.maximum() * at_random // 99)
        return
    found = [row for row in shown if row.kind is kinds[step]]
    if not found:
        return
    row = found[at_random % len(found)]
    if step == "answer":
        page.filler.answer(row.ref, value)
    elif step == "add":
        page.page._add(row.ref)
    elif step == "remove" and page.filler.may_remove(row.ref):
        page.page._remove(row.ref)
    elif step == "go to":
        page.page.go_to(row.ref)
