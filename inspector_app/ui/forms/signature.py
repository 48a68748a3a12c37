"""The representative's answer: a signature drawn with mouse or finger, or that he refused or was not there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from inspector_app.ui.forms.sketch import SIGNATURE, Sketch, png_of
from inspector_app.ui.kit.buttons import Choice, Choices, PlainButton, PrimaryButton
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.fields import Field, LineEdit
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Heading, Label
from inspector_app.ui.look import Look
from sync.contract import records as r

STATUSES: Final = ("signed", "refused", "absent")


class SignaturePad(Sketch):
    """A sheet to sign on."""

    def __init__(self, name: str, look: Look) -> None:
        super().__init__(name, look, SIGNATURE, lined=True)

    def png(self) -> bytes:
        """The drawing in black on white, at twice its size on the screen."""
        return png_of(self.picture().convertToFormat(QImage.Format.Format_Grayscale8))


class SignatureForm(Card):
    """Everything about the signature, and one button that keeps it.

    Signals:
        given(Signature, bytes): What the representative answered, and the drawing as PNG (None: no drawing).
    """

    given = Signal(object, object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("visit.signature")
        self._look = look
        self._signature: r.Signature | None = None
        spoken = Spoken(look, self)
        title = Heading()
        spoken.put(title.setText, "forms.signature")
        self.status = Choices("visit.signature.status")
        self.status.chosen.connect(self._show_status)
        self._kept = Label(role="soft", wrap=True)
        self._name, self.name = self._field("name", spoken)
        self._position, self.position = self._field("position", spoken)
        self._reason, self.reason = self._field("reason", spoken)
        self._witness, self.witness = self._field("witness", spoken)
        self.pad = SignaturePad("visit.signature.pad", look)
        self.pad.drawn.connect(self._renew_button)
        self._hint = Caption(wrap=True)
        spoken.put(self._hint.setText, "forms.sign_here")
        spoken.put(self.pad.setAccessibleName, "forms.sign_here")
        self._clear = PlainButton("visit.signature.clear", look, "trash")
        spoken.put(self._clear.setText, "forms.clear_signature")
        self._clear.clicked.connect(self.pad.clear)
        self.keep = PrimaryButton("visit.signature.keep", look, "check")
        spoken.put(self.keep.setText, "forms.keep_signature")
        self.keep.clicked.connect(self._give)
        part: QWidget
        for part in (title, self._kept, self.status):
            self.body.addWidget(part)
        self.body.addLayout(row(self._name, self._position))
        self.body.addLayout(row(self._reason, self._witness))
        self.body.addWidget(self._hint)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addLayout(row(self.keep, self._clear, 1))
        spoken.compute(self.status.setAccessibleName, self._offer)
        self.status.choose("signed")
        self._show_status("signed")
        look.changed.connect(self._say_kept)
        self._say_kept()

    def _field(self, part: str, spoken: Spoken) -> tuple[Field[LineEdit], LineEdit]:
        line = LineEdit(f"visit.signature.{part}")
        line.textEdited.connect(lambda _: self._renew_button())
        field = Field(line)
        spoken.put(field.set_label, f"forms.signature_{part}")
        return field, line

    def _offer(self) -> str:
        say = self._look.words.say
        self.status.offer([Choice(one, say(f"forms.signature_{one}")) for one in STATUSES])
        return say("forms.signature")

    def show_kept(self, signature: r.Signature | None) -> None:
        """Say what is kept already, so that it can be seen that it is, and replaced."""
        self._signature = signature
        self._say_kept()
        if signature is None:
            return
        self.status.choose(signature.status)
        lines = (self.name, self.position, self.reason, self.witness)
        for line, text in zip(lines, _who(signature), strict=True):
            if not line.text():
                line.setText(text)
        self._show_status(signature.status)

    def _say_kept(self) -> None:
        signature, words = self._signature, self._look.words
        self._kept.setVisible(signature is not None)
        if signature is not None:
            status = words.say(f"forms.signature_{signature.status}")
            self._kept.setText(words.say("forms.signature_kept", what=words.join(status, *_who(signature))))

    def _show_status(self, status: str) -> None:
        signed = status == "signed"
        for part in (self._name, self._position):
            part.setVisible(status != "absent")
        for part in (self._reason, self._witness):
            part.setVisible(not signed)
        for widget in (self.pad, self._hint, self._clear):
            widget.setVisible(signed)
        self._renew_button()

    def _renew_button(self) -> None:
        if self.status.value == "signed":
            complete = bool(self.name.text().strip()) and not self.pad.empty
        else:
            complete = bool(self.reason.text().strip() and self.witness.text().strip())
        self.keep.setEnabled(complete)

    def _give(self) -> None:
        signed, status = self.status.value == "signed", self.status.value
        signature = r.Signature(
            status="signed" if signed else "refused" if status == "refused" else "absent",
            name=self.name.text().strip() if status != "absent" else "",
            position=self.position.text().strip() if status != "absent" else "",
            reason="" if signed else self.reason.text().strip(),
            witness="" if signed else self.witness.text().strip(),
        )
        self.given.emit(signature, self.pad.png() if signed else None)


def _who(signature: r.Signature) -> tuple[str, str, str, str]:
    """What was typed with an answer, in the order of its lines."""
    return signature.name, signature.position, signature.reason, signature.witness
