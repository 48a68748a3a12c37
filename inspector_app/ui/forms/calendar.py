"""A month to choose a day from, in either calendar, every day with its number in both."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from inspector_app.ui.kit.buttons import Choice, Choices, PlainButton
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Heading
from inspector_app.ui.look import Look
from inspector_app.viewmodels.days import month_of
from inspector_app.words import Words
from sync.domain import hijri
from sync.domain.text import with_digits

_CELL: Final = QSize(52, 48)
_WEEK: Final = 7
_HEAD: Final = 28
_ROUND: Final = 8
_ARROWS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -_WEEK, Qt.Key.Key_Down: _WEEK}


def length_of(first: date, *, islamic: bool) -> int:
    """How many days the month has that begins with this day."""
    if islamic:
        lunar = hijri.to_hijri(first)
        return hijri.month_length(lunar.year, lunar.month)
    return calendar.monthrange(first.year, first.month)[1]


def month_words(words: Words, first: date, *, islamic: bool) -> str:
    """A month in words: ``نوفمبر ٢٠٢٦`` or ``جمادى الآخرة ١٤٤٨``."""
    if islamic:
        lunar = hijri.to_hijri(first)
        said = f"{hijri.month_name(lunar.month, words.language)} {lunar.year}"
    else:
        said = f"{hijri.gregorian_month_name(first.month, words.language)} {first.year}"
    return with_digits(said, words.digits)


def other_months(words: Words, first: date, *, islamic: bool) -> str:
    """The months of the other calendar that a month lies in, or nothing outside the Hijri tables."""
    last = first + timedelta(days=length_of(first, islamic=islamic) - 1)
    if not islamic and not (first >= hijri.FIRST_DAY and last <= hijri.LAST_DAY):
        return ""
    ends = (month_words(words, month_of(one, islamic=not islamic).first, islamic=not islamic) for one in (first, last))
    return " – ".join(dict.fromkeys(ends))


def day_words(words: Words, day: date | None) -> str:
    """A day in both calendars, or in one where the other has no such day; nothing for no day."""
    if day is None:
        return ""
    if hijri.FIRST_DAY <= day <= hijri.LAST_DAY:
        return words.date(day)
    return hijri.format_gregorian(day, words.language, words.digits)


def _moved(day: date, by: int) -> date:
    """So many days on, or the last day that there is."""
    return date.fromordinal(max(date.min.toordinal(), min(day.toordinal() + by, date.max.toordinal())))


class DayGrid(QWidget):
    """The days of one month, a week a line, Sunday first; arrows move, Page Up and Down turn the month.

    Signals:
        chosen(date): This day was clicked, or Enter pressed on it.
        turned(): Another day has the cursor, perhaps of another month.
    """

    chosen = Signal(object)
    turned = Signal()

    def __init__(self, name: str, look: Look, day: date) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(_CELL.width() * _WEEK, _HEAD + _CELL.height() * 6)
        self._look = look
        self.day = day
        self.islamic = False
        self.held: date | None = None

    @property
    def first(self) -> date:
        """The first day of the month that is shown."""
        return month_of(self.day, islamic=self.islamic).first

    def show_day(self, day: date, held: date | None, *, islamic: bool) -> None:
        """Show the month of a day, with the cursor on it; ``held`` is the day that the answer is."""
        self.held, self.islamic = held, islamic
        self._go(day)

    def turn(self, months: int) -> None:
        """Show a month before or after this one, the cursor on the same number of the month where there is one."""
        number = (self.day - self.first).days
        first = self.first
        for _ in range(abs(months)):
            beside = _moved(first, length_of(first, islamic=self.islamic) if months > 0 else -1)
            first = month_of(self._within(beside), islamic=self.islamic).first
        self._go(first + timedelta(days=min(number, length_of(first, islamic=self.islamic) - 1)))

    def _go(self, day: date) -> None:
        self.day = self._within(day)
        self.setAccessibleName(day_words(self._look.words, self.day))
        self.turned.emit()
        self.update()

    def _within(self, day: date) -> date:
        """The Hijri tables end; the Gregorian calendar goes on."""
        return max(hijri.FIRST_DAY, min(day, hijri.LAST_DAY)) if self.islamic else day

    # ------------------------------------------------------------------------------------------------------ painting

    def _cells(self) -> Iterator[tuple[date, QRect]]:
        first, rtl = self.first, self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        lead = (first.weekday() + 1) % _WEEK
        for number in range(length_of(first, islamic=self.islamic)):
            line, place = divmod(lead + number, _WEEK)
            x = (_WEEK - 1 - place if rtl else place) * _CELL.width()
            yield first + timedelta(days=number), QRect(QPoint(x, _HEAD + line * _CELL.height()), _CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_weekdays(painter)
        for day, cell in self._cells():
            self._paint_day(painter, day, cell)
        painter.end()

    def _paint_weekdays(self, painter: QPainter) -> None:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.setFont(self._font(0.8))
        painter.setPen(self._look.color("text_soft"))
        for place in range(_WEEK):
            x = (_WEEK - 1 - place if rtl else place) * _CELL.width()
            said = self._look.words.say(f"forms.weekday.{place}")
            painter.drawText(QRect(x, 0, _CELL.width(), _HEAD), Qt.AlignmentFlag.AlignCenter, said)

    def _paint_day(self, painter: QPainter, day: date, cell: QRect) -> None:
        look = self._look
        held, cursor = day == self.held, day == self.day
        inside = QRectF(cell.adjusted(2, 2, -2, -2))
        if held or cursor:
            painter.setBrush(look.color("accent" if held else "accent_soft"))
            painter.setPen(QPen(look.color("focus"), 2) if cursor and self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(inside, _ROUND, _ROUND)
        own, other = self._numbers(day)
        painter.setPen(look.color("on_accent" if held else "text"))
        painter.setFont(self._font(1.0))
        painter.drawText(inside.adjusted(0, 0, 0, -14), Qt.AlignmentFlag.AlignCenter, own)
        painter.setPen(look.color("on_accent" if held else "text_soft"))
        painter.setFont(self._font(0.72))
        painter.drawText(inside.adjusted(0, 24, 0, 0), Qt.AlignmentFlag.AlignCenter, other)

    def _numbers(self, day: date) -> tuple[str, str]:
        """The day's number in the calendar that is shown, and in the other one."""
        known = hijri.FIRST_DAY <= day <= hijri.LAST_DAY
        lunar = str(hijri.to_hijri(day).day) if known else ""
        own, other = (lunar, str(day.day)) if self.islamic else (str(day.day), lunar)
        return with_digits(own, self._look.words.digits), with_digits(other, self._look.words.digits)

    def _font(self, share: float) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._look.px(share))
        return font

    # --------------------------------------------------------------------------------------------------------- hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        for day, cell in self._cells():
            if cell.contains(place):
                self._go(day)
                self.chosen.emit(day)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            step = _ARROWS[key] * (-1 if rtl and abs(_ARROWS[key]) == 1 else 1)
            self._go(_moved(self.day, step))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.day)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


class CalendarPopup(QFrame):
    """The month under a date's button; Escape or a click outside lets it go.

    Signals:
        chosen(date): The day that was chosen; the popup closes.
    """

    chosen = Signal(object)

    def __init__(self, name: str, look: Look, over: QWidget, day: date) -> None:
        super().__init__(over, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setProperty("card", True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look = look
        words = look.words
        self.grid = DayGrid(f"{name}.days", look, day)
        self.title = Heading()
        self._other = Caption()
        self.which = Choices(f"{name}.which")
        self.which.setAccessibleName(words.say("forms.calendar"))
        self.which.offer([Choice(one, words.say(f"forms.calendar.{one}")) for one in ("hijri", "gregorian")])
        earlier = self._turner(f"{name}.earlier", "back", "forms.month_before", -1)
        later = self._turner(f"{name}.later", "forward", "forms.month_after", 1)
        head = row(earlier, column(self.title, self._other, spacing=0), later, spacing=4)
        head.setStretch(1, 1)
        body = column(head, self.grid, row(self.which, 1), spacing=8)
        body.setContentsMargins(12, 12, 12, 12)
        self.setLayout(body)
        self.setFocusProxy(self.grid)
        self.grid.turned.connect(self._say)
        self.grid.chosen.connect(self._choose)
        self.which.chosen.connect(self._switch)

    def _turner(self, name: str, icon: str, key: str, months: int) -> PlainButton:
        button = PlainButton(name, self._look, icon)
        button.setAccessibleName(self._look.words.say(key))
        button.setToolTip(self._look.words.say(key))
        button.clicked.connect(lambda: self.grid.turn(months))
        return button

    def show_under(self, button: QWidget, held: date | None, *, islamic: bool) -> None:
        """Open below a button, or above it where there is no room below."""
        self.which.choose("hijri" if islamic else "gregorian")
        self.grid.show_day(self.grid.day, held, islamic=islamic)
        self.adjustSize()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        corner = button.mapToGlobal(QPoint(button.width() - self.width() if rtl else 0, button.height() + 4))
        room = button.screen().availableGeometry()
        if corner.y() + self.height() > room.bottom():
            corner.setY(max(room.top(), corner.y() - self.height() - button.height() - 8))
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        self.move(corner)
        self.show()
        self.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def _say(self) -> None:
        words, first, islamic = self._look.words, self.grid.first, self.grid.islamic
        self.title.setText(month_words(words, first, islamic=islamic))
        self._other.setText(other_months(words, first, islamic=islamic))

    def _switch(self, which: str) -> None:
        self.grid.show_day(self.grid.day, self.grid.held, islamic=which == "hijri")
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, day: date) -> None:
        self.chosen.emit(day)
        self.close()
