"""Each person opens the cache with a passphrase of his own, and the file of wrapped keys tells nobody who they are."""

from __future__ import annotations

import signal
import subprocess
import sys
import unicodedata

import msgspec
import pytest

from inspector_app.storage import keyslots
from inspector_app.storage.errors import CacheDamaged, CacheMissing, PassphraseTaken, PassphraseWeak, WrongPassphrase
from inspector_app.storage.profile import Profile
from tests.support.laptop import PASSPHRASE, QUICK

OTHER = "another passphrase"


@pytest.fixture
def key(profile: Profile) -> bytes:
    return keyslots.create(profile, PASSPHRASE, "ins", QUICK)


def test_a_passphrase_gives_the_key_and_says_whose_it_is(profile: Profile, key: bytes) -> None:
    assert keyslots.unlock(profile, PASSPHRASE) == (key, "ins")


def test_a_wrong_passphrase_gives_nothing(profile: Profile, key: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        keyslots.unlock(profile, PASSPHRASE + "ا")


def test_the_same_passphrase_in_another_unicode_form_opens_too(profile: Profile) -> None:
    word = "مُؤسّسة الحرم المكي"
    key = keyslots.create(profile, unicodedata.normalize("NFD", word), "ins", QUICK)
    assert keyslots.unlock(profile, unicodedata.normalize("NFC", word)).key == key


@pytest.mark.parametrize("short", ["", "ten chars", "          ", "قصيرة"])
def test_under_ten_characters_is_no_passphrase(profile: Profile, short: str) -> None:
    with pytest.raises(PassphraseWeak) as caught:
        keyslots.create(profile, short, "ins", QUICK)
    assert caught.value.params == {"least": "10"}
    assert not profile.keyslots.exists()


def test_two_people_open_the_same_cache_each_with_his_own(profile: Profile, key: bytes) -> None:
    keyslots.put(profile, key, OTHER, "sup", QUICK)
    assert keyslots.unlock(profile, OTHER) == (key, "sup")
    assert keyslots.unlock(profile, PASSPHRASE) == (key, "ins")


def test_nobody_can_take_the_passphrase_of_somebody_else(profile: Profile, key: bytes) -> None:
    before = profile.keyslots.read_bytes()
    with pytest.raises(PassphraseTaken):
        keyslots.put(profile, key, PASSPHRASE, "sup", QUICK)
    assert profile.keyslots.read_bytes() == before


def test_a_new_passphrase_takes_the_place_of_the_old_one(profile: Profile, key: bytes) -> None:
    keyslots.put(profile, key, OTHER, "ins", QUICK)
    assert keyslots.unlock(profile, OTHER) == (key, "ins")
    with pytest.raises(WrongPassphrase):
        keyslots.unlock(profile, PASSPHRASE)


def test_the_first_slot_is_claimed_once_the_centre_has_said_who_it_is(profile: Profile) -> None:
    key = keyslots.create(profile, PASSPHRASE, "", QUICK)
    assert keyslots.unlock(profile, PASSPHRASE).person_id == ""
    keyslots.put(profile, key, PASSPHRASE, "ins", QUICK)
    assert keyslots.unlock(profile, PASSPHRASE) == (key, "ins")
    assert len(keyslots.read(profile).slots) == 1


def test_a_person_whose_slot_is_taken_away_cannot_open_it_any_more(profile: Profile, key: bytes) -> None:
    keyslots.put(profile, key, OTHER, "sup", QUICK)
    keyslots.remove(profile, key, "sup")
    with pytest.raises(WrongPassphrase):
        keyslots.unlock(profile, OTHER)
    assert keyslots.unlock(profile, PASSPHRASE).person_id == "ins"


def test_the_slot_used_last_is_tried_first(profile: Profile, key: bytes) -> None:
    keyslots.put(profile, key, OTHER, "sup", QUICK)
    keyslots.unlock(profile, PASSPHRASE)
    assert keyslots.read(profile).slots[0].owner == keyslots.owner_tag(key, "ins")


def test_the_file_holds_neither_a_name_nor_the_key_nor_the_passphrase(profile: Profile, key: bytes) -> None:
    written = profile.keyslots.read_bytes()
    for secret in (b'"ins"', b"696e73", key, key.hex().encode(), PASSPHRASE.encode()):
        assert secret not in written


def test_a_real_slot_costs_64_mib_and_three_passes(profile: Profile) -> None:
    keyslots.create(profile, PASSPHRASE, "ins")
    [slot] = keyslots.read(profile).slots
    assert (slot.passes, slot.memory) == (3, 64 * 1024 * 1024)


def test_without_the_file_there_is_no_cache(profile: Profile) -> None:
    with pytest.raises(CacheMissing):
        keyslots.read(profile)


@pytest.mark.parametrize("field", ["passes", "memory"])
def test_a_file_that_would_eat_the_machine_is_refused(profile: Profile, key: bytes, field: str) -> None:
    known = keyslots.read(profile)
    greedy = msgspec.structs.replace(known.slots[0], **{field: 1 << 40})
    keyslots.write(profile, msgspec.structs.replace(known, slots=(greedy,)))
    with pytest.raises(CacheDamaged):
        keyslots.unlock(profile, PASSPHRASE)


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b'{"format":2,"slots":[]}', b"\xff\xfe", b'{"format":1,"slots":[],"recovery":"\xff"}']
)
def test_a_file_that_is_not_ours_is_called_damaged(profile: Profile, written: bytes) -> None:
    profile.keyslots.write_bytes(written)
    with pytest.raises(CacheDamaged) as caught:
        keyslots.unlock(profile, PASSPHRASE)
    assert caught.value.params == {"place": "keyslots.json"}


def test_what_is_printed_of_an_opened_slot_has_no_key(profile: Profile, key: bytes) -> None:
    assert repr(keyslots.unlock(profile, PASSPHRASE)) == "Opened(person_id='ins')"


WRITE_FOR_EVER = """
import pathlib, sys
from inspector_app.storage import keyslots
from inspector_app.storage.profile import Profile
profile = Profile(pathlib.Path(sys.argv[1]))
key = keyslots.unlock(profile, sys.argv[2]).key
n = 0
while True:
    n += 1
    keyslots.put(profile, key, f"passphrase number {n % 2}", "sup", keyslots.Cost(1, 8192))
    print(n, flush=True)
"""


@pytest.mark.parametrize("writes", [1, 2, 5, 9])
def test_a_kill_at_any_moment_of_a_change_leaves_every_slot_usable(profile: Profile, key: bytes, writes: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(profile.root), PASSPHRASE], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(writes):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    opened = []
    for n in (0, 1):
        try:
            opened.append(keyslots.unlock(profile, f"passphrase number {n}"))
        except WrongPassphrase:
            continue
    assert opened == [(key, "sup")], "the old passphrase or the new one, never none and never both"
    assert keyslots.unlock(profile, PASSPHRASE) == (key, "ins")


def test_a_slot_whose_salt_is_cut_is_called_damaged_and_no_passphrase_wrong(profile: Profile, key: bytes) -> None:
    known = keyslots.read(profile)
    cut = msgspec.structs.replace(known.slots[0], salt=known.slots[0].salt[:-2])
    keyslots.write(profile, msgspec.structs.replace(known, slots=(cut,)))
    with pytest.raises(CacheDamaged):
        keyslots.unlock(profile, PASSPHRASE)
