"""Whatever a form asks and whatever is answered, an input shows it, paints it, and gives nothing of its own accord."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.making import make_input
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.ui.keepers import NoKeeper

WORDS = [
    "minimal", "quick", "autocomplete", "search('x')", "likert", "columns", "columns-1", "columns-7", "columns-pack",
    "no-buttons", "compact-3", "list", "list-nolabel", "label", "table-list", "image-map", "map", "multiline",
    "numbers", "thousands-sep", "counter", "bearing", "masked", "url", "vertical", "no-ticks", "picker", "rating",
    "w1", "ex:com.example(x='1')",
]  # fmt: skip
ASKED = [
    ("select1", "string"),
    ("select", "string"),
    ("rank", "string"),
    ("range", "int"),
    ("range", "decimal"),
    ("trigger", "string"),
    ("input", "string"),
    ("input", "int"),
    ("input", "decimal"),
    ("input", "boolean"),
]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
VALUES = st.one_of(st.sampled_from(["", "a", "b c", "1", "0", "-3.5", "5", "OK", "true", "1e9", "٣"]), TEXT)
CHOICES = st.lists(
    st.builds(xforms.Choice, st.one_of(st.sampled_from(["", "a", "b", "c", "1", "5"]), TEXT), TEXT), max_size=24
).map(tuple)
PARAMETERS = st.dictionaries(
    st.sampled_from(["start", "end", "step", "tick-interval", "placeholder", "rows"]),
    st.one_of(st.sampled_from(["0", "1", "10", "-5", "0.1", "0", "1e12", "x", ""]), TEXT),
)
PROBLEMS = st.sampled_from([None, xforms.Problem("type"), xforms.Problem("constraint", "لا")])
STATES = st.builds(
    xforms.State,
    value=VALUES,
    relevant=st.just(True),
    required=st.booleans(),
    readonly=st.booleans(),
    label=TEXT,
    hint=TEXT,
    guidance=st.just(""),
    choices=CHOICES,
    problem=PROBLEMS,
)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """What inputs are put on, one after another."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.sampled_from(ASKED),
    words=st.lists(st.sampled_from(WORDS), max_size=3),
    parameters=PARAMETERS,
    states=st.lists(st.tuples(STATES, st.sampled_from(["ar", "en"]), st.booleans()), min_size=1, max_size=4),
    width=st.integers(80, 900),
)
def test_any_state_of_any_question_is_shown_and_painted_without_giving_anything(
    asked: tuple[str, str],
    words: list[str],
    parameters: dict[str, str],
    states: list[tuple[xforms.State, Language, bool]],
    width: int,
    page: QWidget,
    look: Look,
    tasks: Tasks,
) -> None:
    control, kind = asked
    question = xforms.Question("/data/q", control, kind, " ".join(words), parameters=parameters)
    one: Input = make_input(question, "q", Tools(look, tasks, NoKeeper(tasks)))
    one.setParent(page)
    gave: list[str] = []
    one.given.connect(gave.append)
    for state, language, answerable in states:
        look.set_language(language)
        one.setAccessibleName(state.label or "q")
        one.set_open(answerable)
        one.show_state(state)
        one.set_wrong(state.problem is not None)
        one.resize(width, max(40, one.heightForWidth(width), one.sizeHint().height()))
        one.grab()
    one.focus_input()
    one.grab()
    one.setParent(None)
    one.deleteLater()
    assert gave == []
