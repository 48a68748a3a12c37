"""A workbook through the converter (pyxform), and once it refuses: what else it would have refused.

The converter stops at the first mistake. Here the cell that it names is taken out, for the search only, and it is asked
again, so that an author reads everything in one go. The only module that knows pyxform, and only when it is called:
importing it takes 160 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any

from xforms.errors import Mistake, PublishError
from xforms.workbook import Place, Row, Workbook

_MOST_TRIES = 500
_MOST_SECONDS = 20
"""However many mistakes there are: each try of a large workbook takes a second or more."""
MORE = "this is not all: the search ended here; mend these and publish again"

_ROW = re.compile(r"\[?row\s*:?\s*(\d+)\]?", re.IGNORECASE)
_CELL = re.compile(r"[Oo]n the '(\w+)' sheet, (?:the '([^']+)' value)?")
_SHEET = re.compile(r"\b(survey|choices|settings|external_choices|entities|osm)\b sheet|sheet named '(\w+)'")
_UNKNOWN_NAME = re.compile(r"Could not find the name '([^']+)'")
_UNKNOWN_TYPE = re.compile(r"Unknown question type '([^']+)'")
_NO_LIST = re.compile(r"List name not in (?:external )?choices sheet")
_NAMED = re.compile(r"survey element named '([^']+)'")
_UNBALANCED = re.compile(r"Unmatched '(begin|end)")


@dataclass(slots=True)
class Converted:
    """What the converter made of a workbook.

    Attributes:
        xml: The form; where there are mistakes, of what is left without them, and ``""`` where nothing is.
        itemsets: The list that it made of the sheet ``external_choices``.
        warnings: The converter's own sentences.
        mistakes: What it refused, with its own sentences unshortened.
        taken_out: The cells and rows that ``xml`` is made without.
    """

    xml: str = ""
    itemsets: str = ""
    warnings: tuple[str, ...] = ()
    mistakes: list[tuple[Place | None, Mistake]] = field(default_factory=list)
    taken_out: set[Place] = field(default_factory=set)


def read(data: bytes) -> Workbook:
    """The sheets of a workbook.

    Raises:
        PublishError: ``not_a_workbook``.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import xlsx_to_dict

    try:
        return Workbook(xlsx_to_dict(data))
    except (PyXFormError, *_stumbles()) as error:
        raise PublishError("not_a_workbook", f"the workbook cannot be read: {error}") from error


def convert(workbook: Workbook, name: str = "") -> Converted:
    """The form that a workbook makes, or every mistake that the converter finds in it.

    Args:
        workbook: Its sheets.
        name: The identifier of a form that its settings give none.

    Raises:
        PublishError: ``not_a_workbook``: the converter stumbles over it without saying why.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as by_pyxform

    search = _Search(workbook, name)
    until = monotonic() + _MOST_SECONDS
    for _ in range(_MOST_TRIES):
        if search.found.mistakes and monotonic() > until:
            search.found.mistakes.append((None, Mistake("more", MORE)))
            break
        try:
            result = by_pyxform(search.copy(), validate=False)
        except PyXFormError as error:
            if not search.goes_on_after(error):
                break
        except _stumbles() as error:
            # The converter reports some broken workbooks by whatever its own code stumbles over.
            if search.found.mistakes:
                break
            message = f"the workbook cannot be converted: {type(error).__name__}: {error}"
            raise PublishError("not_a_workbook", message) from error
        else:
            search.found.xml = str(result.xform)
            search.found.itemsets = str(result.itemsets or "")
            search.found.warnings = tuple(str(warning) for warning in result.warnings)
            break
    return search.found


def _stumbles() -> tuple[type[Exception], ...]:
    from openpyxl.utils.exceptions import InvalidFileException

    return InvalidFileException, LookupError, ValueError, TypeError, AttributeError, SyntaxError


class _Search:
    """The mistakes of one workbook, found one after the other in a copy of which each is taken out."""

    def __init__(self, workbook: Workbook, name: str) -> None:
        self._workbook, self._name = workbook, name
        self._rows: dict[str, list[Row]] = {
            sheet: [dict(row) for row in rows]
            for sheet, rows in workbook.book.items()
            if sheet != "sheet_names" and not sheet.endswith("_header")
        }
        self._renamed: set[str] = set()
        self.found = Converted()

    def copy(self) -> dict[str, Any]:
        """What to hand to the converter, which may change what it gets."""
        rows = {sheet: [dict(row) for row in rows] for sheet, rows in self._rows.items()}
        return {**self._workbook.book, **rows, "fallback_form_name": self._name or None}

    def goes_on_after(self, error: Exception) -> bool:
        """Notes a refusal and takes out what it is about; False where nothing is left to try."""
        message = str(error)
        unknown = _UNKNOWN_NAME.search(message)
        places = list(self._places(message, error.__traceback__))
        for place in places:
            # What is missing only because its name was refused, and taken out, is no mistake of its own.
            if not (unknown and unknown[1] in self._renamed):
                self._note(place, _about(message, place))
        if not places:
            self._note(None, message)
        came_past = [self._take_out(place, message) for place in places]
        return bool(came_past) and all(came_past) and not _UNBALANCED.search(message)

    def _note(self, place: Place | None, message: str) -> None:
        self.found.mistakes.append((place, Mistake("refused", message, str(place) if place else "")))

    def _places(self, message: str, trace: TracebackType | None) -> Iterator[Place]:
        """Every cell that a sentence of the converter is about; it names the first at most."""
        unknown, kind, named = (one.search(message) for one in (_UNKNOWN_NAME, _UNKNOWN_TYPE, _NAMED))
        cell, row = _CELL.search(message), _ROW.search(message)
        if unknown:
            yield from self._holding(re.compile(rf"\$\{{\s*(?:last-saved#)?{re.escape(unknown[1])}\s*\}}"))
        elif kind:
            yield from self._holding(re.compile(rf"^\s*{re.escape(kind[1])}\s*$"), "type", "command")
        elif named and (place := self._workbook.named(named[1])):
            yield place
        elif row or (at := _row_at_work(trace)):
            sheet, number = cell[1] if cell else "survey", int(row[1]) if row else at
            names = ("type",) if _NO_LIST.search(message) else (cell[2],) if cell and cell[2] else ()
            heading = self._workbook.heading(sheet, number, *names)
            yield Place(sheet, number, heading or (names[0] if names else ""))
        elif sheet_named := _SHEET.search(message):
            yield Place(sheet_named[1] or sheet_named[2])

    def _holding(self, pattern: re.Pattern[str], *columns: str) -> Iterator[Place]:
        copy = Workbook(self._rows)
        for place in copy.cells(pattern, tuple(self._rows)):
            if not columns or place.column in (copy.heading(place.sheet, place.row, name) for name in columns):
                yield place

    def _take_out(self, place: Place, message: str) -> bool:
        """Changes the copy so that the converter comes past a mistake; False where that cannot be done."""
        rows = self._rows.get(place.sheet, [])
        if not 0 <= place.row - 2 < len(rows):
            return False
        row = rows[place.row - 2]
        self.found.taken_out.add(place)
        unknown = _UNKNOWN_NAME.search(message)
        if unknown:
            reference = re.compile(rf"\$\{{\s*(?:last-saved#)?{re.escape(unknown[1])}\s*\}}")
            left = reference.sub("1", row[place.column])
            row[place.column] = "" if left == "1" and place.column.strip().lower() == "trigger" else left
        elif "no label or hint" in message:
            row["label"] = "1"
        elif place.column.strip().lower() in ("name", "value", "tag") or "no name" in message:
            self._renamed.add(row.get(place.column, ""))
            row[place.column or "name"] = f"row_{place.row}"
        elif place.column.strip().lower() in ("type", "command"):
            row[place.column] = "text"
        elif place.column:
            return row.pop(place.column, None) is not None
        else:
            return self._make_plain(row)
        return True

    def _make_plain(self, row: Row) -> bool:
        """Leaves of a row that is wrong as a whole only that there is a question of this name."""
        heading = {name.strip().lower(): name for name in row}
        kind, name = (row.get(heading.get(one, ""), "") for one in ("type", "name"))
        if not name or re.match(r"\s*(begin|end)", kind, re.IGNORECASE) or row.keys() <= {"type", "name", "label"}:
            return False
        row.clear()
        row |= {"type": "text", "name": name, "label": "1"}
        return True


def _about(message: str, place: Place) -> str:
    """A sentence of the converter about another cell with the same mistake."""
    row, cell = _ROW.search(message), _CELL.search(message)
    if row and cell and cell[2] and (int(row[1]) != place.row or place.sheet != cell[1]):
        message = message.replace(row[0], row[0].replace(row[1], str(place.row)), 1)
        column = place.column.partition("::")[0]
        message = message.replace(cell[0], f"On the '{place.sheet}' sheet, the '{column}' value", 1)
    return message


def _row_at_work(trace: TracebackType | None) -> int:
    """The row of the survey that the converter was at: many of its sentences do not say it. 0 where it was at none."""
    found = 0
    while trace is not None:
        at = trace.tb_frame.f_locals.get("row_number")
        found = at if isinstance(at, int) else found
        trace = trace.tb_next
    return found
