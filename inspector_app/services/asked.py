"""What a form asks in one answer sheet: every question in every instance of its repeats, and how answers are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import xforms
from inspector_app.services.views.drafts import media_name
from inspector_app.services.views.visits import AnswerView, FactView, SectionView, Step
from sync.contract import records as r
from sync.domain.findings import MIDAN_NS

_KINDS = {
    "int": "number",
    "decimal": "number",
    "date": "date",
    "time": "time",
    "dateTime": "moment",
    "geopoint": "places",
    "geotrace": "places",
    "geoshape": "places",
}
_CHOSEN = {"select1", "select", "rank"}


class Within(NamedTuple):
    """A group, or an instance of a repeat (``number`` of ``of``, from 1), that a question stands in."""

    ref: str
    number: int = 0
    of: int = 0


class Asked(NamedTuple):
    """One question of a sheet: by its own reference, with what it stands in, outermost first.

    ``counted`` says that the form itself settles how many instances there are of what it stands in.
    """

    ref: str
    question: xforms.Question
    within: tuple[Within, ...]
    counted: bool


def asked(form: xforms.Form, session: xforms.Session) -> Iterator[Asked]:
    """Every question of a sheet, relevant or not, in the order of the form."""
    yield from _asked(session, form.layout, "", "", (), counted=True)


def _asked(
    session: xforms.Session,
    layout: xforms.Layout,
    written: str,
    meant: str,
    within: tuple[Within, ...],
    *,
    counted: bool,
) -> Iterator[Asked]:
    """``written`` is how the form names what the layout stands in, ``meant`` the instance of it."""
    for part in layout:
        ref = meant + part.ref[len(written) :]
        if isinstance(part, xforms.Question):
            yield Asked(ref, part, within, counted)
        elif isinstance(part, xforms.Repeat):
            count = session.instances(ref)
            settled = counted and part.counted
            for number in range(1, count + 1):
                one = f"{ref}[{number}]"
                inside = (*within, Within(one, number, count))
                yield from _asked(session, part.children, part.ref, one, inside, counted=settled)
        else:
            yield from _asked(session, part.children, part.ref, ref, (*within, Within(ref)), counted=counted)


def sections(
    form: xforms.Form,
    session: xforms.Session,
    attachments: Sequence[r.Attachment],
    items: Mapping[str, AnswerView],
) -> tuple[SectionView, ...]:
    """A report section by section, in the language of the session; what was not asked is left out.

    Args:
        form: Its checklist.
        session: Its answers.
        attachments: Its evidence.
        items: Its checklist items as they are read, by the reference of their question.
    """
    pieces = {media_name(piece): piece for piece in attachments}
    views = []
    for within, together in groupby(asked(form, session), key=lambda one: _shown(session, one.within)):
        answers, facts = [], []
        for one in together:
            state = session.state(one.ref)
            if not state.relevant:
                continue
            if one.ref in items:
                answers.append(items[one.ref])
            elif state.value.strip() and "of" not in one.question.attributes_in(MIDAN_NS):
                facts.append(_fact(one, state, pieces))
        if answers or facts:
            title, steps = _headings(form, session, within)
            views.append(SectionView(title=title, steps=steps, answers=tuple(answers), facts=tuple(facts)))
    log = None if form.audit is None else pieces.get(session.relevant_value(form.audit.ref) or "")
    if form.audit is not None and log is not None:
        fact = FactView(ref=form.audit.ref, label="", value=media_name(log), kind="log", piece=log)
        views.append(SectionView(title=form.title, answers=(), facts=(fact,)))
    return tuple(views)


def _shown(session: xforms.Session, within: Sequence[Within]) -> tuple[Within, ...]:
    """What a question stands in, as far as it has a heading: the section, and what has a label or a number."""
    return (*within[:1], *(one for one in within[1:] if one.number or session.state(one.ref).label))


def _headings(form: xforms.Form, session: xforms.Session, within: Sequence[Within]) -> tuple[str, tuple[Step, ...]]:
    """The outermost label, which is the section's, and those below; questions outside of any are the form's own."""
    if not within:
        return form.title, ()
    steps = [Step(label=session.state(one.ref).label, number=one.number, of=one.of) for one in within]
    first, below = steps[0], steps[1:]
    if first.number:  # several instances bear the same title: the number tells them apart
        below = [Step(label="", number=first.number, of=first.of), *below]
    return first.label, tuple(below)


def _fact(one: Asked, state: xforms.State, pieces: Mapping[str, r.Attachment]) -> FactView:
    question = one.question
    kind, chosen = _KINDS.get(question.type, "text"), tuple[str, ...]()
    if question.control in _CHOSEN:
        kind, chosen = ("order" if question.control == "rank" else "choice"), _chosen(question, state)
    elif question.control == "upload":
        kind = "file"
    elif question.control == "trigger":
        kind = "read"
    piece = pieces.get(state.value) if kind == "file" else None
    return FactView(ref=one.ref, label=state.label, value=state.value, kind=kind, chosen=chosen, piece=piece)


def _chosen(question: xforms.Question, state: xforms.State) -> tuple[str, ...]:
    """The labels of what was chosen; what is not offered any more is said by its name."""
    names = {choice.value: choice.label for choice in state.choices}
    values = [state.value] if question.control == "select1" else state.value.split()
    return tuple(names.get(value) or value for value in values)
