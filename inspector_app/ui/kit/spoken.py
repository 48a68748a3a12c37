"""Words that stay true when the language changes: what was said once is said again in the new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from inspector_app.ui.look import Look


class Spoken(QObject):
    """Remembers who was given which sentence, and gives it again on every change of the look.

    Args:
        look: Whose words are said.
        owner: The screen; its death ends the remembering.
    """

    def __init__(self, look: Look, owner: QObject) -> None:
        super().__init__(owner)
        self._look = look
        self._said: dict[tuple[int, str], Callable[[], None]] = {}
        look.changed.connect(self.retranslate)

    def put(self, setter: Callable[[str], Any], key: str, /, **params: object) -> None:
        """Say a sentence to a widget, now and after every change: ``put(label.setText, "today.title")``."""
        self.compute(setter, lambda: self._look.words.say(key, **params))

    def compute(self, setter: Callable[[str], Any], text: Callable[[], str]) -> None:
        """As ``put``, for a text that is put together from words."""
        target = getattr(setter, "__self__", None)

        def say() -> None:
            if not isinstance(target, QObject) or isValid(target):
                setter(text())

        self._said[id(target), getattr(setter, "__name__", "")] = say
        say()

    def retranslate(self) -> None:
        """Say everything again."""
        for say in list(self._said.values()):
            say()
