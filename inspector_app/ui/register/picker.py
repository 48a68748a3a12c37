"""Picking a place or a company of the register inside another screen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.buttons import PlainButton
from inspector_app.ui.kit.fields import SearchField
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Caption, Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels import register as shown
from inspector_app.viewmodels.register import Asked, Key, RegisterSearch
from inspector_app.viewmodels.tasks import Tasks

SHOWN = 5


class RegisterPicker(QWidget):
    """A search of one kind of the register, or what was picked with a button to pick another.

    Signals:
        picked(str): The id that was picked; empty: none any more.
    """

    picked = Signal(str)

    def __init__(self, name: str, kind: str, desk: Desk, look: Look, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName(name)
        self._kind, self._desk, self._look, self._tasks = kind, desk, look, tasks
        self.value = ""
        self.label = Label(role="label")
        self.field = SearchField(f"{name}.search", look)
        self.label.setBuddy(self.field)
        self._search = RegisterSearch(desk, tasks, self, limit=SHOWN)
        self.field.asked.connect(self._ask)
        self._search.found.connect(self._found)
        self.list = RowList(f"{name}.list", look, lambda key: shown.face(desk, look.words, key))
        self.list.opened.connect(self._pick)
        self.field.left_downwards.connect(self._enter)
        self.field.returnPressed.connect(self._pick_first)
        self._nothing = Caption(wrap=True)
        self._chosen = RowList(f"{name}.chosen", look, lambda key: shown.face(desk, look.words, key))
        self.change = PlainButton(f"{name}.change", look, "close")
        self.change.clicked.connect(self._drop)
        picked = row(self._chosen, self.change, spacing=8)
        picked.setStretch(0, 1)
        self.setLayout(column(self.label, self.field, self.list, self._nothing, picked, spacing=6))
        look.changed.connect(self.retranslate)
        self.retranslate()
        self._show(picking=True)

    def set_label(self, text: str) -> None:
        """Name what is picked here."""
        self.label.setText(text)
        self.field.setAccessibleName(text)
        self.list.setAccessibleName(text)
        self._chosen.setAccessibleName(text)

    def retranslate(self) -> None:
        """Say the fixed words."""
        say = self._look.words.say
        self.field.setPlaceholderText(say(f"register.find_{self._kind}"))
        self.change.setText(say("register.pick_another"))
        self._nothing.setText(say("register.nothing"))

    def put(self, record_id: str | None) -> None:
        """Show this one as picked, without a signal; None or empty: none."""
        self.value = record_id or ""
        self._chosen.show_ids([(self._kind, self.value)] if self.value else [])
        self._chosen.fit(1)
        self._show(picking=not self.value)

    def _ask(self, text: str) -> None:
        if text:
            self._search.ask(Asked(text, self._kind))
        else:
            self._found([])

    def _found(self, keys: list[Key]) -> None:
        if self.value:
            return
        self.list.show_ids(keys)
        self.list.fit(SHOWN)
        self.list.setVisible(bool(keys))
        self._nothing.setVisible(bool(self.field.text().strip()) and not keys)

    def _enter(self) -> None:
        if self.list.rows.ids:
            self.list.setFocus()
            self.list.setCurrentIndex(self.list.rows.index(0))

    def _pick_first(self) -> None:
        if len(self.list.rows.ids) == 1:
            self._pick(self.list.rows.ids[0])

    def _pick(self, key: Key) -> None:
        self.put(key[1])
        self.picked.emit(key[1])

    def _drop(self) -> None:
        self.put(None)
        self.picked.emit("")
        self.field.clear()
        self.field.setFocus()

    def _show(self, *, picking: bool) -> None:
        for part in (self._chosen, self.change):
            part.setVisible(not picking)
        self.field.setVisible(picking)
        self.list.setVisible(False)
        self._nothing.setVisible(False)
