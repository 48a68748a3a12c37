"""Publishing at a centre: a workbook with its files, and what its author is told at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import xforms
from sync.contract import attached, scopes, wire
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.server.cli import main
from sync.server.services import publishing
from sync.server.services.centre import Centre, open_centre
from sync.server.storage import changes, sequence
from sync.server.storage import tables as t
from sync.server.storage.rows import writing
from tests.support.workbooks import LODGINGS, PLAN, Rows, tour, workbook

ABOUT = publishing.About("IT04", "2026-06-16", "جولة", "Tour")


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """A centre that knows one type of violation."""
    made = open_centre(str(tmp_path / "centre.db"), tmp_path / "blobs")
    with writing(made.database) as rows:
        violation = r.Code(id="violation_type:V03", list="violation_type", code="V03", name_ar="سكن", name_en="Lodging")
        rows.put([violation], [scopes.GLOBAL])
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workbook, and its files in the folder that others would put them in."""
    (tmp_path / "tour.xlsx").write_bytes(tour())
    (tmp_path / "tour-media").mkdir()
    (tmp_path / "tour-media" / "lodgings.csv").write_text(LODGINGS, encoding="utf-8")
    (tmp_path / "tour-media" / "plan.png").write_bytes(PLAN)
    return tmp_path


def chunks(centre: Centre) -> dict[str, r.Chunk]:
    with centre.database.read() as connection:
        found = connection.execute(sa.select(t.RECORDS["chunk"])).mappings().all()
    return {row["id"]: r.Chunk(**row) for row in found}


def test_a_checklist_is_published_with_the_files_beside_its_workbook(centre: Centre, folder: Path) -> None:
    made = publishing.publish(centre, folder / "tour.xlsx", ABOUT).checklist
    assert [(file.address, file.media_type, file.size) for file in made.files] == [
        ("jr://file-csv/lodgings.csv", "text/csv", len(LODGINGS.encode())),
        ("jr://images/plan.png", "image/png", len(PLAN)),
    ]
    held = chunks(centre)
    assert [attached.content(file, held.get) for file in made.files] == [LODGINGS.encode(), PLAN]
    form = centre.forms.compiled(made, held.get)
    assert [choice.label for choice in form.new().state("/data/lodging").choices] == ["دار الصفا", "برج السلام"]


def test_the_parts_of_files_come_before_their_checklist_and_only_the_new_ones_come_again(
    centre: Centre, folder: Path
) -> None:
    def news(since: int) -> list[str]:
        with centre.database.read() as connection:
            return [change.kind for change in changes.scan(connection, since, ["global"]).changes]

    def last() -> int:
        with centre.database.read() as connection:
            return sequence.last(connection)

    before = last()
    publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    assert news(before) == ["chunk", "chunk", "checklist"]
    before = last()
    (folder / "tour.xlsx").write_bytes(tour("2"))
    (folder / "tour-media" / "lodgings.csv").write_text(LODGINGS + "h3,x\n", encoding="utf-8")
    publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    assert news(before) == ["chunk", "checklist"]


def test_a_page_of_pictures_is_not_much_longer_than_others_on_the_wire(centre: Centre, folder: Path) -> None:
    noise = b"".join(bytes([i % 256]) * 7 + i.to_bytes(4, "big") for i in range(90_000))
    (folder / "tour-media" / "plan.png").write_bytes(noise)
    with centre.database.read() as connection:
        since = sequence.last(connection)
    publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    with centre.database.read() as connection:
        first = changes.scan(connection, since, ["global"])
    assert first.more
    assert sum(len(str(change.values)) for change in first.changes) <= wire.PAGE_BYTES / 4


def test_the_same_version_with_another_file_is_refused(centre: Centre, folder: Path) -> None:
    publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    (folder / "tour-media" / "plan.png").write_bytes(PLAN + b"\0")
    with pytest.raises(Refused, match="record_exists"):
        publishing.publish(centre, folder / "tour.xlsx", ABOUT)


def refused(centre: Centre, folder: Path) -> tuple[tuple[str, str], ...]:
    with pytest.raises(xforms.PublishError) as error:
        publishing.publish(centre, folder / "tour.xlsx", ABOUT)
    assert not chunks(centre)
    return tuple((mistake.where, mistake.code) for mistake in error.value.mistakes)


def test_files_that_are_too_many_bytes_or_of_an_unknown_kind_are_refused_by_name(centre: Centre, folder: Path) -> None:
    (folder / "tour-media" / "plan.png").write_bytes(bytes(attached.MOST_BYTES))
    assert refused(centre, folder) == (("jr://images/plan.png", "files_too_large"),)
    (folder / "tour-media" / "plan.png").write_bytes(bytes(attached.MOST_BYTES + 1))
    assert refused(centre, folder) == (("plan.png", "files_too_large"),)
    (folder / "tour-media" / "plan.png").unlink()
    assert refused(centre, folder) == (("survey row 4, column media::image", "missing_resource"),)


ITEMS: Rows = [
    ["begin_repeat", "lifts", "Lifts"],
    ["select_one conformity", "T02", "The lift works", "", "T02", "major", "V03"],
    ["end_repeat"],
    ["select_one conformity", "T03", "Clean", "", "T03", "deadly", "V99"],
    ["text", "T04", "Quiet", "", "T04", "minor", "V03"],
    ["image", "T05_photo", "Photo", "", "", "", "", "T05", "photo"],
]


def test_what_cannot_be_an_item_is_refused_with_its_rows_all_at_once(centre: Centre, folder: Path) -> None:
    (folder / "tour.xlsx").write_bytes(tour("1", *ITEMS))
    assert refused(centre, folder) == (
        ("survey row 10, column bind::midan:code", "item_in_repeat"),
        ("survey row 12, column bind::midan:severity", "unknown_severity"),
        ("survey row 12, column bind::midan:violation", "unknown_violation"),
        ("survey row 13, column type", "not_a_choice"),
        ("survey row 14, column bind::midan:of", "unknown_item"),
    )


def test_the_author_reads_a_line_for_each_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tour.xlsx").write_bytes(tour("1", ["text", "a", "${nobody}"], ["telepathy", "b", "B"]))
    where = ["--db", str(tmp_path / "centre.db"), "--blobs", str(tmp_path / "blobs")]
    assert main(["publish", *where, str(tmp_path / "tour.xlsx"), "--inspection-type", "IT04"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "survey row 4, column type",
        "survey row 4, column media",
        "survey row 9, column label",
        "survey row 10, column type",
    ]
    assert said[0].endswith("[missing_resource]")
    assert "Could not find the name 'nobody'" in said[2]
    assert said[3] == "survey row 10, column type: Unknown question type 'telepathy'. [refused]"


def test_files_may_be_named_one_by_one_and_unused_ones_are_pointed_out(
    centre: Centre, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "tour-media").rename(folder / "elsewhere")
    (folder / "notes.csv").write_text("a\n", encoding="utf-8")
    asked = ["publish", "--db", str(tmp_path / "centre.db"), "--blobs", str(tmp_path / "blobs")]
    asked += [str(folder / "tour.xlsx"), "--inspection-type", "IT04", "--files", str(folder / "notes.csv")]
    assert main([*asked, "--files", str(folder / "elsewhere")]) == 0
    read = capsys.readouterr()
    assert read.out == "tour@1\n"
    assert "warning: the form does not refer to the file notes.csv" in read.err.splitlines()


BARE: Rows = [["form_title", "form_id"], ["Room", "room"]]


def room(*questions: str, settings: Rows = BARE) -> bytes:
    """A form as it is made for others: its settings give no version."""
    return workbook([["type", "name", "label"], *(["text", name, name] for name in questions)], [[]], settings)


def test_a_workbook_without_a_version_gets_the_next_number_and_the_same_again_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, database = tmp_path / "room.xlsx", tmp_path / "centre.db"

    def published(content: bytes, *more: str) -> tuple[str, list[str]]:
        path.write_bytes(content)
        where = ["--db", str(database), "--blobs", str(tmp_path / "blobs")]
        assert main(["publish", *where, str(path), "--inspection-type", "IT04", *more]) == 0
        read = capsys.readouterr()
        return read.out, read.err.splitlines()

    def numbers() -> tuple[int, int]:
        centre = open_centre(str(database), tmp_path / "blobs")
        with centre.database.read() as connection:
            counted = sa.select(sa.func.count()).select_from(t.RECORDS["checklist"])
            found = sequence.last(connection), connection.execute(counted).scalar_one()
        centre.close()
        return found

    said = "the workbook gives no version: this is version {}".format
    assert published(room("a")) == ("room@1\n", [said(1)])
    before = numbers()
    assert published(room("a")) == ("room@1\n", [said(1)])
    assert numbers() == before
    assert published(room("a", "b")) == ("room@2\n", [said(2)])
    assert published(room("a")) == ("room@3\n", [said(3)])  # as the first, but it is not what is in use
    assert published(room("a"), "--title-en", "Rooms") == ("room@4\n", [said(4)])
    with_version = [["form_title", "form_id", "version"], ["Room", "room", "40"]]
    assert published(room("a", settings=with_version)) == ("room@40\n", [])
    with_version[1][2] = "spring"
    assert published(room("a", settings=with_version)) == ("room@spring\n", [])
    assert published(room("c")) == ("room@41\n", [said(41)])
    assert published(room("c", settings=[["form_title"], ["Another"]]))[0] == "room@42\n"  # called by its file
    assert published(room("a", settings=[["form_id"], ["hall"]])) == ("hall@1\n", [said(1)])
    assert numbers()[1] == 9


def test_the_day_of_publishing_makes_no_new_version_and_a_day_that_is_said_does(tmp_path: Path) -> None:
    day = datetime(2026, 6, 16, 12, tzinfo=UTC)
    centre = open_centre(str(tmp_path / "centre.db"), tmp_path / "blobs", clock=lambda: day)
    path = tmp_path / "room.xlsx"

    def published(about: publishing.About) -> tuple[str, str]:
        made = publishing.publish(centre, path, about).checklist
        return made.id, made.effective_from

    path.write_bytes(room("a"))
    assert published(publishing.About("IT04")) == ("room@1", "2026-06-16")
    day += timedelta(days=1)
    assert published(publishing.About("IT04")) == ("room@1", "2026-06-16")
    assert published(publishing.About("IT04", "2026-06-17")) == ("room@2", "2026-06-17")
    path.write_bytes(room("a", settings=[["form_id", "version"], ["room", "9"]]))
    assert published(publishing.About("IT04")) == ("room@9", "2026-06-17")
    day += timedelta(days=1)
    assert published(publishing.About("IT04")) == ("room@9", "2026-06-17")
    centre.close()
