"""Evidence on disk: any part of it can be read, no part of it can be changed unnoticed, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.storage import delivery, evidence, outbox
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import EvidenceDamaged, EvidenceMissing, EvidenceTooLarge
from inspector_app.storage.evidence import PieceState
from inspector_app.storage.vault import FRAME_BYTES, Vault
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.wire import MAX_EVIDENCE_BYTES
from tests.storage.field_season import EVENING, NOON, submission
from tests.support.season import INSPECTOR

KEY = bytes(range(32))
LARGE = os.urandom(3 * FRAME_BYTES + 17)
OVERHEAD = 16


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path, KEY)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault"), KEY)


@pytest.fixture(scope="module")
def large(shared: Vault) -> str:
    return shared.put(LARGE).name


@given(offset=st.integers(0, len(LARGE) + 10), length=st.integers(0, len(LARGE)))
def test_any_part_of_a_piece_is_read_as_it_was_written(shared: Vault, large: str, offset: int, length: int) -> None:
    assert shared.read_at(large, offset, length) == LARGE[offset : offset + length]


@given(size=st.sampled_from([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES]), seed=st.binary())
def test_a_piece_of_any_size_comes_out_whole(shared: Vault, size: int, seed: bytes) -> None:
    data = (seed + b".") * (size // (len(seed) + 1) + 1)
    stored = shared.put(data[:size])
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(data[:size]).hexdigest())
    assert shared.read(stored.name) == data[:size]


@given(place=st.integers(0), change=st.integers(1, 255))
def test_no_byte_of_a_file_can_be_changed_unnoticed(shared: Vault, place: int, change: int) -> None:
    name = shared.put(LARGE[: FRAME_BYTES + 100]).name
    path = shared.folder / name
    written = bytearray(path.read_bytes())
    written[place % len(written)] ^= change
    path.write_bytes(written)
    with pytest.raises(EvidenceDamaged):
        shared.read(name)


@pytest.mark.parametrize("kept", [0, 10, 24, 40, 24 + FRAME_BYTES + OVERHEAD, 24 + 3 * (FRAME_BYTES + OVERHEAD), -1])
def test_a_file_that_was_cut_short_does_not_open(vault: Vault, kept: int) -> None:
    name = vault.put(LARGE).name
    path = vault.folder / name
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(EvidenceDamaged):
        vault.read(name)


def test_a_damaged_frame_is_named_and_the_others_still_open(vault: Vault) -> None:
    name = vault.put(LARGE).name
    path = vault.folder / name
    written = bytearray(path.read_bytes())
    written[24 + FRAME_BYTES + OVERHEAD + 5] ^= 1
    path.write_bytes(written)
    with pytest.raises(EvidenceDamaged) as caught:
        vault.read(name)
    assert caught.value.params == {"name": name, "frame": "1"}
    assert vault.read_at(name, 2 * FRAME_BYTES, 100) == LARGE[2 * FRAME_BYTES :][:100]


def test_frames_cannot_change_places(vault: Vault) -> None:
    name = vault.put(LARGE).name
    path = vault.folder / name
    written = path.read_bytes()
    size = FRAME_BYTES + OVERHEAD
    head, first, second, rest = (
        written[:24],
        written[24 : 24 + size],
        written[24 + size : 24 + 2 * size],
        written[24 + 2 * size :],
    )
    path.write_bytes(head + second + first + rest)
    with pytest.raises(EvidenceDamaged):
        vault.read(name)


def test_another_profiles_key_opens_nothing(vault: Vault) -> None:
    name = vault.put(LARGE).name
    with pytest.raises(EvidenceDamaged):
        Vault(vault.folder, bytes(32)).read(name)


def test_the_same_photo_twice_is_written_differently(vault: Vault) -> None:
    first, second = vault.put(b"photo" * 100), vault.put(b"photo" * 100)
    assert first.sha256 == second.sha256
    assert (vault.folder / first.name).read_bytes()[24:] != (vault.folder / second.name).read_bytes()[24:]


def test_what_is_gone_is_said_to_be_missing(vault: Vault) -> None:
    stored = vault.put(b"x")
    vault.remove(stored.name)
    vault.remove(stored.name)
    with pytest.raises(EvidenceMissing):
        vault.read(stored.name)


@pytest.mark.parametrize("name", ["../cache.db", "", "a" * 31, "A" * 32, "/etc/passwd", "a" * 32 + "\n"])
def test_only_names_of_the_vaults_own_making_become_paths(vault: Vault, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        vault.read(name)


def test_more_than_the_centre_takes_is_refused_before_it_is_written(vault: Vault) -> None:
    with pytest.raises(EvidenceTooLarge):
        vault.put(bytes(MAX_EVIDENCE_BYTES + 1))
    assert vault.names() == frozenset()


def attach(cache: Cache, data: bytes, owner: str = "draft1", at: r.Moment = NOON) -> evidence.Piece:
    stored = cache.vault.put(data)
    with cache.write() as conn:
        return evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner=owner, item="I01", at=at)


def send_visit(cache: Cache, *pieces: evidence.Piece) -> str:
    with cache.write() as conn:
        hashes = tuple(piece.sha256 for piece in pieces)
        return outbox.commit(conn, submission(evidence=hashes, draft_id="draft1"), INSPECTOR, NOON).id


def age(cache: Cache, name: str) -> None:
    os.utime(cache.profile.evidence / name, (0, 0))


def test_a_report_takes_the_evidence_of_its_draft_with_it(cache: Cache) -> None:
    piece = attach(cache, b"photo")
    other = attach(cache, b"another", owner="draft2")
    send_visit(cache, piece)
    with cache.read() as conn:
        [owned] = evidence.of_owner(conn, "v1")
        [left] = evidence.of_owner(conn, "draft2")
    assert (owned.id, owned.state) == (piece.id, PieceState.WAITING)
    assert (left.id, left.state) == (other.id, PieceState.DRAFT)
    assert evidence.read(cache, piece.sha256) == b"photo"


def test_an_attachment_says_when_and_where_it_was_taken(cache: Cache) -> None:
    stored = cache.vault.put(b"photo")
    fix = r.Fix(lat=21.42, lon=39.82, accuracy_m=8.0)
    with cache.write() as conn:
        evidence.add(
            conn, stored, media_type="image/jpeg", role="photo", owner="d", item="I01", at=NOON, taken_at=NOON, fix=fix
        )
    with cache.read() as conn:
        piece = evidence.by_hash(conn, stored.sha256)
    assert piece is not None
    assert piece.attachment() == r.Attachment(
        sha256=stored.sha256, size=5, media_type="image/jpeg", role="photo", item="I01", taken_at=NOON, fix=fix
    )


def test_evidence_this_device_never_had_is_said_to_be_missing(cache: Cache) -> None:
    with pytest.raises(EvidenceMissing) as caught:
        evidence.read(cache, "0" * 64)
    assert caught.value.params == {"sha256": "0" * 64}


def test_a_file_is_swept_only_when_no_row_names_it(cache: Cache) -> None:
    named = attach(cache, b"photo")
    orphan, fresh = cache.vault.put(b"orphan"), cache.vault.put(b"its row is on its way")
    for name in (named.id, orphan.name):
        age(cache, name)
    assert evidence.sweep(cache) == 1
    assert cache.vault.names() == {named.id, fresh.name}


def test_what_is_being_written_just_now_is_not_swept_away(cache: Cache) -> None:
    writing, broken_off = (cache.vault.folder / f"{'a' * 32}.{part}.tmp" for part in ("01", "02"))
    for path in (writing, broken_off):
        path.write_bytes(b"half")
    os.utime(broken_off, (0, 0))
    evidence.sweep(cache)
    assert writing.exists()
    assert not broken_off.exists()


def test_a_discarded_drafts_evidence_goes_and_a_sent_ones_stays(cache: Cache) -> None:
    draft_piece, sent = attach(cache, b"one", owner="draft2"), attach(cache, b"two")
    send_visit(cache, sent)
    with cache.write() as conn:
        assert evidence.remove_draft(conn, "draft2") == (draft_piece.id,)
        assert evidence.remove_draft(conn, "v1") == ()
        evidence.remove(conn, sent.id)
        assert evidence.get(conn, sent.id) is not None


@pytest.mark.parametrize(
    ("complete", "confirmed", "before", "kept"),
    [
        (True, True, "2026-12-31T00:00:00Z", False),
        (False, True, "2026-12-31T00:00:00Z", True),
        (True, False, "2026-12-31T00:00:00Z", True),
        (True, True, NOON, True),
    ],
    ids=["verified-and-old", "not-verified", "event-not-confirmed", "younger-than-thirty-days"],
)
def test_a_local_copy_goes_only_when_it_is_verified_confirmed_and_old(
    cache: Cache, complete: bool, confirmed: bool, before: str, kept: bool
) -> None:
    piece = attach(cache, b"photo")
    event_id = send_visit(cache, piece)
    with cache.write() as conn:
        if confirmed:
            delivery.settle(conn, [e.EventResult(id=event_id, outcome="applied")], EVENING)
        if complete:
            conn.exec_driver_sql("UPDATE evidence SET state = 'complete'")
    evidence.prune(cache, before)
    assert (piece.id in cache.vault.names()) is kept


def fetched(cache: Cache, data: bytes, at: str) -> str:
    """Put a piece there that came from the centre; returns its hash."""
    stored = cache.vault.put(data)
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="", owner="", at=at, state=PieceState.FETCHED)
    return stored.sha256


def test_what_was_fetched_goes_beyond_its_limit_and_least_recently_looked_at_first(cache: Cache) -> None:
    first = fetched(cache, b"1" * 100, "2026-11-22T08:00:00+03:00")
    second = fetched(cache, b"2" * 100, "2026-11-22T09:00:00+03:00")
    third = fetched(cache, b"3" * 100, "2026-11-22T10:00:00+03:00")
    assert evidence.read(cache, first, "2026-11-22T12:00:00+03:00") == b"1" * 100
    assert evidence.limit_fetched(cache, 200) == 1
    assert evidence.read(cache, first)
    assert evidence.read(cache, third)
    with pytest.raises(EvidenceMissing):
        evidence.read(cache, second)
    assert len(cache.vault.names()) == 2
    assert evidence.limit_fetched(cache, 200) == 0


def test_looking_again_within_the_hour_writes_nothing_and_the_limit_never_takes_ones_own_work(cache: Cache) -> None:
    theirs = fetched(cache, b"theirs", NOON)
    stored = cache.vault.put(b"ours")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
    evidence.read(cache, theirs, "2026-11-22T12:10:00+03:00")
    evidence.read(cache, theirs, "2026-11-22T12:50:00+03:00")
    with cache.read() as conn:
        piece = evidence.by_hash(conn, theirs)
    assert piece is not None
    assert piece.read_at == "2026-11-22T12:10:00+03:00"
    assert evidence.limit_fetched(cache, 0) == 1
    assert evidence.read(cache, stored.sha256) == b"ours"
