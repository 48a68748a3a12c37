"""Every error the checklist engine raises: one tree, each with a stable code.

XFormsError
├── FormError       the form itself is broken, hostile, or uses what this engine does not run
│   └── XPathError  the same, for one expression (before it is known where the expression stands)
├── AnswerError     an answer was given to a question that cannot take one
├── RestoreError    a stored draft does not belong to this form
├── LanguageError   a language the form does not have
└── PublishError    a workbook cannot be made into a form (raised by ``xforms.publish``)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class XFormsError(Exception):
    """Base of all errors of this library.

    Attributes:
        code: Stable identifier in ``snake_case``; callers translate by it.
        message: What went wrong, in English, for the author of a form or for a log.
        where: The place: a field reference, an XPath expression, a sheet and row, or ``""`` when there is none.
        role: Which rule stands there, such as ``relevant`` or ``output``, where it is known.
    """

    def __init__(self, code: str, message: str, where: str = "", role: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.code = code
        self.message = message
        self.where = where
        self.role = role


class FormError(XFormsError):
    """The form cannot be run. ``where`` names the field or the element."""


class XPathError(FormError):
    """One expression cannot be run. The reader of the form adds the field's name and raises it on as FormError."""


class AnswerError(XFormsError):
    """An answer for an unknown, read-only, calculated or group reference. A wrong *value* never raises."""


class RestoreError(XFormsError):
    """A stored draft is not XML, is of another form or version, or holds a field this form does not have."""


class LanguageError(XFormsError):
    """The form has no such language."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of a workbook's author, with the sentence for him and the cell, row or sheet it is in."""

    code: str
    message: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class PublishError(XFormsError):
    """A workbook was refused.

    Attributes:
        mistakes: All that was found in one go, in the order of the sheets; the error itself says the first of them.
            A sentence of the converter is handed on unshortened.
    """

    def __init__(self, code: str, message: str, where: str = "", mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(code, message, where)
        self.mistakes = tuple(mistakes) or (Mistake(code, message, where),)

    @classmethod
    def of(cls, mistakes: Sequence[Mistake]) -> PublishError:
        """The error of one mistake or more."""
        first = mistakes[0]
        return cls(first.code, first.message, first.where, mistakes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))
