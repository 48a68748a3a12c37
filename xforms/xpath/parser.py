"""Tokens to a tree, by the whole grammar of XPath 1.0; what this engine cannot run is refused later, by name."""

from __future__ import annotations

from functools import lru_cache

from xforms.errors import XPathError
from xforms.xpath.lexer import Token, tokens
from xforms.xpath.tree import Call, Expr, Literal, Negation, Number, Operation, Path, Step

MAX_NESTING = 48
MAX_CHAIN = 50

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_COMPARISONS = _LEVELS[2] | _LEVELS[3]
_FLAT = frozenset({"or", "and", "|"})
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
    result = parser.level(0)
    if parser.now.kind != "end":
        raise parser.unexpected()
    return result


class _Parser:
    """A recursive descent over one expression's tokens."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokens(expression)
        self.at = 0
        self.nesting = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, text: str, distance: int = 0) -> bool:
        """Whether the operator ``text`` stands ``distance`` tokens ahead."""
        index = self.at + distance
        return index < len(self.tokens) and self.tokens[index][:2] == ("operator", text)

    def take(self, text: str) -> bool:
        if self.ahead(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.unexpected(f", expected {text!r}")

    def unexpected(self, more: str = "") -> XPathError:
        what = repr(self.now.text) if self.now.kind != "end" else "end"
        return XPathError("xpath_syntax", f"unexpected {what} at {self.now.position}{more}, in: {self.expression}")

    def nested(self) -> Expr:
        """An expression inside brackets, counted against the nesting bound."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise XPathError("xpath_too_deep", f"brackets nest beyond {MAX_NESTING} levels")
        result = self.level(0)
        self.nesting -= 1
        return result

    def level(self, depth: int) -> Expr:
        """A binary operator level, loosest first; below the tightest stands unary minus."""
        if depth == len(_LEVELS):
            return self.negation()
        operands = [self.level(depth + 1)]
        result = operands[0]
        chained = 0
        while self.now.kind == "operator" and self.now.text in _LEVELS[depth]:
            operator = self.now.text
            self.at += 1
            right = self.level(depth + 1)
            chained += 1
            operands.append(right)
            if operator in _FLAT:
                result = Operation(operator, tuple(operands))
            elif operator in _COMPARISONS and chained > MAX_CHAIN:
                raise XPathError("xpath_too_deep", f"{operator!r} chains beyond {MAX_CHAIN} operands")
            else:
                result = Operation(operator, (result, right))
        return result

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
        operands = [self.path()]
        while self.take("|"):
            operands.append(self.path())
        return operands[0] if len(operands) == 1 else Operation("|", tuple(operands))

    def path(self) -> Expr:
        if self.ahead("/") or self.ahead("//"):
            return self.absolute()
        if not self.primary_ahead():
            return Path("context", tuple(self.steps([self.step()])))
        primary = self.primary()
        filters = tuple(self.predicates())
        steps: list[Step] = []
        if self.take("//"):
            steps = self.steps([_ANY, self.step()])
        elif self.take("/"):
            steps = self.steps([self.step()])
        return Path(primary, tuple(steps), filters) if steps or filters else primary

    def absolute(self) -> Expr:
        if self.take("//"):
            return Path("root", tuple(self.steps([_ANY, self.step()])))
        self.expect("/")
        begins_step = self.now.kind == "name" or any(self.ahead(sign) for sign in (".", "..", "@"))
        return Path("root", tuple(self.steps([self.step()])) if begins_step else ())

    def steps(self, found: list[Step]) -> list[Step]:
        while True:
            if self.take("//"):
                found += [_ANY, self.step()]
            elif self.take("/"):
                found.append(self.step())
            else:
                return found

    def step(self) -> Step:
        if self.take(".."):
            return Step("parent", "node()")
        if self.take("."):
            return Step("self", "node()", tuple(self.predicates()))
        axis = "child"
        if self.take("@"):
            axis = "attribute"
        elif self.now.kind == "name" and self.ahead("::", 1):
            axis = self.now.text
            self.at += 2
        if self.now.kind != "name":
            raise self.unexpected(", expected a name")
        test = self.now.text
        self.at += 1
        if test in _NODE_TYPES and self.take("("):
            if self.now.kind == "literal":
                self.at += 1
            self.expect(")")
            test += "()"
        return Step(axis, test, tuple(self.predicates()))

    def predicates(self) -> list[Expr]:
        found: list[Expr] = []
        while self.take("["):
            found.append(self.nested())
            self.expect("]")
        return found

    def primary_ahead(self) -> bool:
        if self.now.kind in ("number", "literal") or self.ahead("("):
            return True
        return self.now.kind == "name" and self.ahead("(", 1) and self.now.text not in _NODE_TYPES

    def primary(self) -> Expr:
        token = self.now
        self.at += 1
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
