"""The transport checklist that is shipped: buses in a repeat, and items whose limits follow from what was counted."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openpyxl import load_workbook

import xforms
from sync.domain import findings
from sync.domain.zone import RIYADH
from xforms.publish import Published, publish

RESOURCES = Path(__file__).parents[2] / "resources"
FOLDER = RESOURCES / "checklists"
DAY = datetime(2026, 11, 22, 9, 0, tzinfo=RIYADH)
BUS = {
    "plate": "أ ب ج ١٢٣٤",
    "owner": "registered",
    "built": "2020",
    "card_ends": "2027-01-01",
    "driver_card_ends": "2027-01-01",
    "inspection_ends": "2027-01-01",
    "seats": "45",
    "passengers": "40",
}


def catalogue(name: str) -> Any:
    return json.loads((RESOURCES / "catalogue" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assemble() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assemble", FOLDER / "assemble.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def published() -> Published:
    files = {file.name: file.read_bytes() for file in (FOLDER / "transport-media").iterdir()}
    return publish(FOLDER / "transport.xlsx", files=files)


@pytest.fixture(scope="module")
def form(published: Published) -> xforms.Form:
    return xforms.load(published.xml, {address: content.decode() for address, content in published.files.items()})


@pytest.fixture
def session(form: xforms.Form) -> xforms.Session:
    """A trip with one bus at which nothing is wrong."""
    session = form.new(now=lambda: DAY)
    given = {"general/trip_kind": "intercity", "general/site_city": "makkah", "general/planned_buses": "1"}
    given |= {"general/manifest_count": "40", "totals/breakdown": "no"}
    given |= {f"buses[1]/{name}": value for name, value in BUS.items()}
    for name, value in given.items():
        session.answer(f"/data/{name}", value)
    session.answer("/data/totals/equipment", "extinguisher hammer first_aid")
    return session


def wrong(session: xforms.Session, item: str) -> bool:
    """Whether an item cannot be said to conform now."""
    session.answer(f"/data/F/{item}", "conform")
    return session.state(f"/data/F/{item}").problem is not None


def test_workbook_and_list_are_what_is_assembled_from_the_catalogue(assemble: ModuleType) -> None:
    committed = {
        sheet.title: [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in load_workbook(FOLDER / "transport.xlsx").worksheets
    }
    assert committed == assemble.sheets("transport")
    lists = {file.name: file.read_text("utf-8") for file in (FOLDER / "transport-media").iterdir()}
    assert lists == assemble.lists("transport")


def test_it_publishes_without_a_warning_in_both_languages(published: Published, form: xforms.Form) -> None:
    assert published.warnings == ()
    assert form.languages == ("Arabic (ar)", "English (en)")
    for language, script in (("ar", re.compile("[\u0621-\u064a]")), ("en", re.compile("[A-Za-z]"))):
        labels = {ref: state.label for ref, state in form.new(language).states().items() if state.label}
        assert len(labels) > 90
        assert [ref for ref, label in labels.items() if not script.search(label)] == []


def test_every_item_of_its_section_is_there_with_the_catalogues_words_and_severity(form: xforms.Form) -> None:
    wanted = [item for item in catalogue("checklist.json")["items"] if item["section"] == "F"]
    marked = [question for question in findings.questions(form.layout) if question.attributes_in(findings.MIDAN_NS)]
    items = {
        question.attributes_in(findings.MIDAN_NS)["code"]: question
        for question in marked
        if "code" in question.attributes_in(findings.MIDAN_NS)
    }
    session = form.new()
    assert list(items) == [item["code"] for item in wanted]
    for item in wanted:
        question = items[item["code"]]
        assert session.state(question.ref).label == item["text_ar"]
        assert question.attributes_in(findings.MIDAN_NS)["severity"] == item["severity"]
    assert not list(findings.unfit(form))


def test_a_trip_at_which_nothing_is_wrong_conforms_throughout(form: xforms.Form, session: xforms.Session) -> None:
    for item in findings.from_session(session, form):
        assert not wrong(session, item.code), item.code
    assert session.problems() == ()
    final = form.restore(session.serialise(final=True), now=lambda: DAY)
    assert {item.answer for item in findings.from_session(final, form)} == {findings.Answer.CONFORM}


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        ("F02", "buses[1]/card_ends", "2026-11-21"),
        ("F03", "buses[1]/driver_card_ends", "2026-11-21"),
        ("F05", "general/manifest_count", "41"),
        ("F06", "buses[1]/passengers", "46"),
        ("F10", "buses[1]/inspection_ends", "2026-11-21"),
        ("F22", "totals/equipment", "extinguisher first_aid"),
    ],
)
def test_what_was_counted_keeps_an_item_from_conforming(
    session: xforms.Session, item: str, name: str, value: str
) -> None:
    assert not wrong(session, item)
    session.answer(f"/data/{name}", value)
    assert wrong(session, item)
    session.answer(f"/data/F/{item}", "nonconform")
    assert session.state(f"/data/F/{item}").problem is None


def test_one_bus_of_several_is_enough(session: xforms.Session) -> None:
    session.new_repeat("/data/buses")
    for name, value in (BUS | {"card_ends": "2026-01-01"}).items():
        session.answer(f"/data/buses[2]/{name}", value)
    assert wrong(session, "F02")
    session.remove_repeat("/data/buses[2]")
    assert not wrong(session, "F02")


@pytest.mark.parametrize(
    ("owner", "built", "refused"),
    [("registered", "2010", False), ("leased_foreign", "2016", False), ("leased_foreign", "2015", True)],
)
def test_ten_years_are_the_limit_for_leased_foreign_buses(
    session: xforms.Session, owner: str, built: str, refused: bool
) -> None:
    session.answer("/data/buses[1]/owner", owner)
    session.answer("/data/buses[1]/built", built)
    assert wrong(session, "F11") is refused


@pytest.mark.parametrize(
    ("place", "minutes", "refused"),
    [("inside", "60", False), ("inside", "61", True), ("outside", "120", False), ("outside", "121", True)],
)
def test_a_replacement_has_an_hour_in_the_city_and_two_outside(
    session: xforms.Session, place: str, minutes: str, refused: bool
) -> None:
    assert not session.state("/data/F/F16").relevant
    session.answer("/data/totals/breakdown", "yes")
    session.answer("/data/totals/breakdown_place", place)
    session.answer("/data/totals/breakdown_minutes", minutes)
    assert wrong(session, "F16") is refused


def test_a_spare_bus_is_asked_for_from_500_pilgrims_on(session: xforms.Session) -> None:
    for count, asked in (("499", False), ("500", True)):
        session.answer("/data/general/manifest_count", count)
        assert session.state("/data/F/F15").relevant is asked


def test_the_sites_offered_are_those_of_the_city(session: xforms.Session) -> None:
    for city, expected in (("jeddah", "JEDPORT"), ("madinah", "MED"), ("makkah", "PK_KUDAI")):
        session.answer("/data/general/site_city", city)
        assert expected in [choice.value for choice in session.state("/data/general/site").choices]
    assert "MED" not in [choice.value for choice in session.state("/data/general/site").choices]
