"""Further functions of their arguments alone: trigonometry, digests, checklists, places on the globe."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Sequence

from xforms.errors import XPathError
from xforms.xpath import geo
from xforms.xpath.functions import Function
from xforms.xpath.values import Value, number_of, truth_of


def _guarded(compute: Callable[..., float]) -> Callable[..., float]:
    """NaN outside of what a function is defined for."""

    def run(*numbers: float) -> float:
        try:
            return compute(*numbers)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return run


def _log(number: float, base: Callable[[float], float]) -> float:
    return -math.inf if number == 0 else base(number)


_HASHES = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


def _digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """A digest of the UTF-8 text, in base64 or hexadecimal; no more than the form's author asked for is promised."""
    make = _HASHES.get(algorithm)
    if make is None or encoding not in ("base64", "hex"):
        raise XPathError("bad_digest", f"digest() knows no {algorithm!r} in {encoding!r}")
    digest = make(text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return digest.hexdigest() if encoding == "hex" else base64.b64encode(digest.digest()).decode()


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _checklist(least: float, most: float, *answers: Value) -> bool:
    """Whether so many are true; a negative bound is none. Each node of a node set is an answer of its own."""
    return _between(least, most, float(sum(truth_of(each) for answer in answers for each in _each(answer))))


def _weighted_checklist(least: float, most: float, *pairs: Value) -> bool:
    """The same by weights; of two node sets each answer goes with the weight in the same place."""
    total = 0.0
    for answers, weights in zip(pairs[::2], pairs[1::2], strict=False):
        for answer, weight in zip(_each(answers), _each(weights), strict=False):
            total += number_of(weight) if truth_of(answer) else 0.0
    return _between(least, most, total)


def _each(value: Value) -> Sequence[Value]:
    return [node.string for node in value] if isinstance(value, list) else [value]


def _between(least: float, most: float, number: float) -> bool:
    return (least < 0 or number >= least) and (most < 0 or number <= most)


MORE: dict[str, Function] = {
    "acos": Function("n", "n", _guarded(math.acos)),
    "area": Function("l", "n", geo.area),
    "asin": Function("n", "n", _guarded(math.asin)),
    "atan": Function("n", "n", math.atan),
    "atan2": Function("nn", "n", math.atan2),
    "base64-decode": Function("s", "s", _base64_decode),
    "checklist": Function("nn+v", "b", _checklist),
    "cos": Function("n", "n", _guarded(math.cos)),
    "digest": Function("ss?s", "s", _digest),
    "distance": Function("l", "n", geo.distance),
    "enclosed-area": Function("l", "n", geo.area),
    "exp": Function("n", "n", _guarded(math.exp)),
    "exp10": Function("n", "n", _guarded(lambda number: 10.0**number)),
    "geofence": Function("ss", "b", geo.inside),
    "log": Function("n", "n", _guarded(lambda number: _log(number, math.log))),
    "log10": Function("n", "n", _guarded(lambda number: _log(number, math.log10))),
    "pi": Function("", "n", lambda: math.pi),
    "sin": Function("n", "n", _guarded(math.sin)),
    "tan": Function("n", "n", _guarded(math.tan)),
    "weighted-checklist": Function("nn+v", "b", _weighted_checklist),
}
"""By name. ``+`` before a letter: any number of arguments of that kind."""
