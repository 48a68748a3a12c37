"""What a frozen client knows of the protocol and of its own files stays; later versions only add to it."""

from __future__ import annotations

import pytest

from inspector_app.services.desk import Desk
from tests.frozen import fixture, shape


@pytest.fixture(scope="module")
def frozen() -> list[str]:
    return (fixture.CLIENT / fixture.SHAPE).read_text().splitlines()


@pytest.fixture
def today(desk: Desk) -> list[str]:
    """Of today's code, and of the frozen cache after today's migrations."""
    with desk.cache.read() as conn:
        return shape.lines(conn)


def test_nothing_of_the_frozen_shape_is_lost(frozen: list[str], today: list[str]) -> None:
    assert shape.lost(frozen, today) == []


def test_nothing_is_required_now_that_a_frozen_client_does_not_send(frozen: list[str], today: list[str]) -> None:
    assert shape.newly_required(frozen, today) == []


def test_what_is_dropped_or_changed_is_named_and_what_is_added_is_not(frozen: list[str]) -> None:
    changed = [line.replace("problem 146 illegal_step", "problem 146 wrong_step") for line in frozen]
    assert shape.lost(frozen, changed) == ["problem 146 illegal_step 422"]
    added = [
        *frozen,
        "record visit.weather text",
        "payload visit.submit.weather optional",
        "payload visit.pause.x required",
    ]
    assert shape.lost(frozen, added) == shape.newly_required(frozen, added) == []


def test_a_field_that_is_required_from_now_on_is_named(frozen: list[str]) -> None:
    assert shape.newly_required(frozen, [*frozen, "payload visit.submit.weather required"]) == [
        "payload visit.submit.weather required"
    ]
