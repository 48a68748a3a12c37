"""When a case is due, and how a deadline stands against the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.deadlines import Standing, due_at, standing
from sync.domain.rules import Priority, Rules

OPENED = datetime.fromisoformat("2026-02-18T23:30:00+03:00")


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        (Priority.P1, "2026-02-19T00:30:00+03:00"),
        (Priority.P2, "2026-02-19T03:30:00+03:00"),
        (Priority.P3, "2026-02-19T23:30:00+03:00"),
        (Priority.P4, "2026-02-21T23:30:00+03:00"),
    ],
)
def test_a_case_is_due_the_hours_of_its_priority_after_it_was_opened(
    rules: Rules, priority: Priority, due: str
) -> None:
    assert due_at(OPENED, priority, rules) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("minutes_left", "expected"),
    [(31, Standing.OPEN), (30, Standing.NEAR), (0, Standing.NEAR), (-1, Standing.OVERDUE)],
)
def test_an_open_deadline_comes_near_and_then_is_overdue(rules: Rules, minutes_left: int, expected: Standing) -> None:
    assert standing(OPENED, OPENED - timedelta(minutes=minutes_left), rules) is expected


def test_what_was_done_in_time_is_met_and_later_is_missed_whatever_the_clock_says(rules: Rules) -> None:
    later = OPENED + timedelta(days=9)
    assert standing(OPENED, later, rules, done_at=OPENED) is Standing.MET
    assert standing(OPENED, later, rules, done_at=OPENED + timedelta(seconds=1)) is Standing.MISSED


@given(minutes=st.integers(-10_000, 10_000), offset=st.integers(-12, 14))
def test_the_zone_a_moment_is_written_in_makes_no_difference(rules: Rules, minutes: int, offset: int) -> None:
    now = OPENED + timedelta(minutes=minutes)
    elsewhere = datetime.fromisoformat(f"2026-02-18T20:30:00{offset:+03d}:00") + timedelta(hours=offset)
    assert standing(OPENED, now, rules) is standing(elsewhere, now, rules)


def test_a_moment_without_a_zone_is_refused_everywhere(rules: Rules) -> None:
    naive = OPENED.replace(tzinfo=None)
    for ask in (
        lambda: due_at(naive, Priority.P1, rules),
        lambda: standing(naive, OPENED, rules),
        lambda: standing(OPENED, naive, rules),
        lambda: standing(OPENED, OPENED, rules, done_at=naive),
    ):
        with pytest.raises(ValueError, match="without a zone"):
            ask()
