"""What the centre decides about a device: revoked, people released, another identity, another life of its database."""

from __future__ import annotations

from datetime import datetime

import pytest

from inspector_app.storage import carried, cases, damaged, delivery, device, evidence, outbox, people, rows, standing
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import CacheMissing, WrongPassphrase
from inspector_app.storage.profile import Profile
from inspector_app.storage.sync_store import SyncStore
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import wire
from sync.engine.ports import Batch
from tests.storage.field_season import EVENING, NOON, opening, page, place, submission
from tests.support.laptop import DEVICE, PASSPHRASE, QUICK
from tests.support.season import COMMITTEE, INSPECTOR, SUPERVISOR

OTHER = "سحابة فوق الجبل"
NOW = datetime.fromisoformat(EVENING)


@pytest.fixture
def store(cache: Cache) -> SyncStore:
    """A laptop that the inspector and the supervisor use, each with a passphrase."""
    cache.add_slot(OTHER, SUPERVISOR.id, QUICK)
    return SyncStore(cache, lambda: NOW)


def members(cache: Cache) -> set[str]:
    with cache.read() as conn:
        return {person.id for person in people.members(conn)}


def opens(profile: Profile, passphrase: str) -> bool:
    try:
        cache, _ = Cache.unlock(profile, passphrase)
    except WrongPassphrase:
        return False
    cache.close()
    return True


def settle(store: SyncStore, *events: e.Event, outcome: str = "applied", code: str = "") -> None:
    store.settle([e.EventResult(id=event.id, outcome=outcome, code=code) for event in events])  # type: ignore[arg-type]  # a literal


def state(cache: Cache, event: e.Event) -> str:
    with cache.read() as conn:
        return str(conn.exec_driver_sql("SELECT state FROM event WHERE id = ?", (event.id,)).scalar_one())


# ------------------------------------------------------------------------------------------------- released people


def test_a_released_person_loses_his_key_at_once_and_the_others_go_on(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    store.standing(False, [SUPERVISOR.id])
    assert members(cache) == {SUPERVISOR.id}
    assert not opens(profile, PASSPHRASE)
    assert opens(profile, OTHER)
    assert standing.read(cache) == (False, (INSPECTOR.id,))


def test_what_a_released_person_made_is_still_delivered_and_then_he_is_forgotten(
    cache: Cache, store: SyncStore
) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.standing(False, [SUPERVISOR.id])
    assert [waiting.id for waiting in store.waiting(10)] == [event.id]
    with cache.read() as conn:
        assert INSPECTOR.id in people.bound(conn)
    settle(store, event, outcome="rejected", code="outside_scope")
    store.standing(False, [SUPERVISOR.id])
    with cache.read() as conn:
        assert people.bound(conn) == {SUPERVISOR.id}
    assert standing.read(cache).released == (INSPECTOR.id,)


def test_a_person_bound_while_the_centre_was_being_asked_is_not_taken_for_released(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    late = r.Person(id="late", name_ar="متأخر", name_en="", role="inspector")
    store.outstanding()
    with cache.write() as conn:
        people.bind(conn, late, NOON)
    cache.add_slot("غيمة على الوادي", "late", QUICK)
    store.standing(False, [INSPECTOR.id, SUPERVISOR.id])
    assert "late" in members(cache)
    store.outstanding()
    store.standing(False, [INSPECTOR.id, SUPERVISOR.id])
    assert "late" not in members(cache)
    assert not opens(profile, "غيمة على الوادي")


def test_a_person_who_is_bound_again_may_use_the_device_again(cache: Cache, store: SyncStore) -> None:
    store.standing(False, [SUPERVISOR.id])
    with cache.write() as conn:
        people.bind(conn, INSPECTOR, EVENING)
    assert members(cache) == {INSPECTOR.id, SUPERVISOR.id}


def test_a_centre_that_does_not_say_who_may_use_a_device_changes_nothing(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    store.standing(False, None)
    assert members(cache) == {INSPECTOR.id, SUPERVISOR.id}
    assert opens(profile, PASSPHRASE)


def test_when_nobody_may_use_a_device_it_delivers_first_and_only_then_loses_its_keys(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.standing(False, [])
    assert profile.withdrawn
    assert members(cache) == set()
    assert opens(profile, PASSPHRASE), "or what waits could never be delivered after a restart"
    settle(store, event, outcome="quarantined")
    store.standing(False, [])
    assert not profile.keyslots.exists()
    assert profile.withdrawn


def test_when_nobody_may_use_a_device_no_batch_that_waits_for_others_keeps_its_keys(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    theirs = e.Event(
        id="theirs", n=1, kind="case", record="c9", action="praise", user=INSPECTOR.id, made_at=NOON, data={}
    )
    with cache.write() as conn:
        carried.receive(conn, Batch("b", "field", "00", (e.encode(theirs),)), NOON)
    store.standing(False, [])
    assert profile.keyslots.exists(), "it is tried first"
    store.relayed("b", [e.EventResult(id=theirs.id, outcome="rejected", code="number_reused")])
    store.standing(False, [])
    assert not profile.keyslots.exists()


def test_a_device_whose_keys_are_gone_stays_withdrawn_whoever_may_use_it_again(
    profile: Profile, store: SyncStore
) -> None:
    store.standing(False, [])
    assert not profile.keyslots.exists()
    store.standing(False, [INSPECTOR.id])
    assert profile.withdrawn


# ------------------------------------------------------------------------------------------------------- withdrawn


def test_a_withdrawn_device_tries_once_more_what_was_parked(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.park(event.id, "internal")
    store.standing(True, None)
    assert [waiting.id for waiting in store.waiting(10)] == [event.id]
    store.park(event.id, "internal")
    store.standing(True, None)
    assert store.waiting(10) == ()


def test_a_revoked_device_knows_it_before_anybody_unlocks_it(cache: Cache, profile: Profile, store: SyncStore) -> None:
    store.standing(True, [INSPECTOR.id])
    cache.close()
    assert Profile(profile.root).withdrawn


def test_a_device_that_is_in_use_again_is_not_withdrawn_any_more(profile: Profile, store: SyncStore) -> None:
    store.standing(True, None)
    store.standing(False, None)
    assert not profile.withdrawn


def test_wiping_leaves_no_key_anywhere_and_what_they_opened_unreadable(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    older = profile.aside / "20260101T000000"
    older.mkdir()
    (older / profile.keyslots.name).write_bytes(profile.keyslots.read_bytes())
    half_written = profile.root / f"{profile.keyslots.name}.ab.tmp"
    half_written.write_bytes(profile.keyslots.read_bytes())
    cache.vault.put(b"photo")
    store.standing(True, None)
    store.wipe()
    store.wipe()
    cache.close()
    assert list(profile.root.rglob("keyslots*")) == []
    assert profile.cache.exists()
    assert len(list(profile.evidence.iterdir())) == 1
    with pytest.raises(CacheMissing):
        Cache.unlock(profile, PASSPHRASE)


def test_a_death_while_wiping_is_taken_up_by_wiping_again(
    cache: Cache, profile: Profile, store: SyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (profile.aside / "20260101T000000").mkdir()
    copy = profile.aside / "20260101T000000" / profile.keyslots.name
    copy.write_bytes(profile.keyslots.read_bytes())
    store.standing(True, None)
    done: list[object] = []

    def dies(folder: object) -> None:
        done.append(folder)
        raise OSError("dead")

    with monkeypatch.context() as patch:
        patch.setattr("inspector_app.storage.durable.sync_folder", dies)
        with pytest.raises(OSError, match="dead"):
            store.wipe()
    assert done
    assert profile.withdrawn
    assert opens(profile, PASSPHRASE), "the key in use goes last, so that it is done again"
    store.wipe()
    assert not copy.exists()
    assert not profile.keyslots.exists()


def test_a_cache_set_aside_takes_its_evidence_with_it_and_the_next_one_is_not_withdrawn(
    cache: Cache, profile: Profile, store: SyncStore
) -> None:
    stored = cache.vault.put(b"photo")
    store.standing(True, None)
    store.wipe()
    cache.close()
    folder = damaged.set_aside(profile, NOW)
    assert (folder / "evidence" / stored.name).exists()
    assert not profile.withdrawn
    new = Cache.create(profile, PASSPHRASE, "", QUICK)
    assert evidence.sweep(new) == 0
    new.close()
    assert (folder / "evidence" / stored.name).exists()


# ------------------------------------------------------------------------------------------------ another identity


REPLY = wire.EnrolReply(device_id="d2", device_number=9, committee=COMMITTEE, server_id="centre", recovery_key="")


def test_the_next_key_is_the_same_until_the_device_has_its_other_identity(cache: Cache, store: SyncStore) -> None:
    seed = store.next_seed()
    assert SyncStore(cache, lambda: NOW).next_seed() == seed != DEVICE.seed
    store.reidentified(REPLY)
    assert store.identity() == ("d2", "centre", seed)
    with cache.read() as conn:
        known = device.load(conn)
    assert known is not None
    assert (known.number, known.name) == (9, DEVICE.name)
    assert store.next_seed() != seed


def test_another_identity_that_is_told_twice_is_taken_once(store: SyncStore) -> None:
    seed = store.next_seed()
    store.reidentified(REPLY)
    store.reidentified(REPLY)
    assert store.identity() == ("d2", "centre", seed)


def test_an_event_whose_number_another_device_has_used_goes_on_waiting(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    line = store.waiting(1)[0].line
    settle(store, event, outcome="rejected", code="number_reused")
    assert [(waiting.id, waiting.line) for waiting in store.waiting(10)] == [(event.id, line)]
    with cache.read() as conn:
        assert cases.get(conn, "c1") is not None


def test_what_an_older_program_took_for_refused_waits_again_under_the_other_identity(
    cache: Cache, store: SyncStore
) -> None:
    with cache.write() as conn:
        event, refused = (outbox.commit(conn, opening(name), INSPECTOR, NOON) for name in ("c1", "c2"))
        conn.exec_driver_sql(
            "UPDATE event SET state = 'refused', laid = 0, result = ? WHERE id = ?",
            (f'{{"id":"{event.id}","outcome":"rejected","code":"number_reused"}}', event.id),
        )
    settle(store, refused, outcome="rejected", code="outside_scope")
    store.next_seed()
    store.reidentified(REPLY)
    assert [waiting.id for waiting in store.waiting(10)] == [event.id]
    assert state(cache, refused) == "refused"


# --------------------------------------------------------------------------------------------- held for a supervisor


def test_a_report_that_is_held_stays_shown_and_its_photographs_are_sent(cache: Cache, store: SyncStore) -> None:
    stored = cache.vault.put(b"photo")
    with cache.write() as conn:
        evidence.add(conn, stored, media_type="image/jpeg", role="photo", owner="d", at=NOON)
        event = outbox.commit(conn, submission(evidence=(stored.sha256,), draft_id="d"), INSPECTOR, NOON)
    settle(store, event, outcome="quarantined")
    assert state(cache, event) == "held"
    with cache.read() as conn:
        assert rows.get(conn, "visit", "v1") is not None
    piece = store.next_evidence()
    assert piece is not None
    assert piece.sha256 == stored.sha256
    assert store.next_evidence({stored.sha256}) is None


@pytest.mark.parametrize(("decided", "settled"), [("accepted", "confirmed"), ("refused", "refused"), ("open", "held")])
def test_what_a_supervisor_decides_about_a_held_event_settles_it(
    cache: Cache, store: SyncStore, decided: str, settled: str
) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    settle(store, event, outcome="quarantined")
    row = r.Quarantined(
        id=event.id,
        device_id="d1",
        by=INSPECTOR.id,
        event_kind="case",
        action="open",
        record_id="c1",
        at=NOON,
        received_at=EVENING,
        reason="person_released",
        text="",
        body="{}",
        state=decided,
    )
    store.apply(page(row, more=True))
    assert state(cache, event) == settled
    with cache.read() as conn:
        assert (cases.get(conn, "c1") is not None) == (settled != "refused")


# ---------------------------------------------------------------------------------------------------- another life


def test_the_first_life_that_is_met_lets_nothing_wait_again(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    settle(store, event)
    store.met("life1")
    store.met("")
    store.met("life1")
    assert state(cache, event) == "confirmed"


@pytest.mark.parametrize("outcome", ["applied", "quarantined"])
def test_another_life_lets_everything_the_centre_had_wait_again_once(
    cache: Cache, store: SyncStore, outcome: str
) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.met("life1")
    settle(store, event, outcome=outcome)
    store.met("life2")
    assert state(cache, event) == "waiting"
    settle(store, event)
    store.restart("epoch_changed", "life2")
    assert state(cache, event) == "confirmed", "it was given to this life already"
    assert store.cursor() == ("life2.", 0)


def test_a_life_is_known_by_the_cursor_of_a_program_that_did_not_remember_any(cache: Cache, store: SyncStore) -> None:
    store.apply(page(place())._replace(epoch="life1.mark"))
    with cache.write() as conn:
        device.forget_facts(conn, ["feed.life"])
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    settle(store, event)
    store.met("life2")
    assert state(cache, event) == "waiting"


def test_a_centre_that_does_not_name_its_life_when_it_was_restored_is_given_everything_once(
    cache: Cache, store: SyncStore
) -> None:
    store.apply(page(place())._replace(epoch="life1.mark"))
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    settle(store, event)
    store.restart("epoch_changed")
    assert store.cursor() == ("", 0)
    assert state(cache, event) == "waiting"
    settle(store, event)
    store.apply(page(place(), more=True)._replace(epoch="life2.mark"))
    assert state(cache, event) == "confirmed"


def test_what_was_parked_is_tried_again_at_a_centre_that_was_restored(cache: Cache, store: SyncStore) -> None:
    store.met("life1")
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.park(event.id, "internal")
    store.met("life2")
    assert state(cache, event) == "waiting"


# ------------------------------------------------------------------------------------- confirmed, and not shown here


def test_confirmed_work_that_the_centre_shows_to_others_only_is_let_go_with_the_last_page(
    cache: Cache, store: SyncStore
) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    settle(store, event)
    store.cursor()
    store.apply(page(place("p2"), more=True))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is not None, "its rows may be in a page to come"
    store.cursor()
    store.apply(page(place("p3"), since=1))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None


def test_what_was_confirmed_after_a_page_was_asked_for_is_not_let_go_with_it(cache: Cache, store: SyncStore) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
    store.cursor()
    settle(store, event)
    store.apply(page(place("p2")))
    with cache.read() as conn:
        assert cases.get(conn, "c1") is not None


# ------------------------------------------------------------------------------------------------- after thirty days


def test_a_relayed_batch_is_forgotten_when_none_of_its_devices_events_is_kept(cache: Cache, store: SyncStore) -> None:
    def batches() -> set[str]:
        with cache.read() as conn:
            return set(conn.exec_driver_sql("SELECT id FROM batch").scalars())

    before, after = "2026-10-01T00:00:00+03:00", "2026-11-20T00:00:00+03:00"
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
        conn.exec_driver_sql(
            "UPDATE event SET device_id = 'd7', state = 'confirmed', laid = 0, settled_at = ? WHERE id = ?",
            (after, event.id),
        )
        conn.exec_driver_sql(
            "INSERT INTO batch VALUES ('old', 'd7', '', x'', 'done', '', ?), ('new', 'd7', '', x'', 'done', '', ?), "
            "('open', 'd8', '', x'', 'waiting', '', ?)",
            (before, after, before),
        )
        delivery.forget_confirmed(conn, "2026-10-23T00:00:00+00:00")
    assert batches() == {"old", "new", "open"}, "a centre that was restored gets the event by its batch only"
    with cache.write() as conn:
        conn.exec_driver_sql("UPDATE event SET settled_at = ?", (before,))
        delivery.forget_confirmed(conn, "2026-10-23T00:00:00+00:00")
    assert batches() == {"new", "open"}
