"""What is answered with a day, a month, a year, a time of day or a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

import xforms
from inspector_app.ui.forms.calendar import CalendarPopup, day_words, month_words, other_months
from inspector_app.ui.forms.inputs.base import Input
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.fields import LineEdit
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, restyle
from inspector_app.ui.look import Look
from inspector_app.viewmodels import days
from inspector_app.words import Words
from inspector_app.words.words import RIYADH

_DAY_WIDTH: Final = 240
_TIME_WIDTH: Final = 140
ISLAMIC: Final = "islamic"
"""The appearance by which a form asks for Hijri days; today's readers of forms know it as Umm al-Qura."""


class CalendarButton(QuietButton):
    """The button beside a day that opens its month.

    Signals:
        chosen(date): The day that was chosen.
    """

    chosen = Signal(object)

    def __init__(self, name: str, look: Look, question: xforms.Question) -> None:
        """Hidden where the form wants no calendar; a Hijri month where it asks for Hijri days."""
        super().__init__(name, look, "calendar")
        words = question.appearance.lower().split()
        self._look, self._islamic = look, ISLAMIC in words
        self._day: date | None = None
        self.setVisible("no-calendar" not in words)
        self.clicked.connect(self._open)

    def show_day(self, day: date | None, label: str) -> None:
        """Which day is the answer, and to which question."""
        self._day = day
        said = self._look.words.say("forms.open_calendar", label=label)
        self.setAccessibleName(said)
        self.setToolTip(said)

    def _open(self) -> None:
        begin = self._day or datetime.now(RIYADH).date()
        popup = CalendarPopup(f"{self.objectName()}.month", self._look, self, begin)
        popup.chosen.connect(self.chosen)
        popup.show_under(self, self._day, islamic=self._islamic)


class _Typed(Input):
    """One line, beside it what helps to fill it in, and below it what was understood."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.islamic = ISLAMIC in question.appearance.lower().split()
        self.line = LineEdit(name)
        self.line.setMaximumWidth(_DAY_WIDTH)
        self.line.textEdited.connect(lambda _: self.given.emit(self.meant()))
        self.understood = Caption(wrap=True)
        self.setFocusProxy(self.line)

    def lay_out(self, *beside: QWidget | QLayout | int) -> None:
        """Put the parts where they stand."""
        self.setLayout(column(row(self.line, *beside, 1, spacing=8), self.understood, spacing=4))

    def meant(self) -> str:
        """What the line means as an answer, or what stands there where it means nothing."""
        raise NotImplementedError

    def written(self, value: str) -> str:
        """An answer as it would be typed."""
        raise NotImplementedError

    def said(self, value: str, words: Words) -> str:
        """An answer in words, or how it is to be typed."""
        raise NotImplementedError

    def show_state(self, state: xforms.State) -> None:
        self.line.setAccessibleName(self.accessibleName())
        self.line.setAccessibleDescription(self.accessibleDescription())
        if self.meant() != state.value:
            self.line.setText(self.written(state.value))
        self.understood.setText(self.said(state.value, self.look.words))

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.line, "invalid", wrong)


class DayInput(_Typed):
    """A day, typed in either calendar or chosen from a month that shows both.

    ``no-calendar`` leaves the month out. With ``islamic`` the line and the month are Hijri days (Umm al-Qura), though
    Gregorian ones may be typed too. The other calendars that forms may ask for (Ethiopian, Coptic, Bikram Sambat,
    Myanmar, Persian) are not known here: such a question is answered with Gregorian days.
    """

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.calendar = CalendarButton(f"{name}.calendar", look, question)
        self.calendar.chosen.connect(self._choose)
        self.lay_out(self.calendar)

    def meant(self) -> str:
        day = days.read_day(self.line.text())
        return day.isoformat() if day is not None else self.line.text().strip()

    def written(self, value: str) -> str:
        day = days.day_of(value)
        return value if day is None else days.written_day(day, islamic=self.islamic)

    def said(self, value: str, words: Words) -> str:
        return day_words(words, days.day_of(value)) or words.say("forms.day_hint")

    def show_state(self, state: xforms.State) -> None:
        super().show_state(state)
        self.calendar.show_day(days.day_of(state.value), self.accessibleName())

    def _choose(self, day: date) -> None:
        self.line.setText(days.written_day(day, islamic=self.islamic))
        self.given.emit(day.isoformat())


class MonthInput(_Typed):
    """A month, typed in either calendar; the answer is its first day (``month-year``)."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.lay_out()

    def meant(self) -> str:
        month = days.read_month(self.line.text())
        return month.first.isoformat() if month is not None else self.line.text().strip()

    def written(self, value: str) -> str:
        day = days.day_of(value)
        if day is None:
            return value
        return days.written_day(days.month_of(day, islamic=self.islamic).first, islamic=self.islamic)[:-3]

    def said(self, value: str, words: Words) -> str:
        day = days.day_of(value)
        if day is None:
            return words.say("forms.month_hint")
        month = days.month_of(day, islamic=self.islamic)
        own = month_words(words, month.first, islamic=month.islamic)
        return words.join(own, other_months(words, month.first, islamic=month.islamic))


class YearInput(_Typed):
    """A year, typed in either calendar; the answer is its first day (``year``)."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line.setMaximumWidth(_TIME_WIDTH)
        self.lay_out()

    def meant(self) -> str:
        year = days.read_year(self.line.text())
        return year.first.isoformat() if year is not None else self.line.text().strip()

    def written(self, value: str) -> str:
        day = days.day_of(value)
        return value if day is None else days.written_day(day, islamic=self.islamic)[:4]

    def said(self, value: str, words: Words) -> str:
        day = days.day_of(value)
        if day is None:
            return words.say("forms.year_hint")
        return words.say("forms.year_from", day=day_words(words, day))


class TimeInput(_Typed):
    """A time of day, the field's own zone with it."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.line.setMaximumWidth(_TIME_WIDTH)
        self.now = PlainButton(f"{name}.now")
        self.now.clicked.connect(self._take_now)
        self.lay_out(self.now)

    def meant(self) -> str:
        at = days.read_time(self.line.text())
        return days.stored_time(at) if at is not None else self.line.text().strip()

    def written(self, value: str) -> str:
        at = days.time_of(value)
        return value if at is None else days.written_time(at)

    def said(self, value: str, words: Words) -> str:
        return words.say("forms.time_hint")

    def show_state(self, state: xforms.State) -> None:
        super().show_state(state)
        words = self.look.words
        self.now.setText(words.say("forms.now"))
        self.now.setAccessibleName(words.say("forms.now_for", label=self.accessibleName()))

    def _take_now(self) -> None:
        at = datetime.now(RIYADH).time().replace(second=0, microsecond=0)
        self.line.setText(days.written_time(at))
        self.given.emit(days.stored_time(at))


class MomentInput(Input):
    """A day and a time of day, the field's own zone with them. What is only half there is flagged, not lost."""

    def __init__(self, name: str, question: xforms.Question, look: Look) -> None:
        super().__init__(name, question, look)
        self.islamic = ISLAMIC in question.appearance.lower().split()
        self.line = LineEdit(name)
        self.line.setMaximumWidth(_DAY_WIDTH)
        self.time = LineEdit(f"{name}.time")
        self.time.setMaximumWidth(_TIME_WIDTH)
        self.now = PlainButton(f"{name}.now")
        self.now.clicked.connect(lambda: self._set(datetime.now(RIYADH)))
        self.calendar = CalendarButton(f"{name}.calendar", look, question)
        self.calendar.chosen.connect(self._choose)
        self.understood = Caption(wrap=True)
        line = row(self.line, self.calendar, self.time, self.now, 1, spacing=8)
        self.setLayout(column(line, self.understood, spacing=4))
        self.setFocusProxy(self.line)
        for part in (self.line, self.time):
            part.textEdited.connect(lambda _: self.given.emit(self.meant()))

    def meant(self) -> str:
        """The moment that is typed, or what stands in both lines where it is none."""
        day, at = days.read_day(self.line.text()), days.read_time(self.time.text())
        if day is not None and at is not None:
            return days.stored_moment(day, at)
        return " ".join(text for line in (self.line, self.time) if (text := line.text().strip()))

    def show_state(self, state: xforms.State) -> None:
        words, name = self.look.words, self.accessibleName()
        moment = days.moment_of(state.value)
        self.line.setAccessibleName(name)
        self.line.setAccessibleDescription(self.accessibleDescription())
        self.time.setAccessibleName(words.say("forms.time_of", label=name))
        self.time.setPlaceholderText(words.say("forms.time_short"))
        self.now.setText(words.say("forms.now"))
        self.now.setAccessibleName(words.say("forms.now_for", label=name))
        if self.meant() != state.value:
            self._write(state.value, moment)
        day = days.day_of(state.value)
        self.calendar.show_day(day, name)
        said = words.say("forms.moment_hint") if moment is None else day_words(words, moment.date())
        self.understood.setText(words.join(said, "" if moment is None else words.time(moment)))

    def set_wrong(self, wrong: bool) -> None:
        for part in (self.line, self.time):
            restyle(part, "invalid", wrong)

    def _write(self, value: str, moment: datetime | None) -> None:
        """Put an answer into both lines; one that is no moment into the first, where it can be mended."""
        if moment is None:
            self.line.setText(value)
            self.time.clear()
        else:
            self.line.setText(days.written_day(moment.date(), islamic=self.islamic))
            self.time.setText(days.written_time(moment.time()))

    def _set(self, moment: datetime) -> None:
        exact = moment.replace(second=0, microsecond=0)
        self._write("", exact)
        self.given.emit(self.meant())

    def _choose(self, day: date) -> None:
        self.line.setText(days.written_day(day, islamic=self.islamic))
        self.given.emit(self.meant())
