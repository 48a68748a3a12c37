"""Getting in: a device is enrolled at a real centre, unlocked, shared, and recovered when a passphrase is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector_app.services.access import Access, Connection
from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link.http import HttpTransport
from inspector_app.storage import recovery
from inspector_app.storage.errors import PassphraseTaken, PassphraseWeak, WrongPassphrase
from inspector_app.storage.profile import Profile
from sync.contract import wire
from sync.engine.ports import Answer, LinkDown, Take
from tests.support.desks import RESOURCES, lodging_checklist, synchronise
from tests.support.server import CODES, LiveServer, password_of

FIRST, SECOND = "نخلة على الطريق", "باب على الحرم القديم"


@contextmanager
def profile_in(folder: Path) -> Iterator[Profile]:
    with Profile(folder) as held:
        yield held


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    with profile_in(tmp_path / "midan") as held:
        yield held


def enrol(access: Access, centre: LiveServer, passphrase: str = FIRST) -> Desk:
    return access.enrol(centre.url, CODES["makkah"], "ahmad", password_of("ahmad"), passphrase, "حاسوب اللجنة")


class Breaking:
    """A connection that breaks at one address, before or after the centre has heard; at a greeting, one to sign in."""

    def __init__(self, url: str, at: str, heard: bool) -> None:
        self._inner = HttpTransport(url)
        self._at = at
        self._heard = heard

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        take: Take | None = None,
    ) -> Answer:
        breaks = path == self._at and (path != wire.HELLO or wire.DEVICE in (headers or {}))
        if breaks and not self._heard:
            raise LinkDown("cut before it was heard")
        answer = self._inner.request(method, path, body, headers, take)
        if breaks:
            raise LinkDown("cut before it was answered")
        return answer

    def close(self) -> None:
        self._inner.close()


def test_an_enrolled_device_knows_itself_and_its_first_person(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    assert not access.has_cache()
    desk = enrol(access, centre)
    assert desk.person.id == "person-ahmad"
    assert desk.device.committee is not None
    assert desk.device.committee.number == 11
    synchronise(desk)
    assert desk.visits.checklists()
    desk.lock()
    again = access.unlock(FIRST)
    assert again.person.id == "person-ahmad"
    assert again.register.search("اجياد")
    again.lock()
    with pytest.raises(WrongPassphrase):
        access.unlock(SECOND)


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("at", [wire.ENROL, wire.HELLO, wire.TOKEN, wire.BIND])
def test_an_enrolment_that_breaks_off_anywhere_is_taken_up_again(
    profile: Profile, centre: LiveServer, at: str, heard: bool
) -> None:
    broken = Access(profile, lambda url: Breaking(url, at, heard))
    with pytest.raises(UserError) as cut:
        enrol(broken, centre)
    assert cut.value.code == "link_down"
    assert broken.unfinished()
    with pytest.raises(UserError) as early:
        broken.unlock(FIRST)
    assert early.value.code == "enrolment_unfinished"
    access = Access(profile, HttpTransport)
    desk = enrol(access, centre)
    assert not access.unfinished()
    assert desk.person.id == "person-ahmad"
    desk.lock()


def test_a_centre_that_cannot_be_reached_leaves_no_trace(profile: Profile) -> None:
    class Nobody:
        def request(
            self,
            method: str,
            path: str,
            body: bytes = b"",
            headers: Mapping[str, str] | None = None,
            take: Take | None = None,
        ) -> Answer:
            raise LinkDown("nobody there")

        def close(self) -> None:
            return

    def connect(url: str) -> Connection:
        return Nobody()

    access = Access(profile, connect)
    with pytest.raises(UserError, match="link_down"):
        access.enrol("https://centre.example", "X", "ahmad", "p", FIRST, "laptop")
    assert not access.has_cache()
    assert not access.unfinished()


@pytest.mark.parametrize(
    ("code", "username", "password", "problem"),
    [
        ("NOT-A-CODE", "ahmad", "ahmad-sample-1448", "enrol_code_unknown"),
        (CODES["makkah"], "ahmad", "wrong", "password_wrong"),
    ],
)
def test_what_the_centre_refuses_is_told_by_its_code(
    profile: Profile, centre: LiveServer, code: str, username: str, password: str, problem: str
) -> None:
    with pytest.raises(UserError) as refused:
        Access(profile, HttpTransport).enrol(centre.url, code, username, password, FIRST, "laptop")
    assert refused.value.code == problem


def test_a_weak_passphrase_is_refused_before_the_centre_hears_of_the_device(
    profile: Profile, centre: LiveServer
) -> None:
    access = Access(profile, HttpTransport)
    with pytest.raises(PassphraseWeak):
        enrol(access, centre, "short")
    assert not access.has_cache()
    enrol(access, centre).lock()


def test_two_people_share_a_device_each_with_a_passphrase(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    desk = enrol(access, centre)
    with pytest.raises(PassphraseTaken):
        access.add_person(desk, "yasir", password_of("yasir"), FIRST)
    assert access.add_person(desk, "yasir", password_of("yasir"), SECOND).id == "person-yasir"
    assert {person.id for person in desk.people()} == {"person-ahmad", "person-yasir"}
    desk.lock()
    other = access.unlock(SECOND)
    assert other.person.id == "person-yasir"
    other.lock()


def test_a_changed_passphrase_opens_and_the_old_one_does_not(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    desk = enrol(access, centre)
    with pytest.raises(WrongPassphrase):
        desk.change_passphrase("something else entirely", SECOND)
    desk.change_passphrase(FIRST, SECOND)
    desk.lock()
    access.unlock(SECOND).lock()
    with pytest.raises(WrongPassphrase):
        access.unlock(FIRST)


def test_a_forgotten_passphrase_is_replaced_with_the_administrators_help(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    enrol(access, centre).lock()
    administrator = bytes.fromhex((RESOURCES / "sample" / "recovery-key.hex").read_text().split()[-1])
    with pytest.raises(UserError, match="recovery_not_asked"):
        access.recover("anything", SECOND)
    answer = recovery.answer_request(access.recovery_request(), administrator)
    assert [person.id for person in access.recoverable(answer)] == ["person-ahmad"]
    desk = access.recover(answer, SECOND)
    assert desk.person.id == "person-ahmad"
    desk.lock()
    access.unlock(SECOND).lock()
    with pytest.raises(WrongPassphrase):
        access.unlock(FIRST)


def test_a_cache_set_aside_makes_room_for_another_enrolment(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    enrol(access, centre).lock()
    access.set_aside()
    assert not access.has_cache()
    assert list(profile.aside.iterdir())
    access.enrol(centre.url, CODES["makkah-2"], "ahmad", password_of("ahmad"), FIRST, "laptop").lock()


def test_a_damaged_cache_is_rescued_with_what_was_not_sent(profile: Profile, centre: LiveServer) -> None:
    access = Access(profile, HttpTransport)
    desk = enrol(access, centre)
    synchronise(desk)
    draft_id = desk.visits.start(None, checklist_id=lodging_checklist(desk))
    desk.lock()
    damage = bytearray(profile.cache.read_bytes())
    damage[len(damage) // 2 : len(damage) // 2 + 4096] = bytes(4096)
    profile.cache.write_bytes(damage)
    rescued, rescue = access.rescue(FIRST)
    assert (rescue.drafts, rescued.person.id) == (1, "person-ahmad")
    assert [draft.id for draft in rescued.visits.drafts()] == [draft_id]
    rescued.lock()


def test_an_address_without_protection_is_refused(profile: Profile) -> None:
    with pytest.raises(UserError) as refused:
        Access(profile, HttpTransport).enrol("http://centre.example", "X", "ahmad", "p", FIRST, "laptop")
    assert refused.value.code == "address_insecure"
