"""A large form filled in the real window: its first page, every keystroke, scrolling; beside the same bare widgets.

What a keystroke costs is the time of the GUI thread from the key until everything is painted, whatever else the machine
does meanwhile.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.page import FormPage
from inspector_app.ui.forms.question import QuestionRow
from inspector_app.ui.look import Look
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.visits.editor_page import FINISH, EditorPage
from inspector_app.ui.visits.workspace import VisitsWorkspace
from inspector_app.viewmodels.rows import Row, RowKind
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import ContinueDraft
from sync.contract import records as r
from sync.contract.ids import checklist_id
from tests.bench.measuring import promise, say
from tests.conformance.cases import folder
from tests.support import desks, gallery
from tests.support.gallery import Ask
from xforms.publish import publish

AIM_FIRST_MS, AIM_KEY_MS = 500, 16
MOST_FIRST, MOST_KEY, MOST_STEP = 40.0, 40.0, 25.0
"""How many times the bare widgets: a page of them that is made and shown, a key in one of them, a step of scrolling.

About twice what it was when this was written: a key that is only painted takes a third of a millisecond.
"""
ANSWERS = 400
_PAINT_MS = 8
"""Qt paints at most this long after it was asked to."""
_KINDS = (
    ("text", ""),
    ("integer", ""),
    ("select_one city", ""),
    ("select_multiple meal", ""),
    ("date", ""),
    ("select_one yes_no", ""),
)
REQUIRED = (("required", "yes"),)
OWN = tuple(
    Ask(kind, f"q{at}", f"السؤال رقم {at} من النموذج", f"Question {at} of the form", appearance, REQUIRED)
    for at, (kind, appearance) in enumerate(_KINDS * 100, start=1)
)


class Filled(NamedTuple):
    """What filling a form took, ms: until its first page, each answer or letter, each step of scrolling."""

    first: float
    keys: list[float]
    steps: list[float]
    answered: int


def forms() -> Iterator[tuple[str, Callable[[], str]]]:
    """Forms by name: our own of 600 questions, and the WHO's verbal autopsy as it is and whole."""
    yield "600 questions", lambda: publish(gallery.workbook(OWN)).xml
    autopsy = folder() / "real" / "whova_form.xml"
    if autopsy.is_file():
        yield "WHO VA, page by page", lambda: autopsy.read_text(encoding="utf-8")
        yield "WHO VA, whole", lambda: autopsy.read_text(encoding="utf-8").replace('class="pages"', "")


FORMS = dict(forms())


@pytest.fixture
def look(qtbot: QtBot) -> Iterator[Look]:
    made = Look("en")
    made.apply()
    yield made
    Look().apply()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    qtbot.waitUntil(lambda: made.idle, timeout=20_000)
    made.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FORMS)
def test_a_large_form_answers_at_once(name: str, tmp_path: Path, look: Look, tasks: Tasks, qtbot: QtBot) -> None:
    with desks.cache_in(tmp_path / "midan", (*desks.season(), checklist(FORMS[name]()))) as cache:
        desk = desks.seat(cache, desks.INSPECTOR, desks.Clock())
        desk.settings.set("language", "en")
        draft = desk.visits.start("p1", "co1", checklist_id("large", "1"))
        window = MainWindow(desk, look, tasks, SyncHandle(lambda: desks.NOON.isoformat()))
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        qtbot.waitUntil(lambda: tasks.idle, timeout=20_000)
        filled = fill(window, desk, draft, qtbot)
        qtbot.waitUntil(lambda: tasks.idle, timeout=20_000)
    floor = bare(filled.answered, look, qtbot)
    tell(name, filled, floor)


def checklist(xform: str) -> r.Checklist:
    """As the centre would publish it."""
    return r.Checklist(
        id=checklist_id("large", "1"),
        form_id="large",
        version="1",
        inspection_type="IT04",
        title_ar="نموذج كبير",
        title_en="A large form",
        effective_from="2026-01-01",
        xform=xform,
    )


def tell(name: str, filled: Filled, floor: Filled) -> None:
    """Print what was measured, and hold it against the bare widgets."""
    say(
        f"{name}: {len(filled.keys)} answers and letters of {filled.answered} questions (bare widgets in brackets)",
        {
            f"first page (aim {AIM_FIRST_MS})": f"{filled.first:7.1f} ms ({floor.first:.1f})",
            f"a keystroke, p95 (aim {AIM_KEY_MS})": f"{p95(filled.keys):7.1f} ms ({p95(floor.keys):.1f})",
            "a keystroke, median": f"{median(filled.keys):7.1f} ms ({median(floor.keys):.1f})",
            "a keystroke, worst": f"{max(filled.keys):7.1f} ms ({max(floor.keys):.1f})",
            **(
                {
                    "a step of scrolling, p95": f"{p95(filled.steps):7.1f} ms ({p95(floor.steps):.1f})",
                    "a step of scrolling, worst": f"{max(filled.steps):7.1f} ms ({max(floor.steps):.1f})",
                }
                if filled.steps
                else {}
            ),
        },
    )
    promise(f"{name}: first page, times bare widgets", filled.first / floor.first, MOST_FIRST)
    promise(f"{name}: a keystroke at the p95, times bare widgets", p95(filled.keys) / p95(floor.keys), MOST_KEY)
    if filled.steps:
        promise(f"{name}: scrolling at the p95, times bare widgets", p95(filled.steps) / p95(floor.steps), MOST_STEP)


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(taken, n=20)[-1]


def worked(work: Callable[[], object]) -> float:
    """What the GUI thread did for something, until it was painted; ms."""
    started = time.thread_time()
    work()
    QTest.qWait(_PAINT_MS)
    return (time.thread_time() - started) * 1000


# ------------------------------------------------------------------------------------------------------------- filling


def fill(window: MainWindow, desk: Desk, draft: str, qtbot: QtBot) -> Filled:
    """Open a draft and answer it from its first question on, a letter at a time."""
    started = time.perf_counter()
    window.go("visits", ContinueDraft(draft))
    workspace = window.current
    assert isinstance(workspace, VisitsWorkspace)
    while workspace.editor is None:
        QApplication.processEvents()
    editor = workspace.editor
    window.repaint()
    first = (time.perf_counter() - started) * 1000
    hand = Hand(editor, random.Random(1448))
    hand.walk()
    return Filled(first, hand.keys, hand.scroll(), hand.answered)


class Hand:
    """Fills in a form."""

    def __init__(self, editor: EditorPage, rng: random.Random) -> None:
        self._editor, self._rng = editor, rng
        self.keys: list[float] = []
        self.answered = 0

    def walk(self) -> None:
        """Answer question after question, screen after screen, section after section."""
        done: set[str] = set()
        while len(self.keys) < ANSWERS and self._editor.section != FINISH:
            row = next((row for row in self._asked() if row.ref not in done), None)
            if row is None:
                self._editor.next.click()
                QTest.qWait(_PAINT_MS)
                continue
            done.add(row.ref)
            self._answer(row)

    def _page(self) -> FormPage:
        page = self._editor._stack.currentWidget()
        assert isinstance(page, FormPage)
        return page

    def _asked(self) -> list[Row]:
        return [row for row in self._page()._rows_in_front() if row.kind is RowKind.QUESTION]

    def _answer(self, row: Row) -> None:
        shown = self._page().bring(row.key)
        assert isinstance(shown, QuestionRow)
        if self._editor.editor.session.state(row.ref).readonly:
            return
        QTest.qWait(_PAINT_MS)
        self.answered += 1
        line, value = shown.input.focusProxy(), self._value(row)
        if isinstance(line, QLineEdit):
            line.setFocus()
            self.keys += [worked(partial(press, line, letter)) for letter in value]
        else:
            self.keys.append(worked(partial(shown.input.given.emit, value)))

    def _value(self, row: Row) -> str:
        state, question = self._editor.editor.session.state(row.ref), row.question
        values = [choice.value for choice in state.choices]
        if values:
            return "yes" if "yes" in values and self._rng.random() < 0.8 else self._rng.choice(values)
        if question.type in ("int", "decimal"):
            return str(self._rng.randrange(1, 60))
        if question.type == "date":
            return "1990-01-11"
        return "OK" if question.control == "trigger" else "Yes"

    def scroll(self) -> list[float]:
        """Down the longest section, as a wheel does; nothing where a page shows one screen at a time."""
        if self._editor.editor.paged:
            return []
        self._editor.show_section(max(range(len(self._editor.editor.pages)), key=self._length))
        page = self._page()
        page.to_top()
        QTest.qWait(_PAINT_MS)
        bar = page.verticalScrollBar()
        steps: list[float] = []
        while bar.value() < bar.maximum() and len(steps) < 300:
            steps.append(worked(partial(bar.setValue, bar.value() + 120)))
        return steps

    def _length(self, number: int) -> int:
        return len(self._editor.editor.pages[number].entries)


def press(line: QWidget, letter: str) -> None:
    """A key."""
    key = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
    QApplication.sendEvent(line, key)


# --------------------------------------------------------------------------------------------------------------- floor


def bare(questions: int, look: Look, qtbot: QtBot) -> Filled:
    """A view full of questions as a label and a line each, in a window of the same size; nothing behind them."""
    started = time.perf_counter()
    window, column = QScrollArea(), QWidget()
    layout = QVBoxLayout(column)
    lines = [QLineEdit() for _ in range(max(20, min(questions, 60)))]
    for line in lines:
        layout.addWidget(QLabel("Question"))
        layout.addWidget(line)
    window.setWidget(column)
    window.setWidgetResizable(True)
    window.resize(1280, 800)
    qtbot.addWidget(window)
    window.show()
    window.repaint()
    first = (time.perf_counter() - started) * 1000
    QTest.qWait(_PAINT_MS)
    keys = [worked(partial(press, line, "a")) for line in lines * 3]
    bar, steps = window.verticalScrollBar(), []
    for _ in range(60):
        to = bar.value() + 120 if bar.value() < bar.maximum() else 0
        steps.append(worked(partial(bar.setValue, to)))
    return Filled(first, keys, steps, questions)
