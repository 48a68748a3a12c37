"""The window of a signed-in person: bar, side, and one workspace at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.views.sync import Status
from inspector_app.ui import boxes
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.workspace import Workspace
from inspector_app.ui.look import Look
from inspector_app.ui.shell.ahead import Ahead
from inspector_app.ui.shell.finder import Finder
from inspector_app.ui.shell.idle import IdleWatch
from inspector_app.ui.shell.places import PLACES, WRITERS, Given
from inspector_app.ui.shell.returning import ReturnBanner
from inspector_app.ui.shell.side import Side
from inspector_app.ui.shell.topbar import TopBar
from inspector_app.viewmodels.cases import OpenCase
from inspector_app.viewmodels.counting import Counts, count
from inspector_app.viewmodels.finding import Found, way_to
from inspector_app.viewmodels.sending import ShowAttention
from inspector_app.viewmodels.syncing import SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import StartVisit
from sync.domain.text import Language

FIRST: Final = "today"
LOCK_AFTER_MS: Final = 10 * 60 * 1000
"""Without a touch for so long the window is locked: long enough to walk a corridor and come back to the same page,
short enough that a tablet left on a counter does not stay open to whoever passes."""
_GATHER_MS: Final = 250
"""Pages of a synchronisation arrive close together; what they changed is read once after them."""


_STILL_MS: Final = 150
"""A page is made ahead only between two touches: whoever types shall not feel it."""
_POLISHED_AT_ONCE: Final = 40


class MainWindow(QWidget):
    """Everything a signed-in person sees; it is also the ``Navigator`` its workspaces are given.

    Args:
        desk: What the person can do.
        look: How it looks and speaks.
        tasks: The door off the GUI thread.
        sync: The link to the centre.
        access: The door of the device, to let another person in; without it nobody can be added.
        parent: A window around it, if any.

    Signals:
        locked: The person left; the owner of the window closes the desk.
        workspace_opened: A workspace came to the front, by name.
    """

    locked = Signal()
    workspace_opened = Signal(str)

    def __init__(
        self,
        desk: Desk,
        look: Look,
        tasks: Tasks,
        sync: SyncHandle,
        access: Access | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main")
        self.setProperty("ground", True)
        self._given = Given(desk, look, tasks, self, sync, access)
        self._desk, self._look, self._tasks, self._sync = desk, look, tasks, sync
        self._places = {place.name: place for place in PLACES if place.open_to(desk.person)}
        self._workspaces: dict[str, Workspace] = {}
        self._stale: set[str] = set()
        self._attention = 0
        self._build()
        self._idle = IdleWatch(LOCK_AFTER_MS, self)
        self._idle.ran_out.connect(self.lock)
        self._ahead = Ahead(self._make_ahead(), self._may_make_ahead, self)
        self._listen()
        self._add_shortcuts()
        self.go(FIRST)
        self.setFocus()  # not into the search: a screen reader begins with the page
        self._count()

    def _build(self) -> None:
        self.bar = TopBar(self._look, self._desk.person)
        self.side = Side(list(self._places.values()), self._look)
        self.notice = Banner("main.notice", self._look, "warning")
        self._stack = QStackedWidget()
        self._finder = Finder(self._desk, self._look, self._tasks, self.bar.search, self)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.notice)
        middle.addWidget(ReturnBanner(self._desk, self._look, self._tasks, self._sync))
        middle.addWidget(self._stack, 1)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.side)
        below.addLayout(middle, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addLayout(below, 1)
        self._gather = QTimer(self)
        self._gather.setObjectName("main.gather")
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)

    def _listen(self) -> None:
        self.side.chosen.connect(self.go)
        self.bar.link_pressed.connect(lambda: self.go("sync"))
        self.bar.language_pressed.connect(self._switch_language)
        self.bar.lock_pressed.connect(self.lock)
        self.bar.help_pressed.connect(self.show_help)
        self.notice.acted.connect(lambda: self.go("sync", ShowAttention()))
        self._finder.picked.connect(self._go_to_found)
        self._tasks.refusal_escaped.connect(self._tell)
        self._gather.timeout.connect(self._data_changed)
        self._sync.rows_arrived.connect(self._gather.start)
        self._sync.status_changed.connect(self._status_changed)
        self._look.changed.connect(self._say_where)
        self._status_changed(self._sync.status)
        self._say_where()

    def _add_shortcuts(self) -> None:
        keys: dict[str, Callable[[], None]] = {"Ctrl+K": self._search, "F1": self.show_help, "Ctrl+L": self.lock}
        if self._desk.person.role in WRITERS:
            keys |= {
                "Ctrl+N": lambda: self.go("visits", StartVisit()),
                "Ctrl+Shift+N": lambda: self.go("cases", OpenCase()),
            }
        for place, name in enumerate(self._places, start=1):
            keys[f"Ctrl+{place}"] = partial(self.go, name)
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    # ------------------------------------------------------------------------------------------------- navigation

    @property
    def current(self) -> Workspace:
        """The workspace in front."""
        shown = self._stack.currentWidget()
        if not isinstance(shown, Workspace):
            raise RuntimeError("no workspace has been opened")
        return shown

    def go(self, workspace: str, argument: object | None = None) -> None:
        """Open a workspace by name.

        Raises:
            KeyError: There is no such workspace for this person.
        """
        screen = self._workspaces.get(workspace)
        if screen is None:
            screen = self._make(workspace)
        elif workspace in self._stale:
            screen.refresh()
        self._stale.discard(workspace)
        self._stack.setCurrentWidget(screen)
        self.side.mark(workspace)
        self._show_notice()
        screen.opened(argument)
        self.workspace_opened.emit(workspace)

    def make_ahead(self) -> None:
        """Make the other screens while nothing else is to do, so that each is there at once when it is opened."""
        self._ahead.start()

    def _make(self, workspace: str) -> Workspace:
        screen = self._workspaces[workspace] = self._places[workspace].make(self._given)
        screen.setObjectName(workspace)
        self._stack.addWidget(screen)
        return screen

    def _may_make_ahead(self) -> bool:
        return self._tasks.idle and self._idle.quiet_ms >= _STILL_MS

    def _make_ahead(self) -> Iterator[None]:
        """The screens that nobody has opened yet, and how they look: a stylesheet costs as much as the widgets do."""
        for name in self._places:
            if name in self._workspaces:
                continue
            screen = self._make(name)
            yield
            for place, widget in enumerate(screen.findChildren(QWidget)):
                if isValid(widget):
                    widget.ensurePolished()
                if place % _POLISHED_AT_ONCE == _POLISHED_AT_ONCE - 1:
                    yield
            yield

    def changed(self) -> None:
        """The user's own action changed data."""
        self._data_changed()

    def lock(self) -> None:
        """Leave, once every screen has saved what was typed in it."""
        self.put_away()
        self.locked.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._idle.watch(self.windowHandle())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.put_away()
        super().closeEvent(event)

    def put_away(self) -> None:
        """Hide every screen, which makes it save what was typed, and see it on the disk before the cache may close.

        A box over the window is let go, and with it the transfer that may be under way in it.
        """
        self._gather.stop()
        self._ahead.stop()
        self._idle.stop()
        for box in self.findChildren(QDialog):
            if box.isVisible():
                box.reject()
        self._stack.hide()
        self._tasks.drain()

    def show_help(self) -> None:
        """Say what this screen is for and which keys it knows."""
        words = self._look.words
        name = self.current.objectName()
        boxes.tell(
            self._look,
            self,
            words.say("shell.help_title", place=words.say(f"shell.place.{name}")),
            words.say(self.current.help_key()) + "\n\n" + words.say("shell.help_keys"),
            name="box.help",
        )

    def _search(self) -> None:
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def _go_to_found(self, found: Found) -> None:
        self.go(*way_to(found))

    # ----------------------------------------------------------------------------------------------------- changes

    def _data_changed(self) -> None:
        front = self.current.objectName()
        self._stale = set(self._workspaces) - {front}
        self.current.refresh()
        self._count()

    def _count(self) -> None:
        self._tasks.run(count, self._desk, done=self._show_counts, owner=self)

    def _show_counts(self, counts: Counts) -> None:
        self.side.show_counts(counts.by_place, counts.urgent)
        self._show_status(counts.status)
        self._sync.waiting_counted(counts.status.waiting)

    def _show_status(self, status: Status) -> None:
        self._attention = status.attention
        self._show_notice()

    def _show_notice(self) -> None:
        """What needs the user is said everywhere but where it stands in full."""
        words = self._look.words
        if self._attention and self.current.objectName() != "sync":
            said = words.say("shell.attention", n=self._attention)
            self.notice.show_text(said, action=words.say("shell.attention_open"))
        else:
            self.notice.clear()

    def _status_changed(self, status: SyncStatus) -> None:
        self.bar.show_status(status)

    def _say_where(self) -> None:
        words = self._look.words
        self.setWindowTitle(words.say("common.product"))
        committee = self._desk.device.committee
        self.side.show_where(
            words.name(committee) if committee is not None else "",
            words.say("shell.device", name=self._desk.device.name),
        )
        if self._workspaces:
            self._count()

    def _tell(self, refusal: Exception) -> None:
        boxes.tell_error(self._look, self, refusal)

    def _switch_language(self) -> None:
        language: Language = "en" if self._look.words.rtl else "ar"
        self._look.set_language(language)
        self._tasks.run(self._desk.settings.set, "language", language, lane="write", owner=self)
