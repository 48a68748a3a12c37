"""The report's typeface: Arabic that is shaped for the eye and still text for whoever copies or searches it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

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


class ReadableFont(TTFFont):
    """A font whose every drawn cluster can be read back as its characters, in their order.

    A ligature such as lam-alef is one glyph for two letters, and a mark is a glyph set off its place. A reader of the
    file takes glyphs from left to right and turns Arabic round, so two letters behind one glyph come out swapped, and
    a mark set off falls out of its word. So each character has a glyph of its own: where the drawing has none, an
    empty one of no width (of a hair's width for a mark, or readers take it for a double).
    """

    __slots__ = ()

    def shape_text(
        self, text: str, font_size_pt: float, text_shaping_params: dict[str, Any] | None
    ) -> Sequence[dict[str, Any]]:
        """The glyphs of one run from left to right, each with at most one character."""
        drawn = super().shape_text(text, font_size_pt, text_shaping_params)
        known = {code: glyph for glyph, code in self.subset.items()}
        return [piece for info in drawn for piece in self._readable(info, known.get(info["mapped_char"]))]

    def _readable(self, info: dict[str, Any], glyph: Glyph | None) -> Iterator[dict[str, Any]]:
        if glyph is None:
            yield info
            return
        characters = "".join(map(chr, glyph.unicode)) if isinstance(glyph.unicode, tuple) else chr(glyph.unicode)
        visible = "".join(char for char in characters if char not in _INVISIBLE)
        if characters and not visible:
            return
        if len(visible) == 1 and unicodedata.combining(visible):
            yield self._carrier(visible, _HAIR)
            visible = ""
        elif len(visible) > 1 and unicodedata.bidirectional(visible[0]) in ("R", "AL"):
            for char in reversed(visible[1:]):
                yield self._carrier(char, 0)
            visible = visible[0]
        if visible != characters:
            info = {**info, "mapped_char": self._code(glyph.glyph_id, visible, glyph.glyph_name, glyph.glyph_width)}
        yield info

    def _carrier(self, char: str, width: int) -> dict[str, Any]:
        code = self._code(self.glyph_ids[ord(" ")], char, "space", width)
        return {
            "mapped_char": code,
            "x_advance": width,
            "y_advance": 0,
            "x_offset": 0,
            "y_offset": 0,
            "force_positioning": False,
        }

    def _code(self, glyph_id: int, characters: str, name: str, width: int) -> int | None:
        unicode = tuple(map(ord, characters))
        return self.subset.pick_glyph(
            self.subset.get_glyph(glyph=glyph_id, unicode=unicode, glyph_name=name, glyph_width=width)
        )


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
