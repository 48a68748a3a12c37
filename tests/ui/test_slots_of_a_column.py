"""Where rows stand, by numbers alone: in order, apart, found again by what is in view."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.ui.forms.slots import BETWEEN, INSIDE, PADDING, SPACING, Slot, Slots

ROWS = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["wide", "low"]), st.integers(1, 400)),
    min_size=1,
    max_size=40,
)


def laid(rows: list[tuple[str, str, int]]) -> Slots:
    slots = Slots()
    slots.take(tuple(Slot(at, card, shape, guess) for at, (card, shape, guess) in enumerate(rows)))
    slots.lay_out()
    return slots


def test_rows_of_a_card_stand_closer_than_cards_do() -> None:
    slots = laid([("a", "x", 10), ("a", "x", 10), ("b", "x", 10), ("", "x", 10)])
    tops = [slots.top(place) for place in range(4)]
    first = PADDING + INSIDE
    second = first + 10 + SPACING
    third = second + 10 + BETWEEN + 2 * INSIDE
    assert tops == [first, second, third, third + 10 + BETWEEN + INSIDE]


@given(ROWS)
def test_no_row_reaches_into_another_and_the_column_holds_them_all(rows: list[tuple[str, str, int]]) -> None:
    slots = laid(rows)
    bottom = PADDING
    for place in range(len(slots)):
        assert slots.top(place) >= bottom
        bottom = slots.top(place) + slots.height(place)
    assert slots.lay_out() >= bottom + PADDING


@given(ROWS, st.integers(0, 8000), st.integers(1, 900))
def test_what_is_in_view_is_what_reaches_into_it(rows: list[tuple[str, str, int]], start: int, room: int) -> None:
    slots = laid(rows)
    reaching = [
        place
        for place in range(len(slots))
        if slots.top(place) < start + room and slots.top(place) + slots.height(place) > start
    ]
    assert list(slots.between(start, start + room)) == reaching


@given(ROWS)
def test_every_row_of_a_card_is_on_its_surface_and_surfaces_are_apart(rows: list[tuple[str, str, int]]) -> None:
    slots = laid(rows)
    cards = list(slots.cards())
    assert all(before.bottom < after.top for before, after in pairwise(cards))
    for place in range(len(slots)):
        on = [card for card in cards if card.top < slots.top(place) < card.bottom]
        assert len(on) == bool(slots[place].card)


def test_a_row_that_was_not_seen_is_as_high_as_others_of_its_shape() -> None:
    slots = laid([("a", "x", 100), ("a", "x", 100), ("a", "y", 100)])
    slots.measured(0, 40)
    assert [slots.height(place) for place in range(3)] == [40, 40, 100]
    slots.forget_heights(shapes=True)
    assert slots.height(0) == 100
