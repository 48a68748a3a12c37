"""From answers to a score and to findings: one rule, the same on the device and at the centre.

Source: domain catalogue, "What is recorded on site": an item earns the points of its severity, a partial answer a
share of them, "not applicable" leaves the sum, and one critical non-conformity caps the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from sync.domain.deadlines import correct_by
from sync.domain.errors import DomainError
from sync.domain.rules import CAPPED_RESULT, Rules, Severity
from xforms import Form, Group, Question, Repeat, Session

MIDAN_NS: Final = "https://midan.example/xforms"
"""The namespace of the attributes by which a checklist says which question is which item."""

_TENTH: Final = Decimal("0.1")


class Answer(StrEnum):
    """What an inspector can say of a checklist item."""

    CONFORM = "conform"
    NONCONFORM = "nonconform"
    PARTIAL = "partial"
    NOT_APPLICABLE = "na"
    UNANSWERED = ""


FAILING: Final = frozenset({Answer.NONCONFORM, Answer.PARTIAL})
"""The answers that are findings."""


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One checklist item as it was answered.

    Attributes:
        code: The item, such as ``E01``.
        severity: The item's weight class.
        violation: The violation type it breaks, such as ``V03``; empty where the checklist names none.
        answer: What the inspector said.
        note: His words on it.
        evidence: Names of the pictures taken for it, in the checklist's order.
    """

    code: str
    severity: Severity
    violation: str
    answer: Answer
    note: str = ""
    evidence: tuple[str, ...] = ()


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of answers comes to.

    Attributes:
        earned: Points earned.
        possible: Points of the items that were answered and apply.
        percent: ``earned`` of ``possible``, to one decimal, half up; ``None`` where nothing applies.
        result: The band of the percentage shown, or the capped result; ``None`` where nothing applies.
        capped: Whether a critical non-conformity decided the result.
        unanswered: Items still without an answer; they are in neither sum.
    """

    earned: Decimal
    possible: Decimal
    percent: Decimal | None
    result: str | None
    capped: bool
    unanswered: int


class FindingDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the answers give it; ``deadline`` (UTC) is when it has to be mended."""

    item: str
    severity: Severity
    violation: str
    answer: Answer
    note: str
    evidence: tuple[str, ...]
    deadline: datetime


def score(answers: Iterable[ItemAnswer], rules: Rules) -> Score:
    """The score of a visit, with the weights, shares and bands of its season."""
    shares = {Answer.CONFORM: Decimal(1), Answer.PARTIAL: rules.partial_share, Answer.NONCONFORM: Decimal(0)}
    earned, possible = Decimal(0), Decimal(0)
    capped, unanswered = False, 0
    for given in answers:
        if given.answer is Answer.UNANSWERED:
            unanswered += 1
        if given.answer not in shares:
            continue
        points = rules.weights[given.severity]
        possible += points
        earned += points * shares[given.answer]
        capped = capped or caps(given.severity, given.answer)
    percent = (earned * 100 / possible).quantize(_TENTH, ROUND_HALF_UP) if possible else None
    return Score(
        earned=earned,
        possible=possible,
        percent=percent,
        result=CAPPED_RESULT if capped else _band(percent, rules),
        capped=capped,
        unanswered=unanswered,
    )


def caps(severity: str, answer: str) -> bool:
    """Whether one answer alone decides the result of its visit, whatever the percentage."""
    return severity == Severity.CRITICAL and answer == Answer.NONCONFORM


def _band(percent: Decimal | None, rules: Rules) -> str | None:
    """The band of the percentage that is shown, so that a page never contradicts its own figure."""
    if percent is None:
        return None
    return next(band.result for band in rules.bands if percent >= band.min_percent)


def derive(answers: Iterable[ItemAnswer], submitted_at: datetime, rules: Rules) -> tuple[FindingDraft, ...]:
    """The findings of a visit, in the order of its items; a partial answer keeps its item's severity.

    Raises:
        ValueError: The moment has no zone.
    """
    return tuple(
        FindingDraft(
            item=given.code,
            severity=given.severity,
            violation=given.violation,
            answer=given.answer,
            note=given.note,
            evidence=given.evidence,
            deadline=correct_by(submitted_at, given.severity, rules),
        )
        for given in answers
        if given.answer in FAILING
    )


class UnfitChecklist(DomainError):
    """A checklist whose questions cannot be read as items; the form is at fault, not the visit.

    ``code`` is ``unknown_severity``, ``unknown_answer`` or ``repeated_item``, and of what is found before anybody has
    answered also ``not_a_choice``, ``item_in_repeat``, ``unknown_item`` or ``unknown_violation``; ``params`` has
    ``field`` (the question's reference) and ``value`` (what stood there).
    """


def unfit(form: Form, namespace: str = MIDAN_NS) -> Iterator[UnfitChecklist]:
    """What keeps a checklist from being read as items, whatever is answered: all of it, in the order of the form.

    An item in a repeat has no place of its own: a finding is named by its visit and its item, a remark by the item.
    """
    session = form.new()
    marked = [(question, question.attributes_in(namespace)) for question in _all_questions(form.layout)]
    codes = {marks["code"] for _, marks in marked if "code" in marks}
    once = {question.ref for question in questions(form.layout)}
    for question, marks in marked:
        ref, code = question.ref, marks.get("code", marks.get("of"))
        if code is None:
            continue
        if ref not in once:
            yield UnfitChecklist("item_in_repeat", field=ref, value=code)
        elif "code" not in marks:
            if code not in codes:
                yield UnfitChecklist("unknown_item", field=ref, value=code)
        elif question.control != "select1":
            yield UnfitChecklist("not_a_choice", field=ref, value=question.control)
        else:
            wrong = (choice.value for choice in session.state(ref).choices if choice.value not in _ANSWERS)
            yield from (UnfitChecklist("unknown_answer", field=ref, value=value) for value in wrong)
        if "code" in marks and marks.get("severity", "") not in _SEVERITIES:
            yield UnfitChecklist("unknown_severity", field=ref, value=marks.get("severity", ""))


def violations(form: Form, namespace: str = MIDAN_NS) -> Iterator[tuple[str, str]]:
    """The violation types that a checklist names, each with the reference of the question that does."""
    for question in questions(form.layout):
        marks = question.attributes_in(namespace)
        if "code" in marks and marks.get("violation"):
            yield question.ref, marks["violation"]


def from_session(session: Session, form: Form, namespace: str = MIDAN_NS) -> tuple[ItemAnswer, ...]:
    """The items of a running checklist as they are answered now, in the order of the form.

    An item is a question whose bind has ``code`` and ``severity`` (and ``violation``); the questions whose bind has
    ``of`` (the item's code) and ``role`` (``note`` or ``photo``) hold its words and pictures. What is not relevant is
    left out, item, note or picture.

    Raises:
        UnfitChecklist: A severity or an answer is none of ours, or two relevant questions are the same item.
    """
    answers: dict[str, ItemAnswer] = {}
    notes: dict[str, list[str]] = {}
    photos: dict[str, list[str]] = {}
    for mark in _marked(form, namespace):
        value = session.relevant_value(mark.ref)
        if value is None:
            continue
        if mark.item:
            if mark.code in answers:
                raise UnfitChecklist("repeated_item", field=mark.ref, value=mark.code)
            answers[mark.code] = mark.answered(value)
        elif value and (value := value.strip()):
            kept = photos if mark.photo else notes
            kept.setdefault(mark.code, []).append(value)
    return tuple(
        msgspec.structs.replace(item, note="\n".join(notes.get(code, ())), evidence=tuple(photos.get(code, ())))
        if code in notes or code in photos
        else item
        for code, item in answers.items()
    )


class _Mark:
    """What a question of a checklist says it is: an item, or the words or the picture ``of`` one."""

    __slots__ = ("_answered", "_severity", "_violation", "code", "item", "photo", "ref")

    def __init__(self, ref: str, marks: dict[str, str]) -> None:
        self.ref = ref
        self.item = "code" in marks
        self.code = marks["code"] if self.item else marks["of"]
        self.photo = marks.get("role") == "photo"
        self._severity, self._violation = marks.get("severity", ""), marks.get("violation", "")
        self._answered: dict[str, ItemAnswer] = {}

    def answered(self, value: str) -> ItemAnswer:
        """The item with an answer; there are few answers, so each is made once."""
        found = self._answered.get(value)
        if found is None:
            if self._severity not in _SEVERITIES:
                raise UnfitChecklist("unknown_severity", field=self.ref, value=self._severity)
            if value not in _ANSWERS:
                raise UnfitChecklist("unknown_answer", field=self.ref, value=value)
            found = self._answered[value] = ItemAnswer(
                code=self.code, severity=Severity(self._severity), violation=self._violation, answer=Answer(value)
            )
        return found


_SEVERITIES: Final[frozenset[str]] = frozenset(Severity)
_ANSWERS: Final[frozenset[str]] = frozenset(Answer)


@lru_cache(maxsize=32)
def _marked(form: Form, namespace: str) -> tuple[_Mark, ...]:
    """The questions of a checklist that say what they are, in its order; a form never changes."""
    found = ((question.ref, question.attributes_in(namespace)) for question in questions(form.layout))
    return tuple(_Mark(ref, marks) for ref, marks in found if "code" in marks or "of" in marks)


def questions(layout: Iterable[Group | Question]) -> Iterator[Question]:
    """Those questions of a layout that are asked once: only they can be items, or belong to one."""
    for node in layout:
        if isinstance(node, Question):
            yield node
        elif not isinstance(node, Repeat):
            yield from questions(node.children)


def _all_questions(layout: Iterable[Group | Question]) -> Iterator[Question]:
    for node in layout:
        if isinstance(node, Question):
            yield node
        else:
            yield from _all_questions(node.children)
