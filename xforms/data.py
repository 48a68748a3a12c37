"""The tree that expressions walk: elements of answer sheets and of lists, one class for both."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from lxml import etree

XFORMS = "http://www.w3.org/2002/xforms"
XMLNS = "http://www.w3.org/2000/xmlns/"
"""The namespace of what declares prefixes: such attributes are what the axis ``namespace`` leads to."""
NO_ATTRIBUTES: Mapping[str, str] = {}
Cell: TypeAlias = tuple[str, Callable[[str], Hashable]]
"""A child by its name, or an attribute by ``@name``, and how its text is read before it is compared."""
Cells: TypeAlias = tuple[Cell, ...]


@lru_cache(maxsize=4096)
def split_tag(tag: str) -> tuple[str, str]:
    """Namespace and local name of a tag as the XML reader writes it: ``{namespace}name``."""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


class Element:
    """One node: local name, namespace (``""`` for that of XForms), own text, children.

    ``kind`` is ``element``, ``document``, ``attribute``, ``text``, ``comment`` or ``processing-instruction``. The text
    of an element without children stands in ``text``; only mixed content has children of the kind ``text``.
    ``relevant`` and ``index`` (the place among the form's nodes) matter for answer sheets alone.
    """

    __slots__ = ("_made", "_named", "_select", "attributes", "children", "index", "kind", "name", "namespace", "parent",
                 "relevant", "text")  # fmt: skip

    def __init__(
        self,
        name: str,
        text: str = "",
        parent: Element | None = None,
        namespace: str = "",
        kind: str = "element",
        attributes: Mapping[str, str] = NO_ATTRIBUTES,
    ) -> None:
        self.name = name
        self.text = text
        self.parent = parent
        self.namespace = namespace
        self.kind = kind
        self.attributes = attributes
        self.children: list[Element] = []
        self.index = -1
        self.relevant = True
        self._made: list[Element] | None = None
        self._named: dict[str, list[Element]] | None = None
        self._select: dict[tuple[str, Cells], tuple[int, dict[Hashable, list[Element]]]] | None = None

    @property
    def string(self) -> str:
        """The string value: the text of a leaf, the joined texts of everything relevant below otherwise."""
        if not self.children:
            return self.text
        return "".join(each.string for each in self.children if each.relevant and each.kind in ("element", "text"))

    def named(self, name: str) -> list[Element]:
        """Child elements of a local name, in document order; not to be changed by who asks."""
        if self._named is None:
            self._named = {}
            for each in self.children:
                if each.kind == "element":
                    self._named.setdefault(each.name, []).append(each)
        return self._named.get(name, [])

    def child(self, name: str) -> str:
        """Text of the first child of that name, ``""`` when there is none."""
        found = self.named(name)
        return found[0].string if found and found[0].relevant else ""

    def insert(self, child: Element) -> None:
        """Takes a child in behind the last of its namesakes."""
        known = self.named(child.name)
        last = known[-1]
        at = len(self.children) - 1
        while self.children[at] is not last:
            at -= 1
        self.children.insert(at + 1, child)
        known.append(child)

    def remove(self, child: Element) -> None:
        """Takes a child out."""
        self.children.remove(child)
        self._named = None

    def forget_names(self) -> None:
        """Children came or went."""
        self._named = None

    def below(self) -> Iterator[Element]:
        """This node and all its descendants, in document order."""
        yield self
        for each in self.children:
            yield from each.below()

    def cells(self, name: str) -> list[str]:
        """Texts of the children of a name, or of the attribute ``@name``."""
        if name.startswith("@"):
            text = self.attributes.get(name[1:])
            return [] if text is None else [text]
        return [child.string for child in self.named(name) if child.relevant]

    def select(self, name: str, cells: Cells, wanted: Hashable, age: int = 0) -> list[Element]:
        """Children called ``name`` whose cells hold what is wanted, by an index that is built once.

        Args:
            name: The local name of the children.
            cells: The cells that are looked at.
            wanted: A tuple of what each is to hold.
            age: Differs when children came, went or changed since; of a list, which never changes, it is always 0.
        """
        if self._select is None:
            self._select = {}
        known = self._select.get((name, cells))
        if known is None or known[0] != age:
            known = self._select[name, cells] = age, self._grouped(name, cells)
        return known[1].get(wanted, [])

    def _grouped(self, name: str, cells: Cells) -> dict[Hashable, list[Element]]:
        groups: dict[Hashable, list[Element]] = {}
        for each in self.named(name):
            held = [{read(text) for text in each.cells(cell)} for cell, read in cells]
            for key in product(*held):
                if all(part == part for part in key):  # NaN equals nothing
                    groups.setdefault(key, []).append(each)
        return groups

    def texts(self) -> list[Element]:
        """Its children of the kind ``text``; the own text of a leaf counts as one."""
        if self.children or not self.text or self.kind not in ("element", "document"):
            return [each for each in self.children if each.kind == "text"]
        if self._made is None:
            self._made = [Element("", self.text, self, kind="text")]
        self._made[0].text = self.text
        return self._made[:1]

    def attribute_nodes(self) -> list[Element]:
        """Its attributes as nodes."""
        if not self.attributes:
            return []
        if self._made is None or len(self._made) < 2:
            # The first place is that of the text, so that one node stays one node however often it is asked for.
            self._made = self._made or [Element("", self.text, self, kind="text")]
            for key, value in self.attributes.items():
                namespace, name = split_tag(key)
                self._made.append(Element(name, value, self, namespace, "attribute"))
        return self._made[1:]


def document_of(root: etree._Element) -> Element:
    """Converts a list, with a document node above it.

    Namespaces of its elements are dropped: they are found by local name. Texts between elements are no part of it.
    """
    document = Element("", kind="document")
    document.children.append(_element(root, document))
    return document


def _element(source: etree._Element, parent: Element) -> Element:
    if isinstance(source, etree._Comment):
        return Element("", source.text or "", parent, kind="comment")
    if isinstance(source, etree._ProcessingInstruction):
        return Element(str(source.target), source.text or "", parent, kind="processing-instruction")
    attributes = {str(key): str(value) for key, value in source.items()}
    element = Element(split_tag(str(source.tag))[1], "", parent, attributes=attributes)
    if not len(source):
        element.text = source.text or ""
    element.children = [_element(child, element) for child in source]
    return element
