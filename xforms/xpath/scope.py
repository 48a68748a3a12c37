"""What an expression is compiled against, and what it reads when it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from xforms.data import Element
from xforms.errors import XPathError
from xforms.model import Node
from xforms.xpath.tree import Step

LOOKS = 4_000_000
"""How many nodes the paths and conditions of a form may look at after one answer: seconds. The largest forms in the
field need a few thousand; one that needs more was made to hang whoever fills it, or to fill the memory.
"""


@dataclass(slots=True)
class Env:
    """The running form as expressions see it.

    Attributes:
        root: The document node above the answer sheet.
        single: By node index, the only element of a node that stands in no repeat.
        node: The element in whose context an expression runs; inside a condition, the one it asks about.
        origin: The element at which the expression stands: ``current()``.
        position, size: The place of ``node`` among how many, from 1.
        clock: The current moment, with its zone.
        text: An itext id to its text in the current language.
        texts: An itext id to the nodes that hold it, where there is no form.
        choice_label: A select's node index and a value to that choice's label in the current language.
        unique: A new identifier.
        saved: The document of the answer sheet that was saved last; an empty one where there is none.
        place: Where the device is, as a geopoint; ``""`` while it does not know.
        changes: By node index, how often any instance of it came, went or changed: an index by it may be out of date.
        looks: How many nodes and letters may still be looked at before an answer is given (``LOOKS``).
    """

    root: Element
    single: list[Element]
    clock: Callable[[], datetime]
    text: Callable[[str], str]
    choice_label: Callable[[int, str], str]
    node: Element
    origin: Element
    position: int = 1
    size: int = 1
    texts: Callable[[str], list[Element]] = field(default=lambda identifier: [])
    unique: Callable[[], str] = field(default=lambda: str(uuid4()))
    saved: Element = field(default_factory=lambda: Element("", kind="document"))
    place: Callable[[], str] = field(default=lambda: "")
    changes: list[int] = field(default_factory=list)
    looks: int = LOOKS

    @property
    def tired(self) -> bool:
        """Whether more was asked than anybody waits for: paths then lead nowhere, and long texts are empty."""
        return self.looks < 0

    def stand_at(self, node: Element) -> None:
        """Expressions run next stand at this element."""
        self.node = self.origin = node


@dataclass(slots=True)
class Scope:
    """The form as expressions are compiled against it: its nodes never come or go, only their instances do."""

    nodes: Sequence[Node]
    namespaces: Mapping[str, str]
    instances: Mapping[str, Element]
    strict: bool = True
    """Whether a path to no field is refused, or leads to nothing."""
    saved: frozenset[str] = frozenset()
    """Those of the instances that are the answer sheet saved last, another one in each session."""
    labelled: list[tuple[int, int]] = field(default_factory=list)
    """Fields whose choices an expression asks for, each with the node where that expression stands."""
    pointed: list[tuple[int, int]] = field(default_factory=list)
    """Fields that an expression takes for one place each, likewise."""
    _walked: tuple[Sequence[Step], set[int], tuple[list[int], set[int]]] | None = field(init=False, default=None)
    _places: dict[str, int] = field(init=False, default_factory=dict)
    _spaces: dict[str, set[str]] = field(init=False, default_factory=dict)
    _named: dict[tuple[int, str], list[int]] = field(init=False, default_factory=dict)
    """Children by parent and name, for the step that nearly every path is made of."""

    def __post_init__(self) -> None:
        written = {-1: ""}
        for node in self.nodes:  # document order: a parent comes before what is in it
            self._spaces.setdefault(node.name, set()).add(node.namespace)
            if node.namespace == self.nodes[0].namespace and not node.attribute:
                self._named.setdefault((node.parent, node.name), []).append(node.index)
                if node.parent in written:
                    written[node.index] = f"{written[node.parent]}/{node.name}"
                    self._places[written[node.index]] = node.index
        if any(len(namesakes) > 1 for namesakes in self._named.values()):
            self._places.clear()

    def place(self, names: str) -> int | None:
        """The one node that names from the root lead to, ``/data/group/field``; None where it is to be looked for."""
        return self._places.get(names)

    def lone_field(self, names: str) -> int | None:
        """The same where it is a field that stands in no repeat."""
        index = self._places.get(names)
        return index if index is not None and self.nodes[index].leaf and not self.nodes[index].in_repeat else None

    def always_in(self, name: str, namespace: str) -> bool:
        """Whether all nodes of a local name are in one namespace."""
        return self._spaces.get(name) == {namespace}

    def child(self, index: int, name: str) -> int | None:
        """The one child of a name, in the namespace of the data."""
        found = self._named.get((index, name), [])
        return found[0] if len(found) == 1 else None

    def only_of_name(self, index: int) -> bool:
        """Whether no node beside it has its local name, in whatever namespace."""
        node = self.nodes[index]
        return node.parent < 0 or sum(self.nodes[each].name == node.name for each in self._children(node.parent)) == 1

    def resolve(self, start: int, steps: Sequence[Step], absolute: bool) -> list[int]:
        """Indices of the nodes a path may lead to, conditions aside, in document order."""
        return self.walk({-1} if absolute else {start}, steps)[0]

    def walk(self, start: set[int], steps: Sequence[Step]) -> tuple[list[int], set[int]]:
        """The same from several nodes, and all nodes on the way; -1 is the document."""
        # One path is asked for several times in a row while it is compiled.
        if self._walked is not None and self._walked[0] is steps and self._walked[1] == start:
            return self._walked[2]
        found, passed = set(start), set(start)
        for step in steps:
            found = {end for begin in found for end in self.step(begin, step)}
            passed |= found
        self._walked = (steps, set(start), (sorted(found - {-1}), passed))
        return self._walked[2]

    def leaves(self, index: int) -> list[int]:
        """The node itself, or everything with a value below it."""
        node = self.nodes[index]
        return [index] if node.leaf else [leaf for child in node.children for leaf in self.leaves(child)]

    def chain(self, index: int) -> list[int]:
        """The node with all above it, the root first."""
        found: list[int] = []
        while index >= 0:
            found.append(index)
            index = self.nodes[index].parent
        return found[::-1]

    def common(self, one: int, other: int) -> int:
        """The lowest node that holds both; -1 for the document."""
        lowest = -1
        for left, right in zip(self.chain(one), self.chain(other), strict=False):
            if left != right:
                break
            lowest = left
        return lowest

    def repeats(self, index: int, above: int = -1) -> list[int]:
        """The repeats among a node and those above it, up to but without ``above``."""
        known = set(self.chain(above)) if above >= 0 else set()
        return [each for each in self.chain(index) if self.nodes[each].repeat and each not in known]

    def step(self, index: int, step: Step) -> list[int]:
        """Where one step may lead; what lies before or behind is taken for anything of that name."""
        if step.axis == "child" and step.test.isidentifier():
            return self._named.get((index, step.test), [])
        if step.axis == "child":
            reached = self._children(index)
        elif step.axis == "self":
            reached = [index]
        elif step.axis == "parent":
            reached = [self.nodes[index].parent] if index >= 0 else []
        elif step.axis in ("descendant-or-self", "descendant"):
            reached = self._below(index)[step.axis == "descendant" :]
        elif step.axis in ("ancestor", "ancestor-or-self"):
            reached = [-1, *self.chain(index)]
            reached = reached[:-1] if step.axis == "ancestor" else reached
        elif step.axis in ("following-sibling", "preceding-sibling"):
            reached = self._children(self.nodes[index].parent) if index >= 0 else []
        elif step.axis in ("following", "preceding"):
            reached = self._below(-1)
        elif step.axis in ("attribute", "namespace"):
            # An attribute without rules is no node: reading it reads nothing that could change.
            held = self.nodes[index].held if index >= 0 else []
            return [each for each in held if step.test in ("*", "node()", self.nodes[each].name)] or [index]
        else:
            raise XPathError("unsupported_axis", f"the axis {step.axis}:: is not supported")
        return [each for each in reached if self._matches(each, step.test)]

    def _children(self, index: int) -> list[int]:
        return self.nodes[index].children if index >= 0 else [0]

    def _below(self, index: int) -> list[int]:
        return [index, *(each for child in self._children(index) for each in self._below(child))]

    def _matches(self, index: int, test: str) -> bool:
        if test.endswith("()"):
            return test == "node()" or (test == "text()" and index >= 0)
        if index < 0:
            return False
        if test == "*":
            return True
        node = self.nodes[index]
        prefix, _, name = test.rpartition(":")
        if name not in ("*", node.name):
            return False
        return node.namespace == (self.namespace(prefix) if prefix else self.nodes[0].namespace)

    def namespace(self, prefix: str) -> str:
        """What a prefix stands for.

        Raises:
            XPathError: ``unknown_prefix``.
        """
        if prefix not in self.namespaces:
            raise XPathError("unknown_prefix", f"the prefix {prefix}: is not declared")
        return self.namespaces[prefix]
