"""Runners that are not ours drive the engine through one small door."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import xforms
from tests.conformance.cases import ROOT, folder, recorded_zone
from tests.conformance.engine import Engine, engine
from tests.conformance.own import workbooks


@pytest.fixture
def door() -> Iterator[Engine]:
    with recorded_zone():
        yield engine()


def test_a_form_is_filled_shown_and_written(door: Engine) -> None:
    sheet = door.load(workbooks.form("places"), workbooks.RESOURCES, "en")
    sheet.answer("/data/region", "makkah")
    shown = sheet.snapshot()
    assert shown["/data/city"]["opts"][0] == ["makkah_city", "Makkah city"]
    sheet.set_language("ar")
    assert sheet.snapshot()["/data/city"]["opts"][0] == ["makkah_city", "مدينة مكة"]
    stored = sheet.serialize()
    assert "<region>makkah</region>" in stored
    sheet.answer("/data/region", "madinah")
    sheet.restore(stored)
    assert sheet.snapshot()["/data/region"]["v"] == "makkah"
    sheet.edit(stored)
    assert "deprecatedID" in sheet.serialize()


def test_instances_of_a_repeat_come_and_go(door: Engine) -> None:
    sheet = door.load(workbooks.form("households"), {})
    sheet.answer("/data/tent[1]/beds", "2")
    before = sheet.snapshot()["/data/tent[1]/guest#range"]["n"]
    sheet.new_repeat("/data/tent[1]/guest")
    assert sheet.snapshot()["/data/tent[1]/guest#range"]["n"] == before + 1
    sheet.remove_repeat("/data/tent[1]/guest[1]")
    assert sheet.snapshot()["/data/tent[1]/guest#range"]["n"] == before


def test_an_expression_gives_a_value_or_the_paths_of_its_nodes(door: Engine) -> None:
    xml = "<a><b>1</b> <b c='x'>2</b></a>"
    assert door.eval_xpath("sum(/a/b)", xml) == 3.0
    assert door.eval_xpath("b[2] | b/@c", xml, "/node()[1]") == ["/node()[1]/node()[3]", "/node()[1]/node()[3]/@c"]
    with pytest.raises(xforms.XFormsError):
        door.eval_xpath("nonsense(1)", xml)
    with pytest.raises(LookupError):
        door.eval_xpath("1", xml, "/node()[9]")


@pytest.mark.skipif(not folder().is_dir(), reason=f"there are no recorded cases in {folder()}: set XFORMS_CASES")
def test_the_runner_beside_the_recorded_cases_finds_at_least_what_ours_does(tmp_path: Path) -> None:
    words = [sys.executable, str(folder() / "run_cases.py"), "tests.conformance.engine:engine", "scenario"]
    done = subprocess.run(
        words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    figures = re.search(r"TOTAL cases (\d+) / (\d+) props (\d+) / (\d+)", done.stdout)
    assert figures is not None
    passed, cases, right, properties = map(int, figures.groups())
    assert passed >= 0.97 * cases
    assert right >= 0.99 * properties  # what random() gives counts there as well
