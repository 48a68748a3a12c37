"""The head of the synchronisation: how the link stands, what a round does now, and what the user may ask of it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from inspector_app.ui.kit.buttons import PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner, Card, Progress
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Heading
from inspector_app.ui.look import Look
from inspector_app.ui.shell.topbar import link_in_words
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from sync.contract.wire import CLOCK_SECONDS


class LinkCard(Card):
    """The link in words, progress in bytes, sync now, stop, work offline."""

    def __init__(self, look: Look, sync: SyncHandle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sync.link")
        self._look, self._sync = look, sync
        self._state, self._last = Heading(), Caption(wrap=True)
        self._round = Progress("sync.progress")
        self._problem = Banner("sync.problem", look, "warning")
        self._clock = Banner("sync.clock", look, "warning")
        self._now = PrimaryButton("sync.now", look, "sync")
        self._stop = QuietButton("sync.cancel", look, "close")
        self._offline = QCheckBox()
        self._offline.setObjectName("sync.offline")
        self._offline.setChecked(not sync.online_wanted)
        self._hint = Caption(wrap=True)
        self._hint.setVisible(not sync.online_wanted)
        spoken = Spoken(look, self)
        spoken.put(self._now.setText, "sync.now")
        spoken.put(self._stop.setText, "sync.cancel")
        spoken.put(self._offline.setText, "sync.offline")
        spoken.put(self._offline.setAccessibleName, "sync.offline")
        spoken.put(self._offline.setToolTip, "sync.offline_hint")
        spoken.put(self._offline.setAccessibleDescription, "sync.offline_hint")
        spoken.put(self._hint.setText, "sync.offline_hint")
        top = row(column(self._state, self._last, self._hint, spacing=4), self._offline, self._stop, self._now)
        top.setStretch(0, 1)  # the words have the room that is there, before they go on in another line
        self.body.addLayout(top)
        self.body.addWidget(self._problem)
        self.body.addWidget(self._clock)
        self.body.addWidget(self._round)
        self._now.clicked.connect(sync.sync_now)
        self._stop.clicked.connect(sync.cancel)
        self._offline.toggled.connect(lambda offline: sync.set_online(not offline))
        self._offline.toggled.connect(self._hint.setVisible)
        sync.status_changed.connect(self.show_status)
        look.changed.connect(self._look_changed)
        self.show_status(sync.status)

    def _look_changed(self) -> None:
        self.show_status(self._sync.status)

    def show_status(self, status: SyncStatus) -> None:
        """Show how things stand now."""
        words = self._look.words
        self._state.setText(link_in_words(words, status))
        last = words.say("sync.last", when=words.moment(status.last_sync)) if status.last_sync else ""
        self._last.setText(last or words.say("sync.never"))
        self._stop.setVisible(status.running)
        self._now.setEnabled(not status.running and status.link != "working offline")
        self._show_round(status)
        if status.problem:
            told = words.explain(status.problem)
            self._problem.show_text(told.title, told.text)
        else:
            self._problem.clear()
        if abs(status.clock_ahead_s) > CLOCK_SECONDS:
            self._clock.show_text(words.clock(status.clock_ahead_s), words.say("clock.what"))
        else:
            self._clock.clear()

    def _show_round(self, status: SyncStatus) -> None:
        words = self._look.words
        self._round.setVisible(status.running)
        if not status.running:
            return
        key = f"sync.phase.{status.phase}"
        phase = words.say(key if words.has(key) else "sync.phase.other")
        if status.total_bytes:
            done, total = words.bytes(status.done_bytes), words.bytes(status.total_bytes)
            rows = words.say("sync.rows", done=status.done_rows, total=status.total_rows) if status.total_rows else ""
            said = words.join(phase, words.say("sync.bytes", done=done, total=total), rows)
            self._round.show_progress(said, status.done_bytes, status.total_bytes)
        else:
            counted = words.say("sync.round", events=status.events, rows=status.rows)
            self._round.show_progress(words.join(phase, counted), 0, 0)
