"""The base of what a rule refuses: a stable code and its particulars, without words for the user."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A rule says no, and somebody can do something about it.

    The words are the screen's: it translates ``code`` and fills in ``params``. A mistake of the program (an unknown
    workflow, a moment without a zone) is a ``ValueError`` instead.

    Attributes:
        code: Stable, never reused for another meaning.
        params: What the sentence needs, as text; never a secret and never a pilgrim's name.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params: Mapping[str, str] = dict(params)
        super().__init__(f"{code} {self.params}" if params else code)
