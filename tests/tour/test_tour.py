"""The tour of ``make run``, as it is: one report, there and back, and what goes by hand, through the real windows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sync.domain import numbers

ROOT = Path(__file__).parents[2]

STEPS = 26


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The finished tour: what it printed, and the folder with its pictures."""
    folder = tmp_path_factory.mktemp("tour")
    screenless = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "inspector_app.app.run"],
        cwd=folder,
        env={**screenless, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done, folder / "build" / "tour"


@pytest.mark.timeout(620)
def test_the_tour_comes_to_its_end_and_lists_its_files(tour: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, folder = tour
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    steps = re.findall(r"^ ?(\d+)\. .*: done in [\d.]+ s$", done.stdout, re.MULTILINE)
    assert [int(step) for step in steps] == list(range(1, STEPS + 1))
    listed = re.findall(r"^ {4}(\S+)  [\d,]+ bytes$", done.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in folder.glob("*") if path.is_file())


@pytest.mark.timeout(620)
def test_nothing_on_the_way_went_wrong_unnoticed(tour: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, folder = tour
    assert "Traceback" not in done.stderr
    assert not list(folder.glob("profiles/*/reports/*")), "a report of a mistake of ours was written"
    assert '"status":500' not in (folder / "server" / "server.log").read_text()


@pytest.mark.timeout(620)
def test_every_picture_is_there_in_both_languages_and_themes(
    tour: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, folder = tour
    names = {path.stem for path in folder.glob("*.png")}
    shown = {name.removesuffix("-ar-light") for name in names if name.endswith("-ar-light")}
    assert len(shown) >= 14
    assert names == {f"{one}-{look}" for one in shown for look in ("ar-light", "ar-dark", "en-light", "en-dark")}


@pytest.mark.timeout(620)
def test_the_pdf_says_in_arabic_what_was_seen_and_when_in_both_calendars(
    tour: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, folder = tour
    shown = ["pdftotext", "-layout", str(folder / "report.pdf"), "-"]
    text = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
    text = re.sub("[\u202a-\u202e]", "", text)  # pdftotext marks the direction of every run
    spoken = re.search(r"number \W*([\d ]+)", done.stdout)
    assert spoken is not None
    number = numbers.format(numbers.parse(spoken[1]))
    assert number in text
    for words in ("تقرير زيارة تفتيش", "معتمدة", "بجوار الغرفة"):
        assert words in text
    assert re.search(r"١٤[٠-٩]{2}", text), "the Hijri year"
    assert re.search(r"٢٠[٠-٩]{2}", text), "the Gregorian year"
