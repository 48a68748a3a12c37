"""The collector of cyclic garbage rests while a form is read: what is made then stays, and is no garbage."""

from __future__ import annotations

import gc
from types import TracebackType
from typing import ClassVar


class Rest:
    """Lets the collector rest inside a ``with`` block; any number of threads may have it rest at once.

    Reading a form is bounded (``xforms.safexml``), and so is what waits to be collected behind it. Each step is one
    that no other thread can come into; whatever their order is, the last one out leaves the collector at work.
    """

    _resting: ClassVar[set[Rest]] = set()
    _woken = False
    """Whether the last one out switches it on again: not where somebody else had it switched off before."""

    def __enter__(self) -> None:
        """It stops, if it has not stopped yet."""
        Rest._resting.add(self)  # first, so that nobody who leaves now takes himself for the last
        if gc.isenabled():
            Rest._woken = True
            gc.disable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It goes on where nobody else has it rest."""
        Rest._resting.discard(self)
        if not Rest._resting and Rest._woken:
            Rest._woken = False
            gc.enable()
