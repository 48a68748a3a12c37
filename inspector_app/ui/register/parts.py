"""Parts that cards and reports are made of: facts in two columns, a part with its heading, a short list of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.layout import column
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.text import Heading, Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels.lists import Face
from inspector_app.words import Words

Fact = tuple[str, str]
"""A label and what is so; an empty value leaves the fact out."""


class Facts(QWidget):
    """Labels and values, the labels softer; values can be copied."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for line, (label, value) in enumerate(fact for fact in facts if fact[1]):
            name = Label(label, role="soft")
            said = Label(value, wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(said, line, 1)


class Part(Card):
    """A card with a heading and whatever stands under it."""

    def __init__(self, heading: str, *inside: QWidget) -> None:
        super().__init__(padding=16, spacing=12)
        if heading:
            self.body.addWidget(Heading(heading, wrap=True))
        for widget in inside:
            self.body.addWidget(widget)
            if isinstance(widget, RowList):
                widget.setAccessibleName(heading)


def notice(name: str, look: Look, title: str, text: str) -> QWidget:
    """A warning that stands on a page from the start."""
    holder = QWidget()
    banner = Banner(name, look, "warning")
    holder.setLayout(column(banner))
    banner.show_text(title, text)
    return holder


def short_list(
    name: str,
    look: Look,
    faces: Sequence[tuple[Any, Callable[[Words], Face]]],
    opened: Callable[[Any], object],
) -> RowList:
    """Rows that are known already, as a list inside a card: (id, its face in the words of the moment)."""
    known = dict(faces)
    rows = RowList(name, look, lambda key: known[key](look.words), flat=True)
    rows.show_ids(list(known))
    rows.fit(len(known))
    rows.opened.connect(opened)
    return rows
