"""Filling a visit in: sections down the side, one section a page, and what was saved when."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.drafts import OpenDraft, Submitted
from inspector_app.ui import boxes
from inspector_app.ui.forms.section import SectionPage
from inspector_app.ui.kit.buttons import PlainButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.cards import Banner
from inspector_app.ui.kit.fields import Picker
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.lists import RowList
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, CutLabel
from inspector_app.ui.look import Look
from inspector_app.ui.visits.finish_page import FinishPage
from inspector_app.ui.visits.hand_over import hand_over
from inspector_app.viewmodels.checklist import Progress, places
from inspector_app.viewmodels.lists import Face
from inspector_app.viewmodels.register import called
from inspector_app.viewmodels.rows import plain
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from inspector_app.words.markup import to_plain

FINISH = -1
"""The id of the last entry of the side: finishing."""


class EditorPage(QWidget):
    """One open draft. Pages are made when they are first looked at.

    Signals:
        left(): The user went back to the list; what was typed is saved.
        submitted(Submitted): The visit has its number.
    """

    left = Signal()
    submitted = Signal(object)

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, opened: OpenDraft) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self.editor = VisitEditor(desk, tasks, opened, self)
        self.editor.set_language(look.words.language)
        self._pages: dict[int, SectionPage] = {}
        self._progress: dict[int, Progress] = {}
        self._places = places(self.editor.pages)
        spoken = Spoken(look, self)
        self._build_head(spoken)
        self._build_side(spoken)
        self._build_foot(spoken)
        self.finish = FinishPage(desk, look, tasks, self.editor)
        self.finish.go_asked.connect(self.go_to)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.finish)
        self._lay_out()
        self.editor.answered.connect(self._answered)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._focus_moved)
        self.editor.saved.connect(lambda _: self._say_saved())
        self.editor.submitted.connect(self._submitted)
        self.editor.gone.connect(self.left)
        look.changed.connect(self.retranslate)
        self.retranslate()
        self.show_section(0)

    # ----------------------------------------------------------------------------------------------------- building

    def _build_head(self, spoken: Spoken) -> None:
        self._title = CutLabel(role="heading")
        self._about = CutLabel(role="caption")
        self.saved = Caption()
        self.saved.setObjectName("visit.saved")
        self.back = PlainButton("visit.back", self._look, "back")
        spoken.put(self.back.setText, "visits.title")
        self.back.clicked.connect(self.leave)
        self.hand_over = PlainButton("visit.hand_over", self._look, "person")
        spoken.put(self.hand_over.setText, "visits.hand_over")
        self.hand_over.clicked.connect(lambda: hand_over(self._desk, self._look, self._tasks, self, self.editor))
        self.discard = PlainButton("visit.discard", self._look, "trash")
        spoken.put(self.discard.setText, "visits.discard")
        self.discard.clicked.connect(self._ask_discard)
        self.languages = Picker("visit.language")
        spoken.put(self.languages.setAccessibleName, "visits.form_language")
        self.languages.offer([(name, name) for name in self.editor.form.languages])
        self.languages.chosen.connect(self._speak)
        self.languages.setVisible(self.editor.speaks_others)
        self._remark = Banner("visit.returned", self._look, "warning")
        self._silent = Caption(wrap=True)
        self._silent.setObjectName("visit.no_recording")
        spoken.put(self._silent.setText, "visits.no_recording")
        self._silent.setVisible(bool(self.editor.form.recordings))

    def _build_side(self, spoken: Spoken) -> None:
        self.side = RowList("visit.sections", self._look, self._section_face, flat=True)
        spoken.put(self.side.setAccessibleName, "visits.sections")
        self.side.setFixedWidth(264)
        self.side.rows.set_ids([*range(len(self.editor.pages)), FINISH])
        self.side.current_changed.connect(self._section_chosen)

    def _build_foot(self, spoken: Spoken) -> None:
        self.previous = QuietButton("visit.previous", self._look, "back")
        spoken.put(self.previous.setText, "visits.previous")
        self.previous.clicked.connect(lambda: self._step(-1))
        self.next = PrimaryButton("visit.next")
        self.next.clicked.connect(lambda: self._step(1))

    def _lay_out(self) -> None:
        words = column(self._title, self._about, spacing=2)
        head = row(self.back, words, self.saved, self.languages, self.hand_over, self.discard, spacing=8)
        head.setStretch(1, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.side)
        foot = row(self.previous, 1, self.next)
        foot.setContentsMargins(20, 8, 20, 12)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addLayout(foot)
        body.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self._remark)
        whole.addWidget(self._silent)
        whole.addLayout(body, 1)

    # ------------------------------------------------------------------------------------------------------- moving

    @property
    def section(self) -> int:
        """The section in front, or ``FINISH``."""
        current = self.side.current
        return 0 if current is None else int(current)

    def show_section(self, number: int) -> None:
        """Bring a section, or the last page, to the front."""
        self.side.select(number)

    def begin(self) -> None:
        """Put the cursor where the section in front begins."""
        page = self._pages.get(self.section)
        if page is not None:
            page.begin()

    def go_to(self, ref: str) -> None:
        """Bring one question into view, wherever it is."""
        number = self._places.get(plain(ref), -1)
        if number >= 0:
            self.show_section(number)
            self._pages[number].go_to(ref)

    def _section_chosen(self, number: object) -> None:
        if not isinstance(number, int):
            return
        if number == FINISH:
            self._stack.setCurrentWidget(self.finish)
            self.finish.came()
        else:
            self._stack.setCurrentWidget(self._page(number))
        self._renew_foot()

    def _page(self, number: int) -> SectionPage:
        if number not in self._pages:
            page = SectionPage(self._desk, self._look, self._tasks, self.editor, self.editor.pages[number])
            self._pages[number] = page
            self._stack.addWidget(page)
            self.setTabOrder(self.side, page.entrance)
        return self._pages[number]

    def _focus_moved(self, _: QWidget | None, to: QWidget | None) -> None:
        page = self._pages.get(self.section)
        self.editor.look_at(() if page is None else page.refs_at(to))

    def _step(self, by: int) -> None:
        page = self._pages.get(self.section)
        if page is not None and page.step(by):
            self._renew_foot()
            return
        order = list(self.side.rows.ids)
        self.show_section(order[max(0, min(len(order) - 1, order.index(self.section) + by))])
        self.begin()

    def leave(self) -> None:
        """Save and go back to the list, once what was just given is kept."""
        self.editor.when_kept(self._leave)

    def _leave(self) -> None:
        self.editor.save()
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another workspace comes to the front, or the window goes: what was typed is written first."""
        self.editor.save()
        super().hideEvent(event)

    def _ask_discard(self) -> None:
        say = self._look.words.say
        boxes.ask(
            self._look,
            self,
            title=say("visits.discard_title"),
            text=say("visits.discard_text"),
            yes=say("visits.discard_yes"),
            then=self.editor.discard,
            danger=True,
            name="visit.discard.box",
        )

    def _submitted(self, result: Submitted) -> None:
        self.submitted.emit(result)

    # ------------------------------------------------------------------------------------------------------- saying

    def retranslate(self) -> None:
        """Say again what depends on the draft; the checklist speaks the new language too."""
        words, head = self._look.words, self.editor.head
        self.editor.set_language(words.language)  # the pages hear of the look by themselves, and after this one
        name = called(words, head.place, head.company)
        self.languages.choose(self.editor.session.language)
        self._title.show_text(name)
        company = "" if head.place is None or head.company is None else words.name(head.company)
        title = head.checklist.title_ar if words.rtl else head.checklist.title_en
        number = "" if head.visit is None else words.code(head.visit.number)
        correction = words.say("visits.correction_of", n=head.revision) if head.revision > 1 else ""
        self._about.show_text(words.join(title, company, number, correction))
        self._say_saved()
        self._say_remarks()
        self._renew_side()
        self._renew_foot()

    def _speak(self, language: str) -> None:
        """Let the checklist alone speak another language, one that the application does not know perhaps."""
        self.editor.set_language(language)
        for page in self._pages.values():
            page.renew()
        self._renew_side()

    def _say_saved(self) -> None:
        words = self._look.words
        self.saved.setText(words.say("visits.saved", time=words.time(self.editor.saved_at)))

    def _say_remarks(self) -> None:
        words, editor = self._look.words, self.editor
        if not editor.remarks:
            self._remark.clear()
            return
        items = [remark.item for remark in editor.remarks if remark.item]
        on_items = words.say("visits.returned_items", items="، ".join(items) if words.rtl else ", ".join(items))
        said = [*editor.remarks_on(""), *([on_items] if items else [])]
        self._remark.show_text(words.say("visits.returned_title"), "\n".join(said))

    def _section_face(self, number: int) -> Face:
        words = self._look.words
        if number == FINISH:
            return Face(words.say("visits.finish"), words.say("visits.finish_text"), icon="check")
        page = self.editor.pages[number]
        count = self._progress_of(number)
        label = to_plain(self.editor.session.state(page.ref).label) if page.ref else words.say("visits.general")
        said = words.say("visits.progress", done=count.answered, total=count.total)
        found = words.say("visits.nonconform_count", n=count.nonconform) if count.nonconform else ""
        return Face(
            title=label,
            secondary=words.join(said, found) if count.total else words.say("visits.nothing_asked"),
            chip=words.number(count.nonconform) if count.nonconform else "",
            tone="danger",
            icon="check" if count.total and count.answered == count.total else "",
        )

    def _progress_of(self, number: int) -> Progress:
        """Counted once, until an answer touches the section."""
        if number not in self._progress:
            self._progress[number] = self.editor.progress(self.editor.pages[number])
        return self._progress[number]

    def _answered(self, refs: frozenset[str]) -> None:
        for number in {self._places.get(plain(ref), -1) for ref in refs}:
            self._progress.pop(number, None)
        self.side.rows.forget()
        self._renew_foot()

    def _renew_side(self) -> None:
        self._progress.clear()
        self.side.rows.forget()

    def _renew_foot(self) -> None:
        words, order = self._look.words, list(self.side.rows.ids)
        place = order.index(self.section) if self.section in order else 0
        page = self._pages.get(self.section)
        self.previous.setEnabled(place > 0 or (page is not None and page.can_step(-1)))
        last = self.section == FINISH
        self.next.setVisible(not last)
        ends = place == len(order) - 2 and not (page is not None and page.can_step(1))
        self.next.setText(words.say("visits.finish" if ends else "visits.next"))
