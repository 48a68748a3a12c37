"""The small markdown of labels and hints, as rich text that can hold nothing else."""

from __future__ import annotations

import re
from html import escape
from typing import Final

LONGEST: Final = 20_000
"""A longer text is shown as it is written."""

_ESCAPED: Final = re.compile(r"\\([\\*_#\[\]()])")
_SPAN: Final = re.compile(
    r"&lt;span style=&quot;((?:(?!&quot;)[^<>]){0,200})&quot;&gt;((?:(?!&lt;/?span)[\s\S])*)&lt;/span&gt;"
)
_COLOR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|[a-zA-Z]{3,24})\s*(?=;|$)")
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,500})\]\(((?:https?://|mailto:)[^\s()<>]{1,1000})\)")
_STRONG: Final = re.compile(r"(\*\*|(?<!\w)__)(?=\S)((?:(?!\1)[^\n])+)(?<=\S)\1")
_EM: Final = re.compile(
    r"(?<![*\d])(\*)(?=[^\s*])([^*\n]+)(?<=\S)\*(?!\*)|(?<![\w_])(_)(?=[^\s_])([^_\n]+)(?<=\S)_(?![\w_])"
)
_HEADING: Final = re.compile(r"^([\u2066-\u2069\u200e\u200f]*)(#{1,6})[ \t]+(.*)$", re.MULTILINE)
_SIGNS: Final = re.compile(r"[*_#\[\\<\n]")
"""A text without any of these shows nothing otherwise than as it is written."""
_TAG: Final = re.compile(r"<[^>]*>")
_SIZES: Final = ("x-large", "large", "large", "medium", "medium", "small")
_ASIDE: Final = "\ue100"
_KEPT: Final = 0xE000
"""Escaped signs stand as letters for private use while the rest is read."""


def is_marked(text: str) -> bool:
    """Whether a text has anything to show otherwise than as it is written."""
    return bool(_SIGNS.search(text)) and len(text) <= LONGEST and (_rich(text) != escape(text).replace("\n", "<br/>"))


def to_html(text: str) -> str:
    """A text of a form as rich text: emphasis, headings, links to the web, coloured spans, lines.

    All that the XForms specification gives a label, and nothing of HTML beside it: everything else is shown as it is
    written, so that a form can load no picture and hide no link.
    """
    return escape(text).replace("\n", "<br/>") if len(text) > LONGEST else _rich(text)


def to_plain(text: str) -> str:
    """A text of a form without its marks, for a title, a list, a screen reader."""
    if len(text) > LONGEST or not _SIGNS.search(text):
        return text
    bare = _TAG.sub("", _rich(text).replace("<br/>", "\n"))
    for sign, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        bare = bare.replace(sign, letter)
    return bare


def _rich(text: str) -> str:
    made = _ESCAPED.sub(lambda found: chr(_KEPT + ord(found[1])), text)
    made = escape(made)
    made = _SPAN.sub(_span, made)
    addresses: list[str] = []

    def link(found: re.Match[str]) -> str:
        """The address stands aside while marks are read: it may hold their signs."""
        addresses.append(found[2])
        return f'<a href="{_ASIDE}{len(addresses) - 1};">{found[1]}</a>'

    made = _LINK.sub(link, made.replace(_ASIDE, ""))
    made = _STRONG.sub(r"<b>\2</b>", made)
    made = _EM.sub(lambda found: f"<i>{found[2] or found[4]}</i>", made)
    made = _HEADING.sub(_heading, made)
    made = made.replace("\n", "<br/>")
    made = re.sub(f"{_ASIDE}([0-9]+);", lambda found: addresses[int(found[1])], made)
    return re.sub(f"[{chr(_KEPT)}-{chr(_KEPT + 127)}]", lambda found: escape(chr(ord(found[0]) - _KEPT)), made)


def _span(found: re.Match[str]) -> str:
    color = _COLOR.search(found[1])
    return found[2] if color is None else f'<span style="color:{color[1]}">{found[2]}</span>'


def _heading(found: re.Match[str]) -> str:
    return f'{found[1]}<span style="font-size:{_SIZES[len(found[2]) - 1]}; font-weight:600">{found[3]}</span>'
