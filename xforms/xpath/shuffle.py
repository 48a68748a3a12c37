"""The order that a seed settles, the same on every device: the generator and the shuffle of the ODK specification."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TypeVar

from xforms.xpath.values import Value, number_of, text_of

T = TypeVar("T")
_MODULUS = 2_147_483_647
_FACTOR = 16_807


def shuffle(items: Sequence[T], seed: Value) -> list[T]:
    """Shuffles by Fisher and Yates with the Park-Miller generator."""
    found = list(items)
    state = _begin(seed)
    for place in range(len(found) - 1, 0, -1):
        state = state * _FACTOR % _MODULUS
        other = math.floor((state - 1) / (_MODULUS - 1) * (place + 1))
        found[place], found[other] = found[other], found[place]
    return found


def _begin(seed: Value) -> int:
    number = number_of(seed)
    if math.isnan(number):
        digest = hashlib.sha256(text_of(seed).encode()).digest()
        number = float(int.from_bytes(digest[:8], "big", signed=True))
    state = int(math.fmod(int(number) if math.isfinite(number) else 0, _MODULUS))
    return state + _MODULUS - 1 if state <= 0 else state
