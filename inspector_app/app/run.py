"""``make run``: the central server with a sample season, and the application enrolled with it; or the tour."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

BUILD = Path("build")
RUN, TOUR = BUILD / "run", BUILD / "tour"


def has_screen() -> bool:
    """Whether a person can see a window here."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def say(words: str) -> None:
    """One line for the person at the terminal."""
    print(words, flush=True)  # noqa: T201 - this command speaks to a terminal


def main() -> int:
    """Run on a screen, or walk the tour without one.

    Returns:
        0 when the application was closed, or the tour came to its end; 1 when it did not.
    """
    if has_screen():
        return _on_screen()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _tour()


def _on_screen() -> int:
    from inspector_app.app.main import open_and_wait, qt_application, run_on_loop
    from inspector_app.app.server_process import ServerProcess
    from inspector_app.app.tour.walk import PASSPHRASE
    from inspector_app.services.access import Access
    from inspector_app.services.link.http import HttpTransport
    from inspector_app.storage.profile import Profile
    from inspector_app.ui.look import Look

    with ServerProcess(RUN / "server", port=8448) as server, Profile(RUN / "profile") as profile:
        access = Access(profile, HttpTransport)
        if not access.has_cache() or access.unfinished():
            code, name = "MAKK-AH11-2345-ABCD", "ahmad"
            access.enrol(server.address, code, name, f"{name}-sample-1448", PASSPHRASE, "sample").lock()
        say(f"The central server listens on {server.address}; what it keeps is in {RUN}.")
        say(f"The device is enrolled for Ahmad, an inspector. Passphrase: {PASSPHRASE}")
        say("Other people and enrolment codes of the sample: resources/sample/accounts.json")
        qt_application()
        look = Look()
        look.apply()
        run_on_loop(lambda: open_and_wait(profile, look))
    return 0


def _quiet(kind: object, context: object, message: str) -> None:
    """What Qt says, without what its offscreen platform says of every window: that it has no screen."""
    if not message.startswith("This plugin does not support"):
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - this command speaks to a terminal


def _tour() -> int:
    from PySide6.QtCore import qInstallMessageHandler

    from inspector_app.app.main import qt_application, run_on_loop
    from inspector_app.app.server_process import ServerProcess
    from inspector_app.app.tour.hands import NotSeen
    from inspector_app.app.tour.walk import Walk
    from inspector_app.ui.look import Look

    say("There is no screen: the same application runs offscreen, and hands walk one report there and back.")
    shutil.rmtree(TOUR, ignore_errors=True)
    started = time.monotonic()
    with ServerProcess(TOUR / "server") as server:
        say(f"    the central server listens on {server.address}")
        qInstallMessageHandler(_quiet)
        qt_application()
        look = Look()
        look.apply()
        walk = Walk(server.address, TOUR, say, look, server.administer)
        try:
            run_on_loop(walk.all)
        except NotSeen as stuck:
            say(f"The tour is stuck: {stuck}")
            return 1
        finally:
            walk.leave()
    _list_files(time.monotonic() - started)
    return 0


def _list_files(seconds: float) -> None:
    files = sorted(path for path in TOUR.glob("*") if path.is_file())
    say(f"The tour is done in {seconds:.0f} s. In {TOUR}:")
    for path in files:
        say(f"    {path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
