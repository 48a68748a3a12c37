"""Functions that look beyond their arguments: at the form, the clock, the language, or the item in question."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from xforms.data import Element
from xforms.errors import XPathError
from xforms.xpath.parser import parse
from xforms.xpath.parts import Part, as_number, as_stored, as_text, as_truth, wrong_arguments
from xforms.xpath.scope import Env
from xforms.xpath.shuffle import shuffle
from xforms.xpath.tree import Call, Expr, Literal, Path, Step
from xforms.xpath.values import stored_text

if TYPE_CHECKING:
    from xforms.xpath.compile import Compiler


def _if(compiler: Compiler, call: Call) -> Part:
    truth = as_truth(compiler.part(call.arguments[0]))
    then, other = compiler.part(call.arguments[1]), compiler.part(call.arguments[2])
    yes, no = then.run, other.run
    kinds = {"s" if kind == "f" else kind for kind in (then.gives, other.gives)}
    gives = kinds.pop() if len(kinds) == 1 else "v"
    written = [each.literal if each.number is None else each.number for each in (then, other)]
    if None not in written:
        one, two = written
        return Part(lambda env: one if truth(env) else two, gives)  # type: ignore[arg-type, return-value]  # none is None
    return Part(lambda env: yes(env) if truth(env) else no(env), gives)


def _coalesce(compiler: Compiler, call: Call) -> Part:
    reads = [as_stored(compiler.part(argument)) for argument in call.arguments]

    def first(env: Env) -> str:
        for read in reads:
            text = read(env)
            if text:
                return text
        return ""

    return Part(first, "s")


def _once(compiler: Compiler, call: Call) -> Part:
    """The field's own value if it has one; for its calculation that is no dependency, or all of them were cycles."""
    compiler.own, compiler.anywhere = True, False
    read = compiler.part(call.arguments[0]).run
    return Part(lambda env: env.origin.string or stored_text(read(env)), "s")


def _nodes(compiler: Compiler, call: Call, at: int = 0) -> Callable[[Env], list[Element]]:
    many = compiler.part(call.arguments[at]).many
    if many is None:
        raise XPathError("not_a_node_set", f"{call.name}() takes a path")
    return many


def _count(compiler: Compiler, call: Call) -> Part:
    outer, compiler.structural = compiler.structural, call.name == "count"
    many = _nodes(compiler, call)
    compiler.structural = outer
    if call.name == "count-non-empty":
        return Part(lambda env: float(sum(node.string != "" for node in many(env))), "n")
    return Part(lambda env: float(len(many(env))), "n")


def _today(compiler: Compiler, call: Call) -> Part:
    compiler.volatile = True
    return Part(lambda env: env.clock().date().isoformat(), "s")


def _now(compiler: Compiler, call: Call) -> Part:
    compiler.volatile = True
    return Part(lambda env: env.clock().isoformat(timespec="milliseconds"), "s")


def _uuid(compiler: Compiler, call: Call) -> Part:
    compiler.volatile = True
    return Part(lambda env: env.unique(), "s")


def _position(compiler: Compiler, call: Call) -> Part:
    if call.arguments:
        # The place of an instance changes only when one before it goes, which the session looks after.
        outer, compiler.silent = compiler.silent, True
        many = _nodes(compiler, call)
        compiler.silent = outer
        above = _levels(call.arguments[0])
        if above is not None:
            return Part(lambda env: _place(_above(env.node, above)), "n")
        return Part(lambda env: _place(many(env)), "n")
    if compiler.scope is not None and not compiler.inside:
        raise XPathError("unsupported_function", f"{call.name}() without a path stands only in a condition in brackets")
    compiler.reads_item = True
    if call.name == "last":
        return Part(lambda env: float(env.size), "n")
    return Part(lambda env: float(env.position), "n")


def _levels(expr: Expr) -> int | None:
    """How many levels ``.`` or ``../..`` leads up; None for another path."""
    if not isinstance(expr, Path) or expr.start != "context":
        return None
    if any(step.test != "node()" or step.predicates or step.axis not in ("self", "parent") for step in expr.steps):
        return None
    return sum(step.axis == "parent" for step in expr.steps)


def _above(node: Element, levels: int) -> list[Element]:
    """The node so many levels up, whether it is relevant or not: its relevance may ask for its place."""
    at: Element | None = node
    for _ in range(levels):
        at = at.parent if at is not None else None
    return [at] if at is not None else []


def _place(nodes: list[Element]) -> float:
    if not nodes or nodes[0].parent is None:
        return 1.0 if nodes else math.nan
    found = nodes[0].parent.named(nodes[0].name)
    return found.index(nodes[0]) + 1.0 if nodes[0] in found else len(found) + 1.0


def _current(compiler: Compiler, call: Call) -> Part:
    return compiler.path(Path(call))


def _instance(compiler: Compiler, call: Call) -> Part:
    return compiler.path(Path(call))


def _indexed_repeat(compiler: Compiler, call: Call) -> Part:
    """A field of chosen instances: each repeat named gives the step of that name its place."""
    if len(call.arguments) % 2 == 0:
        raise wrong_arguments(call)
    target = call.arguments[0]
    if not isinstance(target, Path):
        raise XPathError("not_a_node_set", f"{call.name}() takes a path")
    path = _absolute(target, compiler)
    names = [step.test for step in path.steps]
    picks: dict[int, Callable[[Env], float]] = {}
    for at in range(1, len(call.arguments), 2):
        repeat = call.arguments[at]
        if not isinstance(repeat, Path):
            raise XPathError("not_a_node_set", f"{call.name}() takes a path")
        place = [step.test for step in _absolute(repeat, compiler).steps]
        if names[: len(place)] != place:
            raise XPathError("unsupported_path", f"{call.name}(): {repeat.shown()} does not hold {target.shown()}")
        picks[len(place) - 1] = as_number(compiler.part(call.arguments[at + 1]))
    return compiler.path(path, picks)


def _absolute(path: Path, compiler: Compiler) -> Path:
    """A plain path written from the root."""
    if path.start == "root":
        return path
    if compiler.scope is not None:
        chain = [compiler.scope.nodes[each].ref.rpartition("/")[2] for each in compiler.scope.chain(compiler.home)]
    else:
        chain = list(compiler.above)
    steps = [Step("child", name) for name in chain]
    for step in path.steps:
        if step.axis == "parent" and steps:
            steps.pop()
        elif step.axis == "child":
            steps.append(step)
    return Path("root", tuple(steps))


def _itext(compiler: Compiler, call: Call) -> Part:
    compiler.lingual = True
    read = as_text(compiler.part(call.arguments[0]))
    if compiler.scope is None:
        return Part(lambda env: env.texts(read(env)), "l", lambda env: env.texts(read(env)))
    return Part(lambda env: env.text(read(env)), "s")


def _choice_name(compiler: Compiler, call: Call) -> Part:
    compiler.lingual = True
    read = as_text(compiler.part(call.arguments[0]))
    if not isinstance(call.arguments[1], Literal):
        raise XPathError("unsupported_function", "jr:choice-name() takes the select's path as a quoted string")
    path = parse(call.arguments[1].value.strip())
    if not isinstance(path, Path) or not isinstance(path.start, str):
        raise XPathError("unsupported_function", "jr:choice-name() takes the select's path as a quoted string")
    found = compiler.scope.resolve(compiler.home, path.steps, path.start == "root") if compiler.scope else []
    if len(found) != 1:
        raise XPathError("unknown_field", f"there is no field {path.shown()}")
    field = found[0]
    compiler.part(path)
    if compiler.scope is not None:
        compiler.scope.labelled.append((field, compiler.home))
    return Part(lambda env: env.choice_label(field, read(env)), "s")


def _pulldata(compiler: Compiler, call: Call) -> Part:
    """A cell of an attached list: the list, the column wanted, the column searched, and what is searched for."""
    name = call.arguments[0]
    known = compiler.scope.instances if compiler.scope is not None else {}
    if not isinstance(name, Literal) or name.value not in known:
        raise XPathError("unknown_instance", f"{call.name}() needs the name of an attached list in quotes")
    document = known[name.value]
    column, key, wanted = (as_text(compiler.part(argument)) for argument in call.arguments[1:])

    def cell(env: Env) -> str:
        found, cells = (wanted(env),), ((key(env), str),)
        rows = [row for root in document.children for row in root.select("item", cells, found)]
        return next(iter(rows[0].cells(column(env))), "") if rows else ""

    return Part(cell, "s")


def _random(compiler: Compiler, call: Call) -> Part:
    compiler.volatile = True
    return Part(lambda env: random.random(), "n")  # noqa: S311  # chance, no secret


def _name(compiler: Compiler, call: Call) -> Part:
    """Name, local name or namespace of the first node."""
    outer, compiler.structural = compiler.structural, True
    many = compiler.part(call.arguments[0] if call.arguments else Path("context", (Step("self", "node()"),))).many
    compiler.structural = outer
    if many is None:
        raise XPathError("not_a_node_set", f"{call.name}() takes a path")
    nodes = compiler.scope.nodes if compiler.scope is not None else ()
    prefixes = {uri: prefix for prefix, uri in compiler.namespaces.items()}
    whole, space = call.name == "name", call.name == "namespace-uri"

    def name(env: Env) -> str:
        found = many(env)
        if not found or space:
            return found[0].namespace if found else ""
        first = found[0]
        if whole and first.kind == "element" and 0 <= first.index < len(nodes):
            return nodes[first.index].ref.rpartition("/")[2]
        # An attribute in a namespace always has a prefix; of an element it is not known.
        prefix = prefixes.get(first.namespace) if whole and first.kind == "attribute" else None
        return f"{prefix}:{first.name}" if prefix else first.name

    return Part(name, "s")


def _id(compiler: Compiler, call: Call) -> Part:
    """Elements whose attribute ``id`` is among the words of the argument."""
    argument = compiler.part(call.arguments[0])
    many, read = argument.many, as_text(argument)

    def found(env: Env) -> list[Element]:
        words = {word for node in many(env) for word in node.string.split()} if many else set(read(env).split())
        top = env.root
        while top.parent is not None:
            top = top.parent
        return [node for node in top.below() if node.kind == "element" and node.attributes.get("id") in words]

    return Part(found, "l", found)


def _lang(compiler: Compiler, call: Call) -> Part:
    """Whether the node is in a language, by the ``xml:lang`` nearest to it."""
    read = as_text(compiler.part(call.arguments[0]))
    compiler.reads_item = True

    def spoken(env: Env) -> bool:
        at: Element | None = env.node
        while at is not None:
            language = at.attributes.get("{http://www.w3.org/XML/1998/namespace}lang")
            if language is not None:
                return f"{language}-".lower().startswith(f"{read(env)}-".lower())
            at = at.parent
        return False

    return Part(spoken, "b")


def _randomize(compiler: Compiler, call: Call) -> Part:
    """The nodes in an order that the seed settles; without a seed the order settles itself once a session."""
    many = _nodes(compiler, call)
    seed = compiler.part(call.arguments[1]).run if len(call.arguments) > 1 else None

    def shuffled(env: Env) -> list[Element]:
        return shuffle(many(env), seed(env) if seed is not None else float(id(env) % 2_147_483_646 + 1))

    return Part(shuffled, "l", shuffled)


_MANY = 1_000
SPECIAL: dict[str, tuple[int, int, Callable[[Compiler, Call], Part]]] = {
    "coalesce": (2, _MANY, _coalesce),
    "count": (1, 1, _count),
    "count-non-empty": (1, 1, _count),
    "current": (0, 0, _current),
    "false": (0, 0, lambda compiler, call: Part(lambda env: False, "b")),
    "id": (1, 1, _id),
    "if": (3, 3, _if),
    "instance": (1, 1, _instance),
    "jr:choice-name": (2, 2, _choice_name),
    "jr:itext": (1, 1, _itext),
    "lang": (1, 1, _lang),
    "last": (0, 0, _position),
    "local-name": (0, 1, _name),
    "name": (0, 1, _name),
    "namespace-uri": (0, 1, _name),
    "now": (0, 0, _now),
    "once": (1, 1, _once),
    "indexed-repeat": (3, 15, _indexed_repeat),
    "position": (0, 1, _position),
    "pulldata": (4, 4, _pulldata),
    "random": (0, 0, _random),
    "randomize": (1, 2, _randomize),
    "today": (0, 0, _today),
    "true": (0, 0, lambda compiler, call: Part(lambda env: True, "b")),
    "uuid": (0, 0, _uuid),
}
"""By name: the least and the most arguments, and what builds the piece."""
