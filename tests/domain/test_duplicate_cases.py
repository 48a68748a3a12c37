"""The warning that a case may already be open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.duplicates import CaseOutline, possible_duplicate
from sync.domain.geo import Position
from sync.domain.rules import Rules

FIRST = CaseOutline(
    company="c-17",
    category="CC01",
    at=datetime.fromisoformat("2026-02-18T10:00:00+03:00"),
    position=Position(21.4225, 39.8262),
)
OUTLINES = st.builds(
    CaseOutline,
    company=st.sampled_from(["", "c-17", "c-18"]),
    category=st.sampled_from(["CC01", "CC02"]),
    at=st.integers(-48, 48).map(lambda hours: FIRST.at + timedelta(hours=hours)),
    position=st.none() | st.builds(Position, st.floats(21.41, 21.43), st.floats(39.81, 39.84)),
)


def like_first(**changed: Any) -> CaseOutline:
    return msgspec.structs.replace(FIRST, **changed)


def test_the_same_company_and_category_near_in_place_and_time_may_be_the_same_case(rules: Rules) -> None:
    again = like_first(at=FIRST.at + timedelta(hours=24), position=Position(21.4245, 39.8262))
    assert possible_duplicate(FIRST, again, rules)


@pytest.mark.parametrize(
    "other",
    [
        like_first(company="c-18"),
        like_first(category="CC02"),
        like_first(at=FIRST.at + timedelta(hours=24, seconds=1)),
        like_first(at=FIRST.at - timedelta(hours=25)),
        like_first(position=Position(21.4255, 39.8262)),  # 334 metres
    ],
)
def test_another_company_category_time_or_place_is_another_case(rules: Rules, other: CaseOutline) -> None:
    assert not possible_duplicate(FIRST, other, rules)


def test_a_case_without_a_position_is_told_apart_by_time_alone(rules: Rules) -> None:
    assert possible_duplicate(FIRST, like_first(position=None), rules)


def test_cases_without_a_company_are_not_held_for_one(rules: Rules) -> None:
    assert not possible_duplicate(like_first(company=""), like_first(company=""), rules)


@given(one=OUTLINES, other=OUTLINES)
def test_the_warning_does_not_depend_on_which_case_came_first(
    rules: Rules, one: CaseOutline, other: CaseOutline
) -> None:
    assert possible_duplicate(one, other, rules) == possible_duplicate(other, one, rules)


def test_a_moment_without_a_zone_is_refused(rules: Rules) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        possible_duplicate(FIRST, like_first(at=FIRST.at.replace(tzinfo=None)), rules)
