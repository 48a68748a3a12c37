"""One answer sheet being filled: every answer re-evaluates only what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from heapq import heappop, heappush

from xforms.datatypes import fits
from xforms.definition import Definition, Field
from xforms.errors import AnswerError
from xforms.model import Choice, Problem, State
from xforms.safexml import printable
from xforms.serialise import write
from xforms.xpath.compile import Expression
from xforms.xpath.scope import Env
from xforms.xpath.values import date_of, stored_text


def _machine_clock() -> datetime:
    return datetime.now().astimezone()


class Session:
    """The state of all fields of one form for one answer sheet; not to be shared between threads."""

    def __init__(
        self,
        definition: Definition,
        language: str,
        now: Callable[[], datetime] | None,
        stored: list[str] | None,
    ) -> None:
        """Begins anew when ``stored`` is None, else with the stored values by node index."""
        size = len(definition.fields)
        self._definition = definition
        self._fields = definition.fields
        self._language = language
        self._offered: dict[int, tuple[Choice, ...]] = {}
        self._allowed: dict[int, tuple[tuple[Choice, ...], frozenset[str]]] = {}
        self._env = Env(
            values=[field.node.default for field in definition.fields] if stored is None else stored,
            seen=[""] * size,
            relevant=[True] * size,
            clock=now or _machine_clock,
            text=self._text,
            choice_label=self._choice_label,
        )
        self._states: list[State] = []
        if stored is None:
            self._preload()
            self._work_out(range(size), volatile=True)
            self._first_load()
        else:
            self._work_out(range(size), volatile=False)
        self._states = [self._state(field) for field in self._fields]

    # Reading

    @property
    def language(self) -> str:
        """The language of all texts; ``""`` for a form without translations."""
        return self._language

    def state(self, ref: str) -> State:
        """The state of a field or group; it is kept ready, so asking costs nothing.

        Raises:
            AnswerError: ``unknown_field``.
        """
        return self._states[self._index(ref)]

    def states(self) -> Mapping[str, State]:
        """All states by reference, in document order: a copy."""
        return {field.node.ref: state for field, state in zip(self._fields, self._states, strict=True)}

    def problems(self) -> tuple[tuple[str, Problem], ...]:
        """What blocks finalising, in document order."""
        return tuple(
            (field.node.ref, state.problem)
            for field, state in zip(self._fields, self._states, strict=True)
            if state.problem is not None
        )

    def serialise(self, final: bool = False) -> str:
        """The answers as XML.

        Args:
            final: False for a draft that ``Form.restore`` takes up exactly; True for what is submitted: without what
                is not relevant, and with the end time where the form asks for one.
        """
        values, keep = self._env.values, [True] * len(self._fields)
        if final:
            keep = self._env.relevant
            ends = [field.node.index for field in self._fields if field.preload == "end"]
            if ends:
                values = list(values)
                for index in ends:
                    values[index] = self._now()
        return write(self._definition, values, keep)

    # Writing

    def answer(self, ref: str, value: str) -> frozenset[str]:
        """Answers a question; ``""`` takes the answer away.

        A value that is of the wrong type or breaks a constraint is kept, and flagged in ``State.problem``. Characters
        that XML cannot hold are dropped.

        Returns:
            References of all fields and groups whose state changed.

        Raises:
            AnswerError: ``unknown_field``, ``not_a_question`` (a group), ``calculated``, or ``readonly``.
        """
        index = self._index(ref)
        field = self._fields[index]
        if not field.node.leaf:
            raise AnswerError("not_a_question", "a group takes no answer", ref)
        if field.calculate is not None:
            raise AnswerError("calculated", "the field is calculated", ref)
        if self._states[index].readonly:
            raise AnswerError("readonly", "the field is read-only", ref)
        return self._refresh(self._put(index, printable(value)))

    def set_language(self, name: str) -> frozenset[str]:
        """Changes the language of all texts.

        Args:
            name: A language by its name in ``Form.languages`` or by its code: ``ar`` for ``Arabic (ar)``.

        Returns:
            References of all fields and groups whose state changed.

        Raises:
            LanguageError: The form has no such language.
        """
        self._language = self._definition.texts.language(name)
        return self.evaluate_all()

    def evaluate_all(self) -> frozenset[str]:
        """Works everything out anew, except what the clock or chance gave; for tests and after a change of language.

        Returns:
            References of all fields and groups whose state changed: none, if only the necessary work was left out
            before.
        """
        self._offered.clear()
        self._work_out(range(len(self._fields)), volatile=False)
        return self._refresh(range(len(self._fields)))

    # Working out

    def _index(self, ref: str) -> int:
        index = self._definition.index.get(ref)
        if index is None:
            raise AnswerError("unknown_field", "the form has no such field", ref)
        return index

    def _now(self) -> str:
        return self._env.clock().isoformat(timespec="milliseconds")

    def _preload(self) -> None:
        makers: dict[str, Callable[[], str]] = {
            "uid": lambda: f"uuid:{self._env.unique()}",
            "today": lambda: self._env.clock().date().isoformat(),
            "start": self._now,
        }
        for field in self._fields:
            make = makers.get(field.preload)
            if make is not None:
                self._env.values[field.node.index] = make()

    def _first_load(self) -> None:
        """Dynamic defaults, in document order, each seeing the ones before."""
        for action in self._definition.setvalues:
            value = action.value
            text = value if isinstance(value, str) else _stored(value, self._fields[action.target], self._env)
            self._put(action.target, printable(text))

    def _put(self, index: int, value: str) -> set[int]:
        """Stores a value and works out what follows; returns the nodes to look at again."""
        if self._env.values[index] == value:
            return set()
        self._env.values[index] = value
        if not self._env.relevant[index]:
            return {index}
        self._env.seen[index] = value
        touched = {index, *self._definition.watchers[index]}
        self._drop_choices(index)
        return touched | self._work_out(self._definition.readers[index], volatile=True)

    def _work_out(self, indices: Iterable[int], volatile: bool) -> set[int]:
        """Evaluates relevance and calculations of these nodes and of all that then follows, each at most once.

        Args:
            indices: Nodes to begin with.
            volatile: Whether calculations that read the clock or chance are evaluated too.
        """
        env, rank, order = self._env, self._definition.rank, self._definition.order
        waiting = sorted(rank[index] for index in indices)
        queued = set(waiting)
        touched: set[int] = set()
        while waiting:
            index = order[heappop(waiting)]
            field, before = self._fields[index], env.values[index]
            relevant, seen = self._evaluated(field, volatile)
            if env.values[index] != before:
                touched.add(index)
            if relevant == env.relevant[index] and seen == env.seen[index]:
                continue
            env.relevant[index], env.seen[index] = relevant, seen
            touched.add(index)
            touched.update(self._definition.watchers[index])
            self._drop_choices(index)
            for reader in self._definition.readers[index]:
                if rank[reader] not in queued:
                    queued.add(rank[reader])
                    heappush(waiting, rank[reader])
        return touched

    def _evaluated(self, field: Field, volatile: bool) -> tuple[bool, str]:
        """Relevance, and the value as expressions see it, of one node whose sources are settled."""
        env, index, parent = self._env, field.node.index, field.node.parent
        relevant = (parent < 0 or env.relevant[parent]) and (field.relevant is None or field.relevant.truth(env))
        calculate = field.calculate
        if calculate is not None and (volatile or not calculate.volatile):
            env.values[index] = printable(_stored(calculate, field, env))
        return relevant, env.values[index] if relevant and field.node.leaf else ""

    # Showing

    def _refresh(self, indices: Iterable[int]) -> frozenset[str]:
        """Makes the states of these nodes anew and tells which differ."""
        changed = []
        for index in indices:
            state = self._state(self._fields[index])
            if state != self._states[index]:
                self._states[index] = state
                changed.append(self._fields[index].node.ref)
        return frozenset(changed)

    def _state(self, field: Field) -> State:
        env, index = self._env, field.node.index
        language = self._language_index()
        relevant = env.relevant[index]
        required = field.required is not None and field.required.truth(env)
        choices = self._choices(index) if field.choices is not None else ()
        return State(
            value=env.values[index] if field.node.leaf else "",
            relevant=relevant,
            required=required,
            readonly=any(expression.truth(env) for expression in field.readonly),
            label=field.label.render(env, language),
            hint=field.hint.render(env, language),
            guidance=field.guidance.render(env, language),
            choices=choices,
            problem=self._problem(field, required) if relevant and field.node.leaf else None,
        )

    def _problem(self, field: Field, required: bool) -> Problem | None:
        env, index = self._env, field.node.index
        value = env.values[index]
        if not value.strip():
            return Problem("required", field.required_message.render(env, self._language_index())) if required else None
        if not fits(field.type, value) or not self._is_offered(field, value):
            return Problem("type")
        if field.constraint is not None and not field.constraint.truth(env):
            return Problem("constraint", field.constraint_message.render(env, self._language_index()))
        return None

    def _is_offered(self, field: Field, value: str) -> bool:
        if field.choices is None:
            return True
        index, choices = field.node.index, self._choices(field.node.index)
        known = self._allowed.get(index)
        if known is None or known[0] is not choices:
            known = (choices, frozenset(choice.value for choice in choices))
            self._allowed[index] = known
        return set(value.split() if field.control == "select" else [value]) <= known[1]

    def _choices(self, index: int) -> tuple[Choice, ...]:
        made = self._offered.get(index)
        if made is None:
            choices = self._fields[index].choices
            made = () if choices is None else choices.choices(self._env, self._language_index(), self._definition.texts)
            self._offered[index] = made
        return made

    def _drop_choices(self, changed: int) -> None:
        """Forgets lists of choices that look at a field that changed."""
        for index in (changed, *self._definition.watchers[changed]):
            choices = self._fields[index].choices
            if choices is not None and changed in choices.deps:
                self._offered.pop(index, None)

    def _language_index(self) -> int:
        languages = self._definition.texts.languages
        return languages.index(self._language) if languages else 0

    def _text(self, identifier: str) -> str:
        return self._definition.texts.lookup(identifier, self._language_index())

    def _choice_label(self, index: int, value: str) -> str:
        choices = self._fields[index].choices
        if choices is None:
            return ""
        return choices.label_of(value, self._env, self._language_index(), self._definition.texts)


def _stored(expression: Expression, field: Field, env: Env) -> str:
    """What an expression stores in a field: a number becomes a date where the field holds dates."""
    value = expression.run(env)
    if field.type == "date" and isinstance(value, float) and not isinstance(value, bool):
        return date_of(value)
    return stored_text(value)
