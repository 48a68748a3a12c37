"""Tokens to a tree, by the whole grammar of XPath 1.0; what this engine cannot run is refused later, by name."""

from __future__ import annotations

from functools import lru_cache

from xforms.errors import XPathError
from xforms.xpath.lexer import Token, tokens
from xforms.xpath.tree import Call, Expr, Literal, Negation, Number, Operation, Path, Step

MAX_NESTING = 48
MAX_CHAIN = 50
MAX_STEPS = 100
"""Steps of one path, and conditions of one step."""

_LEVELS: dict[str, int] = {
    sign: level
    for level, signs in enumerate(
        (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
    )
    for sign in signs
}
"""How tight each operator binds, the loosest first."""
_COMPARISONS = frozenset({2, 3})
_FLAT = frozenset({0, 1})
_NODE_TYPES = frozenset({"node", "text", "comment", "processing-instruction"})
_ANY = Step("descendant-or-self", "node()")


@lru_cache(maxsize=4096)
def parse(expression: str) -> Expr:
    """Parses an expression.

    Raises:
        XPathError: ``xpath_syntax`` with the offending token and the expression, ``xpath_too_long``, or
            ``xpath_too_deep`` when brackets nest beyond 48 levels or comparisons chain beyond 50 operands.
    """
    parser = _Parser(expression)
    result = parser.binary(0)
    if parser.now.kind != "end":
        raise parser.unexpected()
    return result


@lru_cache(maxsize=4096)
def path_of_names(text: str) -> Path:
    """The path that is written as names from the root alone; one for all places where it is written."""
    return Path("root", tuple(Step("child", name) for name in text[1:].split("/")), names=text)


class _Parser:
    """A recursive descent over one expression's tokens; ``now`` is the one it looks at."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokens(expression)
        self.at = 0
        self.now = self.tokens[0]
        self.nesting = 0

    def advance(self) -> Token:
        """Steps over a token and returns it."""
        passed = self.now
        self.at += 1
        self.now = self.tokens[self.at]
        return passed

    def ahead(self, *signs: str) -> bool:
        """Whether one of these operators is next."""
        return self.now.text in signs and self.now.kind == "operator"

    def behind(self, sign: str) -> bool:
        """Whether this operator follows the next token."""
        return self.now.kind != "end" and self.tokens[self.at + 1][:2] == ("operator", sign)

    def take(self, sign: str) -> bool:
        if self.now.text == sign and self.now.kind == "operator":
            self.advance()
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected(f", expected {sign!r}")

    def unexpected(self, more: str = "") -> XPathError:
        what = repr(self.now.text) if self.now.kind != "end" else "end"
        return XPathError("xpath_syntax", f"unexpected {what} at {self.now.position}{more}, in: {self.expression}")

    def nested(self) -> Expr:
        """An expression inside brackets, counted against the nesting bound."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise XPathError("xpath_too_deep", f"brackets nest beyond {MAX_NESTING} levels")
        result = self.binary(0)
        self.nesting -= 1
        return result

    def binary(self, loosest: int) -> Expr:
        """Operands with all binary operators between them that bind at least so tight."""
        result = self.negation()
        while self.now.kind == "operator":
            level = _LEVELS.get(self.now.text, -1)
            if level < loosest:
                break
            result = self.chain(level, result)
        return result

    def chain(self, level: int, first: Expr) -> Expr:
        """What follows an operand on one level of tightness."""
        result, operands = first, [first]
        while self.now.kind == "operator" and _LEVELS.get(self.now.text) == level:
            operator = self.advance().text
            operands.append(self.binary(level + 1))
            if level in _FLAT:
                continue
            if level in _COMPARISONS and len(operands) > MAX_CHAIN + 1:
                raise XPathError("xpath_too_deep", f"{operator!r} chains beyond {MAX_CHAIN} operands")
            result = Operation(operator, (result, operands[-1]))
        return Operation("and" if level else "or", tuple(operands)) if level in _FLAT else result

    def negation(self) -> Expr:
        signs = 0
        while self.take("-"):
            signs += 1
        operand = self.union()
        # Two signs cancel out but still make a number of their operand.
        for _ in range(signs if signs < 2 else 2 - signs % 2):
            operand = Negation(operand)
        return operand

    def union(self) -> Expr:
        first = self.path()
        if not self.ahead("|"):
            return first
        operands = [first]
        while self.take("|"):
            operands.append(self.path())
        return Operation("|", tuple(operands))

    def path(self) -> Expr:
        if self.now.kind == "path":
            return self.named()
        if self.ahead("/", "//"):
            return self.absolute()
        if not self.primary_ahead():
            return Path("context", self.steps(self.step()))
        primary = self.primary()
        filters = self.predicates()
        if self.take("//"):
            return Path(primary, self.steps(_ANY, self.step()), filters)
        if self.take("/"):
            return Path(primary, self.steps(self.step()), filters)
        return Path(primary, (), filters) if filters else primary

    def named(self) -> Path:
        """Names from the root, and what may follow the last of them."""
        path = path_of_names(self.advance().text)
        if not self.ahead("[", "/", "//"):
            return path
        *above, last = path.steps
        return Path("root", self.steps(*above, Step(last.axis, last.test, self.predicates())))

    def absolute(self) -> Expr:
        if self.take("//"):
            return Path("root", self.steps(_ANY, self.step()))
        self.expect("/")
        begins_step = self.now.kind == "name" or self.ahead(".", "..", "@")
        return Path("root", self.steps(self.step()) if begins_step else ())

    def steps(self, *first: Step) -> tuple[Step, ...]:
        """These steps and all that follow."""
        found = [*first]
        while True:
            if len(found) > MAX_STEPS:
                raise XPathError("xpath_too_deep", f"a path has more than {MAX_STEPS} steps")
            if self.take("/"):
                found.append(self.step())
            elif self.take("//"):
                found += [_ANY, self.step()]
            else:
                return tuple(found)

    def step(self) -> Step:
        if self.take(".."):
            return Step("parent", "node()")
        if self.take("."):
            return Step("self", "node()", self.predicates())
        axis = "child"
        if self.take("@"):
            axis = "attribute"
        elif self.now.kind == "name" and self.behind("::"):
            axis = self.advance().text
            self.advance()
        if self.now.kind != "name":
            raise self.unexpected(", expected a name")
        test = self.advance().text
        if test in _NODE_TYPES and self.take("("):
            if self.now.kind == "literal":
                self.advance()
            self.expect(")")
            test += "()"
        return Step(axis, test, self.predicates())

    def predicates(self) -> tuple[Expr, ...]:
        if not self.ahead("["):
            return ()
        found: list[Expr] = []
        while self.take("["):
            found.append(self.nested())
            self.expect("]")
            if len(found) > MAX_STEPS:
                raise XPathError("xpath_too_deep", f"a step has more than {MAX_STEPS} conditions")
        return tuple(found)

    def primary_ahead(self) -> bool:
        if self.now.kind in ("number", "literal") or self.ahead("("):
            return True
        return self.now.kind == "name" and self.behind("(") and self.now.text not in _NODE_TYPES

    def primary(self) -> Expr:
        token = self.advance()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "literal":
            return Literal(token.text)
        if token.text == "(":
            inner = self.nested()
            self.expect(")")
            return inner
        self.expect("(")
        arguments: list[Expr] = []
        if not self.take(")"):
            arguments.append(self.nested())
            while self.take(","):
                arguments.append(self.nested())
            self.expect(")")
        return Call(token.text, tuple(arguments))
