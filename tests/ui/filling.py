"""One question of a real form with its input in a window, as its page would hold it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, overload
from xml.sax.saxutils import quoteattr

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import xforms
from inspector_app.services.desk import Desk
from inspector_app.services.evidence import item_of
from inspector_app.services.views.drafts import media_name
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.making import make_input
from inspector_app.ui.kit.fields import Field
from inspector_app.ui.kit.layout import column
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from tests.ui.hands import find

W = TypeVar("W", bound=QWidget)
REF = "/data/q"
LABEL = "السؤال"


class DeskKeeper:
    """Keeps pieces with a draft of a real desk, without the page around it."""

    def __init__(self, desk: Desk, tasks: Tasks, fixes: tuple[r.Fix, ...] = ()) -> None:
        self.tasks = tasks
        self._desk, self._fixes = desk, fixes
        self._draft = desk.visits.start("p1", "co1")
        self.kept: list[r.Attachment] = []

    def piece(self, name: str) -> r.Attachment | None:
        return next((one for one in self.kept if media_name(one) == name), None)

    def keep(
        self,
        question: xforms.Question,
        source: Path | bytes,
        role: str,
        *,
        done: Callable[[str], None],
        owner: QObject,
        over: r.Attachment | None = None,
    ) -> None:
        def kept(attachment: r.Attachment) -> None:
            self.kept.append(attachment)
            done(media_name(attachment))

        accept = question.parameters.get("accept", "")
        self.tasks.run(
            lambda: self._desk.visits.attach_prepared(
                self._draft, item_of(question.ref), self._desk.evidence.prepare(source, role, accept=accept, over=over)
            ),
            done=kept,
            lane="write",
            owner=owner,
        )

    def read(self, sha256: str) -> bytes:
        return self._desk.evidence.read(sha256)

    def thumbnail(self, sha256: str, side: int) -> bytes:
        return self._desk.evidence.thumbnail(sha256, side)

    def fixes(self) -> tuple[r.Fix, ...]:
        return self._fixes


class NoKeeper:
    """For questions that keep nothing and know no position."""

    def __init__(self) -> None:
        self.tasks = Tasks()

    def piece(self, name: str) -> r.Attachment | None:
        return None

    def keep(
        self,
        question: xforms.Question,
        source: Path | bytes,
        role: str,
        *,
        done: Callable[[str], None],
        owner: QObject,
        over: r.Attachment | None = None,
    ) -> None:
        raise AssertionError("nothing is kept here")

    def read(self, sha256: str) -> bytes:
        raise AssertionError("nothing is read here")

    def thumbnail(self, sha256: str, side: int) -> bytes:
        raise AssertionError("nothing is shown here")

    def fixes(self) -> tuple[r.Fix, ...]:
        return ()


class Filled:
    """A question being answered."""

    def __init__(self, qtbot: QtBot, session: xforms.Session, one: Input, window: QWidget) -> None:
        self._qtbot, self._session = qtbot, session
        self.input, self.window = one, window
        self._field: Field[Input] = Field(one)
        window.setLayout(column(self._field, 1))
        one.given.connect(self.answer)
        self.show()

    @property
    def value(self) -> str:
        """What the answer is now."""
        return self._session.state(REF).value

    @property
    def problem(self) -> str:
        """What kind of problem the answer has, or nothing."""
        problem = self._session.state(REF).problem
        return "" if problem is None else problem.kind

    def answer(self, value: str) -> None:
        """Answer, by hand or as the form itself does, and show what came of it."""
        self._session.answer(REF, value)
        self.show()

    def show(self) -> None:
        """As the page does after every change."""
        state = self._session.state(REF)
        self._field.set_label(state.label)
        self.input.show_state(state)
        self.input.set_wrong(state.problem is not None)
        self.window.resize(720, max(120, self.window.heightForWidth(720)))

    def line(self) -> QLineEdit:
        """The line that has the question's own name."""
        return find(QLineEdit, self.window, "q")

    @overload
    def part(self, name: str) -> QWidget: ...
    @overload
    def part(self, name: str, kind: type[W]) -> W: ...
    def part(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """A part of the input by its name."""
        return find(kind, self.window, f"q.{name}")

    def press(self, name: str) -> None:
        """Press one of its buttons."""
        button = self.part(name, QPushButton)
        assert button.isEnabled(), f"{name} is shut"
        button.click()

    def words(self) -> str:
        """All that its labels say."""
        return "\n".join(label.text() for label in self.window.findChildren(QLabel) if label.isVisible())


def fill(
    qtbot: QtBot,
    look: Look,
    type_: str,
    *,
    kind: type[Input] | None = None,
    control: str = "input",
    appearance: str = "",
    keeper: DeskKeeper | None = None,
    **attributes: str,
) -> Filled:
    """A form of one question, its input in a shown window.

    Args:
        qtbot: Whose widgets go when the test ends.
        look: The look.
        type_: The type of its bind.
        kind: Which input the table is to have made of it; None: any.
        control: Its control.
        appearance: Its appearance.
        keeper: Where its pieces go.
        attributes: Other attributes of the control.
    """
    more = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
    form = xforms.load(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
        '<h:title>T</h:title><model><instance><data id="t" version="1"><q/></data></instance>'
        f'<bind nodeset="{REF}" type="{type_}"/></model></h:head><h:body>'
        f'<{control} ref="{REF}" appearance={quoteattr(appearance)}{more}><label>{LABEL}</label></{control}>'
        "</h:body></h:html>"
    )
    [question] = form.layout
    assert isinstance(question, xforms.Question)
    window = QWidget()
    window.setProperty("ground", True)
    qtbot.addWidget(window)
    held = keeper or NoKeeper()
    made = make_input(question, "q", Tools(look, held.tasks, held))
    assert kind is None or type(made) is kind
    filled = Filled(qtbot, form.new(), made, window)
    window.resize(720, 120)
    window.show()
    return filled
