"""The printed report: right to left, counted pages, and text that can be found and copied from it."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from inspector_app.reports.page import Page
from inspector_app.reports.visit_pdf import write_visit_pdf
from inspector_app.services.desk import Desk
from inspector_app.words.words import Words
from sync.domain.text import Language
from tests.support import desks, kinds_report

CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text_of(pdf: Path) -> str:
    """What a reader of the file gets, as it stands in the file: no forms are mended here."""
    out = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return CONTROLS.sub("", out)


def printed(desk: Desk, visit_id: str, to: Path, language: Language = "ar", *, training: bool = False) -> str:
    words = Words.load(language)
    write_visit_pdf(desk.visits.detail(visit_id, language), words, desk.evidence.read, to, training=training)
    return text_of(to)


def test_arabic_words_can_be_read_back_whole(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    text = printed(desk, visit_id, tmp_path / "r.pdf")
    for words in (
        "تقرير زيارة تفتيش",
        "فندق اجياد الذهبي",
        "شركة العليان لخدمات المعتمرين",
        "السكن يعمل بترخيص منتهٍ منذ",
        "جمادى الآخرة",
        "بحضور مدير السكن",
        "سالم الحربي",
        "ياسر الغامدي",
        "فهد العنزي",
        "الإحداثيات",
    ):
        assert words in text
    assert unicodedata.normalize("NFKC", text) == unicodedata.normalize("NFC", text).replace("…", "...")


def test_a_result_that_one_critical_finding_decided_says_so(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    said = "مخالفة حرجة واحدة تجعل النتيجة"
    assert said in printed(desk, visit_id, tmp_path / "capped.pdf")
    other = desks.write_visit(desk, "p1", "co1", E02="partial")
    assert said not in printed(desk, other, tmp_path / "not_capped.pdf")


def test_numbers_codes_and_both_calendars_stand_in_it(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    text = printed(desk, visit_id, tmp_path / "r.pdf")
    number = desk.visits.row(visit_id).visit.number
    for words in (number, "21.42254, 39.82618", "٢٠٢٦", "١٤٤٨", "E01", "Hotel Al-Safa", "L-100"):
        assert words in text


def test_findings_come_before_the_sections_gravest_first(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    text = printed(desk, visit_id, tmp_path / "r.pdf")
    assert text.index("المخالفات") < text.index("E01") < text.index("بيانات عامة")
    assert text.count("E01") >= 2


def test_every_page_names_the_report_and_counts(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    pages = printed(desk, visit_id, path).split("\f")[:-1]
    number = desk.visits.row(visit_id).visit.number
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    assert len(pages) > 1
    for place, page in enumerate(pages, start=1):
        foot = page.strip().splitlines()[-1]
        assert number in foot
        assert f"{place}".translate(digits) in foot
        assert f"{len(pages)}".translate(digits) in foot


def test_pictures_and_signature_are_on_the_pages(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    printed(desk, visit_id, path)
    listed = subprocess.run(["pdfimages", "-list", path], check=True, capture_output=True, text=True).stdout
    assert len(listed.splitlines()) - 2 == 3


def test_a_picture_that_is_not_here_is_named_on_the_page(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    for name in desk.cache.vault.names():
        desk.cache.vault.remove(name)
    assert "صورتان ليستا على هذا الجهاز" in printed(desk, visit_id, tmp_path / "r.pdf")


def test_the_english_report_reads_from_left_to_right(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    text = printed(desk, visit_id, tmp_path / "r.pdf", "en")
    for words in ("Inspection visit report", "Ajyad Golden Hotel", "Violations (2)", "Page 1 of"):
        assert words in text
    assert re.search(r"^ {0,4}Place +Ajyad", text, re.MULTILINE)


def test_a_training_report_says_so_on_every_page(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    pages = printed(desk, visit_id, tmp_path / "r.pdf", training=True).split("\f")[:-1]
    assert all("نسخة تدريب" in page for page in pages)


def test_a_failing_report_leaves_the_old_file_as_it_was(desk: Desk, visit_id: str, tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    path.write_bytes(b"before")

    def broken(sha256: str) -> bytes:
        raise RuntimeError(sha256)

    with pytest.raises(RuntimeError):
        write_visit_pdf(desk.visits.detail(visit_id), Words.load("ar"), broken, path)
    assert path.read_bytes() == b"before"
    assert [file.name for file in tmp_path.glob("*.part")] == []


@pytest.mark.parametrize(
    "text",
    [
        "الأمن والسلامة لا إله إلا الله",
        "رأيتُ بيتاً جداً أولاً",
        "المُعْتَمِر",
        "تقرير تصريح زيارة مرور",
        "العلیان الحرم ہوٹل",
        "في كل شيء",
    ],
)
def test_ligatures_marks_and_kerning_keep_words_whole(text: str, tmp_path: Path) -> None:
    path = tmp_path / "line.pdf"
    with Page(rtl=True, running="", footer="", digits="arabic") as page:
        for size, bold in ((9.0, False), (20.0, True)):
            page.text_block(text, size=size, bold=bold)
        path.write_bytes(bytes(page.output()))
    lines = [line.strip() for line in text_of(path).splitlines() if line.strip()]
    assert lines[:2] == [text, text]


def test_characters_the_typeface_lacks_do_not_break_a_page(tmp_path: Path) -> None:
    path = tmp_path / "line.pdf"
    with Page(rtl=False, running="", footer="", digits="latin") as page:
        page.text_block("Şeker 中 🙂 end\tx\u0007")
        path.write_bytes(bytes(page.output()))
    assert unicodedata.normalize("NFC", text_of(path)).split()[:4] == ["Şeker", "?", "?", "end"]


def test_an_answer_of_any_kind_stands_in_it(tmp_path: Path) -> None:
    with desks.cache_in(tmp_path / "midan") as cache:
        desk = desks.seat(cache, desks.INSPECTOR, desks.Clock())
        text = printed(desk, kinds_report.submitted(desk, cache), tmp_path / "r.pdf", "en")
    for words in ("1 Ramadan 1447 AH", "Breakfast, Dinner", "1. Dinner", "3 positions", "21.20000, 39.20000"):
        assert words in text
    assert text.index("Facts · Kitchen") < text.index("Floor · 1 of 2") < text.index("Floor · 2 of 2")
    assert "a file that did not come with it" in text
    assert "Beds" in text
    assert "*" not in text
    assert text.count("وُجد المستودع مفتوحاً") == kinds_report.LONG.count("وُجد")
