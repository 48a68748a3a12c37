"""What an expression is compiled against, and what it reads when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from xforms.errors import XPathError
from xforms.instances import Item
from xforms.model import Node
from xforms.xpath.tree import Step


@dataclass(slots=True)
class Env:
    """The running form as expressions see it.

    Attributes:
        values: By node index, the value as it is stored.
        seen: By node index, the value as expressions see it: ``""`` while the node is not relevant.
        relevant: By node index, relevance with what is inherited.
        clock: The current moment, with its zone.
        text: An itext id to its text in the current language.
        choice_label: A select's node index and a value to that choice's label in the current language.
        unique: A new identifier.
        item, position, size: The item that a predicate is asking about, and its place among how many.
    """

    values: list[str]
    seen: list[str]
    relevant: list[bool]
    clock: Callable[[], datetime]
    text: Callable[[str], str]
    choice_label: Callable[[int, str], str]
    unique: Callable[[], str] = field(default=lambda: str(uuid4()))
    item: Item | None = None
    position: int = 0
    size: int = 0


@dataclass(slots=True)
class Scope:
    """The form as expressions are compiled against it: its nodes never come or go, so a path is settled once."""

    nodes: Sequence[Node]
    namespaces: Mapping[str, str]
    instances: Mapping[str, Item]
    _named: dict[tuple[int, str], list[int]] = field(init=False, default_factory=dict)
    """Children by parent and name, for the step that nearly every path is made of."""

    def __post_init__(self) -> None:
        for node in self.nodes:
            if node.namespace == self.nodes[0].namespace:
                self._named.setdefault((node.parent, node.name), []).append(node.index)

    def resolve(self, start: int, steps: Sequence[Step], absolute: bool) -> list[int]:
        """Indices of the nodes a path leads to, in document order.

        Raises:
            XPathError: ``unsupported_predicate`` or ``unsupported_axis``, naming it.
        """
        found = {-1} if absolute else {start}
        for step in steps:
            if step.predicates:
                raise XPathError("unsupported_predicate", f"a condition in brackets on a field: {step.test}[...]")
            found = {end for begin in found for end in self._step(begin, step)}
        return sorted(found - {-1})

    def leaves(self, index: int) -> list[int]:
        """The node itself, or everything with a value below it."""
        node = self.nodes[index]
        return [index] if node.leaf else [leaf for child in node.children for leaf in self.leaves(child)]

    def _step(self, index: int, step: Step) -> list[int]:
        if step.axis == "child" and step.test.isidentifier():
            return self._named.get((index, step.test), [])
        if step.axis == "child":
            reached = self._children(index)
        elif step.axis == "self":
            reached = [index]
        elif step.axis == "parent":
            reached = [self.nodes[index].parent] if index >= 0 else []
        elif step.axis == "descendant-or-self":
            reached = self._below(index)
        else:
            raise XPathError("unsupported_axis", f"the axis {step.axis}:: is not supported")
        return [each for each in reached if self._matches(each, step.test)]

    def _children(self, index: int) -> list[int]:
        return self.nodes[index].children if index >= 0 else [0]

    def _below(self, index: int) -> list[int]:
        return [index, *(each for child in self._children(index) for each in self._below(child))]

    def _matches(self, index: int, test: str) -> bool:
        if test == "node()":
            return True
        if index < 0:
            return False
        if test == "*":
            return True
        if test.endswith("()"):
            raise XPathError("unsupported_axis", f"the node test {test} is not supported")
        node = self.nodes[index]
        prefix, _, name = test.rpartition(":")
        if prefix and prefix not in self.namespaces:
            raise XPathError("unknown_prefix", f"the prefix {prefix}: is not declared")
        if name not in ("*", node.name):
            return False
        return node.namespace == (self.namespaces[prefix] if prefix else self.nodes[0].namespace)
