"""A parsed expression to one Python closure, with the set of fields it depends on."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from xforms.errors import XPathError
from xforms.xpath import itempaths
from xforms.xpath.functions import PURE, Function, check_date_format, pattern
from xforms.xpath.parser import parse
from xforms.xpath.scope import Env, Scope
from xforms.xpath.tree import Call, Expr, Literal, Negation, Number, Operation, Path
from xforms.xpath.values import Value, compare, nodes_of, number_of, text_of, truth_of

Run: TypeAlias = Callable[[Env], Value]


class Part(NamedTuple):
    """A compiled piece.

    ``gives`` tells what comes out: ``s`` string, ``n`` number, ``b`` boolean, ``f`` the string of exactly one field,
    ``l`` a node set, ``v`` one of these that shows only when it runs. ``many`` gives the node set where there is one.
    """

    run: Run
    gives: str
    many: Callable[[Env], list[str]] | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        run: Evaluates it; the value's kind is the one asked for.
        deps: Indices of the fields it reads.
        volatile: It reads the clock or makes something random, so asking twice may give two answers.
        lingual: It reads texts of the current language.
        source: As written.
    """

    run: Run
    deps: frozenset[int]
    volatile: bool
    lingual: bool
    source: str

    def truth(self, env: Env) -> bool:
        """Its value as a boolean."""
        return truth_of(self.run(env))

    def text(self, env: Env) -> str:
        """Its value as a string, ``""`` for NaN."""
        return stored_text(self.run(env))


def stored_text(value: Value) -> str:
    """A value as a field stores it or a label shows it: ``""`` for NaN, which means that something is not answered."""
    if isinstance(value, float) and math.isnan(value):
        return ""
    return text_of(value)


def compile_expression(source: str, scope: Scope, context: int) -> Expression:
    """Compiles an expression that stands at the node ``context``.

    Raises:
        XPathError: Not an expression, or it uses something this engine does not run, which the message names.
    """
    compiler = Compiler(scope, context)
    part = compiler.part(parse(source))
    return Expression(part.run, frozenset(compiler.deps), compiler.volatile, compiler.lingual, source)


class Compiler:
    """Compiles the expressions of one context and collects what they depend on."""

    def __init__(self, scope: Scope, context: int) -> None:
        self.scope = scope
        self.context = context
        self.deps: set[int] = set()
        self.volatile = False
        self.lingual = False
        self.inside_item = False
        self.reads_item = False

    def part(self, expr: Expr) -> Part:
        """Compiles one node of the tree."""
        if isinstance(expr, Number):
            number = expr.value
            return Part(lambda env: number, "n")
        if isinstance(expr, Literal):
            text = expr.value
            return Part(lambda env: text, "s")
        if isinstance(expr, Negation):
            negated = as_number(self.part(expr.operand))
            return Part(lambda env: -negated(env), "n")
        if isinstance(expr, Operation):
            return self._operation(expr)
        if isinstance(expr, Call):
            return self._call(expr)
        return self._path(expr)

    # Paths

    def _path(self, path: Path) -> Part:
        if itempaths.leads_to_items(path, self.inside_item):
            items = itempaths.compile_items(path, self)

            def strings(env: Env) -> list[str]:
                return [item.string for item in items(env)]

            return Part(strings, "l", strings)
        return self._fields(path)

    def _fields(self, path: Path) -> Part:
        if isinstance(path.start, str):
            absolute = path.start == "root"
        elif isinstance(path.start, Call) and path.start.name == "current" and not path.filters:
            absolute = False
        else:
            raise XPathError(
                "unsupported_path", "a path or a condition in brackets may only follow instance() or current()"
            )
        indices = self.scope.resolve(self.context, path.steps, absolute)
        if not indices:
            raise XPathError("unknown_field", f"there is no field {path_text(path)}")
        return self.fields(indices)

    def fields(self, indices: list[int]) -> Part:
        """Reads fields; a group's value is the joined values of the fields in it."""
        groups = [self.scope.leaves(index) for index in indices]
        self.deps.update(leaf for group in groups for leaf in group)
        self.deps.update(indices)
        if len(indices) == 1:
            only, leaves = indices[0], groups[0]
            if leaves == [only]:
                return Part(lambda env: env.seen[only], "f", lambda env: [env.seen[only]] if env.relevant[only] else [])
            return Part(
                lambda env: "".join(env.seen[leaf] for leaf in leaves),
                "f",
                lambda env: ["".join(env.seen[leaf] for leaf in leaves)] if env.relevant[only] else [],
            )

        def strings(env: Env) -> list[str]:
            return [
                "".join(env.seen[leaf] for leaf in leaves)
                for index, leaves in zip(indices, groups, strict=True)
                if env.relevant[index]
            ]

        return Part(strings, "l", strings)

    # Operators

    def _operation(self, operation: Operation) -> Part:
        sign = operation.operator
        if sign == "|":
            return self._union(operation)
        parts = [self.part(operand) for operand in operation.operands]
        if sign in ("and", "or"):
            truths = [as_truth(part) for part in parts]
            if sign == "and":
                return Part(lambda env: all(truth(env) for truth in truths), "b")
            return Part(lambda env: any(truth(env) for truth in truths), "b")
        left, right = parts
        if sign in _ARITHMETIC:
            compute, one, other = _ARITHMETIC[sign], as_number(left), as_number(right)
            return Part(lambda env: compute(one(env), other(env)), "n")
        return _comparison(sign, left, right)

    def _union(self, operation: Operation) -> Part:
        members = []
        for operand in operation.operands:
            many = self.part(operand).many
            if many is None:
                raise XPathError("not_a_node_set", "both sides of | must be paths")
            members.append(many)

        def strings(env: Env) -> list[str]:
            return [text for member in members for text in member(env)]

        return Part(strings, "l", strings)

    # Calls

    def _call(self, call: Call) -> Part:
        special = _SPECIAL.get(call.name)
        if special is not None:
            least, most, build = special
            if not least <= len(call.arguments) <= most:
                raise wrong_arguments(call)
            return build(self, call)
        function = PURE.get(call.name)
        if function is None:
            raise XPathError("unknown_function", f"unknown function {call.name}()")
        arguments = call.arguments
        if not arguments and call.name in _OF_CONTEXT:
            arguments = (Path("context"),)
        self._check_literals(call)
        return _pure(function, call, [self.part(argument) for argument in arguments])

    @staticmethod
    def _check_literals(call: Call) -> None:
        """What is wrong in a pattern written out is found when the form is loaded, not when it is filled."""
        if len(call.arguments) == 2 and isinstance(call.arguments[1], Literal):
            if call.name == "regex":
                pattern(call.arguments[1].value)
            elif call.name in ("format-date", "format-date-time"):
                check_date_format(call.arguments[1].value)


def path_text(path: Path) -> str:
    """A path as an author would recognise it."""
    steps = "/".join(
        {"parent": "..", "self": "."}.get(step.axis, step.test) if step.test == "node()" else step.test
        for step in path.steps
    )
    return f"/{steps}" if path.start == "root" else steps or "."


def wrong_arguments(call: Call) -> XPathError:
    """The error for a call with too few or too many arguments."""
    return XPathError("wrong_arguments", f"{call.name}() does not take {len(call.arguments)} arguments")


def as_text(part: Part) -> Callable[[Env], str]:
    """The piece as a string."""
    run = part.run
    if part.gives in ("s", "f"):
        return run  # type: ignore[return-value]  # these kinds run to a string
    return lambda env: text_of(run(env))


def as_number(part: Part) -> Callable[[Env], float]:
    """The piece as a number."""
    run = part.run
    if part.gives == "n":
        return run  # type: ignore[return-value]  # this kind runs to a number
    return lambda env: number_of(run(env))


def as_truth(part: Part) -> Callable[[Env], bool]:
    """The piece as a boolean."""
    run = part.run
    if part.gives == "b":
        return run  # type: ignore[return-value]  # this kind runs to a boolean
    return lambda env: truth_of(run(env))


def _divide(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def _modulo(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _modulo,
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def _comparison(sign: str, left: Part, right: Part) -> Part:
    kinds = left.gives + right.gives
    single = all(kind in "snf" for kind in kinds)
    if single and ("n" in kinds or sign not in ("=", "!=")):
        test, number, other = _ORDER[sign], as_number(left), as_number(right)
        return Part(lambda env: test(number(env), other(env)), "b")
    one, two = left.run, right.run
    if single and sign == "=":
        return Part(lambda env: one(env) == two(env), "b")
    return Part(lambda env: compare(sign, one(env), two(env)), "b")


def _pure(function: Function, call: Call, parts: list[Part]) -> Part:
    """Wires arguments to a function by its signature."""
    needed, _, optional = function.signature.partition("?")
    kinds = needed + optional
    flat = kinds.endswith("l")
    fixed = kinds[:-1] if flat else kinds
    if len(parts) < len(needed.rstrip("l")) or (len(parts) > len(fixed) and not flat):
        raise wrong_arguments(call)
    run = function.run
    readers = [_AS[kind](part) for kind, part in zip(fixed, parts, strict=False)]
    if flat:
        rest = [_strings(part) for part in parts[len(fixed) :]]
        return Part(
            lambda env: run(*(read(env) for read in readers), [text for read in rest for text in read(env)]),
            function.gives,
        )
    if len(readers) == 1:
        only = readers[0]
        return Part(lambda env: run(only(env)), function.gives)
    return Part(lambda env: run(*(read(env) for read in readers)), function.gives)


def _strings(part: Part) -> Callable[[Env], list[str]]:
    run = part.run
    return part.many or (lambda env: nodes_of(run(env)))


_AS: Mapping[str, Callable[[Part], Callable[[Env], Value]]] = {
    "s": as_text,
    "n": as_number,
    "b": as_truth,
    "v": lambda part: part.run,
}
_OF_CONTEXT = frozenset({"string", "number", "string-length", "normalize-space"})


# Functions that look beyond their arguments


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
        raise XPathError("unknown_field", f"there is no field {path_text(path)}")
    field = found[0]
    compiler.deps.add(field)
    return Part(lambda env: env.choice_label(field, read(env)), "s")


_MANY = 1_000
_SPECIAL: dict[str, tuple[int, int, Callable[[Compiler, Call], Part]]] = {
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

FUNCTIONS: frozenset[str] = frozenset(PURE) | frozenset(_SPECIAL)
"""Every function an expression may call."""
