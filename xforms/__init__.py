"""Checklists as XForms: load a form, answer it, see what is relevant and what is wrong, write the answers.

    form = xforms.load(xml)
    session = form.new(language="ar")
    changed = session.answer("/data/E/E01", "conform")
    session.state("/data/E/E01").problem
    session.serialise(final=True)

Workbooks (XLSForm) become forms by ``xforms.publish``, which is not imported from here: it brings a converter along.
The README beside this file tells what the engine runs and what it refuses.
"""

from xforms.errors import AnswerError, FormError, LanguageError, Mistake, PublishError, RestoreError, XFormsError
from xforms.form import Form, load
from xforms.model import Choice, Group, Layout, Problem, Question, Recording, Repeat, State
from xforms.session import Session

__all__ = [
    "AnswerError",
    "Choice",
    "Form",
    "FormError",
    "Group",
    "LanguageError",
    "Layout",
    "Mistake",
    "Problem",
    "PublishError",
    "Question",
    "Recording",
    "Repeat",
    "RestoreError",
    "Session",
    "State",
    "XFormsError",
    "load",
]
