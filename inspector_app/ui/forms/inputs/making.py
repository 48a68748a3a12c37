"""Which input a question gets: a table from control, type and appearance to the class that takes the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import xforms
from inspector_app.ui.forms.inputs.barcode import BarcodeInput
from inspector_app.ui.forms.inputs.base import Input, Tools
from inspector_app.ui.forms.inputs.choices import OneOfInput, SomeOfInput
from inspector_app.ui.forms.inputs.days import DayInput, MomentInput, MonthInput, TimeInput, YearInput
from inspector_app.ui.forms.inputs.numbers import TYPES as NUMBERS
from inspector_app.ui.forms.inputs.numbers import CounterInput, NumberInput
from inspector_app.ui.forms.inputs.places import LineOfPointsInput, PointInput
from inspector_app.ui.forms.inputs.ranges import RangeInput, RangePickerInput
from inspector_app.ui.forms.inputs.ranks import RankInput
from inspector_app.ui.forms.inputs.sketches import SketchInput
from inspector_app.ui.forms.inputs.text import AddressInput, DigitsInput, LineInput, SecretInput, TextInput
from inspector_app.ui.forms.inputs.ticks import ReadInput, YesNoInput
from inspector_app.ui.forms.inputs.uploads import FileInput, PictureInput
from inspector_app.ui.look import Look

Make: TypeAlias = Callable[[str, xforms.Question, Tools], Input]


class Rule(NamedTuple):
    """One line of the table; what is left empty takes anything.

    Attributes:
        make: Makes the input, of its name, its question and the tools.
        controls: Controls it is for.
        types: Types it is for.
        words: Words of which the appearance must have one.
        media: What the mediatype of an upload begins with, such as ``image/``.
    """

    make: Make
    controls: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    media: str = ""

    def takes(self, question: xforms.Question) -> bool:
        """Whether it is for this question."""
        return (
            (not self.controls or question.control in self.controls)
            and (not self.types or question.type in self.types)
            and (not self.words or not appearance(question).isdisjoint(self.words))
            and question.mediatype.startswith(self.media)
        )


def plain(kind: Callable[[str, xforms.Question, Look], Input]) -> Make:
    """For an input that needs nothing but the look."""
    return lambda name, question, tools: kind(name, question, tools.look)


RULES: Final = (
    Rule(SketchInput, ("upload",), words=("signature", "draw", "annotate"), media="image/"),
    Rule(PictureInput, ("upload",), media="image/"),
    Rule(FileInput, ("upload",)),
    Rule(OneOfInput, ("select1",)),
    Rule(SomeOfInput, ("select",)),
    Rule(RankInput, ("rank",)),
    Rule(RangePickerInput, ("range",), words=("picker",)),
    Rule(plain(RangeInput), ("range",)),
    Rule(plain(ReadInput), ("trigger",)),
    Rule(plain(MonthInput), types=("date",), words=("month-year",)),
    Rule(plain(YearInput), types=("date",), words=("year",)),
    Rule(plain(YesNoInput), ("input",), ("boolean",)),
    Rule(plain(CounterInput), ("input",), ("int",), ("counter",)),
    Rule(plain(NumberInput), ("input",), tuple(sorted(NUMBERS))),
    Rule(plain(DayInput), types=("date",)),
    Rule(plain(TimeInput), types=("time",)),
    Rule(plain(MomentInput), types=("dateTime",)),
    Rule(PointInput, types=("geopoint",)),
    Rule(LineOfPointsInput, types=("geotrace", "geoshape")),
    Rule(plain(BarcodeInput), types=("barcode",)),
    Rule(plain(TextInput), ("input",), ("string",), ("multiline",)),
    Rule(plain(DigitsInput), ("input",), ("string",), ("numbers",)),
    Rule(plain(SecretInput), ("input",), ("string",), ("masked",)),
    Rule(plain(AddressInput), ("input",), ("string",), ("url",)),
    Rule(plain(LineInput)),
)
"""The first line that takes a question makes its input."""


def appearance(question: xforms.Question) -> frozenset[str]:
    """The words of a question's appearance, in lower case."""
    return frozenset(question.appearance.lower().split())


def make_input(question: xforms.Question, name: str, tools: Tools) -> Input:
    """The input of a question; it shows nothing until it is given a state.

    Args:
        question: With the reference of the very instance inside of a repeat.
        name: Its object name.
        tools: What inputs are made with.
    """
    return next(rule for rule in RULES if rule.takes(question)).make(name, question, tools)
