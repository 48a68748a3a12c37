"""A form as those who fill it will see it, for whoever writes it: nothing is kept, and the answers can be read."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialogButtonBox, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

import xforms
from inspector_app.services import images, media
from inspector_app.services.views.drafts import media_name
from inspector_app.ui.boxes import Box
from inspector_app.ui.forms.inputs.base import Files, Tools, no_files
from inspector_app.ui.forms.page import FormPage
from inspector_app.ui.forms.said import question_name
from inspector_app.ui.kit.buttons import PlainButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.fields import Picker, TextArea
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, CutLabel
from inspector_app.ui.look import Look
from inspector_app.viewmodels.checklist import Page
from inspector_app.viewmodels.filling import Filler
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r


class MemoryKeeper:
    """Keeps pieces only as long as the preview is open: a ``Keeper`` for inputs."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self._pieces: dict[str, r.Attachment] = {}
        self._bytes: dict[str, bytes] = {}

    def piece(self, name: str) -> r.Attachment | None:
        """The piece that an answer names."""
        return self._pieces.get(name)

    def keep(
        self,
        question: xforms.Question,
        source: Path | bytes,
        role: str,
        *,
        done: Callable[[str], None],
        owner: QObject,
        over: r.Attachment | None = None,
    ) -> None:
        """Read a file into memory, off the GUI thread."""

        def kept(read: tuple[str, bytes]) -> None:
            media_type, content = read
            piece = r.Attachment(
                sha256=sha256(content).hexdigest(),
                size=len(content),
                media_type=media_type,
                role=role,
                item=question.ref,
            )
            self._bytes[piece.sha256] = content
            self._pieces[media_name(piece)] = piece
            if isValid(owner):
                done(media_name(piece))

        self.tasks.run(_read, source, role, done=kept, owner=owner)

    def read(self, sha256: str) -> bytes:
        """The bytes of a piece."""
        return self._bytes[sha256]

    def thumbnail(self, sha256: str, side: int) -> bytes:
        """A small JPEG of a picture."""
        return images.thumbnail(self._bytes[sha256], side)

    def fixes(self) -> tuple[r.Fix, ...]:
        """A preview is nowhere."""
        return ()


def _read(source: Path | bytes, role: str) -> tuple[str, bytes]:
    """The media type and the bytes of a file."""
    name = "" if isinstance(source, bytes) else source.name
    with media.opened(source) as file:
        head = file.read(media.HEAD_BYTES)
        return media.media_type(head, role, name), b"".join(media.parts(head, file, name))


class PreviewPage(QWidget):
    """A whole form, with its languages, both themes, whole or page by page, and what would be submitted.

    Signals:
        again(): The form is to be read again, from the beginning.
    """

    again = Signal()

    def __init__(
        self,
        look: Look,
        tasks: Tasks,
        form: xforms.Form,
        files: Files = no_files,
        session: xforms.Session | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("preview")
        self._look = look
        self.filler = Filler(form, session or form.new(), self)
        self.filler.set_language(look.words.language)
        self._tools = Tools(look, tasks, MemoryKeeper(tasks), files)
        self._page = Page("", (), form.layout)
        self.paged = "pages" in form.style.split()
        self._stack = QStackedWidget()
        spoken = Spoken(look, self)
        self._build_head(spoken)
        self._build_foot(spoken)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        self._title, self._about = CutLabel(role="heading"), Caption()
        top = row(self._title, self._about, self.languages, self.way, self._other, self._theme, self._anew, spacing=8)
        top.setStretch(0, 1)
        whole.addLayout(top)
        whole.addWidget(self._stack, 1)
        whole.addLayout(row(self.previous, self.missing, 1, self.xml, self.next))
        self._make_page()
        self.filler.answered.connect(lambda _: self._renew_foot())
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ----------------------------------------------------------------------------------------------------- building

    def _build_head(self, spoken: Spoken) -> None:
        look = self._look
        self.languages = Picker("preview.language")
        spoken.put(self.languages.setAccessibleName, "preview.language")
        self.languages.offer([(name, name) for name in self.filler.form.languages])
        self.languages.choose(self.filler.session.language)
        self.languages.setVisible(len(self.filler.form.languages) > 1)
        self.languages.chosen.connect(self._speak)
        self.way = PlainButton("preview.way", look, "report")
        self.way.clicked.connect(self._turn_way)
        self._other = PlainButton("preview.words", look, "language")
        spoken.put(self._other.setText, "common.other_language")
        self._other.clicked.connect(lambda: look.set_language("en" if look.words.rtl else "ar"))
        self._theme = PlainButton("preview.theme", look, "moon")
        spoken.put(self._theme.setAccessibleName, "preview.theme")
        spoken.put(self._theme.setToolTip, "preview.theme")
        self._theme.clicked.connect(lambda: look.set_theme("light" if look.theme == "dark" else "dark"))
        self._anew = PlainButton("preview.again", look, "sync")
        spoken.put(self._anew.setAccessibleName, "preview.again")
        spoken.put(self._anew.setToolTip, "preview.again")
        self._anew.clicked.connect(self.again)

    def _build_foot(self, spoken: Spoken) -> None:
        self.previous = QuietButton("preview.previous", self._look, "back")
        spoken.put(self.previous.setText, "visits.previous")
        self.previous.clicked.connect(lambda: self._step(-1))
        self.next = PrimaryButton("preview.next")
        spoken.put(self.next.setText, "visits.next")
        self.next.clicked.connect(lambda: self._step(1))
        self.missing = QuietButton("preview.missing", self._look, "alert")
        self.missing.clicked.connect(self._go_to_problem)
        self.xml = QuietButton("preview.xml", self._look, "note")
        spoken.put(self.xml.setText, "preview.xml")
        self.xml.clicked.connect(self._show_xml)

    def _make_page(self) -> None:
        old = self._stack.currentWidget()
        self.page = FormPage(self._tools, self.filler, self._page, paged=self.paged)
        self._stack.addWidget(self.page)
        self._stack.setCurrentWidget(self.page)
        self.setTabOrder(self._anew, self.page.entrance)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()

    # --------------------------------------------------------------------------------------------------------- doing

    def begin(self) -> None:
        """Put the cursor into the first question."""
        self.page.begin()

    def _speak(self, language: str) -> None:
        self.filler.set_language(language)
        self.page.renew()
        self._renew_foot()

    def _turn_way(self) -> None:
        self.paged = not self.paged
        self._make_page()
        self.retranslate()

    def _step(self, by: int) -> None:
        self.page.step(by)
        self._renew_foot()

    def _go_to_problem(self) -> None:
        problems = self.filler.session.problems()
        if problems:
            self.page.go_to(problems[0][0])
            self._renew_foot()

    def _show_xml(self) -> None:
        XmlBox(self._look, self, self.filler.session.serialise(final=True)).open()

    # -------------------------------------------------------------------------------------------------------- saying

    def retranslate(self) -> None:
        """Say everything in the language of the moment; the form speaks it too where it can."""
        words, form = self._look.words, self.filler.form
        if self.filler.set_language(words.language):
            self.languages.choose(self.filler.session.language)
            self.page.renew()
        self._title.show_text(form.title or form.id)
        self._about.setText(words.say("preview.version", version=form.version) if form.version else "")
        self.way.setText(words.say("preview.whole" if self.paged else "preview.paged"))
        self._renew_foot()

    def _renew_foot(self) -> None:
        words = self._look.words
        for button, by in ((self.previous, -1), (self.next, 1)):
            button.setVisible(self.paged)
            button.setEnabled(self.page.can_step(by))
        problems = self.filler.session.problems()
        self.missing.setText(
            words.say("preview.missing", n=len(problems)) if problems else words.say("preview.complete")
        )
        self.missing.setEnabled(bool(problems))
        first = question_name(words, self.filler.session, problems[0][0]) if problems else ""
        self.missing.setToolTip(first)


class XmlBox(Box):
    """The answers as they would be submitted."""

    def __init__(self, look: Look, over: QWidget, xml: str) -> None:
        say = look.words.say
        super().__init__("preview.answers", look, over, title=say("preview.xml"), text=say("preview.xml_text"))
        text = TextArea("preview.answers.text", lines=18)
        text.setReadOnly(True)
        text.setAccessibleName(say("preview.xml"))
        text.setPlainText(xml)
        text.setMinimumWidth(720)
        self.body.addWidget(text)
        close = PrimaryButton("preview.answers.close")
        close.setText(say("common.close"))
        close.clicked.connect(self.accept)
        self.buttons.addButton(close, QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)
