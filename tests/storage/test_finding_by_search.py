"""Search over the cache: Arabic as people type it, best first, and never a word about who reported anything."""

from __future__ import annotations

import pytest

from inspector_app.storage import feed, outbox, register, rows, search
from inspector_app.storage.cache import Cache
from inspector_app.storage.outbox import NewEvent
from inspector_app.storage.rows import Row
from inspector_app.storage.search import Hit
from sync.contract import events as e
from sync.contract import records as r
from tests.storage.field_season import EVENING, NOON, company, opening, page, place, submission
from tests.support.arabic import MUST_FIND
from tests.support.season import INSPECTOR


def put(cache: Cache, *records: r.Record) -> None:
    with cache.write() as conn:
        for record in records:
            rows.put(conn, r.KIND_OF[type(record)], [Row(record, rev=1)])


def found(cache: Cache, query: str, **more: object) -> list[str]:
    with cache.read() as conn:
        return [hit.id for hit in search.find(conn, query, **more)]  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(("query", "name"), MUST_FIND)
def test_what_must_be_found_is_found(empty_cache: Cache, query: str, name: str) -> None:
    put(empty_cache, place("wanted", name, city=""), place("other", "برج الساعة", city=""))
    assert found(empty_cache, query) == ["wanted"]


@pytest.mark.parametrize(("query", "name"), MUST_FIND)
def test_what_must_be_found_is_found_among_many_others(empty_cache: Cache, query: str, name: str) -> None:
    others = [place(f"other{n}", other, city="") for n, (_, other) in enumerate(MUST_FIND) if other != name]
    put(empty_cache, *others, place("wanted", name, city=""))
    assert "wanted" in found(empty_cache, query)


@pytest.mark.parametrize("query", ["اجباد", "اجيد", "اججياد", "جاياد"])
def test_one_wrong_letter_is_forgiven_when_little_is_found(empty_cache: Cache, query: str) -> None:
    put(empty_cache, place("wanted", "فندق اجياد"), place("other", "برج الساعة"))
    assert found(empty_cache, query) == ["wanted"]


def test_with_enough_hits_nothing_is_forgiven(empty_cache: Cache) -> None:
    put(empty_cache, *(place(f"right{n}", "اجياد") for n in range(3)), place("wrong", "اجباد"))
    assert sorted(found(empty_cache, "اجياد")) == ["right0", "right1", "right2"]
    assert found(empty_cache, "اجباد")[0] == "wrong", "what was typed comes before what may have been meant"


def test_two_wrong_letters_and_wrong_digits_are_not_forgiven(empty_cache: Cache) -> None:
    put(empty_cache, place("a", "اجياد 1434"))
    assert found(empty_cache, "ازباد") == []
    assert found(empty_cache, "1435") == []


def test_every_word_of_a_question_has_to_be_there(empty_cache: Cache) -> None:
    put(empty_cache, place("a", "فندق اجياد الذهبي"), place("b", "فندق اجياد مكارم"))
    assert found(empty_cache, "اجياد مك") == ["b"]


def test_a_question_of_words_every_company_has_finds_them_all(empty_cache: Cache) -> None:
    put(empty_cache, company("a", "شركة العليان"), company("b", "شركة الزهراء"), place("c", "برج الساعة"))
    assert sorted(found(empty_cache, "شركة")) == ["a", "b"]


@pytest.mark.parametrize("query", ["", "   ", "؟!", '"', "* OR *", "key1:", "NEAR(", "-", "\u202e"])
def test_a_question_without_words_finds_nothing_and_breaks_nothing(cache: Cache, query: str) -> None:
    assert "p1" not in found(cache, query)


def test_a_number_is_found_as_it_is_said_over_the_telephone(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, submission(), INSPECTOR, NOON)
        outbox.commit(conn, opening(), INSPECTOR, NOON)
    assert found(cache, "١١-٠٠٣-٠٠٠١") == ["v1"]
    assert found(cache, "11 003 0002") == ["c1"]
    assert found(cache, "ماء بارد") == ["c1"]


def test_kinds_and_the_number_of_hits_can_be_limited(cache: Cache) -> None:
    put(cache, *(place(f"x{n}", "العليان") for n in range(5)))
    assert len(found(cache, "العليان", limit=4)) == 4
    assert found(cache, "العليان", kinds=("company",)) == ["co1"]


def test_a_region_keeps_the_places_of_others_out_and_every_company_in(cache: Cache) -> None:
    put(cache, place("there", "دار العليان", region="madinah"), place("here", "برج العليان"))
    with cache.read() as conn:
        hits = register.search_ids(conn, "العليان", region="makkah")
    assert sorted(hits) == [Hit("company", "co1"), Hit("place", "here")]


def test_a_record_is_found_by_what_it_says_now_and_not_by_what_it_said(cache: Cache) -> None:
    put(cache, place("p1", "برج الساعة"))
    assert found(cache, "الساعة") == ["p1"]
    assert found(cache, "اجياد") == []


def test_whoever_reported_a_case_can_not_be_found(cache: Cache) -> None:
    name, phone = "عبدالمحسن", "0501234567"
    give = e.ContactGiven(case_id="c1", name=name, phone=phone)
    with cache.write() as conn:
        outbox.commit(conn, opening(reporter="confidential"), INSPECTOR, NOON)
        outbox.commit(conn, NewEvent(kind="contact", record="k1", action="give", data=give), INSPECTOR, NOON)
        assert rows.get(conn, "contact", "k1") is not None
        words = set(conn.exec_driver_sql("SELECT term FROM search_word").scalars())
    assert not {word for word in words if word.startswith(("عبد", "050"))}
    assert found(cache, name) == []
    assert found(cache, phone) == []


def test_the_words_of_a_row_that_is_gone_are_gone_from_the_index(cache: Cache) -> None:
    with cache.write() as conn:
        feed.apply(conn, page(place("p9", "سريسرندا"), more=True), EVENING)
        feed.apply(conn, page(since=1, gone=(("place", "p9"),)), EVENING)
        assert "سريسرندا" not in conn.exec_driver_sql("SELECT term FROM search_word").scalars().all()
