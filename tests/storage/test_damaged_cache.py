"""A damaged cache: what can be read of it is saved first, then it is set aside; nothing is ever deleted."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from inspector_app.storage import (
    cases,
    damaged,
    database,
    delivery,
    device,
    drafts,
    evidence,
    feed,
    keyslots,
    outbox,
    rows,
    search,
    settings,
    visits,
)
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import CacheDamaged, CacheForeign, WrongPassphrase
from inspector_app.storage.profile import Profile
from inspector_app.storage.rows import Row
from sync.contract import events as e
from tests.storage.field_season import EVENING, NOON, company, fill, opening, submission
from tests.support.laptop import DEVICE, PASSPHRASE, QUICK
from tests.support.season import INSPECTOR

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PHOTO = b"photo" * 30_000
CASES = 60
PAGE = 4096


class Worked(NamedTuple):
    """A profile somebody has worked in, and which pages of its database hold the rows of which table."""

    root: Path
    pages: dict[str, list[int]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """Made once: a register, a draft with a photo, confirmed and unsent events."""
    root = tmp_path_factory.mktemp("worked") / "midan"
    with Profile(root) as profile:
        cache = Cache.create(profile, PASSPHRASE, INSPECTOR.id, QUICK)
        cache.add_slot("the head's passphrase", "head", QUICK)
        stored = cache.vault.put(PHOTO)
        with cache.write() as conn:
            fill(conn)
            rows.put(conn, "company", [Row(company(f"x{n}", f"شركة رقم {n}"), rev=1) for n in range(100)])
            evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
            draft = drafts.Draft(id="d", kind="visit", user_id="ins", record_id="v2", started_at=NOON, saved_at=NOON)
            drafts.save(conn, draft)
            settings.put(conn, "ins", "language", "en")
            confirmed = outbox.commit(conn, opening("confirmed"), INSPECTOR, NOON)
            outbox.commit(conn, submission(), INSPECTOR, NOON)
            for n in range(CASES):
                outbox.commit(conn, opening(f"c{n}", f"شكوى رقم {n} " + "نص " * 200), INSPECTOR, NOON)
            delivery.settle(conn, [e.EventResult(id=confirmed.id, outcome="applied")], EVENING)
            device.next_report(conn)
            device.set_fact(conn, "feed.cursor", "77")
        cache.close()
        return Worked(root, pages_by_table(profile.cache, keyslots.unlock(profile, PASSPHRASE).key))


@pytest.fixture
def pages(made: Worked) -> dict[str, list[int]]:
    return made.pages


@pytest.fixture
def worked(made: Worked, tmp_path: Path) -> Iterator[Profile]:
    shutil.copytree(made.root, tmp_path / "midan")
    with Profile(tmp_path / "midan") as profile:
        yield profile


def pages_by_table(file: Path, key: bytes) -> dict[str, list[int]]:
    """Found by spoiling one page after the other and seeing which table alone cannot be read; its root comes first."""
    whole = file.read_bytes()
    old = database.read_only(file, key)
    names = ("event", "company", "meta", "evidence")
    roots = dict(old.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'").fetchall())
    old.close()
    found: dict[str, list[int]] = {name: [roots[name]] for name in names}
    for page in range(2, len(whole) // PAGE + 1):
        write_over(file, page)
        hit = [name for name in names if not readable(file, key, name)]
        if len(hit) == 1 and page != roots[hit[0]]:
            found[hit[0]].append(page)
        file.write_bytes(whole)
    return found


def readable(file: Path, key: bytes, table: str) -> bool:
    old = database.read_only(file, key)
    try:
        old.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid").fetchall()  # noqa: S608 - our own names
    except sqlcipher.DatabaseError:
        return False
    finally:
        old.close()
    return True


def write_over(file: Path, page: int) -> None:
    with file.open("r+b") as opened:
        opened.seek((page - 1) * PAGE + 64)
        opened.write(bytes(256))


def spoil(profile: Profile, pages: list[int]) -> None:
    assert pages
    for page in pages:
        write_over(profile.cache, page)


def recovered(profile: Profile) -> tuple[Cache, damaged.Rescue]:
    cache, person_id, rescue = damaged.recover(profile, PASSPHRASE, AT)
    assert person_id == INSPECTOR.id
    return cache, rescue


def test_what_can_be_read_is_saved_and_counted_and_the_rest_is_named(
    worked: Profile, pages: dict[str, list[int]]
) -> None:
    spoil(worked, pages["event"][3:6])
    before = worked.cache.read_bytes()
    cache, rescue = recovered(worked)
    with cache.read() as conn:
        kept = outbox.entries(conn)
        assert rescue.events == len([entry for entry in kept if entry.state != "confirmed"])
        assert CASES // 2 < rescue.events < CASES + 1, "some are lost with their pages, the others are not"
        assert rescue.lost == ("event",)
        assert (rescue.drafts, rescue.evidence) == (1, 1)
        assert rescue.saved["company"] == 101
    assert (rescue.folder / "cache.db").read_bytes() == before, "set aside as it was"
    assert (rescue.folder / "keyslots.json").read_bytes() == worked.keyslots.read_bytes()
    cache.close()


def test_a_rescued_cache_goes_on_where_the_old_one_stopped(worked: Profile, pages: dict[str, list[int]]) -> None:
    spoil(worked, pages["company"][2:4])
    with pytest.raises(CacheDamaged):
        read_companies(worked)
    cache, rescue = recovered(worked)
    with cache.write() as conn:
        assert rescue.events == CASES + 1
        assert device.load(conn) == DEVICE
        assert settings.get(conn, "ins", "language") == "en"
        assert feed.cursor(conn) == ("", 0), "the centre is asked for every row again"
        visit = visits.get(conn, "v1")
        assert visit is not None
        assert (visit.state, visit.findings) == ("submitted", 1)
        assert cases.get(conn, "confirmed") is not None, "confirmed, and not yet sent back by the centre"
        assert [hit.id for hit in search.find(conn, "رقم 17", kinds=("case",))] == ["c17"]
        assert outbox.commit(conn, opening("next"), INSPECTOR, EVENING).n == CASES + 3
        assert device.next_report(conn).startswith("11-003-0002-")
        piece = evidence.of_owner(conn, "d")[0]
    assert evidence.read(cache, piece.sha256) == PHOTO
    cache.close()
    again, person_id = Cache.unlock(worked, "the head's passphrase")
    assert person_id == "head", "every key slot still opens it"
    again.close()


def read_companies(profile: Profile) -> None:
    cache, _ = Cache.unlock(profile, PASSPHRASE)
    try:
        with cache.read() as conn:
            rows.where(conn, "company", "true")
    finally:
        cache.close()


def test_where_counters_were_lost_no_number_is_given_twice(worked: Profile, pages: dict[str, list[int]]) -> None:
    spoil(worked, pages["meta"][:1])
    cache, rescue = recovered(worked)
    assert "meta" in rescue.lost
    with cache.write() as conn:
        assert device.load(conn) is None, "the device has to be enrolled again"
        assert outbox.commit(conn, opening("next"), INSPECTOR, EVENING).n > CASES + 2
        device.save(conn, DEVICE)
        assert device.next_report(conn).startswith("11-003-1001-")
    cache.close()


def test_photos_that_no_saved_row_names_are_set_aside_and_not_swept(
    worked: Profile, pages: dict[str, list[int]]
) -> None:
    [name] = [path.name for path in worked.evidence.iterdir()]
    spoil(worked, pages["evidence"][:1])
    cache, rescue = recovered(worked)
    assert (rescue.evidence, cache.vault.names()) == (0, frozenset())
    assert (rescue.folder / "evidence" / name).is_file()
    cache.close()


def test_a_cache_without_its_first_page_gives_nothing_and_is_kept(worked: Profile) -> None:
    spoil(worked, [1])
    cache, rescue = recovered(worked)
    assert (rescue.events, rescue.drafts, rescue.evidence) == (0, 0, 0)
    assert "event" in rescue.lost
    assert (rescue.folder / "cache.db").is_file()
    cache.close()


def test_what_was_only_in_the_log_is_saved_too(worked: Profile) -> None:
    """The machine died: the newest changes are in the write-ahead log, the file itself is damaged."""
    cache, _ = Cache.unlock(worked, PASSPHRASE)
    with cache.write() as conn:
        outbox.commit(conn, opening("last minute"), INSPECTOR, EVENING)
    files = {part: part.read_bytes() for part in worked.root.glob("cache.db*")}
    cache.close()
    for part, written in files.items():
        part.write_bytes(written)
    assert worked.cache.with_name("cache.db-wal").stat().st_size > 0
    cache, rescue = recovered(worked)
    with cache.read() as conn:
        assert cases.get(conn, "last minute") is not None
    assert {path.name for path in rescue.folder.iterdir()} >= {"cache.db", "cache.db-wal"}
    cache.close()


def test_a_wrong_passphrase_changes_nothing(worked: Profile) -> None:
    before = {path.name for path in worked.root.rglob("*")}
    with pytest.raises(WrongPassphrase):
        damaged.recover(worked, "not the passphrase", AT)
    assert {path.name for path in worked.root.rglob("*")} == before


def stop_before(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real: Callable[[Path, Path], Path] = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if path.name == name:
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("dies_before", ["cache.db", "cache.db-wal", "rescued.db"])
def test_a_death_in_the_middle_of_a_rescue_loses_nothing(
    worked: Profile, pages: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch, dies_before: str
) -> None:
    spoil(worked, pages["company"][1:2])
    worked.cache.with_name("cache.db-wal").write_bytes(b"")
    with monkeypatch.context() as dying:
        stop_before(dying, dies_before)
        with pytest.raises(KeyboardInterrupt):
            damaged.recover(worked, PASSPHRASE, AT)
    worked.release()
    worked.acquire()
    assert worked.has_cache
    if dies_before == "cache.db":
        recovered_again, _, rescue = damaged.recover(worked, PASSPHRASE, AT.replace(minute=1))
        recovered_again.close()
        assert rescue.events == CASES + 1
    cache, _ = Cache.unlock(worked, PASSPHRASE)
    with cache.read() as conn:
        assert outbox.depth(conn).waiting == CASES + 1
    cache.close()
    assert not worked.rescued.exists()


def test_a_foreign_database_is_set_aside_whole_and_a_new_one_can_be_made(worked: Profile) -> None:
    worked.cache.unlink()
    with sqlite3.connect(worked.cache) as plain:
        plain.execute("CREATE TABLE other (a)")
    plain.close()
    before = worked.cache.read_bytes()
    folder = damaged.set_aside(worked, AT)
    assert (folder / "cache.db").read_bytes() == before
    assert (folder / "keyslots.json").is_file()
    assert not worked.has_cache
    Cache.create(worked, PASSPHRASE, cost=QUICK).close()


def test_a_cache_of_a_newer_version_is_not_rescued_into_an_older_one(worked: Profile) -> None:
    cache, _ = Cache.unlock(worked, PASSPHRASE)
    with cache.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    cache.close()
    with pytest.raises(CacheForeign):
        damaged.recover(worked, PASSPHRASE, AT)
    assert worked.cache.exists()


def test_reading_a_damaged_file_does_not_change_it(worked: Profile) -> None:
    key = keyslots.unlock(worked, PASSPHRASE).key
    before = worked.cache.read_bytes()
    old = database.read_only(worked.cache, key)
    assert old.execute("SELECT count(*) FROM event").fetchone() == (CASES + 2,)
    old.close()
    assert worked.cache.read_bytes() == before


def test_what_a_broken_off_rescue_left_does_not_take_the_place_of_a_cache_that_was_set_aside(worked: Profile) -> None:
    worked.rescued.write_bytes(b"half a database")
    damaged.set_aside(worked, AT)
    worked.release()
    worked.acquire()
    assert not worked.cache.exists()
    Cache.create(worked, PASSPHRASE, cost=QUICK).close()
