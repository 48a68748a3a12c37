"""Secondary instances: the lists a form chooses from, held inside it or beside it as XML or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from xforms import safexml
from xforms.errors import FormError


@dataclass(slots=True, eq=False)
class Item:
    """One element of a secondary instance: local name, own text, children; read-only once built."""

    name: str
    text: str
    children: list[Item] = field(default_factory=list)
    parent: Item | None = None
    index: dict[tuple[str, str], dict[str, list[Item]]] = field(default_factory=dict)
    """Children called ``[0]`` grouped by the text of their child ``[1]``; filled by ``select``."""

    def child(self, name: str) -> str:
        """Text of the first child of that name, ``""`` when there is none."""
        for each in self.children:
            if each.name == name:
                return each.string
        return ""

    @property
    def string(self) -> str:
        """The string value: the text of a leaf, the joined texts of everything below otherwise."""
        return "".join(each.string for each in self.children) if self.children else self.text

    def below(self) -> Iterator[Item]:
        """This element and all its descendants, in document order."""
        yield self
        for each in self.children:
            yield from each.below()

    def select(self, name: str, key: str, wanted: str) -> list[Item]:
        """Children called ``name`` one of whose ``key`` children reads ``wanted``, by an index built once."""
        groups = self.index.get((name, key))
        if groups is None:
            groups = {}
            for each in self.children:
                if each.name == name:
                    for text in {child.string for child in each.children if child.name == key}:
                        groups.setdefault(text, []).append(each)
            self.index[name, key] = groups
        return groups.get(wanted, [])


def from_element(element: etree._Element) -> Item:
    """Converts the root element of an instance to an ``Item`` with a document node above it."""
    document = Item("", "")
    document.children.append(_item(element, document))
    return document


def from_resource(source: str, text: str) -> Item:
    """Reads an attached list by the kind its address names.

    Raises:
        FormError: ``unsupported_instance`` for a kind other than ``.xml`` and ``.csv``, ``bad_csv`` with the line, or
            what reading XML raises.
    """
    lower = source.lower()
    if lower.endswith(".xml"):
        return from_element(safexml.read(text))
    if lower.endswith(".csv"):
        return _from_csv(source, text)
    raise FormError("unsupported_instance", f"attached lists of this kind are not supported: {source}", source)


def _from_csv(source: str, text: str) -> Item:
    if len(text) > safexml.MAX_BYTES:
        raise FormError("too_large", f"the list is larger than {safexml.MAX_BYTES} characters", source)
    document = Item("", "")
    root = Item("root", "", parent=document)
    document.children.append(root)
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        header = next(rows, [])
        for row in rows:
            if not row:
                continue
            if len(row) > len(header):
                raise FormError("bad_csv", f"line {rows.line_num} has more cells than the header", source)
            item = Item("item", "", parent=root)
            item.children = [
                Item(name, cell, parent=item)
                for name, cell in zip(header, row + [""] * (len(header) - len(row)), strict=True)
            ]
            root.children.append(item)
    except csv.Error as error:
        raise FormError("bad_csv", f"line {rows.line_num}: {error}", source) from error
    return document


def _item(element: etree._Element, parent: Item) -> Item:
    item = Item(etree.QName(element).localname, element.text or "", parent=parent)
    item.children = [_item(child, item) for child in element]
    if item.children:
        item.text = ""
    return item
