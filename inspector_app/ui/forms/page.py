"""A part of any form on a page: its questions in view, renewed one by one as answers change what is asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import Final, Protocol, TypeAlias, cast
from unicodedata import bidirectional

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

import xforms
from inspector_app.ui.forms.column import RowColumn
from inspector_app.ui.forms.headings import AddRow, GroupHeading, InstanceHeading
from inspector_app.ui.forms.inputs.base import Tools
from inspector_app.ui.forms.question import QuestionRow
from inspector_app.ui.forms.said import instance_name
from inspector_app.ui.forms.slots import Slot
from inspector_app.ui.kit.text import Caption
from inspector_app.viewmodels.checklist import Entry, Page
from inspector_app.viewmodels.filling import Filler
from inspector_app.viewmodels.rows import Row, RowKind, counts, is_field_list, is_shown, rows, screens, shown
from inspector_app.words.markup import to_plain

MakeItem: TypeAlias = Callable[[Entry], QWidget]
_PATH: Final = "path"
_SAMPLE: Final = 30
_GUESS: Final = 104
_LINE: Final = 44
_FEW: Final = 12
_BEFORE_HEADING: Final = 10


class Shown(Protocol):
    """What every row of a page can do."""

    def renew(self) -> None:
        """Show it as it stands now."""
        ...

    def show_problems(self) -> None:
        """Say what is still missing."""
        ...

    def focus_input(self) -> None:
        """Put the cursor there."""
        ...


class FormPage(RowColumn):
    """The questions of one part of a form.

    After an answer only the questions it touched are renewed, and what the user looks at stays where it is, whatever
    appears or vanishes above it. Page by page, one screen of them is in front.

    Args:
        tools: What inputs are made with.
        filler: The sheet.
        page: Which part.
        paged: Whether it is shown page by page: a group that is a field list, or one question, at a time.
        make_item: Makes the card of a checklist item; without it an item is a question like any other.
    """

    def __init__(
        self, tools: Tools, filler: Filler, page: Page, *, paged: bool = False, make_item: MakeItem | None = None
    ) -> None:
        super().__init__(tools.look, self._new, self._fill_in)
        self.page = page
        self._tools, self._filler, self._paged, self._make_item = tools, filler, paged, make_item
        self._items = {entry.question.ref: entry for entry in page.entries if entry.code} if make_item else {}
        self._companions = {ref for entry in self._items.values() for ref in entry.refs[1:]}
        self._all: tuple[Row, ...] = ()
        self._there: dict[str, bool] = {}
        self._shown: list[Row] = []
        self._by_key: dict[str, Row] = {}
        self._by_ref: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._told: set[Hashable] = set()
        self._all_told = False
        self._screen = ""
        self._turn()
        self._read()
        filler.answered.connect(self._answered)
        tools.look.changed.connect(self.renew)

    # ------------------------------------------------------------------------------------------------------ contents

    def _read(self) -> None:
        """Take the rows from the form and the sheet as they are now."""
        session = self._filler.session
        group = next((node for node in self._filler.form.layout if node.ref == self.page.ref), None)
        screen = self.page.ref if isinstance(group, xforms.Group) and is_field_list(group) else ""
        found = rows(self.page.nodes, session, "" if isinstance(group, xforms.Repeat) else screen)
        self._all = tuple(row for row in found if row.node.ref not in self._companions)
        self._by_key = {row.key: row for row in self._all}
        self._by_ref = {}
        for row in self._all:
            for ref in self._refs_of(row):
                self._by_ref.setdefault(ref, []).append(row.key)
        self._there = {row.key: self._is_there(row) for row in self._all}
        self._counts = counts(self._all, session)
        self._show()

    def _refs_of(self, row: Row) -> tuple[str, ...]:
        entry = self._items.get(row.node.ref)
        return (row.ref,) if entry is None else entry.refs

    def _is_there(self, row: Row) -> bool:
        session = self._filler.session
        if row.kind is RowKind.ADD:
            return self._filler.may_add(row.ref)
        return is_shown(row, session) and (row.kind is not RowKind.HEADING or bool(session.state(row.ref).label))

    def _show(self) -> None:
        self._shown = shown(self._all, self._there)
        if self._paged:
            self._keep_a_screen()
            self.set_slots([Slot(_PATH, "", _PATH, 32), *(self._slot(row, "screen") for row in self._on_screen())])
            return
        loose, slots, before = 0, [], ""
        for row in self._shown:
            card = self._card(row)
            if card == "loose":
                loose += before != "loose"
            before = card
            slots.append(self._slot(row, f"loose{loose}" if card == "loose" else card))
        self.set_slots(slots)

    def _card(self, row: Row) -> str:
        """Which surface a row shares: that of the outermost heading it stands under; items bring their own."""
        if row.node.ref in self._items or (row.kind is RowKind.ADD and not row.above):
            return ""
        if row.above:
            return row.above[0]
        return "loose" if row.kind is RowKind.QUESTION else row.ref

    def _slot(self, row: Row, card: str) -> Slot:
        if row.node.ref in self._items:
            return Slot(row.key, "", "item", 180)
        inset = sum(ref.endswith("]") for ref in (*row.above[1:], *([row.ref] if row.above else [])))
        if not isinstance(row.node, xforms.Question):
            heads = row.kind is not RowKind.ADD and bool(row.above)
            return Slot(row.key, card, row.kind, 32, inset, space=_BEFORE_HEADING if heads else 0)
        question = row.node
        choices = 0
        if question.control in ("select1", "select", "rank"):
            choices = min(_FEW, len(self._filler.session.state(row.ref).choices))
        shape = f"{question.control} {question.type} {question.appearance} {choices}"
        return Slot(row.key, card, shape, _GUESS + _LINE * choices, inset, question.control == "upload")

    def _fill_in(self, key: Hashable, widget: QWidget) -> None:
        if isinstance(widget, Caption):
            return
        if self._all_told or key in self._told:
            cast(Shown, widget).show_problems()
        else:
            cast(Shown, widget).renew()

    def _new(self, key: Hashable) -> QWidget:
        if key == _PATH:
            return Caption(self._path(), wrap=True)
        row = self._by_key[str(key)]
        outer = not row.above and not self._paged
        if self._make_item is not None and row.node.ref in self._items:
            return self._make_item(self._items[row.node.ref])
        if row.kind is RowKind.QUESTION:
            made = QuestionRow(self._filler, self._tools, row.question)
            made.input.done.connect(lambda: self._move_on(row.key))
            return made
        if row.kind is RowKind.HEADING:
            return GroupHeading(self._filler, row.ref, outer=outer)
        if row.kind is RowKind.INSTANCE:
            heading = InstanceHeading(self._filler, self._tools, row.ref, outer=outer)
            heading.removal_asked.connect(self._remove)
            return heading
        adder = AddRow(self._filler, self._tools, row.ref)
        adder.asked.connect(self._add)
        return adder

    # ------------------------------------------------------------------------------------------------------- renewing

    def renew(self) -> None:
        """Show everything as it stands now."""
        self._turn()

        def show() -> None:
            self._read()
            self._renew_rows(list(self.built))

        self.keeping_place(show)

    def show_problems(self) -> None:
        """Say at every question what is still missing."""
        self._all_told = True

        def show() -> None:
            for key, row in self.built.items():
                if key != _PATH:
                    cast(Shown, row).show_problems()

        self.keeping_place(show)

    def renew_item(self, code: str) -> None:
        """Show one checklist item as it stands now."""
        keys = [f"{RowKind.QUESTION}:{entry.question.ref}" for entry in self._items.values() if entry.code == code]
        self.keeping_place(lambda: self._renew_rows(keys))

    def _renew_rows(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            self._renew_row(key)

    def _renew_row(self, key: Hashable) -> None:
        widget = self.built.get(key)
        if isinstance(widget, Caption):
            widget.setText(self._path())
        elif widget is not None:
            cast(Shown, widget).renew()

    def _answered(self, refs: frozenset[str]) -> None:
        self.keeping_place(lambda: self._take_in(refs))

    def _take_in(self, refs: frozenset[str]) -> None:
        touched = [key for ref in refs for key in self._by_ref.get(ref, ())]
        if counts(self._all, self._filler.session) != self._counts:
            self._read()
            touched = list(self._by_key)  # what moved up is another question now, under the name of the one before
        elif self._changed(touched):
            self._show()
        self._renew_rows(key for key in touched if key in self.built)

    def _changed(self, touched: Iterable[str]) -> bool:
        """Note which of the touched rows came or went, and whether any did."""
        adders = (row.key for row in self._all if row.kind is RowKind.ADD)
        before = dict(self._there)
        for key in (*touched, *adders):
            self._there[key] = self._is_there(self._by_key[key])
        return before != self._there

    def _turn(self) -> None:
        """Write from the side where the form's own language begins, whatever that of the application is."""
        direction = _direction(self._filler)
        if direction is None:
            self.unsetLayoutDirection()
        elif direction != self.layoutDirection() or not self.testAttribute(Qt.WidgetAttribute.WA_SetLayoutDirection):
            self.setLayoutDirection(direction)

    # --------------------------------------------------------------------------------------------------------- moving

    def begin(self) -> None:
        """From the top, with the cursor in the first question."""
        if self._paged and self._screens():
            self._go_to_screen(self._screens()[0])
        self.to_top()
        self._focus_first()

    def _focus_first(self) -> None:
        row = next((row for row in self._rows_in_front() if row.kind is RowKind.QUESTION), None)
        if row is not None:
            cast(Shown, self.row(row.key)).focus_input()

    def go_to(self, ref: str) -> None:
        """Bring a question into view, say what is missing there, and put the cursor there; built or not."""
        key = next((key for key in self._by_ref.get(ref, ()) if self._there[key]), None)
        if key is None:
            return
        if self._paged:
            self._go_to_screen(self._by_key[key].screen)
        self._told.add(key)
        widget = self.bring(key)
        cast(Shown, widget).show_problems()
        cast(Shown, widget).focus_input()
        # The page gets its place on the screen only after this event.
        QTimer.singleShot(0, widget, lambda: self._bring_again(key, widget))

    def _bring_again(self, key: Hashable, widget: QWidget) -> None:
        if self.built.get(key) is widget:
            self.bring(key)

    def refs_at(self, widget: QWidget | None) -> tuple[str, ...]:
        """The questions that are asked where a widget stands, those of a checklist item together; none elsewhere."""
        keys = {row: key for key, row in self.built.items()}
        at = widget
        while at is not None and at not in keys:
            at = at.parentWidget()  # out of the list that a picker drops down, too
        row = None if at is None else self._by_key.get(str(keys[at]))
        if row is None or row.kind is not RowKind.QUESTION:
            return ()
        return tuple(ref for ref in self._refs_of(row) if self._filler.session.state(ref).relevant)

    def holds(self, ref: str) -> bool:
        """Whether a question is on this page."""
        return ref in self._by_ref

    def step(self, by: int) -> bool:
        """Page by page: go on to the next screen, or back; False where there is none."""
        found = self._screens()
        at = found.index(self._screen) + by if self._screen in found else 0
        if not self._paged or not 0 <= at < len(found):
            return False
        self._go_to_screen(found[at])
        self.to_top()
        self._focus_first()
        return True

    def can_step(self, by: int) -> bool:
        """Whether ``step`` would find a screen."""
        found = self._screens()
        return self._paged and self._screen in found and 0 <= found.index(self._screen) + by < len(found)

    def _move_on(self, key: Hashable) -> None:
        """A quick answer was given: on to the next question."""
        if self._paged:
            self.step(1)
            return
        questions = [row.key for row in self._shown if row.kind is RowKind.QUESTION]
        after = questions[questions.index(str(key)) + 1 :] if key in questions else []
        if after:
            cast(Shown, self.bring(after[0])).focus_input()

    # -------------------------------------------------------------------------------------------------- page by page

    def _screens(self) -> list[str]:
        return screens(self._shown)

    def _rows_in_front(self) -> list[Row]:
        return self._on_screen() if self._paged else self._shown

    def _on_screen(self) -> list[Row]:
        return [row for row in self._shown if self._screen in (row.screen, _removed_at(row))]

    def _keep_a_screen(self) -> None:
        """A screen that has gone gives way to the one that came after it, or to the last."""
        found = self._screens()
        if self._screen in found:
            return
        order = list(dict.fromkeys(row.screen for row in self._all if row.screen))
        place = order.index(self._screen) if self._screen in order else 0
        after = [screen for screen in found if order.index(screen) >= place]
        self._screen = (after or found[-1:] or [""])[0]

    def _go_to_screen(self, screen: str) -> None:
        if screen != self._screen:
            self._screen = screen
            self._show()
            self._renew_row(_PATH)
            self.settle()

    def _path(self) -> str:
        """Where the screen in front stands: its place among the screens, and the headings above it."""
        words, found = self._tools.look.words, self._screens()
        at = found.index(self._screen) + 1 if self._screen in found else 0
        first = next(iter(self._on_screen()), None)
        names = [] if first is None else [self._heading(ref) for ref in first.above]
        return words.join(words.say("forms.screen_of", at=at, total=len(found)), *names)

    def _heading(self, ref: str) -> str:
        session = self._filler.session
        if ref.endswith("]"):
            return instance_name(self._tools.look.words, session, ref)
        return to_plain(session.state(ref).label)

    # -------------------------------------------------------------------------------------------------------- repeats

    def _add(self, ref: str) -> None:
        one = self._filler.add(ref)
        inside = f"{one}/"
        row = next((row for row in self._shown if row.ref.startswith(inside) and row.kind is RowKind.QUESTION), None)
        if row is None:
            return
        if self._paged:
            self._go_to_screen(row.screen)
        heading = f"{RowKind.INSTANCE}:{one}"
        if heading in self._by_key and not self._paged:
            self.bring(heading)
        cast(Shown, self.bring(row.key)).focus_input()

    def _remove(self, ref: str) -> None:
        repeat = ref.rpartition("[")[0]
        self._filler.remove(ref)
        adder = f"{RowKind.ADD}:{repeat}"
        if self._there.get(adder) and not self._paged:
            cast(Shown, self.row(adder)).focus_input()


def _removed_at(row: Row) -> str:
    """Where an instance that has no screen of its own can be taken away: where another one is added."""
    alone = row.kind is RowKind.INSTANCE and not row.screen
    return f"{row.ref.rpartition('[')[0]}+" if alone else row.screen


def _direction(filler: Filler) -> Qt.LayoutDirection | None:
    """How most of a form's labels are written in the language it speaks now; None where there is nothing to tell it.

    The names that authors give to languages say nothing sure; their letters do.
    """
    left = right = 0
    session = filler.session
    for ref in islice(_question_refs(filler.form.layout), _SAMPLE):
        for letter in session.state(ref).label:
            side = bidirectional(letter)
            left += side == "L"
            right += side in ("R", "AL")
    if left == right:
        return None
    return Qt.LayoutDirection.RightToLeft if right > left else Qt.LayoutDirection.LeftToRight


def _question_refs(nodes: xforms.Layout) -> Iterable[str]:
    """The questions that stand in no repeat."""
    for node in nodes:
        if isinstance(node, xforms.Question):
            yield node.ref
        elif not isinstance(node, xforms.Repeat):
            yield from _question_refs(node.children)
