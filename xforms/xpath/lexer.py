"""Text of an expression to tokens, with the rule that tells ``*`` and ``div`` the operators from names."""

from __future__ import annotations

import re
from typing import NamedTuple

from xforms.errors import XPathError

MAX_LENGTH = 32_768

_NAME = r"[^\W\d][\w.\-]*"
_REST = rf"""(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<operator>//|::|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*])
    |(?P<name>{_NAME}(?::(?:{_NAME}|\*))?)
    |(?P<variable>\$)
    |(?P<end>\Z)"""
# Names from the root, as nearly all paths of a form are written, are one token: up to a condition, an axis or a prefix.
_OPERAND = re.compile(rf"\s*(?:(?P<path>(?:/{_NAME})+(?![\w.\-:])(?!\s*(?:::|\()))|{_REST})", re.VERBOSE)
# After an operand 'mod1' is the operator and a number: names do not begin there.
_OPERATOR = re.compile(rf"\s*(?:(?P<glued>and|or|div|mod)(?=[0-9.])|{_REST})", re.VERBOSE)
_OPERATOR_NAMES = frozenset({"and", "or", "div", "mod"})
# After one of these (or at the start) a name is a name and * is a wildcard: XPath 1.0, section 3.7.
_BEFORE_OPERAND = frozenset({"(", "[", ",", "@", "::", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "*"})


class Token(NamedTuple):
    """One token: ``kind`` is path, number, literal, operator, name, or end; ``text`` as written, literals unquoted."""

    kind: str
    text: str
    position: int


def tokens(expression: str) -> list[Token]:
    """Splits an expression; the last token is always of kind ``end``.

    Raises:
        XPathError: ``xpath_syntax`` at a character no token begins with, ``xpath_too_long`` above 32,768 characters.
    """
    if len(expression) > MAX_LENGTH:
        raise XPathError("xpath_too_long", f"the expression is longer than {MAX_LENGTH} characters")
    found: list[Token] = []
    position, operand, kind = 0, True, ""
    while kind != "end":
        match = (_OPERAND if operand else _OPERATOR).match(expression, position)
        if match is None:
            position = len(expression) - len(expression[position:].lstrip())
            raise XPathError("xpath_syntax", f"unexpected {expression[position]!r} at {position} in: {expression}")
        kind = str(match.lastgroup)
        text, position = match[kind], match.end()
        if kind == "operator":
            if operand and text == "*":
                kind = "name"
        elif kind == "literal":
            text = text[1:-1]
        elif kind == "glued" or (kind == "name" and not operand and text in _OPERATOR_NAMES):
            kind = "operator"
        elif kind == "variable":
            raise XPathError("xpath_syntax", f"variables ($) are not part of XForms, in: {expression}")
        operand = kind == "operator" and (text in _BEFORE_OPERAND or text in _OPERATOR_NAMES)
        found.append(Token(kind, text, match.start(match.lastgroup or 0)))
    return found
