"""A submitted report of any form on screen: every answer is there, in both languages, with its picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.kit.layout import column
from inspector_app.ui.look import Look
from inspector_app.ui.visits.report import ReportMaker
from inspector_app.viewmodels.tasks import Tasks
from sync.domain.text import Language
from tests.support import kinds_report


def plain(text: str) -> str:
    return "".join(letter for letter in text if letter not in "\u200f\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ar",
            ("الدور · ٢ من ٢ · الغرفة (٢ من ٢)", "فطور، عشاء", "١ رمضان ١٤٤٧هـ · ١٨ فبراير ٢٠٢٦م",
             "يذكر التقرير ملفاً لم يصل معه."),
        ),
        (
            "en",
            ("Floor · 2 of 2 · Room (2 of 2)", "Breakfast, Dinner", "1 Ramadan 1447 AH · 18 February 2026",
             "The report names a file that did not come with it."),
        ),
    ],
)  # fmt: skip
def test_every_answer_is_shown(
    desk: Desk,
    cache: Cache,
    look: Look,
    tasks: Tasks,
    qtbot: QtBot,
    settle: Callable[[], None],
    language: Language,
    expected: tuple[str, ...],
) -> None:
    look.set_language(language)
    visit_id = kinds_report.submitted(desk, cache)
    page = QWidget()
    qtbot.addWidget(page)
    maker = ReportMaker(desk, look, tasks)
    page.setLayout(column(*maker.sections(desk.visits.detail(visit_id, language).sections)))
    page.resize(800, 1200)
    page.show()
    settle()
    texts = [plain(label.text()) for label in page.findChildren(QLabel)]
    for text in (*expected, kinds_report.LONG, "عمر", "لا شيء", "الأرضي", "الأول"):
        assert text in texts
    assert [part for part in texts if part.startswith("21.4")] == ["21.42250, 39.82620 ±4 m"]
    [picture] = page.findChildren(QPushButton)
    assert picture.accessibleName()
    assert not [text for text in texts if "*" in text]
    assert all(label.width() <= 800 for label in page.findChildren(QLabel))
