"""What the client says: both languages whole, plurals, dates in both calendars, numbers, and texts of any direction."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.words import MissingWord, Words
from inspector_app.words.paths import resource
from inspector_app.words.plurals import category
from inspector_app.words.words import texts
from sync.contract.problems import PROBLEMS

ROOT = Path(__file__).resolve().parents[2]
ARABIC = Words.load("ar")
ENGLISH = Words.load("en")
_LITERAL_KEY = re.compile(r'(?:\bsay|\.put|\bhas)\(\s*(?:[\w.\[\]"]+,\s*)?"([a-z_]+\.[a-z_.0-9]+)"')

_RAISED = re.compile(
    r'(?:Error|Refused|Foreign|Missing|Enrolled|Step|Checklist|Named|super\(\).__init__)\(\s*"([a-z_]+)"'
)
_NOTED = re.compile(
    r'(?:\.note|_give_up|\.park|evidence_failed)\([^")]*(?:"(?:info|warning|error)", )?"([a-z]+_[a-z_]+)"'
)


def parameters(entry: str | dict[str, str]) -> set[str]:
    forms = entry.values() if isinstance(entry, dict) else (entry,)
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def raised_codes() -> set[str]:
    """The codes that use cases, the cache, the engine and the rules of the domain raise, or write down, by name."""
    folders = ("inspector_app/services", "inspector_app/storage", "sync/domain", "sync/engine")
    sources = [path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {code for source in sources for pattern in (_RAISED, _NOTED) for code in pattern.findall(source)}


def source_files() -> list[Path]:
    folders = ("ui", "viewmodels", "reports", "app")
    return [path for folder in folders for path in (ROOT / "inspector_app" / folder).rglob("*.py")]


def test_both_languages_have_every_text() -> None:
    assert texts("ar").keys() == texts("en").keys()


def test_a_text_takes_the_same_parameters_in_both_languages() -> None:
    for key, arabic in texts("ar").items():
        english = texts("en")[key]
        lacking = parameters(arabic) ^ parameters(english)
        plural = isinstance(arabic, dict) or isinstance(english, dict)
        assert lacking <= ({"n"} if plural else set()), key


def test_every_plural_can_be_said_of_any_number() -> None:
    for language in ("ar", "en"):
        assert [key for key, entry in texts(language).items() if isinstance(entry, dict) and "other" not in entry] == []


def test_every_key_that_the_code_names_has_a_text() -> None:
    named = {key: path for path in source_files() for key in _LITERAL_KEY.findall(path.read_text("utf-8"))}
    assert len(named) > 100
    assert {key: path.name for key, path in named.items() if key not in texts("ar")} == {}


@pytest.mark.parametrize("code", sorted({*PROBLEMS, *raised_codes()}))
def test_every_error_is_explained_with_what_to_do(code: str) -> None:
    for language in ("ar", "en"):
        title, _, text = str(texts(language)[f"error.{code}"]).partition("\n")
        assert title
        assert text


def test_a_problem_of_a_newer_centre_is_told_with_its_code() -> None:
    assert "flux_capacitor" in ENGLISH.explain("flux_capacitor").text


def test_a_missing_text_is_an_error_and_not_shown_as_a_key() -> None:
    with pytest.raises(MissingWord):
        ARABIC.say("today.nothing_like_this")


@pytest.mark.parametrize(
    ("n", "form"),
    [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (99, "many"), (100, "other"),
     (102, "other"), (103, "few"), (111, "many"), (1000, "other")],
)  # fmt: skip
def test_arabic_counts_in_six_forms(n: int, form: str) -> None:
    assert category("ar", n) == form


def test_one_and_two_are_said_without_a_figure_in_arabic() -> None:
    assert ARABIC.say("ago.hours", n=1) == "قبل ساعة"
    assert ARABIC.say("ago.hours", n=2) == "قبل ساعتين"
    assert ARABIC.say("ago.hours", n=5) == "قبل ٥ ساعات"
    assert ARABIC.say("ago.hours", n=30) == "قبل ٣٠ ساعة"
    assert ENGLISH.say("ago.hours", n=1) == "1 hour ago"


@given(st.integers(0, 10**9))
def test_no_number_is_without_words(n: int) -> None:
    for words in (ARABIC, ENGLISH):
        assert words.say("left.days", n=n)


def test_a_day_is_written_in_both_calendars() -> None:
    assert ENGLISH.date("2026-02-18") == "1 Ramadan 1447 AH · 18 February 2026"
    assert ARABIC.date(date(2026, 2, 18)) == "١ رمضان ١٤٤٧هـ · ١٨ فبراير ٢٠٢٦م"
    assert Words.load("ar", "latin").date("2026-02-18") == "1 رمضان 1447هـ · 18 فبراير 2026م"


def test_a_moment_is_shown_as_riyadh_sees_it() -> None:
    late = "2026-02-17T22:30:00+00:00"
    assert ENGLISH.time(late) == "01:30"
    assert ENGLISH.date(late).startswith("1 Ramadan")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        ARABIC.time("2026-02-17T22:30:00")


def test_how_long_ago_and_how_long_to_go_are_said_in_the_largest_whole_unit() -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert ENGLISH.ago(now - timedelta(seconds=20), now) == "just now"
    assert ENGLISH.ago(now - timedelta(minutes=59), now) == "59 minutes ago"
    assert ENGLISH.ago(now - timedelta(hours=47), now) == "47 hours ago"
    assert ENGLISH.ago(now - timedelta(days=3), now) == "3 days ago"
    assert ENGLISH.until(now + timedelta(hours=3), now) == "3 hours left"
    assert ENGLISH.until(now - timedelta(days=2), now) == "2 days late"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KB"), (2_400_000, "2.3 MB"), (5 * 1024**3, "5 GB")]
)
def test_a_size_is_told_in_the_unit_that_keeps_it_readable(count: int, said: str) -> None:
    assert plain(ENGLISH.bytes(count)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0:01"), (59.6, "1:00"), (125, "2:05"), (3725, "1:02:05"), (36000, "10:00:00")]
)
def test_a_recording_lasts_as_players_write_it(seconds: float, said: str) -> None:
    assert ENGLISH.lasting(seconds) == f"\u2066{said}\u2069"


def test_numbers_follow_the_digits_of_the_reader() -> None:
    assert ARABIC.number(12345) == "١٢٬٣٤٥"
    assert ARABIC.percent(87.5) == "٨٧٫٥٪"
    assert ENGLISH.percent(87.5) == "87.5%"
    assert Words.load("en", "arabic").number(10) == "١٠"


def test_a_latin_name_does_not_turn_an_arabic_sentence_round() -> None:
    said = ARABIC.say("shell.device", name="LAPTOP (2)")
    assert "\u2068LAPTOP (2)\u2069" in said


def test_a_line_that_begins_with_a_latin_name_is_still_an_arabic_line() -> None:
    assert ARABIC.join("Midan", "اليوم").startswith("\u200f")
    assert not ENGLISH.join("ميدان", "today").startswith("\u200f")


def test_a_report_number_keeps_its_order_in_any_sentence() -> None:
    assert ARABIC.code("11-003-0002-8") == "\u206611-003-0002-8\u2069"


def test_a_name_missing_in_one_language_is_shown_in_the_other() -> None:
    class Named:
        name_ar = "دار الضيافة"
        name_en = ""

    assert ENGLISH.name(Named()) == "دار الضيافة"


def test_a_resource_lies_in_the_unpacked_folder_of_a_frozen_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._MEIPASS", "/unpacked", raising=False)
    assert resource("theme", "light.json") == Path("/unpacked/resources/theme/light.json")


def plain(text: str) -> str:
    """Without the marks of direction."""
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)
