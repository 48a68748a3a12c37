"""A sheet to draw on with mouse, pen or finger, on white paper or over a picture."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from inspector_app.ui.look import Look

SIGNATURE: Final = QSize(560, 200)
SHEET: Final = QSize(560, 350)
_LARGEST: Final = QSize(560, 420)
"""The room that a picture is shown in, px."""
_SCALE: Final = 2
"""How much finer white paper is kept than it is shown."""
_PEN_SHARE: Final = 0.0046
"""The pen's width, of the longer side of the paper."""
_LINE_FROM_FOOT: Final = 40


class Stroke(NamedTuple):
    """One line, from pen down to pen up, in the paper's own units."""

    pen: str
    points: list[QPointF]


class Sketch(QWidget):
    """A sheet whose strokes keep their place on the paper however small it is shown.

    Signals:
        drawn(): A stroke ended, was taken back, or the sheet was cleared.
    """

    drawn = Signal()

    def __init__(self, name: str, look: Look, paper: QSize, *, lined: bool = False) -> None:
        """``lined`` paper has the line that one signs on."""
        super().__init__()
        self.setObjectName(name)
        self.setFixedSize(paper)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.pen = "ink"
        self._look, self._blank, self._lined = look, paper, lined
        self._under: QImage | None = None
        self._strokes: list[Stroke] = []
        look.changed.connect(self.update)

    # -------------------------------------------------------------------------------------------------- what is there

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn; a single touch is no signature."""
        return not any(len(stroke.points) > 1 for stroke in self._strokes)

    @property
    def blank(self) -> bool:
        """Whether it is white paper with nothing on it."""
        return self._under is None and self.empty

    @property
    def paper(self) -> QSize:
        """The size of the paper in its own units: a picture's pixels, or those of the blank sheet."""
        return self._blank if self._under is None else self._under.size()

    def clear(self) -> None:
        """Begin again; a picture below stays."""
        self._strokes.clear()
        self.update()
        self.drawn.emit()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes:
            self._strokes.pop()
            self.update()
            self.drawn.emit()

    def draw_over(self, under: QImage | None) -> None:
        """Put a picture below, or white paper, without a stroke and without telling anybody."""
        self._under = under
        self._strokes.clear()
        shown = self._blank if under is None else under.size().scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio)
        self.setFixedSize(shown.expandedTo(QSize(1, 1)))
        self.update()

    def picture(self) -> QImage:
        """The paper with what was drawn: a picture below in its own pixels, white paper at twice its units."""
        scale = _SCALE if self._under is None else 1
        image = QImage(self.paper * scale, QImage.Format.Format_RGB32)
        image.fill(QColor(self._look.tokens["paper"]))
        painter = QPainter(image)
        painter.scale(scale, scale)
        self._draw(painter)
        painter.end()
        return image

    # ------------------------------------------------------------------------------------------------------- painting

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._under is not None:
            painter.drawImage(0, 0, self._under)
        width = max(self.paper.width(), self.paper.height()) * _PEN_SHARE
        for stroke in self._strokes:
            pen = QPen(QColor(self._look.tokens[stroke.pen]), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(stroke.points)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens["paper"]))
        painter.setPen(QColor(self._look.tokens["line_strong"]))
        if self._lined and self._under is None:
            line = self.height() - _LINE_FROM_FOOT
            painter.drawLine(24, line, self.width() - 24, line)
        painter.save()
        painter.scale(self.width() / self.paper.width(), self.height() / self.paper.height())
        self._draw(painter)
        painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.tokens["focus"]), 2))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    # ---------------------------------------------------------------------------------------------------------- hands

    def _on_paper(self, event: QMouseEvent) -> QPointF:
        """Where on the paper a hand is; one that leaves the paper goes along its edge."""
        paper, at = self.paper, event.position()
        x, y = at.x() * paper.width() / self.width(), at.y() * paper.height() / self.height()
        return QPointF(max(0.0, min(x, paper.width())), max(0.0, min(y, paper.height())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._strokes.append(Stroke(self.pen, [self._on_paper(event)]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._strokes:
            self._strokes[-1].points.append(self._on_paper(event))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.drawn.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()


def png_of(image: QImage) -> bytes:
    """A picture written as a file, without loss; from any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the older overload with bytes
    return bytes(buffer.data().data())
