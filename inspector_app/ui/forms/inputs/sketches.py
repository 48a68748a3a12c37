"""What is answered by drawing: a signature, a sketch, marks over a picture. Kept as it is drawn, stroke by stroke."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

import xforms
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.inputs.uploads import Upload
from inspector_app.ui.forms.photos import PhotoAdder, whole_picture
from inspector_app.ui.forms.sketch import SHEET, SIGNATURE, Sketch, png_of
from inspector_app.ui.kit.buttons import Choice, Choices, PlainButton
from inspector_app.ui.kit.layout import column
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.viewmodels.failures import is_the_users
from sync.contract import records as r

PENS: Final = ("ink", "pen_red", "pen_blue", "pen_yellow")


class SketchInput(Upload):
    """A sheet that is always open: what was kept lies on it, and every stroke is kept when it ends.

    ``signature`` has one pen and the line to sign on, ``draw`` pens of several colours, ``annotate`` a picture below
    that is chosen first.
    """

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools)
        words = question.appearance.lower().split()
        signs, self._marks = "signature" in words, "annotate" in words
        self._role = "signature" if signs else "photo" if self._marks else "drawing"
        self._shown = ""
        self._turn = 0
        self._writing = self._below = False
        self._answerable, self._there, self._absent = True, True, False
        self._waiting: QImage | None = None
        self.sheet = Sketch(f"{name}.sheet", tools.look, SIGNATURE if signs else SHEET, lined=signs)
        self.sheet.drawn.connect(self._drawn)
        self.pens = Choices(f"{name}.pens")
        self.pens.chosen.connect(self._take_pen)
        self.pens.setVisible(not signs)
        self.undo = PlainButton(f"{name}.undo", tools.look, "undo")
        self.undo.clicked.connect(self.sheet.undo)
        self.clear = PlainButton(f"{name}.clear", tools.look, "trash")
        self.clear.clicked.connect(self._clear)
        self._said = Caption(wrap=True)
        bar = WrapLayout()
        for part in (self.pens, self.undo, self.clear):
            bar.addWidget(part)
        self.adder: PhotoAdder | None = None
        whole = column(spacing=6)
        whole.addWidget(self.sheet, 0, Qt.AlignmentFlag.AlignLeading)
        whole.addLayout(bar)
        whole.addWidget(self._said)
        if self._marks:
            self.adder = PhotoAdder(name, tools.look, several=False)
            self.adder.setObjectName(f"{name}.adder")
            self.adder.given.connect(self._lay_below)
            whole.addWidget(self.adder)
            self.setFocusProxy(self.adder.button)
        else:
            self.setFocusProxy(self.sheet)
        self.setLayout(whole)

    # ------------------------------------------------------------------------------------------------------- showing

    def show_state(self, state: xforms.State) -> None:
        words, name = self.look.words, self.accessibleName()
        self.sheet.setAccessibleName(name)
        self.sheet.setAccessibleDescription(words.say(f"forms.sketch.{self._role}"))
        self.pens.setAccessibleName(words.say("forms.pens", label=name))
        self.pens.offer([Choice(pen, words.say(f"forms.pen.{pen}")) for pen in PENS])
        self.pens.choose(self.sheet.pen)
        for button, key in ((self.undo, "undo_stroke"), (self.clear, "clear_sheet")):
            button.setText(words.say(f"forms.{key}"))
            button.setAccessibleName(f"{button.text()}: {name}")
        if self.adder is not None:
            self.adder.button.setAccessibleName(f"{self.adder.button.text()}: {name}")
            self.adder.paste.setAccessibleName(f"{self.adder.paste.text()}: {name}")
        if state.value != self._shown:
            self._open(state.value)
        self._show_parts(answered=bool(state.value))

    def _show_parts(self, *, answered: bool) -> None:
        """Marks need a picture first; there is nothing to take back on an empty sheet."""
        drawable = answered or not self._marks
        self.sheet.setVisible(drawable)
        self.pens.setVisible(drawable and self._role != "signature")
        self.undo.setVisible(drawable)
        self.undo.setEnabled(not self.sheet.empty)
        self.clear.setVisible(answered or not self.sheet.blank)
        self._say_whether_there()

    def _say_whether_there(self) -> None:
        """Nothing is drawn on a sheet before what was kept lies on it: it would be lost under the new stroke."""
        said = "answers.file_absent" if self._absent else f"forms.sketch.{self._role}"
        self._said.setText(self.look.words.say(said))
        for part in (self.sheet, self.pens):
            part.setEnabled(self._answerable and self._there)

    def set_open(self, answerable: bool) -> None:
        """Shut, the drawing can still be seen."""
        self._answerable = answerable
        for part in (self.undo, self.clear, *(() if self.adder is None else (self.adder,))):
            part.setEnabled(answerable)

    def _open(self, value: str) -> None:
        """Lay what an answer names on the sheet, or an empty sheet."""
        self._shown, self._turn = value, self._turn + 1
        self.sheet.draw_over(None)
        piece, turn = self.tools.keeper.piece(value), self._turn
        self._there, self._absent = not value, bool(value) and piece is None
        if piece is None:
            return

        def opened(picture: QImage) -> None:
            if turn == self._turn and not picture.isNull():
                self.sheet.draw_over(picture)
                self._there = True
                self._say_whether_there()

        self.tools.tasks.run(
            whole_picture, self.tools.keeper, piece.sha256, done=opened, failed=self._not_opened, owner=self
        )

    def _not_opened(self, error: Exception) -> None:
        """The sheet stays shut, and says so; only a mistake of ours is told besides."""
        self._absent = True
        self._say_whether_there()
        if not is_the_users(error):
            self.tools.tasks.escape(error)

    # ------------------------------------------------------------------------------------------------------- drawing

    def _take_pen(self, pen: str) -> None:
        self.sheet.pen = pen

    def _clear(self) -> None:
        """Empty the sheet, and with it the answer."""
        self._turn += 1
        self._waiting, self._shown, self._there, self._absent = None, "", True, False
        self.sheet.draw_over(None)
        self.take_away()
        self._say_whether_there()

    def _lay_below(self, source: Path | bytes) -> None:
        self._turn += 1
        self._waiting, self._below = None, True
        self.keep(source, self._role)

    def _drawn(self) -> None:
        """Keep the sheet as it is now; what is drawn while it is written out is kept together after it."""
        if self.sheet.blank:
            self._clear()
            return
        self._show_parts(answered=True)
        if self._writing:
            self._waiting = self.sheet.picture()
        else:
            self._write(self.sheet.picture())

    # From here on this widget may be gone: a page that is scrolled on lets its rows go, and the last stroke is kept.

    def _write(self, picture: QImage) -> None:
        self._writing, self._waiting = True, None
        turn, below = self._turn, self.tools.keeper.piece(self._shown)
        self.tools.tasks.run(
            png_of, picture, done=lambda data: self._written(data, turn, below), failed=self._not_written
        )

    def _written(self, data: bytes, turn: int, below: r.Attachment | None) -> None:
        self._writing = False
        if turn == self._turn:
            self._below = False
            self.keep(data, self._role, below)
        if self._waiting is not None:
            self._write(self._waiting)

    def _not_written(self, error: Exception) -> None:
        self._writing = False
        self.tools.tasks.escape(error)

    def kept(self, name: str) -> None:
        """Answer; a drawing is on the sheet already, a picture to draw over comes onto it."""
        if not self._below:
            self._shown = name
        super().kept(name)
