"""The small markdown of labels: what is shown, what stays as it is written, and that nothing slips through."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.words.markup import is_marked, to_html, to_plain

SIGNS = st.text(alphabet="ab *_#[]()<>&\"'\\\n:/.=;", max_size=60)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("**strong** and __strong__", "<b>strong</b> and <b>strong</b>"),
        ("*soft* and _soft_", "<i>soft</i> and <i>soft</i>"),
        ("و*لا تختصر*", "و<i>لا تختصر</i>"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4 and 2*3*4", "2 * 3 * 4 and 2*3*4"),
        (r"\*not\* \_this\_", "*not* _this_"),
        ("one\ntwo", "one<br/>two"),
        ("[web](https://a.example/b_c_d)", '<a href="https://a.example/b_c_d">web</a>'),
        ("[web](https://a.example/_b_*c*)", '<a href="https://a.example/_b_*c*">web</a>'),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("[bad](file:///etc/passwd)", "[bad](file:///etc/passwd)"),
        ("<img src='x'>", "&lt;img src=&#x27;x&#x27;&gt;"),
        ('<span style="color:#ff0000">red</span>', '<span style="color:#ff0000">red</span>'),
        ('<span style="font-family:x">as it is</span>', "as it is"),
    ],
)
def test_marks_are_shown_as_the_specification_says(text: str, html: str) -> None:
    assert to_html(text) == html


def test_a_heading_is_larger_and_only_at_the_head_of_a_line() -> None:
    assert re.fullmatch(r'<span style="font-size:x-large; font-weight:600">Room</span><br/># 3'.replace("# 3", "a # 3"),
                        to_html("# Room\na # 3"))  # fmt: skip


@given(SIGNS)
def test_only_the_tags_of_the_small_markdown_ever_come_out(text: str) -> None:
    tags = re.findall(r"<[^>]*>", to_html(text))
    known = r'</?[bi]>|<br/>|</?a( href="(https?://|mailto:)[^"<>]*")?>|</?span( style="[^"<>]*")?>'
    assert all(re.fullmatch(known, tag) for tag in tags)


@given(st.text(alphabet="abc 123.,؟نعم", max_size=60))
def test_a_text_without_marks_is_left_alone(text: str) -> None:
    assert not is_marked(text)
    assert (to_html(text), to_plain(text)) == (escape(text), text)


@given(st.text(alphabet="ab *_<>&\"'", max_size=60))
def test_the_plain_text_loses_nothing_but_marks(text: str) -> None:
    letters = re.sub(r"[*_]", "", text)
    assert re.sub(r"[*_]", "", to_plain(text)) == letters


def test_a_long_text_of_marks_is_read_in_no_time() -> None:
    for piece in ("**a", "*a", "_a ", "[a](", '<span style="', "# "):
        to_html(piece * 5000)
