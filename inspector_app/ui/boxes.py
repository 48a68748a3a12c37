"""The one place that opens boxes over a window; none of them blocks the loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector_app.ui.kit.buttons import DangerButton, PrimaryButton, QuietButton
from inspector_app.ui.kit.fields import Field, TextArea
from inspector_app.ui.kit.text import Heading, Label
from inspector_app.ui.look import Look
from inspector_app.viewmodels.failures import explain

_WIDTH = 480
_FILE_WORDS = {
    QFileDialog.DialogLabel.LookIn: "look_in",
    QFileDialog.DialogLabel.FileName: "file_name",
    QFileDialog.DialogLabel.FileType: "file_type",
    QFileDialog.DialogLabel.Reject: "cancel",
}


class Box(QDialog):
    """A small window over another: a sign, what it is about, a sentence, and buttons; Escape lets it go."""

    def __init__(
        self, name: str, look: Look, over: QWidget | None, *, title: str, text: str, icon: str = "info"
    ) -> None:
        super().__init__(over)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self._look = look
        sign = QLabel()
        sign.setPixmap(look.pixmap(icon, 32, "accent_text" if icon == "info" else "danger_text"))
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.body.addWidget(Heading(title, wrap=True))
        sentence = Label(text, wrap=True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(sentence)
        if not text:
            sentence.hide()
        self.buttons = QDialogButtonBox()
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self.body, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 20)
        whole.setSpacing(24)
        whole.addLayout(top)
        whole.addWidget(self.buttons)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._make_room()
        return done

    def _make_room(self) -> None:
        """Qt takes a window's height from a width it does not have, so that long sentences would be cut."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))


def tell(
    look: Look, over: QWidget | None, title: str, text: str = "", *, icon: str = "info", name: str = "box.tell"
) -> Box:
    """Say something that has to be read."""
    box = Box(name, look, over, title=title, text=text, icon=icon)
    close = PrimaryButton(f"{name}.close")
    close.setText(look.words.say("common.close"))
    box.buttons.addButton(close, QDialogButtonBox.ButtonRole.AcceptRole)
    close.clicked.connect(box.accept)
    close.setDefault(True)
    box.open()
    return box


def tell_error(look: Look, over: QWidget | None, error: Exception) -> Box | None:
    """Say what went wrong and what to do, in words; None where it is a mistake of ours and not the user's to act on."""
    told = explain(look.words, error)
    return None if told is None else tell(look, over, told.title, told.text, icon="alert", name="box.error")


def ask(
    look: Look,
    over: QWidget,
    *,
    title: str,
    text: str,
    yes: str,
    then: Callable[[], object],
    danger: bool = False,
    name: str = "box.ask",
) -> Box:
    """Ask before something happens; ``yes`` is the word on the button that lets it, Escape and the other do not."""
    box = _question(look, over, title, text, yes, danger, name)
    box.accepted.connect(then)
    box.open()
    return box


def _question(look: Look, over: QWidget, title: str, text: str, yes: str, danger: bool, name: str) -> Box:
    box = Box(name, look, over, title=title, text=text, icon="alert" if danger else "info")
    sure = (DangerButton if danger else PrimaryButton)(f"{name}.yes")
    sure.setText(yes)
    stop = QuietButton(f"{name}.no")
    stop.setText(look.words.say("common.cancel"))
    box.buttons.addButton(sure, QDialogButtonBox.ButtonRole.AcceptRole)
    box.buttons.addButton(stop, QDialogButtonBox.ButtonRole.RejectRole)
    stop.setDefault(danger)
    sure.setDefault(not danger)
    sure.clicked.connect(box.accept)
    stop.clicked.connect(box.reject)
    return box


def ask_text(
    look: Look,
    over: QWidget,
    *,
    title: str,
    text: str,
    label: str,
    yes: str,
    then: Callable[[str], object],
    danger: bool = False,
    name: str = "box.text",
) -> Box:
    """Ask for a few words, such as a reason; without any, the button stays shut."""
    area = TextArea(f"{name}.text")
    field = Field(area)
    field.set_label(label)
    box = _question(look, over, title, text, yes, danger, name)
    box.body.addWidget(field)
    sure = next(button for button in box.buttons.buttons() if button.objectName() == f"{name}.yes")
    sure.setEnabled(False)
    area.textChanged.connect(lambda: sure.setEnabled(bool(area.toPlainText().strip())))
    box.accepted.connect(lambda: then(area.toPlainText().strip()))
    box.open()
    area.setFocus()
    return box


def ask_file(
    look: Look,
    over: QWidget,
    *,
    title: str,
    patterns: str,
    then: Callable[[list[Path]], object],
    several: bool = False,
    name: str = "box.file",
) -> QFileDialog:
    """Choose files to read. ``patterns`` as Qt writes them: ``Photos (*.jpg *.png)``."""
    box = _file_box(look, over, title, name)
    box.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    box.setNameFilter(patterns)
    box.filesSelected.connect(lambda chosen: then([Path(path) for path in chosen]))
    box.open()
    return box


def ask_where(
    look: Look, over: QWidget, *, title: str, suggested: str, then: Callable[[Path], object], name: str = "box.where"
) -> QFileDialog:
    """Choose where to write a file; its suffix is that of the suggested name."""
    box = _file_box(look, over, title, name)
    box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    box.setDefaultSuffix(Path(suggested).suffix.lstrip("."))
    box.selectFile(suggested)
    box.fileSelected.connect(lambda chosen: then(Path(chosen)))
    box.open()
    return box


def _file_box(look: Look, over: QWidget, title: str, name: str) -> QFileDialog:
    box = QFileDialog(over, title)
    box.setObjectName(name)
    # Qt's own box, not the system's: it speaks the language of the application, not that of the machine.
    box.setOption(QFileDialog.Option.DontUseNativeDialog)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for label, key in _FILE_WORDS.items():  # Qt's Arabic leaves some of these in English
        box.setLabelText(label, look.words.say(f"common.{key}"))
    box.resize(760, 520)
    return box
