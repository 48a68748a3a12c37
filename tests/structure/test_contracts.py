"""Imports go down: the contracts are kept, and each is broken by the import it forbids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = (
    "inspector_app.app",
    "inspector_app.ui",
    "inspector_app.viewmodels",
    "inspector_app.services",
    "inspector_app.reports",
    "inspector_app.storage",
    "inspector_app.words",
    "sync.server.http",
    "sync.server.services",
    "sync.server.storage",
    "sync.engine",
    "sync.contract",
    "sync.domain",
    "xforms.converting",
)
ALLOWED = (
    ("inspector_app.app", "sync.server.http"),
    ("inspector_app.ui", "PySide6.QtWidgets"),
    ("inspector_app.ui", "inspector_app.viewmodels"),
    ("inspector_app.viewmodels", "inspector_app.services"),
    ("inspector_app.ui", "inspector_app.words"),
    ("inspector_app.reports", "inspector_app.words"),
    ("inspector_app.services", "inspector_app.reports"),
    ("inspector_app.services", "inspector_app.storage"),
    ("inspector_app.storage", "sqlalchemy"),
    ("inspector_app.storage", "sync.engine"),
    ("sync.server.http", "sync.server.services"),
    ("sync.server.storage", "sqlalchemy"),
    ("sync.engine", "sync.contract"),
    ("sync.contract", "sync.domain"),
    ("sync.domain", "xforms"),
    ("xforms.converting", "pyxform"),
)
FORBIDDEN = (
    ("building", "sync.engine", "inspector_app.storage"),
    ("building", "sync.engine", "sync.server"),
    ("building", "sync.server.http", "sync.engine"),
    ("building", "sync.domain", "sync.contract"),
    ("building", "xforms", "sync.domain"),
    ("client", "inspector_app.services", "inspector_app.ui"),
    ("client", "inspector_app.storage", "inspector_app.reports"),
    ("server", "sync.server.storage", "sync.server.services"),
    ("qt", "inspector_app.reports", "PySide6"),
    ("qt", "sync.domain", "PySide6"),
    ("database", "inspector_app.ui", "sqlalchemy"),
    ("database", "inspector_app.viewmodels", "sqlcipher3"),
    ("words", "inspector_app.services", "inspector_app.words"),
    ("no-server-in-client", "inspector_app.services", "sync.server"),
    ("pure", "sync.contract", "requests"),
    ("pure", "sync.domain", "socket"),
    ("engine", "sync.engine", "sqlalchemy"),
    ("xforms", "xforms", "requests"),
    ("publishing", "sync.server.http", "pyxform"),
)


def build(house: Path, imports: tuple[tuple[str, str], ...]) -> None:
    """Write a package for every floor and one import line for every pair."""
    for floor in FLOORS:
        folder = house.joinpath(*floor.split("."))
        folder.mkdir(parents=True)
        while folder != house:
            (folder / "__init__.py").touch()
            folder = folder.parent
    for importer, imported in imports:
        with (house.joinpath(*importer.split(".")) / "__init__.py").open("a", encoding="utf-8") as module:
            module.write(f"import {imported}\n")


def lint(house: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's contracts over the packages in a folder."""
    program = str(Path(sys.executable).with_name("lint-imports"))
    command = [program, "--config", str(ROOT / "pyproject.toml"), "--no-cache", *options]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


def test_the_project_keeps_every_contract() -> None:
    report = lint(ROOT)
    assert report.returncode == 0, report.stdout + report.stderr


def test_a_house_of_the_agreed_shape_breaks_nothing(tmp_path: Path) -> None:
    build(tmp_path, ALLOWED)
    report = lint(tmp_path)
    assert (report.returncode, "0 broken" in report.stdout) == (0, True), report.stdout


@pytest.mark.parametrize(("contract", "importer", "imported"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(tmp_path: Path, contract: str, importer: str, imported: str) -> None:
    build(tmp_path, (("xforms.converting", "pyxform"), (importer, imported)))
    report = lint(tmp_path, "--contract", contract)
    assert (report.returncode, f"{importer} -> {imported}" in report.stdout) == (1, True), report.stdout


@pytest.mark.parametrize(("contract", "floor"), [("client", "inspector_app.helpers"), ("sync", "sync.utilities")])
def test_a_floor_nobody_agreed_on_breaks_the_shape(tmp_path: Path, contract: str, floor: str) -> None:
    build(tmp_path, ())
    tmp_path.joinpath(*floor.split(".")).with_suffix(".py").touch()
    report = lint(tmp_path, "--contract", contract)
    assert (report.returncode, floor.rpartition(".")[2] in report.stdout) == (1, True), report.stdout
