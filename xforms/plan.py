"""What a form settles once for all its sheets: how one is read, laid out, worked out and looked over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from xforms.data import XFORMS
from xforms.datatypes import ANYTHING, given
from xforms.definition import Definition, Field
from xforms.model import Node
from xforms.xpath.compile import Expression
from xforms.xpath.scope import Env


class Row(NamedTuple):
    """A node as a sheet without repeats holds it.

    ``default`` is its text where no sheet gives one. What is ``optional`` is left out of a sheet that holds its parent
    but not itself; it is ``usual`` when the form's own data have it.
    """

    node: Node
    default: str
    optional: bool
    usual: bool


class Step(NamedTuple):
    """A node to work out: whether it is relevant where its parent is, what it is calculated by, and whether its
    choices narrow its answer.
    """

    place: int
    relevant: Callable[[Env], bool] | None
    calculate: Expression | None
    narrowed: bool


class Plan:
    """A definition with all that does not depend on answers; never changed, shared by all sessions of a form.

    Attributes:
        definition: The form.
        nodes, types, leaves: The node and the type of each field, and whether it holds a value.
        shown: Each node's last part of its reference.
        tags: By node, the children that an element may hold, by the tag that the XML reader gives.
        flat: The form has no repeats: each node stands at most once in a sheet, in an order known beforehand.
        rows: All nodes in document order.
        steps: The nodes that are not simply always relevant, each after its parent and what it reads. In a flat form
            one walk settles a sheet: what a node reads is never worked out behind it.
        fallible: By node, whether its value can be a problem.
    """

    __slots__ = ("definition", "fallible", "flat", "leaves", "nodes", "rows", "shown", "steps", "tags", "types")

    def __init__(self, definition: Definition) -> None:
        fields = definition.fields
        self.definition = definition
        self.nodes = [field.node for field in fields]
        self.types = [field.type for field in fields]
        self.leaves = [node.leaf for node in self.nodes]
        self.shown = [node.ref.rpartition("/")[2] for node in self.nodes]
        self.tags = [{tag: child for child in node.children for tag in _tags(self.nodes[child])} for node in self.nodes]
        self.flat = not any(node.repeat for node in self.nodes)
        self.rows = [_row(field, self.nodes) for field in fields]
        self.steps = _steps(definition)
        self.fallible = [_fallible(field) for field in fields]


def _tags(node: Node) -> tuple[str, ...]:
    """The tags of a node's elements; in the namespace of XForms they stand with it or without any."""
    if node.namespace:
        return (f"{{{node.namespace}}}{node.name}",)
    return node.name, f"{{{XFORMS}}}{node.name}"


def _row(field: Field, nodes: Sequence[Node]) -> Row:
    node = field.node
    if node.attribute:
        return Row(node, node.source.get(node.name, ""), node.optional, True)
    text = (node.source.text or "") if node.leaf and not len(node.source) else ""
    # What was added to the form's own data for edited sheets alone hangs in a copy of its parent.
    usual = node.parent < 0 or node.source.getparent() is nodes[node.parent].source
    return Row(node, given(field.type, text) if node.leaf else "", node.optional, usual)


def _steps(definition: Definition) -> list[Step]:
    fields = definition.fields
    conditional: set[int] = set()
    for field in fields:  # document order: a parent comes before what is in it
        if field.relevant is not None or field.node.parent in conditional:
            conditional.add(field.node.index)
    order = sorted(range(len(fields)), key=definition.rank.__getitem__)
    return [
        Step(index, field.relevant.truth if field.relevant else None, field.calculate, field.narrowed)
        for index in order
        if (field := fields[index]).calculate is not None or field.narrowed or index in conditional
    ]


def _fallible(field: Field) -> bool:
    if not field.node.leaf:
        return False
    ruled = field.required is not None or field.constraint is not None or field.choices is not None
    return ruled or field.type not in ANYTHING
