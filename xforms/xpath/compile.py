"""A parsed expression to one Python closure, with the set of fields it depends on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import TypeAlias

from xforms.data import Element
from xforms.errors import XPathError
from xforms.xpath.functions import PURE, Function, check_date_format
from xforms.xpath.geo import points_of
from xforms.xpath.more import MORE
from xforms.xpath.parser import parse
from xforms.xpath.parts import (
    ARITHMETIC,
    Part,
    Run,
    as_number,
    as_truth,
    comparison,
    field_part,
    junction,
    pure_call,
    wrong_arguments,
)
from xforms.xpath.paths import NO_PICKS, Pick, elements_of, single_field, sorted_nodes
from xforms.xpath.patterns import compiled
from xforms.xpath.scope import Env, Scope
from xforms.xpath.special import SPECIAL
from xforms.xpath.tree import Call, Expr, Literal, Negation, Number, Operation, Path
from xforms.xpath.values import Value, stored_text, text_of

_PURE: Mapping[str, Function] = {**PURE, **MORE}
FUNCTIONS: frozenset[str] = frozenset(_PURE) | frozenset(SPECIAL)
"""Every function an expression may call."""

_OF_CONTEXT = frozenset({"string", "number", "string-length", "normalize-space"})
_OF_PLACE = frozenset({"indexed-repeat", "jr:choice-name", "lang", "last", "once", "position"})
"""Functions that ask where they stand, beyond what the paths in them do."""
_CURRENT = Call("current", ())


Deps: TypeAlias = Mapping[int, int]
"""Fields that are read, each with the node whose instance reader and read share: the root, or something in a repeat."""
NO_DEPS: Deps = {}


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        run: Evaluates it; the value's kind is the one asked for.
        truth: Evaluates it as a boolean.
        deps: Indices of the fields it reads.
        volatile: It reads the clock or makes something random, so asking twice may give two answers.
        source: As written.
        anywhere: It means the same wherever it stands.
    """

    run: Run
    truth: Callable[[Env], bool]
    deps: Deps
    volatile: bool
    source: str
    anywhere: bool = False

    @property
    def constant(self) -> bool:
        """Whether it gives the same for ever."""
        return self.anywhere and not self.deps and not self.volatile

    def text(self, env: Env) -> str:
        """Its value as a string, ``""`` for NaN."""
        return stored_text(self.run(env))


def compile_expression(source: str, scope: Scope, context: int, shown: bool = False) -> Expression:
    """Compiles an expression that stands at the node ``context``; ``shown`` are those that settle no value.

    Raises:
        XPathError: Not an expression, or it uses something this engine does not run, which the message names.
    """
    compiler = Compiler(scope, context)
    part = compiler.part(parse(source))
    if compiler.own and shown:
        compiler.deps.setdefault(context, context)
    return Expression(part.run, as_truth(part), compiler.deps, compiler.volatile, source, compiler.anywhere)


def merged(*all_deps: Deps) -> Deps:
    """Dependencies of several expressions together; of two shared nodes the upper one counts."""
    found: dict[int, int] = {}
    for deps in all_deps:
        for dep, anchor in deps.items():
            found[dep] = min(anchor, found.get(dep, anchor))
    return found


class Compiler:
    """Compiles the expressions of one context and collects what they depend on.

    Attributes:
        scope: The form; None for an expression over a document of which nothing is known beforehand.
        home: The node at which the expression stands.
        here: The nodes it may be looking at; inside a condition these are others. None for an item of a list.
        inside: Whether this is inside a condition.
        ground: The node whose instance those it may be looking at share with ``home``, inside of such a condition.
        structural: Whether only the existence of nodes matters, not their values.
        above: Names of the elements above the context, the outermost first, where there is no ``scope``.
        anywhere: Whether nothing so far asked where the expression stands: it means the same at every other node.
    """

    def __init__(self, scope: Scope | None, home: int, above: Sequence[str] = ()) -> None:
        self.scope = scope
        self.home = home
        self.here: set[int] | None = {home} if scope is not None else None
        self.above = above
        self.namespaces: Mapping[str, str] = scope.namespaces if scope is not None else {}
        self.deps: dict[int, int] = {}
        self.volatile = False
        self.lingual = False
        self.own = False
        self.saved = False
        self.inside = False
        self.ground: int | None = None
        self.reads_item = False
        self.structural = False
        self.silent = False
        self.anywhere = True

    def part(self, expr: Expr) -> Part:
        """Compiles one node of the tree."""
        if isinstance(expr, Number):
            number = expr.value
            return Part(lambda env: number, "n", number=number)
        if isinstance(expr, Literal):
            text = expr.value
            return Part(lambda env: text, "s", literal=text)
        if isinstance(expr, Negation):
            negated = as_number(self.part(expr.operand))
            return Part(lambda env: -negated(env), "n")
        if isinstance(expr, Operation):
            return self._operation(expr)
        if isinstance(expr, Call):
            return self._call(expr)
        return self.path(expr)

    def within(self, expr: Expr, here: set[int] | None) -> tuple[Part, bool]:
        """Compiles an expression in the context of a node of a path; tells also whether it looks at that node at all.

        Args:
            expr: The expression, such as a condition.
            here: The nodes it may be looking at; None for an item of a list.
        """
        outer = self.here, self.inside, self.reads_item
        self.here, self.inside, self.reads_item = here, True, False
        part = self.part(expr)
        reads_item = self.reads_item
        self.here, self.inside, self.reads_item = outer
        return part, reads_item

    # Paths

    def path(self, path: Path, picks: Mapping[int, Pick] = NO_PICKS) -> Part:
        """Compiles a path; where it leads to the one field of its name, it reads like a string."""
        plain = self.scope.lone_field(path.names) if self.scope is not None and path.names and not picks else None
        if plain is not None:
            if not self.silent:
                self.deps[plain] = 0
            return field_part(plain)
        if path.start == "root" or path.start == _CURRENT or (path.start == "context" and self.here is not None):
            self.anywhere = False
        many = elements_of(path, self, picks)
        index = single_field(path, self) if not picks else None
        if index is None:
            return Part(many, "l", many)
        if self.scope is not None and not self.scope.nodes[index].leaf:
            return Part(lambda env: text_of(many(env)), "f", many)
        return field_part(index)

    def reads(self, targets: Sequence[int], anchor: int) -> None:
        """Notes that fields are read; with a group all fields in it, with what is in repeats their coming and going."""
        if self.silent or self.scope is None:
            return
        found = set(targets)
        for target in targets:
            if not self.structural:
                found.update(self.scope.leaves(target))
            found.update(self.scope.repeats(target, anchor))
        for each in found:
            self.deps[each] = min(anchor, self.deps.get(each, anchor))

    # Operators

    def _operation(self, operation: Operation) -> Part:
        sign = operation.operator
        if sign == "|":
            return self._union(operation)
        if sign in ARITHMETIC:
            return self._arithmetic(operation)
        parts = [self.part(operand) for operand in operation.operands]
        if sign in ("and", "or"):
            return junction(sign, [as_truth(part) for part in parts])
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

        if all(compute is add for compute, _ in rest):
            added = [start, *(read for _, read in rest)]

            def summed(env: Env) -> float:
                result = 0.0
                for read in added:
                    result += read(env)
                return result

            return Part(summed, "n")

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

        def nodes(env: Env) -> list[Element]:
            return sorted_nodes([node for member in members for node in member(env)])

        return Part(nodes, "l", nodes)

    # Calls

    def _call(self, call: Call) -> Part:
        if self.scope is None:
            return self._late(call)
        return self._known(call)

    def _late(self, call: Call) -> Part:
        """Without a form to refuse, what cannot be run fails when it is reached."""
        try:
            return self._known(call)
        except XPathError as error:
            reason = error

        def fail(env: Env) -> Value:
            raise reason

        return Part(fail, "v")

    def _known(self, call: Call) -> Part:
        special = SPECIAL.get(call.name)
        if special is not None:
            least, most, build = special
            self.anywhere = self.anywhere and call.name not in _OF_PLACE
            if not least <= len(call.arguments) <= most:
                raise wrong_arguments(call)
            return build(self, call)
        function = _PURE.get(call.name)
        if function is None:
            raise XPathError("unknown_function", f"unknown function {call.name}()")
        arguments = call.arguments
        if not arguments and call.name in _OF_CONTEXT:
            arguments = (Path("context"),)
        self._check_literals(call)
        if call.name == "distance" and len(arguments) > 1 and self.scope is not None:
            for argument in arguments:
                if isinstance(argument, Path) and isinstance(argument.start, str) and self.here is not None:
                    found = self.scope.resolve(self.home, argument.steps, argument.start == "root")
                    self.scope.pointed += [(target, self.home) for target in found]
        return pure_call(function, call, [self.part(argument) for argument in arguments])

    @staticmethod
    def _check_literals(call: Call) -> None:
        """What is wrong in a pattern written out is found when the form is loaded, not when it is filled."""
        if call.name == "distance":
            for argument in call.arguments:
                if isinstance(argument, Literal) and points_of([argument.value]) is None:
                    raise XPathError("bad_place", f"{argument.value!r} is no place on the globe")
        if len(call.arguments) == 2 and isinstance(call.arguments[1], Literal):
            if call.name == "regex":
                compiled(call.arguments[1].value)
            elif call.name in ("format-date", "format-date-time"):
                check_date_format(call.arguments[1].value)
