"""Files of a checklist cut into rows and put together again: whole, or not there."""

from __future__ import annotations

import base64

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import attached
from sync.contract import records as r

HOTELS = "jr://file-csv/hotels.csv"
PLAN = "jr://images/plan.png"


def checklist(*files: r.AttachedFile) -> r.Checklist:
    return r.Checklist(
        id="f@1", form_id="f", version="1", inspection_type="IT04", title_ar="", title_en="", effective_from="",
        xform="", files=files,
    )  # fmt: skip


@given(st.binary(max_size=200), st.integers(0, 3))
def test_whatever_a_file_holds_it_is_put_together_as_it_was(some: bytes, times: int) -> None:
    content = some + bytes(attached.CHUNK_BYTES) * times
    file, rows = attached.cut(PLAN, content)
    held = {row.id: row for row in rows}
    assert (file.address, file.media_type, file.size) == (PLAN, "image/png", len(content))
    assert attached.content(file, held.get) == content
    assert all(len(base64.b64decode(row.data)) <= attached.CHUNK_BYTES for row in rows)


def test_parts_that_two_files_share_are_one_row() -> None:
    common = b"h" * attached.CHUNK_BYTES
    first, _ = attached.cut(HOTELS, common + b"1")
    second, _ = attached.cut(HOTELS, common + b"2")
    assert first.chunks[0] == second.chunks[0]
    assert first.chunks[1] != second.chunks[1]


def test_a_file_of_which_a_part_is_missing_or_another_is_not_there() -> None:
    file, rows = attached.cut(PLAN, bytes(attached.CHUNK_BYTES) + b"end")
    whole = {row.id: row for row in rows}
    assert attached.content(file, {rows[0].id: rows[0]}.get) is None
    for data in (base64.b64encode(b"End").decode(), "not base64!", "ZW5kZW5k="):
        changed = {**whole, rows[1].id: msgspec.structs.replace(rows[1], data=data)}
        assert attached.content(file, changed.get) is None


def test_the_lists_of_a_checklist_are_texts_and_its_pictures_are_not_among_them() -> None:
    hotels, of_hotels = attached.cut(HOTELS, "name,label\n1,الصفا\n".encode())
    plan, of_plan = attached.cut(PLAN, b"\x89PNG")
    held = {row.id: row for row in (*of_hotels, *of_plan)}
    assert attached.lists(checklist(hotels, plan), held.get) == {HOTELS: "name,label\n1,الصفا\n"}
    assert attached.lists(checklist(hotels), lambda name: None) == {}


def test_only_kinds_that_a_form_can_use_are_known() -> None:
    assert attached.media_type("Plan.JPG") == "image/jpeg"
    assert [attached.media_type(name) for name in ("run.exe", "page.html", "noending", "drawing.svg")] == [""] * 4
