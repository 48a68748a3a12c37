"""What every test may rely on: a fixed place, time zone and screen, and nothing left behind unnoticed."""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

# Before anything imports Qt: no display needed, no user's folders touched, one locale and one zone everywhere.
# The field's own zone is used, not UTC, so that a lost offset shows.
_HOME = Path(tempfile.mkdtemp(prefix="midan-tests-"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.update({"TZ": "Asia/Riyadh", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "HOME": str(_HOME)})
os.environ.pop("LANGUAGE", None)
for _name in ("RUNTIME", "CONFIG", "DATA", "CACHE", "STATE"):
    _folder = _HOME / _name.lower()
    _folder.mkdir(mode=0o700)
    os.environ[f"XDG_{_name}_{'DIR' if _name == 'RUNTIME' else 'HOME'}"] = str(_folder)
if hasattr(time, "tzset"):
    time.tzset()

settings.register_profile("quick", deadline=None, max_examples=30, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("MIDAN_HYPOTHESIS", "quick"))

GRACE_SECONDS = 2.0
"""How long a thread that was told to stop may take to do so."""

LOOP_POOLS = ("asyncio_", "AnyIO worker thread")
"""Idle workers an event loop keeps for itself; the thread that runs the loop is the one that is watched."""

ExpectLog = Callable[..., AbstractContextManager[list[logging.LogRecord]]]


def pytest_unconfigure() -> None:
    """Remove the folder the run lived in."""
    shutil.rmtree(_HOME, ignore_errors=True)


class LogWatch(logging.Handler):
    """Keeps every record at WARNING and above, apart from those a test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.unexpected.append(record)

    @contextmanager
    def expect(
        self, pattern: str, *, level: int = logging.WARNING, logger: str | None = None
    ) -> Iterator[list[logging.LogRecord]]:
        """Announce records; fail when none comes.

        Args:
            pattern: regular expression searched in the formatted message.
            level: exact level of the announced records.
            logger: name of the logger, or None for any.

        Yields:
            The list of announced records, complete once the block has ended.
        """
        first = len(self.unexpected)
        announced: list[logging.LogRecord] = []
        yield announced
        since = self.unexpected[first:]
        announced += [
            record
            for record in since
            if record.levelno == level
            and (logger is None or record.name == logger)
            and re.search(pattern, record.getMessage())
        ]
        self.unexpected[first:] = [record for record in since if record not in announced]
        if not announced:
            pytest.fail(f"no {logging.getLevelName(level)} record matched {pattern!r}")


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fail the test on a log record at WARNING or above that it did not announce with `expected_log`."""
    watch = LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    if watch.unexpected:
        lines = (f"{r.levelname} {r.name}: {r.getMessage()}" for r in watch.unexpected)
        pytest.fail("unexpected log records:\n  " + "\n  ".join(lines), pytrace=False)


@pytest.fixture
def expected_log(log_watch: LogWatch) -> ExpectLog:
    """Announce records as in `LogWatch.expect`; the way to test that something warns."""
    return log_watch.expect


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail the test that leaves a thread, a Qt pool worker or a ticking Qt timer behind."""
    before = set(threading.enumerate())
    yield
    left = [f"thread {thread.name}" for thread in _threads_left(before)]
    if "PySide6.QtCore" in sys.modules:
        left += _qt_left()
    if left:
        pytest.fail("left running: " + ", ".join(left), pytrace=False)


def _threads_left(before: set[threading.Thread]) -> list[threading.Thread]:
    """The live threads not in `before`, after each has had its chance to end."""
    deadline = time.monotonic() + GRACE_SECONDS
    left = []
    for thread in set(threading.enumerate()) - before:
        # Python never forgets the stand-in it makes for a thread that Qt started; the Qt pool is asked instead.
        if isinstance(thread, threading._DummyThread) or thread.name.startswith(LOOP_POOLS):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(thread)
    return left


def _qt_left() -> list[str]:
    """What Qt still runs. Timers are stopped, so that the next test is not blamed for them."""
    from PySide6.QtCore import QCoreApplication, QThreadPool, QTimer

    if QCoreApplication.instance() is None:
        return []
    left = []
    if not QThreadPool.globalInstance().waitForDone(int(GRACE_SECONDS * 1000)):
        left.append("a worker of the global QThreadPool")
    for timer in _active_timers(QTimer):
        left.append(f"QTimer {timer.objectName() or 'without a name'} of {type(timer.parent()).__name__}")
        timer.stop()
    return left


def _active_timers(timer_class: type[QTimer]) -> list[QTimer]:
    """Every ticking QTimer that Python knows of; one without a parent is in no Qt tree."""
    from shiboken6 import isValid

    timers = [item for item in gc.get_objects() if issubclass(type(item), timer_class)]
    return [timer for timer in timers if isValid(timer) and timer.isActive()]
