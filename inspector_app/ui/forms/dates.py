"""A day typed in either calendar, with the other one beside it."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.ui.kit.fields import LineEdit
from inspector_app.ui.kit.text import Caption
from inspector_app.words import Words
from sync.domain import hijri
from sync.domain.text import to_latin_digits

_YMD = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def read_day(text: str) -> date | None:
    """The day that was typed, as year-month-day or day-month-year; a year up to 1500 is a Hijri one. None: no day."""
    plain = to_latin_digits(text.strip())
    if found := _YMD.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DMY.fullmatch(plain):
        day, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        if year <= hijri.LAST_YEAR:
            return hijri.to_gregorian(hijri.HijriDate(year, month, day))
        return date(year, month, day)
    except (ValueError, hijri.OutOfCalendar):
        return None


class DayEdit(QWidget):
    """A line for a day, and below it the same day in both calendars.

    Signals:
        day_given(str): What was typed: an ISO day, or the text itself where it is no day (the checklist flags it).
    """

    day_given = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.line = LineEdit(f"{name}.day")
        self.line.setMaximumWidth(240)
        self._both = Caption()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self._both)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._typed)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def _typed(self, text: str) -> None:
        day = read_day(text)
        self.day_given.emit(day.isoformat() if day is not None else text.strip())

    def show_day(self, value: str, words: Words) -> None:
        """Show a day without telling anybody; what is being typed is left alone while it means this day."""
        typed = read_day(self.line.text())
        if (typed.isoformat() if typed is not None else self.line.text().strip()) != value:
            self.line.setText(value)
        day = read_day(value)
        self._both.setText(words.date(day) if day is not None else words.say("forms.day_hint"))
