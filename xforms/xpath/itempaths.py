"""Paths into secondary instances: ``instance('list')/root/item[key = /data/field]/label`` to a closure over items."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from xforms.errors import XPathError
from xforms.instances import Item
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Expr, Literal, Operation, Path, Step
from xforms.xpath.values import Value, text_of, truth_of

if TYPE_CHECKING:
    from xforms.xpath.compile import Compiler

Items: TypeAlias = Callable[[Env], list[Item]]


def leads_to_items(path: Path, inside_item: bool) -> bool:
    """Whether a path stays in a secondary instance: it begins with ``instance()``, or relatively inside a condition."""
    if isinstance(path.start, Call):
        return path.start.name == "instance"
    return path.start == "context" and inside_item


def compile_items(path: Path, compiler: Compiler) -> Items:
    """Compiles such a path to a closure that gives its items in document order.

    Raises:
        XPathError: ``unknown_instance``, ``unsupported_axis``, or what a condition raises.
    """
    items = _start(path, compiler)
    for step in path.steps:
        items = _step(items, step, compiler)
    return items


def _start(path: Path, compiler: Compiler) -> Items:
    if not isinstance(path.start, Call):
        compiler.reads_item = True
        return lambda env: [env.item] if env.item is not None else []
    if path.filters:
        raise XPathError("unsupported_predicate", "a condition in brackets on instance() itself")
    name = path.start.arguments[0] if len(path.start.arguments) == 1 else None
    if not isinstance(name, Literal):
        raise XPathError("unsupported_path", "instance() takes the name of an instance in quotes")
    document = compiler.scope.instances.get(name.value)
    if document is None:
        raise XPathError("unknown_instance", f"there is no secondary instance {name.value!r}")
    return lambda env: [document]


def _step(items: Items, step: Step, compiler: Compiler) -> Items:
    predicates = list(step.predicates)
    indexed = _indexed(items, step, compiler)
    if indexed is not None:
        reached, predicates = indexed, predicates[1:]
    else:
        walk = _walk(step)

        def reached(env: Env) -> list[Item]:
            start = items(env)
            if len(start) == 1:
                return walk(start[0])
            # Two starts may lead to one item (through ".."): each is given once.
            return list(dict.fromkeys(end for item in start for end in walk(item)))

    for predicate in predicates:
        reached = _filtered(reached, predicate, compiler)
    return reached


def _walk(step: Step) -> Callable[[Item], list[Item]]:
    name = step.test.rpartition(":")[2]
    anything = step.test in ("node()", "*") or name == "*"
    if not anything and step.test.endswith("()"):
        raise XPathError("unsupported_axis", f"the node test {step.test} is not supported")
    if step.axis == "child":
        if anything:
            return lambda item: item.children
        return lambda item: [child for child in item.children if child.name == name]
    if step.axis == "self":
        return lambda item: [item] if anything or item.name == name else []
    if step.axis == "parent":
        return lambda item: [item.parent] if item.parent and (anything or item.parent.name == name) else []
    if step.axis == "descendant-or-self":
        return lambda item: [each for each in item.below() if anything or each.name == name]
    raise XPathError("unsupported_axis", f"the axis {step.axis}:: is not supported")


def _filtered(items: Items, predicate: Expr, compiler: Compiler) -> Items:
    run = _inside(predicate, compiler)[0]

    def kept(env: Env) -> list[Item]:
        candidates = items(env)
        outer = env.item, env.position, env.size
        found = []
        try:
            env.size = len(candidates)
            for place, item in enumerate(candidates, 1):
                env.item, env.position = item, place
                value = run(env)
                if value == place if isinstance(value, float) and not isinstance(value, bool) else truth_of(value):
                    found.append(item)
        finally:
            env.item, env.position, env.size = outer
        return found

    return kept


def _indexed(items: Items, step: Step, compiler: Compiler) -> Items | None:
    """The commonest filter, ``item[key = something outside the item]``, looked up instead of searched.

    With 20,000 choices the search costs 34 ms an answer.
    """
    if step.axis != "child" or not step.predicates:
        return None
    condition = step.predicates[0]
    if not isinstance(condition, Operation) or condition.operator != "=":
        return None
    for key, other in (condition.operands, condition.operands[::-1]):
        name = _child_name(key)
        if name is None or _child_name(other) is not None:
            continue
        run, gives, reads_item = _inside(other, compiler)
        if gives not in ("s", "f") or reads_item:
            return None
        return _lookup(items, step.test, name, run)
    return None


def _lookup(items: Items, test: str, key: str, run: Callable[[Env], Value]) -> Items:
    def looked_up(env: Env) -> list[Item]:
        wanted = text_of(run(env))
        return [item for parent in items(env) for item in parent.select(test, key, wanted)]

    return looked_up


def _child_name(expr: Expr) -> str | None:
    """The name, when the expression is nothing but one child element of the item."""
    if isinstance(expr, Path) and expr.start == "context" and len(expr.steps) == 1:
        step = expr.steps[0]
        if (
            step.axis == "child"
            and not step.predicates
            and step.test.replace("-", "_").replace(".", "_").isidentifier()
        ):
            return step.test
    return None


def _inside(expr: Expr, compiler: Compiler) -> tuple[Callable[[Env], Value], str, bool]:
    """Compiles an expression in the context of an item; tells also whether it looks at that item at all."""
    outer = compiler.inside_item, compiler.reads_item
    compiler.inside_item, compiler.reads_item = True, False
    part = compiler.part(expr)
    reads_item = compiler.reads_item
    compiler.inside_item, compiler.reads_item = outer
    return part.run, part.gives, reads_item
