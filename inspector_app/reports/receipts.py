"""The centre's receipts on paper and as a table: what it has confirmed, whose it was, and when it came there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from inspector_app.reports.page import ACCENT, FAINT, Cell, Page
from inspector_app.services.views.sync import ReceiptLine
from inspector_app.words.words import RIYADH, Words

_BOM: Final = "\ufeff"
"""Without it Excel takes a UTF-8 table for one of the machine's own code page, and Arabic for rubbish."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = ("deed", "number", "person", "made", "received", "flags", "event")


def write_receipts_csv(lines: Sequence[ReceiptLine], words: Words, to: Path) -> None:
    """Write receipts as a table that spreadsheets open: UTF-8 with a mark at its head, moments as Riyadh has them.

    Raises:
        OSError: The file cannot be written.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(words.say(f"receipts.{name}") for name in _COLUMNS)
    for line in lines:
        said = (line.deed, line.number, line.person)
        moments = (_moment(line.made_at), _moment(line.received_at))
        table.writerow(_inert(cell) for cell in (*said, *moments, line.flags, line.event))
    _replace(to, (_BOM + text.getvalue()).encode("utf-8"))


def write_receipts_pdf(lines: Sequence[ReceiptLine], words: Words, about: str, to: Path) -> None:
    """Write receipts as a PDF, A4, in the language and direction of ``words``.

    Args:
        lines: The receipts, newest first.
        words: The reader's language.
        about: Whose they are: committee and device.
        to: The file; it is whole or, after an error, as it was before.

    Raises:
        OSError: The file cannot be written.
    """
    # The foot of each page says how many there are, which is known only afterwards.
    with _blank(words, about, total=0) as trial:
        _fill(trial, lines, words, about)
        total = trial.page_no()
    with _blank(words, about, total=total) as page:
        _fill(page, lines, words, about)
        _replace(to, bytes(page.output()))


def _blank(words: Words, about: str, *, total: int) -> Page:
    running = words.join(words.say("report.product"), about)
    footer = words.say("report.page", page="{page}", pages=total)
    page = Page(rtl=words.rtl, running=running, footer=footer, digits=words.digits)
    page.set_lang(words.language)
    page.set_title(words.say("receipts.title"))
    page.set_creator(words.say("report.product"))
    return page


def _fill(page: Page, lines: Sequence[ReceiptLine], words: Words, about: str) -> None:
    page.text_block(words.say("receipts.title"), size=20, bold=True, colour=ACCENT)
    page.text_block(about, size=11)
    page.text_block(words.say("receipts.count", n=len(lines)), size=10, colour=FAINT)
    page.ln(3)
    for line in lines:
        _receipt(page, words, line)


def _receipt(page: Page, words: Words, line: ReceiptLine) -> None:
    page.ensure(16)
    title = words.join(line.deed, words.code(line.number) if line.number else "")
    page.row((Cell(title, 0.6, bold=True), Cell(words.moment(line.received_at), 0.4)), end_last=True)
    made = words.say("sync.made", when=words.moment(line.made_at))
    page.row((Cell(words.join(line.person, made), 1.0, colour=FAINT),), size=8.5)
    if line.flags:
        page.row((Cell(line.flags, 1.0),), size=8.5)
    page.row((Cell(words.code(line.event), 1.0, colour=FAINT),), size=7.5)
    page.rule()


def _moment(moment: str) -> str:
    """Date and time in a form that spreadsheets understand, whatever the reader's digits."""
    return datetime.fromisoformat(moment).astimezone(RIYADH).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _replace(to: Path, data: bytes) -> None:
    partial = to.with_name(f".{to.name}.part")
    try:
        partial.write_bytes(data)
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
