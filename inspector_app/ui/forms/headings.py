"""What stands between questions: headings of groups, of instances of repeats, and what adds another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from inspector_app.ui import boxes
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.said import SaidLabel, instance_name, name_of
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.viewmodels.filling import Filler
from inspector_app.words.markup import to_plain


class GroupHeading(QWidget):
    """The name of a group."""

    def __init__(self, filler: Filler, ref: str, *, outer: bool) -> None:
        """``outer``: it heads a card of its own, and is larger than one inside of a card."""
        super().__init__()
        self._filler, self._ref = filler, ref
        self._label = SaidLabel("heading" if outer else "subheading")
        self._label.setObjectName(f"visit.group.{name_of(ref)}")
        self._hint = SaidLabel("caption")
        self.setLayout(column(self._label, self._hint, spacing=4))

    def renew(self) -> None:
        """Say its name in the language of the moment."""
        state = self._filler.session.state(self._ref)
        self._label.say(state.label)
        self._hint.say(state.hint)

    def show_problems(self) -> None:
        """A heading has none."""
        self.renew()

    def focus_input(self) -> None:
        """A heading takes no cursor."""


class InstanceHeading(QWidget):
    """The name of one instance of a repeat with its number, and a button that takes it away.

    Signals:
        removal_asked(str): This instance is to be taken away.
    """

    removal_asked = Signal(str)

    def __init__(self, filler: Filler, tools: Tools, ref: str, *, outer: bool) -> None:
        super().__init__()
        self._filler, self._look, self._ref = filler, tools.look, ref
        self._label = SaidLabel("heading" if outer else "subheading")
        self._label.setObjectName(f"visit.instance.{name_of(ref)}")
        self.button = PlainButton(f"visit.remove.{name_of(ref)}", tools.look, "trash")
        self.button.clicked.connect(self._ask)
        line = row(self._label, self.button, spacing=8)
        line.setStretch(0, 1)
        line.setAlignment(self.button, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def renew(self) -> None:
        """Say its name in the language of the moment."""
        words = self._look.words
        name = instance_name(words, self._filler.session, self._ref)
        self._label.say(name)
        said = words.say("forms.remove_instance", name=name)
        self.button.setToolTip(said)
        self.button.setAccessibleName(said)
        self.button.setVisible(self._filler.may_remove(self._ref))

    def show_problems(self) -> None:
        """A heading has none."""
        self.renew()

    def focus_input(self) -> None:
        """A heading takes no cursor."""

    def _ask(self) -> None:
        """An instance without answers goes at once."""
        if not self._filler.holds_answers(self._ref):
            self.removal_asked.emit(self._ref)
            return
        say = self._look.words.say
        name = instance_name(self._look.words, self._filler.session, self._ref)
        boxes.ask(
            self._look,
            self,
            title=say("forms.remove_title", name=name),
            text=say("forms.remove_text"),
            yes=say("forms.remove_yes"),
            then=lambda: self.removal_asked.emit(self._ref),
            danger=True,
            name="visit.remove.box",
        )


class AddRow(QWidget):
    """A button that adds an instance to a repeat.

    Signals:
        asked(str): One more is to be added to this repeat.
    """

    asked = Signal(str)

    def __init__(self, filler: Filler, tools: Tools, ref: str) -> None:
        super().__init__()
        self._filler, self._look, self._ref = filler, tools.look, ref
        self.button = QuietButton(f"visit.add.{name_of(ref)}", tools.look, "plus")
        self.button.clicked.connect(lambda: self.asked.emit(ref))
        self.setLayout(row(self.button, 1))

    def renew(self) -> None:
        """Say what it adds."""
        words = self._look.words
        label = to_plain(self._filler.session.state(self._ref).label)
        self.button.setText(words.say("forms.add_instance", label=label) if label else words.say("forms.add_another"))

    def show_problems(self) -> None:
        """It has none."""
        self.renew()

    def focus_input(self) -> None:
        """Put the cursor on the button."""
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)
