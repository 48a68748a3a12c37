"""Sync: the link, what waits, what needs the user, what the centre confirmed, bundles, and the log."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import EventRow, EvidenceRow
from inspector_app.ui.kit.buttons import Choice, Choices
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Title
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.sync.attention import AttentionCard
from inspector_app.ui.sync.foot import Foot
from inspector_app.ui.sync.held_back import HeldBackBar
from inspector_app.ui.sync.link import LinkCard
from inspector_app.ui.sync.lists import Rows, SendingList
from inspector_app.ui.transfer.pane import TransfersPane
from inspector_app.viewmodels import sending
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.transfers import carried_face

_LISTS: Final = {"waiting": "upload", "attention": "check", "receipts": "drop", "log": "report"}
"""The lists, with the icon of their empty state."""
_LEAST_HEIGHT: Final = 280
"""Below it the page scrolls: everything that can need the user at once does not fit on the smallest screen."""
_TABS: Final = ("waiting", "attention", "receipts", "transfers", "log")


class SyncWorkspace(Workspace):
    """What travels."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator, sync: SyncHandle) -> None:
        super().__init__(desk, look, tasks, navigator)
        self._sync = sync
        self._read: sending.Outgoing | None = None
        self._shown = sync.status
        self._needing: dict[str, EventRow | EvidenceRow] = {}
        self._tabs = Choices("sync.tab")
        self._pages: dict[str, QWidget] = {}
        self._lists: dict[str, SendingList] = {}
        self._rows: dict[str, Rows] = {name: {} for name in _LISTS}
        self._held_back = HeldBackBar(look)
        self._foot = Foot(desk, look, tasks, sync)
        self._stack = QStackedWidget()
        self._build()
        self._listen()
        self.retranslate()
        self._tabs.choose("waiting")
        self._show_tab("waiting")

    def _build(self) -> None:
        title = Title()
        self.spoken.put(title.setText, "sync.title")
        self._stack.setMinimumHeight(_LEAST_HEIGHT)
        page = Page(padding=0, spacing=12)
        page.body.addWidget(title)
        page.body.addWidget(LinkCard(self.look, self._sync))
        page.body.addWidget(self._held_back)
        page.body.addWidget(self._tabs)
        page.body.addWidget(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 16)
        whole.setSpacing(12)
        whole.addWidget(page, 1)
        whole.addWidget(self._foot)

    def _page(self, name: str) -> QWidget:
        """What a tab shows; made when it is first opened, with what was read last."""
        if name not in self._pages:
            self._pages[name] = self._transfers if name == "transfers" else self._make_list(name)
            self._stack.addWidget(self._pages[name])
        return self._pages[name]

    def _make_list(self, name: str) -> QWidget:
        one = self._lists[name] = SendingList(name, self.look, _LISTS[name])
        one.show_rows(self._rows[name])
        if name != "attention":
            return one
        one.current_changed.connect(lambda key: self._detail.show_row(self._needing.get(key)))
        self._detail.setVisible(bool(self._needing))
        return self._beside_detail(one)

    @cached_property
    def _detail(self) -> AttentionCard:
        detail = AttentionCard(self.look)
        detail.again.connect(self._send_again)
        return detail

    @cached_property
    def _transfers(self) -> TransfersPane:
        pane = TransfersPane(self.desk, self.look, self.tasks)
        pane.changed.connect(self._transferred)
        if self._read is not None:
            pane.show_history(self._read.history)
        return pane

    def _beside_detail(self, one: SendingList) -> QWidget:
        both = QWidget()
        side_by_side = QHBoxLayout(both)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.setSpacing(16)
        side_by_side.addWidget(one, 1)
        side_by_side.addWidget(self._detail, 1)
        return both

    def _listen(self) -> None:
        self._tabs.chosen.connect(self._show_tab)
        self._foot.all_again.connect(lambda: self._write(self.desk.outbox.retry_all))
        self._held_back.removed.connect(partial(self._write, self.desk.outbox.remove_held_back))
        self._held_back.kept.connect(partial(self._write, self.desk.outbox.keep_held_back))
        self._sync.finished.connect(self.refresh)
        self._sync.status_changed.connect(self._status_changed)

    @property
    def attention(self) -> RowList:
        """The list of what needs the user."""
        self._page("attention")
        return self._lists["attention"].list

    def opened(self, argument: object | None) -> None:
        if isinstance(argument, sending.ShowAttention):
            self._tabs.choose("attention")
            self._show_tab("attention")
        self.refresh()

    def refresh(self) -> None:
        self.tasks.run(sending.read, self.desk, done=self._show, owner=self)

    def retranslate(self) -> None:
        words, read = self.look.words, self._read
        going = 0 if read is None else len(read.waiting) + len(read.carried)
        counts = {"waiting": going, "attention": len(self._needing)}
        self._tabs.offer(
            [
                Choice(
                    name,
                    words.say(f"sync.tab.{name}") + (f" ({words.number(counts[name])})" if counts.get(name) else ""),
                )
                for name in _TABS
            ]
        )

    def _show(self, read: sending.Outgoing) -> None:
        self._read = read
        self._needing = {event.receipt.event_id: event for event in read.attention}
        self._needing |= {piece.sha256: piece for piece in read.given_up}
        self._rows = self._faces(read)
        for name, one in self._lists.items():
            one.show_rows(self._rows[name])
        self._held_back.show_rows(read.held_back)
        if "transfers" in self._pages:
            self._transfers.show_history(read.history)
        if "attention" in self._pages:
            self._detail.setVisible(bool(self._needing))
            self._detail.show_row(self._needing.get(self.attention.current))
        self._foot.show_read(read)
        self.retranslate()

    def _faces(self, read: sending.Outgoing) -> dict[str, Rows]:
        waiting: Rows = {
            event.receipt.event_id: partial(sending.waiting_face, row=event, status=self._status)
            for event in read.waiting
        }
        for other in read.carried:
            waiting[other.receipt.event_id] = partial(carried_face, row=other)
        for piece in read.going:
            waiting[piece.sha256] = partial(sending.evidence_face, row=piece, status=self._status)
        attention: Rows = {event.receipt.event_id: partial(sending.reason_face, row=event) for event in read.attention}
        for piece in read.given_up:
            attention[piece.sha256] = partial(sending.given_up_face, row=piece)
        receipts: Rows = {event.receipt.event_id: partial(sending.receipt_face, row=event) for event in read.receipts}
        log: Rows = {str(place): partial(sending.log_face, row=line) for place, line in enumerate(read.log)}
        return {"waiting": waiting, "attention": attention, "receipts": receipts, "log": log}

    def _status(self) -> SyncStatus:
        return self._sync.status

    def _status_changed(self, status: SyncStatus) -> None:
        """What the rows wait for depends on the link, and what they show on the bytes that are through."""
        if (status.link, status.pieces) != (self._shown.link, self._shown.pieces):
            self._lists["waiting"].renew()  # the first that is made
        self._shown = status

    def _show_tab(self, name: str) -> None:
        """Bring a list to the front; only it has a say in how high the window has to be."""
        front = self._page(name)
        for one, page in self._pages.items():
            policy = QSizePolicy.Policy.Expanding if one == name else QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)
        self._stack.setCurrentWidget(front)
        self._foot.show_tab(name)

    # -------------------------------------------------------------------------------------------------------- doing

    def _send_again(self, one: EventRow | EvidenceRow) -> None:
        outbox = self.desk.outbox
        if isinstance(one, EventRow):
            self._write(outbox.retry, one.receipt.event_id)
        else:
            self._write(outbox.retry_piece, one.sha256)

    def _transferred(self) -> None:
        """Work came or went by hand: every screen reads anew, and what came is handed on."""
        self.navigator.changed()
        self._sync.sync_now()

    def _write(self, work: Callable[..., None], *args: object) -> None:
        """Change what waits; the link hears of it, and every count is read anew."""

        def done(_: object) -> None:
            self._transferred()

        self.tasks.run(work, *args, done=done, lane="write", owner=self)
