"""Replays one walk through a form as JavaRosa recorded it, and counts what this engine shows likewise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from lxml import etree

import xforms
from tests.conformance import adapter
from tests.conformance.cases import same, same_xml
from tests.conformance.outcome import Tally

_REQUIRED, _CONSTRAINT = 1, 2
_MOST_CHOICES = 60
"""The driver tells no more of a question."""
_CHANCE = re.compile(r"\b(?:now|uuid|random)\(")
_NO_TEXT = re.compile(r"\[itext:[^\]<]*\]")
"""What JavaRosa stores for a text that there is not; here, as in web-forms, it is empty."""
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00\.000[+-]\d\d:\d\d")
"""How JavaRosa stores a date worked out in a field of texts; here, as in web-forms, it is the day."""
_XF = "{http://www.w3.org/2002/xforms}"
_PROPERTIES = ("deviceid", "email", "phonenumber", "simserial", "subscriberid", "username")
_INSTANCE = re.compile(r"\[\d+\]")


class _Enough(Exception):
    """The first difference is found."""


class Walk:
    """One walk. ``reasons`` tells, after ``replay``, everything that went otherwise than recorded."""

    def __init__(
        self,
        recorded: Mapping[str, Any],
        form: xforms.Form,
        clock: Callable[[], datetime],
        tally: Tally,
        chance: frozenset[str] = frozenset(),
        *,
        hasty: bool = False,
    ) -> None:
        """``chance`` holds the references, without places of instances, of what the clock or chance gives; who is
        ``hasty`` wants to know no more than the first difference.
        """
        self.recorded = recorded
        self.form = form
        self.clock = clock
        self.tally = tally
        self.chance = chance
        self.hasty = hasty
        self.skipped = {*recorded.get("clock_refs", ()), *recorded.get("disputed_refs", ())}
        self.whole = not set(recorded.get("disputed_refs", ())) and not chance
        self.reasons: list[str] = []

    def replay(self) -> list[str]:
        """Replays it and returns the reasons."""
        with suppress(_Enough):
            self._replay()
        return self.reasons

    def _replay(self) -> None:
        properties = dict.fromkeys(_PROPERTIES, self.recorded.get("property", ""))
        session = self.form.new(self.recorded.get("language"), self.clock, properties)
        expected = dict(self.recorded["init"])
        self._compare(session, "init", expected)
        for at, op in enumerate(self.recorded["steps"]):
            self._shown(session, str(at), op["ref"], op.get("shown")) if "ref" in op else None
            if op["op"] == "answer" and op["code"] in (_REQUIRED, _CONSTRAINT):
                self._rejected(session, at, op)
            elif op["op"] in ("answer", "new_repeat", "remove_repeat", "set_language"):
                adapter.step(session, {**op, "stored": op.get("value")})
            delta = op.get("delta", {})
            expected.update(delta.get("set", {}))
            for ref in delta.get("del", []):
                expected.pop(ref, None)
            self._compare(session, str(at), expected)
            for ref, value in op.get("taken", {}).items():
                # There it is gone; here it would come back with its choice, so from here on it is gone here, too.
                session.answer(ref, value)
        self._end(session)

    def _end(self, session: xforms.Session) -> None:
        for ref, shown in self.recorded["prompts"].items():
            self._shown(session, "end", ref, shown)
        valid = not session.problems()
        self._count("verdicts", valid == self.recorded["valid"], f"end: valid {valid}, {session.problems()[:3]}")
        if self.whole:
            shown, final = session.serialise(final=True), self.recorded["final_xml"]
            difference = same_xml(shown, final, grouped=True)
            if difference and _undisputed(final) != final:
                difference = same_xml(shown, _undisputed(final), grouped=True)
            self._count("documents", not difference, f"final {difference}")

    def _rejected(self, session: xforms.Session, at: int, op: Mapping[str, Any]) -> None:
        """JavaRosa kept the value it had; this engine takes the answer and flags it: so a copy is asked."""
        ref = op["ref"]
        copy = self.form.restore(session.serialise(), session.language or None, self.clock)
        copy.answer(ref, op["value"] or "")
        problem = copy.state(ref).problem
        kinds = ("required",) if op["code"] == _REQUIRED else ("constraint", "type")
        self._count("rejected", problem is not None and problem.kind in kinds, f"{at} {ref} {op['value']!r}: {problem}")
        if problem is not None and "msg" in op:
            self._count("shown", _plain(problem.message) == _plain(op["msg"]), f"{at} {ref} says {problem.message!r}")

    def _shown(self, session: xforms.Session, at: str, ref: str, wanted: Mapping[str, Any] | None) -> None:
        """What is shown of a question: its texts and its choices."""
        if wanted is None:
            return
        state = session.state(ref)
        got = {"lab": _plain(state.label), "hint": _plain(state.hint)}
        for name, text in got.items():
            if name not in wanted:
                continue
            self._count(
                "shown", text == _plain(wanted.get(name)), f"{at} {ref} {name} {text!r} for {wanted.get(name)!r}"
            )
        if "opts" in wanted:
            choices = [[choice.value, _plain(choice.label)] for choice in state.choices[:_MOST_CHOICES]]
            right = choices == [[value, _plain(label)] for value, label in wanted["opts"]]
            self._count("shown", right, f"{at} {ref} choices {choices} for {wanted['opts']}")

    def _compare(self, session: xforms.Session, at: str, expected: Mapping[str, Any]) -> None:
        states = session.states()
        for ref, wanted in expected.items():
            if ref in self.skipped or (self.chance and _INSTANCE.sub("", ref) in self.chance):
                continue
            state = states.get(ref)
            if state is not None and state.relevant and _disputed(state.value, wanted.get("v", "")):
                self.tally["disputed"] += 1
                continue
            right = state is not None and state.relevant == wanted["rel"]
            if right and state is not None and wanted["rel"]:
                right = (state.required, state.readonly) == (wanted["req"], wanted["ro"])
                right = right and ("v" not in wanted or same(state.value, wanted["v"]))
            got = state and (state.value, state.relevant, state.required, state.readonly)
            self._count("properties", right, f"{at} {ref} {got} for {wanted}")

    def _count(self, kind: str, right: bool, reason: str) -> None:
        self.tally[kind] += 1
        self.tally[f"{kind} right"] += right
        if not right:
            self.reasons.append(reason[:300])
            if self.hasty:
                raise _Enough


def chance_in(xml: str) -> frozenset[str]:
    """References of the fields that the clock or chance gives, and of all whose rules name one of those."""
    rules = {str(bind.get("nodeset")): list(_rules(bind)) for bind in etree.fromstring(xml.encode()).iter(f"{_XF}bind")}
    found = {ref for ref, texts in rules.items() if any(_CHANCE.search(text) for text in texts)}
    while True:
        more = {ref for ref, texts in rules.items() if ref not in found and any(_names(texts, each) for each in found)}
        if not more:
            return frozenset(found)
        found |= more


def _rules(bind: etree._Element) -> Iterator[str]:
    for role in ("calculate", "relevant", "readonly", "required"):
        if bind.get(role) is not None:
            yield str(bind.get(role))


def _names(texts: list[str], ref: str) -> bool:
    name = re.compile(rf"/{re.escape(ref.rpartition('/')[2])}\b(?![-.])")
    return any(name.search(text) for text in texts)


def _disputed(value: str, recorded: str) -> bool:
    """Whether the reference engines differ just here, and this one goes with web-forms."""
    return recorded != value and _undisputed(recorded) == value


def _undisputed(text: str) -> str:
    return _MIDNIGHT.sub(r"\1", _NO_TEXT.sub("", text))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
