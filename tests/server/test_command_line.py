"""The centre's command line, as an administrator runs it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from sync.contract import wire
from sync.server.cli import main
from sync.server.services import enrolment, sample
from sync.server.services.clock import milliseconds
from sync.server.storage import committees, devices, meta
from sync.server.storage.database import Database
from tests.server.conftest import MakeDevice
from tests.server.test_push import case_event
from tests.support.server import LiveServer

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def centre(sample_season: Path, tmp_path: Path) -> list[str]:
    """The options that name a centre with the sample season."""
    shutil.copytree(sample_season, tmp_path / "centre")
    return ["--db", str(tmp_path / "centre" / "centre.db"), "--blobs", str(tmp_path / "centre" / "blobs")]


def test_serve_says_where_it_listens_answers_and_stops_cleanly_on_sigterm(tmp_path: Path) -> None:
    options = ["--db", str(tmp_path / "centre.db"), "--blobs", str(tmp_path / "blobs"), "--port", "0", "--sample"]
    command = [sys.executable, "-m", "sync.server", "serve", *options]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("listening on ").strip()
        hello = requests.get(url + wire.HELLO, timeout=10).json()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert hello["versions"] == [1]
    assert process.returncode == 0
    [line] = log.strip().splitlines()
    assert '"path":"/v1/hello"' in line
    assert '"status":200' in line
    assert not (tmp_path / "centre.db-wal").exists()


@pytest.mark.parametrize("host", ["192.0.2.7", "::", "example.org"])
def test_the_sample_is_served_on_loopback_only(tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--db", str(tmp_path / "centre.db"), "--blobs", str(tmp_path / "blobs")]
    assert main(["serve", *options, "--host", host, "--port", "0", "--sample"]) == 1
    assert "SampleRefused" in capsys.readouterr().err
    assert not (tmp_path / "centre.db").exists()


def test_an_enrolment_code_is_printed_once_and_for_a_committee_that_exists(
    centre: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol-code", *centre, "--committee", "11"]) == 0
    code = capsys.readouterr().out.strip()
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert main(["enrol-code", *centre, "--committee", "99"]) == 1
    assert "NoSuchCommittee: 99" in capsys.readouterr().err


def test_a_user_is_added_once(
    centre: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["add-user", *centre, "--username", "huda", "--name-ar", "هدى", "--name-en", "Huda", "--role", "inspector"]
    asked += ["--committee", "11"]
    outcomes = []
    for password in ("short\n", "long enough 1448\n", "long enough 1448\n"):
        read, write = os.pipe()
        os.write(write, password.encode())
        os.close(write)
        with os.fdopen(read) as typed, monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", typed)
            outcomes.append(main(asked))
    assert outcomes == [1, 0, 1]
    said = capsys.readouterr().err
    assert "PasswordTooShort" in said
    assert "UsernameTaken: huda" in said


def test_a_workbook_that_is_none_is_refused_with_its_message(
    centre: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = tmp_path / "letter.xlsx"
    workbook.write_bytes(b"dear sirs")
    assert main(["publish", *centre, str(workbook), "--inspection-type", "IT04"]) == 1
    assert capsys.readouterr().err.endswith("[not_a_workbook]\n")


def test_publishing_the_same_version_with_another_title_is_refused_and_unchanged_is_not(
    centre: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = str(sample.RESOURCES / "checklists" / "accommodation.xlsx")
    asked = ["publish", *centre, workbook, "--inspection-type", "IT04", "--effective-from", "2026-06-16"]
    asked += ["--title-en", "Accommodation inspection"]
    assert main([*asked, "--title-ar", "تفقد سكن المعتمرين"]) == 0
    assert capsys.readouterr().out.startswith("accommodation@")
    assert main([*asked, "--title-ar", "عنوان آخر"]) == 1
    assert "record_exists" in capsys.readouterr().err


def test_the_recovery_key_is_written_for_its_owner_only_and_never_over_another(
    centre: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "recovery.hex"
    assert main(["recovery-key", *centre, "--out", str(out)]) == 0
    private = out.read_text()
    assert len(bytes.fromhex(private)) == 32
    assert out.stat().st_mode & 0o077 == 0
    assert main(["recovery-key", *centre, "--out", str(out)]) == 1
    assert out.read_text() == private
    assert private.strip() not in capsys.readouterr().out


def test_an_unknown_device_cannot_be_revoked(centre: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke-device", *centre, "nobody"]) == 1
    assert "device_unknown" in capsys.readouterr().err


def test_a_restored_database_begins_a_new_epoch(centre: list[str]) -> None:
    def epoch() -> str:
        database = Database(centre[1])
        with database.read() as connection:
            found = meta.get(connection, "epoch")
        database.close()
        return found

    before = epoch()
    assert main(["restored", *centre]) == 0
    assert epoch() != before


def test_a_committee_is_moved_to_a_region_there_is(centre: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["move-committee", *centre, "11", "jeddah"]) == 0
    database = Database(centre[1])
    with database.read() as connection:
        committee = committees.numbered(connection, 11)
    database.close()
    assert committee is not None
    assert committee.region == "jeddah"
    assert main(["move-committee", *centre, "99", "jeddah"]) == 1
    assert "NoSuchCommittee: 99" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["move-committee", *centre, "11", "atlantis"])


def test_the_status_of_a_centre_that_nobody_spoke_to_is_all_nothing(
    centre: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", *centre]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "devices: 0, revoked: 0, with unsent work: 0",
        "programs: none",
        "events judged: 0, sent again: 0 (0.0 %)",
        "refused: none",
        "held back for a supervisor: 0",
    ]


def test_the_status_says_what_waits_was_refused_and_is_held_back_and_names_nobody(
    live_server: LiveServer, make_device: MakeDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    device, withdrawn = make_device("makkah", "ahmad"), make_device("makkah-2", "yasir")
    good, bad = case_event(device), case_event(device, region="madinah")
    device.push(good, bad)
    device.push_lines(b'{"id":"no event","n":99}')
    device.push(good)
    enrolment.revoke(live_server.centre, withdrawn.id)
    withdrawn.sign_in()
    withdrawn.push(case_event(withdrawn, user="person-yasir"))
    with live_server.centre.database.write() as connection:
        seen = milliseconds(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
        devices.note_said(connection, device.id, devices.Said(seen, 7, "2026-11-22T09:00:00+03:00", "midan 1.1", -720))
    folder = live_server.centre.evidence.parent
    assert main(["status", "--db", str(folder / "centre.db"), "--blobs", str(folder / "blobs")]) == 0
    *lines, head, waiting = capsys.readouterr().out.splitlines()
    assert lines == [
        "devices: 1, revoked: 1, with unsent work: 1",
        "programs: midan 1.1 1",
        "events judged: 4, sent again: 1 (25.0 %)",
        "refused: outside_scope 1, event_malformed 1",
        "held back for a supervisor: 1",
        "",
    ]
    assert head.split() == ["committee", "device", "waiting", "since", "last", "seen", "clock", "program"]
    since, seen_at = "2026-11-22T09:00:00+03:00", "2026-11-22T09:30+00:00"
    assert waiting.split() == ["11", "1", "7", since, seen_at, "-720", "s", "midan", "1.1"]
