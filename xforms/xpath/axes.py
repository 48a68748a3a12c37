"""One step of a path: from a node to the nodes that its axis and test lead to, nearest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from xforms.data import XMLNS, Element
from xforms.errors import XPathError
from xforms.xpath.scope import Scope
from xforms.xpath.tree import Step

Walk: TypeAlias = Callable[[Element], list[Element]]


def walker(step: Step, scope: Scope | None, listed: bool, namespaces: Mapping[str, str]) -> Walk:
    """Compiles a step.

    Args:
        step: The step; its conditions are not looked at.
        scope: The form; names without a prefix are in the namespace of its data.
        listed: The step is in a list, where elements are found by their local name alone.
        namespaces: What prefixes stand for.

    Raises:
        XPathError: ``unsupported_axis`` or ``unknown_prefix``.
    """
    prefix, _, name = step.test.rpartition(":")
    namespace = None
    if not listed and not step.test.endswith("()") and step.test != "*":
        namespace = scope.nodes[0].namespace if scope is not None and scope.nodes else ""
        if prefix and prefix not in namespaces:
            raise XPathError("unknown_prefix", f"the prefix {prefix}: is not declared")
        namespace = namespaces[prefix] if prefix else namespace
    axis = _AXES.get(step.axis)
    if axis is None:
        raise XPathError("unsupported_axis", f"the axis {step.axis}:: is not supported")
    if step.axis in ("attribute", "namespace"):
        return _attributes(name, namespace if prefix else "", declared=step.axis == "namespace")
    if step.axis == "child" and name.replace("-", "_").replace(".", "_").isidentifier():
        if namespace is None or (scope is not None and scope.always_in(name, namespace)):
            return lambda node: node.named(name)

        def children(node: Element) -> list[Element]:
            found = node.named(name)
            # A list is filtered only where namesakes of two namespaces stand side by side.
            return (
                found
                if all(each.namespace == namespace for each in found)
                else [each for each in found if each.namespace == namespace]
            )

        return children
    matches = _test(step.test, name, namespace)
    return lambda node: [each for each in axis(node) if matches(each)]


def _attributes(name: str, namespace: str | None, *, declared: bool) -> Walk:
    """Attributes, or the prefixes ``declared`` at the element: what it inherits is no node of its own here."""
    anything = name in ("*", "node()")
    if declared:
        return lambda node: [
            each
            for each in node.attribute_nodes()
            if each.namespace == XMLNS and (anything or (each.name == name and not namespace))
        ]
    return lambda node: [
        each
        for each in node.attribute_nodes()
        if each.namespace != XMLNS and (anything or (each.name == name and each.namespace == (namespace or "")))
    ]


def _test(test: str, name: str, namespace: str | None) -> Callable[[Element], bool]:
    if test == "node()":
        return lambda node: True
    if test.endswith("()"):
        kind = test[:-2]
        return lambda node: node.kind == kind
    if name == "*":
        return lambda node: node.kind == "element" and namespace in (None, node.namespace)
    return lambda node: node.kind == "element" and node.name == name and namespace in (None, node.namespace)


def _children(node: Element) -> list[Element]:
    return node.children if node.children else node.texts()


def _parent(node: Element) -> list[Element]:
    return [node.parent] if node.parent is not None else []


def _ancestors(node: Element) -> list[Element]:
    found = []
    above = node.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found


def _below(node: Element) -> list[Element]:
    found = []
    for child in _children(node):
        found.append(child)
        found += _below(child)
    return found


def _siblings(node: Element, behind: bool) -> list[Element]:
    if node.parent is None or node.kind == "attribute":
        return []
    all_of = node.parent.children
    if node not in all_of:
        return []
    at = all_of.index(node)
    return all_of[at + 1 :] if behind else all_of[:at][::-1]


def _following(node: Element) -> list[Element]:
    start = [node.parent] if node.kind == "attribute" and node.parent else []
    found = [each for owner in start for each in _below(owner)]
    for each in [*start, node, *_ancestors(node)] if not start else [*start, *_ancestors(start[0])]:
        for sibling in _siblings(each, behind=True):
            found += [sibling, *_below(sibling)]
    return found


def _preceding(node: Element) -> list[Element]:
    found = []
    begin = node.parent if node.kind == "attribute" and node.parent else node
    for each in [begin, *_ancestors(begin)]:
        for sibling in _siblings(each, behind=False):
            found += [sibling, *_below(sibling)][::-1]
    return found


_AXES: dict[str, Walk] = {
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "attribute": lambda node: node.attribute_nodes(),
    "child": _children,
    "descendant": _below,
    "descendant-or-self": lambda node: [node, *_below(node)],
    "following": _following,
    "following-sibling": lambda node: _siblings(node, behind=True),
    "namespace": lambda node: node.attribute_nodes(),
    "parent": _parent,
    "preceding": _preceding,
    "preceding-sibling": lambda node: _siblings(node, behind=False),
    "self": lambda node: [node],
}
