"""Arabic search: what must be found, what must not, and what holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.domain import arabic
from sync.domain.arabic import fold, matches, nearly_matches, query_keys, second_key, within_one_letter
from tests.support.arabic import MUST_FIND

ARABIC = st.text(alphabet="ابتدرسعفكلمنهويأإآٱىیئؤةہھکءـَُِّْ ٠٣5aé-\u200f\u0640", max_size=30)
WORD = st.text(alphabet="ابتثجحدرسعفقكلمنهوي", max_size=6)


@pytest.mark.parametrize(("query", "text"), MUST_FIND)
def test_a_question_finds_what_people_mean_by_it(query: str, text: str) -> None:
    assert matches(query, text)


def test_what_is_found_is_found_while_it_is_still_being_typed() -> None:
    # From the fifth letter: an article only lets go of a word once three of its letters stand.
    typed = [(query[:length], text) for query, text in MUST_FIND for length in range(5, len(query) + 1)]
    assert len(typed) > 40
    assert [(part, text) for part, text in typed if not matches(part, text)] == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("مكه", "المدينة المنورة"),
        ("كرم مكه جده", "مكة المكرمة"),
        ("رم", "الحرم"),
        ("احلى القصور 4", "فندق احلی القصور ٣"),
        ("فندق", "مؤسسة النور"),
        ("عبدالرحيم", "عبد الرحمن"),
    ],
)
def test_a_question_does_not_find_what_it_does_not_say(query: str, text: str) -> None:
    assert not matches(query, text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("أإآٱ", "اااا"),
        ("ى ی ئ", "ي ي ي"),
        ("ؤ", "و"),
        ("ة ہ ھ", "ه ه ه"),
        ("ک", "ك"),
        ("ۃ ۀ ے ۓ", "ه ه ي ي"),  # Farsi and Urdu keyboards write these for the same letters
        ("شفاء", "شفا"),
        ("مـــكـــة", "مكه"),
        ("الرَّحْمٰن", "الرحمن"),
        ("\u202bمكة\u202c\u200f", "مكه"),
        ("و\u0654 ي\u0654 ا\u0653", "و ي ا"),
        ("ﻻ ﷲ", "لا الله"),
        ("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"),
        ("فندق٣نجوم", "فندق 3 نجوم"),
        ("H20", "h 20"),
        ("Élysée STRASSE İstanbul", "elysee strasse istanbul"),
        ("  دار-التوحيد (انتركونتيننتال)،  مكة ", "دار التوحيد انتركونتيننتال مكه"),
        ("«؟!»", ""),
    ],
)
def test_the_first_key_evens_out_how_letters_are_written(text: str, key: str) -> None:
    assert fold(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("والمدينة بالحرم كالنور فالبيت للعمرة الحرم", "مدينه حرم نور بيت عمره حرم"),
        ("الله الحج للحج", "الله الحج للحج"),  # two letters would remain
        ("مسئول مسؤول", "مسول مسول"),
        ("عبد الرحمن عبد العزيز", "عبدالرحمن عبدالعزيز"),
        ("شركة النور لخدمات المعتمرين", "نور"),
        ("مؤسسة الصفا", "صفا"),
        ("موسسه الصفا", "صفا"),
        ("الفندق الكبير", "كبير"),
        ("دار المعتمرين", "دار معتمرين"),
        ("شركة مؤسسة فندق لخدمات المعتمرين", ""),
        ("عبد", "عبد"),
    ],
)
def test_the_second_key_lets_go_of_what_people_leave_out(text: str, key: str) -> None:
    assert second_key(text) == key


def test_a_question_of_noise_words_alone_uses_the_first_key() -> None:
    assert query_keys("شركة") == ("شركه", "")
    assert matches("شركة", "شركة النور لخدمات المعتمرين")
    assert not matches("شركة", "فندق النور")


def test_an_empty_question_finds_everything() -> None:
    assert matches("", "مكة")
    assert matches(" - ", "مكة")


def test_the_words_of_a_question_may_come_in_any_order() -> None:
    assert matches("الذهبي اجياد", "فندق اجیاد الذهبی")


@given(st.text() | ARABIC)
@example("か\u200b\u3099")
@example("ß ŉ ﬁ ½ Ⅷ ٸ")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ARABIC)
def test_marks_and_tatweel_never_change_a_key(text: str) -> None:
    decorated = "".join(f"{char}\u064e\u0640" if char.isalpha() else char for char in text)
    assert fold(decorated) == fold(text)
    assert second_key(decorated) == second_key(text)


@given(st.text() | ARABIC)
def test_every_text_finds_itself(text: str) -> None:
    assert matches(text, text)
    assert nearly_matches(text, text)


@given(ARABIC, ARABIC)
def test_whatever_matches_also_nearly_matches(query: str, text: str) -> None:
    if matches(query, text):
        assert nearly_matches(query, text)


@given(st.text())
def test_keys_are_words_with_single_spaces_between(text: str) -> None:
    for key in (fold(text), second_key(text)):
        assert key == " ".join(key.split())


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("الصفوه", "فندق الصفاه"),  # changed
        ("السفا", "فندق الصفا"),
        ("الرتاج", "فندق التراج"),  # swapped
        ("هلتون", "هيلتون مكة"),  # dropped
        ("هيلتوون", "هيلتون مكة"),  # added
        ("هييلت", "هيلتون مكة"),  # added, and still typing
    ],
)
def test_one_wrong_letter_is_forgiven(query: str, text: str) -> None:
    assert not matches(query, text)
    assert nearly_matches(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("هلتن", "هيلتون مكة"),  # two letters
        ("1435", "1434"),  # a number is another number
        ("مر", "نور"),  # too short to forgive
    ],
)
def test_more_than_one_wrong_letter_is_not_forgiven(query: str, text: str) -> None:
    assert not nearly_matches(query, text)


def _distance(a: str, b: str) -> int:
    """The textbook table of edits with neighbouring swaps, as an oracle."""
    rows = [[row + column if not row * column else 0 for column in range(len(b) + 1)] for row in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            edits = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])]
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                edits.append(rows[i - 2][j - 2] + 1)
            rows[i][j] = min(edits)
    return rows[-1][-1]


@given(st.text(alphabet="ابت", max_size=6), st.text(alphabet="ابت", max_size=6))
def test_within_one_letter_is_an_edit_distance_of_at_most_one(a: str, b: str) -> None:
    assert within_one_letter(a, b) == (_distance(a, b) <= 1)


@given(WORD, st.integers(0, 6), st.sampled_from("ابتن"))
def test_an_added_letter_is_within_one_letter_both_ways(word: str, place: int, letter: str) -> None:
    longer = word[:place] + letter + word[place:]
    assert within_one_letter(word, longer)
    assert within_one_letter(longer, word)


OFTEN = st.sampled_from(["عبد", "الرحمن", "شركة", "لخدمات", "المعتمرين", "فندق"])
SAID = st.lists(OFTEN | ARABIC | st.text(max_size=8))


@given(SAID)
@example(["عبد", "\u00a0", "العزيز"])
def test_taking_a_name_apart_at_its_spaces_changes_neither_key(said: list[str]) -> None:
    text = " ".join(said)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arabic, "LONGEST_NAME", -1)
        whole = arabic.keys(text)
    assert arabic.keys(text) == whole == (fold(text), second_key(text))
