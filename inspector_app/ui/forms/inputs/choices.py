"""What is chosen: one of several, or some of several, in every appearance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout

import xforms
from inspector_app.ui.forms.inputs.arrangement import Arrangement, arrangement
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.board import Board
from inspector_app.ui.forms.inputs.dropping import Dropping
from inspector_app.ui.forms.inputs.finding import Finder
from inspector_app.ui.forms.inputs.marks import Shape
from inspector_app.ui.forms.inputs.pictures import Pictures
from inspector_app.ui.kit.buttons import Choice, TakenBack
from inspector_app.ui.kit.text import Caption, restyle
from inspector_app.viewmodels.offered import Offered
from inspector_app.words.markup import to_plain

FEW: Final = 5
"""Up to so many short choices of which one holds stand side by side."""
SHORT: Final = 28
"""Letters of the longest choice that still stands beside others."""
MANY: Final = 15
"""More choices than these are searched, unless the checklist arranges them itself."""
MOST_ARRANGED: Final = 60
"""More than these are searched whatever the checklist says."""
_NAMED: Final = 12
"""So many of the chosen ones are named where they are summed up."""

Kind: TypeAlias = Literal["few", "board", "found", "box"]
Part: TypeAlias = TakenBack | Board | Finder | Dropping


class ChoosingInput(Input):
    """What both kinds share: how choices are shown follows from the appearance, and from how many there are.

    ``minimal`` is a box that opens; ``autocomplete`` and very many choices are searched, in any spelling; ``columns``,
    ``columns-N``, ``columns-pack``, ``likert``, ``list``, ``list-nolabel``, ``label`` and ``no-buttons`` arrange them.
    ``image-map`` and ``map`` are a plain list here: nothing of their picture or map is needed to answer.
    """

    several = False

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools.look)
        self._words = frozenset(question.appearance.lower().split())
        self._arrangement = arrangement(self._words)
        self._quick = any(word.startswith("quick") for word in self._words)
        self._pictures = Pictures(tools, self)
        self._pictures.arrived.connect(self._pictures_arrived)
        self.offered = Offered(self, to_plain)
        self._value = ""
        self._wrong = False
        self._kind: Kind | None = None
        self.part: Part | None = None
        self._none = Caption(wrap=True)
        self._none.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._none)

    # ------------------------------------------------------------------------------------------------------ showing

    def show_state(self, state: xforms.State) -> None:
        self._value = state.value
        self.offered.show(state.choices, self._held(state.value))
        kind = self._kind_wanted()
        had_focus = self._swap(kind) if kind != self._kind else False
        self._show_part()
        if had_focus:
            self.focus_input()

    def _held(self, value: str) -> Sequence[str]:
        """The values of an answer."""
        raise NotImplementedError

    def _touched(self, value: str) -> None:
        """What a touch of a choice makes of the answer is given."""
        raise NotImplementedError

    def _kind_wanted(self) -> Kind:
        count = len(self.offered.choices) + len(self.offered.stale)
        if self._arrangement.strict and count <= MOST_ARRANGED:
            return "board"
        if "minimal" in self._words:
            return "box"
        if self._searched:
            return "found"
        if self._arrangement != Arrangement():
            return "board" if count <= MOST_ARRANGED else "found"
        if count > MANY:
            return "found"
        return "few" if self._few else "board"

    @property
    def _searched(self) -> bool:
        return any(word == "autocomplete" or word.startswith("search") for word in self._words)

    @property
    def _few(self) -> bool:
        """Whether they go side by side: few, short, none of them twice or stale, and without pictures."""
        choices = self.offered.choices
        return (
            not self.several
            and not self.offered.stale
            and 0 < len(choices) <= FEW
            and all(len(choice.label) <= SHORT and not choice.media for choice in choices)
            and len({choice.value for choice in choices}) == len(choices)
        )

    def _swap(self, kind: Kind) -> bool:
        """Show choices in another way; whether the cursor was in the old one, and should come to the new one."""
        old, focus = self.part, QApplication.focusWidget()
        had_focus = old is not None and focus is not None and (old is focus or old.isAncestorOf(focus))
        self._kind, self.part = kind, self._make(kind)
        self._column.insertWidget(0, self.part)
        self.setFocusProxy(self.part)
        if old is not None:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        return had_focus

    def _make(self, kind: Kind) -> Part:
        name, look = self.objectName(), self.look
        if kind == "few":
            few = TakenBack(name)
            few.chosen.connect(self._chose)
            return few
        part: Board | Finder | Dropping
        if kind == "board":
            part = Board(name, look, self.offered, several=self.several, arrangement=self._arrangement)
            part.picture = self._pictures.of
            if self._arrangement.shape is Shape.WORDS:  # the head of a grid, whose lines are answered below it
                part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        elif kind == "found":
            part = Finder(name, look, self.offered, several=self.several)
        else:
            part = Dropping(name, look, self.offered, several=self.several, searched=self._searched)
        part.touched.connect(self._touched)
        part.cleared.connect(lambda: self._chose(""))
        return part

    def _show_part(self) -> None:
        part, name = self.part, self.accessibleName()
        self._none.setVisible(isinstance(part, Board) and self.offered.rowCount() == 0)
        if not self._none.isHidden():
            self._none.setText(self.look.words.say("inputs.none_offered"))
        if isinstance(part, TakenBack):
            part.setAccessibleName(name)
            part.offer([Choice(choice.value, self.offered.name(choice)) for choice in self.offered.choices])
            part.choose(self._value)
        elif isinstance(part, Board):
            part.setVisible(self.offered.rowCount() > 0)
            part.setAccessibleName(name)
            part.setAccessibleDescription(self.accessibleDescription())
        elif part is not None:
            part.name_parts(name)
            part.show_chosen(self._summary(), held=bool(self._value))

    def _summary(self) -> str:
        """What is chosen, in words."""
        words = self.look.words
        every = (*self.offered.stale, *self.offered.choices)
        names = [self.offered.name(choice) for choice in every if choice.value in self.offered.chosen]
        if not names:
            return words.say("forms.choose")
        if not self.several:
            said = names[0]
            return words.join(said, words.say("inputs.stale")) if self.offered.stale else said
        return words.say("inputs.chosen", n=len(names), names=words.join(*names[:_NAMED]))

    def _pictures_arrived(self) -> None:
        if isinstance(self.part, Board):
            self.part.arrange_anew()

    def set_wrong(self, wrong: bool) -> None:
        if isinstance(self.part, Dropping):
            restyle(self.part.box, "invalid", wrong)

    def focus_input(self) -> None:
        if isinstance(self.part, TakenBack) and self.offered.choices:
            offered = [choice.value for choice in self.offered.choices]
            held = self._value if self._value in offered else offered[0]
            self.part.button(held).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().focus_input()

    def _chose(self, value: str) -> None:
        """Give an answer, and where the checklist wants it quick say that nothing more is to be done."""
        self.given.emit(value)
        if value and self._quick and not self.several:
            self.done.emit()


class OneOfInput(ChoosingInput):
    """One of several; touching the one that holds takes it back."""

    def _held(self, value: str) -> Sequence[str]:
        return [value] if value else []

    def _touched(self, value: str) -> None:
        self._chose("" if value == self._value else value)


class SomeOfInput(ChoosingInput):
    """Some of several; the answer names them with spaces between, in the checklist's order."""

    several = True

    def _held(self, value: str) -> Sequence[str]:
        return list(dict.fromkeys(value.split()))

    def _touched(self, value: str) -> None:
        held = set(self.offered.chosen) ^ {value}
        shown = dict.fromkeys(choice.value for choice in (*self.offered.choices, *self.offered.stale))
        self._chose(" ".join(one for one in shown if one in held))
