"""A checklist's answers in words: its items, its sections as they are read, and how two reports differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import xforms
from inspector_app.services import asked
from inspector_app.services.errors import UserError
from inspector_app.services.views.review import AnswerChange
from inspector_app.services.views.visits import AnswerView, SectionView
from sync.contract import records as r
from sync.domain import findings
from sync.domain.findings import MIDAN_NS, ItemAnswer


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item: the question that asks it and those that hold its words and pictures."""

    code: str
    ref: str
    companions: tuple[str, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """All of its questions."""
        return (self.ref, *self.companions)


@lru_cache(maxsize=16)
def items(form: xforms.Form) -> Mapping[str, Item]:
    """The items of a checklist by code, in its order."""
    asked: dict[str, str] = {}
    companions: dict[str, list[str]] = {}
    for question in findings.questions(form.layout):
        marks = question.attributes_in(MIDAN_NS)
        if "code" in marks:
            asked[marks["code"]] = question.ref
        elif "of" in marks:
            companions.setdefault(marks["of"], []).append(question.ref)
    return {code: Item(code, ref, tuple(companions.get(code, ()))) for code, ref in asked.items()}


def language_of(form: xforms.Form, wanted: str) -> str | None:
    """The form's own name of a language; None (its default one) where it has not been translated."""
    try:
        return form.language(wanted)
    except xforms.LanguageError:
        return None


@lru_cache(maxsize=16)
def labels(form: xforms.Form, language: str) -> Mapping[str, str]:
    """The label of each item by its code, in a language."""
    session = form.new(language_of(form, language))
    return {code: session.state(item.ref).label for code, item in items(form).items()}


def restored(
    form: xforms.Form,
    instance: str,
    language: str,
    now: Callable[[], datetime] | None = None,
    unplaced: Sequence[str] = (),
) -> xforms.Session:
    """A stored answer sheet.

    Args:
        form: Its checklist.
        instance: The answers as they are stored.
        language: Of its texts.
        now: What its rules mean by now.
        unplaced: The fields that still waited for the position when it was stored.

    Raises:
        UserError: ``draft_unreadable``.
    """
    try:
        return form.restore(instance, language_of(form, language), now, unplaced=unplaced)
    except (xforms.RestoreError, xforms.AnswerError) as error:
        raise UserError("draft_unreadable", reason=error.code, where=error.where) from error


def by_item(form: xforms.Form, session: xforms.Session) -> Mapping[str, ItemAnswer]:
    """The relevant items as they are answered, by code.

    Raises:
        UserError: ``draft_unreadable``: an answer is none that a checklist may have.
    """
    try:
        return {answer.code: answer for answer in findings.from_session(session, form)}
    except findings.UnfitChecklist as error:
        raise UserError("draft_unreadable", reason=error.code, where=error.params.get("field", "")) from error


def sections(
    form: xforms.Form,
    session: xforms.Session,
    attachments: Sequence[r.Attachment],
    found: Mapping[str, r.Finding],
    violations: Mapping[str, r.Code],
) -> tuple[SectionView, ...]:
    """A report section by section, in the language of the session; what was not asked is left out.

    Args:
        form: Its checklist.
        session: Its answers.
        attachments: Its evidence.
        found: Its findings, by item.
        violations: The violation types, by code.
    """
    answered = by_item(form, session)
    views = {}
    for code, given in answered.items():
        ref = items(form)[code].ref
        views[ref] = AnswerView(
            item=code,
            label=session.state(ref).label,
            answer=given.answer,
            severity=given.severity,
            note=given.note,
            photos=photos_of(attachments, code),
            finding=found.get(code),
            violation=violations.get(given.violation),
        )
    return asked.sections(form, session, attachments, views)


def photos_of(attachments: Sequence[r.Attachment], item: str) -> tuple[r.Attachment, ...]:
    """The pictures that belong to one item."""
    return tuple(piece for piece in attachments if piece.item == item and piece.role == "photo")


def changes(
    before: Mapping[str, ItemAnswer], after: Mapping[str, ItemAnswer], words: Mapping[str, str]
) -> tuple[AnswerChange, ...]:
    """What differs between two reports, in the order of the later one, then what is no longer asked."""
    differing = []
    for code in (*after, *(code for code in before if code not in after)):
        old, new = before.get(code), after.get(code)
        change = AnswerChange(
            item=code,
            label=words.get(code, code),
            before=old.answer if old else "",
            after=new.answer if new else "",
            note_before=old.note if old else "",
            note_after=new.note if new else "",
        )
        if (change.before, change.note_before) != (change.after, change.note_after):
            differing.append(change)
    return tuple(differing)


def changed_outside(
    form: xforms.Form, before: xforms.Session, after: xforms.Session, open_refs: frozenset[str]
) -> str | None:
    """The label of a question that differs though it was not opened for correction, or None.

    A question that had not been relevant before may be answered: an opened answer has made it appear, as it does the
    instances of a repeat whose number the form settles.
    """
    was = {one.ref: one for one in asked.asked(form, before)}
    now = {one.ref: one for one in asked.asked(form, after)}
    for ref, one in (was | now).items():
        if ref in open_refs or (one.counted and not (ref in was and ref in now)):
            continue
        old, new = (session.state(ref) if ref in refs else None for session, refs in ((before, was), (after, now)))
        if old is None or new is None:  # an instance was added or removed by hand
            return _label(new or old, ref)
        if old.relevant and not old.readonly and new.relevant and old.value != new.value:
            return _label(new, ref)
    return None


def _label(state: xforms.State | None, ref: str) -> str:
    return state.label if state is not None and state.label else ref
