"""A seeded walk through a form: what a person who fills it in from top to bottom may answer, and then corrects."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import xforms


class Answer(NamedTuple):
    """One answer of a walk."""

    ref: str
    value: str


def questions(layout: xforms.Layout) -> Iterator[xforms.Question]:
    """All questions of a form, in document order."""
    for each in layout:
        if isinstance(each, xforms.Question):
            yield each
        else:
            yield from questions(each.children)


def walk(form: xforms.Form, seed: int, passes: int = 3) -> list[Answer]:
    """Answers all that is asked, several times over: the later answers turn parts of the form on and off.

    Args:
        form: A form without repeats.
        seed: What settles every choice.
        passes: How often the form is gone through.

    Returns:
        Answers that are right where they are given: no engine has a reason to refuse one.
    """
    chance, session, found = random.Random(seed), form.new(), []  # a seed, no secret
    for _ in range(passes):
        for question in questions(form.layout):
            state = session.state(question.ref)
            if not state.relevant or state.readonly or question.control in ("trigger", "upload", "rank"):
                continue
            for value in _values(question, state, chance):
                session.answer(question.ref, value)
                if session.state(question.ref).problem is None:
                    found.append(Answer(question.ref, value))
                    break
                session.answer(question.ref, state.value)
    return found


def _values(question: xforms.Question, state: xforms.State, chance: random.Random) -> list[str]:
    """What may be answered, the likeliest to be right first."""
    if question.control in ("select", "select1"):
        values = [choice.value for choice in state.choices]
        chance.shuffle(values)
        # Half of all questions of a checklist are a yes or a no: the first choice opens what follows.
        return sorted(values, key=lambda value: value != state.choices[0].value) if chance.random() < 0.7 else values
    if question.type == "int":
        return [str(chance.randint(1, 60)), "1", "0", "25", "100", "1990", "2015"]
    if question.type == "decimal":
        return [f"{chance.uniform(0, 50):.2f}", "1.5"]
    if question.type == "date":
        return [f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}", "2019-01-02"]
    if question.type in ("time", "dateTime", "geopoint", "geotrace", "geoshape", "boolean"):
        return []
    return [f"text {chance.randint(1, 1000)}", "0501234567", "abc"]
