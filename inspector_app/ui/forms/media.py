"""What a label shows or plays beside its words, as far as the files came with the form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector_app.ui import boxes
from inspector_app.ui.forms.inputs.base import Files, Tools
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.layout import clear, column, row
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.look import Look

SHOWN: Final = QSize(320, 240)
_LARGEST: Final = QSize(2400, 2400)


class LabelMedia(QWidget):
    """The picture of a label, and its sounds and films as files that can be kept; nothing where there are none."""

    def __init__(self, name: str, tools: Tools) -> None:
        super().__init__()
        self.setObjectName(name)
        self._tools = tools
        self._media: Mapping[str, str] = {}
        self._label = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def show_media(self, media: Mapping[str, str], label: str) -> None:
        """Show what stands at these addresses; ``label`` names it for a screen reader."""
        if dict(media) == dict(self._media) and label == self._label:
            return
        self._media, self._label = dict(media), label
        clear(self._column)
        self.hide()
        for kind, address in media.items():
            if kind != "big-image" and address:
                self._ask_for(kind, address)

    def _ask_for(self, kind: str, address: str) -> None:
        files = self._tools.files
        work = partial(_picture, files, address) if kind == "image" else partial(files, address)
        self._tools.tasks.run(work, done=partial(self._show, kind, address), owner=self)

    def _show(self, kind: str, address: str, found: QImage | bytes | None) -> None:
        if self._media.get(kind) != address or found is None:
            return
        if isinstance(found, QImage):
            if found.isNull():
                return
            self._column.insertWidget(0, self._thumbnail(found))
        else:
            self._column.addLayout(row(self._file(address, found), 1))
        self.show()

    def _thumbnail(self, picture: QImage) -> QWidget:
        small = picture.scaled(SHOWN, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        small = picture if picture.width() <= SHOWN.width() and picture.height() <= SHOWN.height() else small
        button = QPushButton()
        button.setObjectName(f"{self.objectName()}.image")
        button.setProperty("kind", "picture")
        button.setIcon(QIcon(QPixmap.fromImage(small)))
        button.setIconSize(small.size())
        button.setFixedSize(small.size() + QSize(12, 12))
        button.setAccessibleName(self._tools.look.words.say("forms.picture_of", label=self._label))
        button.clicked.connect(lambda: self._open(picture))
        return button

    def _open(self, picture: QImage) -> None:
        """Show it large, or the larger one that the form has for that."""
        address = self._media.get("big-image", "")
        if not address:
            self._show_large(picture, None)
            return
        work, done = partial(_picture, self._tools.files, address), partial(self._show_large, picture)
        self._tools.tasks.run(work, done=done, owner=self)

    def _show_large(self, small: QImage, large: QImage | None) -> None:
        picture = small if large is None or large.isNull() else large
        PictureBox(self._tools.look, self, self._label, picture).open()

    def _file(self, address: str, content: bytes) -> QuietButton:
        look, file = self._tools.look, address.rpartition("/")[2]
        button = QuietButton(f"{self.objectName()}.{Path(file).suffix.lstrip('.')}", look, "download")
        button.setText(look.words.say("forms.keep_copy", file=file))
        button.clicked.connect(
            lambda: boxes.ask_where(
                look,
                self,
                title=look.words.say("forms.keep_copy", file=file),
                suggested=file,
                then=lambda path: path.write_bytes(content),
                name="forms.copy",
            )
        )
        return button


class PictureBox(QDialog):
    """A picture as large as the window allows."""

    def __init__(self, look: Look, over: QWidget, label: str, picture: QImage) -> None:
        super().__init__(over)
        self.setObjectName("forms.picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(label)
        self.resize(over.window().size() * 0.8)
        shown = QLabel()
        shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        shown.setAccessibleName(label)
        shown.setPixmap(QPixmap.fromImage(picture))
        scroll = QScrollArea()
        scroll.setWidget(shown)
        scroll.setWidgetResizable(True)
        close = QuietButton("forms.picture.close")
        close.setText(look.words.say("common.close"))
        close.clicked.connect(self.reject)
        whole = column(scroll, row(Caption(label, wrap=True), 1, close))
        whole.setContentsMargins(16, 16, 16, 16)
        self.setLayout(whole)


def _picture(files: Files, address: str) -> QImage | None:
    """A picture of a form, no larger than a screen; decoded off the GUI thread."""
    content = files(address)
    if content is None:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() > _LARGEST.width() or size.height() > _LARGEST.height():
        reader.setScaledSize(size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
