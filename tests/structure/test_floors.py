"""The house keeps its shape: the agreed folders, modules that say what they are, and locks without addresses."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("inspector_app", "sync", "xforms")
FOLDERS = {*PACKAGES, "docs", "installer", "resources", "tests"}
HARD_LIMIT_LINES = 600


def tracked_files() -> list[Path]:
    """What git keeps, and what it would keep if it were added; no build products."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).exists()]


def python_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".py"]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module imports; `from a import b` counts as a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_only_the_agreed_folders_stand_at_the_top() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.parent != ROOT}
    assert {name for name in found if not name.startswith(".")} <= FOLDERS


def test_every_module_opens_with_a_docstring() -> None:
    silent = [place(path) for path in python_files() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_no_file_outgrows_its_subject() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {name: count for name, count in lengths.items() if count > HARD_LIMIT_LINES} == {}


def test_viewmodels_know_only_the_core_of_qt() -> None:
    """import-linter sees PySide6 as one; a viewmodel that paints would be a widget."""
    wrong = [
        f"{place(path)}:{line} {name}"
        for path in (ROOT / "inspector_app" / "viewmodels").rglob("*.py")
        for line, name in imported_names(path)
        if name.startswith("PySide6.") and not name.startswith("PySide6.QtCore")
    ]
    assert wrong == []


@pytest.mark.parametrize("lock", ["requirements-run.txt", "requirements-dev.txt"])
def test_a_lock_names_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_the_development_lock_holds_the_runtime_lock() -> None:
    run, development = (
        {line for line in (ROOT / name).read_text("utf-8").splitlines() if "==" in line}
        for name in ("requirements-run.txt", "requirements-dev.txt")
    )
    assert run <= development
