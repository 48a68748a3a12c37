"""Where failures go that no screen expected: the user's to act on into a box, ours into a report and a plain word."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from inspector_app import VERSION
from inspector_app.ui import boxes
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks

_log = logging.getLogger(__name__)


class Failing(QObject):
    """Listens to ``tasks.error_escaped``; the composition root also sends it what reaches ``sys.excepthook``.

    Args:
        look: Whose words are said.
        tasks: Whose errors are told.
        folder: Where reports are written; it may not exist yet.
        parent: The owner.
    """

    def __init__(self, look: Look, tasks: Tasks, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._folder = look, folder
        tasks.error_escaped.connect(self.tell)

    def tell(self, error: BaseException) -> None:
        """Say what went wrong over the window in front; without one, only write it down."""
        over = QApplication.activeWindow() or next(iter(_shown()), None)
        if isinstance(error, Exception) and over is not None and boxes.tell_error(self._look, over, error) is not None:
            return
        path = self._write(error)
        if over is None:
            return
        title, _, text = self._look.words.say("shell.crash", file=self._look.words.verbatim(str(path))).partition("\n")
        boxes.tell(self._look, over, title, text, icon="alert", name="box.crash")

    def _write(self, error: BaseException) -> Path:
        """The report: version, time and where it happened; of the values only what the error itself says."""
        now = datetime.now(UTC)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"report-{now:%Y%m%d-%H%M%S-%f}.txt"
        told = "".join(traceback.format_exception(error))
        path.write_text(f"Midan {VERSION}\n{now.isoformat()}\n\n{told}", encoding="utf-8")
        path.chmod(0o600)
        _log.error("an unexpected failure was written to %s", path.name)
        return path


def _shown() -> list[QWidget]:
    return [window for window in QApplication.topLevelWidgets() if window.isVisible()]
