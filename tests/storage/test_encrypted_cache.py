"""The cache: nobody reads it without the key, writes are whole or not at all, and each way it can fail has its name."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from inspector_app.storage import database, drafts, evidence, keyslots, migrations, outbox, rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import (
    CacheDamaged,
    CacheExists,
    CacheForeign,
    CacheLocked,
    CacheMissing,
    DiskFull,
    WrongPassphrase,
)
from inspector_app.storage.profile import Profile
from inspector_app.storage.rows import Row
from tests.storage.field_season import NOON, company, fill, opening, place, submission
from tests.support.laptop import PASSPHRASE, QUICK
from tests.support.season import HEAD, INSPECTOR

SENTENCE = "رأيت مخرج الطوارئ مغلقاً بسلسلة"
PHOTO = bytes(range(256)) * 1200


def put_place(cache: Cache, place_id: str) -> None:
    with cache.write() as conn:
        rows.put(conn, "place", [Row(place(place_id), rev=1)])


def has_place(cache: Cache, place_id: str) -> bool:
    with cache.read() as conn:
        return rows.get(conn, "place", place_id) is not None


def overwrite(file: Path, start: int, length: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(b"\x5a" * length)


def test_a_cache_opens_again_with_the_passphrase_and_has_what_was_written(profile: Profile) -> None:
    made = Cache.create(profile, PASSPHRASE, INSPECTOR.id, QUICK)
    put_place(made, "p7")
    made.close()
    again, person_id = Cache.unlock(profile, PASSPHRASE)
    assert person_id == INSPECTOR.id
    assert has_place(again, "p7")
    again.close()


def test_plain_sqlite_cannot_read_it(cache: Cache) -> None:
    cache.close()
    with sqlite3.connect(cache.profile.cache) as plain, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT * FROM sqlite_master")
    plain.close()


def test_another_key_cannot_read_it(cache: Cache) -> None:
    cache.close()
    with pytest.raises(CacheDamaged):
        Cache.open_with_key(cache.profile, keyslots.new_key())


def test_no_file_of_the_profile_holds_a_word_of_what_was_written(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, submission(), INSPECTOR, NOON)
        outbox.commit(conn, opening(text=SENTENCE), INSPECTOR, NOON)
        drafts.save(
            conn,
            drafts.Draft(
                id="d",
                kind="visit",
                user_id=HEAD.id,
                record_id="v2",
                started_at=NOON,
                saved_at=NOON,
                instance=f"<data>{SENTENCE}</data>",
            ),
        )
        stored = cache.vault.put(PHOTO)
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)

    def search_files() -> None:
        words = [
            SENTENCE,
            "مخرج",
            HEAD.name_ar,
            "فندق اجياد الذهبي",
            "Noura",
            stored.sha256,
            PASSPHRASE,
            "visit",
            "SQLite",
        ]
        secrets = [word.encode(coding) for word in words for coding in ("utf-8", "utf-16-le")] + [PHOTO[:48]]
        files = [path for path in cache.profile.root.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"cache.db", "keyslots.json", stored.name}
        for path in files:
            written = path.read_bytes()
            assert not [secret for secret in secrets if secret in written], path.name
            assert not [word for word in words if word in path.name]

    search_files()  # the log is still there
    cache.close()
    search_files()


def test_what_was_written_is_on_disk_even_if_the_program_dies_without_closing(cache: Cache) -> None:
    put_place(cache, "p7")
    copy = database.read_only(cache.profile.cache, keyslots.unlock(cache.profile, PASSPHRASE).key)
    assert copy.execute("SELECT count(*) FROM place WHERE id = 'p7'").fetchone() == (1,)
    copy.close()


def test_an_exception_takes_everything_in_its_block_back(cache: Cache) -> None:
    with contextlib.suppress(LookupError), cache.write() as conn:
        rows.put(conn, "place", [Row(place("p7"), rev=1)])
        raise LookupError
    assert not has_place(cache, "p7")


def test_a_reader_sees_one_moment_while_another_writes(cache: Cache) -> None:
    with cache.read() as before:
        assert rows.get(before, "place", "p7") is None
        put_place(cache, "p7")
        assert rows.get(before, "place", "p7") is None
    assert has_place(cache, "p7")


def test_writers_of_many_threads_wait_for_each_other_and_lose_nothing(cache: Cache) -> None:
    failed: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for n in range(first, first + 20):
                with cache.write() as conn:
                    outbox.commit(conn, opening(f"case{n}"), INSPECTOR, NOON)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with cache.read() as conn:
        assert [entry.n for entry in outbox.entries(conn)] == list(range(60, 0, -1))


def test_a_closed_cache_gives_nothing_away_any_more(cache: Cache) -> None:
    stored = cache.vault.put(PHOTO)
    cache.close()
    with pytest.raises(CacheLocked), cache.read():
        raise AssertionError("there is no connection")
    with pytest.raises(CacheLocked), cache.write():
        raise AssertionError("there is no connection")
    with pytest.raises(CacheLocked):
        cache.vault.read(stored.name)


def test_a_write_inside_a_write_is_named_instead_of_waiting_for_ever(cache: Cache) -> None:
    with cache.write(), pytest.raises(RuntimeError, match="inside a write block"), cache.write():
        raise AssertionError("the inner block must not begin")


def test_the_settings_that_keep_data_safe_are_in_force(cache: Cache) -> None:
    with cache.read() as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store", "secure_delete", "trusted_schema")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "temp_store": 2,
        "secure_delete": 2,
        "trusted_schema": 0,
    }


def test_a_full_disk_is_said_so_and_nothing_is_written(cache: Cache) -> None:
    with cache.read() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()

    def fill_up() -> None:
        with cache.write() as conn:
            conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
            rows.put(conn, "place", [Row(place(f"x{n}", "م" * 500), rev=1) for n in range(200)])

    with pytest.raises(DiskFull):
        fill_up()
    with cache.read() as conn:
        assert rows.count(conn, "place") == 1
    put_place(cache, "p7")
    assert has_place(cache, "p7"), "the cache goes on working when there is room again"


def test_a_mistake_of_the_program_stays_an_exception_and_says_nothing_of_the_data(cache: Cache) -> None:
    with pytest.raises(DBAPIError) as caught, cache.write() as conn:
        conn.exec_driver_sql("INSERT INTO meta (key, value, nothing) VALUES (?, ?, 1)", ("k", SENTENCE))
    assert SENTENCE not in str(caught.value)


def test_an_overwritten_page_is_called_damage(profile: Profile) -> None:
    made = Cache.create(profile, PASSPHRASE, cost=QUICK)
    with made.write() as conn:
        fill(conn)
        rows.put(conn, "company", [Row(company(f"c{n}", "شركة " + "ن" * 300), rev=1) for n in range(300)])
    made.close()
    size = profile.cache.stat().st_size
    overwrite(profile.cache, size // 2, size // 4)
    again, _ = Cache.unlock(profile, PASSPHRASE)
    with pytest.raises(CacheDamaged) as caught, again.read() as conn:
        rows.where(conn, "company", "true")
    assert caught.value.params == {"place": "cache.db"}
    again.close()


def test_an_overwritten_first_page_is_called_damage_at_once(cache: Cache) -> None:
    cache.close()
    overwrite(cache.profile.cache, 100, 64)
    with pytest.raises(CacheDamaged):
        Cache.unlock(cache.profile, PASSPHRASE)


def test_a_plain_database_in_its_place_is_called_foreign_and_left_alone(cache: Cache) -> None:
    cache.close()
    cache.profile.cache.unlink()
    with sqlite3.connect(cache.profile.cache) as plain:
        plain.execute("CREATE TABLE other (a)")
    plain.close()
    before = cache.profile.cache.read_bytes()
    with pytest.raises(CacheForeign) as caught:
        Cache.unlock(cache.profile, PASSPHRASE)
    assert caught.value.code == "cache_foreign"
    assert cache.profile.cache.read_bytes() == before


def test_an_encrypted_database_of_something_else_is_called_foreign(profile: Profile) -> None:
    key = keyslots.create(profile, PASSPHRASE, "", QUICK)
    with database.new(profile.cache, key) as conn:
        conn.exec_driver_sql("CREATE TABLE other (a)")
    with pytest.raises(CacheForeign) as caught:
        Cache.open_with_key(profile, key)
    assert caught.value.code == "cache_foreign"


def test_a_cache_of_a_newer_version_is_left_untouched(cache: Cache) -> None:
    with cache.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    cache.close()
    before = cache.profile.cache.read_bytes()
    with pytest.raises(CacheForeign) as caught:
        Cache.unlock(cache.profile, PASSPHRASE)
    assert (caught.value.code, caught.value.params) == ("cache_newer", {"found": "9001", "known": migrations.HEAD})
    assert cache.profile.cache.read_bytes() == before


def test_a_cache_is_never_made_over_another(cache: Cache) -> None:
    with pytest.raises(CacheExists):
        Cache.create(cache.profile, PASSPHRASE, cost=QUICK)


def test_a_death_between_key_and_database_is_made_good_by_the_next_try(profile: Profile) -> None:
    keyslots.create(profile, "the first attempt", "", QUICK)
    assert not profile.has_cache
    Cache.create(profile, PASSPHRASE, cost=QUICK).close()
    Cache.unlock(profile, PASSPHRASE)[0].close()
    with pytest.raises(WrongPassphrase):
        Cache.unlock(profile, "the first attempt")


def test_an_empty_profile_has_no_cache_to_unlock(profile: Profile) -> None:
    with pytest.raises(CacheMissing):
        Cache.unlock(profile, PASSPHRASE)


def test_neither_print_nor_error_shows_the_key(cache: Cache) -> None:
    key = keyslots.unlock(cache.profile, PASSPHRASE).key
    assert key.hex() not in repr(cache)
    assert key.hex() not in repr(cache.vault)
    with pytest.raises(sqlcipher.Error) as caught:
        database.read_only(cache.profile.root / "nothing.db", key)
    assert key.hex() not in repr(caught.value)
