"""Workbooks to forms, and what an author is told when that fails."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

import xforms
from xforms import publish as publishing
from xforms.publish import publish

Rows = list[list[str]]
SETTINGS: Rows = [["form_title", "form_id", "version"], ["Visit", "visit", "3"]]
CHOICES: Rows = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]


def workbook(survey: Rows, choices: Rows = CHOICES, settings: Rows = SETTINGS) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def refused(data: bytes) -> xforms.PublishError:
    with pytest.raises(xforms.PublishError) as error:
        publish(data)
    return error.value


GOOD: Rows = [["type", "name", "label"], ["select_one yn", "lifts", "Lifts?"], ["text", "note", "Note"]]


def test_a_workbook_becomes_a_form_that_the_engine_runs(tmp_path: Path) -> None:
    path = tmp_path / "visit.xlsx"
    path.write_bytes(workbook(GOOD))
    for source in (path, str(path), path.read_bytes()):
        published = publish(source)
        assert (published.form_id, published.version, published.title) == ("visit", "3", "Visit")
        session = xforms.load(published.xml).new()
        assert [choice.label for choice in session.state("/data/lifts").choices] == ["Yes", "No"]


def test_the_converters_own_warnings_are_handed_on() -> None:
    published = publish(workbook([["type", "name", "label"], ["image", "photo", "Photo"]]))
    assert any("max-pixels" in warning for warning in published.warnings)


def test_a_reference_to_a_question_that_is_not_there_is_told_in_the_converters_words_with_its_row() -> None:
    error = refused(workbook([["type", "name", "label", "relevant"], ["text", "note", "Note", "${lift} = 'yes'"]]))
    assert error.code == "refused"
    assert "lift" in error.message
    assert "row" in error.where
    assert "2" in error.where


def test_an_unknown_type_is_told_in_the_converters_words() -> None:
    error = refused(workbook([["type", "name", "label"], ["text", "a", "A"], ["telepathy", "b", "B"]]))
    assert error.code == "refused"
    assert "telepathy" in error.message


def test_a_missing_list_of_choices_is_told() -> None:
    error = refused(workbook([["type", "name", "label"], ["select_one nothing", "a", "A"]]))
    assert error.code == "refused"
    assert "nothing" in error.message


REPEAT = [["type", "name", "label"], ["begin_repeat", "rooms", "Rooms"], ["text", "a", "A"], ["end_repeat", "", ""]]


def test_a_repeat_is_refused_by_name_as_long_as_no_screen_shows_it() -> None:
    error = refused(workbook(REPEAT))
    assert (error.code, error.where) == ("unsupported_repeat", "/data/rooms")


def test_a_repeat_of_a_workbook_is_run_where_it_can_be_shown() -> None:
    session = xforms.load(publish(workbook(REPEAT), unshown=frozenset()).xml).new()
    session.new_repeat("/data/rooms")
    session.answer("/data/rooms[2]/a", "lounge")
    assert session.state("/data/rooms[2]/a").value == "lounge"


def test_a_function_that_the_engine_lacks_is_refused_with_the_field() -> None:
    rows = [["type", "name", "label", "calculation"], ["calculate", "x", "", "extract-signed('a', 'b')"]]
    error = refused(workbook([*rows, ["text", "a", "A", ""]]))
    assert (error.code, error.where) == ("unknown_function", "/data/x")
    assert "extract-signed()" in error.message


def test_fields_that_depend_on_each_other_are_refused_by_name() -> None:
    rows = [["type", "name", "label", "relevant"], ["text", "a", "A", "${b} = '1'"], ["text", "b", "B", "${a} = '1'"]]
    error = refused(workbook(rows))
    assert error.code == "cycle"
    assert "/data/a -> /data/b -> /data/a" in error.message


def test_a_workbook_without_a_version_is_refused() -> None:
    settings = [["form_title", "form_id"], ["Visit", "visit"]]
    assert refused(workbook(GOOD, settings=settings)).code == "no_version"


def test_a_workbook_may_refer_to_a_list_that_is_given_with_it() -> None:
    survey = workbook([["type", "name", "label"], ["select_one_from_file hotels.csv", "hotel", "Hotel"]])
    error = refused(survey)
    assert (error.code, error.where) == ("missing_resource", "jr://file-csv/hotels.csv")
    lists = {"jr://file-csv/hotels.csv": "name,label\n1,Al Safa\n"}
    published = publish(survey, lists)
    (choice,) = xforms.load(published.xml, lists).new().state("/data/hotel").choices
    assert choice == xforms.Choice("1", "Al Safa")


def archive(entries: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return written.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as source:
        return archive({entry: source.read(entry) for entry in source.namelist()} | {name: content})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"type,name,label\ntext,a,A\n",
        archive({"word/document.xml": b"<w/>"}),
        workbook(GOOD)[:-200],
        with_part("xl/workbook.xml", b"<workbook"),
        with_part("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY e "x">]><workbook>&e;</workbook>'),
    ],
    ids=["empty", "csv", "another-document", "cut-off", "broken-part", "entities"],
)
def test_what_is_no_workbook_is_refused_as_such(data: bytes) -> None:
    assert refused(data).code == "not_a_workbook"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    bomb = archive({"[Content_Types].xml": b"<Types/>", "xl/a.xml": b" " * (publishing.MAX_UNPACKED + 1)})
    assert len(bomb) < publishing.MAX_WORKBOOK
    assert refused(bomb).code == "too_large"


def test_a_workbook_that_is_too_large_is_refused() -> None:
    assert refused(bytes(publishing.MAX_WORKBOOK + 1)).code == "too_large"
