"""A form after reading: its nodes with everything compiled that the session evaluates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from xforms.audit import AuditSettings
from xforms.data import Element
from xforms.datatypes import ANYTHING
from xforms.itext import NO_TEXT, Text, Texts
from xforms.model import Choice, Layout, Node, Recording
from xforms.xpath.compile import Deps, Expression
from xforms.xpath.scope import Env

FIRST_LOAD, LOAD = "odk-instance-first-load", "odk-instance-load"
NEW_REPEAT, CHANGED = "odk-new-repeat", "xforms-value-changed"
"""The events that set off actions."""

REQUIRED, READONLY, TEXTS, CHOICES, PROBLEM = 1, 2, 4, 8, 16
"""The aspects of a state beside value and relevance, to be added up; texts are label, hint, guidance and media."""


class Fixed(NamedTuple):
    """A choice written out; ``identifier`` is that of its itext, ``""`` for none."""

    value: str
    label: Text
    identifier: str = ""

    def choice(self, env: Env, language: int, texts: Texts) -> Choice:
        """As it is offered now."""
        return Choice(self.value, self.label.render(env, language), texts.media(self.identifier, language))


@dataclass(slots=True)
class ChoiceList:
    """The choices of a select: written out, or drawn from a secondary instance.

    ``fixed`` holds the choices written out. ``items`` finds the elements of others, ``value`` names the child that is
    stored, and ``label`` the child that is shown, which is an itext id when ``translated``, and one of several, divided
    by commas, where the language settles it (``columns``); ``woven`` are those texts that hold values of fields.
    ``every`` finds the elements whatever the conditions; in a list (``listed``) it depends on nothing.
    """

    fixed: tuple[Fixed, ...] = ()
    items: Callable[[Env], list[Element]] | None = None
    every: Callable[[Env], list[Element]] | None = None
    value: str = ""
    label: str = ""
    translated: bool = False
    columns: Text | None = None
    woven: Mapping[str, Text] = field(default_factory=dict)
    listed: bool = True
    shared: bool = True
    """Whether a list that depends on nothing is the same in all sessions."""
    deps: Deps = field(default_factory=dict)
    made: dict[int, tuple[Choice, ...]] = field(default_factory=dict)
    """Finished choices by language, for lists that depend on nothing: shared by all sessions of the form."""
    labels: dict[int, dict[str, str]] = field(default_factory=dict)
    drawn: dict[int, dict[Element, Choice]] = field(default_factory=dict)
    """Finished choices by language and item of a list, which never changes: a filter offers the same ones again."""
    stored: frozenset[str] | None = None
    """Values of those choices, whatever the language."""

    @property
    def constant(self) -> bool:
        """Whether it offers the same for ever, in all sessions."""
        return self.shared and not self.deps

    def choices(self, env: Env, language: int, texts: Texts) -> tuple[Choice, ...]:
        """The choices offered now."""
        if language in self.made and not self.deps:
            return self.made[language]
        found = self._choices(self.items, env, language, texts)
        if not self.deps and self.shared:
            self.made[language] = found
        return found

    def values(self, env: Env) -> frozenset[str]:
        """The values offered by a list that depends on nothing."""
        if self.stored is not None:
            return self.stored
        found = frozenset(self._values(env))
        if self.shared:
            self.stored = found
        return found

    def _values(self, env: Env) -> Iterator[str]:
        for fixed in self.fixed:
            yield fixed.value
        for item in self.items(env) if self.items is not None else ():
            yield item.child(self.value)

    def narrowed(self, answer: str, control: str, env: Env) -> str:
        """What of an answer is offered now: of ``select`` and ``rank`` each word counts for itself.

        A ranking takes in behind what is left of it what is offered beside it, as long as anything is left.
        """
        if control == "select1":
            return answer if answer in self._values(env) else ""
        offered, words = list(self._values(env)), answer.split()
        known = frozenset(offered)
        found = [word for word in words if word in known]
        if control == "rank" and found:
            found += [each for each in offered if each not in words]
        return answer if found == words else " ".join(found)

    def label_of(self, value: str, env: Env, language: int, texts: Texts) -> str:
        """The label of a value, offered now or not; ``""`` for no such value."""
        for fixed in self.fixed:
            if fixed.value == value:
                return fixed.label.render(env, language)
        if language not in self.labels or not self.listed or self.woven:
            every = self._choices(self.every, env, language, texts)
            self.labels[language] = {choice.value: choice.label for choice in reversed(every)}
        return self.labels[language].get(value, "")

    def _choices(
        self, find: Callable[[Env], list[Element]] | None, env: Env, language: int, texts: Texts
    ) -> tuple[Choice, ...]:
        written = tuple(fixed.choice(env, language, texts) for fixed in self.fixed)
        return written if find is None else (*written, *self._drawn(find(env), env, language, texts))

    def _drawn(self, items: list[Element], env: Env, language: int, texts: Texts) -> Iterable[Choice]:
        value, label, lookup, woven = self.value, self.label, texts.lookup, self.woven
        if self.columns is not None:
            names = [name.strip() for name in self.columns.render(env, language).split(",")]
            return [
                Choice(item.child(value), ", ".join(text for name in names if (text := item.child(name))))
                for item in items
            ]
        if not woven and not texts.beside and self.listed:
            drawn = self.drawn.setdefault(language, {})
            for item in items:
                if item not in drawn:
                    name = item.child(label)
                    drawn[item] = Choice(item.child(value), lookup(name, language) if self.translated else name)
            return [drawn[item] for item in items]
        if not self.translated:
            return [Choice(item.child(value), item.child(label)) for item in items]
        named = [(item.child(value), item.child(label)) for item in items]
        return [
            Choice(
                stored,
                woven[name].render(env, language) if name in woven else lookup(name, language),
                texts.media(name, language),
            )
            for stored, name in named
        ]


@dataclass(slots=True)
class Field:
    """All rules of one node. ``readonly`` lists its own expression and those it inherits,
    ``count`` is that of a repeat.
    """

    node: Node
    type: str = "string"
    relevant: Expression | None = None
    calculate: Expression | None = None
    required: Expression | None = None
    constraint: Expression | None = None
    readonly: tuple[Expression, ...] = ()
    own_readonly: tuple[Expression, ...] = ()
    constraint_message: Text = NO_TEXT
    required_message: Text = NO_TEXT
    label: Text = NO_TEXT
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    media: tuple[tuple[str, Text], ...] = ()
    choices: ChoiceList | None = None
    narrowed: bool = False
    """Its choices depend on answers, so that an answer counts only while it is among them."""
    control: str = ""
    preload: str = ""
    preload_name: str = ""
    count: Expression | None = None

    def aspects(self) -> int:
        """The aspects of its state that an expression works out; the others are the same for ever."""
        texts = (self.label, self.hint, self.guidance, *(text for _, text in self.media))
        woven = any(not isinstance(piece, str) for text in texts for pieces in text.by_language for piece in pieces)
        return (
            (REQUIRED if self.required is not None and not self.required.constant else 0)
            | (READONLY if self.readonly else 0)
            | (TEXTS if woven else 0)
            | (CHOICES if self.choices is not None and not self.choices.constant else 0)
            | (PROBLEM if self.fallible else 0)
        )

    @property
    def judged(self) -> bool:
        """Whether its value can be a problem at one time and none at another."""
        changing = self.required is not None and not self.required.constant
        offered = self.choices is not None and not self.choices.constant
        return self.fallible and (changing or offered or self.constraint is not None)

    @property
    def fallible(self) -> bool:
        """Whether its value can be a problem."""
        # Nobody can answer what is calculated and no question: as in both reference engines it blocks nothing.
        if not self.node.leaf or (self.calculate is not None and not self.control):
            return False
        ruled = self.required is not None or self.constraint is not None or self.choices is not None
        return ruled or self.type not in ANYTHING

    def shown_deps(self) -> dict[int, tuple[int, int]]:
        """Fields that what is shown of this one depends on, besides its value and relevance.

        Returns:
            By field the node whose instance both share, and the aspects that depend on it.
        """
        found: dict[int, tuple[int, int]] = {}
        own = self.aspects()
        for asked, deps in self._asked():
            aspects = asked & own
            for dep, anchor in deps.items() if aspects else ():
                known, before = found.get(dep, (anchor, 0))
                found[dep] = min(anchor, known), before | aspects
        return found

    def _asked(self) -> Iterator[tuple[int, Deps]]:
        if self.required is not None:
            yield REQUIRED | PROBLEM, self.required.deps
        for expression in self.readonly:
            yield READONLY, expression.deps
        for text in (self.label, self.hint, self.guidance, *(text for _, text in self.media)):
            yield TEXTS, text.deps
        if self.choices is not None:
            yield CHOICES | PROBLEM, self.choices.deps
        if self.constraint is not None:
            yield PROBLEM, self.constraint.deps
        for message in (self.constraint_message, self.required_message):
            yield PROBLEM, message.deps


@dataclass(slots=True)
class SetValue:
    """A value worked out when something happens.

    Attributes:
        targets: Finds the fields to fill, from where the action stands.
        value: What they are filled with; an expression runs at the field itself. None is the place of the device.
        events: When: ``odk-instance-first-load``, ``odk-instance-load``, ``odk-new-repeat``, ``xforms-value-changed``.
        context: The node where it stands: a question, a repeat, or the root.
    """

    targets: Callable[[Env], list[Element]]
    value: Expression | str | None
    events: frozenset[str]
    context: int


@dataclass(slots=True)
class Definition:
    """A form ready to run; never changed after reading.

    ``rank`` is each node's place in an order in which it comes after its parent and what it reads.
    ``readers[i]`` are nodes to work out again when ``i`` changes, ``watchers[i]`` those only shown differently; each
    with the node whose instance both share; a watcher with the aspects that may differ. ``source`` is the root of the
    data as the form has it.
    """

    identifier: str
    version: str
    title: str
    attributes: Mapping[str, str]
    texts: Texts
    fields: list[Field]
    layout: Layout
    setvalues: list[SetValue]
    index: dict[str, int]
    namespaces: Mapping[str, str]
    source: etree._Element
    recordings: tuple[Recording, ...] = ()
    audit: AuditSettings | None = None
    style: str = ""
    rank: list[int] = field(default_factory=list)
    readers: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    watchers: list[tuple[tuple[int, int, int], ...]] = field(default_factory=list)
