"""A new passphrase, typed twice, with advice; used wherever one is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector_app.ui.kit.fields import SecretField
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.look import Look


class NewPassphrase(QWidget):
    """Two fields that have to agree; how long it must be is the store's rule, and comes back as its error."""

    def __init__(
        self, name: str, look: Look, *, label: str = "access.passphrase", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.first = SecretField(f"{name}.passphrase", look)
        self.again = SecretField(f"{name}.again", look)
        spoken = Spoken(look, self)
        spoken.put(self.first.set_label, label)
        spoken.put(self.first.set_hint, "access.passphrase_hint")
        spoken.put(self.again.set_label, "access.again")
        for field in (self.first, self.again):
            spoken.put(field.set_reveal, "common.show_secret")
            field.secret.textEdited.connect(self._typed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.first)
        column.addWidget(self.again)

    @property
    def value(self) -> str:
        """What was typed first."""
        return self.first.secret.text()

    def check(self) -> bool:
        """Whether both are there and agree; says what is wrong otherwise."""
        words = self._look.words
        if not self.value:
            self.first.set_error(words.say("access.error.empty"))
        elif self.again.secret.text() != self.value:
            self.again.set_error(words.say("access.error.differs"))
        else:
            return True
        return False

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.secret.clear()
        self.again.secret.clear()

    def _typed(self) -> None:
        self.first.set_error("")
        self.again.set_error("")
