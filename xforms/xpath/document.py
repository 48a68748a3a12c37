"""Expressions over any XML document, of which nothing is known beforehand: no form, no dependencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from xforms.data import Element
from xforms.xpath.compile import Compiler
from xforms.xpath.parser import parse
from xforms.xpath.scope import Env
from xforms.xpath.values import Value


def evaluate(
    expression: str,
    node: Element,
    root: Element | None = None,
    namespaces: Mapping[str, str] | None = None,
    texts: Callable[[str], list[Element]] | None = None,
) -> Value:
    """Evaluates an expression at a node.

    Args:
        expression: As in a form; names without a prefix are in no namespace or in that of XForms.
        node: The context.
        root: Where absolute paths begin; the document by default. A list is the element ``instance`` of its id below
            the document.
        namespaces: What prefixes stand for.
        texts: An itext id to the nodes that hold its text.

    Raises:
        XPathError: Not an expression, or what runs of it cannot be run; what is not reached is not looked at.
    """
    above: list[str] = []
    at: Element | None = node
    while at is not None and at is not root and at.kind != "document":
        above.insert(0, at.name)
        at = at.parent
    compiler = Compiler(None, 0, above)
    compiler.namespaces = namespaces or {}
    document = node
    while document.parent is not None:
        document = document.parent
    env = Env(
        root=root or document,
        single=[],
        clock=lambda: datetime.now().astimezone(),
        text=str,
        choice_label=lambda index, value: value,
        node=node,
        origin=node,
        texts=texts or (lambda identifier: []),
    )
    return compiler.part(parse(expression)).run(env)
