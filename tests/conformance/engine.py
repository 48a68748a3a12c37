"""This project's engine for a runner that is not ours: load, answer, snapshot, serialise, and expressions.

The runner beside the recorded cases takes it as ``tests.conformance.engine:engine``, started from the top folder.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import xforms
from tests.conformance import adapter
from tests.conformance.cases import ZONE, recorded_clock
from tests.conformance.expressions import evaluated, path_of
from xforms.xpath.values import Value


def engine() -> Engine:
    """The engine, in the zone of the recording from here on."""
    os.environ["TZ"] = ZONE
    time.tzset()
    return Engine()


class Engine:
    """What such a runner asks for."""

    def load(self, xml: str, resources: Mapping[str, str], lang: str | None = None) -> Sheet:
        """A form with an empty answer sheet.

        Raises:
            FormError: The form is not valid.
        """
        return Sheet(xforms.load(xml, resources, strict=False), lang)

    def eval_xpath(
        self,
        expression: str,
        doc_xml: str,
        context_path: str = "/",
        lang: str | None = None,
        root: str = "/",
        ns: Mapping[str, str] | None = None,
    ) -> float | str | bool | list[str]:
        """The value of an expression over a document; nodes as paths that count all child nodes.

        Raises:
            XPathError: It cannot be evaluated.
            LookupError: There is no such context.
        """
        found: Value = evaluated(expression, doc_xml, context_path, root, lang, ns or {})
        return [path_of(node) for node in found] if isinstance(found, list) else found


class Sheet:
    """An answer sheet being filled, and the form it is of."""

    def __init__(self, form: xforms.Form, lang: str | None) -> None:
        self._form = form
        self._session = form.new(lang, now=recorded_clock)

    def restore(self, xml: str) -> None:
        """Goes on with a stored sheet."""
        self._session = self._form.restore(xml, now=recorded_clock)

    def edit(self, xml: str) -> None:
        """Goes on with a submitted sheet, to correct it."""
        self._session = self._form.edit(xml, now=recorded_clock)

    def answer(self, ref: str, text: str) -> None:
        self._session.answer(ref, text)

    def new_repeat(self, ref: str) -> None:
        self._session.new_repeat(ref)

    def remove_repeat(self, ref: str) -> None:
        self._session.remove_repeat(ref)

    def set_language(self, name: str) -> None:
        self._session.set_language(name)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        return adapter.snapshot(self._session)

    def serialize(self) -> str:
        """The sheet as it would be submitted."""
        return self._session.serialise(final=True)
