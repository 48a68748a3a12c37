"""Somebody at the real application who never stops until he is cut off, and says each step aloud as it shows.

``python -m tests.chaos.typist PROFILE PASSPHRASE PHASE SEED`` opens the application offscreen, unlocks it by typing,
and does what the phase is about over and over. Every step is one JSON line on the standard output, written at once:
``at`` is ``time.monotonic()``, which is the same clock in every process of the machine; for a key it is the moment
before the key went down.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget

from inspector_app.app.main import qt_application, run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.hands import Hands, press
from inspector_app.app.tour.person import Person
from inspector_app.ui.cases.form_page import CaseForm
from inspector_app.ui.look import Look
from inspector_app.ui.visits.editor_page import EditorPage
from inspector_app.viewmodels.checklist import Entry, Page
from inspector_app.viewmodels.tasks import Tasks
from sync.domain import numbers
from tests.chaos.material import photograph, sentence

PLACES: Final = ("فندق", "برج", "دار", "hotel")
CATEGORY: Final = "السكن"
LONG: Final = 240
"""A field with so many letters in it is begun anew."""
_NUMBER: Final = re.compile(r"\d\d\s+\d{3}\s+\d{4,6}\s+\d")


def say(step: str, at: float | None = None, **more: Any) -> None:
    """Tell whoever listens, past every buffer of this process."""
    line = json.dumps({"at": time.monotonic() if at is None else at, "step": step, **more}, ensure_ascii=False)
    os.write(1, line.encode() + b"\n")


class Typist:
    """One person at one laptop, with a will of his own that follows from a seed."""

    def __init__(self, person: Person, look: Look, tasks: Tasks, seed: int) -> None:
        self._person, self._look, self._tasks = person, look, tasks
        self._rng = random.Random(seed)
        self._hands: Hands = person.hands
        self._cases = 0

    async def work(self, passphrase: str, phase: str) -> None:
        """Come in, and never stop."""
        say("opening")
        await self._person.unlock(passphrase)
        say("in")
        steps = {"typing": self.typing, "submitting": self.submitting, "syncing": self.typing}
        while True:
            await steps[phase]()

    # -------------------------------------------------------------------------------------------------------- phases

    async def typing(self) -> None:
        """Write in one of the three places where much is written: an item, the report's note, a case."""
        where = self._rng.choice(("item", "item", "note", "case"))
        if where == "case":
            await self._new_case()
            await self._type_case()
            await self._hands.click("case.back")
            return
        editor = await self._any_draft()
        if where == "item":
            await self._item(editor)
        else:
            await self._to(editor, self._look.words.say("visits.finish"))
            await self._type("visit.report_note", draft=editor.editor.head.id, where="note")
        await self._hands.click("visit.back")

    async def submitting(self) -> None:
        """Finish a visit that is all but finished, then open a case."""
        editor = await self._draft_of_the_list()
        draft = editor.editor.head.id
        entry = await self._item(editor)
        await self._photograph(editor, entry)
        await self._to(editor, self._look.words.say("visits.finish"))
        await self._type("visit.report_note", draft=draft, where="note")
        say("signing", draft=draft)
        await moves.sign(self._hands, "حسن بن علي المالكي", "مدير الاستقبال")
        await self._hands.until(lambda: editor.editor.signature is not None, "the signature to be kept")
        say("signed", draft=draft)
        await self._hands.until(lambda: editor.finish.submit.isEnabled(), "the visit to be ready")
        say("submitting", draft=draft)
        number = numbers.format(numbers.parse(await moves.submit(self._hands)))
        say("submitted", draft=draft, number=number)
        await self._hands.click("visit.submitted.back")
        await self._open_case()

    # -------------------------------------------------------------------------------------------------------- visits

    async def _any_draft(self) -> EditorPage:
        await self._list_drafts()
        if self._drafts_listed() and self._rng.random() < 0.5:
            return await self._pick_draft()
        await self._hands.click("side.register")
        await self._hands.write("register.search", self._rng.choice(PLACES))
        await self._at_rest()
        await self._hands.pick("register.list", self._rng.choice(self._hands.rows("register.list")[:8]))
        await self._hands.click("register.start_visit")
        await moves.begin_visit(self._hands)
        editor = await self._editor()
        say("begun", draft=editor.editor.head.id)
        return editor

    async def _draft_of_the_list(self) -> EditorPage:
        await self._list_drafts()
        await self._hands.until(self._drafts_listed, "a draft")
        return await self._pick_draft()

    async def _list_drafts(self) -> None:
        await self._hands.click("side.visits")
        await self._hands.click("visits.filter.drafts")
        await self._at_rest()

    def _drafts_listed(self) -> list[str]:
        draft = self._look.words.say("visits.state.draft")
        return [row for row in self._hands.rows("visits.list") if draft in row]

    async def _pick_draft(self) -> EditorPage:
        await self._hands.pick("visits.list", self._rng.choice(self._drafts_listed()))
        return await self._editor()

    async def _editor(self) -> EditorPage:
        await self._hands.see("visit.sections")
        return next(page for page in self._hands.window.findChildren(EditorPage) if page.isVisible())

    async def _to(self, editor: EditorPage, section: str) -> None:
        await self._hands.pick("visit.sections", section)

    async def _item(self, editor: EditorPage) -> Entry:
        """Say of some item that it does not conform, and what was seen."""
        session, draft = editor.editor.session, editor.editor.head.id
        asked: list[tuple[Page, Entry]] = [
            (page, entry)
            for page in editor.editor.pages
            for entry in page.entries
            if entry.note is not None and entry.photo is not None and session.state(entry.question.ref).relevant
        ]
        open_ones = [one for one in asked if session.state(one[1].question.ref).value == "nonconform"]
        page, entry = self._rng.choice(open_ones[:2] or asked)
        await self._to(editor, session.state(page.ref).label)
        if session.state(entry.question.ref).value != "nonconform":
            await self._hands.click(f"visit.answer.{entry.code}.nonconform")
        await self._type(f"visit.note.{entry.code}", draft=draft, where=entry.code)
        return entry

    async def _photograph(self, editor: EditorPage, entry: Entry) -> None:
        draft, strip = editor.editor.head.id, f"visit.photos.{entry.code}"
        # In the folder the file box opens in: it goes elsewhere while the letters of a longer path are still typed.
        file = Path(f"{self._rng.randrange(10**9)}.jpg")
        file.write_bytes(photograph(self._rng, 1280, 960))
        before = self._thumbnails(strip)
        await self._hands.click(f"visit.photo.{entry.code}.choose")
        say("photographing", draft=draft, item=entry.code)
        await self._hands.give_file(file)
        await self._hands.until(lambda: self._thumbnails(strip) > before, "the photo")
        say("photographed", draft=draft, item=entry.code, pictures=before + 1)

    def _thumbnails(self, strip: str) -> int:
        widget = self._hands.window.findChild(QWidget, strip)
        shown = isinstance(widget, QWidget) and widget.isVisible()
        return len(widget.findChildren(QPushButton)) if shown and isinstance(widget, QObject) else 0

    # --------------------------------------------------------------------------------------------------------- cases

    async def _new_case(self) -> CaseForm:
        await self._hands.click("side.cases")
        if self._hands.sees("case.detail.back"):
            await self._hands.click("case.detail.back")
        await self._hands.click("cases.new")
        await self._hands.see("case.text")
        self._cases += 1
        return self._form()

    def _form(self) -> CaseForm:
        return next(form for form in self._hands.window.findChildren(CaseForm) if form.isVisible())

    async def _type_case(self) -> None:
        await self._type("case.text", case=self._cases, where="text")

    async def _open_case(self) -> None:
        """Open a case; every other one has somebody to call back, which makes two events of it."""
        await self._new_case()
        await self._hands.choose("case.category", CATEGORY)
        await self._hands.click("case.priority.P2")
        if self._cases % 2:
            await self._hands.click("case.reporter.named")
            await self._hands.write("case.reporter_name", "عبد الرحمن")
            await self._hands.write("case.reporter_phone", "0501234567")
        await self._type_case()
        say("opening_case", case=self._cases)
        await self._hands.click("case.save")
        await self._hands.see("case.opened.close")
        found = _NUMBER.search(self._hands.words())
        if found is None:
            raise AssertionError(f"no number stands in {self._hands.words()[:200]}")
        say("opened_case", case=self._cases, number=numbers.format(numbers.parse(found.group())))
        await self._hands.click("case.opened.close")

    # -------------------------------------------------------------------------------------------------------- typing

    async def _type(self, name: str, **of: Any) -> None:
        """Write some words at the end of what stands in a field, and say after every letter what stands there."""
        await self._hands.write(name, "", over=False)
        area = await self._hands.see_a(QPlainTextEdit, name)
        QTest.keyClick(area, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        self._tell(area, time.monotonic(), of, "found")
        if len(area.toPlainText()) > LONG:
            at = time.monotonic()
            QTest.keyClick(area, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(area, Qt.Key.Key_Delete)
            self._tell(area, at, of, "typed")
        for letter in " " + sentence(self._rng):
            at = time.monotonic()
            press(area, letter)
            self._tell(area, at, of, "typed")
            await asyncio.sleep(self._rng.uniform(0.01, 0.08))

    def _tell(self, area: QPlainTextEdit, at: float, of: dict[str, Any], step: str) -> None:
        of = of if "case" not in of else of | {"draft": self._form().writer.draft_id}
        say(step, at, text=area.toPlainText(), **of)

    async def _at_rest(self) -> None:
        await self._hands.until(lambda: self._tasks.idle, "the window to come to rest")


def main(profile: str, passphrase: str, phase: str, seed: str) -> None:
    """Open the application and work in it; ends by being killed, or by a mistake."""
    app = qt_application()
    look, tasks = Look(), Tasks()
    look.apply()
    for escaped in (tasks.error_escaped, tasks.refusal_escaped):
        escaped.connect(lambda error: say("trouble", error=f"{type(error).__name__}: {error}"))
    person = Person(Path(profile), look, tasks)
    typist = Typist(person, look, tasks, int(seed))
    run_on_loop(lambda: typist.work(passphrase, phase))
    QApplication.quit()
    del app


if __name__ == "__main__":
    main(*sys.argv[1:])
