"""The drawings of ``resources/icons`` as pictures in a colour, painted when one is asked for and kept."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer

from inspector_app.words.paths import resource

DENSITY: Final = 2
"""Pixels of a picture for one of the page, so that it is sharp on a dense screen too."""
_MIRRORED: Final = frozenset({"forward", "back", "reply"})


@cache
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, colour: str) -> bytes:
    """The SVG of an icon with its strokes in a colour, ``#RRGGBB``."""
    return _drawing(name).replace("#000", colour).encode()


class Icons:
    """The pictures that were asked for; the application's look holds one of these, so that they end with it."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[str, int, str, bool], QPixmap] = {}
        self._shapes: dict[tuple[str, int, bool], QPixmap] = {}

    def picture(self, name: str, size: int, colour: str, rtl: bool) -> QPixmap:
        """An icon of ``size`` px in a colour, mirrored on a page from right to left where that is its sense."""
        key = name, size, colour, rtl and name in _MIRRORED
        if key not in self._pictures:
            self._pictures[key] = self._paint(*key)
        return self._pictures[key]

    def _paint(self, name: str, size: int, colour: str, mirror: bool) -> QPixmap:
        painted = QPixmap(self._shape(name, size, mirror))
        painter = QPainter(painted)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(painted.rect(), QColor(colour))
        painter.end()
        painted.setDevicePixelRatio(DENSITY)
        return painted

    def _shape(self, name: str, size: int, mirror: bool) -> QPixmap:
        """An icon in black: drawing its lines takes longer than giving them another colour."""
        key = name, size, mirror
        if key not in self._shapes:
            shape = QPixmap(size * DENSITY, size * DENSITY)
            shape.fill(Qt.GlobalColor.transparent)
            painter = QPainter(shape)
            QSvgRenderer(QByteArray(_drawing(name).encode())).render(painter, QRectF(shape.rect()))
            painter.end()
            self._shapes[key] = shape.transformed(QTransform().scale(-1, 1)) if mirror else shape
        return self._shapes[key]
