"""Our own forms for the comparison with JavaRosa: sheets as plain text, made into workbooks and published.

A sheet begins with a line ``# name``. In ``survey`` each row is a line ``type: name`` and, indented below it, its other
cells as ``column = text``; the other sheets are lines of cells divided by ``|``, the first of them the header.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from openpyxl import Workbook

from xforms.publish import publish

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.sheets")))
LISTS = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.csv"))}
"""By file name: the lists that lie beside the forms."""
RESOURCES = {f"jr://file-csv/{name}": text for name, text in LISTS.items()}


@cache
def form(name: str) -> str:
    """The XForm of one of ``NAMES``."""
    sheets = (FOLDER / f"{name}.sheets").read_text("utf-8")
    return publish(workbook(sheets), RESOURCES).xml


def workbook(text: str) -> bytes:
    """An .xlsx file of sheets written as above."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for part in text.split("# ")[1:]:
        name, _, lines = part.partition("\n")
        sheet = made.create_sheet(name.strip())
        for row in (_survey if sheet.title == "survey" else _table)(lines.splitlines()):
            sheet.append([cell or None for cell in row])
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _table(lines: list[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]


def _survey(lines: list[str]) -> list[list[str]]:
    rows: list[dict[str, str]] = []
    for line in filter(str.strip, lines):
        if line.startswith(" "):
            column, _, text = line.partition(" = ")
            rows[-1][column.strip()] = text.strip()
        else:
            kind, _, name = line.partition(":")
            rows.append({"type": kind.strip(), "name": name.strip()})
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [columns, *([row.get(column, "") for column in columns] for row in rows)]
