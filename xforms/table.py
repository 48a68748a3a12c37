"""A list as a table of rows: thousands of them, whose cells become elements only where an expression walks there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xforms.data import NO_ATTRIBUTES, Element


class Table:
    """A document ``root`` of rows ``item``, one child a column.

    Attributes:
        columns: The names of the columns; of namesakes the first counts.
        document: The node above ``root``.
    """

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        """Takes over the rows, each as long as ``columns``; a cell that is None is no child at all."""
        self.columns = tuple(columns)
        self.places: dict[str, int] = {}
        for place, name in enumerate(self.columns):
            self.places.setdefault(name, place)
        self.document = Element("", kind="document")
        root = Element("root", parent=self.document)
        self.document.children.append(root)
        known: dict[str | None, str | None] = {None: None}
        # Most columns of most lists repeat few texts: each is kept once.
        root.children = [Row(self, root, tuple([known.setdefault(cell, cell) for cell in row])) for row in rows]


class Row(Element):
    """One row of a table. Reading a cell by its column makes no elements; every other way of walking does, once."""

    __slots__ = ("_cells", "_table", "_walked")

    def __init__(self, table: Table, parent: Element, cells: tuple[str | None, ...]) -> None:
        self.name = "item"
        self.text = ""
        self.parent = parent
        self.namespace = ""
        self.kind = "element"
        self.attributes = NO_ATTRIBUTES
        self.index = -1
        self.relevant = True
        self._made = self._named = self._select = None
        self._table = table
        self._cells = cells
        self._walked: list[Element] | None = None

    @property
    def children(self) -> list[Element]:  # type: ignore[override]  # nobody changes a list
        """Its cells as elements."""
        if self._walked is None:
            pairs = zip(self._table.columns, self._cells, strict=True)
            self._walked = [Element(name, cell, self) for name, cell in pairs if cell is not None]
        return self._walked

    def child(self, name: str) -> str:
        """The text of a cell, ``""`` for a column that the table does not have."""
        place = self._table.places.get(name)
        return "" if place is None else self._cells[place] or ""

    def cells(self, name: str) -> list[str]:
        """The text of a cell in a list; an empty one where the row does not have it."""
        place = self._table.places.get(name)
        if place is None:
            return []
        cell = self._cells[place]
        return [] if cell is None else [cell]
