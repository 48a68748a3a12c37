"""What a run says when something that must hold does not."""

from __future__ import annotations


class Broken(AssertionError):
    """An invariant does not hold; the message says which, where and how."""


def hold(condition: object, what: str) -> None:
    """Go on if it is so.

    Raises:
        Broken: It is not.
    """
    if not condition:
        raise Broken(what)
