"""The pictures of choices: read and made small off the screen's thread, each once."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

import xforms
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.icons import DENSITY

SIDE: Final = 240
"""The longest side a picture of a choice is shown with, px."""
_NAMES: Final = ("image", "big-image")


class Pictures(QObject):
    """Those of one question.

    Signals:
        arrived(): Another picture can be shown.
    """

    arrived = Signal()

    def __init__(self, tools: Tools, owner: QObject) -> None:
        super().__init__(owner)
        self._tools = tools
        self._there: dict[str, QPixmap | None] = {}

    def of(self, choice: xforms.Choice) -> QPixmap | None:
        """The picture of a choice; None where it has none, or none yet."""
        address = next((choice.media[name] for name in _NAMES if name in choice.media), "")
        if not address:
            return None
        if address not in self._there:
            self._there[address] = None
            self._tools.tasks.run(self._read, address, done=lambda image: self._arrived(address, image), owner=self)
        return self._there[address]

    def _read(self, address: str) -> QImage | None:
        content = self._tools.files(address)
        return None if content is None else small_image(content, SIDE * DENSITY)

    def _arrived(self, address: str, image: QImage | None) -> None:
        if image is None:
            return
        picture = QPixmap.fromImage(image)
        if max(image.width(), image.height()) > SIDE:
            picture.setDevicePixelRatio(DENSITY)
        self._there[address] = picture
        self.arrived.emit()


def small_image(content: bytes, side: int) -> QImage | None:
    """A picture with no side above ``side`` px, read no larger than that; None where it is none. From any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image
