"""Doing while nobody waits what somebody would wait for later: one small step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer

_BETWEEN_MS: Final = 15
"""Between two steps the window paints, and hears what its user does."""
_OVER: Final = object()


class Ahead(QObject):
    """Takes steps from the event loop until there are none left.

    Args:
        steps: Does one step, of some milliseconds, each time it is asked for the next.
        may: Whether now is a good moment; where it is not, the step waits.
        parent: The owner.
    """

    def __init__(self, steps: Iterator[object], may: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._steps, self._may = steps, may
        self._timer = QTimer(self)
        self._timer.setObjectName("ahead")
        self._timer.setInterval(_BETWEEN_MS)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin, or go on."""
        self._timer.start()

    def stop(self) -> None:
        """Take no further step; the rest is done when it is needed."""
        self._timer.stop()

    def _turn(self) -> None:
        if self._may() and next(self._steps, _OVER) is _OVER:
            self._timer.stop()
