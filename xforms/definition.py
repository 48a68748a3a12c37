"""A form after reading: its nodes with everything compiled that the session evaluates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from xforms.data import Element
from xforms.itext import NO_TEXT, Text, Texts
from xforms.model import Choice, Layout, Node, Recording
from xforms.xpath.compile import Deps, Expression, merged
from xforms.xpath.scope import Env


@dataclass(slots=True)
class ChoiceList:
    """The choices of a select: written out, or drawn from a secondary instance.

    ``fixed`` holds value and label of choices written out. Otherwise ``items`` finds the elements, ``value`` names the
    child that is stored, and ``label`` the child that is shown, which is an itext id when ``translated``;
    ``every`` finds the elements whatever the conditions; in a list (``listed``) it depends on nothing.
    """

    fixed: tuple[tuple[str, Text], ...] = ()
    items: Callable[[Env], list[Element]] | None = None
    every: Callable[[Env], list[Element]] | None = None
    value: str = ""
    label: str = ""
    translated: bool = False
    listed: bool = True
    deps: Deps = field(default_factory=dict)
    made: dict[int, tuple[Choice, ...]] = field(default_factory=dict)
    """Finished choices by language, for lists that depend on nothing: shared by all sessions of the form."""
    labels: dict[int, dict[str, str]] = field(default_factory=dict)
    stored: frozenset[str] | None = None
    """Values of those choices, whatever the language."""

    def choices(self, env: Env, language: int, texts: Texts) -> tuple[Choice, ...]:
        """The choices offered now."""
        if not self.deps and language in self.made:
            return self.made[language]
        found = self._choices(self.items, env, language, texts)
        if not self.deps:
            self.made[language] = found
        return found

    def values(self, env: Env, language: int, texts: Texts) -> frozenset[str]:
        """The values offered by a list that depends on nothing."""
        if self.stored is None:
            self.stored = frozenset(choice.value for choice in self.choices(env, language, texts))
        return self.stored

    def label_of(self, value: str, env: Env, language: int, texts: Texts) -> str:
        """The label of a value, offered now or not; ``""`` for no such value."""
        if self.items is None:
            return next((label.render(env, language) for known, label in self.fixed if known == value), "")
        if language not in self.labels or not self.listed:
            every = self._choices(self.every, env, language, texts)
            self.labels[language] = {choice.value: choice.label for choice in reversed(every)}
        return self.labels[language].get(value, "")

    def _choices(
        self, find: Callable[[Env], list[Element]] | None, env: Env, language: int, texts: Texts
    ) -> tuple[Choice, ...]:
        if find is None:
            return tuple(Choice(value, label.render(env, language)) for value, label in self.fixed)
        items = find(env)
        if self.translated:
            return tuple(
                Choice(item.child(self.value), texts.lookup(item.child(self.label), language)) for item in items
            )
        return tuple(Choice(item.child(self.value), item.child(self.label)) for item in items)


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
    control: str = ""
    preload: str = ""
    preload_name: str = ""
    count: Expression | None = None

    def shown_deps(self) -> Deps:
        """Fields that what is shown of this one depends on, besides its value and relevance."""
        expressions = [self.required, self.constraint, *self.readonly]
        texts = [self.constraint_message, self.required_message, self.label, self.hint, self.guidance]
        return merged(
            *(expression.deps for expression in expressions if expression),
            *(text.deps for text in texts),
            self.choices.deps if self.choices else {},
        )


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
    with the node whose instance both share. ``source`` is the root of the data as the form has it.
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
    style: str = ""
    rank: list[int] = field(default_factory=list)
    readers: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    watchers: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
