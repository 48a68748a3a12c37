"""``python -m inspector_app.app.preview FORM [FOLDER]``: a form in a window, before it is published; nothing is kept.

``FORM`` is a workbook (``.xlsx``) or an XForm (``.xml``), ``FOLDER`` what comes with it: lists, pictures, sounds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

import xforms
from inspector_app.app.main import qt_application, run_on_loop
from inspector_app.ui.forms.preview import PreviewPage
from inspector_app.ui.look import LANGUAGES, Look
from inspector_app.viewmodels.tasks import Tasks
from xforms.errors import PublishError

LISTS: Final = frozenset({".csv", ".xml", ".geojson"})
_LARGEST_LIST: Final = 64 * 1024 * 1024
_LARGEST_FILE: Final = 32 * 1024 * 1024
_KINDS: Final = ("file", "file-csv", "images", "audio", "video")


class Beside(QObject):
    """The files of a folder, by the addresses a form may give them."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        files = () if folder is None else (path for path in folder.iterdir() if path.is_file())
        self._files = {path.name: path for path in files}

    def lists(self) -> Mapping[str, str]:
        """The lists among them.

        Raises:
            OSError: One cannot be read.
            UnicodeDecodeError: One is not UTF-8.
            ValueError: One is too large.
        """
        found: dict[str, str] = {}
        for name, path in self._files.items():
            if path.suffix.lower() not in LISTS:
                continue
            if path.stat().st_size > _LARGEST_LIST:
                raise ValueError(f"{path}: larger than {_LARGEST_LIST} bytes")
            text = path.read_text(encoding="utf-8-sig")
            found |= {f"jr://{kind}/{name}": text for kind in _KINDS}
        return found

    def read(self, address: str) -> bytes | None:
        """A file by its address; from any thread."""
        path = self._files.get(address.rpartition("/")[2])
        if path is None or path.stat().st_size > _LARGEST_FILE:
            return None
        return path.read_bytes()


class PreviewWindow(QWidget):
    """A window with one form in it.

    Signals:
        closed(): It was closed.
    """

    closed = Signal()

    def __init__(self, look: Look, tasks: Tasks, form_file: Path, folder: Path | None) -> None:
        """Shows a form.

        Raises:
            FormError: It cannot be run.
            PublishError: It is a workbook that makes no form.
            OSError: A file cannot be read.
        """
        super().__init__()
        self.setProperty("ground", True)
        self.setAutoFillBackground(True)
        self._look, self._tasks, self._form_file, self._folder = look, tasks, form_file, folder
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.page = self._read()
        self._column.addWidget(self.page)
        self.resize(1180, 820)

    def _read(self) -> PreviewPage:
        beside = Beside(self._folder)
        form = load(self._form_file, beside.lists())
        page = PreviewPage(self._look, self._tasks, form, beside.read)
        page.again.connect(self._again)
        self.setWindowTitle(form.title or form.id)
        return page

    def _again(self) -> None:
        """Read the files anew, as their author has changed them."""
        new = self._read()
        self._column.replaceWidget(self.page, new)
        self.page.deleteLater()
        self.page = new

    def closeEvent(self, event: QCloseEvent) -> None:
        """Says that it was closed."""
        super().closeEvent(event)
        self.closed.emit()


def load(form_file: Path, lists: Mapping[str, str]) -> xforms.Form:
    """A form from a workbook or an XForm.

    Raises:
        FormError: It cannot be run.
        PublishError: It is a workbook that makes no form.
        OSError: The file cannot be read.
    """
    if form_file.suffix.lower() == ".xml":
        return xforms.load(form_file.read_bytes(), lists, strict=False)
    from xforms.publish import publish  # brings the converter along, which an XForm does not need

    return xforms.load(publish(form_file, lists).xml, lists, strict=False)


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
    except (xforms.FormError, PublishError, OSError, ValueError) as error:
        sys.stderr.write(f"{chosen.form}: {error}\n")
        tasks.close()
        return 2
    window.show()

    async def until_closed() -> None:
        closed = asyncio.Event()
        window.closed.connect(closed.set)
        await closed.wait()

    run_on_loop(until_closed)
    tasks.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
