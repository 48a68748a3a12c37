"""Workbooks to forms, and what an author is told when that fails."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

import xforms
from tests.support import workbooks
from tests.support.workbooks import Rows
from xforms import converting
from xforms import publish as publishing
from xforms.publish import publish

SETTINGS: Rows = [["form_title", "form_id", "version"], ["Visit", "visit", "3"]]
CHOICES: Rows = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]


def workbook(survey: Rows, choices: Rows = CHOICES, settings: Rows = SETTINGS) -> bytes:
    return workbooks.workbook(survey, choices, settings)


def refused(data: bytes) -> xforms.PublishError:
    with pytest.raises(xforms.PublishError) as error:
        publish(data)
    return error.value


def refused_with(data: bytes, files: dict[str, bytes]) -> xforms.PublishError:
    with pytest.raises(xforms.PublishError) as error:
        publish(data, files=files)
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


def test_a_heading_with_a_slip_is_pointed_out_and_a_column_of_ones_own_is_not() -> None:
    survey = [
        ["type", "name", "label::English (en)", "Relevent", "note to self", "read only"],
        ["text", "a", "A", "1", "x", "no"],
    ]
    warnings = publish(workbook(survey)).warnings
    assert [said for said in warnings if "column" in said] == [
        "survey row 1, column Relevent: nobody reads this column; is relevant meant?"
    ]


def test_a_reference_to_a_question_that_is_not_there_is_told_in_the_converters_words_with_its_row() -> None:
    error = refused(workbook([["type", "name", "label", "relevant"], ["text", "note", "Note", "${lift} = 'yes'"]]))
    assert error.code == "refused"
    assert "Could not find the name 'lift'" in error.message
    assert error.where == "survey row 2, column relevant"


def test_an_unknown_type_is_told_in_the_converters_words() -> None:
    error = refused(workbook([["type", "name", "label"], ["text", "a", "A"], ["telepathy", "b", "B"]]))
    assert (error.code, error.where) == ("refused", "survey row 3, column type")
    assert "telepathy" in error.message


def test_a_missing_list_of_choices_is_told_at_the_question_that_asks_for_it() -> None:
    error = refused(workbook([["type", "name", "label"], ["select_one nothing", "a", "A"]]))
    assert (error.code, error.where) == ("refused", "survey row 2, column type")
    assert "nothing" in error.message


def test_a_sentence_of_the_converter_that_names_no_row_gets_the_row_it_was_at() -> None:
    rows = [["type", "name", "label", "parameters"], ["text", "a", "A", ""], ["image", "b", "B", "max-pixels=many"]]
    error = refused(workbook(rows))
    assert (error.message, error.where) == ("Parameter max-pixels must have an integer value.", "survey row 3")


def test_everything_that_is_wrong_is_told_in_one_go_in_the_order_of_the_sheets() -> None:
    survey = [
        ["type", "name", "label", "relevant", "calculation", "constraint"],
        ["begin_group", "lobby", "Lobby", "", "", ""],
        ["text", "a", "${nobody}", "${lift} = '1'", "", "foo(.) > 1"],
        ["text", "b", "B", "${lift} = '2'", "", "(. > 1"],
        ["end_group", "", "", "", "", ""],
        ["telepathy", "c", "C", "", "", ""],
        ["text", "c", "C again", "", "", ""],
        ["text", "2nd", "Name", "", "", ""],
        ["text", "d", "D", "${2nd} = 1", "", ""],
        ["calculate", "e", "", "", "${f} + 1", ""],
        ["calculate", "f", "", "", "${e} + 1", ""],
    ]
    choices = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "yes", "${lift}"]]
    error = refused(workbook(survey, choices))
    assert [(mistake.where, mistake.code) for mistake in error.mistakes] == [
        ("survey row 3, column label", "refused"),
        ("survey row 3, column relevant", "refused"),
        ("survey row 3, column constraint", "unknown_function"),
        ("survey row 4, column relevant", "refused"),
        ("survey row 4, column constraint", "xpath_syntax"),
        ("survey row 6, column type", "refused"),
        ("survey row 7, column name", "refused"),
        ("survey row 8, column name", "refused"),
        ("survey row 9, column relevant", "refused"),
        ("survey row 10, column calculation", "cycle"),
        ("choices row 3, column name", "refused"),
        ("choices row 3, column label", "refused"),
    ]
    assert error.code == "refused"
    assert str(error).splitlines()[0].startswith("survey row 3, column label: [row : 3] On the 'survey' sheet")
    [other] = [mistake for mistake in error.mistakes if mistake.where == "survey row 4, column relevant"]
    assert other.message.startswith("[row : 4] On the 'survey' sheet, the 'relevant' value is invalid.")


def test_a_hundred_different_mistakes_are_all_told() -> None:
    rows = [["text", f"q{at}", "Q", f"${{gone{at}}} = 1"] for at in range(100)]
    error = refused(workbook([["type", "name", "label", "relevant"], *rows]))
    assert [mistake.where for mistake in error.mistakes] == [
        f"survey row {at + 2}, column relevant" for at in range(100)
    ]


def test_a_search_that_takes_too_long_ends_with_what_was_found_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "_MOST_SECONDS", 0)
    rows = [["text", f"q{at}", "Q", f"${{gone{at}}} = 1"] for at in range(3)]
    error = refused(workbook([["type", "name", "label", "relevant"], *rows]))
    assert [mistake.code for mistake in error.mistakes] == ["refused", "more"]


def test_a_mistake_in_a_group_that_is_never_closed_is_told_beside_it() -> None:
    rows = [["type", "name", "label", "relevant"], ["begin_group", "g", "G", ""], ["text", "a", "A", "${b} = 1"]]
    error = refused(workbook(rows))
    assert [mistake.where for mistake in error.mistakes] == ["survey row 2"]
    assert "Unmatched" in error.message


def test_a_column_of_a_namespace_that_the_settings_do_not_name_is_told() -> None:
    error = refused(workbook([["type", "name", "label", "bind::midan:code"], ["text", "a", "A", "E01"]]))
    assert (error.code, error.where) == ("malformed", "survey row 1, column bind::midan:code")


REPEAT = [["type", "name", "label"], ["begin_repeat", "rooms", "Rooms"], ["text", "a", "A"], ["end_repeat", "", ""]]


def test_a_repeat_of_a_workbook_is_run() -> None:
    session = xforms.load(publish(workbook(REPEAT)).xml).new()
    session.new_repeat("/data/rooms")
    session.answer("/data/rooms[2]/a", "lounge")
    assert session.state("/data/rooms[2]/a").value == "lounge"


def test_a_function_that_the_engine_lacks_is_refused_with_row_and_column() -> None:
    rows = [["type", "name", "label", "calculation"], ["calculate", "x", "", "extract-signed('a', 'b')"]]
    error = refused(workbook([*rows, ["text", "a", "A", ""]]))
    assert (error.code, error.where) == ("unknown_function", "survey row 2, column calculation")
    assert "extract-signed()" in error.message


def test_fields_that_depend_on_each_other_are_refused_by_name() -> None:
    rows = [["type", "name", "label", "relevant"], ["text", "a", "A", "${b} = '1'"], ["text", "b", "B", "${a} = '1'"]]
    error = refused(workbook(rows))
    assert (error.code, error.where) == ("cycle", "survey row 2, column relevant")
    assert "/data/a -> /data/b -> /data/a" in error.message


def test_a_workbook_without_a_version_is_refused_where_the_caller_gives_none_either() -> None:
    settings = [["form_title", "form_id"], ["Visit", "visit"]]
    assert refused(workbook(GOOD, settings=settings)).code == "no_version"


@pytest.mark.parametrize("version", ["1", "2026.4", 'a "b" <c> & d'])
@pytest.mark.parametrize("settings", [[["form_title", "form_id"], ["Visit", "visit"]], [["style"], ["pages"]], [[]]])
def test_the_callers_version_is_that_of_a_workbook_without_one_and_of_no_other(settings: Rows, version: str) -> None:
    published = publish(workbook(GOOD, settings=settings), version=version)
    assert (published.version, published.unversioned) == (version, True)
    assert xforms.load(published.xml).version == version
    published = publish(workbook(GOOD), version=version)
    assert (published.version, published.unversioned) == ("3", False)


def test_a_form_as_another_version_is_what_its_workbook_makes_with_that_version() -> None:
    third, fourth = (
        publish(workbook(GOOD, settings=[*SETTINGS[:1], ["Visit", "visit", version]])).xml for version in ("3", "4")
    )
    assert publishing.versioned(third, "4") == fourth
    bare = publish(workbook(GOOD, settings=[row[:2] for row in SETTINGS]), version="4")
    assert bare.xml == fourth


def test_a_form_without_an_identifier_is_called_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "room_survey.xlsx"
    path.write_bytes(workbook(GOOD, settings=[[]]))
    assert publish(path, version="1").form_id == "room_survey"
    path.write_bytes(workbook(GOOD))
    assert publish(path).form_id == "visit"


def test_a_workbook_may_refer_to_a_list_that_is_given_with_it() -> None:
    survey = workbook([["type", "name", "label"], ["select_one_from_file hotels.csv", "hotel", "Hotel"]])
    error = refused(survey)
    assert (error.code, error.where) == ("missing_resource", "survey row 2, column type")
    assert "hotels.csv" in error.message
    lists = {"jr://file-csv/hotels.csv": "name,label\n1,Al Safa\n"}
    published = publish(survey, lists)
    (choice,) = xforms.load(published.xml, lists).new().state("/data/hotel").choices
    assert choice == xforms.Choice("1", "Al Safa")


SHOWN: Rows = [
    ["type", "name", "label", "media::image", "calculation"],
    ["select_one_from_file hotels.csv", "hotel", "Hotel", "", ""],
    ["note", "plan", "The plan", "plan.png", ""],
    ["calculate", "city", "", "", "pulldata('cities', 'name', 'code', ${hotel})"],
]
BESIDE = {
    "hotels.csv": "\ufeffname,label\n1,الصفا\n".encode(),
    "Plan.PNG": b"\x89PNG",
    "cities.csv": b"code,name\n1,Makkah\n",
    "notes.txt": b"for the author",
}


def test_files_beside_a_workbook_go_with_the_form_by_their_addresses_and_others_are_pointed_out() -> None:
    published = publish(workbook(SHOWN), files=BESIDE)
    assert dict(published.files) == {
        "jr://file-csv/cities.csv": BESIDE["cities.csv"],
        "jr://file-csv/hotels.csv": "name,label\n1,الصفا\n".encode(),
        "jr://images/plan.png": b"\x89PNG",
    }
    assert "the form does not refer to the file notes.txt" in published.warnings
    lists = {name: content.decode() for name, content in published.files.items() if name.endswith(".csv")}
    session = xforms.load(published.xml, lists).new()
    session.answer("/data/hotel", "1")
    assert session.state("/data/city").value == "Makkah"


def test_files_that_are_missing_or_cannot_be_read_are_told_by_name_where_they_are_asked_for() -> None:
    error = refused_with(workbook(SHOWN), {"hotels.csv": "name,label\n1,الصفا\n".encode("cp1256")})
    assert [(mistake.where, mistake.code) for mistake in error.mistakes] == [
        ("survey row 2, column type", "bad_encoding"),
        ("survey row 3, column media::image", "missing_resource"),
        ("survey row 4, column calculation", "missing_resource"),
    ]
    assert ["hotels.csv" in error.message, *("plan.png" in m.message for m in error.mistakes[1:2])] == [True, True]


def test_a_list_with_a_broken_line_is_refused_with_the_line() -> None:
    error = refused_with(workbook(SHOWN), {**BESIDE, "hotels.csv": b"name,label\n1,Safa,surplus\n"})
    assert (error.code, error.where) == ("bad_csv", "survey row 2, column type")
    assert "hotels.csv: line 2" in error.message


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


def test_a_form_whose_empty_sheet_keeps_a_device_busy_for_ever_is_not_published() -> None:
    questions = [["text", f"q{at}", "Q", ""] for at in range(300)]
    busy = "count(/data/g//*[count(/data/g//*[count(/data/g//*) > 1]) > 1])"
    rows = [["type", "name", "label", "calculation"], ["begin_group", "g", "G", ""], *questions]
    error = refused(workbook([*rows, ["end_group", "", "", ""], ["calculate", "busy", "", busy]]))
    assert error.code == "too_much_work"
