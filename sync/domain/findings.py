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
from xforms import Form, Group, Question, Session

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

    ``code`` is ``unknown_severity``, ``unknown_answer`` or ``repeated_item``; ``params`` has ``field`` (the question's
    reference) and ``value`` (what stood there).
    """


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
    for ref, marks in _marked(form, namespace):
        state = session.state(ref)
        if not state.relevant:
            continue
        if "code" in marks:
            if marks["code"] in answers:
                raise UnfitChecklist("repeated_item", field=ref, value=marks["code"])
            answers[marks["code"]] = _item(ref, marks, state.value)
        elif "of" in marks and state.value.strip():
            kept = photos if marks.get("role") == "photo" else notes
            kept.setdefault(marks["of"], []).append(state.value.strip())
    return tuple(
        msgspec.structs.replace(item, note="\n".join(notes.get(code, ())), evidence=tuple(photos.get(code, ())))
        if code in notes or code in photos
        else item
        for code, item in answers.items()
    )


@lru_cache(maxsize=32)
def _marked(form: Form, namespace: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The questions of a checklist that say what they are, by reference, with what they say; a form never changes."""
    found = ((question.ref, question.attributes_in(namespace)) for question in _questions(form.layout))
    return tuple((ref, marks) for ref, marks in found if marks)


_SEVERITIES: Final[frozenset[str]] = frozenset(Severity)
_ANSWERS: Final[frozenset[str]] = frozenset(Answer)


def _questions(layout: Iterable[Group | Question]) -> Iterator[Question]:
    for node in layout:
        if isinstance(node, Group):
            yield from _questions(node.children)
        else:
            yield node


def _item(ref: str, marks: dict[str, str], value: str) -> ItemAnswer:
    severity = marks.get("severity", "")
    if severity not in _SEVERITIES:
        raise UnfitChecklist("unknown_severity", field=ref, value=severity)
    if value not in _ANSWERS:
        raise UnfitChecklist("unknown_answer", field=ref, value=value)
    return ItemAnswer(
        code=marks["code"],
        severity=Severity(severity),
        violation=marks.get("violation", ""),
        answer=Answer(value),
    )
