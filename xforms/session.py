"""One answer sheet being filled: every answer re-evaluates only what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from xforms.data import Element
from xforms.datatypes import answered, fits, is_place
from xforms.definition import Field
from xforms.errors import AnswerError
from xforms.evaluation import FIRST_LOAD, LOAD, Evaluation, moment, preload
from xforms.live import Live, Sheet, Stored
from xforms.model import NO_MEDIA, Choice, Problem, State
from xforms.plan import Plan
from xforms.safexml import printable
from xforms.serialise import write
from xforms.xpath.scope import Env

_SEVERAL = frozenset({"select", "rank"})


def _machine_clock() -> datetime:
    return datetime.now().astimezone()


class Session:
    """The state of all fields of one form for one answer sheet; not to be shared between threads.

    A field is named by its reference: ``/data/group/field``; in a repeat with the place of the instance, from 1:
    ``/data/visit[2]/date``.
    """

    def __init__(
        self,
        plan: Plan,
        language: str,
        now: Callable[[], datetime] | None,
        stored: Stored | None,
        properties: Mapping[str, str] | None = None,
        place: Callable[[], str] | None = None,
        saved: Element | None = None,
    ) -> None:
        """Begins anew when ``stored`` is None, else with a stored sheet."""
        definition = plan.definition
        self._plan = plan
        self._definition = definition
        self._fields = definition.fields
        self._language = language
        self._at_language = self._language_index()
        self._shown = False
        self._sheet = Sheet(plan, stored)
        self._env = Env(
            root=self._sheet.document,
            single=self._sheet.single,
            clock=now or _machine_clock,
            text=self._text,
            choice_label=self._choice_label,
            node=self._sheet.root,
            origin=self._sheet.root,
            place=place or str,
            saved=saved or Element("", kind="document"),
        )
        self._evaluation = Evaluation(plan, self._sheet, self._env)
        if stored is None:
            preload(definition, self._sheet, self._env, dict(properties or {}))
        self._evaluation.everything(volatile=stored is None)
        if stored is None:
            self._evaluation.fire(FIRST_LOAD)
        self._evaluation.fire(LOAD)
        self._evaluation.touched.clear()

    # Reading

    @property
    def language(self) -> str:
        """The language of all texts; ``""`` for a form without translations."""
        return self._language

    def state(self, ref: str) -> State:
        """The state of a field or group; it is made when it is first asked for, and kept.

        A repeat without a number, ``/data/visit``, is the place of its instances: it has their label.

        Raises:
            AnswerError: ``unknown_field``.
        """
        return self._state(self._live(ref))

    def relevant_value(self, ref: str) -> str | None:
        """The value that counts: that of the state where the field is relevant, None where it is not.

        It spares the making of the state, for whoever asks for values alone.

        Raises:
            AnswerError: ``unknown_field``.
        """
        live = self._live(ref)
        return live.text if live.relevant else None

    def instances(self, ref: str) -> int:
        """How many instances a repeat has, ``/data/visit``; one inside another by its parent, ``/data/day[2]/visit``.

        Raises:
            AnswerError: ``unknown_field``, or ``not_a_repeat``.
        """
        place, parent = self._range(ref)
        return len(parent.named(place.name))

    def may_add(self, ref: str) -> bool:
        """Whether an instance may be added to a repeat by hand now: it is relevant, and the form settles no number.

        Raises:
            AnswerError: ``unknown_field``, or ``not_a_repeat``.
        """
        place, parent = self._range(ref)
        field = self._fields[place.index]
        if field.node.counted or not parent.relevant:
            return False
        self._env.stand_at(place)
        return field.relevant is None or field.relevant.truth(self._env)

    def states(self) -> Mapping[str, State]:
        """All states by reference, in document order: a copy."""
        return {self._sheet.shown(live): self._state(live) for live in self._sheet.all()}

    def problems(self) -> tuple[tuple[str, Problem], ...]:
        """What blocks finalising, in document order."""
        fallible, found = self._plan.fallible, []
        for live in self._sheet.all():
            if live.relevant and fallible[live.index]:
                problem = self._problem(live) if live.state is None else live.state.problem
                if problem is not None:
                    found.append((self._sheet.shown(live), problem))
        return tuple(found)

    def serialise(self, final: bool = False) -> str:
        """The answers as XML.

        Args:
            final: False for a draft that ``Form.restore`` takes up exactly; True for what is submitted: without what
                is not relevant, and with the end time where the form asks for one.
        """
        ends: dict[int, str] = {}
        if final:
            ends = {field.node.index: moment(self._env.clock) for field in self._fields if field.preload == "end"}
        return write(self._definition, self._sheet.root, ends, final=final)

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
        live = self._live(ref)
        field = self._fields[live.index]
        if not field.node.leaf:
            raise AnswerError("not_a_question", "a group takes no answer", ref)
        if field.calculate is not None and not field.control:
            raise AnswerError("calculated", "the field is calculated", ref)
        if self._state(live).readonly:
            raise AnswerError("readonly", "the field is read-only", ref)
        self._show_all()
        self._evaluation.put(live, answered(field.type, printable(value)))
        return self._refreshed()

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Fields that an action would fill with the place of the device, which did not know it yet."""
        return tuple(self._sheet.shown(live) for live in self._evaluation.unplaced)

    def locate(self, position: str) -> frozenset[str]:
        """Tells where the device is: fills in all that is ``unplaced``.

        Args:
            position: A geopoint, ``21.4225 39.8262 277 4.5``.

        Returns:
            References of all fields and groups whose state changed.

        Raises:
            AnswerError: ``bad_place``: it is no geopoint.
        """
        if not is_place(position):
            raise AnswerError("bad_place", "a place is a latitude and a longitude in degrees")
        self._show_all()
        self._evaluation.place(position)
        return self._refreshed()

    def new_repeat(self, ref: str) -> frozenset[str]:
        """Adds an instance at the end of a repeat, ``/data/visit``.

        Returns:
            References of all that came and of all whose state changed.

        Raises:
            AnswerError: ``unknown_field``, ``not_a_repeat``, ``counted`` (the form settles the number), or
                ``too_many``.
        """
        place = self._live(ref)
        if place.kind != "range":
            raise AnswerError("not_a_repeat", "only a repeat takes a new instance", ref)
        if self._fields[place.index].node.counted:
            raise AnswerError("counted", "the form settles how many there are", ref)
        self._show_all()
        if self._evaluation.add(place) is None:
            raise AnswerError("too_many", "the repeat has as many instances as there may be", ref)
        return self._refreshed()

    def remove_repeat(self, ref: str) -> frozenset[str]:
        """Removes an instance of a repeat, ``/data/visit[2]``; those behind it move up.

        Returns:
            References of all whose state changed or that moved; those that went are none of them.

        Raises:
            AnswerError: ``unknown_field``, ``not_a_repeat``, or ``counted``.
        """
        live = self._live(ref)
        field = self._fields[live.index]
        if not field.node.repeat or live.kind == "range":
            raise AnswerError("not_a_repeat", "only an instance of a repeat can be removed", ref)
        if field.node.counted:
            raise AnswerError("counted", "the form settles how many there are", ref)
        self._show_all()
        moved = {each for each in self._sheet.all() if each.index == live.index and each.parent is live.parent}
        self._evaluation.take(live)
        changed = self._refreshed()
        return changed | {self._sheet.shown(each) for each in moved if each.parent is not None and each is not live}

    def set_language(self, name: str) -> frozenset[str]:
        """Changes the language of all texts.

        Args:
            name: A language by its name in ``Form.languages`` or by its code: ``ar`` for ``Arabic (ar)``.

        Returns:
            References of all fields and groups whose state changed.

        Raises:
            LanguageError: The form has no such language.
        """
        language = self._definition.texts.language(name)
        self._show_all()
        self._language = language
        self._at_language = self._language_index()
        return self.evaluate_all()

    def evaluate_all(self) -> frozenset[str]:
        """Works everything out anew, except what the clock or chance gave; for tests and after a change of language.

        Returns:
            References of all fields and groups whose state changed: none, if only the necessary work was left out
            before.
        """
        self._show_all()
        for live in self._sheet.all():
            live.offered = None
        self._evaluation.everything(volatile=False)
        self._evaluation.touched.update(dict.fromkeys(self._sheet.all()))
        return self._refreshed()

    # Showing

    def _live(self, ref: str) -> Live:
        index = self._definition.index.get(ref)
        live: Element | None = None
        if index is not None and not self._fields[index].node.in_repeat:
            live = self._sheet.single[index]
        else:
            live = self._sheet.find(ref)
        if not isinstance(live, Live):
            raise AnswerError("unknown_field", "the form has no such field", ref)
        return live

    def _range(self, ref: str) -> tuple[Live, Element]:
        """The place of a repeat's instances, and what it stands in."""
        live = self._live(ref)
        if live.kind != "range" or live.parent is None:
            raise AnswerError("not_a_repeat", "only a repeat has instances", ref)
        return live, live.parent

    def _state(self, live: Live) -> State:
        if live.kind == "range":  # nobody says that what it shows has changed
            return self._made(live)
        if live.state is None:
            live.state = self._made(live)
        return live.state

    def _show_all(self) -> None:
        """Makes every state that nobody asked for yet, before the first change: what differs shows only beside it."""
        if self._shown:
            return
        self._shown = True
        for live in self._sheet.all():
            if live.state is None:
                live.state = self._made(live)

    def _refreshed(self) -> frozenset[str]:
        """Makes the states of all that was touched anew and tells which differ."""
        changed = []
        touched, self._evaluation.touched = self._evaluation.touched, {}
        for live in touched:
            if live.parent is None or not self._attached(live):
                continue
            state = self._made(live)
            if state != live.state:
                live.state = state
                changed.append(self._sheet.shown(live))
        return frozenset(changed)

    def _attached(self, live: Live) -> bool:
        if not self._fields[live.index].node.in_repeat:
            return True
        at: Element | None = live
        while at is not None and at is not self._sheet.document:
            at = at.parent
        return at is not None and live.kind != "range"

    def _made(self, live: Live) -> State:
        env, field = self._env, self._fields[live.index]
        language = self._at_language
        choices = self._choices(live) if field.choices is not None else ()
        env.stand_at(live)
        required = field.required is not None and field.required.truth(env)
        return State(
            value=live.text if field.node.leaf else "",
            relevant=live.relevant,
            required=required,
            readonly=self._readonly(live),
            label=field.label.render(env, language),
            hint=field.hint.render(env, language),
            guidance=field.guidance.render(env, language),
            choices=choices,
            problem=self._problem(live, required) if live.relevant and self._plan.fallible[live.index] else None,
            media={kind: text.render(env, language) for kind, text in field.media} if field.media else NO_MEDIA,
        )

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

    def _problem(self, live: Live, required: bool | None = None) -> Problem | None:
        """What is wrong with the value of a relevant field; ``required`` spares asking that again."""
        env, field, value = self._env, self._fields[live.index], live.text
        env.node = env.origin = live
        if not value.strip():
            if required is None:
                required = field.required is not None and field.required.truth(env)
            if not required:
                return None
            return Problem("required", field.required_message.render(env, self._at_language))
        if not fits(field.type, value) or not self._is_offered(live, field, value):
            return Problem("type")
        if field.constraint is not None and not field.constraint.truth(env):
            return Problem("constraint", field.constraint_message.render(env, self._at_language))
        return None

    def _is_offered(self, live: Live, field: Field, value: str) -> bool:
        # The choices of a range only mark its scale; filtered ones have narrowed the value already.
        if field.choices is None or field.narrowed or field.control == "range":
            return True
        if not field.choices.deps:
            allowed = field.choices.values(self._env, self._at_language, self._definition.texts)
        else:
            choices = self._choices(live)
            if live.allowed is None or live.allowed[0] is not choices:
                live.allowed = (choices, frozenset(choice.value for choice in choices))
            allowed = live.allowed[1]
        return allowed.issuperset(value.split()) if field.control in _SEVERAL else value in allowed

    def _choices(self, live: Live) -> tuple[Choice, ...]:
        if live.offered is None:
            choices = self._fields[live.index].choices
            self._env.stand_at(live)
            live.offered = (
                () if choices is None else choices.choices(self._env, self._at_language, self._definition.texts)
            )
        return live.offered

    def _language_index(self) -> int:
        languages = self._definition.texts.languages
        return languages.index(self._language) if languages else 0

    def _text(self, identifier: str) -> str:
        return self._definition.texts.lookup(identifier, self._at_language)

    def _choice_label(self, index: int, value: str) -> str:
        choices, env = self._fields[index].choices, self._env
        if choices is None:
            return ""
        outer = env.node, env.origin
        owner = next(iter(self._near(index)), None)
        try:
            if owner is not None:
                env.stand_at(owner)
            return choices.label_of(value, env, self._at_language, self._definition.texts)
        finally:
            env.node, env.origin = outer

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
