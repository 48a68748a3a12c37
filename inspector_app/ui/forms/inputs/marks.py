"""How one choice is painted: its mark, its picture and its words, beside each other or one under the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from inspector_app.ui.look import Look

TARGET: Final = 40
"""The least height and width of what a finger aims at, px."""
_MARK: Final = 22
_GAP: Final = 10
_PADDING: Final = 10
_PICTURE: Final = 120
_ENDLESS: Final = 100_000


class Shape(Enum):
    """What of a choice is painted, and where."""

    BESIDE = "mark, then words"
    UNDER = "mark above words"
    MARK = "mark alone"
    WORDS = "words alone"
    PICTURE = "picture above words, framed, without a mark"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen of one choice at this moment; a ``number``, its place in an order, stands for its mark."""

    label: str
    held: bool = False
    stale: bool = False
    hovered: bool = False
    focused: bool = False
    enabled: bool = True
    picture: QPixmap | None = None
    number: str = ""


class Marks:
    """Paints choices for a widget, in its font and direction and in the colours of the look.

    Args:
        look: Colours and words.
        widget: On which it is painted.
        several: Whether several may hold: squares with a tick in them, else circles with a dot.
        behind: How much is left free behind the words, px.
    """

    def __init__(self, look: Look, widget: QWidget, *, several: bool, behind: int = 0) -> None:
        self._look, self._widget, self._several, self._behind = look, widget, several, behind
        self._fonts: dict[float, tuple[QFont, QFontMetrics]] = {}

    def measure_anew(self) -> None:
        """The font changed."""
        self._fonts.clear()

    # ------------------------------------------------------------------------------------------------------- sizes

    def height(self, shape: Shape, sight: Sight, width: int) -> int:
        """How high a choice is where it is so wide."""
        words = self._words_height(sight, max(1, self._words_width(shape, sight, width)))
        if shape is Shape.MARK:
            return TARGET + 4
        if shape is Shape.WORDS:
            return max(TARGET, words + 12)
        if shape is Shape.UNDER:
            return max(TARGET, _MARK + 8 + words + 18)
        if shape is Shape.PICTURE:
            picture = self._picture_size(sight, width).height()
            return max(TARGET, picture + (8 if picture and sight.label else 0) + words + 20)
        picture = 0 if sight.picture is None else self._beside_size(sight.picture).height() + 12
        return max(TARGET, words + 16, picture)

    def width(self, shape: Shape, sight: Sight) -> int:
        """How wide a choice would like to be, its words on one line."""
        words = self._metrics().horizontalAdvance(sight.label) + 2
        if shape is Shape.BESIDE:
            return words + self._before_words(sight) + _PADDING + self._behind + 4
        if shape is Shape.PICTURE:
            return max(self._picture_size(sight, _ENDLESS).width(), min(words, 160)) + 2 * _PADDING + 4
        return max(TARGET, words + 12)

    def narrowest(self, shape: Shape, sight: Sight) -> int:
        """How wide a choice has to be for its longest word."""
        longest = max(sight.label.split(), key=self._metrics().horizontalAdvance, default="")
        return self.width(shape, replace(sight, label=longest))

    def _words_width(self, shape: Shape, sight: Sight, width: int) -> int:
        if shape is Shape.BESIDE:
            return width - self._before_words(sight) - _PADDING - self._behind
        return width - 12

    def _before_words(self, sight: Sight) -> int:
        picture = 0 if sight.picture is None else self._beside_size(sight.picture).width() + _GAP
        return _PADDING + _MARK + _GAP + picture

    def _words_height(self, sight: Sight, width: int) -> int:
        high = self._bound(self._metrics(), sight.label, width) if sight.label else 0
        if sight.stale:
            high += self._bound(self._small()[1], self._stale_words, width) + 2
        return high

    @staticmethod
    def _bound(metrics: QFontMetrics, text: str, width: int) -> int:
        if "\n" not in text and metrics.horizontalAdvance(text) < width:
            return metrics.height()
        flags = int(Qt.TextFlag.TextWordWrap)
        return metrics.boundingRect(QRect(0, 0, width, _ENDLESS), flags, text).height()

    @staticmethod
    def _beside_size(picture: QPixmap) -> QSize:
        size = picture.deviceIndependentSize().toSize()
        most = QSize(_PICTURE, _PICTURE)
        return size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio) if not _fits(size, most) else size

    @staticmethod
    def _picture_size(sight: Sight, width: int) -> QSize:
        if sight.picture is None:
            return QSize(0, 0)
        size, most = sight.picture.deviceIndependentSize().toSize(), QSize(width - 2 * _PADDING, 2 * _PICTURE)
        return size if _fits(size, most) else size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio)

    # ---------------------------------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, shape: Shape, sight: Sight, rect: QRect, *, cut: bool = False) -> None:
        """Paint a choice.

        Args:
            painter: On the widget.
            shape: What of it, and where.
            sight: What is to be seen.
            rect: Where.
            cut: One line, cut at its end where it does not fit; else as many lines as it takes.
        """
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, shape, sight, rect)
        if shape is Shape.BESIDE:
            self._beside(painter, sight, rect, cut=cut)
        elif shape is Shape.PICTURE:
            self._pictured(painter, sight, rect)
        elif shape is Shape.MARK:
            self._mark(painter, sight, _middle(rect))
        elif shape is Shape.UNDER:
            self._mark(painter, sight, QRect(rect.center().x() - _MARK // 2, rect.top() + 9, _MARK, _MARK))
            below = rect.adjusted(6, 9 + _MARK + 8, -6, -4)
            self._words(painter, sight, below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        else:
            self._words(painter, sight, rect.adjusted(6, 4, -6, -4), Qt.AlignmentFlag.AlignCenter)
        if sight.focused:
            painter.setPen(QPen(self._look.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 8, 8)
        painter.restore()

    def _ground(self, painter: QPainter, shape: Shape, sight: Sight, rect: QRect) -> None:
        fill = ""
        if sight.stale:
            fill = "danger_soft"
        elif sight.held and shape is not Shape.MARK and not sight.number:
            fill = "accent_soft"
        elif sight.hovered and sight.enabled:
            fill = "sunken"
        framed = shape is Shape.PICTURE
        if not fill and not framed:
            return
        edge = QPen(Qt.PenStyle.NoPen)
        if framed:
            edge = QPen(self._ink(sight, "accent" if sight.held else "line_strong"), 2.5 if sight.held else 1)
        painter.setPen(edge)
        painter.setBrush(self._look.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 8, 8)

    def _beside(self, painter: QPainter, sight: Sight, rect: QRect, *, cut: bool) -> None:
        row = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        mark = QRect(row.left(), rect.center().y() - _MARK // 2, _MARK, _MARK)
        self._mark(painter, sight, self._mirrored(mark, rect))
        words = QRect(rect.left() + self._before_words(sight), rect.top(), 0, rect.height())
        words.setRight(row.right() - self._behind)
        if sight.picture is not None:
            size = self._beside_size(sight.picture)
            spot = QRect(row.left() + _MARK + _GAP, rect.center().y() - size.height() // 2, size.width(), size.height())
            painter.drawPixmap(self._mirrored(spot, rect), sight.picture)
        leading = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        flags = leading | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self._words(painter, sight, self._mirrored(words, rect), flags, cut=cut)

    def _pictured(self, painter: QPainter, sight: Sight, rect: QRect) -> None:
        size = self._picture_size(sight, rect.width())
        spot = QRect(rect.center().x() - size.width() // 2 + 1, rect.top() + 10, size.width(), size.height())
        if sight.picture is not None:
            painter.drawPixmap(spot, sight.picture)
        below = rect.adjusted(6, 10 + size.height() + (8 if size.height() else 0), -6, -10)
        self._words(painter, sight, below, Qt.AlignmentFlag.AlignCenter)

    def _words(
        self, painter: QPainter, sight: Sight, rect: QRect, align: Qt.AlignmentFlag, *, cut: bool = False
    ) -> None:
        """The label, and below it that it is no longer offered where it is not."""
        metrics = self._metrics()
        label, stale = sight.label, self._stale_words if sight.stale else ""
        if cut:
            label, stale = metrics.elidedText(self._one_line(sight), Qt.TextElideMode.ElideRight, rect.width()), ""
        flags = int(align) | int(Qt.TextFlag.TextWordWrap)
        painter.setFont(self._font()[0])
        painter.setPen(self._words_ink(sight))
        if not stale:
            painter.drawText(rect, flags, label)
            return
        high = self._words_height(sight, rect.width())
        top = rect.center().y() - high // 2 if align & Qt.AlignmentFlag.AlignVCenter else rect.top()
        first = QRect(rect.left(), top, rect.width(), self._bound(metrics, label, rect.width()))
        upper = int(align & ~Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignTop)
        painter.drawText(first, upper | int(Qt.TextFlag.TextWordWrap), label)
        painter.setFont(self._small()[0])
        rest = QRect(rect.left(), first.bottom() + 3, rect.width(), rect.bottom() - first.bottom())
        painter.drawText(rest, upper | int(Qt.TextFlag.TextWordWrap), stale)

    def _one_line(self, sight: Sight) -> str:
        label = " ".join(sight.label.split())
        return self._look.words.join(label, self._stale_words) if sight.stale else label

    def _mark(self, painter: QPainter, sight: Sight, spot: QRect) -> None:
        box = QRectF(spot).adjusted(1, 1, -1, -1)
        held = sight.held
        if sight.number:
            self._badge(painter, sight, spot.adjusted(-3, -3, 3, 3))
            return
        painter.setPen(QPen(self._ink(sight, "accent" if held else "line_strong"), 2 if held else 1.5))
        if self._several:
            painter.setBrush(self._ink(sight, "accent") if held else self._look.color("surface"))
            painter.drawRoundedRect(box, 5, 5)
            if held:
                painter.drawPixmap(spot.adjusted(2, 2, -2, -2), self._look.pixmap("check", _MARK - 4, "on_accent"))
            return
        painter.setBrush(self._look.color("surface"))
        painter.drawEllipse(box)
        if held:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ink(sight, "accent"))
            painter.drawEllipse(box.adjusted(4.5, 4.5, -4.5, -4.5))

    def _badge(self, painter: QPainter, sight: Sight, spot: QRect) -> None:
        painter.setPen(QPen(self._ink(sight, "accent" if sight.held else "line_strong"), 1.5))
        painter.setBrush(self._ink(sight, "accent") if sight.held else self._look.color("surface"))
        painter.drawEllipse(QRectF(spot).adjusted(1, 1, -1, -1))
        painter.setFont(self._small()[0])
        painter.setPen(self._look.color("on_accent" if sight.held else "text_soft"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, sight.number)

    # ---------------------------------------------------------------------------------------------- fonts, colours

    @property
    def _stale_words(self) -> str:
        return self._look.words.say("inputs.stale")

    @property
    def _rtl(self) -> bool:
        return self._widget.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _mirrored(self, part: QRect, rect: QRect) -> QRect:
        """Where a part stands that was measured from the left, on a page from right to left."""
        if self._rtl:
            part.moveLeft(rect.left() + rect.right() - part.right())
        return part

    def _font(self) -> tuple[QFont, QFontMetrics]:
        return self._sized(1.0)

    def _small(self) -> tuple[QFont, QFontMetrics]:
        return self._sized(0.88)

    def _sized(self, share: float) -> tuple[QFont, QFontMetrics]:
        """The widget's font in a share of the text's size, made once."""
        if share not in self._fonts:
            font = QFont(self._widget.font())
            font.setPixelSize(self._look.px(share))
            self._fonts[share] = font, QFontMetrics(font)
        return self._fonts[share]

    def _metrics(self) -> QFontMetrics:
        return self._font()[1]

    def _ink(self, sight: Sight, token: str) -> QColor:
        return self._look.color(token if sight.enabled else "text_soft")

    def _words_ink(self, sight: Sight) -> QColor:
        if sight.stale:
            return self._look.color("danger_text")
        if not sight.enabled:
            return self._look.color("text_soft")
        return self._look.color("accent_text" if sight.held and not sight.number else "text")


def _fits(size: QSize, most: QSize) -> bool:
    return size.width() <= most.width() and size.height() <= most.height()


def _middle(rect: QRect) -> QRect:
    return QRect(rect.center().x() - _MARK // 2, rect.center().y() - _MARK // 2, _MARK, _MARK)
