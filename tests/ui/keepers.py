"""Where the pieces of one question go, without the page of a visit around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

import xforms
from inspector_app.services.desk import Desk
from inspector_app.services.evidence import item_of
from inspector_app.services.views.drafts import media_name
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r


class DeskKeeper:
    """Keeps pieces with a draft of a real desk, without the page around it."""

    def __init__(self, desk: Desk, tasks: Tasks, fixes: tuple[r.Fix, ...] = ()) -> None:
        self.tasks = tasks
        self._desk, self._fixes = desk, fixes
        self._draft = desk.visits.start("p1", "co1")
        self.kept: list[r.Attachment] = []

    def piece(self, name: str) -> r.Attachment | None:
        return next((one for one in self.kept if media_name(one) == name), None)

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
        def kept(attachment: r.Attachment) -> None:
            self.kept.append(attachment)
            done(media_name(attachment))

        accept = question.parameters.get("accept", "")
        self.tasks.run(
            lambda: self._desk.visits.attach_prepared(
                self._draft, item_of(question.ref), self._desk.evidence.prepare(source, role, accept=accept, over=over)
            ),
            done=kept,
            lane="write",
            owner=owner,
        )

    def read(self, sha256: str) -> bytes:
        return self._desk.evidence.read(sha256)

    def thumbnail(self, sha256: str, side: int) -> bytes:
        return self._desk.evidence.thumbnail(sha256, side)

    def fixes(self) -> tuple[r.Fix, ...]:
        return self._fixes


class NoKeeper:
    """For questions that keep nothing and know no position."""

    def __init__(self, tasks: Tasks | None = None) -> None:
        self.tasks = tasks or Tasks()

    def piece(self, name: str) -> r.Attachment | None:
        return None

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
        raise AssertionError("nothing is kept here")

    def read(self, sha256: str) -> bytes:
        raise AssertionError("nothing is read here")

    def thumbnail(self, sha256: str, side: int) -> bytes:
        raise AssertionError("nothing is shown here")

    def fixes(self) -> tuple[r.Fix, ...]:
        return ()
