"""What a form says beside its inputs: labels with their small markdown, problems, the names of instances."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

import xforms
from inspector_app.ui.kit.text import Label
from inspector_app.words import Words
from inspector_app.words.markup import is_marked, to_html, to_plain
from sync.domain.text import to_latin_digits

_NUMBER: Final = re.compile(r"\[([0-9]+)\]$")


class SaidLabel(Label):
    """A text of a form; it wraps, and only its own small markdown is read as markup."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, role=role, wrap=True)
        self.setOpenExternalLinks(True)
        self._said = ""

    def say(self, text: str) -> None:
        """Say something; nothing to say hides the label."""
        self.setVisible(bool(text))
        if text == self._said:
            return
        self._said = text
        marked = is_marked(text)
        self.setTextFormat(Qt.TextFormat.RichText if marked else Qt.TextFormat.PlainText)
        links = marked and "<a " in to_html(text)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse if links else Qt.TextInteractionFlag.NoTextInteraction
        )
        self.setText(to_html(text) if marked else text)
        self.setAccessibleName(to_plain(text))


def name_of(ref: str) -> str:
    """A question's part of an object name: the last name of its reference, from the first instance on in repeats."""
    parts = ref.split("/")
    first = next((at for at, part in enumerate(parts) if part.endswith("]")), len(parts) - 1)
    return ".".join(parts[first:])


def problem_text(words: Words, problem: xforms.Problem | None, *, told: bool) -> str:
    """What is wrong with an answer: the checklist's own sentence, or ours.

    That something is still missing is said only once the user asked what is (``told``), not while he fills it in.
    """
    if problem is None or (problem.kind == "required" and not told):
        return ""
    return to_plain(problem.message) or words.say(f"forms.problem.{problem.kind}")


def instance_name(words: Words, session: xforms.Session, ref: str) -> str:
    """What an instance of a repeat is called: its label with its number, ``Room 2``, or only the number."""
    found = _NUMBER.search(ref)
    number = int(found[1]) if found else 1
    label = to_plain(session.state(ref).label)
    own = label != to_plain(session.state(ref.rpartition("[")[0]).label)
    if own and str(number) in re.findall(r"\d+", to_latin_digits(label)):
        return label  # the author numbers them himself
    return words.say("forms.instance", label=label, n=number) if label else words.number(number)


def question_name(words: Words, session: xforms.Session, ref: str) -> str:
    """What a question is called where it stands alone: ``Room 2: number of beds``."""
    label = to_plain(session.state(ref).label)
    for part in _instances(ref)[::-1]:
        label = words.say("forms.inside", instance=instance_name(words, session, part), label=label)
    return label


def _instances(ref: str) -> list[str]:
    """The instances a reference stands in, the outermost first."""
    parts = ref.split("/")
    return ["/".join(parts[: at + 1]) for at, part in enumerate(parts[:-1]) if part.endswith("]")]
