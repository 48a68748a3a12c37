"""What a form consists of and what a running form shows: plain values shared by all modules of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

NO_MEDIA: Mapping[str, str] = {}


@dataclass(slots=True)
class Node:
    """One element of the primary instance. ``index`` is its place in document order, ``parent`` of the root is -1.

    ``source`` is the element in the form: what a new instance begins as; ``given`` those instances the form itself
    begins with. ``in_repeat`` includes the repeat itself, ``counted`` tells that the form settles their number. What
    is ``optional`` is there only if it was stored. An attribute that a rule is about is a node too (``/data/a/@id``):
    its ``source`` is the element that has it, whose node names it in ``held``.
    """

    index: int
    ref: str
    namespace: str
    name: str
    parent: int
    attributes: Mapping[str, str]
    source: etree._Element = field(repr=False)
    repeat: bool = False
    in_repeat: bool = False
    counted: bool = False
    fixed: bool = False
    optional: bool = False
    given: tuple[etree._Element, ...] = field(default=(), repr=False)
    children: list[int] = field(default_factory=list)
    attribute: bool = False
    held: list[int] = field(default_factory=list)

    @property
    def leaf(self) -> bool:
        """Whether it holds a value rather than other nodes."""
        return not self.children and not self.repeat


@dataclass(frozen=True, slots=True)
class Question:
    """A control of the form.

    Attributes:
        ref: The field it answers, ``/data/group/field``.
        control: ``input``, ``select1``, ``select``, ``rank``, ``upload``, ``range`` or ``trigger``.
        type: ``string``, ``int``, ``decimal``, ``boolean``, ``date``, ``time``, ``dateTime``, ``geopoint``,
            ``geotrace``, ``geoshape``, ``binary`` or ``barcode``.
        appearance: Its appearance words as written.
        mediatype: Of an upload, such as ``image/*``; else ``""``.
        parameters: The control's other settings: ``start``, ``end`` and ``step`` of a range, and so on.
        attributes: Attributes of its bind that the engine does not know, keyed ``{namespace}name``.
    """

    ref: str
    control: str
    type: str
    appearance: str = ""
    mediatype: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def attributes_in(self, namespace: str) -> dict[str, str]:
        """The attributes of one namespace, keyed by local name."""
        prefix = f"{{{namespace}}}"
        return {name.removeprefix(prefix): value for name, value in self.attributes.items() if name.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form; its label is in its state, like a question's."""

    ref: str
    appearance: str
    children: tuple[Group | Question, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat(Group):
    """A section that is filled any number of times.

    ``children`` stand for one instance: their references lack the number that ``Session.states`` gives each instance,
    ``/data/visit[2]/date``. ``counted`` tells that the form itself settles how many there are.
    """

    counted: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound that the form wants recorded in the background, its file named in a field.

    ``quality`` is ``voice-only``, ``low``, ``normal`` or ``""``; ``events`` as of an action, ``odk-instance-load``.
    """

    ref: str
    events: frozenset[str]
    quality: str = ""


Layout: TypeAlias = tuple[Group | Question, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select, its label in the language of the session; ``media`` as of a ``State``."""

    value: str
    label: str
    media: Mapping[str, str] = field(default_factory=lambda: NO_MEDIA, hash=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field blocks finalising.

    Attributes:
        kind: ``required`` (no answer), ``type`` (not a value of its type or of its choices) or ``constraint``.
        message: The form's own sentence in the language of the session; ``""`` when the form has none.
    """

    kind: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All that a screen shows of one field or group at this moment.

    ``relevant`` and ``readonly`` include what is inherited. ``value`` is kept while the field is not relevant.
    ``media`` holds the addresses of what the label shows or plays beside its text, by ``image``, ``big-image``,
    ``audio`` and ``video``: ``jr://images/tent.jpg``.
    """

    value: str
    relevant: bool
    required: bool
    readonly: bool
    label: str
    hint: str
    guidance: str
    choices: tuple[Choice, ...]
    problem: Problem | None
    media: Mapping[str, str] = field(default_factory=lambda: NO_MEDIA)
