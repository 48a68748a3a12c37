"""A parsed expression to one Python closure, with the set of fields it depends on."""

from __future__ import annotations

from dataclasses import dataclass

from xforms.errors import XPathError
from xforms.xpath import itempaths
from xforms.xpath.functions import PURE, check_date_format, pattern
from xforms.xpath.parser import parse
from xforms.xpath.parts import ARITHMETIC, Part, Run, as_number, as_truth, comparison, pure_call, wrong_arguments
from xforms.xpath.scope import Env, Scope
from xforms.xpath.special import SPECIAL
from xforms.xpath.tree import Call, Expr, Literal, Negation, Number, Operation, Path
from xforms.xpath.values import stored_text, truth_of

FUNCTIONS: frozenset[str] = frozenset(PURE) | frozenset(SPECIAL)
"""Every function an expression may call."""

_OF_CONTEXT = frozenset({"string", "number", "string-length", "normalize-space"})


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        run: Evaluates it; the value's kind is the one asked for.
        deps: Indices of the fields it reads.
        volatile: It reads the clock or makes something random, so asking twice may give two answers.
        source: As written.
    """

    run: Run
    deps: frozenset[int]
    volatile: bool
    source: str

    def truth(self, env: Env) -> bool:
        """Its value as a boolean."""
        return truth_of(self.run(env))

    def text(self, env: Env) -> str:
        """Its value as a string, ``""`` for NaN."""
        return stored_text(self.run(env))


def compile_expression(source: str, scope: Scope, context: int) -> Expression:
    """Compiles an expression that stands at the node ``context``.

    Raises:
        XPathError: Not an expression, or it uses something this engine does not run, which the message names.
    """
    compiler = Compiler(scope, context)
    part = compiler.part(parse(source))
    return Expression(part.run, frozenset(compiler.deps), compiler.volatile, source)


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
            raise XPathError("unknown_field", f"there is no field {path.shown()}")
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
        if sign in ARITHMETIC:
            return self._arithmetic(operation)
        parts = [self.part(operand) for operand in operation.operands]
        if sign in ("and", "or"):
            truths = [as_truth(part) for part in parts]
            if sign == "and":
                return Part(lambda env: all(truth(env) for truth in truths), "b")
            return Part(lambda env: any(truth(env) for truth in truths), "b")
        left, right = parts
        return comparison(sign, left, right)

    def _arithmetic(self, operation: Operation) -> Part:
        """A chain as one loop: a score may add up hundreds of fields, and each nested call would deepen the stack."""
        chain: list[tuple[str, Expr]] = []
        first: Expr = operation
        while isinstance(first, Operation) and first.operator in ARITHMETIC:
            chain.append((first.operator, first.operands[1]))
            first = first.operands[0]
        start = as_number(self.part(first))
        rest = [(ARITHMETIC[sign], as_number(self.part(operand))) for sign, operand in reversed(chain)]
        if len(rest) == 1:
            compute, other = rest[0]
            return Part(lambda env: compute(start(env), other(env)), "n")

        def total(env: Env) -> float:
            result = start(env)
            for compute, read in rest:
                result = compute(result, read(env))
            return result

        return Part(total, "n")

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
        special = SPECIAL.get(call.name)
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
        return pure_call(function, call, [self.part(argument) for argument in arguments])

    @staticmethod
    def _check_literals(call: Call) -> None:
        """What is wrong in a pattern written out is found when the form is loaded, not when it is filled."""
        if len(call.arguments) == 2 and isinstance(call.arguments[1], Literal):
            if call.name == "regex":
                pattern(call.arguments[1].value)
            elif call.name in ("format-date", "format-date-time"):
                check_date_format(call.arguments[1].value)
