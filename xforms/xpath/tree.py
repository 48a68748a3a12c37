"""The tree of a parsed expression: plain frozen values, one class a construct."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted string."""

    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: ``axis::test[predicate]...``; ``..`` is ``parent::node()``, ``.`` is ``self::node()``."""

    axis: str
    test: str
    predicates: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path.

    ``start`` is ``"root"`` for an absolute path, ``"context"`` for a relative one, or the expression it begins with.
    ``filters`` are predicates on that expression itself: ``instance('a')[1]``. ``names`` is the path as written, where
    it is names from the root and nothing else: ``/data/group/field``.
    """

    start: str | Expr
    steps: tuple[Step, ...] = ()
    filters: tuple[Expr, ...] = field(default=())
    names: str = field(default="", compare=False)

    def shown(self) -> str:
        """The path as an author would recognise it."""
        steps = "/".join(
            {"parent": "..", "self": "."}.get(step.axis, step.test) if step.test == "node()" else step.test
            for step in self.steps
        )
        return f"/{steps}" if self.start == "root" else steps or "."


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; ``name`` with its prefix."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands: two or more for ``and``, ``or`` and ``|``, two for the others."""

    operator: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Unary minus."""

    operand: Expr


Expr: TypeAlias = Number | Literal | Path | Call | Operation | Negation
