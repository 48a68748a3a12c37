"""Language, theme, text size and digits; each takes hold at once and is kept for the person."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.settings import CHOICES
from inspector_app.ui.kit.buttons import Choice, Choices
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.fields import Field
from inspector_app.ui.kit.text import Heading
from inspector_app.ui.look import DIGITS, Look
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import with_digits


class AppearanceCard(Card):
    """One row of choices for each setting.

    Signals:
        setting_chosen: A setting and its new value.
    """

    setting_chosen = Signal(str, str)

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=16)
        self.setObjectName("settings.appearance")
        self._desk, self._look, self._tasks = desk, look, tasks
        self._heading = Heading()
        self.body.addWidget(self._heading)
        self._fields = {key: Field(Choices(f"settings.{key}")) for key in CHOICES}
        for key, field in self._fields.items():
            self.body.addWidget(field)
            field.editor.chosen.connect(lambda value, key=key: self._choose(key, value))
        look.changed.connect(self._say)
        self._say()
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now."""
        self._tasks.run(self._read, done=self._show, owner=self)

    def _read(self) -> dict[str, str]:
        return {key: self._desk.settings.get(key) for key in CHOICES}

    def _show(self, values: dict[str, str]) -> None:
        for key, value in values.items():
            self._fields[key].editor.choose(value)

    def _choose(self, key: str, value: str) -> None:
        def kept(_: None) -> None:
            self._look.apply_setting(key, value)
            self.setting_chosen.emit(key, value)

        self._tasks.run(self._desk.settings.set, key, value, done=kept, lane="write", owner=self)

    def _say(self) -> None:
        say = self._look.words.say
        self._heading.setText(say("settings.look"))
        for key, field in self._fields.items():
            field.set_label(say(f"settings.{key}"))
            field.editor.offer([Choice(value, self._called(key, value)) for value in CHOICES[key]])

    def _called(self, key: str, value: str) -> str:
        digits = DIGITS[value] if key == "digits" else None
        return with_digits("123", digits) if digits else self._look.words.say(f"settings.{key}.{value}")
