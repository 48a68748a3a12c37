"""Pictures of evidence: a strip of thumbnails, adding by file, drop or paste, and one looked at large."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QIcon, QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from inspector_app.ui import boxes
from inspector_app.ui.forms.sketch import png_of
from inspector_app.ui.kit.buttons import DangerButton, PlainButton, QuietButton
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.text import Caption
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r

SIDE: Final = 88
LARGE: Final = 240
PATTERNS: Final = "*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff"
_SUFFIXES: Final = frozenset(pattern.removeprefix("*") for pattern in PATTERNS.split())


class Pictures(Protocol):
    """Where the bytes of pictures come from; asked from any thread."""

    def read(self, sha256: str) -> bytes:
        """A whole picture."""
        ...

    def thumbnail(self, sha256: str, side: int) -> bytes:
        """A small JPEG of it, at most ``side`` px either way."""
        ...


class Thumbnail(QPushButton):
    """One picture, small; a click shows it large.

    Signals:
        asked: The picture is to be shown large.
    """

    asked = Signal(object)

    def __init__(
        self, pictures: Pictures, look: Look, tasks: Tasks, attachment: r.Attachment, name: str, side: int = SIDE
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "picture")
        self.setFixedSize(side, side)
        self.setIconSize(QSize(side - 12, side - 12))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._look, self._attachment = look, attachment
        self.clicked.connect(lambda: self.asked.emit(attachment))
        self.setIcon(QIcon(look.pixmap("camera", 48, "text_soft")))
        tasks.run(_thumbnail, pictures, attachment.sha256, side * 2, done=self._show, failed=self._missing, owner=self)

    def name_it(self, name: str) -> None:
        """Say to a screen reader which picture this is."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def _show(self, picture: QImage) -> None:
        self.setIcon(QIcon(QPixmap.fromImage(picture)))

    def _missing(self, error: Exception) -> None:
        """A picture that is not on this device, or is damaged, says so in its place."""
        told = self._look.words.explain(getattr(error, "code", "evidence_missing"))
        self.setIcon(QIcon(self._look.pixmap("alert", 48, "danger_text")))
        self.setToolTip(told.title)


def _thumbnail(pictures: Pictures, sha256: str, side: int) -> QImage:
    return QImage.fromData(pictures.thumbnail(sha256, side))


def whole_picture(pictures: Pictures, sha256: str) -> QImage:
    """A picture decoded; for any thread but the screen's."""
    return QImage.fromData(pictures.read(sha256))


class PhotoStrip(QWidget):
    """Pictures side by side; a click shows one large, from where it can be removed if ``removable``.

    Signals:
        removed: This picture is to be taken away.
    """

    removed = Signal(object)

    def __init__(self, name: str, pictures: Pictures, look: Look, tasks: Tasks, *, side: int = SIDE) -> None:
        super().__init__()
        self.setObjectName(name)
        self._pictures, self._look, self._tasks, self._side = pictures, look, tasks, side
        self.removable = False
        self._shown: tuple[r.Attachment, ...] = ()
        self._tiles: dict[str, Thumbnail] = {}
        self._row = WrapLayout(self)
        self.hide()
        look.changed.connect(self._retranslate)

    def show_pictures(self, attachments: Sequence[r.Attachment]) -> None:
        """Show these, keeping the tiles that are there already."""
        wanted = {one.sha256: one for one in attachments}
        for sha256 in [key for key in self._tiles if key not in wanted]:
            tile = self._tiles.pop(sha256)
            self._row.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        for one in wanted.values():
            if one.sha256 not in self._tiles:
                name = f"{self.objectName()}.{len(self._tiles) + 1}"
                tile = Thumbnail(self._pictures, self._look, self._tasks, one, name, self._side)
                tile.asked.connect(self._open)
                self._row.addWidget(tile)
                self._tiles[one.sha256] = tile
        self._shown = tuple(wanted.values())
        self._retranslate()
        self.setVisible(bool(wanted))

    def _retranslate(self) -> None:
        for number, tile in enumerate(self._tiles.values(), start=1):
            tile.name_it(self._look.words.say("forms.photo_number", n=number))

    def _open(self, attachment: r.Attachment) -> None:
        viewer = PhotoViewer(self._pictures, self._look, self._tasks, attachment, self, removable=self.removable)
        viewer.removed.connect(lambda: self.removed.emit(attachment))
        viewer.open()


class PhotoViewer(QDialog):
    """One picture as large as the window allows, with when and where it was taken.

    Signals:
        removed: The picture is to be taken away.
    """

    removed = Signal()

    def __init__(
        self, pictures: Pictures, look: Look, tasks: Tasks, attachment: r.Attachment, over: QWidget, *, removable: bool
    ) -> None:
        super().__init__(over)
        self.setObjectName("photo.viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        window = over.window().size()
        self.resize(window.width() * 4 // 5, window.height() * 4 // 5)
        words = look.words
        self.setWindowTitle(words.say("forms.photo"))
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(words.say("forms.photo"))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._picture)
        self._space = scroll
        close = QuietButton("photo.viewer.close")
        close.setText(words.say("common.close"))
        close.clicked.connect(self.reject)
        remove = DangerButton("photo.viewer.remove", look, "trash")
        remove.setText(words.say("forms.remove_photo"))
        remove.setVisible(removable)
        remove.clicked.connect(self._remove)
        taken = words.say("forms.taken_at", moment=words.moment(attachment.taken_at)) if attachment.taken_at else ""
        where = "" if attachment.fix is None else coordinates(look, attachment.fix)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(scroll, 1)
        column.addWidget(Caption(words.join(taken, where, words.bytes(attachment.size)), wrap=True))
        column.addLayout(row(remove, 1, close))
        tasks.run(whole_picture, pictures, attachment.sha256, done=self._show, owner=self)

    def _show(self, picture: QImage) -> None:
        room = self._space.viewport().size()
        fitted = picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        self._picture.setPixmap(QPixmap.fromImage(fitted))

    def _remove(self) -> None:
        self.removed.emit()
        self.accept()


def coordinates(look: Look, fix: r.Fix) -> str:
    """A position to five places, latitude first, kept in that order in any sentence."""
    accuracy = "" if fix.accuracy_m is None else f" ±{round(fix.accuracy_m)} m"
    return look.words.code(f"{fix.lat:.5f}, {fix.lon:.5f}{accuracy}")


class PhotoAdder(QWidget):
    """A button that asks for picture files, and a place to drop or paste them.

    Signals:
        given: A picture, as the path of a file or as PNG bytes.
    """

    given = Signal(object)

    def __init__(self, name: str, look: Look, *, several: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAcceptDrops(True)
        self._look, self._several = look, several
        self.button = QuietButton(f"{name}.choose", look, "camera")
        self.button.clicked.connect(self._choose)
        self.paste = PlainButton(f"{name}.paste")
        self.paste.clicked.connect(self._paste)
        shortcut = QShortcut(QKeySequence.StandardKey.Paste, self.button)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._paste)
        self.setLayout(row(self.button, self.paste, 1))
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the words of the buttons."""
        say = self._look.words.say
        self.button.setText(say("forms.add_photo" if self._several else "forms.choose_one_photo"))
        self.paste.setText(say("forms.paste_photo"))
        self.paste.setToolTip(say("forms.paste_hint"))

    def _choose(self) -> None:
        say = self._look.words.say
        boxes.ask_file(
            self._look,
            self,
            title=say("forms.choose_photo"),
            patterns=f"{say('forms.photos')} ({PATTERNS})",
            then=self._give_files,
            several=self._several,
            name="photo.file",
        )

    def _give_files(self, paths: Sequence[Path]) -> None:
        for path in paths if self._several else paths[:1]:
            self.given.emit(path)

    def _paste(self) -> None:
        if not self._take(QGuiApplication.clipboard().mimeData()):
            say = self._look.words.say
            boxes.tell(self._look, self, say("forms.nothing_to_paste"), say("forms.nothing_to_paste_text"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData()):
            event.acceptProposedAction()

    def _take(self, data: QMimeData) -> bool:
        files = _files(data)
        self._give_files(files)
        if not files and data.hasImage():
            self.given.emit(png_of(QImage(data.imageData())))  # a pasted picture has no file
            return True
        return bool(files)


def _files(data: QMimeData) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in _SUFFIXES]
