"""Every appearance of what is typed, set and chosen, in both languages and themes: named, whole, and pictured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.layout import Page
from inspector_app.ui.look import TEXT_SIZES, Look
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.support import pictures, screens
from tests.ui.asked import Asked, ask, form
from tests.ui.choosing import OF_ANY_SIDE, listed

LANGUAGES: tuple[Language, ...] = ("ar", "en")
CITIES = {
    "ar": ["مكة المكرمة", "المدينة المنورة", "جدة", "الطائف", "ينبع", "رابغ", "بدر", "خليص"],
    "en": ["Makkah", "Madinah", "Jeddah", "Taif", "Yanbu", "Rabigh", "Badr", "Khulays"],
}
LIKERT = {
    "ar": ["لا أوافق أبدًا", "لا أوافق", "محايد", "أوافق", "أوافق تمامًا"],
    "en": ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
}
LONG = {
    "ar": "غرف لا تصلها عربات المعتمرين من ذوي الإعاقة، ولا مصعد قريب منها، ويلزم نقل ساكنيها إلى دور آخر قبل الليلة",
    "en": "Rooms that pilgrims in wheelchairs cannot reach, with no lift near them, whose guests have to be moved to "
    "another floor before tonight",
}
NAMED = ' start="1" end="5" step="1" tick-interval="2" placeholder="3"'
NAMES = listed([("1", "سيئ"), ("3", "لا بأس به"), ("5", "ممتاز في كل شيء")])
Ask = Callable[..., Asked]


@pytest.fixture(params=[(language, theme) for language in LANGUAGES for theme in ("light", "dark")], ids="-".join)
def dressed(request: pytest.FixtureRequest, look: Look) -> Look:
    language, theme = request.param
    look.set_language(language)
    look.set_theme(theme)
    return look


@pytest.fixture
def page(dressed: Look, qtbot: QtBot) -> Page:
    """A page that is filled with questions, as wide as the smallest window leaves."""
    made = Page(width=920)
    qtbot.addWidget(made)
    made.resize(760, 900)
    return made


def png(colour: str, wide: int = 160, high: int = 110) -> bytes:
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the older overload with bytes
    return bytes(buffer.data().data())


def files(address: str) -> bytes | None:
    colours = {"tent": "#8C6D46", "tower": "#46708C", "house": "#5E8C46"}
    return next((png(colour) for name, colour in colours.items() if name in address), None)


def cities(look: Look, count: int = 8) -> list[tuple[str, str]]:
    return [(f"c{number}", name) for number, name in enumerate(CITIES[look.words.language][:count])]


def typed(look: Look, tasks: Tasks) -> list[tuple[str, Asked, str]]:
    return [
        ("text", ask(form(), look, tasks), "فندق Al Noor (٢)"),
        ("numbers", ask(form(appearance="numbers"), look, tasks), "+966501234567"),
        ("masked", ask(form(appearance="masked"), look, tasks), "1448"),
        ("url", ask(form(appearance="url"), look, tasks), "https://midan.example/forms"),
        ("multiline", ask(form(appearance="multiline"), look, tasks), LONG[look.words.language]),
        ("integer", ask(form(kind="int"), look, tasks), "220"),
        ("decimal", ask(form(kind="decimal"), look, tasks), "-12.50"),
        ("thousands", ask(form(kind="int", appearance="thousands-sep"), look, tasks), "1234567"),
        ("counter", ask(form(kind="int", appearance="counter"), look, tasks), "3"),
        ("wrong", ask(form(kind="int"), look, tasks), "كثير"),
        ("yes or no", ask(form(kind="boolean"), look, tasks), "true"),
        ("read", ask(form("trigger"), look, tasks), "OK"),
    ]


def scales(look: Look, tasks: Tasks) -> list[tuple[str, Asked, str]]:
    tens, half = ' start="0" end="10" step="1"', ' start="0" end="5" step="0.5"'
    return [
        ("empty", ask(form("range", "int", inside=tens), look, tasks), ""),
        ("range", ask(form("range", "int", inside=tens), look, tasks), "4"),
        ("no ticks", ask(form("range", "decimal", "no-ticks", inside=half), look, tasks), "2.5"),
        ("named ticks", ask(form("range", "int", inside=NAMED + OF_ANY_SIDE, model=NAMES), look, tasks), ""),
        (
            "named, upright",
            ask(form("range", "int", "vertical", inside=NAMED + OF_ANY_SIDE, model=NAMES), look, tasks),
            "3",
        ),
        ("vertical", ask(form("range", "int", "vertical", inside=tens), look, tasks), "7"),
        ("no stars", ask(form("range", "int", "rating", inside=' start="1" end="5" step="1"'), look, tasks), ""),
        ("stars", ask(form("range", "int", "rating", inside=' start="1" end="5" step="1"'), look, tasks), "3"),
        ("picker", ask(form("range", "int", "picker", inside=tens), look, tasks), "6"),
    ]


def singles(look: Look, tasks: Tasks) -> list[tuple[str, Asked, str]]:
    few, more = cities(look, 3), [*cities(look), ("long", LONG[look.words.language])]
    points = [(f"p{number}", label) for number, label in enumerate(LIKERT[look.words.language])]
    many = [(f"m{number}", f"{CITIES[look.words.language][number % 8]} {number}") for number in range(300)]

    def one(appearance: str, choices: list[tuple[str, str]]) -> Asked:
        return ask(form("select1", appearance=appearance, choices=choices), look, tasks)

    return [
        ("few", one("", few), "c1"),
        ("column", one("", more), "c2"),
        ("minimal", one("minimal", more), "long"),
        ("minimal empty", one("minimal", more), ""),
        ("autocomplete", one("autocomplete", cities(look)), "c4"),
        ("many", one("", many), "m3"),
        ("likert", one("likert", points), "p3"),
        ("columns", one("columns", cities(look)), "c1"),
        ("columns-3", one("columns-3", cities(look)), "c5"),
        ("columns-pack", one("columns-pack", cities(look)), "c0"),
        ("list", one("list", cities(look, 4)), "c0"),
        ("list-nolabel", one("list-nolabel", cities(look, 4)), "c2"),
        ("label", one("label", cities(look, 4)), ""),
        ("stale", one("", few), "gone"),
        ("none offered", one("", []), ""),
    ]


def several(look: Look, tasks: Tasks) -> list[tuple[str, Asked, str]]:
    more = [*cities(look), ("long", LONG[look.words.language])]

    def some(appearance: str, choices: list[tuple[str, str]], control: str = "select") -> Asked:
        return ask(form(control, appearance=appearance, choices=choices), look, tasks)

    return [
        ("ticks", some("", more), "c1 c3 long"),
        ("some minimal", some("minimal", more), "c1 c3 c4"),
        ("some columns", some("columns-2", cities(look)), "c0 c7"),
        ("some autocomplete", some("autocomplete", cities(look)), "c2 gone"),
        ("unranked", some("", cities(look, 4), "rank"), ""),
        ("ranked", some("", more[5:], "rank"), "long c6 c5 c7"),
    ]


def pictured(look: Look, tasks: Tasks) -> list[tuple[str, Asked, str]]:
    names = dict(zip(("tent", "tower", "house", "bare"), CITIES[look.words.language], strict=False))
    texts = "".join(
        f'<text id="{name}"><value>{label}</value>'
        + (f'<value form="image">jr://images/{name}.png</value>' if name != "bare" else "")
        + "</text>"
        for name, label in names.items()
    )
    items = "".join(f"<item><label ref=\"jr:itext('{name}')\"/><value>{name}</value></item>" for name in names)
    model = f'<itext><translation lang="x">{texts}</translation></itext>'

    def one(appearance: str, control: str = "select1") -> Asked:
        made = form(control, appearance=appearance, inside=items, model=model)
        return ask(made, look, tasks, files)

    return [
        ("pictures beside", one(""), "tower"),
        ("no-buttons", one("no-buttons"), "tent"),
        ("columns-2 no-buttons", one("columns-2 no-buttons", "select"), "tent house"),
    ]


@pytest.mark.parametrize("sheet", [typed, scales, singles, several, pictured])
def test_no_appearance_has_a_nameless_input_a_raw_key_or_a_clipped_label(
    sheet: Callable[[Look, Tasks], list[tuple[str, Asked, str]]],
    dressed: Look,
    tasks: Tasks,
    page: Page,
    settle: Callable[[], None],
) -> None:
    for name, asked, value in sheet(dressed, tasks):
        card = Card(padding=16, spacing=4)
        card.body.addWidget(asked)
        page.body.addWidget(card)
        asked.put(value)
        asked.field.set_label(name)
    page.body.addStretch(1)
    page.show()
    settle()
    column = page.body.parentWidget()
    assert isinstance(column, QWidget)
    # As high as all of it, so that the picture shows what would be scrolled to.
    page.resize(760, max(page.body.heightForWidth(760), page.body.sizeHint().height()) + 40)
    settle()
    pictures.grab(page, dressed, f"inputs-{sheet.__name__}")
    assert screens.faults(page) == []
    dressed.set_text_size(TEXT_SIZES["larger"])
    settle()
    page.resize(760, max(page.body.heightForWidth(760), page.body.sizeHint().height()) + 40)
    settle()
    pictures.grab(page, dressed, f"inputs-{sheet.__name__}-larger")
    assert screens.faults(page) == []
