"""Functions that look beyond their arguments: at the form, the clock, the language, or the item in question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from xforms.errors import XPathError
from xforms.xpath.parser import parse
from xforms.xpath.parts import Part, as_text, as_truth
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Literal, Path
from xforms.xpath.values import stored_text

if TYPE_CHECKING:
    from xforms.xpath.compile import Compiler


def _if(compiler: Compiler, call: Call) -> Part:
    truth = as_truth(compiler.part(call.arguments[0]))
    then, other = compiler.part(call.arguments[1]), compiler.part(call.arguments[2])
    yes, no = then.run, other.run
    kinds = {"s" if kind == "f" else kind for kind in (then.gives, other.gives)}
    return Part(lambda env: yes(env) if truth(env) else no(env), kinds.pop() if len(kinds) == 1 else "v")


def _coalesce(compiler: Compiler, call: Call) -> Part:
    reads = [compiler.part(argument).run for argument in call.arguments]

    def first(env: Env) -> str:
        return next((text for text in (stored_text(read(env)) for read in reads) if text), "")

    return Part(first, "s")


def _once(compiler: Compiler, call: Call) -> Part:
    """The field's own value if it has one; reading itself is no dependency, or every ``once`` would be a cycle."""
    read, own = as_text(compiler.part(call.arguments[0])), compiler.context
    return Part(lambda env: env.values[own] or read(env), "s")


def _count(compiler: Compiler, call: Call) -> Part:
    many = compiler.part(call.arguments[0]).many
    if many is None:
        raise XPathError("not_a_node_set", f"{call.name}() takes a path")
    if call.name == "count-non-empty":
        return Part(lambda env: float(sum(text != "" for text in many(env))), "n")
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
    if not compiler.inside_item:
        raise XPathError("unsupported_function", f"{call.name}() is supported only in a condition on choices")
    compiler.reads_item = True
    if call.name == "last":
        return Part(lambda env: float(env.size), "n")
    return Part(lambda env: float(env.position), "n")


def _current(compiler: Compiler, call: Call) -> Part:
    return compiler.fields([compiler.context])


def _instance(compiler: Compiler, call: Call) -> Part:
    raise XPathError("unsupported_path", "instance() must be followed by a path")


def _itext(compiler: Compiler, call: Call) -> Part:
    compiler.lingual = True
    read = as_text(compiler.part(call.arguments[0]))
    return Part(lambda env: env.text(read(env)), "s")


def _choice_name(compiler: Compiler, call: Call) -> Part:
    compiler.lingual = True
    read = as_text(compiler.part(call.arguments[0]))
    if not isinstance(call.arguments[1], Literal):
        raise XPathError("unsupported_function", "jr:choice-name() takes the select's path as a quoted string")
    path = parse(call.arguments[1].value.strip())
    if not isinstance(path, Path) or not isinstance(path.start, str):
        raise XPathError("unsupported_function", "jr:choice-name() takes the select's path as a quoted string")
    found = compiler.scope.resolve(compiler.context, path.steps, path.start == "root")
    if len(found) != 1:
        raise XPathError("unknown_field", f"there is no field {path.shown()}")
    field = found[0]
    compiler.deps.add(field)
    return Part(lambda env: env.choice_label(field, read(env)), "s")


_MANY = 1_000
SPECIAL: dict[str, tuple[int, int, Callable[[Compiler, Call], Part]]] = {
    "coalesce": (2, _MANY, _coalesce),
    "count": (1, 1, _count),
    "count-non-empty": (1, 1, _count),
    "current": (0, 0, _current),
    "false": (0, 0, lambda compiler, call: Part(lambda env: False, "b")),
    "if": (3, 3, _if),
    "instance": (1, 1, _instance),
    "jr:choice-name": (2, 2, _choice_name),
    "jr:itext": (1, 1, _itext),
    "last": (0, 0, _position),
    "now": (0, 0, _now),
    "once": (1, 1, _once),
    "position": (0, 0, _position),
    "today": (0, 0, _today),
    "true": (0, 0, lambda compiler, call: Part(lambda env: True, "b")),
    "uuid": (0, 0, _uuid),
}
"""By name: the least and the most arguments, and what builds the piece."""
