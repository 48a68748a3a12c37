"""Which failures are the user's to act on, and what they are told; every other failure is ours."""

from __future__ import annotations

from collections.abc import Mapping

from inspector_app.services.errors import UserError
from inspector_app.words import Explanation, Words
from sync.contract.problems import Refused
from sync.domain.errors import DomainError
from sync.engine.ports import LinkDown


def is_the_users(error: Exception) -> bool:
    """Whether the user can do something about it."""
    return isinstance(error, (UserError, DomainError, Refused, LinkDown))


def explain(words: Words, error: Exception) -> Explanation | None:
    """What happened and what to do, or None: it is a mistake of ours and nobody else can do anything about it."""
    if isinstance(error, (UserError, DomainError)):
        params: Mapping[str, object] = error.params
        return words.explain(error.code, params)
    if isinstance(error, Refused):
        return words.explain(error.code, error.fields)
    if isinstance(error, LinkDown):
        return words.explain("link_down")
    return None
