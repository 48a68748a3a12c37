"""How everything looks and speaks at this moment: words, colours, sizes, fonts, icons, direction of writing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from string import Template
from typing import Final, Literal

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTemporaryDir, QTranslator
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from inspector_app.ui import icons
from inspector_app.words import Words
from inspector_app.words.paths import resource
from sync.domain.text import Digits, Language

Theme = Literal["light", "dark"]
TEXT_SIZES: Final = {"normal": 15, "large": 17, "larger": 19}
"""The sizes of plain text a user may choose, in px; everything else follows."""
DIGITS: Final[dict[str, Digits | None]] = {"auto": None, "arabic": "arabic", "latin": "latin"}
LANGUAGES: Final[dict[str, Language]] = {"ar": "ar", "en": "en"}
FAMILY: Final = "IBM Plex Sans Arabic"

_THEMES: Final[dict[str, Theme]] = {"light": "light", "dark": "dark"}


@cache
def tokens(theme: Theme) -> dict[str, str]:
    """The colours of a theme by what they are for, as ``#RRGGBB``."""
    read: dict[str, str] = json.loads(resource("theme", f"{theme}.json").read_text(encoding="utf-8"))
    return read


@cache
def tinted_icons() -> QTemporaryDir:
    """Where tinted icons lie for the stylesheet; one folder, so that the same look is the same stylesheet."""
    return QTemporaryDir()


@cache
def _font_family() -> str:
    """Load the fonts that ship with the product, once.

    Raises:
        FileNotFoundError: A font is missing or not a font.
    """
    for path in sorted(resource("fonts").glob("*.ttf")):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FileNotFoundError(path)
    return FAMILY


def _system_theme() -> Theme:
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


class Look(QObject):
    """The face of the application, handed to every screen.

    Signals:
        changed: Language, digits, theme or text size changed; say and paint everything again.
    """

    changed = QtSignal()

    def __init__(
        self,
        language: Language = "ar",
        theme: Theme = "light",
        text_size: int = TEXT_SIZES["normal"],
        digits: Digits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.words = Words.load(language, digits)
        self.theme: Theme = theme
        self.text_size = text_size
        self._digits = digits
        self._qt_words: QTranslator | None = None
        self._icons = icons.Icons()

    @property
    def tokens(self) -> dict[str, str]:
        """The colours in force."""
        return tokens(self.theme)

    def color(self, token: str) -> QColor:
        """One colour in force, for painting."""
        return QColor(self.tokens[token])

    def px(self, share: float) -> int:
        """A length that grows with the text: ``share`` of its size."""
        return round(self.text_size * share)

    # -------------------------------------------------------------------------------------------------- changing

    def set_language(self, language: Language) -> None:
        """Speak another language at once, in its own digits unless the user chose some."""
        self._change(Words.load(language, self._digits), self.theme, self.text_size)

    def set_digits(self, digits: Digits | None) -> None:
        """Write numbers in these digits; None: those of the language."""
        self._digits = digits
        self._change(Words.load(self.words.language, digits), self.theme, self.text_size)

    def set_theme(self, theme: Theme) -> None:
        """Light or dark."""
        self._change(self.words, theme, self.text_size)

    def set_text_size(self, text_size: int) -> None:
        """One of the sizes of ``TEXT_SIZES``, px."""
        self._change(self.words, self.theme, text_size)

    def apply_setting(self, key: str, value: str) -> None:
        """Take over what a person chose: a key of ``services.settings.CHOICES`` with its value.

        Raises:
            KeyError: The setting or its value is not one of the look.
        """
        if key == "language":
            self.set_language(LANGUAGES[value])
        elif key == "digits":
            self.set_digits(DIGITS[value])
        elif key == "text_size":
            self.set_text_size(TEXT_SIZES[value])
        elif key == "theme":
            self.set_theme(_system_theme() if value == "system" else _THEMES[value])
        else:
            raise KeyError(key)

    def _change(self, words: Words, theme: Theme, text_size: int) -> None:
        if (words.language, words.digits, theme, text_size) == (
            self.words.language,
            self.words.digits,
            self.theme,
            self.text_size,
        ):
            return
        self.words, self.theme, self.text_size = words, theme, text_size
        self.apply()
        self.changed.emit()

    def apply(self) -> None:
        """Put the look on the application: style, colours, font, direction, and Qt's own words."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("there is no QApplication to dress")
        if not app.styleSheet():  # under a stylesheet the style has no name any more, and stays what it was
            app.setStyle("fusion")
        self._translate_qt(app)
        saudi = QLocale(QLocale.Language.Arabic, QLocale.Country.SaudiArabia)
        QLocale.setDefault(saudi if self.words.rtl else QLocale.c())
        direction = Qt.LayoutDirection.RightToLeft if self.words.rtl else Qt.LayoutDirection.LeftToRight
        if app.layoutDirection() != direction:
            app.setLayoutDirection(direction)
        self._dress(app)

    def _dress(self, app: QApplication) -> None:
        """Set font, colours and stylesheet where they are others than before.

        Each of the three has every widget of the application polished again, which takes longer than a frame on a
        page of fifty items; a change of language needs none of them.
        """
        font = QFont(_font_family())
        font.setPixelSize(self.text_size)
        if app.font() != font:
            app.setFont(font)
        sheet = self._stylesheet()
        if app.styleSheet() != sheet:
            app.setPalette(self._palette())
            app.setStyleSheet(sheet)

    def _translate_qt(self, app: QApplication) -> None:
        if self._qt_words is not None:
            app.removeTranslator(self._qt_words)
            self._qt_words = None
        if self.words.language == "en":
            return
        translator = QTranslator(self)
        if translator.load("qtbase_ar", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(translator)
            self._qt_words = translator

    def _palette(self) -> QPalette:
        roles = {
            QPalette.ColorRole.Window: "ground",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "sunken",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.PlaceholderText: "text_soft",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "on_accent",
            QPalette.ColorRole.Link: "accent_text",
            QPalette.ColorRole.ToolTipBase: "surface",
            QPalette.ColorRole.ToolTipText: "text",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.color(token))
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text, self.color("text_soft"))
        return palette

    def _stylesheet(self) -> str:
        sizes = {"base": 1.0, "small": 0.88, "heading": 1.2, "title": 1.55, "figure": 2.0}
        values = dict(self.tokens)
        values |= {name: str(self.px(share)) for name, share in sizes.items()}
        values["icon_down"] = self._tinted_file("down", "text")
        values["icon_check"] = self._tinted_file("check", "on_accent")
        return Template(resource("theme", "app.qss").read_text(encoding="utf-8")).substitute(values)

    # ----------------------------------------------------------------------------------------------------- icons

    def pixmap(self, name: str, size: int, ink: str = "text") -> QPixmap:
        """An icon of ``resources/icons`` as a picture of ``size`` px, in the colour of a token."""
        return self._icons.picture(name, size, self.tokens[ink], self.words.rtl)

    def _tinted_file(self, name: str, token: str) -> str:
        """A stylesheet takes pictures only from files."""
        path = Path(tinted_icons().path()) / f"{name}-{self.tokens[token].lstrip('#')}.svg"
        if not path.exists():
            path.write_bytes(icons.tinted(name, self.tokens[token]))
        # Quoted: the folder for temporary files may have spaces or brackets in its name.
        return '"' + path.as_posix().replace('"', '\\"') + '"'
