"""What is done once a day beside answering, and once when that begins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

_log = logging.getLogger(__name__)
_DAY_S = 24 * 3600.0


@contextmanager
def daily(work: Callable[[], object], every_s: float = _DAY_S) -> Iterator[None]:
    """Do some work now and every day, on a thread of its own, until the block ends; what is begun is finished.

    A day on which the database or the disk fails is written down and left out: the next one makes up for it.
    """
    ended = threading.Event()

    def run() -> None:
        while True:
            try:
                work()
            except (SQLAlchemyError, OSError):
                _log.exception("the daily work failed")
            if ended.wait(every_s):
                return

    thread = threading.Thread(target=run, name="midan-daily")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
