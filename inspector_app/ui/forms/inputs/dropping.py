"""A closed box that shows what is chosen and opens over the page to choose from."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from inspector_app.ui.forms.inputs.finding import Finder
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered

SEARCHED: Final = 8
"""With more choices than these the open box begins with a search."""
_NARROWEST: Final = 300
_WIDE: Final = 480


class _Opened(QFrame):
    """What opens: a search, the choices, and where several may hold a button to be done."""

    def __init__(self, name: str, look: Look, offered: Offered, owner: QWidget, *, several: bool) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setObjectName(f"{name}.opened")
        self.setProperty("card", True)
        self.setProperty("above", True)
        self.finder = Finder(name, look, offered, several=several)
        self.finished = QuietButton(f"{name}.finished")
        self.finished.setVisible(several)
        self.finished.clicked.connect(self.hide)
        whole = column(self.finder, self.finished, spacing=8)
        whole.setContentsMargins(8, 8, 8, 8)
        self.setLayout(whole)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class _Box(QComboBox):
    """The closed box. It keeps to the page's width: a long name is cut and stands whole in its tip.

    Signals:
        open_wanted(str): It is to open, and to begin with this letter in its search; mostly empty.
    """

    open_wanted = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.addItem("")
        self.setMinimumWidth(140)
        self.setMaximumWidth(_WIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._whole = ""

    def show_text(self, text: str) -> None:
        self._whole = text
        self._cut()

    def _cut(self) -> None:
        room = max(40, self.width() - 60)
        cut = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setItemText(0, cut)
        self.setToolTip(self._whole if cut != self._whole else "")

    def showPopup(self) -> None:
        self.open_wanted.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in (keys.Key_Space, keys.Key_Down, keys.Key_Up, keys.Key_Return, keys.Key_Enter, keys.Key_F4):
            self.open_wanted.emit("")
        elif event.key() in (keys.Key_Delete, keys.Key_Backspace) or not event.text().strip():
            event.ignore()
        else:
            self.open_wanted.emit(event.text())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._cut()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.Resize:
            self._cut()
        return done


class Dropping(QWidget):
    """The closed box, what it opens, and a button that takes the answer back.

    Signals:
        touched(str): The user touched the choice of this value.
        cleared(): The user wants none to hold.
    """

    touched = Signal(str)
    cleared = Signal()

    def __init__(self, name: str, look: Look, offered: Offered, *, several: bool, searched: bool) -> None:
        super().__init__()
        self._name, self._look, self._offered = name, look, offered
        self._several, self._searched = several, searched
        self._opened: _Opened | None = None
        self._asked_for = ""
        self.box = _Box(name)
        self.box.open_wanted.connect(self.open)
        self.clear = PlainButton(f"{name}.clear", look, "close")
        self.clear.clicked.connect(self._clear)
        policy = self.clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.clear.setSizePolicy(policy)
        whole = row(self.box, self.clear, 1, spacing=4)
        whole.setStretch(0, 100)
        self.setLayout(whole)
        self.setFocusProxy(self.box)

    @property
    def opened(self) -> QWidget | None:
        """What lies over the page, while it does."""
        return self._opened if self._opened is not None and self._opened.isVisible() else None

    def show_chosen(self, text: str, *, held: bool) -> None:
        """Say what is chosen, or that nothing is."""
        self.box.show_text(text)
        self.box.setAccessibleDescription(text)
        self.clear.setVisible(held)

    def name_parts(self, name: str) -> None:
        """Name the parts by what is asked for."""
        self._asked_for = name
        say = self._look.words.say
        self.box.setAccessibleName(name)
        self.clear.setAccessibleName(f"{say('inputs.clear')}: {name}")
        self.clear.setToolTip(say("inputs.clear"))
        if self._opened is not None:
            self._opened.finder.name_parts(name)
            self._opened.finished.setText(say("inputs.finished"))

    def open(self, letter: str = "") -> None:
        """Open below the box, or above it where there is more room; a first letter goes to the search."""
        if not self.isEnabled():
            return
        opened = self._made()
        finder = opened.finder
        finder.forget()
        finder.field.setVisible(self._searched or len(self._offered.choices) > SEARCHED)
        finder.list.begin()
        finder.renew()
        opened.setLayoutDirection(self.layoutDirection())  # a form may be written from the other side than the window
        opened.setFixedWidth(max(_NARROWEST, self.box.width()))
        opened.adjustSize()
        opened.move(self._corner(opened))
        opened.show()
        if letter and finder.field.isVisible():
            finder.field.setFocus(Qt.FocusReason.PopupFocusReason)
            finder.field.insert(letter)
            finder.field.textEdited.emit(finder.field.text())
        elif finder.field.isVisible() and self._searched:
            finder.field.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            finder.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _made(self) -> _Opened:
        """Made when it is first opened: a page has many boxes of which most stay closed."""
        if self._opened is None:
            self._opened = _Opened(self._name, self._look, self._offered, self, several=self._several)
            self._opened.finder.touched.connect(self._touched)
            self._opened.finder.cleared.connect(self._clear)
            self.name_parts(self._asked_for)
        return self._opened

    def _corner(self, opened: QWidget) -> QPoint:
        """Where the opened part begins: at the leading edge of the box, wholly on the screen."""
        size = opened.sizeHint()
        width, height = opened.width(), size.height()
        box = QRect(self.box.mapToGlobal(QPoint(0, 0)), self.box.size())
        screen = self.box.screen().availableGeometry()
        left = box.right() + 1 - width if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else box.left()
        below, above = box.bottom() + 5, box.top() - 4 - height
        top = below if below + height <= screen.bottom() or above < screen.top() else above
        return QPoint(
            max(screen.left(), min(left, screen.right() + 1 - width)),
            max(screen.top(), min(top, screen.bottom() + 1 - height)),
        )

    def _touched(self, value: str) -> None:
        if self._opened is not None and not self._several:
            self._opened.hide()
            self.box.setFocus(Qt.FocusReason.PopupFocusReason)
        self.touched.emit(value)

    def _clear(self) -> None:
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.cleared.emit()
