"""Working out an answer sheet: what depends on a change is evaluated, in order, and repeats grow and shrink."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from heapq import heappop, heappush

from xforms.data import Element
from xforms.datatypes import answered, is_place
from xforms.definition import CHANGED, NEW_REPEAT, Definition
from xforms.live import MAX_INSTANCES, Live, Sheet
from xforms.plan import Plan, Step, stored
from xforms.safexml import printable
from xforms.xpath.compile import Expression
from xforms.xpath.scope import Env
from xforms.xpath.values import number_of

MAX_ROUNDS = 60
"""How often one field may be worked out after one change, where instances of a repeat read each other."""
MAX_CHAIN = 50
"""How many actions may set each other off."""
ACTION = 100
"""How many looks (``xforms.xpath.scope``) an action counts for."""


class Evaluation:
    """The values and relevance of one sheet.

    Attributes:
        touched: What is shown of each field that may be another since somebody last asked, though nothing need have
            happened to the field itself: its aspects.
        before: The value and the relevance from before, of those in which these changed.
        unplaced: Fields that wait for the place of the device.
    """

    def __init__(self, plan: Plan, sheet: Sheet, env: Env) -> None:
        self.plan = plan
        self.definition = plan.definition
        self.fields = plan.definition.fields
        self.sheet = sheet
        self.env = env
        self.touched: dict[Live, int] = {}
        self.before: dict[Live, tuple[str, bool]] = {}
        self.unplaced: dict[Live, None] = {}
        self._chained = 0
        self._born: list[Live] = []

    def taken(self) -> tuple[dict[Live, int], dict[Live, tuple[str, bool]]]:
        """What was ``touched`` and how it was ``before``; both begin anew."""
        found = self.touched, self.before
        self.touched, self.before = {}, {}
        return found

    def everything(self, volatile: bool) -> None:
        """Works all out; without ``volatile`` what the clock or chance gave stays."""
        if self.plan.flat:
            self._walk(volatile)
            return
        self._settle([*self.sheet.all(), *self._ranges(self.sheet.root)], volatile)

    def fire(self, event: str, at: Live | None = None) -> None:
        """Runs the actions of an event, in document order, each seeing the ones before.

        Args:
            event: Its name.
            at: The question that changed or the instance that came; None for all.
        """
        for action in self.definition.setvalues:
            if event not in action.events or (at is not None and not self._concerns(event, action.context, at)):
                continue
            places = self.sheet.instances(action.context, at or self.sheet.root)
            for place in places:
                if place.kind == "range":
                    continue
                self.env.stand_at(place)
                targets = action.targets(self.env)
                # A change outside of a repeat says not which instance it means: it fills none.
                for target in targets if len(targets) == 1 or event != CHANGED else ():
                    if isinstance(target, Live):
                        self._set(target, action.value)

    def wait_for_place(self, targets: Iterable[Live]) -> None:
        """Lets fields wait for the place of the device, or fills them in where it is known."""
        self.unplaced |= dict.fromkeys(targets)
        self.place(self.env.place())

    def place(self, position: str) -> None:
        """Fills in all that waits for the place of the device; they go on waiting where it is none."""
        if not is_place(position):
            return
        waiting, self.unplaced = self.unplaced, {}
        for target in waiting:
            self.put(target, answered("geopoint", position))

    def put(self, live: Live, value: str) -> None:
        """Stores a value, works out what follows, and runs the actions of a change."""
        if live.text == value and not live.kept:
            return
        rule = self.plan.rules[live.index]
        self._notes(live, live.text)
        live.text, live.kept = value, ""
        if rule.narrowed:
            self._narrow(live)
        if live.relevant:
            if self.plan.flat:
                self._follow(live, rule)
            else:
                self._watched(live)
                self._settle(self._readers(live), volatile=True)
        if live.index in self.plan.acted_on and self._chained < MAX_CHAIN:
            self._chained += 1
            self.fire(CHANGED, live)
            self._chained -= 1

    def add(self, place: Live) -> Live | None:
        """A new instance of a repeat, worked out, its actions run."""
        live = self._grow(place)
        if live is not None:
            self._settle([*self._family(live), *self._readers(place)], volatile=True)
        return live

    def take(self, live: Live) -> list[Live]:
        """Takes an instance out and works out what follows; returns those behind it, which move up."""
        place = live.parent.ranges[live.index] if isinstance(live.parent, Live) else live
        behind = self._shrink(live)
        self._settle([*(each for one in behind for each in self._family(one)), *self._readers(place)], volatile=True)
        return [each for each in behind if each.parent is not None]

    # Parts

    def _walk(self, volatile: bool) -> None:
        """Works all out in a form without repeats: each node once, after all that it reads."""
        single = self.env.single
        for rule in self.plan.steps:
            node = single[rule.place]
            if not isinstance(node, Live) or node.parent is None:  # nothing stands there in this sheet
                continue
            self._evaluated(node, rule, volatile)

    def _concerns(self, event: str, context: int, at: Live) -> bool:
        """Whether an action stands at what something happened to; a new instance concerns all in it."""
        while event == NEW_REPEAT and context > at.index:
            context = self.fields[context].node.parent
        return context == at.index

    def _set(self, target: Live, value: Expression | str | None) -> None:
        field = self.fields[target.index]
        if not field.node.leaf:
            return
        # Actions that set each other off branch: each costs as much as a walk over some fields.
        self.env.looks -= ACTION
        if self.env.tired:
            return
        if value is None:
            self.wait_for_place([target])
            return
        self.env.stand_at(target)
        self.put(target, printable(value) if isinstance(value, str) else stored(value, field.type, self.env))

    def _ranges(self, live: Live) -> Iterable[Live]:
        for each in live.below():
            if isinstance(each, Live):
                yield from each.ranges.values()

    def _family(self, live: Live) -> list[Live]:
        return [*(each for each in live.below() if isinstance(each, Live)), *self._ranges(live)]

    def _related(self, live: Live, edges: Iterable[tuple[int, int, int]]) -> Iterator[tuple[Live, int]]:
        """Instances that depend on a node: all beneath the element that they share with it."""
        for index, anchor, number in edges:
            shared: Element | None = live
            while shared is not None and shared.index > anchor:
                shared = shared.parent
            if isinstance(shared, Live):
                for each in self.sheet.instances(index, shared):
                    yield each, number

    def _readers(self, live: Live) -> list[Live]:
        alone, repeated = self.plan.readers[live.index]
        found = [only for index, _ in alone if isinstance(only := self.env.single[index], Live)]
        return [*found, *(each for each, _ in self._related(live, repeated))] if repeated else found

    def _watched(self, live: Live) -> None:
        """Notes who is shown differently when a node changes."""
        alone, repeated = self.plan.watchers[live.index]
        touched, single = self.touched, self.env.single
        for index, aspects in alone:
            only = single[index]
            if isinstance(only, Live):
                touched[only] = touched.get(only, 0) | aspects
        for each, aspects in self._related(live, repeated) if repeated else ():
            touched[each] = touched.get(each, 0) | aspects

    def _notes(self, live: Live, text: str) -> None:
        """Keeps how a node was whose value was ``text``, before its relevance changes."""
        if not self.plan.flat:
            self.env.changes[live.index] += 1
        if live not in self.before:
            self.before[live] = text, live.relevant

    def _touches(self, live: Live) -> None:
        """Notes a node of which anything may be shown differently, the place in which it stands among others."""
        self.touched[live] = self.plan.aspects[live.index]

    def _settle(self, lives: Iterable[Live], volatile: bool) -> None:
        """Works these out and all that then follows, until nothing changes any more."""
        self._work_out(lives, volatile)
        while self._born:
            born, self._born = self._born, []
            for live in born:
                if live.parent is not None and self._chained < MAX_CHAIN:
                    self._chained += 1
                    self.fire(NEW_REPEAT, live)
                    self._chained -= 1

    def _follow(self, live: Live, rule: Step) -> None:
        """Works out what depends on a node of a form without repeats: each node once, after all that it reads."""
        env, in_order, before = self.env, self.plan.in_order, self.before
        single = env.single
        if rule.watched:
            self._watched(live)
        waiting = list(rule.followers)  # sorted, and so a heap
        last = -1
        while waiting:
            rank = heappop(waiting)
            if rank == last:  # it reads several of those that changed
                continue
            last = rank
            rule = in_order[rank]
            node = single[rule.place]
            if not isinstance(node, Live) or node.parent is None:  # nothing stands there in this sheet
                continue
            if rule.simple:  # most are, and a call for each would take longer than its condition
                condition, relevant = rule.relevant, node.parent.relevant
                if relevant and condition is not None:
                    env.node = env.origin = node
                    relevant = condition(env)
                if relevant == node.relevant:
                    continue
                before.setdefault(node, (node.text, node.relevant))
                node.relevant = relevant
            elif not self._evaluated(node, rule, volatile=True):
                continue
            if rule.watched:
                self._watched(node)
            if waiting:
                for follower in rule.followers:
                    heappush(waiting, follower)
            else:
                waiting += rule.followers

    def _work_out(self, lives: Iterable[Live], volatile: bool) -> None:
        rank, rules = self.definition.rank, self.plan.rules
        waiting: list[tuple[int, int, Live]] = []
        queued: set[Live] = set()
        done: dict[Live, int] = {}

        def queue(found: Iterable[Live]) -> None:
            for live in found:
                if live not in queued and done.get(live, 0) < MAX_ROUNDS:
                    queued.add(live)
                    heappush(waiting, (rank[live.index], live.serial, live))

        queue(lives)
        while waiting:
            live = heappop(waiting)[2]
            queued.discard(live)
            done[live] = done.get(live, 0) + 1
            if live.kind == "range":
                grown = self._counted(live)
                if grown:
                    queue(grown)
                    self._watched(live)
                    queue(self._readers(live))
            elif self._evaluated(live, rules[live.index], volatile):
                self._watched(live)
                readers = self._readers(live)
                # Instances that all read each other are as many looks as there are pairs of them.
                self.env.looks -= len(readers)
                if self.env.tired:
                    return
                queue(readers)

    def _evaluated(self, live: Live, rule: Step, volatile: bool) -> bool:
        """Evaluates relevance and calculation of one node whose sources are settled; tells whether readers care."""
        if live.parent is None:
            return False
        env, condition, calculate = self.env, rule.relevant, rule.calculate
        env.node = env.origin = live
        text, was = live.text, live.relevant
        relevant = live.parent.relevant and (condition is None or condition(env))
        if calculate is not None and (volatile or not rule.volatile):
            live.text, live.kept = calculate(env), ""
        if rule.narrowed:
            self._narrow(live)
        if live.text == text and relevant == was:
            return False
        self._notes(live, text)
        live.relevant = relevant
        return relevant or was

    def _narrow(self, live: Live) -> None:
        """An answer counts only as far as the choices of now offer it; the rest waits for them to come back."""
        field, whole = self.fields[live.index], live.kept or live.text
        if not field.narrowed or field.choices is None or not whole:
            return
        self.env.stand_at(live)
        live.text = field.choices.narrowed(whole, field.control, self.env)
        live.kept = whole if live.text != whole else ""

    # Repeats

    def _grow(self, place: Live) -> Live | None:
        live = self.sheet.add(place)
        if live is not None:
            self.env.changes[place.index] += 1
            self._born.append(live)
            self._watched(place)
            for each in live.below():
                if isinstance(each, Live):
                    self._touches(each)
        return live

    def _shrink(self, live: Live) -> list[Live]:
        self._watched(live)
        self.env.changes[live.index] += 1
        behind = self.sheet.take(live)
        live.parent = None
        for gone in live.below() if self.unplaced else ():
            if isinstance(gone, Live):
                self.unplaced.pop(gone, None)
        for each in (each for instance in behind for each in instance.below()):
            if isinstance(each, Live):
                self._touches(each)
        return behind

    def _counted(self, place: Live) -> list[Live]:
        """Brings a counted repeat to its count; returns what is to be worked out for that."""
        count, parent = self.fields[place.index].count, place.parent
        if count is None or parent is None:
            return []
        self.env.stand_at(place)
        number = number_of(count.run(self.env))
        wanted = int(min(number, MAX_INSTANCES)) if number > 0 else 0
        found: list[Live] = []
        while len(parent.named(place.name)) < wanted:
            live = self._grow(place)
            if live is None:
                break
            found += self._family(live)
        while len(parent.named(place.name)) > wanted:
            last = parent.named(place.name)[-1]
            if not isinstance(last, Live):
                break
            self._shrink(last)
            found.append(place)
        return found


def preload(definition: Definition, sheet: Sheet, env: Env, properties: Mapping[str, str]) -> None:
    """Fills what is known when a session begins: identifiers, moments, properties of the device."""
    now = env.clock
    makers: dict[str, Callable[[str], str]] = {
        "uid": lambda _: f"uuid:{env.unique()}",
        "today": lambda _: now().date().isoformat(),
        "start": lambda _: moment(now),
        "property": lambda name: _property(name, properties),
    }
    for field in definition.fields:
        make = makers.get(field.preload)
        for live in sheet.instances(field.node.index, sheet.root) if make is not None else ():
            if make is not None:
                live.text = make(field.preload_name)


_SCHEMES = {"email": "mailto", "phonenumber": "tel", "subscriberid": "imsi"}


def _property(name: str, known: Mapping[str, str]) -> str:
    """A property of the device or its user; ``uri:email`` is the same as an address, ``mailto:hind@example.org``."""
    bare = name.removeprefix("uri:")
    value = known.get(name, "") or known.get(bare, "")
    if bare == name or not value or name in known:
        return value
    return f"{_SCHEMES.get(bare, bare)}:{value}"


def moment(now: Callable[[], datetime]) -> str:
    """The current moment with milliseconds and zone."""
    return now().isoformat(timespec="milliseconds")
