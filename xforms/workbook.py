"""A workbook as its author sees it: which row of which sheet a field, a rule or a name of the form comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

Row = dict[str, str]
"""The cells of a row that are not empty, by the heading of their column as it is written."""

FIRST_ROW = 2
"""Of the rows below the headings, as a spreadsheet counts them."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "relevant": ("relevant", "relevance", "bind::relevant"),
    "required": ("required", "bind::required"),
    "constraint": ("constraint", "bind::constraint"),
    "calculate": ("calculation", "calculate", "bind::calculate"),
    "readonly": ("read_only", "readonly", "bind::readonly"),
    "count": ("repeat_count", "count", "jr:count", "control::jr:count"),
    "choices": ("choice_filter", "type"),
    "setvalue": ("default", "calculation", "trigger"),
    "output": ("label", "hint", "guidance_hint", "constraint_message", "required_message", "media"),
    "cycle": ("calculation", "calculate", "relevant", "relevance", "repeat_count", "choice_filter"),
    "type": ("bind::type", "type"),
    "preload": ("type", "bind::jr:preload"),
}
"""Where an author writes what the engine calls by the key; the first that is filled in is meant."""
_USUAL = (
    *("type", "name", "label", "hint", "guidance_hint", "relevant", "required", "required_message", "constraint"),
    *("constraint_message", "calculation", "read_only", "repeat_count", "choice_filter", "appearance", "parameters"),
    *("default", "trigger", "media"),
)
"""The columns of a survey that authors write; a heading that is nearly one of them is a slip."""
_KNOWN = frozenset(_USUAL) | {name for names in _COLUMNS.values() for name in names}
_BEGIN = re.compile(r"begin[_ ]+(lgroup|group|repeat|loop|looped group)\b", re.IGNORECASE)
_END = re.compile(r"end[_ ]+(lgroup|group|repeat|loop|looped group)\b", re.IGNORECASE)


class Place(NamedTuple):
    """A cell, or a row (no column), or a sheet (row 0); rows are counted as a spreadsheet shows them."""

    sheet: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        words = self.sheet
        words += f" row {self.row}" if self.row else ""
        return f"{words}, column {self.column}" if self.column else words


class Workbook:
    """The sheets of a workbook, with the way back from the form to them."""

    def __init__(self, book: Mapping[str, Any]) -> None:
        """Take sheets as the converter reads them: by lower-case name, a list of rows each."""
        self.book = book
        self._fields = {path: number for number, path in _paths(self.rows("survey"))}

    def rows(self, sheet: str) -> Sequence[Row]:
        """The rows of a sheet below its headings; none where there is no such sheet."""
        found: Sequence[Row] = self.book.get(sheet) or ()
        return found

    def row(self, sheet: str, number: int) -> Row:
        """One row by the number that a spreadsheet shows; empty where there is none."""
        rows = self.rows(sheet)
        return rows[number - FIRST_ROW] if FIRST_ROW <= number < FIRST_ROW + len(rows) else {}

    def heading(self, sheet: str, number: int, *names: str) -> str:
        """The heading of the first column, of these, that is filled in in a row; whatever language it is for."""
        cells = self.row(sheet, number)
        for name in names:
            for heading in cells:
                plain = _plain(heading)
                if plain == name or plain.partition("::")[0] == name:
                    return heading
        return ""

    def field(self, ref: str, role: str = "") -> Place:
        """The place of a field of the form (``/data/group/field``) and of one of its rules.

        What the converter adds of its own (an ``other``, a count) is found at what it was added for; what stands
        nowhere in the survey comes from the settings.
        """
        path = tuple(ref.split("/")[2:])
        while path and path not in self._fields:
            path = path[:-1]
        if not path:
            return Place("settings")
        number = self._fields[path]
        return Place("survey", number, self.heading("survey", number, *_COLUMNS.get(role, ())) if role else "")

    def named(self, name: str) -> Place | None:
        """The row of the survey that gives this name; None where none does."""
        return next((Place("survey", number) for path, number in self._paths() if path[-1] == name), None)

    def cells(self, pattern: re.Pattern[str], sheets: Sequence[str] = ("survey", "choices")) -> Iterator[Place]:
        """Every cell that holds what a pattern finds, in the order of the sheets."""
        for sheet in sheets:
            for number, row in enumerate(self.rows(sheet), FIRST_ROW):
                for heading, text in row.items():
                    if pattern.search(str(text)):
                        yield Place(sheet, number, heading)

    def prefixed(self, prefix: str) -> Place | None:
        """The column whose heading uses a namespace prefix; None where none does."""
        for sheet in ("survey", "choices", "settings"):
            for row in self.rows(sheet):
                for heading in row:
                    if re.search(rf"\b{re.escape(prefix)}:(?!:)", heading):
                        return Place(sheet, 1, heading)
        return None

    def slips(self) -> Iterator[tuple[Place, str]]:
        """Columns of the survey that nobody reads, each with the one whose name it nearly has."""
        headings = dict.fromkeys(heading for row in self.rows("survey") for heading in row)
        for heading in headings:
            plain = _plain(heading).partition("::")[0].partition(":")[0]
            meant = get_close_matches(plain, _USUAL, 1, 0.8)
            if meant and plain not in _KNOWN:
                yield Place("survey", 1, heading), meant[0]

    def _paths(self) -> Iterator[tuple[tuple[str, ...], int]]:
        yield from self._fields.items()


def _plain(heading: str) -> str:
    """A heading as the converter compares it: ``Relevant `` is ``relevant``."""
    return "::".join("_".join(part.split()).lower() for part in heading.split("::"))


def _paths(rows: Sequence[Row]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The way to each named row of a survey through the groups around it; the first of two alike is kept last."""
    above: list[str] = []
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, FIRST_ROW):
        kind, name = _cell(row, "type", "command"), _cell(row, "name", "value", "tag")
        if _END.match(kind):
            if above:
                above.pop()
            continue
        if name:
            found.append((number, (*above, name)))
        if _BEGIN.match(kind):
            above.append(name)
    return reversed(found)


def _cell(row: Row, *names: str) -> str:
    return next((str(text).strip() for heading, text in row.items() if _plain(heading) in names), "")
