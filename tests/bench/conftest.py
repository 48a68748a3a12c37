"""The centre that the benches of the sync share, and the table of what was reached at their end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sync.server.services.centre import open_centre
from tests.bench.grounds import Ground, ground
from tests.bench.measuring import PROMISES
from tests.support import register


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Gives the folder of a centre with a register of so many rows; to be copied, not used."""
    made: dict[int, Path] = {}

    def of(rows: int) -> Path:
        if rows not in made:
            folder = tmp_path_factory.mktemp(f"register-{rows}")
            centre = open_centre(str(folder / "centre.db"), folder / "blobs")
            register.found(centre, rows, devices=30)
            centre.close()
            made[rows] = folder
        return made[rows]

    return of


@pytest.fixture
def grounds(registers: Callable[[int], Path], tmp_path: Path) -> Iterator[Callable[[int], Ground]]:
    """Gives a running centre of so many rows with the floor beside it, until the test ends."""
    with ExitStack() as stack:

        def begin(rows: int) -> Ground:
            folder = tmp_path / f"{rows}"
            shutil.copytree(registers(rows), folder / "centre")
            return stack.enter_context(ground(folder))

        yield begin


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print everything that was promised and reached."""
    if PROMISES:
        terminalreporter.section("what was reached")
        for line in PROMISES:
            terminalreporter.line(f"{'  ' if line.reached <= line.most else '! '}{line}")
