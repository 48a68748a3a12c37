"""The representative's answer: a signature drawn with mouse or finger, or that he refused or was not there."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector_app.ui.kit.buttons import Choice, Choices, PlainButton, PrimaryButton
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.fields import Field, LineEdit
from inspector_app.ui.kit.layout import row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Caption, Heading, Label
from inspector_app.ui.look import Look
from sync.contract import records as r

STATUSES: Final = ("signed", "refused", "absent")
_SCALE: Final = 2
_WIDTH: Final = 2.6


class SignaturePad(QWidget):
    """A sheet to sign on.

    Signals:
        drawn(): A stroke ended, or the sheet was cleared.
    """

    drawn = Signal()

    def __init__(self, name: str, look: Look) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMinimumSize(320, 180)
        self.setMaximumHeight(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._look = look
        self._strokes: list[list[QPointF]] = []
        look.changed.connect(self.update)

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn; a single touch is no signature."""
        return not any(len(stroke) > 1 for stroke in self._strokes)

    def clear(self) -> None:
        """Begin again."""
        self._strokes.clear()
        self.update()
        self.drawn.emit()

    def png(self) -> bytes:
        """The drawing in black on white, at twice its size on the screen."""
        image = QImage(self.size() * _SCALE, QImage.Format.Format_Grayscale8)
        image.fill(QColor(self._look.tokens["paper"]))
        painter = QPainter(image)
        painter.scale(_SCALE, _SCALE)
        self._draw(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the older overload with bytes
        return bytes(buffer.data().data())

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self._look.tokens["ink"]), _WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self._strokes:
            painter.drawPolyline(stroke)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens["paper"]))
        painter.setPen(QColor(self._look.tokens["line_strong"]))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        line = self.height() - 40
        painter.drawLine(24, line, self.width() - 24, line)
        self._draw(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._strokes.append([event.position()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._strokes:
            self._strokes[-1].append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.drawn.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()


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
        for part in (self._hint, self.pad):
            self.body.addWidget(part)
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
