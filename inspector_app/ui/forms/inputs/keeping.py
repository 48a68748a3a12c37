"""Where questions of pictures, sounds and files keep what they are given, and where positions are to be had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

import xforms
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r


class Keeper(Protocol):
    """A draft's own pieces of evidence, or for a preview whatever holds them as long as it is open.

    An answer names its piece, so that a piece goes with its answer when an instance of a repeat moves. What no answer
    names any more is taken away by the keeper, not by the input that gave another answer.
    """

    @property
    def tasks(self) -> Tasks:
        """The door off the GUI thread."""
        ...

    def piece(self, name: str) -> r.Attachment | None:
        """The piece that an answer names; None where it is not kept here."""
        ...

    def keep(
        self,
        question: xforms.Question,
        source: Path | bytes,
        role: str,
        *,
        done: Callable[[str], None],
        owner: QObject,
        over: r.Attachment | None = None,
    ) -> None:
        """Keep a file for a question, off the GUI thread; a refusal is told to the user by the tasks.

        Args:
            question: Which question asks for it.
            source: The file, or what would be in it.
            role: ``photo``, ``drawing``, ``signature``, ``voice``, ``video`` or ``file``.
            done: Told the name that the answer is to be, on the GUI thread.
            owner: The input; once it is gone, the keeper answers the question itself.
            over: The picture that this one was drawn over: it was taken where and when that one was.
        """
        ...

    def read(self, sha256: str) -> bytes:
        """The plain bytes of a piece; from any thread."""
        ...

    def thumbnail(self, sha256: str, side: int) -> bytes:
        """A small JPEG of a picture, at most ``side`` px either way; from any thread."""
        ...

    def fixes(self) -> tuple[r.Fix, ...]:
        """The positions that are known now: the visit's own, and those of its photos, newest first."""
        ...
