"""A sound, a film or a document that is kept: what it is, and a copy of it for other programs on demand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from inspector_app.services import durations, media
from inspector_app.ui import boxes
from inspector_app.ui.forms.photos import Pictures
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import is_the_users
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words.answered import file_words
from sync.contract import records as r

_ICONS: Final = {"voice": "sound", "video": "film"}
_MEASURED_BYTES: Final = 16 * 1024 * 1024
"""What is larger is not read whole only to say how long it lasts."""


class PieceRow(QWidget):
    """One piece that is no picture.

    It is encrypted here, and nothing here plays it: who wants to hear or read it saves a copy, and is told before that
    the copy is not encrypted and stays where it was saved.
    """

    def __init__(self, name: str, pieces: Pictures, look: Look, tasks: Tasks, *, measured: bool = False) -> None:
        """``measured``: say how long it lasts; only for what is on this device, for its file is read."""
        super().__init__()
        self.setObjectName(name)
        self._pieces, self._look, self._tasks, self._measured = pieces, look, tasks, measured
        self._seconds: float | None = None
        self._piece: r.Attachment | None = None
        self._sign = Label()
        self._words = Label()
        self._saved = Caption(wrap=True)
        self._saved.hide()
        self.save = QuietButton(f"{name}.save", look, "download")
        self.save.clicked.connect(self._ask)
        self.setLayout(column(row(self._sign, self._words, self.save, 1, spacing=12), self._saved, spacing=4))
        look.changed.connect(self._say)

    def show_piece(self, piece: r.Attachment) -> None:
        """Show this one."""
        if piece != self._piece:
            self._saved.hide()
            self._piece, self._seconds = piece, None
            if self._measured and piece.role in _ICONS and piece.size <= _MEASURED_BYTES:
                self._tasks.run(
                    lambda: durations.seconds(self._pieces.read(piece.sha256)),
                    done=lambda seconds: self._lasts(piece, seconds),
                    failed=self._was_not_measured,
                    owner=self,
                )
        self._say()

    def _lasts(self, piece: r.Attachment, seconds: float | None) -> None:
        if piece == self._piece:
            self._seconds = seconds
            self._say()

    def _was_not_measured(self, error: Exception) -> None:
        """What is damaged, or not here, is told when a copy of it is asked for; a mistake of ours is told at once."""
        if not is_the_users(error):
            self._tasks.escape(error)

    def _say(self) -> None:
        piece, look = self._piece, self._look
        if piece is None:
            return
        self._sign.setPixmap(look.pixmap(_ICONS.get(piece.role, "file"), 24, "text_soft"))
        ending = media.ENDINGS.get(piece.media_type, "")
        self._words.setText(file_words(look.words, piece.role, ending, piece.size, self._seconds))
        self.save.setText(look.words.say("forms.save_copy"))
        self.save.setToolTip(look.words.say("forms.save_copy_hint"))

    def _ask(self) -> None:
        say = self._look.words.say
        boxes.ask(
            self._look,
            self,
            title=say("forms.save_copy_title"),
            text=say("forms.save_copy_text"),
            yes=say("forms.save_copy_yes"),
            then=self._ask_where,
            name="piece.save",
        )

    def _ask_where(self) -> None:
        piece, say = self._piece, self._look.words.say
        if piece is None:
            return
        suggested = f"{piece.role}-{piece.sha256[:8]}{media.ENDINGS.get(piece.media_type, '')}"
        boxes.ask_where(
            self._look,
            self,
            title=say("forms.save_copy"),
            suggested=suggested,
            then=lambda path: self._write(piece, path),
            name="piece.where",
        )

    def _write(self, piece: r.Attachment, path: Path) -> None:
        def work() -> str:
            media.write_copy(self._pieces.read(piece.sha256), path)
            return path.name

        self._tasks.run(work, done=self._was_saved, owner=self)

    def _was_saved(self, name: str) -> None:
        self._saved.setText(self._look.words.say("forms.copy_saved", file=name))
        self._saved.show()
