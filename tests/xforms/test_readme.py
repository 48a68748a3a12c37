"""The README of the library: its examples run, and it leaves nothing out that can be called."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import xforms

README = (Path(xforms.__file__).parent / "README.md").read_text("utf-8")
CHECKLISTS = Path(__file__).parents[2] / "resources" / "checklists"


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKLISTS)
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)  # noqa: S102  # the library's own words
    session = names["session"]
    assert isinstance(session, xforms.Session)
    assert session.state("/data/E/E01_note").relevant
    assert isinstance(names["draft"], str)


@pytest.mark.parametrize("of", [xforms.Form, xforms.Session])
def test_everything_that_can_be_called_is_named(of: type) -> None:
    public = {name for name in vars(of) if not name.startswith("_")}
    assert public == {name for name in public if re.search(rf"\b{name}\b", README)}


@pytest.mark.parametrize("of", [xforms.State, xforms.Question, xforms.Choice, xforms.Problem])
def test_everything_that_is_shown_is_named(of: type) -> None:
    names = {each.name for each in dataclasses.fields(of)}
    assert names == {name for name in names if f"`{name}`" in README}


def test_every_public_name_is_named() -> None:
    assert {name for name in xforms.__all__ if not re.search(rf"\b{name}\b", README)} == {"Layout"}
