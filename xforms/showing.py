"""What a screen shows of each field beside its value: made when it is asked for, looked at again where it may differ.

A state has aspects (``xforms.definition``), each worked out by expressions of its own that read fields of their own.
Whoever changes a value says which aspects of which fields may have changed with it; the others are not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from xforms.data import Element
from xforms.datatypes import ANYTHING, fits
from xforms.definition import CHOICES, PROBLEM, READONLY, REQUIRED, TEXTS, Field
from xforms.itext import NO_TEXT
from xforms.live import Face, Live, Sheet
from xforms.model import NO_MEDIA, Choice, Problem, State
from xforms.plan import Plan
from xforms.xpath.scope import Env

Before: TypeAlias = Mapping[Live, tuple[str, bool]]
"""Value and relevance of fields as they were before a change."""

_SEVERAL = frozenset({"select", "rank"})


@lru_cache(maxsize=1024)
def _problem(kind: str, message: str) -> Problem:
    return Problem(kind, message)


_UNANSWERED = Problem("required")
"""What is wrong with most questions of a sheet that was just begun."""


class Showing:
    """The states of all fields of one sheet.

    Attributes:
        language: The position of the language in which texts are shown.
    """

    def __init__(self, plan: Plan, sheet: Sheet, env: Env, language: int) -> None:
        self.language = language
        self._plan = plan
        self._texts = plan.definition.texts
        self._fields = plan.definition.fields
        self._sheet = sheet
        self._env = env
        self._complete = False

    def state(self, live: Live) -> State:
        """All that a screen shows of a field, group or instance."""
        if live.kind == "range":  # nobody says that what it shows has changed
            return self._state(live, self._made(live))
        face = self.face(live)
        if face.state is None:
            face.state = self._state(live, face)
        return face.state

    def states(self) -> dict[Live, State]:
        """All states, in document order."""
        return {live: self.state(live) for live in self._sheet.all()}

    def face(self, live: Live) -> Face:
        """What is worked out of a field beside its value."""
        if live.face is None:
            live.face = self._made(live)
        return live.face

    def complete(self) -> None:
        """Works out what nobody asked for yet, before the first change: what differs shows only beside it."""
        if not self._complete:
            self._complete = True
            for live in self._sheet.all():
                self.face(live)

    def everywhere(self) -> dict[Live, int]:
        """All that expressions say of a sheet: what is not relevant has no problem, and had none."""
        asked, unjudged = self._plan.asked, self._plan.unjudged
        return {
            live: aspects
            for live in self._sheet.all()
            if (aspects := asked[live.index] if live.relevant else unjudged[live.index])
        }

    def refreshed(self, touched: Mapping[Live, int], before: Before) -> frozenset[str]:
        """Looks again at all that may have changed.

        Args:
            touched: The aspects of each field that may differ, whatever became of the field itself.
            before: What was there before, of fields whose value or relevance changed on the way.

        Returns:
            References of all whose state differs now.
        """
        changed: list[str] = []
        judged, rooted = self._plan.judged, self._plan.flat
        for live, (text, relevant) in before.items():
            if not (rooted or self._attached(live)):
                continue
            aspects, face = judged[live.index] | touched.get(live, 0) if touched else judged[live.index], live.face
            differs = live.text != text or live.relevant != relevant
            if aspects == PROBLEM and face is not None:  # by far the most
                problem = self._problem(live, face) if live.relevant else None
                if problem is not face.problem:
                    differs = differs or problem != face.problem
                    face.problem = problem
                if differs:
                    face.state = None
            else:
                differs = self._looked_at(live, aspects, differs)
            if differs:
                changed.append(live.ref or self._sheet.shown(live))
        if touched:
            for live, aspects in touched.items():
                if live not in before and (rooted or self._attached(live)) and self._looked_at(live, aspects, False):
                    changed.append(live.ref or self._sheet.shown(live))
        return frozenset(changed)

    def anew(self, before: Mapping[Live, State]) -> frozenset[str]:
        """Makes everything anew.

        Args:
            before: All states as they were.

        Returns:
            References of all that differ.
        """
        changed = []
        for live in self._sheet.all():
            live.face = None
            if self.state(live) != before.get(live):
                changed.append(self._sheet.shown(live))
        return frozenset(changed)

    def problem(self, live: Live) -> Problem | None:
        """Why a field blocks finalising."""
        if not (live.relevant and self._plan.fallible[live.index]):
            return None
        return self._problem(live, None) if live.face is None else live.face.problem

    def choice_label(self, index: int, value: str) -> str:
        """The label of a value among the choices of a select, seen from where an expression runs."""
        choices, env = self._fields[index].choices, self._env
        if choices is None:
            return ""
        outer = env.node, env.origin
        owner = next(iter(self._near(index)), None)
        try:
            if owner is not None:
                env.stand_at(owner)
            return choices.label_of(value, env, self.language, self._texts)
        finally:
            env.node, env.origin = outer

    # Parts

    def _state(self, live: Live, face: Face) -> State:
        field = self._fields[live.index]
        self._env.stand_at(live)
        label, hint, guidance, *media = face.texts or self._rendered(field)
        return State(
            value=live.text if self._plan.leaves[live.index] else "",
            relevant=live.relevant,
            required=face.required,
            readonly=face.readonly,
            label=label,
            hint=hint,
            guidance=guidance,
            choices=face.offered if face.offered is not None else self._offered(live, field),
            problem=face.problem,
            media={kind: text for (kind, _), text in zip(field.media, media, strict=True)} if media else NO_MEDIA,
        )

    def _made(self, live: Live) -> Face:
        face = Face()
        self._differs(live, face, self._plan.aspects[live.index] | REQUIRED)
        return face

    def _looked_at(self, live: Live, aspects: int, differs: bool) -> bool:
        """Looks again at some aspects of a field, which may differ already; tells whether it does now."""
        face = live.face
        if face is None:  # it came with this change
            live.face = self._made(live)
            return True
        if aspects and self._differs(live, face, aspects):
            differs = True
        if differs:
            face.state = None
        return differs

    def _differs(self, live: Live, face: Face, aspects: int) -> bool:
        """Works some aspects out anew; tells whether any differs."""
        env, field = self._env, self._fields[live.index]
        env.node = env.origin = live
        differs = False
        if aspects & REQUIRED and field.required is not None:
            required = field.required.truth(env)
            differs, face.required = required is not face.required, required
        if aspects & READONLY:
            readonly = self._readonly(live)
            differs, face.readonly = differs or readonly is not face.readonly, readonly
        if aspects & TEXTS:
            texts = self._rendered(field)
            differs, face.texts = differs or texts != face.texts, texts
        if aspects & CHOICES:
            offered = self._offered(live, field)
            differs, face.offered = differs or offered != face.offered, offered
        if aspects & PROBLEM:
            problem = self._problem(live, face) if live.relevant else None
            if problem is not face.problem:
                differs, face.problem = differs or problem != face.problem, problem
        return differs

    def _rendered(self, field: Field) -> tuple[str, ...]:
        env, language = self._env, self.language
        texts = (field.label, field.hint, field.guidance, *(text for _, text in field.media))
        return tuple([text.render(env, language) for text in texts])

    def _readonly(self, live: Live) -> bool:
        """Its own or what it stands in is read-only; each expression runs where it stands."""
        at: Element | None = live
        for expression in reversed(self._fields[live.index].readonly):
            while at is not None and expression not in self._fields[at.index].own_readonly:
                at = at.parent
            if at is not None:
                self._env.stand_at(at)
            if expression.truth(self._env):
                self._env.stand_at(live)
                return True
        self._env.stand_at(live)
        return False

    def _problem(self, live: Live, face: Face | None) -> Problem | None:
        """What is wrong with the value of a relevant field; its face, where it has one, knows more of it."""
        env, field, value = self._env, self._fields[live.index], live.text
        env.node = env.origin = live
        if not value or value.isspace():
            required = face.required if face is not None else field.required is not None and field.required.truth(env)
            if not required:
                return None
            message = field.required_message
            return _UNANSWERED if message is NO_TEXT else _problem("required", message.render(env, self.language))
        if not (field.type in ANYTHING or fits(field.type, value)) or not self._is_offered(live, field, face, value):
            return _problem("type", "")
        if field.constraint is not None and not field.constraint.truth(env):
            return _problem("constraint", field.constraint_message.render(env, self.language))
        return None

    def _is_offered(self, live: Live, field: Field, face: Face | None, value: str) -> bool:
        choices = field.choices
        # The choices of a range only mark its scale; filtered ones have narrowed the value already.
        if choices is None or field.narrowed or field.control == "range":
            return True
        if choices.stored is not None:
            allowed = choices.stored
        elif choices.constant:
            allowed = choices.values(self._env)
        else:
            offered = face.offered if face is not None else None
            offered = offered if offered is not None else self._offered(live, field)
            if face is None or face.allowed is None or face.allowed[0] is not offered:
                allowed = frozenset([choice.value for choice in offered])
                if face is not None:
                    face.allowed = (offered, allowed)
            else:
                allowed = face.allowed[1]
        return allowed.issuperset(value.split()) if field.control in _SEVERAL else value in allowed

    def _offered(self, live: Live, field: Field) -> tuple[Choice, ...]:
        if field.choices is None:
            return ()
        self._env.stand_at(live)
        return field.choices.choices(self._env, self.language, self._texts)

    def _attached(self, live: Live) -> bool:
        if not self._fields[live.index].node.in_repeat:
            return True
        at: Element | None = live
        while at is not None and at is not self._sheet.document:
            at = at.parent
        return at is not None and live.kind != "range"

    def _near(self, index: int) -> Iterable[Live]:
        """Instances of a field in what the running expression stands in, the nearest first."""
        at: Element | None = self._env.origin
        while at is not None:
            if isinstance(at, Live) and at.index in {index, *self._above(index)}:
                yield from self._sheet.instances(index, at)
            at = at.parent

    def _above(self, index: int) -> Iterable[int]:
        while index >= 0:
            index = self._fields[index].node.parent
            yield index
