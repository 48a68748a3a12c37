"""A page that is read in either direction: headings, facts, rows, cards, pictures, and a footer that counts pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from inspector_app.reports.pictures import Picture
from inspector_app.reports.typeface import FAMILY, embed, writable
from sync.domain.text import Digits, with_digits

MARGIN: Final = 16.0
_FOOT: Final = 18.0
_LINE: Final = 1.5
"""The height of a line, in parts of the height of its letters: Arabic needs more room than Latin."""
_POINT: Final = 25.4 / 72

Colour = tuple[int, int, int]
INK: Final[Colour] = (24, 33, 38)
FAINT: Final[Colour] = (92, 104, 112)
RULE: Final[Colour] = (205, 212, 217)
WASH: Final[Colour] = (240, 244, 245)
ACCENT: Final[Colour] = (14, 92, 84)
ALARM: Final[Colour] = (163, 32, 32)
CAUTION: Final[Colour] = (138, 84, 0)
GOOD: Final[Colour] = (22, 101, 52)


class Cell(NamedTuple):
    """One cell of a row: its share of the width, and how it is written."""

    text: str
    share: float
    bold: bool = False
    colour: Colour = INK


class Page(FPDF):
    """A document in one reading direction, to be made in a ``with`` block.

    Lengths are millimetres, sizes of letters are points.
    """

    def __init__(self, *, rtl: bool, running: str, footer: str, digits: Digits) -> None:
        """Begin an A4 document.

        Args:
            rtl: Whether it is read from right to left.
            running: What stands at the foot of every page, on the side where reading begins.
            footer: What stands on the other side, with ``{page}`` in it.
            digits: The script of the page's number.
        """
        super().__init__(format="A4")
        self.rtl = rtl
        self._running = running
        self._footer = footer
        self._digits = digits
        embed(self)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, _FOOT)
        self.set_text_shaping(True, direction="rtl" if rtl else "ltr")
        self.set_font(FAMILY, "", 10)
        self.add_page()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()  # fpdf2 leaves the font's file open

    def footer(self) -> None:
        """Called by fpdf2 at the end of every page."""
        self.set_y(-_FOOT + 4)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.set_y(self.get_y() + 1.5)
        self.row(
            (
                Cell(self._running, 0.7, colour=FAINT),
                Cell(self._footer.replace("{page}", with_digits(str(self.page_no()), self._digits)), 0.3, colour=FAINT),
            ),
            size=8,
            end_last=True,
        )

    # ------------------------------------------------------------------------------------------------------ text

    def text_block(
        self,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        colour: Colour = INK,
        width: float | None = None,
        from_start: float = 0,
        towards_end: bool = False,
    ) -> None:
        """Write a paragraph and go below it.

        Args:
            text: May hold several lines.
            size: Of the letters.
            bold: Whether it is bold.
            colour: Of the letters.
            width: Where lines break; the whole width otherwise.
            from_start: How far from the margin where reading begins.
            towards_end: Whether it stands against the other margin.
        """
        width = self.epw - from_start if width is None else width
        self._pen(size, bold, colour)
        self.set_x(self._x(from_start, width))
        self.multi_cell(
            width,
            self._leading(size),
            self._writable(text),
            align="R" if self.rtl != towards_end else "L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def height_of(self, text: str, *, size: float = 10, bold: bool = False, width: float | None = None) -> float:
        """How high a paragraph will be."""
        self._pen(size, bold, INK)
        lines = self.multi_cell(
            self.epw if width is None else width,
            self._leading(size),
            self._writable(text),
            dry_run=True,
            output=MethodReturnValue.LINES,
        )
        if not isinstance(lines, list):
            raise TypeError(f"fpdf2 gave {type(lines).__name__} for the lines of a paragraph")
        return len(lines) * self._leading(size)

    def heading(self, text: str, *, keep: float = 20) -> None:
        """A heading with a rule below it, never alone at the end of a page: ``keep`` must follow on the same one."""
        self.ensure(12 + keep)
        self.ln(4)
        self.text_block(text, size=13, bold=True, colour=ACCENT)
        self.set_draw_color(*ACCENT)
        self.line(MARGIN, self.get_y() + 0.6, self.w - MARGIN, self.get_y() + 0.6)
        self.ln(2.5)

    def row(self, cells: Sequence[Cell], *, size: float = 9.5, wash: bool = False, end_last: bool = False) -> None:
        """A row of cells in reading order, each with its own line breaks, all on one page.

        Args:
            cells: Their shares of the width come to 1.
            size: Of the letters.
            wash: Whether the row has a ground of its own.
            end_last: Whether the last cell stands against the far margin.
        """
        widths = [cell.share * self.epw for cell in cells]
        height = max(
            self.height_of(cell.text, size=size, bold=cell.bold, width=width)
            for cell, width in zip(cells, widths, strict=True)
        )
        if self.page_no() and not self.in_footer:
            self.ensure(height)
        top = self.get_y()
        if wash:
            self.set_fill_color(*WASH)
            self.rect(MARGIN, top, self.epw, height, style="F")
        start = 0.0
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            self.set_y(top)
            self.text_block(
                cell.text,
                size=size,
                bold=cell.bold,
                colour=cell.colour,
                width=width,
                from_start=start,
                towards_end=end_last and place == len(cells) - 1,
            )
            start += width
        self.set_y(top + height)

    def rule(self) -> None:
        """A thin line between rows."""
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.get_y() + 0.4, self.w - MARGIN, self.get_y() + 0.4)
        self.ln(0.8)

    # -------------------------------------------------------------------------------------------------- pictures

    def pictures(self, pictures: Sequence[Picture], *, height: float = 42) -> None:
        """Pictures side by side in reading order, as many in a row as fit, each whole."""
        gap, start = 3.0, 0.0
        for picture in pictures:
            width = min(height * picture.width / picture.height, self.epw)
            if start and start + width > self.epw:
                self.ln(height + gap)
                start = 0.0
            self.ensure(height + gap)
            drawn = min(height, width * picture.height / picture.width)
            self.image(picture.jpeg, self._x(start, width), self.get_y(), width, drawn)
            start += width + gap
        if pictures:
            self.ln(height + gap)

    def ensure(self, height: float) -> None:
        """Begin a new page where ``height`` no longer fits on this one."""
        if self.will_page_break(height) and self.get_y() > MARGIN:
            self.add_page()

    # ------------------------------------------------------------------------------------------------------ ours

    def _x(self, from_start: float, width: float) -> float:
        return self.w - MARGIN - from_start - width if self.rtl else MARGIN + from_start

    def _pen(self, size: float, bold: bool, colour: Colour) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def _leading(self, size: float) -> float:
        return size * _POINT * _LINE

    def _writable(self, text: str) -> str:
        font = self.fonts[FAMILY]
        if not isinstance(font, TTFFont):
            raise TypeError(f"the typeface is a {type(font).__name__}")
        return "\n".join(writable(font, line) for line in text.splitlines())
