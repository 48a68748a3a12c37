"""One answer sheet being filled: every answer re-evaluates only what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from xforms.data import Element
from xforms.datatypes import answered, is_place
from xforms.definition import FIRST_LOAD, LOAD
from xforms.errors import AnswerError
from xforms.evaluation import Evaluation, moment, preload
from xforms.live import Live, Sheet, Stored
from xforms.model import Problem, State
from xforms.plan import Plan
from xforms.safexml import printable
from xforms.serialise import write
from xforms.showing import Showing
from xforms.xpath.scope import LOOKS, Env


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
        unplaced: Iterable[str] = (),
    ) -> None:
        """Begins anew when ``stored`` is None, else with a stored sheet and the fields of it that were ``unplaced``.

        Raises:
            AnswerError: ``unknown_field``: the sheet has no such field to be placed.
        """
        definition = plan.definition
        self._plan = plan
        self._definition = definition
        self._fields = definition.fields
        self._language = language
        self._sheet = Sheet(plan, stored)
        self._env = Env(
            root=self._sheet.document,
            single=self._sheet.single,
            clock=now or _machine_clock,
            text=self._text,
            choice_label=lambda index, value: self._showing.choice_label(index, value),
            node=self._sheet.root,
            origin=self._sheet.root,
            place=place or str,
            changes=[0] * len(self._fields),
            saved=saved or Element("", kind="document"),
        )
        self._showing = Showing(plan, self._sheet, self._env, self._language_index())
        self._evaluation = Evaluation(plan, self._sheet, self._env)
        self._overrun = False
        if stored is None:
            preload(definition, self._sheet, self._env, dict(properties or {}))
        self._evaluation.everything(volatile=stored is None)
        if stored is None:
            self._evaluation.fire(FIRST_LOAD)
        self._evaluation.wait_for_place([self._live(ref) for ref in unplaced])
        self._evaluation.fire(LOAD)
        self._evaluation.taken()
        self._overrun = self._overrun or self._env.tired

    # Reading

    @property
    def overrun(self) -> bool:
        """Whether the form once asked for more work than anybody waits for: what it then gave is not to be relied on.

        No form that was made to be filled comes near the bound; the README tells what it is.
        """
        return self._overrun or self._env.tired

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
        return self._showing.state(self._live(ref))

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
        self._rested()
        return {self._sheet.shown(live): state for live, state in self._showing.states().items()}

    def problems(self) -> tuple[tuple[str, Problem], ...]:
        """What blocks finalising, in document order."""
        self._rested()
        asked = ((live, self._showing.problem(live)) for live in self._sheet.all())
        return tuple((self._sheet.shown(live), problem) for live, problem in asked if problem is not None)

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
        if not self._plan.leaves[live.index]:
            raise AnswerError("not_a_question", "a group takes no answer", ref)
        if field.calculate is not None and not field.control:
            raise AnswerError("calculated", "the field is calculated", ref)
        if self._showing.face(live).readonly:
            raise AnswerError("readonly", "the field is read-only", ref)
        self._showing.complete()
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
        self._showing.complete()
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
        self._showing.complete()
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
        self._showing.complete()
        moved = self._evaluation.take(live)
        # With an instance all that stands in it moves up: under its reference stands what another held before.
        below = (each for instance in moved for each in instance.below() if isinstance(each, Live))
        return self._refreshed() | {self._sheet.shown(each) for each in below}

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
        self._rested()
        states = self._showing.states()
        self._language = language
        self._showing.language = self._language_index()
        self._evaluation.everything(volatile=False)
        self._evaluation.taken()
        return self._showing.anew(states)

    def evaluate_all(self) -> frozenset[str]:
        """Works everything out anew, except what the clock or chance gave; for tests and after a change of language.

        Returns:
            References of all fields and groups whose state changed: none, if only the necessary work was left out
            before.
        """
        self._rested()
        self._showing.complete()
        self._evaluation.everything(volatile=False)
        touched, before = self._evaluation.taken()
        return self._showing.refreshed(self._showing.everywhere() | touched, before)

    # Parts

    def _live(self, ref: str) -> Live:
        self._rested()
        index = self._definition.index.get(ref)
        live: Element | None = self._sheet.single[index] if index is not None else None
        if not isinstance(live, Live):  # what is in repeats is in no such place
            live = self._sheet.find(ref)
            if live is None:
                raise AnswerError("unknown_field", "the form has no such field", ref)
        return live

    def _rested(self) -> None:
        """What is asked now may look at as much as anything asked before; whether that was too much is remembered."""
        env = self._env
        if env.looks != LOOKS:
            self._overrun = self._overrun or env.tired
            env.looks = LOOKS

    def _range(self, ref: str) -> tuple[Live, Element]:
        """The place of a repeat's instances, and what it stands in."""
        live = self._live(ref)
        if live.kind != "range" or live.parent is None:
            raise AnswerError("not_a_repeat", "only a repeat has instances", ref)
        return live, live.parent

    def _refreshed(self) -> frozenset[str]:
        return self._showing.refreshed(*self._evaluation.taken())

    def _language_index(self) -> int:
        languages = self._definition.texts.languages
        return languages.index(self._language) if languages else 0

    def _text(self, identifier: str) -> str:
        return self._definition.texts.lookup(identifier, self._showing.language)
