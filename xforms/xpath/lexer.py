"""Text of an expression to tokens, with the rule that tells ``*`` and ``div`` the operators from names."""

from __future__ import annotations

import re
from typing import NamedTuple

from xforms.errors import XPathError

MAX_LENGTH = 32_768

_NAME = r"[^\W\d][\w.\-]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<operator>//|::|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*])
    |(?P<name>{_NAME}(?::(?:{_NAME}|\*))?)
    |(?P<variable>\$)""",
    re.VERBOSE,
)
_GLUED = re.compile(r"(?P<name>and|or|div|mod)(?=[0-9.])")
_OPERATOR_NAMES = frozenset({"and", "or", "div", "mod"})
# After one of these (or at the start) a name is a name and * is a wildcard: XPath 1.0, section 3.7.
_BEFORE_OPERAND = frozenset(
    [
        "(",
        "[",
        ",",
        "@",
        "::",
        "/",
        "//",
        "|",
        "+",
        "-",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "*",
        "and",
        "or",
        "div",
        "mod",
    ]
)


class Token(NamedTuple):
    """One token: ``kind`` is number, literal, operator, name, or end; ``text`` as written, literals unquoted."""

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
    position = 0
    while position < len(expression):
        # After an operand 'mod1' is the operator and a number: names do not begin there.
        operand = found and not (found[-1].kind == "operator" and found[-1].text in _BEFORE_OPERAND)
        match = (_GLUED.match(expression, position) if operand else None) or _TOKEN.match(expression, position)
        if match is None:
            raise XPathError("xpath_syntax", f"unexpected {expression[position]!r} at {position} in: {expression}")
        kind, text = str(match.lastgroup), match.group()
        if kind == "variable":
            raise XPathError("xpath_syntax", f"variables ($) are not part of XForms, in: {expression}")
        if kind != "space":
            found.append(_token(kind, text, position, found))
        position = match.end()
    found.append(Token("end", "", position))
    return found


def _token(kind: str, text: str, position: int, before: list[Token]) -> Token:
    if kind == "literal":
        return Token(kind, text[1:-1], position)
    operand_expected = not before or (before[-1].kind == "operator" and before[-1].text in _BEFORE_OPERAND)
    if kind == "name" and text in _OPERATOR_NAMES and not operand_expected:
        return Token("operator", text, position)
    if text == "*" and operand_expected:
        return Token("name", text, position)
    return Token(kind, text, position)
