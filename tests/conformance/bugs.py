"""Bugs put into the engine on purpose, one at a time: a comparison that misses one of them proves little."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias, cast
from unittest.mock import patch

from xforms import itext, parse, session
from xforms.evaluation import Evaluation
from xforms.field_compiler import FieldCompiler
from xforms.itext import Text
from xforms.session import Session
from xforms.showing import Showing
from xforms.xpath import compile as compiling
from xforms.xpath import parts, special
from xforms.xpath.compile import Expression
from xforms.xpath.functions import Function
from xforms.xpath.values import number_of

Bug: TypeAlias = Callable[[], AbstractContextManager[object]]
Original: TypeAlias = Callable[..., Any]


def _replaced(owner: object, name: str, make: Callable[[Original], Original]) -> Bug:
    """The method or function of a name, made anew of what it was; it must be there."""
    return lambda: patch.object(owner, name, make(getattr(owner, name)))


@contextmanager
def _entry(table: Mapping[str, Any], name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    changed = cast("MutableMapping[str, Any]", table)
    before = changed[name]
    changed[name] = make(before)
    try:
        yield
    finally:
        changed[name] = before


def _function(name: str, run: Callable[[Original], Original]) -> Bug:
    def make(function: Function) -> Function:
        return function._replace(run=run(function.run))

    return lambda: _entry(compiling._PURE, name, make)


def _compiled(role: str, make: Callable[[Expression], Expression | None]) -> Bug:
    """Every expression of one role."""

    def outer(original: Original) -> Original:
        def expression(self: FieldCompiler, source: str | None, index: int, asked: str) -> Expression | None:
            found = original(self, source, index, asked)
            return make(found) if asked == role and found is not None else found

        return expression

    return _replaced(FieldCompiler, "expression", outer)


def _no_problem(kind: str) -> Bug:
    def outer(original: Original) -> Original:
        def problem(self: Showing, *given: Any) -> Any:
            found = original(self, *given)
            return None if found is not None and found.kind == kind else found

        return problem

    return _replaced(Showing, "_problem", outer)


def _fewer_dependencies(original: Original) -> Original:
    def reads(*given: Any) -> dict[int, int]:
        found: dict[int, int] = original(*given)
        found.pop(max(found, default=-1), None)
        return found

    return reads


def _relevance_of_its_own(original: Original) -> Original:
    def evaluated(self: Evaluation, live: Any, rule: Any, volatile: bool) -> bool:
        changed = bool(original(self, live, rule, volatile))
        self.env.stand_at(live)
        relevant = rule.relevant is None or rule.relevant(self.env)
        changed, live.relevant = changed or relevant != live.relevant, relevant
        return changed

    return evaluated


def _calculated_once(original: Original) -> Original:
    def evaluated(self: Evaluation, live: Any, rule: Any, volatile: bool) -> bool:
        return bool(original(self, live, dataclasses.replace(rule, calculate=None) if live.text else rule, volatile))

    return evaluated


def _read_only_by_itself(original: Original) -> Original:
    def readonly(self: Showing, live: Any) -> bool:
        self._env.stand_at(live)
        return any(expression.truth(self._env) for expression in self._fields[live.index].own_readonly)

    return readonly


def _everything_offered(original: Original) -> Original:
    def item_list(self: FieldCompiler, *given: Any, **named: Any) -> Any:
        found = original(self, *given, **named)
        found.items = found.every
        return found

    return item_list


def _deaf_to_changes(original: Original) -> Original:
    def fire(self: Evaluation, event: str, at: Any = None) -> None:
        if event != "xforms-value-changed":
            original(self, event, at)

    return fire


BUGS: Mapping[str, Bug] = {
    "a comparison takes what is equal for less": lambda: _entry(parts._ORDER, "<", lambda _: operator.le),
    "one dependency of each field is dropped": _replaced(parse, "_reads", _fewer_dependencies),
    "relevance is not inherited": _replaced(Evaluation, "_evaluated", _relevance_of_its_own),
    "conditions of relevance are not read": _compiled("relevant", lambda _: None),
    "what is inherited as read-only is not": _replaced(Showing, "_readonly", _read_only_by_itself),
    "constraints are not asked": _no_problem("constraint"),
    "an answer that is required may be missing": _no_problem("required"),
    "a calculation is not run again": _replaced(Evaluation, "_evaluated", _calculated_once),
    "a change of language shows the old texts": _replaced(
        Session, "set_language", lambda _: lambda self, name: frozenset()
    ),
    "instances are numbered from 0": _replaced(special, "_place", lambda place: lambda nodes: place(nodes) - 1),
    "a day is counted too many": _function("decimal-date-time", lambda days: lambda text: days(text) + 1),
    "choices are not filtered": _replaced(FieldCompiler, "item_list", _everything_offered),
    "an answer stays that is offered no more": _replaced(Evaluation, "_narrow", lambda _: lambda self, live: None),
    "what is not relevant is submitted": _replaced(
        session, "write", lambda write: lambda *given, final: write(*given, final=False)
    ),
    "actions are not run on a change": _replaced(Evaluation, "fire", _deaf_to_changes),
    "selected() is content with a part of a name": _function(
        "selected", lambda _: lambda text, choice: bool(choice) and choice[:1] in text
    ),
    "a counted repeat is one short": _compiled(
        "count", lambda count: dataclasses.replace(count, run=lambda env: number_of(count.run(env)) - 1)
    ),
    "texts do not follow the answers in them": _replaced(
        itext, "_text", lambda _: lambda by_language: Text(tuple(by_language), {})
    ),
}
"""By what goes wrong: what puts it in, as long as it is entered."""
