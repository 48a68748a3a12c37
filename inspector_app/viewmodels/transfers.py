"""Work that travels by hand, in rows and sentences, and the one job at a time that gives or takes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link.nearby import Exchange, Found, Stop, Visit, Window, discover
from inspector_app.services.views.transfers import CarriedRow, Load, Peer, Received, TransferRow
from inspector_app.viewmodels.lists import Face, Tone
from inspector_app.viewmodels.sending import deed_of, state
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words

SUFFIX: Final = ".midan"
_STEP_BYTES: Final = 64 * 1024
"""Progress is told to the window after so many bytes, not after every frame."""


Work = Callable[[Callable[[int, int], None]], Any]
"""A job of minutes: it is given the function to tell how many bytes of how many are through."""


class Cancelled(Exception):
    """The user gave the transfer up."""


def called(words: Words, peer: Peer | None) -> str:
    """A device by its name and number, and whose it is."""
    if peer is None:
        return words.say("transfer.peer_unknown")
    whose = words.say("transfer.supervisor") if peer.supervises else ""
    committee = "" if peer.committee is None else words.name(peer.committee)
    return words.join(words.say("transfer.peer", name=peer.name, number=peer.number), whose or committee)


def load_text(words: Words, load: Load) -> str:
    """What a bundle holds, in words."""
    counts = [(name, getattr(load, name)) for name in ("reports", "decisions", "cases", "steps", "pieces")]
    parts = [words.say(f"transfer.load.{name}", n=count) for name, count in counts if count]
    return words.join(*parts, words.bytes(load.bytes)) if parts else words.say("transfer.load.nothing")


def received_lines(words: Words, received: Received) -> list[tuple[str, str]]:
    """What came of a bundle, as labels and values; what did not happen is left out."""
    notes = [
        words.say(f"transfer.{name}", n=count)
        for name, count in (("known", received.known), ("unshown", received.unshown), ("missing", received.missing))
        if count
    ]
    refused = [
        words.join(batch.device or words.say("transfer.peer_unknown"), words.explain(batch.code).title)
        for batch in received.refused
    ]
    return [
        (words.say("transfer.from"), called(words, received.sender)),
        (words.say("transfer.came"), load_text(words, received.load)),
        (words.say("transfer.skipped"), "\n".join(notes)),
        (words.say("transfer.refused"), "\n".join(refused)),
    ]


def transfer_face(words: Words, row: TransferRow) -> Face:
    """A line of the history: with whom, what, when, by which way."""
    tone: Tone = "info" if row.direction == "in" else "accent"
    held = words.say("transfer.held", events=row.events, pieces=row.pieces)
    return Face(
        title=called(words, row.peer),
        secondary=words.join(words.moment(row.at), held, words.bytes(row.bytes)),
        chip=words.say(f"transfer.direction.{row.direction}"),
        tone=tone,
        trailing=words.say(f"transfer.way.{row.way}"),
        icon="download" if row.direction == "in" else "upload",
    )


def carried_face(words: Words, row: CarriedRow) -> Face:
    """An event of another device that is to be handed to the centre."""
    deed = deed_of(words, row.receipt.kind, row.receipt.action)
    return Face(
        title=f"{deed} {words.code(row.number)}" if row.number else deed,
        secondary=words.join("" if row.user is None else words.name(row.user), called(words, row.device)),
        chip=state(words, row.receipt.state),
        tone="info",
        trailing=words.say("sync.why.carried"),
        icon="case" if row.receipt.kind in ("case", "contact") else "visit",
    )


class Carrier(QObject):
    """Does one transfer at a time, tells how far it is, and gives it up at once when asked to.

    Signals:
        progressed(int, int): So many bytes of so many are through.
        ended(object): It is done; what came of it, or None where it was given up.
        failed(Exception): It came to nothing.
    """

    progressed = Signal(object, object)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._cancel = threading.Event()
        self._stop: Callable[[], object] | None = None
        self.busy = False

    def start(self, work: Work, stop: Callable[[], object] | None = None) -> None:
        """Begin.

        Args:
            work: Given the function to tell its progress to; it ends with whatever that raises.
            stop: Ends the work from outside where it waits for somebody and tells no progress.
        """
        self.busy, self._stop = True, stop
        self._cancel = cancel = threading.Event()
        tasks, last = self._tasks, -_STEP_BYTES

        def told(done: int, total: int) -> None:
            nonlocal last
            if cancel.is_set():
                raise Cancelled
            if done - last >= _STEP_BYTES or done >= total:
                last = done
                tasks.tell(self, lambda: self.progressed.emit(done, total))

        def run() -> Any:
            try:
                return work(told)
            except Exception:
                if cancel.is_set():  # it was given up, and says so in whatever way it ended
                    return None
                raise

        tasks.run(run, done=self._ended, failed=self._failed, lane="carry", owner=self)

    def cancel(self) -> None:
        """Give it up; nothing happens where nothing is under way."""
        self._cancel.set()
        if self._stop is not None:
            self._stop()

    def _ended(self, result: object) -> None:
        self.busy, self._stop = False, None
        self.ended.emit(result)

    def _failed(self, error: Exception) -> None:
        self.busy, self._stop = False, None
        self.failed.emit(error)


def export(desk: Desk, path: Path, to: tuple[str, ...]) -> Work:
    """The job that writes a bundle to a file."""
    return lambda told: desk.bundles.export(path, to, told)


def take(desk: Desk, path: Path) -> Work:
    """The job that takes a bundle in from a file."""
    return lambda told: desk.bundles.take_file(path, told)


class Nearby:
    """One transfer over the local network as a job; ``stop`` ends it at once, whatever it waits for.

    Args:
        open_it: Makes the end that runs: a window or a visit; it may touch the network.
    """

    def __init__(self, open_it: Callable[[], Window | Visit]) -> None:
        self._open_it = open_it
        self._end: Window | Visit | None = None
        self._stopped = False

    def __call__(self, told: Callable[[int, int], None]) -> Exchange:
        """Run it to its end, on a thread of its own."""
        self._end = end = self._open_it()
        if self._stopped:  # in the moment between being asked for and being there
            end.cancel()
        return end.run(told)

    def stop(self) -> None:
        """End it, from any thread."""
        self._stopped = True
        if self._end is not None:
            self._end.cancel()


class Neighbours(QObject):
    """Hears of windows that are open nearby.

    Signals:
        heard(str, str): A window: whose it says it is, and its address as it would be typed.
    """

    heard = Signal(str, str)

    def __init__(self, desk: Desk, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = Stop()
        server, stop = desk.device.server_id, self._stop

        def found(one: Found) -> None:
            tasks.tell(self, lambda: self.heard.emit(one.device_id, f"{one.host}:{one.port}"))

        def listen() -> None:
            try:
                discover(server, found, stop)
            except UserError:
                return  # stopped, or no network to hear anything in: the address is typed
            finally:
                stop.close()

        tasks.run(listen, lane="listen", owner=self)

    def stop(self) -> None:
        """Hear no more."""
        self._stop()


def exchange_lines(words: Words, exchange: Exchange) -> list[tuple[str, str]]:
    """What went over in both directions."""
    given = words.say("transfer.load.nothing") if exchange.given is None else load_text(words, exchange.given)
    came = [] if exchange.received is None else received_lines(words, exchange.received)
    return [(words.say("transfer.gave"), given), *came]


def spoken_code(code: str) -> str:
    """A pairing code in two halves, as it is read out."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"
