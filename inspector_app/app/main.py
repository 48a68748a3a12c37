"""``python -m inspector_app``: one profile, one window, until it is closed."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import qasync
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication

from inspector_app.app.application import Application
from inspector_app.app.crash import CrashReports
from inspector_app.storage.errors import ProfileInUse
from inspector_app.storage.profile import Profile
from inspector_app.ui import boxes
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks

_SWITCH_S = 0.0005


def default_profile() -> Path:
    """Where this user's cache lives: ``MIDAN_PROFILE``, or the system's place for application data."""
    chosen = os.environ.get("MIDAN_PROFILE")
    if chosen:
        return Path(chosen)
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))


def qt_application() -> QApplication:
    """The one QApplication of the process, named so that the system knows it."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        # Modules, classes and tables are for good. Looking through them for what can be let go of would stop every
        # thread for 70 to 170 ms, again and again while a sync makes rows.
        gc.freeze()
    # Every call into Qt or a file lets go of the interpreter; while a sync takes in thousands of rows it would come
    # back 5 ms later each time, and a page of a hundred calls would open in half a second.
    sys.setswitchinterval(_SWITCH_S)
    app.setApplicationName("midan")
    app.setApplicationDisplayName("Midan")
    app.setQuitOnLastWindowClosed(False)  # ``main`` ends when the application says so, after it has closed its files
    return app


def run_on_loop(main: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine on the Qt event loop, to its end."""
    loop = qasync.QEventLoop(qt_application())
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(main())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def open_and_wait(profile: Profile, look: Look) -> None:
    """Open the application on a profile and return when its user has closed it."""
    tasks = Tasks()
    application = Application(profile, look, tasks)
    crashes = CrashReports(profile.root / "reports", application)
    tasks.error_escaped.connect(crashes.report)
    crashes.written.connect(lambda path: _tell(application, look, path))
    crashes.install()
    closed = asyncio.Event()
    application.closed.connect(closed.set)
    application.open()
    try:
        await closed.wait()
    finally:
        application.stop()
        tasks.close()
        crashes.uninstall()


def _tell(application: Application, look: Look, path: Path) -> None:
    if application.window is not None:
        title, _, text = look.words.say("shell.crash", file=str(path)).partition("\n")
        boxes.tell(look, application.window, title, text, icon="alert", name="box.crash")


async def _already_open(look: Look) -> None:
    """Say that the program runs already; a second one on the same files would be harmful."""
    words = look.words.explain("profile_in_use")
    box = boxes.tell(look, None, words.title, words.text, icon="alert")
    ended = asyncio.Event()
    box.finished.connect(lambda _: ended.set())
    await ended.wait()


def main(arguments: list[str] | None = None) -> int:
    """Start the application.

    Returns:
        0 when it was closed, 1 when it runs already on this profile.
    """
    parser = argparse.ArgumentParser(prog="midan")
    parser.add_argument("--profile", type=Path, help="the folder of the encrypted cache")
    chosen: Path | None = parser.parse_args(arguments).profile
    qt_application()
    look = Look()
    look.apply()
    profile = Profile(chosen or default_profile())
    try:
        profile.acquire()
    except ProfileInUse:
        run_on_loop(lambda: _already_open(look))
        return 1
    try:
        run_on_loop(lambda: open_and_wait(profile, look))
    finally:
        profile.release()
    return 0
