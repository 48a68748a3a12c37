"""Noticing that nobody has touched the keyboard, the mouse or the screen for a while."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHED: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)


class IdleWatch(QObject):
    """Counts down, and begins again with every key, click, movement or touch.

    It listens to the system's windows and not to the application: that would be a call for every event of every widget.

    Signals:
        ran_out: Nobody has touched anything for the whole time.
    """

    ran_out = Signal()

    def __init__(self, milliseconds: int, parent: QObject) -> None:
        super().__init__(parent)
        self._over = False
        self._untouched = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setObjectName("main.idle")
        self._timer.setSingleShot(True)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(self.ran_out)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)  # a box over the window is a window of its own

    def watch(self, window: QWindow | None) -> None:
        """Listen to a window too, and begin counting; None, another application in front, changes nothing."""
        if window is not None and not self._over:
            window.removeEventFilter(self)
            window.installEventFilter(self)
            self._begin_again()

    def stop(self) -> None:
        """Count no more, whatever window comes to the front."""
        self._timer.stop()
        self._over = True

    @property
    def quiet_ms(self) -> int:
        """For how long nobody has touched anything; 0 while nothing is listened to."""
        return self._untouched.elapsed() if self._timer.isActive() else 0

    def _begin_again(self) -> None:
        self._timer.start()
        self._untouched.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHED and self._timer.isActive():
            self._begin_again()
        return False
