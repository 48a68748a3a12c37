"""A list as a table of rows: thousands of them, whose cells become elements only where an expression walks there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from xforms.data import NO_ATTRIBUTES, Element, document_of, split_tag


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


def list_of(root: etree._Element) -> Element:
    """Converts a list written in XML, as a table where it is one; returns the document node above it."""
    table = _table_of(root)
    return document_of(root) if table is None else table.document


def _table_of(root: etree._Element) -> Table | None:
    """The list as a table, where it has rows ``item`` of plain cells, all in one order of columns."""
    if split_tag(str(root.tag))[1] != "root" or root.attrib or not len(root):
        return None
    columns = max((tuple([cell.tag for cell in item]) for item in root), key=len)
    names = [split_tag(str(column))[1] for column in columns]
    if len(set(names)) < len(names):
        return None
    rows = []
    for item in root:
        cells: dict[str, str | None] = {}
        for cell in item:
            if len(cell) or cell.attrib:
                return None
            cells[str(cell.tag)] = cell.text or ""
        in_order = [column for column in columns if column in cells]
        if item.tag != root[0].tag or item.attrib or in_order != [cell.tag for cell in item]:
            return None
        rows.append([cells.get(str(column)) for column in columns])
    return Table(names, rows) if split_tag(str(root[0].tag))[1] == "item" else None


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
