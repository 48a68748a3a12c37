"""The base of every workspace: what it is given, and what the shell asks of it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks


class Navigator(Protocol):
    """Goes from one workspace to another."""

    def go(self, workspace: str, argument: object | None = None) -> None:
        """Open a workspace by name (``today``, ``register``, ``visits``, ...).

        Args:
            workspace: Its name.
            argument: What to open there, as the viewmodels say it: ``ShowVisit``, ``OpenCase``, a register ``Key``...
        """
        ...

    def changed(self) -> None:
        """The user's own action changed data: counts and other screens read it again."""
        ...


class Workspace(QWidget):
    """One place of the application: a screen with its own folder.

    When it is hidden (another one comes, the desk is locked, the window closes) it saves what was typed, by ``tasks``.

    Attributes:
        spoken: Says the fixed words of the screen; ``spoken.put(label.setText, key)`` while it is built.
    """

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, navigator: Navigator) -> None:
        super().__init__()
        self.desk, self.look, self.tasks, self.navigator = desk, look, tasks, navigator
        self.spoken = Spoken(look, self)
        self.setProperty("ground", True)
        look.changed.connect(self._look_changed)

    def _look_changed(self) -> None:
        self.retranslate()

    def retranslate(self) -> None:
        """Say again what depends on data; what ``spoken`` was given is said again by itself."""

    def opened(self, argument: object | None) -> None:
        """The user came here."""

    def refresh(self) -> None:
        """Data changed, by a synchronisation or the user's own action: read it again."""

    def help_key(self) -> str:
        """The key of the sentence F1 shows here."""
        return f"help.{self.objectName()}"
