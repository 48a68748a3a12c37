"""Opening a case: a quick form that can be filled in under a minute, with a warning before the same thing twice."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseDraft, CaseFields, Similar
from inspector_app.ui import boxes
from inspector_app.ui.forms.photos import PhotoAdder, PhotoStrip
from inspector_app.ui.kit.buttons import Choice, Choices, PlainButton, PrimaryButton
from inspector_app.ui.kit.cards import Banner, Card
from inspector_app.ui.kit.fields import Field, LineEdit, Picker, TextArea
from inspector_app.ui.kit.layout import Page, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Label, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Part, short_list
from inspector_app.ui.register.picker import RegisterPicker
from inspector_app.viewmodels.cases import KINDS, PRIORITY_TONES, REPORTERS, WITH_CONTACT, CaseWriter, case_face
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from sync.domain.rules import Priority

CONTACT = ("name", "phone", "language")
NEEDED = ("category", "priority", "text")


class CaseForm(QWidget):
    """One case while it is typed.

    Signals:
        left(): The user went back; what was typed is kept as a draft.
        opened(Opened): The case has its number.
        show_asked(str): A case that may be the same one is wanted, by id.
    """

    left = Signal()
    opened = Signal(object)
    show_asked = Signal(str)

    def __init__(
        self, desk: Desk, look: Look, tasks: Tasks, fields: CaseFields, draft: CaseDraft | None = None
    ) -> None:
        super().__init__()
        self._desk, self._look, self._tasks = desk, look, tasks
        self.writer = CaseWriter(desk, tasks, fields, draft, self)
        self._categories: tuple[r.Code, ...] = ()
        self._subcategories: tuple[r.Code, ...] = ()
        self._similar: tuple[Similar, ...] = ()
        self._saved_at = ""
        self._spoken = Spoken(look, self)
        self._build_what()
        self._build_where()
        self._build_who()
        self._build_foot()
        self._lay_out()
        self._fill()
        self._connect()
        look.changed.connect(self._offer)
        self._offer()
        self._kind_changed()

    # ----------------------------------------------------------------------------------------------------- building

    def _build_what(self) -> None:
        put = self._spoken.put
        self.kind = Choices("case.kind")
        self.category = Picker("case.category")
        self._category = Field(self.category)
        put(self._category.set_label, "cases.category")
        self.subcategory = Picker("case.subcategory")
        self._subcategory = Field(self.subcategory)
        put(self._subcategory.set_label, "cases.subcategory")
        self._priority_label = Label(role="label")
        put(self._priority_label.setText, "cases.priority")
        self.priority = Choices("case.priority")
        put(self.priority.setAccessibleName, "cases.priority")
        self.text = TextArea("case.text", lines=4)
        self._text = Field(self.text)
        put(self._text.set_label, "cases.text")
        put(self._text.set_hint, "cases.text_hint")
        self._adder = PhotoAdder("case.photo", self._look)
        self._photos = PhotoStrip("case.photos", self._desk.evidence, self._look, self._tasks)
        self._photos.removable = True

    def _build_where(self) -> None:
        put = self._spoken.put
        self.place = RegisterPicker("case.place", "place", self._desk, self._look, self._tasks)
        put(self.place.set_label, "cases.place")
        self.company = RegisterPicker("case.company", "company", self._desk, self._look, self._tasks)
        put(self.company.set_label, "cases.company")
        self._warning = Banner("case.similar", self._look, "warning")
        self._alike = Part("")
        self._alike.hide()

    def _build_who(self) -> None:
        put = self._spoken.put
        self._reporter_label = Label(role="label")
        put(self._reporter_label.setText, "cases.reporter")
        self.reporter = Choices("case.reporter")
        put(self.reporter.setAccessibleName, "cases.reporter")
        self._reporter_hint = Caption(wrap=True)
        self.name, self.phone, self.language = (
            LineEdit(f"case.reporter_{one}") for one in ("name", "phone", "language")
        )
        self._contact = QWidget()
        fields = [Field(self.name), Field(self.phone), Field(self.language)]
        for field, key in zip(fields, CONTACT, strict=True):
            put(field.set_label, f"cases.reporter_{key}")
        self._contact.setLayout(row(*fields))

    def _build_foot(self) -> None:
        put = self._spoken.put
        self.back = PlainButton("case.back", self._look, "back")
        put(self.back.setText, "cases.title")
        self.saved = Caption()
        self.discard = PlainButton("case.discard", self._look, "trash")
        put(self.discard.setText, "cases.discard")
        self.save = PrimaryButton("case.save", self._look, "check")
        put(self.save.setText, "cases.open")
        self._missing = Caption(wrap=True)

    def _lay_out(self) -> None:
        title = Title()
        self._spoken.put(title.setText, "cases.new")
        page = Page(width=860, padding=20, spacing=12)
        part: QWidget
        what = Card(padding=16)
        categories = row(self._category, self._subcategory)
        what.body.addWidget(self.kind)
        what.body.addLayout(categories)
        for part in (self._priority_label, self.priority, self._text, self._photos, self._adder):
            what.body.addWidget(part)
        where = Card(padding=16)
        for part in (self.place, self.company, self._warning, self._alike):
            where.body.addWidget(part)
        who = Card(padding=16)
        for part in (self._reporter_label, self.reporter, self._reporter_hint, self._contact):
            who.body.addWidget(part)
        for part in (title, what, where, who):
            page.body.addWidget(part)
        foot = row(self.save, self._missing, spacing=16)
        foot.setStretch(1, 1)
        page.body.addLayout(foot)
        page.body.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 0)
        whole.addLayout(row(self.back, 1, self.saved, self.discard, spacing=8))
        whole.addWidget(page, 1)

    def _connect(self) -> None:
        writer = self.writer
        self.kind.chosen.connect(self._kind_chosen)
        self.category.chosen.connect(self._category_chosen)
        self.subcategory.chosen.connect(lambda value: self._change(subcategory=value))
        self.priority.chosen.connect(lambda value: self._change(priority=value))
        self.text.textChanged.connect(lambda: self._change(text=self.text.toPlainText()))
        self.place.picked.connect(lambda value: self._change(place_id=value or None))
        self.company.picked.connect(lambda value: self._change(company_id=value or None))
        self.reporter.chosen.connect(self._reporter_chosen)
        self.name.textEdited.connect(lambda value: self._change(reporter_name=value))
        self.phone.textEdited.connect(lambda value: self._change(reporter_phone=value))
        self.language.textEdited.connect(lambda value: self._change(language=value))
        self._adder.given.connect(writer.attach)
        self._photos.removed.connect(lambda one: writer.detach(one.sha256))
        self.back.clicked.connect(self.leave)
        self.discard.clicked.connect(self._ask_discard)
        self.save.clicked.connect(self._open)
        writer.attachments_changed.connect(lambda: self._photos.show_pictures(writer.attachments))
        writer.saved.connect(self._was_saved)
        writer.alike.connect(self._warn)
        writer.opened.connect(self.opened)
        writer.open_failed.connect(self._renew)
        writer.discarded.connect(self.left)

    # ------------------------------------------------------------------------------------------------------- typing

    def _fill(self) -> None:
        """Put what a draft, or the screen before, knows already into the inputs."""
        fields = self.writer.fields
        self.text.setPlainText(fields.text)
        self.name.setText(fields.reporter_name)
        self.phone.setText(fields.reporter_phone)
        self.language.setText(fields.language)
        self.place.put(fields.place_id)
        self.company.put(fields.company_id)
        self._photos.show_pictures(self.writer.attachments)

    def _change(self, **changed: object) -> None:
        self.writer.change(**changed)
        self._renew()

    def _kind_chosen(self, kind: str) -> None:
        self._change(kind=kind, category="", subcategory="")
        self._kind_changed()

    def _kind_changed(self) -> None:
        kind = self.writer.fields.kind
        self._tasks.run(self._desk.cases.categories, kind, done=self._know_categories, owner=self)

    def _know_categories(self, categories: tuple[r.Code, ...]) -> None:
        self._categories = categories
        self._category_chosen(self.writer.fields.category, keep=True)

    def _category_chosen(self, category: str, *, keep: bool = False) -> None:
        self._subcategories = ()
        if not keep:
            self._change(category=category, subcategory="")
        self._offer()
        if category:
            kind = self.writer.fields.kind
            self._tasks.run(self._desk.cases.subcategories, kind, category, done=self._know_subcategories, owner=self)

    def _know_subcategories(self, subcategories: tuple[r.Code, ...]) -> None:
        self._subcategories = subcategories
        self._offer()

    def _reporter_chosen(self, reporter: str) -> None:
        if reporter not in WITH_CONTACT:
            for line in (self.name, self.phone):
                with QSignalBlocker(line):
                    line.clear()
        self._change(reporter=reporter)

    def leave(self) -> None:
        """Keep what was typed as a draft and go back."""
        self.writer.close()
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another workspace comes to the front, or the window goes: what was typed is written first."""
        self.writer.rest()
        super().hideEvent(event)

    def _open(self) -> None:
        if self._similar:
            say = self._look.words.say
            boxes.ask(
                self._look,
                self,
                title=say("cases.similar_title", n=len(self._similar)),
                text=say("cases.similar_ask"),
                yes=say("cases.open_anyway"),
                then=self._open_now,
                name="case.similar.box",
            )
        else:
            self._open_now()

    def _open_now(self) -> None:
        self.save.setEnabled(False)
        self.writer.open()

    def _ask_discard(self) -> None:
        say = self._look.words.say
        boxes.ask(
            self._look,
            self,
            title=say("cases.discard_title"),
            text=say("cases.discard_text"),
            yes=say("cases.discard"),
            then=self.writer.discard,
            danger=True,
            name="case.discard.box",
        )

    # ------------------------------------------------------------------------------------------------------- saying

    def _offer(self) -> None:
        """Say every choice in the words of the moment."""
        words, fields = self._look.words, self.writer.fields
        self.kind.setAccessibleName(words.say("cases.kind"))
        self.kind.offer([Choice(one, words.say(f"cases.kind.{one}")) for one in KINDS])
        self.kind.choose(fields.kind)
        self.category.offer(
            [("", words.say("forms.choose")), *((one.code, words.name(one)) for one in self._categories)]
        )
        self.category.choose(fields.category)
        below = [(one.code, words.name(one)) for one in self._subcategories]
        self.subcategory.offer([("", words.say("cases.any_subcategory")), *below])
        self.subcategory.choose(fields.subcategory)
        self._subcategory.setVisible(bool(below))
        self.priority.offer([Choice(one, words.say(f"cases.priority.{one}"), PRIORITY_TONES[one]) for one in Priority])
        self.priority.choose(fields.priority)
        self.reporter.offer([Choice(one, words.say(f"cases.reporter.{one}")) for one in REPORTERS])
        self.reporter.choose(fields.reporter)
        self._renew()
        self._say_saved()
        self._warn(self._similar)

    def _renew(self) -> None:
        words, fields = self._look.words, self.writer.fields
        self._contact.setVisible(fields.reporter in WITH_CONTACT)
        self._reporter_hint.setText(words.say(f"cases.reporter_hint.{fields.reporter}"))
        missing = [
            words.say(f"cases.{name}") for name in ("category", "priority", "text") if not getattr(fields, name).strip()
        ]
        if fields.reporter in WITH_CONTACT and not fields.reporter_name.strip():
            missing.append(words.say("cases.reporter_name"))
        self.save.setEnabled(not missing and not self.writer.busy)
        self._missing.setText(words.say("cases.missing", what=words.join(*missing)) if missing else "")

    def _was_saved(self, moment: str) -> None:
        self._saved_at = moment
        self._say_saved()

    def _say_saved(self) -> None:
        words = self._look.words
        self.saved.setText(words.say("cases.saved", time=words.time(self._saved_at)) if self._saved_at else "")

    def _warn(self, similar: tuple[Similar, ...]) -> None:
        words, self._similar = self._look.words, similar
        self._alike.setVisible(bool(similar))
        if not similar:
            self._warning.clear()
            return
        self._warning.show_text(words.say("cases.similar_title", n=len(similar)), words.say("cases.similar_text"))
        while (item := self._alike.body.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        faces = [(one.row.case.id, lambda words, one=one: case_face(words, one.row)) for one in similar]
        rows = short_list("case.alike", self._look, faces, self.show_asked.emit)
        rows.setAccessibleName(words.say("cases.similar_title", n=len(similar)))
        self._alike.body.addWidget(rows)
