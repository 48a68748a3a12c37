"""What a form settles once for all its sheets: how one is read, laid out, worked out and looked over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xforms.data import XFORMS
from xforms.datatypes import WRITTEN, given
from xforms.definition import CHANGED, PROBLEM, Definition, Field
from xforms.model import Node
from xforms.safexml import printable
from xforms.xpath.compile import Expression
from xforms.xpath.functions import MAX_TEXT
from xforms.xpath.scope import Env
from xforms.xpath.values import Value, date_of, stored_text


class Row(NamedTuple):
    """A node as a sheet without repeats holds it.

    ``default`` is its text where no sheet gives one. What is ``optional`` is left out of a sheet that holds its parent
    but not itself; it is ``usual`` when the form's own data have it.
    """

    node: Node
    default: str
    optional: bool
    usual: bool


@dataclass(slots=True)
class Step:
    """How a node is worked out: whether it is relevant where its parent is, the value it is calculated to have, and
    whether its choices narrow its answer.

    What is ``volatile`` is calculated from the clock or from chance. Of nodes outside of repeats ``followers`` are the
    places in ``Plan.in_order`` of those that read it, sorted; ``watched`` tells whether any is only shown differently.
    Of what is ``simple`` nothing but the relevance can change.
    """

    place: int
    relevant: Callable[[Env], bool] | None
    calculate: Callable[[Env], str] | None
    volatile: bool
    narrowed: bool
    followers: tuple[int, ...]
    watched: bool
    simple: bool


class Edges(NamedTuple):
    """Who depends on a node, each with a number of its own: the aspects of its state that do.

    Those outside of repeats (``alone``) by their index; in repeats with the node whose instance both share between.
    """

    alone: tuple[tuple[int, int], ...]
    repeated: tuple[tuple[int, int, int], ...]


class Plan:
    """A definition with all that does not depend on answers; never changed, shared by all sessions of a form.

    Attributes:
        definition: The form.
        nodes, types, leaves: The node and the type of each field, and whether it holds a value.
        shown: Each node's last part of its reference.
        tags: By node, the children that an element may hold, by the tag that the XML reader gives.
        flat: The form has no repeats: each node stands at most once in a sheet, in an order known beforehand.
        mixed: Somewhere two nodes of one local name stand side by side, in different namespaces.
        rows: All nodes in document order.
        rules: How each node is worked out.
        steps: The rules of nodes that are not simply always relevant, each after its parent and what it reads. In a
            flat form one walk settles a sheet: what a node reads is never worked out behind it.
        readers, watchers: By node, who is worked out again when it changes, and who is only shown differently.
        in_order: The rules of all nodes, each after what it reads.
        acted_on: Nodes at which actions stand that run when a value changes.
        fallible: By node, whether its value can be a problem.
        aspects, judged, unjudged: By node, what of its state is worked out at all; of that the problem, and the rest.
        asked: By node, what of that may differ though its value and relevance do not.
    """

    __slots__ = ("acted_on", "asked", "aspects", "definition", "fallible", "flat", "in_order", "judged",
                 "leaves", "mixed", "nodes", "readers", "rows", "rules", "shown", "steps", "tags", "types", "unjudged",
                 "watchers")  # fmt: skip

    def __init__(self, definition: Definition) -> None:
        fields = definition.fields
        self.definition = definition
        self.nodes = [field.node for field in fields]
        self.types = [field.type for field in fields]
        self.leaves = [node.leaf for node in self.nodes]
        self.shown = [node.ref.rpartition("/")[2] for node in self.nodes]
        self.tags = [{tag: child for child in node.children for tag in _tags(self.nodes[child])} for node in self.nodes]
        self.flat = not any(node.repeat for node in self.nodes)
        self.mixed = len({(node.parent, node.name, node.attribute) for node in self.nodes}) < len(self.nodes)
        self.rows = [_row(field, self.nodes) for field in fields]
        self.readers = [_edges(((*edge, 0) for edge in edges), self.nodes) for edges in definition.readers]
        self.watchers = [_edges(edges, self.nodes) for edges in definition.watchers]
        self.rules = [
            _rule(field, tuple(sorted(definition.rank[each] for each, _ in readers.alone)), bool(watchers.alone))
            for field, readers, watchers in zip(fields, self.readers, self.watchers, strict=True)
        ]
        self.in_order = sorted(self.rules, key=lambda rule: definition.rank[rule.place])
        self.steps = _steps(definition, self.in_order)
        self.acted_on = frozenset(action.context for action in definition.setvalues if CHANGED in action.events)
        self.fallible = [field.fallible for field in fields]
        self.aspects = [field.aspects() for field in fields]
        self.judged = [aspects & PROBLEM for aspects in self.aspects]
        self.unjudged = [aspects & ~PROBLEM for aspects in self.aspects]
        self.asked = [
            aspects if field.judged else aspects & ~PROBLEM for field, aspects in zip(fields, self.aspects, strict=True)
        ]


def stored(expression: Expression, kind: str, env: Env) -> str:
    """What an expression stores in a field of a type: a number becomes a date where the field holds dates."""
    return _written(expression.run(env), kind, env)


def _calculation(expression: Expression, kind: str) -> Callable[[Env], str]:
    """The same as one closure, for what is stored with every answer."""
    run, plain = expression.run, kind not in WRITTEN

    def calculated(env: Env) -> str:
        value = run(env)
        if type(value) is str and plain and len(value) <= LONG and value.isprintable():
            return value  # most values: as they are
        if type(value) is float and value != value:  # NaN: what it is calculated from is not answered
            return ""
        return _written(value, kind, env)

    return calculated


def _written(value: Value, kind: str, env: Env) -> str:
    if kind == "date" and isinstance(value, float) and not isinstance(value, bool):
        return str(date_of(value))
    # What remembers the moment it stands for forgets it here: a sheet that is taken up again knows the text alone.
    text = str(printable(given(kind, stored_text(value))))
    return text if len(text) <= LONG else _bounded(text, env)


LONG = 1_000
"""Letters from which on a calculated value counts as looked at: those that double each other would fill any memory."""


def _bounded(text: str, env: Env) -> str:
    """A long value, cut at its bound; ``""`` where too many such values were made for one answer."""
    env.looks -= min(len(text), MAX_TEXT)
    return "" if env.tired else text[:MAX_TEXT]


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


def _rule(field: Field, followers: tuple[int, ...], watched: bool) -> Step:
    relevant, calculate = field.relevant, field.calculate
    return Step(
        field.node.index,
        relevant.truth if relevant is not None else None,
        _calculation(calculate, field.type) if calculate is not None else None,
        calculate is not None and calculate.volatile,
        field.narrowed,
        followers,
        watched,
        calculate is None and not field.narrowed,
    )


def _steps(definition: Definition, in_order: Sequence[Step]) -> list[Step]:
    conditional: set[int] = set()
    for field in definition.fields:  # document order: a parent comes before what is in it
        if field.relevant is not None or field.node.parent in conditional:
            conditional.add(field.node.index)
    return [rule for rule in in_order if rule.calculate is not None or rule.narrowed or rule.place in conditional]


def _edges(edges: Iterable[tuple[int, int, int]], nodes: Sequence[Node]) -> Edges:
    found = tuple(edges)
    alone = tuple((index, number) for index, _, number in found if not nodes[index].in_repeat)
    return Edges(alone, tuple(edge for edge in found if nodes[edge[0]].in_repeat))
