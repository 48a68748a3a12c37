"""One question of a small form in a window as high as it needs, and its parts by their names."""

from __future__ import annotations

from typing import TypeVar, overload
from xml.sax.saxutils import quoteattr

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.look import Look
from tests.ui.asked import NAME, Asked, form, the_question
from tests.ui.hands import find
from tests.ui.keepers import DeskKeeper, NoKeeper

W = TypeVar("W", bound=QWidget)


class Filled(Asked):
    """A question being answered."""

    def renew(self) -> None:
        """Show the question as it stands, in the room that it needs."""
        super().renew()
        self.resize(720, max(120, self.heightForWidth(720)))

    def line(self) -> QLineEdit:
        """The line that has the question's own name."""
        return find(QLineEdit, self, NAME)

    @overload
    def part(self, name: str) -> QWidget: ...
    @overload
    def part(self, name: str, kind: type[W]) -> W: ...
    def part(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """A part of the input by its name."""
        return find(kind, self, f"{NAME}.{name}")

    def press(self, name: str) -> None:
        """Press one of its buttons."""
        button = self.part(name, QPushButton)
        assert button.isEnabled(), f"{name} is shut"
        button.click()

    def words(self) -> str:
        """All that its labels say."""
        return "\n".join(label.text() for label in self.findChildren(QLabel) if label.isVisible())


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
    made = form(control, type_, appearance, inside=more)
    filled = Filled(made.new(), the_question(made), look, keeper or NoKeeper())
    assert kind is None or type(filled.input) is kind
    filled.setProperty("ground", True)
    qtbot.addWidget(filled)
    filled.show()
    return filled
