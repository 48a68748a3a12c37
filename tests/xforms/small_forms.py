"""Small forms for tests: the frame of an XForm around the pieces a test is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import xforms

RIYADH = timezone(timedelta(hours=3))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=RIYADH)


def noon() -> datetime:
    return NOON


def document(fields: str, binds: str = "", body: str = "", model: str = "") -> str:
    """A form ``visit`` of version 1 whose data holds ``fields``."""
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
        ' xmlns:jr="http://openrosa.org/javarosa" xmlns:midan="https://midan.example/xforms">'
        "<h:head><h:title>Visit</h:title><model>"
        f'<instance><data id="visit" version="1">{fields}</data></instance>{model}{binds}'
        f"</model></h:head><h:body>{body}</h:body></h:html>"
    )


def bind(name: str, **rules: str) -> str:
    """A bind of ``/data/name``; ``constraint_message`` and ``required_message`` are its messages."""
    rules = {
        {"constraint_message": "jr:constraintMsg", "required_message": "jr:requiredMsg"}.get(rule, rule): value
        for rule, value in rules.items()
    }
    written = "".join(f' {rule}="{_escaped(value)}"' for rule, value in rules.items())
    return f'<bind nodeset="/data/{name}"{written}/>'


def question(name: str, control: str = "input", inside: str = "") -> str:
    return f'<{control} ref="/data/{name}">{inside}</{control}>'


def start(
    fields: str, binds: str = "", body: str = "", model: str = "", now: Callable[[], datetime] = noon
) -> xforms.Session:
    return xforms.load(document(fields, binds, body, model)).new(now=now)


def value_of(expression: str, **answers: str) -> str:
    """What an expression gives as a calculation, beside fields with these answers."""
    fields = "".join(f"<{name}/>" for name in answers)
    session = start(f"<result/>{fields}", bind("result", calculate=expression))
    for name, answer in answers.items():
        session.answer(f"/data/{name}", answer)
    return session.state("/data/result").value


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
