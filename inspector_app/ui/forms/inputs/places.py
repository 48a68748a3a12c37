"""What is answered with positions: a point, a line and an area, as coordinates until there is a map to draw on.

``maps`` and ``placement-map`` ask for a map; they are answered the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

import xforms
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.kit.buttons import PlainButton, QuietButton
from inspector_app.ui.kit.fields import LineEdit
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Label, restyle
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.viewmodels import positions
from inspector_app.viewmodels.positions import Point
from inspector_app.words import Words
from sync.contract import records as r
from sync.domain import geo
from xforms.xpath import geo as ground

_WIDTH: Final = 320
_ROW: Final = 40
_ROWS_SHOWN: Final = 6


class KnownPositions(QWidget):
    """A button for each position that is known already: the visit's own, and the newest of a photo."""

    def __init__(self, name: str, tools: Tools, take: Callable[[Point], None]) -> None:
        super().__init__()
        self._tools = tools
        self._buttons = {kind: QuietButton(f"{name}.of_{kind}", tools.look, icon) for kind, icon in _SOURCES.items()}
        self._fixes: dict[str, r.Fix] = {}
        wrap = WrapLayout(self)
        for kind, button in self._buttons.items():
            wrap.addWidget(button)
            button.clicked.connect(lambda _=False, kind=kind: take(_point(self._fixes[kind])))
            button.hide()

    def renew(self) -> None:
        """Offer what is known now."""
        words, self._fixes = self._tools.look.words, {}
        for fix in self._tools.keeper.fixes():
            self._fixes.setdefault("photo" if fix.source == "photo" else "visit", fix)
        for kind, button in self._buttons.items():
            button.setText(words.say(f"forms.position_of.{kind}"))
            button.setToolTip(words.verbatim(positions.written(self._fixes.get(kind))))
            button.setVisible(kind in self._fixes)
        self.setVisible(bool(self._fixes))


_SOURCES: Final = {"visit": "place", "photo": "camera"}


class PointInput(Input):
    """A position, typed or pasted in any usual spelling, or taken from what is known.

    What is understood stands below; a doubtful position (outside of the Kingdom, latitude and longitude exchanged) is
    pointed out there and is an answer all the same: only the form itself may refuse it.
    """

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools.look)
        self.line = LineEdit(name)
        self.line.setFixedWidth(_WIDTH)
        self.line.textEdited.connect(lambda _: self.given.emit(self._meant()))
        self._understood = Caption(wrap=True)
        self._doubt = Label(role="error", wrap=True)
        self._doubt.setObjectName(f"{name}.doubt")
        self._doubt.hide()
        self._known = KnownPositions(name, tools, self._take)
        self.setLayout(column(row(self.line, 1), self._understood, self._doubt, self._known, spacing=4))
        self.setFocusProxy(self.line)

    def show_state(self, state: xforms.State) -> None:
        words, point = self.look.words, positions.point_of(state.value)
        self.line.setAccessibleName(self.accessibleName())
        self.line.setAccessibleDescription(self.accessibleDescription())
        if not _same(self._meant(), state.value):
            self.line.setText(state.value if point is None else positions.written(point))
        self._understood.setText(words.say("forms.position_hint") if point is None else point_words(words, point))
        doubt = _doubt(words, None if point is None else point.position)
        self._doubt.setText(doubt)
        self._doubt.setVisible(bool(doubt))
        self._known.renew()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._known.renew()  # a photo may have brought a position since

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.line, "invalid", wrong)

    def _meant(self) -> str:
        """The answer that the line means, or what stands there where it means none."""
        text = self.line.text().strip()
        stored = positions.points_of(text)
        if len(stored) == 1 and len(text.split()) > 2:  # as answers keep it, height and accuracy with it
            return stored[0].stored()
        position = positions.read(text)
        return text if position is None else Point(*position).stored()

    def _take(self, point: Point) -> None:
        self.line.setText(positions.written(point))
        self.given.emit(point.stored())


class LineOfPointsInput(Input):
    """A line or an area as the list of its points, which are added at the end, moved and removed.

    A whole list may be pasted: a point a line, or as other tools write it with ``;`` between. Delete removes the point
    that is chosen, Alt with the arrows moves it.
    """

    def __init__(self, name: str, question: xforms.Question, tools: Tools) -> None:
        super().__init__(name, question, tools.look)
        self._closed = question.type == "geoshape"
        self._points: list[Point] = []
        self._listed: tuple[object, ...] = ()
        self.points = _PointList(f"{name}.points", self)
        self.entry = LineEdit(name)
        self.entry.setFixedWidth(_WIDTH)
        self.entry.editingFinished.connect(self._add_typed)
        self.add = QuietButton(f"{name}.add", tools.look, "plus")
        self.add.clicked.connect(self._add_typed)
        self._up = self._tool("up", "up", lambda: self.move_point(-1))
        self._down = self._tool("down", "down", lambda: self.move_point(1))
        self._remove = self._tool("remove", "trash", self.remove_point)
        self._known = KnownPositions(name, tools, lambda point: self._add([point]))
        self._sums = Caption(wrap=True)
        self._wrong = Label(role="error", wrap=True)
        self._wrong.setObjectName(f"{name}.unread")
        self._wrong.hide()
        beside = column(self._up, self._down, self._remove, 1, spacing=4)
        self._list = QWidget()
        line = row(self.points, beside, spacing=8)
        self._list.setLayout(line)
        self._list.setFixedWidth(_WIDTH + _ROW + 24)
        entry = row(self.entry, self.add, 1, spacing=8)
        self.setLayout(column(self._list, entry, self._wrong, self._sums, self._known, spacing=6))
        self.setFocusProxy(self.entry)
        self.points.currentRowChanged.connect(lambda _: self._open_tools())

    def _tool(self, part: str, icon: str, act: Callable[[], object]) -> PlainButton:
        button = PlainButton(f"{self.objectName()}.{part}", self.look, icon)
        button.clicked.connect(lambda: act())
        return button

    # ------------------------------------------------------------------------------------------------------- showing

    def show_state(self, state: xforms.State) -> None:
        words, name = self.look.words, self.accessibleName()
        if not _same(self._stored(), state.value):
            self._points = list(_opened(positions.points_of(state.value), closed=self._closed))
        self.entry.setAccessibleName(words.say("forms.next_point", label=name))
        self.entry.setAccessibleDescription(self.accessibleDescription())
        self.entry.setPlaceholderText(words.say("forms.point_short"))
        self.points.setAccessibleName(words.say("forms.points_of", label=name))
        self.add.setText(words.say("forms.add_point"))
        for button, key in ((self._up, "point_up"), (self._down, "point_down"), (self._remove, "remove_point")):
            button.setAccessibleName(words.say(f"forms.{key}"))
            button.setToolTip(words.say(f"forms.{key}"))
        self._fill()
        self._sums.setText(self._said(words) or state.value or words.say("forms.position_hint"))
        self._known.renew()

    def set_wrong(self, wrong: bool) -> None:
        restyle(self.entry, "invalid", wrong)

    def _fill(self) -> None:
        """Show the points, the cursor staying on the number that it was on."""
        words, at = self.look.words, self.points.currentRow()
        if (listed := (words, tuple(self._points))) == self._listed:
            return
        self._listed = listed
        self.points.show_lines(
            [
                words.join(words.number(number), words.verbatim(positions.written(one)))
                for number, one in enumerate(self._points, 1)
            ]
        )
        self.points.setCurrentRow(min(max(at, 0), len(self._points) - 1))
        self._list.setVisible(bool(self._points))
        self._open_tools()

    def _said(self, words: Words) -> str:
        if not self._points:
            return ""
        whole = [self._stored()]
        length = words.say("answers.length", length=words.metres(ground.distance(whole)))
        area = words.say("answers.area", area=words.square_metres(ground.area(whole))) if self._closed else ""
        doubt = next((said for one in self._points if (said := _doubt(words, one.position))), "")
        return words.join(words.say("answers.points", n=len(self._points)), length, area, doubt)

    def _open_tools(self) -> None:
        at, last = self.points.currentRow(), len(self._points) - 1
        self._up.setEnabled(at > 0)
        self._down.setEnabled(0 <= at < last)
        self._remove.setEnabled(at >= 0)

    # ------------------------------------------------------------------------------------------------------ changing

    def _add_typed(self) -> None:
        text = self.entry.text().strip()
        found = positions.read_all(text)
        self._wrong.setText(self.look.words.say("visits.position.not_a_coordinate"))
        self._wrong.setVisible(bool(text) and not found)
        if found:
            self.entry.clear()
            self._add(list(found))

    def _add(self, points: list[Point]) -> None:
        self._change([*self._points, *points], len(self._points) + len(points) - 1)

    def move_point(self, by: int) -> None:
        """Move the point that is chosen up or down."""
        at = self.points.currentRow()
        if 0 <= at < len(self._points) and 0 <= at + by < len(self._points):
            moved = [*self._points[:at], *self._points[at + 1 :]]
            moved.insert(at + by, self._points[at])
            self._change(moved, at + by)

    def remove_point(self) -> None:
        """Remove the point that is chosen."""
        at = self.points.currentRow()
        if 0 <= at < len(self._points):
            self._change([*self._points[:at], *self._points[at + 1 :]], at)

    def _change(self, points: list[Point], at: int) -> None:
        self._points = points
        self._fill()
        self.points.setCurrentRow(min(at, len(points) - 1))
        self.given.emit(self._stored())

    def _stored(self) -> str:
        """The answer: an area ends where it begins, once it is one."""
        ring = self._closed and len(self._points) > 2
        return ";".join(point.stored() for point in (*self._points, *(self._points[:1] if ring else ())))


class _PointList(QListWidget):
    """The points one under another."""

    def __init__(self, name: str, owner: LineOfPointsInput) -> None:
        super().__init__()
        self.setObjectName(name)
        self._owner = owner
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setTabKeyNavigation(False)

    def show_lines(self, lines: list[str]) -> None:
        """Show these, making only as many rows as are missing."""
        while self.count() > len(lines):
            self.takeItem(self.count() - 1)
        while self.count() < len(lines):
            added = QListWidgetItem()
            added.setSizeHint(QSize(0, _ROW))
            self.addItem(added)
        for number, text in enumerate(lines):
            shown = self.item(number)
            if shown.text() != text:
                shown.setText(text)
        self.setFixedHeight(min(max(len(lines), 3), _ROWS_SHOWN) * _ROW + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._owner.remove_point()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._owner.move_point(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


def point_words(words: Words, point: Point) -> str:
    """A position in words, with its accuracy where it is known."""
    accuracy = words.say("forms.accuracy", distance=words.metres(point.accuracy)) if point.accuracy else ""
    return words.join(words.verbatim(positions.written(point)), accuracy)


def _point(fix: r.Fix) -> Point:
    return Point(fix.lat, fix.lon, 0.0, fix.accuracy_m or 0.0)


def _doubt(words: Words, position: geo.Position | None) -> str:
    """What is doubtful of a position; one that is none at all the form flags by itself."""
    flag = None if position is None else positions.fault(position, None)
    return "" if flag is geo.Flag.NOT_A_COORDINATE else positions.told(words, flag)


def _opened(points: tuple[Point, ...], *, closed: bool) -> tuple[Point, ...]:
    """An area's corners, each once."""
    return points[:-1] if closed and len(points) > 1 and points[0] == points[-1] else points


def _same(meant: str, value: str) -> bool:
    """Whether two answers are the same, numbers by their value and not by how they are written."""
    return meant == value or (bool(value) and positions.points_of(meant) == positions.points_of(value) != ())
