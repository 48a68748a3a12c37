"""A person of the tour: one profile, the application on it, and hands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from inspector_app.app.application import Application
from inspector_app.app.tour.hands import Hands, NotSeen
from inspector_app.storage import device
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks


class Person:
    """One user at one laptop; the application runs in this process, its windows are real."""

    def __init__(self, folder: Path, look: Look, tasks: Tasks) -> None:
        self.profile = Profile(folder)
        self.profile.acquire()
        self.look, self.tasks = look, tasks
        self.application = Application(self.profile, look, tasks)
        self.hands = Hands(self._window)

    def _window(self) -> QWidget:
        if self.application.window is None:
            raise NotSeen("no window is open")
        return self.application.window

    async def enrol(self, server: str, code: str, username: str, password: str, passphrase: str) -> None:
        """Set a new laptop up on its first page, and wait for the desk."""
        self.application.open()
        hands = self.hands
        for field, text in (
            ("enrol.server", server),
            ("enrol.code", code),
            ("enrol.device", self.profile.root.name),
            ("enrol.username", username),
            ("enrol.password", password),
            ("enrol.passphrase", passphrase),
            ("enrol.again", passphrase),
        ):
            await hands.write(field, text)
        await hands.click("enrol.act")
        await hands.see("side.today")

    async def unlock(self, passphrase: str) -> None:
        """Come in with a passphrase."""
        self.application.open()
        await self.hands.write("unlock.passphrase", passphrase)
        await self.hands.click("unlock.act")
        await self.hands.see("side.today")

    def device_id(self, passphrase: str) -> str:
        """The id of the laptop, as an administrator would be told it over the telephone."""
        cache, _ = Cache.unlock(self.profile, passphrase)
        try:
            with cache.read() as conn:
                return device.identity(conn).device_id
        finally:
            cache.close()

    def leave(self) -> None:
        """Close the application and let the profile go."""
        self.application.stop()
        self.profile.release()
