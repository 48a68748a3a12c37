"""Labels by their role on the page, chips, rules and lines between."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from inspector_app.viewmodels.lists import Tone


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at, and have it looked at again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def leading(widget: QWidget) -> Qt.AlignmentFlag:
    """The leading edge of the page, whatever the letters of a text are: Qt goes by the first strong one."""
    rtl = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return (Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute


class Label(QLabel):
    """A label with a role of the stylesheet: ``title``, ``heading``, ``subheading``, ``label``, ``caption``...

    Text is always plain, so that nothing typed by anybody is read as markup.
    """

    role = ""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "", wrap: bool = False) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role or self.role)
        self.setWordWrap(wrap)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        """A Latin name stands at the edge of an Arabic page where the other lines begin; a centred text stays so."""
        if not self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            self.setAlignment(leading(self) | Qt.AlignmentFlag.AlignVCenter)


class CutLabel(Label):
    """One line that never widens its page: what does not fit is cut at its end, and stands whole in its tip."""

    def __init__(self, parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(parent=parent, role=role)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Say something else."""
        self._whole = text
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        cut = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(cut)
        self.setToolTip(self._whole if cut != self._whole else "")


class Title(Label):
    """The name of a page."""

    role = "title"


class Heading(Label):
    """The name of a part of a page."""

    role = "heading"


class Lead(Label):
    """A sentence under a title; wraps."""

    role = "lead"

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent, wrap=True)


class Caption(Label):
    """Small and soft: a date, a hint."""

    role = "caption"


class Figure(Label):
    """A number that is the point of its card."""

    role = "figure"


class Chip(QLabel):
    """A state in a word, its tone as colour."""

    def __init__(self, text: str = "", tone: Tone = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("chip", True)
        self.setProperty("tone", tone)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, tone: Tone) -> None:
        """Say another state; nothing to say hides the chip."""
        self.setText(text)
        restyle(self, "tone", tone)
        self.setVisible(bool(text))


class Rule(QFrame):
    """A thin line between two parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", True)
