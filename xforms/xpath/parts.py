"""Compiled pieces of expressions: what each gives, its conversions, and the operators and functions over pieces."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from xforms.data import Element
from xforms.errors import XPathError
from xforms.xpath.functions import Function
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call
from xforms.xpath.values import Value, compare, number_of, stored_text, strings_of, text_of, truth_of

Run: TypeAlias = Callable[[Env], Value]


class Part(NamedTuple):
    """A compiled piece.

    ``gives`` tells what comes out: ``s`` string, ``n`` number, ``b`` boolean, ``f`` the string of exactly one field,
    ``l`` a node set, ``v`` one of these that shows only when it runs. ``many`` gives the node set where there is one.
    ``field`` is the index of that one field, where it stands in no repeat, ``literal`` a string and ``number`` a number
    written out.
    """

    run: Run
    gives: str
    many: Callable[[Env], list[Element]] | None = None
    field: int | None = None
    literal: str | None = None
    number: float | None = None


@lru_cache(maxsize=4096)
def field_part(index: int) -> Part:
    """The string of a field that stands in no repeat, ``""`` where it is not relevant; one for all that read it."""

    def text(env: Env) -> str:
        node = env.single[index]
        return node.text if node.relevant else ""

    def many(env: Env) -> list[Element]:
        node = env.single[index]
        return [node] if node.relevant else []

    return Part(text, "f", many, field=index)


def wrong_arguments(call: Call) -> XPathError:
    """The error for a call with too few or too many arguments."""
    return XPathError("wrong_arguments", f"{call.name}() does not take {len(call.arguments)} arguments")


def as_text(part: Part) -> Callable[[Env], str]:
    """The piece as a string."""
    run = part.run
    if part.gives in ("s", "f"):
        return run  # type: ignore[return-value]  # these kinds run to a string
    return lambda env: text_of(run(env))


def as_stored(part: Part) -> Callable[[Env], str]:
    """The piece as a string, ``""`` for NaN."""
    run = part.run
    if part.gives in ("s", "f"):
        return run  # type: ignore[return-value]  # these kinds run to a string
    return lambda env: stored_text(run(env))


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


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
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


def comparison(sign: str, left: Part, right: Part) -> Part:
    """Two pieces compared; where their kinds are known beforehand, without asking again each time."""
    kinds = left.gives + right.gives
    single = all(kind in "snf" for kind in kinds)
    if single and ("n" in kinds or sign not in ("=", "!=")):
        test, number, other = _ORDER[sign], as_number(left), as_number(right)
        return Part(lambda env: test(number(env), other(env)), "b")
    one, two = left.run, right.run
    if single and sign == "=":
        for asked, wanted in ((left, right), (right, left)):
            if asked.field is not None and wanted.literal is not None:
                return _reads(asked.field, wanted.literal)
        return Part(lambda env: one(env) == two(env), "b")
    if single:  # both are strings
        return Part(lambda env: one(env) != two(env), "b")
    return Part(lambda env: compare(sign, one(env), two(env)), "b")


def _reads(index: int, wanted: str) -> Part:
    """Whether a field holds a text: with the next, most conditions of most checklists."""

    def same(env: Env) -> bool:
        node = env.single[index]
        return (node.text if node.relevant else "") == wanted

    return Part(same, "b")


def _chooses(index: int, word: str) -> Part:
    """Whether a word is among those that a field holds."""

    def chosen(env: Env) -> bool:
        node = env.single[index]
        text = node.text
        return node.relevant and (text == word or (word in text and word in text.split()))

    return Part(chosen, "b")


def junction(sign: str, truths: list[Callable[[Env], bool]]) -> Part:
    """``and`` and ``or``; what comes later is asked only where what comes before does not settle it."""
    if len(truths) == 2:
        one, other = truths
        if sign == "and":
            return Part(lambda env: one(env) and other(env), "b")
        return Part(lambda env: one(env) or other(env), "b")
    if sign == "and":
        return Part(lambda env: all(truth(env) for truth in truths), "b")
    return Part(lambda env: any(truth(env) for truth in truths), "b")


def pure_call(function: Function, call: Call, parts: list[Part]) -> Part:
    """Wires arguments to a function by its signature."""
    signature, plus, each = function.signature.partition("+")
    needed, _, optional = signature.partition("?")
    if plus:
        optional += each * max(0, len(parts) - len(needed))
    kinds = needed + optional
    flat = kinds.endswith("l")
    fixed = kinds[:-1] if flat else kinds
    if len(parts) < len(needed.rstrip("l")) or (len(parts) > len(fixed) and not flat):
        raise wrong_arguments(call)
    if call.name == "selected" and parts[0].field is not None and len((parts[1].literal or "").split()) == 1:
        return _chooses(parts[0].field, (parts[1].literal or "").strip())
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
    if len(readers) == 2:
        first, second = readers
        literal = parts[1].literal
        if literal is not None and fixed[1] == "s":
            return Part(lambda env: run(first(env), literal), function.gives)
        return Part(lambda env: run(first(env), second(env)), function.gives)
    return Part(lambda env: run(*(read(env) for read in readers)), function.gives)


def _strings(part: Part) -> Callable[[Env], list[str]]:
    run, many = part.run, part.many
    if many is not None:
        return lambda env: [node.string for node in many(env)]
    return lambda env: strings_of(run(env))


_AS: Mapping[str, Callable[[Part], Callable[[Env], Value]]] = {
    "s": as_text,
    "n": as_number,
    "b": as_truth,
    "v": lambda part: part.run,
}
