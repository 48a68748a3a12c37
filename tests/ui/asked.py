"""One question of a small form on a page, answered by hand: what is given goes to a real session and is shown again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.ui.forms.inputs.base import Files, Input, Tools, no_files
from inspector_app.ui.forms.inputs.keeping import Keeper
from inspector_app.ui.forms.inputs.making import make_input
from inspector_app.ui.kit.fields import Field
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.ui.keepers import NoKeeper
from tests.xforms import small_forms

NAME = "visit.question.asked"
REF = "/data/asked"


class Asked(QWidget):
    """The page with its one question, called ``asked``.

    Attributes:
        gave: Every value that the input gave, in order.
        finished: How often it said that nothing more is to be done.
    """

    def __init__(
        self, session: xforms.Session, question: xforms.Question, look: Look, keeper: Keeper, files: Files = no_files
    ) -> None:
        super().__init__()
        self.session, self.question, self.look = session, question, look
        self.gave: list[str] = []
        self.finished = 0
        self.input: Input = make_input(question, NAME, Tools(look, keeper.tasks, keeper, files))
        self.input.given.connect(self._answer)
        self.input.done.connect(self._done)
        self.field: Field[Input] = Field(self.input)
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addStretch(1)
        look.changed.connect(self.renew)
        self.renew()

    @property
    def state(self) -> xforms.State:
        """How the question stands."""
        return self.session.state(REF)

    @property
    def value(self) -> str:
        """The answer."""
        return self.state.value

    @property
    def problem(self) -> str:
        """What kind of problem the answer has, or nothing."""
        problem = self.state.problem
        return "" if problem is None else problem.kind

    def _answer(self, value: str) -> None:
        self.gave.append(value)
        self.session.answer(REF, value)
        self.renew()

    def _done(self) -> None:
        self.finished += 1

    def put(self, value: str, ref: str = REF) -> None:
        """Answer from elsewhere."""
        self.session.answer(ref, value)
        self.renew()

    def renew(self) -> None:
        """Show the question as it stands, as a page does."""
        state = self.state
        self.field.set_label(state.label)
        problem = state.problem
        wrong = problem is not None and problem.kind != "required"
        self.field.set_error(self.look.words.say(f"forms.problem.{problem.kind}") if wrong and problem else "")
        self.input.show_state(state)
        self.input.set_wrong(wrong)


def form(
    control: str = "input",
    kind: str = "string",
    appearance: str = "",
    choices: Iterable[tuple[str, str]] = (),
    inside: str = "",
    model: str = "",
    **rules: str,
) -> xforms.Form:
    """A form with one question, labelled «السؤال», and another field ``other`` beside it.

    Args:
        control: ``input``, ``select1`` and so on.
        kind: The type of its bind.
        appearance: Its words.
        choices: Values and labels.
        inside: More of the control: attributes, which begin with a space, and elements, such as an itemset.
        model: More of the model, such as texts and lists.
        rules: Of its bind.
    """
    items = "".join(f"<item><label>{label}</label><value>{value}</value></item>" for value, label in choices)
    attributes, inside = inside.split("<", 1)[0], inside.removeprefix(inside.split("<", 1)[0])
    body = (
        f'<{control} ref="{REF}" appearance="{appearance}"{attributes}><label>السؤال</label>{items}{inside}'
        f"</{control}>"
        '<input ref="/data/other"><label>آخر</label></input>'
    )
    binds = small_forms.bind("asked", type=kind, **rules) + small_forms.bind("other", type="string")
    return xforms.load(small_forms.document("<asked/><other/>", binds, body, model))


def questions(layout: xforms.Layout) -> Iterator[xforms.Question]:
    """Every question of a form."""
    for part in layout:
        if isinstance(part, xforms.Question):
            yield part
        else:
            yield from questions(part.children)


def the_question(made: xforms.Form) -> xforms.Question:
    """The one that is called ``asked``."""
    return next(one for one in questions(made.layout) if one.ref == REF)


def ask(made: xforms.Form, look: Look, tasks: Tasks, files: Files = no_files) -> Asked:
    """The page for the question of a form."""
    return Asked(made.new(now=small_forms.noon), the_question(made), look, NoKeeper(tasks), files)


def shown(asked: Asked, qtbot: QtBot, width: int = 600, high: int = 500) -> Asked:
    """The same page on the screen, with the keyboard in its input."""
    qtbot.addWidget(asked)
    asked.resize(width, high)
    asked.show()
    with qtbot.waitActive(asked):
        asked.activateWindow()
    asked.input.focus_input()
    return asked
