"""The application: one profile, the door to it, and the window of whoever came in."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtWidgets import QWidget

from inspector_app.services.access import CLIENT, Access
from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.services.link.driver import SyncDriver
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.settings import CHOICES
from inspector_app.services.views.sync import Status
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from inspector_app.ui.access.window import AccessWindow
from inspector_app.ui.look import Look
from inspector_app.ui.shell.ahead import Ahead
from inspector_app.ui.shell.main_window import MainWindow
from inspector_app.ui.shell.places import imported
from inspector_app.viewmodels.leaving import LastDelivery
from inspector_app.viewmodels.syncing import Standing, SyncHandle, SyncStatus
from inspector_app.viewmodels.tasks import Tasks

_SIZE = QSize(1280, 800)


class Delivery(QObject):
    """The sync of one open cache; it goes on behind a locked screen until nothing is unsent (decision 0013).

    Signals:
        ended: The cache is closed.
    """

    ended = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._desk: Desk | None = desk
        self._tasks = tasks
        self._left = self._looking = self._look_again = False
        self.handle = SyncHandle(_now, self, desk.standing)
        store = SyncStore(desk.cache, system_clock)
        driver = SyncDriver(store, HttpTransport(desk.device.server_url), self.handle.hear, client=CLIENT)
        status = desk.outbox.status()
        self.handle.status_changed.connect(self._allow_fetching)
        self.handle.attach(driver, last_sync=status.last_sync, waiting=status.waiting)
        self.handle.status_changed.connect(self._look_whether_done)

    def leave(self) -> None:
        """Nobody is signed in any more: finish delivering, then close."""
        self._left = True
        self._look_whether_done()

    @property
    def desk(self) -> Desk | None:
        """Whose cache it is, while it is open."""
        return self._desk

    def end(self) -> None:
        """Stop and close; what is unsent stays where it is, on disk.

        A request under way may take its time to give up, so the waiting is not done on the GUI thread.
        """
        if self._desk is None:
            return
        desk, self._desk = self._desk, None
        driver = self.handle.detach()

        def close() -> None:
            if driver is not None:
                driver.stop()
            desk.lock()

        self._tasks.run(close, done=lambda _: self.ended.emit(), lane="write", owner=self)

    def _allow_fetching(self, status: SyncStatus) -> None:
        if self._desk is not None:
            self._desk.fetcher.allowed = status.link == "online"

    def _look_whether_done(self, *_: object) -> None:
        """Ask behind what is still being written: it may be a report that was submitted the moment before locking."""
        if not self._left or self._desk is None or self.handle.status.running:
            return
        self._look_again = self._looking
        if not self._looking:
            self._looking = True
            self._tasks.run(self._desk.outbox.status, done=self._end_where_done, lane="write", owner=self)

    def _end_where_done(self, status: Status) -> None:
        self._looking = False
        if self._desk is None:
            return
        nothing_left = not (status.waiting or status.evidence_waiting or status.carried)
        if not self.handle.online_wanted or (nothing_left and self.handle.status.standing != "withdrawn"):
            self.end()  # a withdrawn device ends when its keys are destroyed, which the engine does
            return
        self.handle.waiting_counted(status.waiting)
        if self._look_again:
            self._look_whether_done()


class Application(QObject):
    """Opens the door, then the window; locks; lets another person in without a restart.

    Signals:
        closed: The last window was closed by its user.
        window_changed: Another window is in front; carries it.
    """

    closed = Signal()
    window_changed = Signal(QWidget)

    def __init__(self, profile: Profile, look: Look, tasks: Tasks, parent: QObject | None = None) -> None:
        """The profile is acquired by the caller, who also releases it."""
        super().__init__(parent)
        self._profile, self._look, self._tasks = profile, look, tasks
        self._access = Access(profile, HttpTransport)
        self._deliveries: list[Delivery] = []
        self._ahead = Ahead(imported(), lambda: tasks.idle, self)
        self.window: QWidget | None = None
        language = self._access.language()
        if language is not None:
            look.set_language(language)
        look.changed.connect(self._remember_language)

    @property
    def delivering(self) -> bool:
        """Whether a cache is open: somebody is signed in, or something is still being delivered behind the door."""
        return bool(self._deliveries)

    def open(self) -> None:
        """Show the door: the unlock page, or the first-run page of a new device."""
        self._ahead.start()
        door = AccessWindow(self._access, self._look, self._tasks)
        door.signed_in.connect(self._signed_in)
        self._show(door)

    def stop(self) -> None:
        """Close everything; on disk it already is."""
        self._ahead.stop()
        if self.window is not None:
            self._look.changed.disconnect(self._remember_language)
            self.window.removeEventFilter(self)
            self.window.close()
            self.window.deleteLater()
            self.window = None
        for delivery in list(self._deliveries):
            delivery.end()

    def _signed_in(self, desk: Desk) -> None:
        for delivery in list(self._deliveries):
            delivery.end()
        for key in CHOICES:
            self._look.apply_setting(key, desk.settings.get(key))
        delivery = Delivery(desk, self._tasks, self)
        delivery.ended.connect(lambda: self._forget(delivery))
        delivery.handle.standing_changed.connect(lambda standing: self._stand(delivery, standing))
        self._deliveries.append(delivery)
        if self._access.withdrawn():
            self._withdraw(delivery)
            return
        window = MainWindow(desk, self._look, self._tasks, delivery.handle, self._access)
        window.locked.connect(lambda: self._lock(delivery))
        self._show(window)
        window.make_ahead()
        self._tasks.run(desk.tidy, lane="write", owner=self)

    def _remember_language(self) -> None:
        self._tasks.run(self._access.remember_language, self._look.words.language, lane="write", owner=self)

    def _forget(self, delivery: Delivery) -> None:
        self._deliveries.remove(delivery)
        delivery.deleteLater()

    def _lock(self, delivery: Delivery) -> None:
        self.open()
        delivery.leave()

    def _stand(self, delivery: Delivery, standing: Standing) -> None:
        """The centre has withdrawn the device, or released whoever is signed in: the screens are locked at once."""
        if isinstance(self.window, MainWindow) and standing != "good":
            self.window.put_away()
        if standing == "withdrawn":
            self._withdraw(delivery)
        elif standing == "wiped":
            if not self._shows_withdrawal:
                self._withdraw(delivery)
            delivery.end()
        elif standing == "released":
            self.open()
            if isinstance(self.window, AccessWindow):
                self.window.tell_released()
            delivery.leave()

    def _withdraw(self, delivery: Delivery) -> None:
        """Show how the last delivery of a withdrawn device goes, and nothing else."""
        if delivery.desk is None:
            return
        self.open()
        if isinstance(self.window, AccessWindow):
            self.window.show_withdrawal(LastDelivery(delivery.desk, delivery.handle, self._tasks, delivery))

    @property
    def _shows_withdrawal(self) -> bool:
        return isinstance(self.window, AccessWindow) and self.window.page is self.window.withdrawn

    def _show(self, window: QWidget) -> None:
        before, self.window = self.window, window
        window.resize(before.size() if before is not None else window.sizeHint().expandedTo(_SIZE))
        window.installEventFilter(self)
        window.show()
        if before is not None:
            before.removeEventFilter(self)
            before.hide()
            before.deleteLater()
        self.window_changed.emit(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the user closes the window in front."""
        if watched is self.window and event.type() == QEvent.Type.Close:
            self.closed.emit()
        return False


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="milliseconds")
