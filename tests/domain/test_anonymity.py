"""No name and no contact of an anonymous reporter is written anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.identity import ReporterNamed, refuse_reporter, scrub_reporter

CASE = {"category": "CC01", "text": "انقطاع الماء", "reporter": "anonymous", "language": "ur"}
NAMING = {"name": "س", "phone": "0500000000", "email": "a@b", "contact": "c", "reporter_name": "س", "contact_id": "9"}


def test_an_anonymous_case_loses_everything_that_names_its_reporter_and_nothing_else() -> None:
    assert scrub_reporter(CASE | NAMING) == CASE


@pytest.mark.parametrize("field", NAMING)
def test_a_named_reporter_is_refused_by_field_and_without_what_stood_in_it(field: str) -> None:
    with pytest.raises(ReporterNamed) as refusal:
        refuse_reporter(CASE | {field: "سر مكتوم"})
    assert (refusal.value.code, refusal.value.params) == ("reporter_named", {"fields": field})
    assert "مكتوم" not in f"{refusal.value!r}{refusal.value}"


def test_an_empty_field_names_nobody() -> None:
    refuse_reporter(CASE | {"name": "", "phone": None})
    with pytest.raises(ReporterNamed):
        refuse_reporter(CASE | {"name": " ", "phone": None})


@given(st.dictionaries(st.sampled_from([*CASE, *NAMING, "reporter_passport", "place_id"]), st.text()))
def test_scrubbed_data_is_always_accepted(data: dict[str, str]) -> None:
    refuse_reporter(scrub_reporter(data))
