"""Sync: the link, what waits, what needs the user, what the centre confirmed, and the log."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import EventRow
from inspector_app.ui import boxes
from inspector_app.ui.kit.buttons import Choice, Choices, QuietButton
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.text import Caption, Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.sync.link import LinkCard
from inspector_app.ui.sync.lists import Rows, SendingList
from inspector_app.ui.sync.refused import RefusedCard
from inspector_app.viewmodels import sending
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks

_LISTS: Final = {"waiting": "upload", "attention": "check", "receipts": "drop", "log": "report"}
"""The lists in the order of their choices, with the icon of their empty state."""
_LOG_FILE: Final = "midan-sync-log.txt"


class SyncWorkspace(Workspace):
    """What travels."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator, sync: SyncHandle) -> None:
        super().__init__(desk, look, tasks, navigator)
        self._sync = sync
        self._read: sending.Outgoing | None = None
        self._refused: dict[str, EventRow] = {}
        self._tabs = Choices("sync.tab")
        self._lists = {name: SendingList(name, look, icon) for name, icon in _LISTS.items()}
        self._detail = RefusedCard(look)
        self._save_log = QuietButton("sync.save_log", look, "download")
        self._saved = Caption()
        self._stack = QStackedWidget()
        self._build()
        self._tabs.chosen.connect(self._show_tab)
        self._lists["attention"].current_changed.connect(lambda key: self._detail.show_event(self._refused.get(key)))
        self._save_log.clicked.connect(self._ask_log_file)
        sync.finished.connect(self.refresh)
        self.retranslate()
        self._tabs.choose("waiting")
        self._show_tab("waiting")

    def _build(self) -> None:
        title = Title()
        self.spoken.put(title.setText, "sync.title")
        self.spoken.put(self._save_log.setText, "sync.save_log")
        for name, one in self._lists.items():
            self._stack.addWidget(self._beside_detail(one) if name == "attention" else one)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.setSpacing(16)
        whole.addWidget(title)
        whole.addWidget(LinkCard(self.look, self._sync))
        whole.addLayout(row(self._tabs, 1, self._saved, self._save_log))
        whole.addWidget(self._stack, 1)

    def _beside_detail(self, one: SendingList) -> QWidget:
        both = QWidget()
        side_by_side = QHBoxLayout(both)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.setSpacing(16)
        side_by_side.addWidget(one, 1)
        side_by_side.addWidget(self._detail, 1)
        return both

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, sending.ShowAttention):
            self._tabs.choose("attention")
            self._show_tab("attention")
        self.refresh()

    def refresh(self) -> None:
        self.tasks.run(sending.read, self.desk, done=self._show, owner=self)

    def retranslate(self) -> None:
        words, read = self.look.words, self._read
        counts = {} if read is None else {"waiting": len(read.events), "attention": len(read.attention)}
        self._tabs.offer(
            [
                Choice(
                    name,
                    words.say(f"sync.tab.{name}") + (f" ({words.number(counts[name])})" if counts.get(name) else ""),
                )
                for name in _LISTS
            ]
        )

    def _show(self, read: sending.Outgoing) -> None:
        self._read = read
        self._refused = {event.receipt.event_id: event for event in read.attention}
        waiting = _events(read.events) | {
            piece.sha256: partial(sending.evidence_face, row=piece) for piece in read.evidence
        }
        self._lists["waiting"].show_rows(waiting)
        self._lists["attention"].show_rows(
            {key: partial(sending.reason_face, row=event) for key, event in self._refused.items()}
        )
        self._lists["receipts"].show_rows(_events(read.receipts))
        self._lists["log"].show_rows(
            {str(place): partial(sending.log_face, row=line) for place, line in enumerate(read.log)}
        )
        self._detail.setVisible(bool(self._refused))
        self._detail.show_event(self._refused.get(self._lists["attention"].list.current))
        self.retranslate()

    def _show_tab(self, name: str) -> None:
        self._stack.setCurrentIndex(list(_LISTS).index(name))
        self._save_log.setVisible(name == "log")
        self._saved.setText("")

    def _ask_log_file(self) -> None:
        title = self.look.words.say("sync.save_log")
        boxes.ask_where(self.look, self, title=title, suggested=_LOG_FILE, then=self._write_log, name="sync.log_file")

    def _write_log(self, path: Path) -> None:
        text = sending.log_text(self._read.log) if self._read is not None else ""

        def written(_: int) -> None:
            self._saved.setText(self.look.words.say("sync.log_saved", file=self.look.words.verbatim(path.name)))

        self.tasks.run(path.write_text, text, "utf-8", done=written, owner=self)


def _events(events: Iterable[EventRow]) -> Rows:
    return {event.receipt.event_id: partial(sending.event_face, row=event) for event in events}
