"""Every record that can travel goes into its table and comes out the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.storage import database, migrations, rows
from inspector_app.storage.rows import Row
from sync.contract import records as r
from sync.domain.rules import Rules
from tests.storage.field_season import place
from tests.support.season import RULES

_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
_FIX = st.builds(
    r.Fix,
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    accuracy_m=st.none() | st.floats(0, 1e6),
    source=_TEXT,
    at=st.none() | _TEXT,
)
for _type, _strategy in {
    str: _TEXT,
    int: st.integers(-(2**31), 2**31),
    float: st.floats(allow_nan=False, allow_infinity=False),
    r.Fix: _FIX,
    Rules: st.just(RULES),
}.items():
    st.register_type_strategy(_type, _strategy)
for _part in (r.StaffNeed, r.Package, r.AgentContract, r.Attachment, r.Signature, r.Remark):
    st.register_type_strategy(_part, lambda part: st.builds(part))


def any_record(kind: str) -> st.SearchStrategy[r.Record]:
    record = r.KINDS[kind]
    hints = get_type_hints(record)
    return st.builds(record, **{name: st.from_type(hints[name]) for name in record.__struct_fields__})


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Connection]:
    file: Path = tmp_path_factory.mktemp("rows") / "a.db"
    with database.new(file, bytes(32)) as conn:
        migrations.upgrade(conn)
        yield conn


@pytest.mark.parametrize("kind", list(r.KINDS))
@given(data=st.data())
def test_a_record_of_any_kind_comes_out_as_it_went_in(conn: sa.Connection, kind: str, data: Any) -> None:
    shown, base = data.draw(any_record(kind)), data.draw(st.none() | any_record(kind))
    row = Row(shown, data.draw(st.none() | st.integers(0, 2**62)), data.draw(st.none() | _TEXT), base)
    rows.put(conn, kind, [row])
    assert rows.get(conn, kind, shown.id) == shown
    assert rows.get_row(conn, kind, shown.id) == row


def test_a_second_row_of_the_same_id_takes_the_place_of_the_first(conn: sa.Connection) -> None:
    rows.put(conn, "place", [Row(place("same", "قديم"), 1), Row(place("same", "جديد"), 2)])
    found = rows.get_row(conn, "place", "same")
    assert found is not None
    assert (found.record, found.rev) == (place("same", "جديد"), 2)


def test_what_is_not_there_is_none(conn: sa.Connection) -> None:
    assert rows.get(conn, "visit", "nothing") is None
    assert rows.get_row(conn, "visit", "nothing") is None


def test_a_condition_takes_its_values_as_parameters(conn: sa.Connection) -> None:
    hostile = "x' OR '1'='1"
    rows.put(conn, "place", [Row(place("hostile", hostile), 1)])
    assert [found.id for found in rows.where(conn, "place", "name_ar = ?", hostile)] == ["hostile"]
