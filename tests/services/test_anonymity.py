"""An anonymous reporter: nothing of a typed name or telephone number reaches the database, drafts included."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.cache import Cache

NAMES = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=3, max_size=24).map(
    lambda name: f"زعفران{name}"
)
PHONES = st.from_regex(r"\+9665[0-9]{8}", fullmatch=True)
NAMELESS = st.sampled_from(("anonymous", "committee"))

COMPLAINT = CaseFields(
    kind="complaint", category="CC01", priority="P2", text="ماء مقطوع", place_id="p1", company_id="co1", language="ur"
)


def everything_in(cache: Cache) -> str:
    """Every value of every table, the search index and the events' bytes included, JSON as what it says."""
    with cache.read() as conn:
        names = conn.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars().all()
        every = [row for name in names for row in conn.exec_driver_sql(f'SELECT * FROM "{name}"')]  # noqa: S608 - ours
    return "\n".join(_said(value) for row in every for value in row)


def _said(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if text.startswith(("{", "[")):
        return text + json.dumps(json.loads(text), ensure_ascii=False)  # so that \\u0631 hides nothing
    return text


# One cache serves all examples of a test: what an earlier one left would be found just the same.
one_cache = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@one_cache
@given(name=NAMES, phone=PHONES, reporter=NAMELESS)
def test_nothing_of_an_anonymous_reporter_is_ever_written(desk: Desk, name: str, phone: str, reporter: str) -> None:
    typed = replace(COMPLAINT, reporter=reporter, reporter_name=name, reporter_phone=phone)
    draft_id = desk.cases.save_draft(typed)
    _assert_unwritten(desk, name, phone, phone[4:])
    desk.cases.open(typed, draft_id)
    desk.cases.open(typed)
    _assert_unwritten(desk, name, phone, phone[4:])
    assert "ماء مقطوع" in everything_in(desk.cache)


@one_cache
@given(name=NAMES, phone=PHONES)
def test_a_reporter_who_turns_anonymous_is_taken_out_of_the_draft(desk: Desk, name: str, phone: str) -> None:
    typed = replace(COMPLAINT, reporter="named", reporter_name=name, reporter_phone=phone)
    draft_id = desk.cases.save_draft(typed)
    assert name in everything_in(desk.cache)
    desk.cases.save_draft(replace(typed, reporter="anonymous"), draft_id)
    _assert_unwritten(desk, name, phone)
    assert desk.cases.draft(draft_id).fields.reporter_name == ""
    desk.cases.discard(draft_id)


def _assert_unwritten(desk: Desk, *texts: str) -> None:
    written = everything_in(desk.cache)
    assert [text for text in texts if text in written] == []


def test_a_form_never_shows_its_reporter_in_a_log() -> None:
    typed = replace(COMPLAINT, reporter="named", reporter_name="أحمد", reporter_phone="0500000001")
    assert "أحمد" not in repr(typed)
    assert "0500000001" not in f"{typed!s} {typed!r}"
