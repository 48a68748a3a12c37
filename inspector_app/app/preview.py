"""``python -m inspector_app.app.preview FORM [FOLDER]``: a form in a window, before it is published; nothing is kept.

``FORM`` is a workbook (``.xlsx``) or an XForm (``.xml``), ``FOLDER`` what comes with it: lists, pictures, sounds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

import xforms
from inspector_app.app.main import qt_application, run_on_loop
from inspector_app.ui import boxes
from inspector_app.ui.forms.preview import PreviewPage
from inspector_app.ui.look import LANGUAGES, Look
from inspector_app.viewmodels.tasks import Tasks
from xforms.errors import PublishError

LISTS: Final = frozenset({".csv", ".xml", ".geojson"})
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of all that comes with a form."""
_KINDS: Final = ("file", "file-csv", "images", "audio", "video")
_UNUSABLE: Final = (xforms.FormError, PublishError, OSError, ValueError)
"""What may be wrong with an author's files; ``ValueError``: too much, or a list that is not UTF-8."""


class Read(NamedTuple):
    """A form, and what reads the files that came with it by their addresses."""

    form: xforms.Form
    files: Callable[[str], bytes | None]


def read(form_file: Path, folder: Path | None) -> Read:
    """Reads a workbook or an XForm with what lies in a folder.

    Raises:
        FormError: It cannot be run.
        PublishError: It is a workbook that makes no form, or that names files which are not there.
        OSError: A file cannot be read.
        ValueError: The files are too large, or a list is not UTF-8.
    """
    beside = {} if folder is None else _files(folder)
    if form_file.suffix.lower() == ".xml":
        found = {f"jr://{kind}/{name}": content for name, content in beside.items() for kind in _KINDS}
        return Read(xforms.load(form_file.read_bytes(), _lists(found), strict=False), found.get)
    from xforms.publish import publish  # brings the converter along, which an XForm does not need

    published = publish(form_file, files=None if folder is None else beside, version="preview")
    return Read(xforms.load(published.xml, _lists(published.files)), published.files.get)


def _files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.iterdir() if path.is_file() and path.suffix.lower() != ".xlsx"]
    if sum(path.stat().st_size for path in paths) > LARGEST:
        raise ValueError(f"{folder}: more than {LARGEST} bytes")
    return {path.name: path.read_bytes() for path in paths}


def _lists(files: Mapping[str, bytes]) -> dict[str, str]:
    return {
        address: content.decode("utf-8-sig")
        for address, content in files.items()
        if Path(address).suffix.lower() in LISTS
    }


class PreviewWindow(QWidget):
    """A window with one form in it.

    Signals:
        closed(): It was closed.
    """

    closed = Signal()

    def __init__(self, look: Look, tasks: Tasks, form_file: Path, folder: Path | None) -> None:
        """Shows a form.

        Raises:
            FormError: As of ``read``.
            PublishError: As of ``read``.
            OSError: As of ``read``.
            ValueError: As of ``read``.
        """
        super().__init__()
        self.setObjectName("preview.window")
        self.setProperty("ground", True)
        self.setAutoFillBackground(True)
        self._look, self._tasks, self._form_file, self._folder = look, tasks, form_file, folder
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.page = self._read()
        self._column.addWidget(self.page)
        self.resize(1180, 820)
        tasks.refusal_escaped.connect(self._tell)

    def _read(self) -> PreviewPage:
        form, files = read(self._form_file, self._folder)
        page = PreviewPage(self._look, self._tasks, form, files)
        page.again.connect(self.read_again)
        self.setWindowTitle(form.title or form.id)
        return page

    def read_again(self) -> None:
        """Read the files anew, as their author has changed them; what is wrong with them is said."""
        try:
            new = self._read()
        except _UNUSABLE as error:
            title = self._look.words.say("preview.unusable")
            boxes.tell(self._look, self, title, str(error), icon="alert", name="preview.error")
            return
        self._column.replaceWidget(self.page, new)
        self.page.deleteLater()
        self.page = new
        new.show()
        new.begin()

    def _tell(self, error: Exception) -> None:
        boxes.tell_error(self._look, self, error)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Says that it was closed."""
        super().closeEvent(event)
        self.closed.emit()


def main(arguments: list[str] | None = None) -> int:
    """Show a form until its window is closed.

    Returns:
        0, or 2 when the form cannot be shown; what is wrong with it is then said.
    """
    parser = argparse.ArgumentParser(prog="preview", description="Shows a form in a window; nothing is kept.")
    parser.add_argument("form", type=Path, help="a workbook (.xlsx) or an XForm (.xml)")
    parser.add_argument("folder", type=Path, nargs="?", help="the lists, pictures and sounds that come with it")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="ar", help="of the window")
    chosen = parser.parse_args(arguments)
    qt_application()
    look, tasks = Look(LANGUAGES[chosen.language]), Tasks()
    look.apply()
    try:
        window = PreviewWindow(look, tasks, chosen.form, chosen.folder)
    except _UNUSABLE as error:
        sys.stderr.write(f"{chosen.form}: {error}\n")
        tasks.close()
        return 2
    window.show()
    window.page.begin()

    async def until_closed() -> None:
        closed = asyncio.Event()
        window.closed.connect(closed.set)
        await closed.wait()

    run_on_loop(until_closed)
    tasks.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
