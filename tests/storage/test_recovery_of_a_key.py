"""A forgotten passphrase: the administrator gives the key back without his own key ever coming to the device."""

from __future__ import annotations

import base64

import pytest
from nacl.public import PrivateKey

from inspector_app.storage import keyslots, recovery
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import RecoveryRefused
from inspector_app.storage.profile import Profile
from tests.support.laptop import PASSPHRASE, QUICK
from tests.support.season import INSPECTOR

ADMINISTRATOR = PrivateKey(bytes(range(32)))
PRIVATE = bytes(ADMINISTRATOR)


@pytest.fixture
def key(profile: Profile) -> bytes:
    key = keyslots.create(profile, PASSPHRASE, INSPECTOR.id, QUICK)
    recovery.set_up(profile, key, bytes(ADMINISTRATOR.public_key))
    return key


def code(caught: pytest.ExceptionInfo[RecoveryRefused]) -> str:
    return caught.value.code


def test_the_administrators_answer_opens_the_cache_for_a_new_passphrase(empty_cache: Cache) -> None:
    profile = empty_cache.profile
    empty_cache.set_recovery(bytes(ADMINISTRATOR.public_key))
    empty_cache.close()
    request = recovery.recovery_request(profile)
    response = recovery.answer_request(request.text, PRIVATE)
    again = Cache.open_with_key(profile, recovery.open_response(response, request.private))
    again.add_slot("a passphrase I remember", INSPECTOR.id, QUICK)
    again.close()
    opened, person_id = Cache.unlock(profile, "a passphrase I remember")
    opened.close()
    assert person_id == INSPECTOR.id


def test_both_texts_survive_a_mail_program_that_wraps_and_indents(profile: Profile, key: bytes) -> None:
    request = recovery.recovery_request(profile)
    mailed = "\r\n".join(f"   {line}  " for line in request.text.splitlines())
    response = recovery.answer_request(f"\n\n{mailed}\n", PRIVATE)
    assert recovery.open_response(response.replace("\n", "\r\n"), request.private) == key


def test_neither_text_holds_the_key(profile: Profile, key: bytes) -> None:
    request = recovery.recovery_request(profile)
    response = recovery.answer_request(request.text, PRIVATE)
    for text in (request.text, response):
        assert key not in base64.b64decode("".join(text.split("\n")[1:]))


def test_an_answer_is_of_use_only_to_the_request_it_answers(profile: Profile, key: bytes) -> None:
    response = recovery.answer_request(recovery.recovery_request(profile).text, PRIVATE)
    with pytest.raises(RecoveryRefused) as caught:
        recovery.open_response(response, recovery.recovery_request(profile).private)
    assert code(caught) == "recovery_not_for_this_key"


def test_another_administrators_key_opens_nothing(profile: Profile, key: bytes) -> None:
    with pytest.raises(RecoveryRefused) as caught:
        recovery.answer_request(recovery.recovery_request(profile).text, bytes(PrivateKey.generate()))
    assert code(caught) == "recovery_not_for_this_key"


@pytest.mark.parametrize("text", ["", "hello", "MIDAN-RECOVERY-REQUEST-1\n!!!", "MIDAN-RECOVERY-REQUEST-1\naGVsbG8="])
def test_a_text_that_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(RecoveryRefused) as caught:
        recovery.answer_request(text, PRIVATE)
    assert code(caught) == "recovery_unreadable"


def test_a_text_without_end_is_refused_unread() -> None:
    with pytest.raises(RecoveryRefused):
        recovery.answer_request("MIDAN-RECOVERY-REQUEST-1\n" + "A" * 10_000_000, PRIVATE)


def test_without_setting_it_up_there_is_no_recovery(profile: Profile) -> None:
    keyslots.create(profile, PASSPHRASE, "ins", QUICK)
    assert not recovery.is_set_up(profile)
    with pytest.raises(RecoveryRefused) as caught:
        recovery.recovery_request(profile)
    assert code(caught) == "recovery_not_set_up"


def test_a_new_passphrase_keeps_the_way_back(profile: Profile, key: bytes) -> None:
    keyslots.put(profile, key, "a new passphrase", INSPECTOR.id, QUICK)
    assert recovery.is_set_up(profile)


def test_what_is_printed_of_a_request_has_no_private_half(profile: Profile, key: bytes) -> None:
    assert repr(recovery.recovery_request(profile)) == "Request(...)"
