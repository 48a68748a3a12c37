"""Every word a screen says: on its widgets, in their tips, to a screen reader, in its lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from inspector_app.ui.kit.lists import RowList
from inspector_app.viewmodels.lists import FACE_ROLE, Face
from inspector_app.words.words import texts
from sync.contract import records as r
from sync.domain.text import Language

_WORD = {
    "ar": re.compile(r"[\u0621-\u064a][\u0621-\u0652]+"),
    "en": re.compile(r"[A-Za-z][A-Za-z']+"),
}
_OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}


def words_of(language: Language) -> frozenset[str]:
    """Every word that is said in this language only; names and keys (PDF, Ctrl) stand in the files of both."""
    return frozenset(_words(language, _sentences(language))) - frozenset(_words(language, _sentences(_OTHER[language])))


def _sentences(language: Language) -> Iterator[str]:
    """Every text of the language's files, parameters left out."""
    for entry in texts(language).values():
        for one in [entry] if isinstance(entry, str) else entry.values():
            yield re.sub(r"{\w+}", " ", one)


def words_in(language: Language, records: Iterable[r.Record], *typed: str) -> frozenset[str]:
    """The words of data: what the centre sent, and what somebody typed, stays as it is in any language."""
    return frozenset(_words(language, [*(msgspec.json.encode(one).decode() for one in records), *typed]))


def strange(screen: QWidget, language: Language, known: frozenset[str]) -> dict[str, str]:
    """The words of ``language`` that a screen of the other one says, each with the sentence it stands in.

    Args:
        screen: A window, with everything in it that is shown or waits to be shown.
        language: The language that is not spoken now.
        known: Words that data brings along.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    forbidden = words_of(language) - known
    return {word: said for said in said_by(screen) for word in _words(language, [said]) if word in forbidden}


def said_by(screen: QWidget) -> Iterator[str]:
    """Everything a screen says; what was typed into it is its user's, not its own."""
    for widget in (screen, *screen.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(place) for place in range(widget.count()))
        elif isinstance(widget, RowList):
            for place in range(widget.rows.rowCount()):
                face = widget.rows.index(place).data(FACE_ROLE)
                if isinstance(face, Face):
                    yield from (face.title, face.secondary, face.chip, face.trailing)


def _words(language: Language, sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from _WORD[language].findall(sentence)
