"""Conditions that compare cells of an item with something outside of it: looked up in an index instead of searched.

``item[region = /data/region and kind = 'hotel']`` finds the items of both by one key. A list never changes, and is
indexed once; instances of a repeat are indexed anew after one came, went, or changed what it is looked up by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xforms.data import Cell, Element
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Expr, Negation, Operation, Path, Step
from xforms.xpath.values import Value, number_of, strings_of, text_of

if TYPE_CHECKING:
    from xforms.xpath.compile import Compiler

Found = Callable[[Env], list[Element]]


class _Key(NamedTuple):
    """One comparison: a cell of the item, and what it is to be. ``several`` may be more than one value, or none."""

    cell: Cell
    run: Callable[[Env], Value]
    several: bool


def looked_up(
    items: Found, step: Step, compiler: Compiler, here: set[int] | None, above: Sequence[Element] | None = None
) -> tuple[Found, list[Expr]] | None:
    """Compiles a step with conditions to a lookup.

    Args:
        items: Gives the elements from which the step leads.
        step: The step.
        compiler: What compiles the expression it is part of.
        here: The nodes it leads to; None for items of a list.
        above: Those elements, where they are known already: they are indexed at once.

    Returns:
        What finds the elements, and the conditions that are left to be asked of them; None where nothing can be looked
        up.
    """
    if step.axis != "child" or not step.predicates or (here is not None and not _indexable(here, step, compiler)):
        return None
    keys: list[_Key] = []
    left: list[Expr] = []
    conditions = list(step.predicates)
    while conditions:
        parts = _conjuncts(conditions[0])
        found = [(part, _key(part, compiler, here)) for part in parts]
        others = [part for part, key in found if key is None]
        if len(others) == len(parts) or any(map(_counts, others)):
            break  # a place among all items is another one among those of the index
        keys += [key for _, key in found if key is not None]
        if others:
            left.append(Operation("and", (*others, Call("true", ()))))
        conditions.pop(0)
    if not keys:
        return None
    for parent in above or ():
        parent.select(step.test, tuple(key.cell for key in keys), ())
    return _lookup(items, step.test, keys, _ages(here, keys, compiler)), [*left, *conditions]


def _conjuncts(expr: Expr) -> Sequence[Expr]:
    if isinstance(expr, Operation) and expr.operator == "and":
        return [part for operand in expr.operands for part in _conjuncts(operand)]
    return [expr]


def _counts(expr: Expr) -> bool:
    """Whether an expression asks for the place of an item among others."""
    if isinstance(expr, Call):
        return expr.name in ("position", "last") or any(map(_counts, expr.arguments))
    if isinstance(expr, Operation):
        return any(map(_counts, expr.operands))
    return isinstance(expr, Negation) and _counts(expr.operand)


def _key(condition: Expr, compiler: Compiler, here: set[int] | None) -> _Key | None:
    if not isinstance(condition, Operation) or condition.operator != "=":
        return None
    for cell, other in (condition.operands, condition.operands[::-1]):
        name = child_name(cell)
        if name is None or child_name(other) is not None:
            continue
        part, reads_item = compiler.within(other, here)
        if reads_item or part.gives not in ("s", "f", "n", "l") or not _is_field(name, compiler, here):
            return None
        compiler.within(cell, here)  # notes that it is read
        return _Key((name, number_of if part.gives == "n" else str), part.run, part.gives == "l")
    return None


def _indexable(here: set[int], step: Step, compiler: Compiler) -> bool:
    """Whether a step in a sheet leads to the instances of one repeat and nothing else of that name."""
    if compiler.scope is None or len(here) != 1:
        return False
    node = compiler.scope.nodes[next(iter(here))]
    return node.repeat and node.name == step.test and compiler.scope.only_of_name(node.index)


def _is_field(name: str, compiler: Compiler, here: set[int] | None) -> bool:
    if here is None:
        return True
    if compiler.scope is None:
        return False
    index = compiler.scope.child(next(iter(here)), name)
    return index is not None and compiler.scope.nodes[index].leaf and compiler.scope.only_of_name(index)


def _ages(here: set[int] | None, keys: Sequence[_Key], compiler: Compiler) -> tuple[int, ...]:
    """The nodes on whose changes an index depends."""
    if here is None or compiler.scope is None:
        return ()
    place = next(iter(here))
    children = (compiler.scope.child(place, key.cell[0]) for key in keys)
    return (place, *sorted({child for child in children if child is not None}))


def _lookup(items: Found, test: str, keys: Sequence[_Key], ages: tuple[int, ...]) -> Found:
    cells = tuple(key.cell for key in keys)

    def found(env: Env) -> list[Element]:
        wanted: list[Value] = []
        for _, run, several in keys:
            value = run(env)
            if several:
                texts = set(strings_of(value))
                if len(texts) != 1:
                    return searched(env) if texts else []
                value = texts.pop()
            wanted.append(value if isinstance(value, float) else text_of(value))
        age = sum([env.changes[each] for each in ages]) if ages else 0
        key = tuple(wanted)
        parents = items(env)
        if len(parents) == 1:
            return parents[0].select(test, cells, key, age)
        return [item for parent in parents for item in parent.select(test, cells, key, age)]

    def searched(env: Env) -> list[Element]:
        """One of the values may be any of several: too rare for an index."""
        wanted = [set(strings_of(value)) if several else {value} for _, run, several in keys for value in [run(env)]]
        return [
            item
            for parent in items(env)
            for item in parent.named(test)
            if all(
                any(read(text) == one for text in item.cells(name) for one in texts)
                for (name, read), texts in zip(cells, wanted, strict=True)
            )
        ]

    return found


def child_name(expr: Expr) -> str | None:
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
