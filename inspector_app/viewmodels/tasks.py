"""The only door off the GUI thread: work goes to a reader or the one writer, its result comes back as a signal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from inspector_app.viewmodels.failures import is_the_users

Lane = Literal["read", "write", "carry", "listen"]
T = TypeVar("T")
_DRAINED: tuple[Lane, ...] = ("carry", "listen", "write")


class Task:
    """One piece of work under way. Cancelling it drops its result; what it already wrote stays written."""

    def __init__(
        self, owner: QObject | None, done: Callable[[Any], None] | None, failed: Callable[[Exception], None] | None
    ) -> None:
        self._owner = owner
        self.done = done
        self.failed = failed
        self.cancelled = False

    def cancel(self) -> None:
        """Let the result, or the error, go unheard."""
        self.cancelled = True

    @property
    def wanted(self) -> bool:
        """Whether somebody is still there to hear of it."""
        return not self.cancelled and (self._owner is None or isValid(self._owner))


class Tasks(QObject):
    """Runs work in lanes: ``read`` has two workers, ``write`` one, so that writes keep their order.

    ``carry`` and ``listen`` have one, for what lasts minutes and is given up when somebody wishes it: bundles, and
    hearing of devices nearby.

    Signals:
        error_escaped: Work failed by a mistake of ours (an ``Exception``), and no one was named to tell.
        refusal_escaped: Work failed in a way that is the user's to act on, and no one was named to tell.
        went_idle: Nothing is under way or undelivered any more.
    """

    error_escaped = Signal(object)
    refusal_escaped = Signal(object)
    went_idle = Signal()
    _finished = Signal(object, object, object)
    _told = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[Lane, ThreadPoolExecutor] = {
            "read": ThreadPoolExecutor(2, "midan-read"),
            "write": ThreadPoolExecutor(1, "midan-write"),
            "carry": ThreadPoolExecutor(1, "midan-carry"),
            "listen": ThreadPoolExecutor(1, "midan-listen"),
        }
        self._under_way = 0
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way or undelivered."""
        return self._under_way == 0

    def run(
        self,
        work: Callable[..., T],
        /,
        *args: object,
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        lane: Lane = "read",
        owner: QObject | None = None,
    ) -> Task:
        """Do ``work(*args)`` off the GUI thread.

        Args:
            work: Must touch nothing of Qt.
            args: Its arguments.
            done: Called with the result, on the GUI thread.
            failed: Called with the error, on the GUI thread; without it the error goes to ``error_escaped``.
            lane: ``write`` for whatever changes the cache.
            owner: The result is dropped when this object is gone by then.
        """
        task = Task(owner, done, failed)
        self._under_way += 1
        self._lanes[lane].submit(self._work, task, work, args)
        return task

    def tell(self, owner: QObject, heard: Callable[[], object]) -> None:
        """From any thread: call ``heard`` on the GUI thread, unless ``owner`` is gone by then."""
        self._told.emit(owner, heard)

    def escape(self, error: Exception) -> None:
        """Send an error to whoever listens for all: a screen that cannot tell it itself passes it on here."""
        (self.refusal_escaped if is_the_users(error) else self.error_escaped).emit(error)

    def drain(self) -> None:
        """Wait until every write asked for so far is done; for the moment before a screen, or the cache, goes.

        What the lanes ``carry`` and ``listen`` do is waited for too: whoever leaves has cancelled it.
        """
        for name in _DRAINED:
            self._lanes[name].submit(lambda: None).result()

    def close(self) -> None:
        """Finish what is under way and end the workers; what was not begun is dropped, except writes."""
        self._lanes["read"].shutdown(wait=True, cancel_futures=True)
        for name in ("carry", "listen"):
            self._lanes[name].shutdown(wait=True, cancel_futures=True)
        self._lanes["write"].shutdown(wait=True)

    def _work(self, task: Task, work: Callable[..., Any], args: tuple[object, ...]) -> None:
        try:
            result, error = work(*args), None
        except Exception as caught:  # noqa: BLE001  # it is carried to the GUI thread, not swallowed
            result, error = None, caught
        self._finished.emit(task, result, error)

    def _deliver(self, task: Task, result: Any, error: Exception | None) -> None:
        self._under_way -= 1
        try:
            if task.wanted:
                self._tell(task, result, error)
            elif error is not None:
                self.escape(error)
        finally:
            if self.idle:
                self.went_idle.emit()

    def _hear(self, owner: QObject, heard: Callable[[], object]) -> None:
        if isValid(owner):
            heard()

    def _tell(self, task: Task, result: Any, error: Exception | None) -> None:
        if error is None:
            if task.done is not None:
                task.done(result)
        elif task.failed is not None:
            task.failed(error)
        else:
            self.escape(error)
