"""What is kept with a visit's questions, for the inputs of its checklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from shiboken6 import isValid

import xforms
from inspector_app.services.desk import Desk
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from sync.contract import records as r


class VisitKeeper:
    """Keeps pieces as evidence of a draft: a ``Keeper`` for inputs."""

    def __init__(self, desk: Desk, tasks: Tasks, editor: VisitEditor) -> None:
        self.tasks = tasks
        self._desk, self._editor = desk, editor

    def piece(self, name: str) -> r.Attachment | None:
        """The piece that an answer names; None where it is not kept here."""
        return self._editor.piece(name)

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
        """Keep a file for a question, off the GUI thread; it is answered also where its row was let go meanwhile."""

        def kept(name: str) -> None:
            if isValid(owner):
                done(name)
            else:
                self._editor.answer(question.ref, name)

        self._editor.keep(question, source, role, kept, over)

    def read(self, sha256: str) -> bytes:
        """The plain bytes of a piece; from any thread."""
        return self._desk.evidence.read(sha256)

    def thumbnail(self, sha256: str, side: int) -> bytes:
        """A small JPEG of a picture; from any thread."""
        return self._desk.evidence.thumbnail(sha256, side)

    def fixes(self) -> tuple[r.Fix, ...]:
        """The visit's own position, and those of its photos, newest first."""
        fixes = [one.fix for one in reversed(self._editor.attachments) if one.fix is not None]
        return (*([] if self._editor.fix is None else [self._editor.fix]), *fixes)
