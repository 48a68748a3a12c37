"""What is answered with a file: a picture, a sound, a film, a document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent, QDropEvent

import xforms
from inspector_app.services import media
from inspector_app.ui import boxes
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.photos import PhotoAdder, PhotoStrip
from inspector_app.ui.forms.pieces import PieceRow
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption
from sync.contract import records as r

_KINDS: Final = {"audio": ("voice", "sound", media.SOUNDS), "video": ("video", "film", media.FILMS)}
"""By what the mediatype of an upload begins with: role, icon, endings; anything else asks for a document."""


class Upload(Input):
    """An input whose pieces are kept off the screen's thread: the last wish is the answer, whatever took longer."""

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools.look)
        self.tools = tools
        self._wish = 0

    def keep(self, source: Path | bytes, role: str, over: r.Attachment | None = None) -> None:
        """Keep a file, and answer with it unless something else is wished meanwhile."""
        self._wish += 1
        wish = self._wish

        def done(name: str) -> None:
            if wish == self._wish:
                self.kept(name)

        self.tools.keeper.keep(self.question, source, role, done=done, owner=self, over=over)

    def kept(self, name: str) -> None:
        """The piece is kept: answer with it."""
        self.given.emit(name)

    def take_away(self) -> None:
        """Answer with nothing, also where something is being kept at this moment."""
        self._wish += 1
        self.given.emit("")


class PictureInput(Upload):
    """A picture from a file, dropped or pasted; another one takes its place.

    ``new``, ``new-front`` and ``selfie`` want one from the camera at this moment: a laptop has the telephone's
    pictures as files, so they are chosen like any other, and tell by themselves when they were taken.
    """

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools)
        self.adder = PhotoAdder(name, tools.look, several=False)
        self.adder.setObjectName(f"{name}.adder")
        self.adder.given.connect(lambda source: self.keep(source, "photo"))
        self.strip = PhotoStrip(f"{name}.picture", tools.keeper, tools.look, tools.tasks)
        self.strip.removed.connect(lambda _: self.take_away())
        self._absent = Caption(wrap=True)
        self.setLayout(column(self.strip, self._absent, self.adder, spacing=8))
        self.setFocusProxy(self.adder.button)

    def show_state(self, state: xforms.State) -> None:
        piece = self.tools.keeper.piece(state.value)
        self.strip.show_pictures(() if piece is None else (piece,))
        _say_absent(self._absent, self.look.words.say("answers.file_absent") if state.value and piece is None else "")
        for button in (self.adder.button, self.adder.paste):
            button.setAccessibleName(f"{button.text()}: {self.accessibleName()}")

    def set_open(self, answerable: bool) -> None:
        """Shut, a picture can still be looked at."""
        self.adder.setVisible(answerable)
        self.strip.removable = answerable


class FileInput(Upload):
    """A sound, a film or a document: chosen or dropped; it is not played here, but a copy of it can be saved."""

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools)
        family = question.mediatype.partition("/")[0]
        self._role, icon, self._endings = _KINDS.get(family, ("file", "file", media.DOCUMENTS))
        self.setAcceptDrops(True)
        self.piece = PieceRow(f"{name}.piece", tools.keeper, tools.look, tools.tasks, measured=True)
        self.choose = QuietButton(f"{name}.choose", tools.look, icon)
        self.choose.clicked.connect(self._choose)
        self.remove = PlainButton(f"{name}.remove", tools.look, "trash")
        self.remove.clicked.connect(self.take_away)
        self._said = Caption(wrap=True)
        self.setLayout(column(self.piece, self._said, row(self.choose, self.remove, 1, spacing=8), spacing=8))
        self.setFocusProxy(self.choose)

    def show_state(self, state: xforms.State) -> None:
        words, name = self.look.words, self.accessibleName()
        piece: r.Attachment | None = self.tools.keeper.piece(state.value)
        self.piece.setVisible(piece is not None)
        if piece is not None:
            self.piece.show_piece(piece)
        _say_absent(self._said, words.say("answers.file_absent") if state.value and piece is None else "")
        self.choose.setText(words.say(f"forms.choose.{self._role}"))
        self.choose.setAccessibleName(f"{self.choose.text()}: {name}")
        self.remove.setVisible(bool(state.value))
        self.remove.setText(words.say("forms.remove_file"))
        self.remove.setAccessibleName(f"{self.remove.text()}: {name}")

    def set_open(self, answerable: bool) -> None:
        """Shut, a copy can still be saved."""
        self.setAcceptDrops(answerable)
        self.choose.setEnabled(answerable)
        self.remove.setEnabled(answerable)

    def _choose(self) -> None:
        say = self.look.words.say
        wanted = [word.strip() for word in self.question.parameters.get("accept", "").split(",") if word.strip()]
        offered = [word for word in wanted if word.startswith(".")] or [f".{ending}" for ending in self._endings]
        boxes.ask_file(
            self.look,
            self,
            title=say(f"forms.choose.{self._role}"),
            patterns=f"{say(f'sync.evidence.{self._role}')} ({' '.join(f'*{ending}' for ending in offered)})",
            then=self._keep_first,
            name="piece.file",
        )

    def _keep_first(self, paths: Sequence[Path]) -> None:
        for path in paths[:1]:
            self.keep(path, self._role)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _local(event.mimeData())
        if paths:
            self._keep_first(paths)
            event.acceptProposedAction()


def _local(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _say_absent(label: Caption, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
