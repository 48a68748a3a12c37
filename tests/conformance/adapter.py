"""This project's engine as the runners drive it: by references, with everything a screen would show as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import xforms
from tests.conformance.cases import recorded_clock

_INSTANCE = re.compile(r"(.*)\[\d+\]")


def begin(form: xforms.Form, recorded: Mapping[str, Any]) -> xforms.Session:
    """A session begun anew, or with a stored sheet taken up (``restore``) or edited after submission (``edit``)."""
    via, stored = recorded["via"], recorded.get("from_xml")
    if recorded.get("edit_instance"):
        via, stored = "edit", recorded["edit_instance"]
    if via in ("init", "new_instance"):
        known = recorded.get("preload") or {}
        return form.new(now=recorded_clock, properties={name.lower(): value for name, value in known.items()})
    take_up = form.restore if via == "restore" else form.edit
    return take_up(stored or "", now=recorded_clock)


def snapshot(session: xforms.Session) -> dict[str, dict[str, Any]]:
    """By reference: value, flags, texts, choices, and the violation. ``/data/repeat#range`` counts instances."""
    shown: dict[str, dict[str, Any]] = {}
    for ref, state in session.states().items():
        problem = state.problem
        shown[ref] = {
            "v": state.value,
            "rel": state.relevant,
            "ro": state.readonly,
            "req": state.required,
            "lab": state.label,
            "hint": state.hint,
            "opts": [[choice.value, choice.label] for choice in state.choices],
            "bad": problem.kind if problem is not None and problem.kind != "type" else None,
            "msg": problem.message if problem is not None else "",
        }
        repeat = _INSTANCE.fullmatch(ref)
        if repeat is not None:
            counted = shown.setdefault(f"{repeat[1]}#range", {"n": 0})
            counted["n"] += 1
    return shown


def step(session: xforms.Session, op: Mapping[str, Any]) -> None:
    """Does what a recorded step did; steps that only read do nothing."""
    name = op["op"]
    if name == "answer":
        session.answer(op["ref"], op.get("stored") or "")
    elif name in ("new_repeat", "remove_repeat"):
        getattr(session, name)(op["ref"])
    elif name == "set_language":
        session.set_language(op["lang"])
