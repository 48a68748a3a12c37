"""Regular expressions that answers are checked by: the same result as Python's, never its time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xforms
from tests.xforms.small_forms import bind, document, value_of
from xforms.xpath.patterns import fits

LETTERS = "ab1-."
COUNTS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}"])
PIECES = st.recursive(
    st.sampled_from(["a", "b", "1", ".", r"\d", r"\.", "[ab]", "[^a]", r"[a\-1]"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
    ),
    max_leaves=5,
)


@given(PIECES, st.text(LETTERS, max_size=6))
def test_a_pattern_fits_what_it_fits_in_python(pattern: str, text: str) -> None:
    assert fits(pattern, text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "a*a*a*a*a*b", "(a|aa)+$b", "^(a+)+$"])
def test_no_pattern_makes_an_answer_hang(pattern: str) -> None:
    begun = time.perf_counter()
    fits(pattern, "a" * 2_000 + "c")
    assert time.perf_counter() - begun < 2


def test_the_patterns_that_forms_are_written_with_run() -> None:
    mail = r"^[\w.+-]+@([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}$"
    assert value_of(f"regex(/data/a, '{mail}')", a="hind.ali@umrah.gov.sa") == "true"
    assert value_of(f"regex(/data/a, '{mail}')", a="hind@umrah") == "false"
    assert value_of("regex(/data/a, '^05[0-9]{8}$')", a="0512345678") == "true"
    assert value_of(r"regex(/data/a, '^(?=.*\d)(?=.*[a-z]).{4,}$')", a="ab12") == "true"


def test_a_pattern_that_could_run_without_end_is_refused_with_its_field() -> None:
    with pytest.raises(xforms.FormError, match="without end") as refused:
        xforms.load(document("<a/>", bind("a", constraint=r"regex(., '((?=a)a+)+b')")))
    assert (refused.value.code, refused.value.where) == ("bad_regex", "/data/a")
