"""The collector of cyclic garbage rests while a form is read: what is made then stays, and is no garbage."""

from __future__ import annotations

import gc
from threading import Lock
from types import TracebackType


class Rest:
    """Lets the collector rest inside a ``with`` block; any number of threads may have it rest at once.

    Reading a form is bounded (``xforms.safexml``), and so is what waits to be collected behind it.
    """

    _lock = Lock()
    _resting = 0
    _woken = False
    """Whether it was at work before the first of those that have it rest."""

    def __enter__(self) -> None:
        """It stops, if it has not stopped yet."""
        with Rest._lock:
            if not Rest._resting:
                Rest._woken = gc.isenabled()
                gc.disable()
            Rest._resting += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It goes on where nobody else has it rest."""
        with Rest._lock:
            Rest._resting -= 1
            if not Rest._resting and Rest._woken:
                gc.enable()
