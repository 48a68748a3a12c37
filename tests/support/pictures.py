"""Pictures of screens and dialogs, for people to look at: build/pictures/<language>-<theme>/<screen>.png."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from inspector_app.ui.look import Look

FOLDER = Path(__file__).resolve().parents[2] / "build" / "pictures"


def grab(widget: QWidget, look: Look, name: str) -> Path:
    """Paint a widget into a file, with every dialog that lies over it.

    Args:
        widget: A shown window, or part of one.
        look: In whose language and theme it is.
        name: The screen's name, the file's too.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    folder = FOLDER / f"{look.words.language}-{look.theme}"
    folder.mkdir(parents=True, exist_ok=True)
    picture = widget.grab()
    for dialog in QApplication.topLevelWidgets():
        if dialog.isVisible() and dialog.isModal():
            picture = dialog.grab()
    path = folder / f"{name}.png"
    picture.save(str(path))
    return path
