"""Choices of a small form on a page, and where each of them is to be touched."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from inspector_app.ui.forms.inputs.board import Board
from inspector_app.ui.forms.inputs.choices import ChoosingInput
from inspector_app.ui.forms.inputs.dropping import Dropping
from inspector_app.ui.look import Look
from inspector_app.viewmodels.offered import Offered
from inspector_app.viewmodels.tasks import Tasks
from tests.ui.asked import Asked, ask, form

CITIES = [
    ("makkah", "مكة المكرمة"),
    ("madinah", "المدينة المنورة"),
    ("jeddah", "جدة"),
    ("taif", "الطائف"),
    ("yanbu", "ينبع"),
    ("rabigh", "رابغ"),
    ("badr", "بدر"),
]
FEW = CITIES[:3]


def one(look: Look, tasks: Tasks, appearance: str = "", choices: list[tuple[str, str]] = CITIES) -> Asked:
    return ask(form("select1", appearance=appearance, choices=choices), look, tasks)


def some(look: Look, tasks: Tasks, appearance: str = "", choices: list[tuple[str, str]] = CITIES) -> Asked:
    return ask(form("select", appearance=appearance, choices=choices), look, tasks)


def part(asked: Asked) -> object:
    assert isinstance(asked.input, ChoosingInput)
    return asked.input.part


def board(asked: Asked) -> Board:
    found = part(asked)
    assert isinstance(found, Board)
    return found


def offered(asked: Asked) -> Offered:
    assert isinstance(asked.input, ChoosingInput)
    return asked.input.offered


def spot(asked: Asked, value: str) -> QRect:
    return board(asked).visualRect(offered(asked).index(offered(asked).row_of(value)))


def touch(asked: Asked, value: str) -> None:
    QTest.mouseClick(board(asked).viewport(), Qt.MouseButton.LeftButton, pos=spot(asked, value).center())


def cities(count: int) -> list[tuple[str, str]]:
    return [(f"c{number}", f"{CITIES[number % 7][1]} {number}") for number in range(count)]


def box(asked: Asked) -> Dropping:
    found = part(asked)
    assert isinstance(found, Dropping)
    return found


def listed(choices: list[tuple[str, str]]) -> str:
    """An instance with choices, each with a ``side``: the first letter of its value."""
    items = (f"<item><name>{v}</name><label>{n}</label><side>{v[0]}</side></item>" for v, n in choices)
    return f"<instance id='cities'><root>{''.join(items)}</root></instance>"


FILTERED = listed(CITIES)
OF_ANY_SIDE = '<itemset nodeset="instance(\'cities\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
BY_SIDE = (
    "<itemset nodeset=\"instance('cities')/root/item[side = /data/other]\">"
    '<value ref="name"/><label ref="label"/></itemset>'
)
