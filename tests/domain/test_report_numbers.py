"""Report numbers: said over the telephone, typed by hand, and every slip in them caught."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain import numbers
from sync.domain.numbers import BadCheckDigit, MalformedNumber, Number
from sync.domain.text import to_arabic_digits

NUMBERS = st.builds(
    Number,
    st.integers(1, numbers.MAX_COMMITTEE),
    st.integers(1, numbers.MAX_DEVICE),
    st.integers(1, numbers.MAX_RUNNING),
)


def test_a_number_says_committee_device_running_number_and_check_digit() -> None:
    assert numbers.format(Number(7, 12, 345)) == "07-012-0345-9"


def test_the_check_digit_is_that_of_damm() -> None:
    assert numbers.check_digit("572") == "4"  # the example of Damm's thesis


@given(NUMBERS)
def test_a_number_reads_back_as_it_was_written(number: Number) -> None:
    assert numbers.parse(numbers.format(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "07-012-0345-9",
        "07 012 0345 9",
        "0701203459",
        "٠٧-٠١٢-٠٣٤٥-٩",
        "۰۷۰۱۲۰۳۴۵۹",
        " 07\u2013012\u20110345\u22129 ",  # the dashes that word processors make
        "\u200f07-012-0345-9\u2069",
    ],
)
def test_a_number_is_understood_however_it_was_typed(text: str) -> None:
    assert numbers.parse(text) == Number(7, 12, 345)


@given(NUMBERS)
def test_a_number_in_arabic_digits_without_dashes_is_the_same_number(number: Number) -> None:
    assert numbers.parse(to_arabic_digits(numbers.format(number)).replace("-", "")) == number


@given(NUMBERS, st.integers(0, 11), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(number: Number, place: int, shift: int) -> None:
    digits = numbers.format(number).replace("-", "")
    at = place % len(digits)
    wrong = digits[:at] + str((int(digits[at]) + shift) % 10) + digits[at + 1 :]
    # A five-digit running number never begins with 0, so that slip already spoils the shape.
    with pytest.raises((BadCheckDigit, MalformedNumber)):
        numbers.parse(wrong)


@given(NUMBERS, st.integers(0, 10))
def test_every_swap_of_two_neighbours_is_caught(number: Number, place: int) -> None:
    digits = numbers.format(number).replace("-", "")
    at = place % (len(digits) - 1)
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if swapped != digits:
        with pytest.raises((BadCheckDigit, MalformedNumber)):
            numbers.parse(swapped)


def test_every_wrong_digit_and_every_swap_of_one_number_is_a_bad_check_digit() -> None:
    digits = "0701203459"
    slips = {digits[:at] + other + digits[at + 1 :] for at in range(10) for other in "0123456789"}
    slips |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(9)}
    slips.discard(digits)
    assert len(slips) == 99
    for slip in slips:
        with pytest.raises(BadCheckDigit):
            numbers.parse(slip)


@pytest.mark.parametrize(
    "text",
    ["", "07-012-0345", "07-012-03459999-9", "07-012-O345-9", "07/012/0345/9", "07-012-00345-9", "²7-012-0345-9"],
)
def test_what_has_not_the_shape_of_a_number_is_malformed(text: str) -> None:
    with pytest.raises(MalformedNumber) as refusal:
        numbers.parse(text)
    assert (refusal.value.code, refusal.value.params) == ("malformed", {"text": text})


@pytest.mark.parametrize("digits", ["000120345", "070000345", "070120000"])
def test_no_part_of_a_number_is_zero_even_with_a_right_check_digit(digits: str) -> None:
    with pytest.raises(MalformedNumber):
        numbers.parse(digits + numbers.check_digit(digits))


@pytest.mark.parametrize("number", [Number(0, 1, 1), Number(100, 1, 1), Number(1, 1000, 1), Number(1, 1, 1_000_000)])
def test_no_number_is_made_outside_its_ranges(number: Number) -> None:
    with pytest.raises(ValueError, match="no report number"):
        numbers.format(number)
