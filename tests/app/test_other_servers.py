"""What the door says of an address where no centre of ours, or one of another version, answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.app.main import run_on_loop
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words

NEWER = json.dumps({"server_id": "c", "name": "C", "versions": [9], "schema": 9, "time": "2026-11-22T00:00:00Z"})
PORTAL = "<html><title>Hotel Wi-Fi</title>Please sign in</html>"


@contextmanager
def answering(body: str) -> Iterator[str]:
    """A server that gives this one answer to everything; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the test does."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="other-server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("body", "code"), [(NEWER, "version_unsupported"), (PORTAL, "answer_unreadable")], ids=["newer", "portal"]
)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_door_says_in_the_users_language_who_answered_and_keeps_what_was_typed(
    qtbot: QtBot, tmp_path: Path, body: str, code: str, language: str
) -> None:
    look, tasks = Look(), Tasks()
    look.apply_setting("language", language)
    look.apply()
    person = Person(tmp_path / "laptop", look, tasks)
    told = Words.load(look.words.language, None).explain(code)

    async def story(address: str) -> None:
        hands = person.hands
        person.application.open()
        look.apply_setting("language", language)
        for field, text in (
            ("enrol.server", address),
            ("enrol.code", "MAKK-AH11-2345-ABCD"),
            ("enrol.username", "ahmad"),
            ("enrol.password", "ahmad-sample-1448"),
            ("enrol.passphrase", "نخلة باسقة في الوادي"),
            ("enrol.again", "نخلة باسقة في الوادي"),
        ):
            await hands.write(field, text)
        await hands.click("enrol.act")
        await hands.read(told.title)
        assert hands.text_at("enrol.code") == "MAKK-AH11-2345-ABCD"
        assert not hands.sees("side.today")

    try:
        with answering(body) as address:
            run_on_loop(lambda: story(address))
    finally:
        person.leave()
        tasks.close()
