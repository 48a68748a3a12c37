"""The checklist that is shipped: what its workbook holds and how it behaves."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openpyxl import load_workbook

import xforms
from xforms.publish import Published, publish

RESOURCES = Path(__file__).parents[2] / "resources"
WORKBOOK = RESOURCES / "checklists" / "accommodation.xlsx"
MIDAN = "https://midan.example/xforms"
ARABIC = re.compile("[\u0621-\u064a]")
LATIN = re.compile("[A-Za-z]")


def catalogue(name: str) -> Any:
    return json.loads((RESOURCES / "catalogue" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assemble() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assemble", RESOURCES / "checklists" / "assemble.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def published() -> Published:
    return publish(WORKBOOK)


@pytest.fixture(scope="module")
def form(published: Published) -> xforms.Form:
    return xforms.load(published.xml)


def questions(layout: xforms.Layout) -> Iterator[xforms.Question]:
    for child in layout:
        if isinstance(child, xforms.Group):
            yield from questions(child.children)
        else:
            yield child


def items(form: xforms.Form) -> dict[str, xforms.Question]:
    found = {each.attributes_in(MIDAN).get("code", ""): each for each in questions(form.layout)}
    found.pop("", None)
    return found


def test_the_committed_workbook_has_the_cells_that_are_assembled_from_the_catalogue(assemble: ModuleType) -> None:
    book = load_workbook(WORKBOOK)
    committed = {
        sheet.title: [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }
    assert committed == assemble.sheets()


def test_it_publishes_without_a_warning_in_arabic_first_and_english(published: Published, form: xforms.Form) -> None:
    assert published.warnings == ()
    assert (published.form_id, published.version) == ("accommodation", "2026112201")
    assert form.languages == ("Arabic (ar)", "English (en)")
    assert form.default_language == "Arabic (ar)"


def test_every_item_of_its_three_sections_is_there_with_the_catalogues_words_and_severity(form: xforms.Form) -> None:
    found, session = items(form), form.new()
    for item in catalogue("checklist.json")["items"]:
        if item["section"] not in "EIJ":
            continue
        question = found.pop(item["code"])
        named = question.attributes_in(MIDAN)
        assert question.ref == f"/data/{item['section']}/{item['code']}"
        assert session.state(question.ref).label == item["text_ar"]
        assert (named["section"], named["severity"]) == (item["section"], item["severity"])
    assert set(found) == {"E01A", "E04A"}


def test_every_item_names_a_severity_and_a_known_violation(form: xforms.Form) -> None:
    known = {violation["code"] for violation in catalogue("domain_catalog.json")["violation_types"]}
    for code, question in items(form).items():
        named = question.attributes_in(MIDAN)
        assert named["severity"] in ("critical", "major", "minor"), code
        assert named["violation"] in known, code
        assert question.control == "select1"


def test_every_item_has_a_required_note_and_a_photo_that_come_with_a_finding(form: xforms.Form) -> None:
    by_ref = {question.ref: question for question in questions(form.layout)}
    for code, question in items(form).items():
        session = form.new()
        for role, kind, required in (("note", "string", True), ("photo", "binary", False)):
            evidence = by_ref[f"{question.ref}_{role}"]
            assert evidence.attributes_in(MIDAN) == {"of": code, "role": role}
            assert evidence.type == kind
            relevances = []
            for answer in ("conform", "na", "partial", "nonconform"):
                session.answer(question.ref, answer)
                relevances.append(session.state(evidence.ref).relevant)
            open_item = session.state(question.ref).relevant
            assert relevances == [False, False, open_item, open_item] or not open_item
            assert session.state(evidence.ref).required is required


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_text_is_there_in_each_language_and_in_its_script(form: xforms.Form, language: str) -> None:
    session = form.new(language=language)
    script = ARABIC if language == "ar" else LATIN
    for question in questions(form.layout):
        state = session.state(question.ref)
        for text in (state.label, state.guidance, *(choice.label for choice in state.choices)):
            assert script.search(text), question.ref
        if language == "ar":
            assert not LATIN.search(state.label + state.guidance), question.ref
        else:
            assert not ARABIC.search(state.label + state.guidance), question.ref
        if question.control == "select1":
            assert session.state(question.ref).choices


def test_every_required_question_says_in_both_languages_what_is_missing(form: xforms.Form) -> None:
    session = form.new()
    for question in questions(form.layout):
        session.answer(question.ref, "nonconform") if question.control == "select1" else None
    for language, script in (("ar", ARABIC), ("en", LATIN)):
        session.set_language(language)
        missing = [problem for _, problem in session.problems() if problem.kind == "required"]
        assert missing
        assert all(script.search(problem.message) for problem in missing)


FOLLOWS = [
    ("/data/general/has_lifts", "yes", "no", ["/data/E/E13", "/data/I/I05"]),
    ("/data/general/had_outage", "yes", "no", ["/data/E/E20"]),
    ("/data/general/lodging_changed", "yes", "no", ["/data/E/E06"]),
    ("/data/general/lodging_kind", "temporary", "hotel", ["/data/E/E22"]),
    ("/data/general/floors", "3", "2", ["/data/I/I02"]),
    ("/data/general/head_count", "50", "49", ["/data/I/I02"]),
    ("/data/general/head_count", "1", "0", ["/data/J", "/data/J/J01", "/data/E/E07"]),
    ("/data/E/E01", "nonconform", "conform", ["/data/E/E01A"]),
    ("/data/E/E04", "nonconform", "partial", ["/data/E/E04A"]),
]


@pytest.mark.parametrize(("asked", "opens", "closes", "followers"), FOLLOWS)
def test_an_item_is_asked_only_where_the_building_calls_for_it(
    form: xforms.Form, asked: str, opens: str, closes: str, followers: list[str]
) -> None:
    session = form.new()
    session.answer(asked, opens)
    assert [session.state(ref).relevant for ref in followers] == [True] * len(followers)
    session.answer(asked, closes)
    assert [session.state(ref).relevant for ref in followers] == [False] * len(followers)


def test_capacity_cannot_conform_when_more_pilgrims_are_there_than_beds(form: xforms.Form) -> None:
    session = form.new(language="en")
    session.answer("/data/general/capacity", "100")
    session.answer("/data/general/head_count", "120")
    session.answer("/data/E/E08", "conform")
    problem = session.state("/data/E/E08").problem
    assert problem is not None
    assert (problem.kind, problem.message) == (
        "constraint",
        "The head count exceeds the capacity, so this item cannot conform.",
    )
    session.answer("/data/E/E08", "nonconform")
    assert session.state("/data/E/E08").problem is None


def test_a_head_count_above_the_registered_one_is_pointed_out_with_both_numbers(form: xforms.Form) -> None:
    session = form.new(language="en")
    session.answer("/data/general/registered_count", "90")
    session.answer("/data/general/head_count", "97")
    note = session.state("/data/general/head_count_note")
    assert note.relevant
    assert "(97)" in note.label
    assert "(90)" in note.label


def test_a_checklist_filled_to_the_end_has_no_problem_left(form: xforms.Form) -> None:
    session = form.new()
    answers = {
        "lodging_kind": "hotel",
        "capacity": "200",
        "registered_count": "150",
        "head_count": "148",
        "floors": "9",
    }
    answers |= {"has_lifts": "yes", "had_outage": "no", "lodging_changed": "no"}
    for name, value in answers.items():
        session.answer(f"/data/general/{name}", value)
    for question in items(form).values():
        session.answer(question.ref, "conform")
    assert session.problems() == ()
    session.answer("/data/I/I03", "nonconform")
    assert [ref for ref, _ in session.problems()] == ["/data/I/I03_note"]
    session.answer("/data/I/I03_note", "طفاية منتهية في الدور الرابع")
    assert session.problems() == ()
