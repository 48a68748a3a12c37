"""An answer sheet while it is filled in: answers, instances of repeats, the language it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

import xforms
from inspector_app.viewmodels.rows import plain

LANGUAGES: Final = ("ar", "en")
"""What the application speaks."""


class Filler(QObject):
    """One sheet of one form; it keeps nothing: that is for those who derive from it.

    Signals:
        answered(frozenset[str]): An answer was given, an instance came or went; the references whose state changed.
    """

    answered = Signal(object)

    def __init__(self, form: xforms.Form, session: xforms.Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.form = form
        self.session = session

    def may_answer(self, ref: str) -> bool:
        """Whether this question may be changed now."""
        return not self.session.state(ref).readonly

    def look_at(self, refs: Sequence[str]) -> None:
        """The user looks at these questions now; none: at something else."""

    def answer(self, ref: str, value: str) -> None:
        """Commit an answer, wrong or right."""
        if not self.may_answer(ref) or self.session.state(ref).value == value:
            return
        changed = self.session.answer(ref, value)
        self._touch()
        self.answered.emit(changed | {ref})

    def may_add(self, ref: str) -> bool:
        """Whether an instance may be added to a repeat, ``/data/room``, now."""
        return self.session.may_add(ref) and not self.session.state(ref).readonly

    def add(self, ref: str) -> str:
        """Add an instance at the end of a repeat; returns its reference, ``/data/room[3]``."""
        changed = self.session.new_repeat(ref)
        one = f"{ref}[{self.session.instances(ref)}]"
        self._touch()
        self.answered.emit(changed | {one})
        return one

    def may_remove(self, ref: str) -> bool:
        """Whether an instance, ``/data/room[3]``, may be taken away now."""
        return self.may_add(ref.rpartition("[")[0])

    def remove(self, ref: str) -> None:
        """Take an instance away, with its answers; those behind it move up."""
        changed = self.session.remove_repeat(ref)
        self._touch()
        self.answered.emit(changed | {ref.rpartition("[")[0]})

    def holds_answers(self, ref: str) -> bool:
        """Whether anything below an instance was answered."""
        inside = f"{ref}/"
        questions = _questions(self.form.layout)
        return any(
            state.value and plain(one) in questions
            for one, state in self.session.states().items()
            if one.startswith(inside)
        )

    def set_language(self, language: str) -> bool:
        """Let the checklist speak a language, ``Arabic (ar)`` by ``ar``; whether it speaks another one now."""
        held = self.session.language
        for name in self.form.languages:
            if (name == language or f"({language})" in name) and name != held:
                self.session.set_language(name)
        return self.session.language != held

    @property
    def speaks_others(self) -> bool:
        """Whether the form has languages beside those that the application speaks, or does not say which it has."""
        names = self.form.languages
        return len(names) > 1 and not all(any(f"({code})" in name for code in LANGUAGES) for name in names)

    def _touch(self) -> None:
        """Something is not kept yet."""


def _questions(nodes: xforms.Layout) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, xforms.Question):
            found.add(node.ref)
        else:
            found |= _questions(node.children)
    return found
