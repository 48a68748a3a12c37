"""The parts that forms are made of: pages of a checklist, rows that wrap."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.viewmodels.checklist import pages, places, progress
from tests.support import desks


@pytest.fixture(scope="module")
def form() -> xforms.Form:
    return xforms.load(desks.checklist().xform)


def test_every_question_of_the_checklist_is_on_one_page_once(form: xforms.Form) -> None:
    refs = [ref for page in pages(form) for entry in page.entries for ref in entry.refs]
    asked = [
        ref for ref, state in form.new().states().items() if state.label and ref not in {p.ref for p in pages(form)}
    ]
    assert len(refs) == len(set(refs))
    assert set(refs) >= set(asked)


def test_every_item_has_its_note_and_its_photo_beside_it(form: xforms.Form) -> None:
    items = [entry for page in pages(form) for entry in page.entries if entry.code]
    assert len(items) > 40
    for entry in items:
        assert entry.note is not None
        assert entry.photo is not None
        assert entry.note.ref == f"{entry.question.ref}_note"


def test_progress_counts_what_is_asked_now(form: xforms.Form) -> None:
    session = form.new()
    page = next(page for page in pages(form) if any(entry.code == "E02" for entry in page.entries))
    before = progress(page, session)
    session.answer("/data/E/E02", "nonconform")
    after = progress(page, session)
    assert (after.answered, after.nonconform) == (before.answered + 1, 1)
    assert after.total == before.total


def test_a_partial_answer_is_answered_and_is_no_nonconformity(form: xforms.Form) -> None:
    session = form.new()
    page = next(page for page in pages(form) if any(entry.code == "E02" for entry in page.entries))
    session.answer("/data/E/E02", "partial")
    assert progress(page, session).nonconform == 0


def test_every_question_is_found_on_its_page(form: xforms.Form) -> None:
    made = pages(form)
    found = places(made)
    assert "/data/nowhere" not in found
    assert all(found[ref] == at for at, page in enumerate(made) for entry in page.entries for ref in entry.refs)


@pytest.mark.parametrize(("width", "lines"), [(460, 1), (240, 2), (110, 4)])
def test_four_answers_stand_in_one_line_or_in_two_or_below_each_other(width: int, lines: int, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = WrapLayout(holder, spacing=8, equal=True)
    parts = [QWidget() for _ in range(4)]
    for part in parts:
        part.setMinimumSize(100, 40)
        layout.addWidget(part)
    holder.show()
    layout.setGeometry(QRect(0, 0, width, 400))
    assert len({part.y() for part in parts}) == lines
    assert layout.heightForWidth(width) == lines * 40 + (lines - 1) * 8
    assert len({part.width() for part in parts}) == 1


def test_a_wrapped_row_begins_at_the_right_of_an_arabic_page(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    layout = WrapLayout(holder)
    first, second = QWidget(), QWidget()
    for part in (first, second):
        part.setFixedSize(100, 40)
        layout.addWidget(part)
    holder.show()
    layout.setGeometry(QRect(0, 0, 300, 40))
    assert first.geometry().right() == 299
    assert second.geometry().right() < first.geometry().left()
