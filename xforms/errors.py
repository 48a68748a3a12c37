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


class XFormsError(Exception):
    """Base of all errors of this library.

    Attributes:
        code: Stable identifier in ``snake_case``; callers translate by it.
        message: What went wrong, in English, for the author of a form or for a log.
        where: The place: a field reference, an XPath expression, a sheet and row, or ``""`` when there is none.
    """

    def __init__(self, code: str, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.code = code
        self.message = message
        self.where = where


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


class PublishError(XFormsError):
    """A workbook was refused. ``message`` is the converter's own sentence, unshortened."""
