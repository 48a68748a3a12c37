"""The answer sheet of a session as a tree: fields with their values, instances of repeats that come and go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from xforms.data import Element
from xforms.datatypes import given
from xforms.model import Choice, Node, Problem, State
from xforms.plan import Plan

MAX_ELEMENTS = 50_000
"""Elements of one answer sheet: repeats that count repeats would otherwise fill any memory."""
MAX_INSTANCES = 10_000
"""Instances of one repeat beneath one parent: more are never made, whatever a count says."""

_STEP = re.compile(r"(.+?)(?:\[([0-9]{1,9})\])?")


class Face:
    """What was worked out to show a field: aspects of its state, and the state itself once somebody asked for it.

    ``texts`` and ``offered`` stay None where they are always the same; ``allowed`` are the values of ``offered``.
    """

    __slots__ = ("allowed", "offered", "problem", "readonly", "required", "state", "texts")

    def __init__(self) -> None:
        self.required = False
        self.readonly = False
        self.texts: tuple[str, ...] | None = None
        self.offered: tuple[Choice, ...] | None = None
        self.allowed: tuple[tuple[Choice, ...], frozenset[str]] | None = None
        self.problem: Problem | None = None
        self.state: State | None = None


class Live(Element):
    """One field, group or instance of a repeat. ``serial`` tells which of its namesakes came first.

    ``kept`` is the whole answer while choices that are filtered now do not offer all of it; ``text`` is what counts.
    A repeat has beside its instances, in each parent, one more of kind ``range``: it holds the place of those to come.
    """

    __slots__ = ("face", "held", "kept", "ranges", "ref", "serial")

    def __init__(self, node: Node, parent: Element | None, serial: int, kind: str = "element") -> None:
        # Written out rather than handed up: a sheet has hundreds of these, and making them is most of opening it.
        self.name = node.name
        self.text = ""
        self.parent = parent
        self.namespace = node.namespace
        self.kind = kind
        self.attributes = node.attributes
        self.children = []
        self.index = node.index
        self.relevant = True
        self._made = self._named = self._select = None
        self.serial = serial
        self.face: Face | None = None
        self.ranges: Mapping[int, Live] = NO_RANGES
        self.held: tuple[Live, ...] = ()
        self.ref = "" if node.in_repeat else node.ref
        self.kept = ""

    def below(self) -> Iterator[Element]:
        """This node and all its descendants, in document order; attributes with rules among them."""
        yield self
        yield from self.held
        for each in self.children:
            yield from each.below()

    def attribute_nodes(self) -> list[Element]:
        """Its attributes as nodes, those with rules first."""
        return [*self.held, *super().attribute_nodes()]


NO_RANGES: Mapping[int, Live] = {}


class Stored(NamedTuple):
    """A stored sheet that was proven to be one of the form: its outermost element, and its texts by node.

    Of groups ``texts`` holds that they are there; of what is in repeats it holds the last.
    """

    root: etree._Element
    texts: Mapping[int, str]


class Sheet:
    """All of an answer sheet."""

    def __init__(self, plan: Plan, stored: Stored | None) -> None:
        """Builds it from the form's own data, or from a stored sheet, completed by the form's defaults."""
        self.nodes = plan.nodes
        self._plan = plan
        self._types = plan.types
        self.document = Element("", kind="document")
        self.single: list[Element] = [self.document] * len(plan.nodes)
        self._serial = 0
        self._size = 0
        self._stored = stored is not None
        self._shown = plan.shown
        if plan.flat:
            self.root = self._laid({} if stored is None else stored.texts)
        else:
            self.root = self._build(0, plan.definition.source if stored is None else stored.root, self.document)
        self.document.children.append(self.root)

    def _laid(self, texts: Mapping[int, str]) -> Live:
        """Builds a sheet without repeats in one walk over the form's nodes, from the texts of what was stored."""
        single, document = self.single, self.document
        root = single[0] = Live(self.nodes[0], document, 1)
        root.text = texts.get(0, self._plan.rows[0].default)
        for node, default, optional, usual in self._plan.rows[1:]:
            index = node.index
            text = texts.get(index)
            if text is None:
                if optional and (node.parent in texts or not usual):
                    continue
                text = default
            parent = single[node.parent]
            if parent is document:
                continue
            single[index] = live = Live(node, parent, index + 1, "attribute" if node.attribute else "element")
            live.text = text
            if node.attribute:
                self._hold(live)
            else:
                parent.children.append(live)
        self._serial = self._size = len(self.nodes)
        return root

    def _build(self, index: int, source: etree._Element, parent: Element) -> Live:
        node = self.nodes[index]
        self._serial += 1
        self._size += 1
        live = Live(node, parent, self._serial)
        if not node.in_repeat:
            self.single[index] = live
        for attribute in node.held:
            self._attribute(attribute, source, live)
        if node.leaf:
            live.text = (source.text or "") if not len(source) else ""
            if not self._stored or source is node.source:
                live.text = given(self._types[index], live.text)
            return live
        held: dict[int, list[etree._Element]] = {}
        tags = self._plan.tags[index]
        for child in source:
            place = tags.get(child.tag)
            if place is not None:
                held.setdefault(place, []).append(child)
        for child_index in node.children:
            child_node = self.nodes[child_index]
            found = held.get(child_index, [])
            if child_node.repeat:
                self._serial += 1
                live.ranges = {**live.ranges, child_index: Live(child_node, live, self._serial, "range")}
                found = [each for each in found if not is_template(each)]
                if child_node.fixed:
                    found = self._as_many(child_node, found)
            elif not found:
                if child_node.optional:
                    continue
                found = [child_node.source]
            else:
                found = found[:1]  # an instance that the form gives may hold a second one by mistake
            live.children += [self._build(child_index, each, live) for each in found]
        return live

    def _as_many(self, node: Node, found: list[etree._Element]) -> list[etree._Element]:
        """The instances of a repeat whose number the form fixes: those beyond it do not count, and a stored sheet that
        lacks some gets empty ones, as in web-forms.
        """
        given = node.given or (node.source,)
        if not self._stored:
            return found or [node.source]
        missing = [emptied(node.source)] * (len(given) - len(found))
        return [*found[: len(given)], *missing]

    def _attribute(self, index: int, source: etree._Element, parent: Live) -> None:
        node = self.nodes[index]
        self._serial += 1
        self._size += 1
        live = Live(node, parent, self._serial, "attribute")
        if not node.in_repeat:
            self.single[index] = live
        live.text = source.get(node.name, node.source.get(node.name, ""))
        self._hold(live)

    @staticmethod
    def _hold(live: Live) -> None:
        if isinstance(live.parent, Live):
            live.parent.held = (*live.parent.held, live)

    # Finding

    def shown(self, live: Live) -> str:
        """The reference of a node: repeats with the place of the instance, from 1."""
        if not live.ref:
            above = self.shown(live.parent) if isinstance(live.parent, Live) else ""
            live.ref = f"{above}/{self._shown[live.index]}"
            if self.nodes[live.index].repeat and live.kind != "range" and live.parent is not None:
                live.ref += f"[{live.parent.named(live.name).index(live) + 1}]"
        return live.ref

    def find(self, ref: str) -> Live | None:
        """The node of a reference; of a repeat without a number, the range that holds its instances."""
        at: Element = self.document
        for part in ref.split("/")[1:]:
            match = _STEP.fullmatch(part)
            if match is None:
                return None
            at_next = self._step(at, match[1], match[2])
            if at_next is None:
                return None
            at = at_next
        return at if isinstance(at, Live) else None

    def _step(self, at: Element, shown: str, number: str | None) -> Live | None:
        if shown.startswith("@") and isinstance(at, Live):
            return next((each for each in at.held if self._shown[each.index] == shown), None)
        found: Sequence[Element] = at.named(shown.rpartition(":")[2])
        if found and (self._plan.mixed or self._shown[found[0].index] != shown):
            found = [each for each in found if self._shown[each.index] == shown]
        if number is not None:
            place = int(number)
            one = found[place - 1] if 0 < place <= len(found) and self.nodes[found[0].index].repeat else None
            return one if isinstance(one, Live) else None
        if found and not self.nodes[found[0].index].repeat:
            return found[0] if isinstance(found[0], Live) else None
        ranges = at.ranges.values() if isinstance(at, Live) else ()
        return next((each for each in ranges if self._shown[each.index] == shown), None)

    def all(self) -> Iterator[Live]:
        """All nodes in document order, without ranges."""
        if self._plan.flat:
            return (each for each in self.single if isinstance(each, Live))
        return (each for each in self.root.below() if isinstance(each, Live))

    def instances(self, index: int, within: Live) -> list[Live]:
        """All instances of a node beneath one element, ranges included."""
        chain = []
        while index != within.index and index >= 0:
            chain.append(index)
            index = self.nodes[index].parent
        found = [within]
        for step in reversed(chain):
            name = self.nodes[step].name
            reached: list[Live] = []
            for live in found:
                if step in live.ranges and step == chain[0]:
                    reached.append(live.ranges[step])
                reached += [each for each in live.held if each.index == step]
                reached += [each for each in live.named(name) if isinstance(each, Live) and each.index == step]
            found = reached
        return found

    # Repeats

    def add(self, place: Live) -> Live | None:
        """A new instance at the end of a range; None when there may be no more."""
        parent = place.parent
        if not isinstance(parent, Live) or len(parent.named(place.name)) >= MAX_INSTANCES:
            return None
        if self._size >= MAX_ELEMENTS:
            return None
        node, at = self.nodes[place.index], len(parent.named(place.name))
        live = self._build(place.index, node.given[at] if at < len(node.given) else node.source, parent)
        if parent.named(place.name):
            parent.insert(live)
        else:
            self._insert_first(parent, live)
        return live

    def _insert_first(self, parent: Live, live: Live) -> None:
        at = next((at for at, each in enumerate(parent.children) if each.index > live.index), len(parent.children))
        parent.children.insert(at, live)
        parent.forget_names()

    def take(self, live: Live) -> list[Live]:
        """Takes an instance out; returns those behind it, whose references are others now."""
        parent = live.parent
        if parent is None:
            return []
        found = parent.named(live.name)
        behind = [each for each in found[found.index(live) + 1 :] if isinstance(each, Live)]
        parent.remove(live)
        self._size -= sum(1 for _ in live.below())
        for instance in behind:
            for each in instance.below():
                if isinstance(each, Live):
                    each.ref = ""
                    for place in each.ranges.values():
                        place.ref = ""
        return behind


def emptied(element: etree._Element) -> etree._Element:
    """A copy without any text."""
    copy = deepcopy(element)
    for each in copy.iter():
        each.text = None
    return copy


def is_template(element: etree._Element) -> bool:
    """Whether it only shows what a new instance of a repeat is like."""
    return element.get("{http://openrosa.org/javarosa}template") is not None
