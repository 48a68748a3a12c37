"""Mistakes of ours: kept as a report that says where, never what; told in plain words, without a traceback."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

_log = logging.getLogger(__name__)


class CrashReports(QObject):
    """Writes a report for every mistake of ours and says that there is one.

    A report names the exception's type and the places it came through. It leaves out messages and values: they may
    hold what a pilgrim said, and the report is not encrypted, so that it can be sent.

    Signals:
        written: The path of a report, on the GUI thread.
    """

    written = Signal(object)
    _caught = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._told: set[str] = set()
        self._caught.connect(self._write, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over what no code caught, on every thread."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(args.exc_type, args.exc_value, args.exc_traceback)

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def report(self, error: BaseException) -> None:
        """Report a mistake of ours; from any thread."""
        _log.error("a mistake of ours: %s", describe(error))
        self._caught.emit(error)

    def _hook(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        self.report(error)

    def _write(self, error: BaseException) -> None:
        """Write it down, the first time: one made while painting comes back sixty times a second."""
        said = describe(error)
        if said in self._told:
            return
        self._told.add(said)
        now = datetime.now(UTC)
        path = self._folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"{now.isoformat()}\n{said}\n", encoding="utf-8")
        except OSError as failure:  # raised from here it would be reported in turn, and never end
            _log.error("a report could not be written: %s", failure.strerror)
            return
        self.written.emit(path)


def describe(error: BaseException) -> str:
    """The types and places of an exception and of what led to it, without messages and values."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < 400:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        for frame in traceback.extract_tb(current.__traceback__):
            lines.append(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}")
        current = current.__cause__ or current.__context__
    return "\n".join(lines)
