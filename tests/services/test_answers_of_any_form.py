"""A report of any form: no answer is lost on the way to who reads it, whatever kind it is and wherever it stands."""

from __future__ import annotations

import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.views.visits import SectionView
from inspector_app.storage.cache import Cache
from inspector_app.words.answered import heading, spoken
from inspector_app.words.words import Words
from sync.domain.text import Language
from tests.support.kinds_report import GIVEN, submitted

ARABIC, ENGLISH = Words.load("ar"), Words.load("en")


@pytest.fixture
def visit_id(desk: Desk, cache: Cache) -> str:
    return submitted(desk, cache)


def sections(desk: Desk, visit_id: str, language: Language) -> tuple[SectionView, ...]:
    detail = desk.visits.detail(visit_id, language)
    assert detail.readable
    assert detail.visit.flags == ()
    return detail.sections


def headings(found: tuple[SectionView, ...], words: Words) -> list[str]:
    told = [heading(words, one.title, [(step.label, step.number, step.of) for step in one.steps]) for one in found]
    return ["".join(letter for letter in text if letter not in "\u200f\u2066\u2067\u2068\u2069") for text in told]


def test_every_answer_is_in_the_report(desk: Desk, visit_id: str) -> None:
    shown = {fact.ref: fact.value for part in sections(desk, visit_id, "ar") for fact in part.facts}
    front = shown.pop("/data/facts/front")
    assert front.endswith(".jpg")
    assert shown == GIVEN


def test_groups_and_instances_of_repeats_have_headings_of_their_own(desk: Desk, visit_id: str) -> None:
    assert headings(sections(desk, visit_id, "en"), ENGLISH) == [
        "أنواع",
        "Facts",
        "Facts · Kitchen",
        "Facts",
        "Floor · 1 of 2",
        "Floor · 1 of 2 · Room (1 of 2)",
        "Floor · 2 of 2",
        "Floor · 2 of 2 · Room (2 of 2)",
    ]
    assert headings(sections(desk, visit_id, "ar"), ARABIC)[-1] == "الدور · ٢ من ٢ · الغرفة (٢ من ٢)"


@pytest.mark.parametrize(
    ("name", "arabic", "english"),
    [
        ("beds", "١٢٠٠", "1200"),
        ("price", "١٢٫٣٤٥", "12.345"),
        ("opened", "١ رمضان ١٤٤٧هـ · ١٨ فبراير ٢٠٢٦م", "1 Ramadan 1447 AH · 18 February 2026"),
        ("meal", "١٤:٠٣", "14:03"),
        ("came", "١٢ جمادى الآخرة ١٤٤٨هـ", "09:30"),
        ("door", "21.42250, 39.82620 ±4 m", "21.42250, 39.82620 ±4 m"),
        ("yard", "٣ مواقع", "3 positions"),
        ("served", "فطور، عشاء", "Breakfast, Dinner"),
        ("order", "١. عشاء\n٢. غداء\n٣. فطور", "1. Dinner\n2. Lunch\n3. Breakfast"),
        ("told", "تم الاطلاع", "Confirmed as read"),
    ],
)
def test_each_kind_is_told_in_the_readers_words(
    desk: Desk, visit_id: str, name: str, arabic: str, english: str
) -> None:
    for words, expected in ((ARABIC, arabic), (ENGLISH, english)):
        facts = [fact for part in sections(desk, visit_id, words.language) for fact in part.facts]
        [fact] = [one for one in facts if one.ref.endswith(f"/{name}")]
        told = spoken(words, fact.kind, fact.value, fact.chosen)
        assert expected in "".join(letter for letter in told if letter not in "\u200f\u2066\u2067\u2068\u2069")


def test_a_picture_comes_with_its_evidence_and_a_file_that_did_not_come_is_known_as_such(
    desk: Desk, visit_id: str
) -> None:
    facts = {fact.ref: fact for part in sections(desk, visit_id, "ar") for fact in part.facts}
    front, contract = facts["/data/facts/front"], facts["/data/facts/contract"]
    assert (front.kind, contract.kind, contract.piece) == ("file", "file", None)
    assert front.piece is not None
    assert desk.evidence.read(front.piece.sha256)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("kind", ["number", "date", "time", "moment", "places", "choice", "order", "file", "novel"])
def test_what_is_not_what_its_kind_says_is_told_as_it_was_given(kind: str) -> None:
    for words in (ARABIC, ENGLISH):
        assert "قبل الفجر؟" in spoken(words, kind, "قبل الفجر؟", ("قبل الفجر؟",))
