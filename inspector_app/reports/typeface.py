"""The report's typeface: Arabic that is shaped for the eye and still text for whoever copies or searches it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from fpdf import FPDF
from fpdf.fonts import Glyph, TTFFont

from inspector_app.words.paths import resource

FAMILY: Final = "plex"
_FILES: Final = {"": "IBMPlexSansArabic-Regular.ttf", "B": "IBMPlexSansArabic-SemiBold.ttf"}
_INVISIBLE: Final = frozenset(
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Joiners and marks of direction: they shape the line and are not drawn."""
_HAIR: Final = 20
"""The width of the carrier of a mark, in thousandths of an em: seen by a reader of the file, not by one of the page."""


class _Piece(NamedTuple):
    """A glyph on the line, in font units: what is drawn, how far it moves the pen, and what it says to a reader."""

    glyph_id: int
    name: str
    says: str
    width: int
    x_advance: int
    y_advance: int = 0
    x_offset: int = 0
    y_offset: int = 0

    @property
    def on_the_line(self) -> bool:
        """Whether it is drawn where the pen is, and moves it along the line only."""
        return not (self.x_offset or self.y_offset or self.y_advance)

    def widened(self, by: int) -> _Piece:
        """The same, taking more room after itself."""
        return self._replace(width=self.width + by, x_advance=self.x_advance + by)


class ReadableFont(TTFFont):
    """A font whose every drawn cluster can be read back as its characters, in their order.

    A ligature such as lam-alef is one glyph for two letters, and a mark is a glyph set off its place. A reader of the
    file takes glyphs from left to right and turns Arabic round, so two letters behind one glyph come out swapped, and
    a mark set off falls out of its word. So each character has a glyph of its own: where the drawing has none, an
    empty one of no width (of a hair's width for a mark, or readers take it for a double). And room that kerning makes
    belongs to the glyph before it, or readers take it for the end of a word.
    """

    __slots__ = ()

    def shape_text(
        self, text: str, font_size_pt: float, text_shaping_params: dict[str, Any] | None
    ) -> Sequence[dict[str, Any]]:
        """The glyphs of one run from left to right, each with at most one character."""
        drawn = super().shape_text(text, font_size_pt, text_shaping_params)
        glyphs = {code: glyph for glyph, code in self.subset.items()}
        pieces: list[_Piece] = []
        for info in drawn:
            glyph = glyphs.get(info["mapped_char"])
            for piece in () if glyph is None else self._readable(info, glyph):
                if piece.x_offset > 0 and not piece.y_offset and pieces and pieces[-1].on_the_line:
                    room = piece.x_offset
                    pieces[-1] = pieces[-1].widened(room)
                    piece = piece._replace(x_offset=0, x_advance=piece.x_advance - room)
                pieces.append(piece)
        return [self._info(piece) for piece in pieces]

    def _readable(self, info: dict[str, Any], glyph: Glyph) -> Iterator[_Piece]:
        """A drawn glyph, and before it those that carry what it cannot say itself."""
        characters = "".join(map(chr, glyph.unicode)) if isinstance(glyph.unicode, tuple) else chr(glyph.unicode)
        says = "".join(char for char in characters if char not in _INVISIBLE)
        if characters and not says:
            return
        if len(says) == 1 and unicodedata.combining(says):
            yield self._carrier(says, _HAIR)
            says = ""
        elif len(says) > 1 and unicodedata.bidirectional(says[0]) in ("R", "AL"):
            for char in reversed(says[1:]):
                yield self._carrier(char, 0)
            says = says[0]
        moves = (info["x_advance"], info["y_advance"], info["x_offset"], info["y_offset"])
        yield _Piece(glyph.glyph_id, glyph.glyph_name, says, glyph.glyph_width, *moves)

    def _carrier(self, char: str, width: int) -> _Piece:
        return _Piece(self.glyph_ids[ord(" ")], "space", char, width, width)

    def _info(self, piece: _Piece) -> dict[str, Any]:
        """A glyph as fpdf2 takes it; one that kerning has made wider or narrower is simply a glyph of that width."""
        width = piece.width
        if piece.on_the_line and piece.x_advance > 0:
            width = round(self.scale * piece.x_advance)
        glyph = self.subset.get_glyph(
            glyph=piece.glyph_id, unicode=tuple(map(ord, piece.says)), glyph_name=piece.name, glyph_width=width
        )
        return {
            "mapped_char": self.subset.pick_glyph(glyph),
            "x_advance": piece.x_advance,
            "y_advance": piece.y_advance,
            "x_offset": piece.x_offset,
            "y_offset": piece.y_offset,
            "force_positioning": not piece.on_the_line or width != piece.x_advance,
        }


def embed(pdf: FPDF) -> None:
    """Give a document the typeface, regular and bold, and shaping."""
    for style, file in _FILES.items():
        pdf.fonts[FAMILY + style] = ReadableFont(pdf, resource("fonts", file), FAMILY + style, style)


def writable(font: TTFFont, text: str) -> str:
    """The text in characters the font has: an accented letter without its accent, anything else as a question mark."""
    return "".join(char if ord(char) in font.cmap or char in _INVISIBLE else _nearest(font, char) for char in text)


def _nearest(font: TTFFont, char: str) -> str:
    if char.isspace():
        return " "
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if ord(part) in font.cmap)
    return plain or "?"
