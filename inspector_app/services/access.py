"""Getting in: enrolling a device, unlocking it, adding a person, recovering a forgotten passphrase."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing
from typing import Final, Protocol

import msgspec

from inspector_app.services import door
from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError, told_to_the_user
from inspector_app.services.ground import Clock, system_clock
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import checked_address
from inspector_app.services.views.access import Rescued
from inspector_app.services.views.common import Device
from inspector_app.storage import damaged, durable, people, recovery
from inspector_app.storage import device as devices
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from sync.contract import records as r
from sync.contract import wire
from sync.domain.text import Language
from sync.engine import calls
from sync.engine.ports import Transport

CLIENT: Final = "midan-desktop/1"
"""Name and version of this program, as the centre's list of devices shows it."""
_SEED_BYTES: Final = 32
_MARK: Final = "enrolling"


class Connection(Transport, Protocol):
    """A transport that can be closed again."""

    def close(self) -> None:
        """Drop the connection."""
        ...


class Access:
    """The door of one profile; see each method for what it raises besides ``storage.errors.StorageError``.

    Args:
        profile: Where the cache lives; held by the caller (``Profile.acquire``).
        connect: Makes a transport to the server at an address.
        clock: The time.
    """

    def __init__(self, profile: Profile, connect: Callable[[str], Connection], clock: Clock = system_clock) -> None:
        self._profile = profile
        self._connect = connect
        self._clock = clock
        self._asked: bytes | None = None

    def language(self) -> Language | None:
        """The language last spoken on this device, for its door; None where nobody chose one yet."""
        return door.last_language(self._profile)

    def remember_language(self, language: Language) -> None:
        """Let the door speak this language from now on."""
        door.remember_language(self._profile, language)

    def has_cache(self) -> bool:
        """Whether there is anything to unlock."""
        return self._profile.has_cache

    def withdrawn(self) -> bool:
        """Whether the centre has withdrawn this device; it may have still to deliver what it has."""
        return self._profile.withdrawn

    def unfinished(self) -> bool:
        """Whether an enrolment was broken off: call ``enrol`` again with the same passphrase, or ``set_aside``."""
        return (self._profile.root / _MARK).exists()

    def enrol(self, url: str, code: str, username: str, password: str, passphrase: str, device_name: str) -> Desk:
        """Make this machine a device of the centre and sign its first person in.

        The cache and its key slot are made first; then the device's key, inside it; then the centre is told. Whatever
        was done stays done if it breaks off, and the same call takes it up again.

        Raises:
            UserError: ``address_malformed``, ``address_insecure``, ``link_down``, ``wrong_server``, or a problem of
                the centre such as ``enrol_code_unknown``, ``enrol_code_used``, ``enrol_code_expired``,
                ``password_wrong``, ``too_many_attempts`` or ``user_not_allowed``.
        """
        address = checked_address(url)
        with closing(self._connect(address)) as connection, told_to_the_user():
            said = calls.hello(connection)
            cache = self._begin(passphrase)
            try:
                device = self._known(cache, connection, said, address, code, device_name)
                person = self._bind(cache, connection, device, username, password)
                cache.add_slot(passphrase, person.id)
                self._done()
            except BaseException:
                cache.close()
                raise
        return self._desk(cache, person, device)

    def unlock(self, passphrase: str) -> Desk:
        """Open the cache for the person whose passphrase it is.

        Raises:
            UserError: ``enrolment_unfinished``, ``not_on_this_device``.
        """
        cache, person_id = Cache.unlock(self._profile, passphrase)
        try:
            desk = self._seated(cache, person_id)
            desk.notice_absence()
        except BaseException:
            cache.close()
            raise
        self._done()
        return desk

    def add_person(self, desk: Desk, username: str, password: str, passphrase: str) -> r.Person:
        """Let another member of the committee use this device; the centre has to be reached.

        Raises:
            UserError: As ``enrol``.
        """
        with desk.cache.read() as conn:
            device = _enrolled(devices.load(conn))
        with closing(self._connect(device.url)) as connection, told_to_the_user():
            person = self._bind(desk.cache, connection, device, username, password)
        desk.cache.add_slot(passphrase, person.id)
        return person

    def recovery_request(self) -> str:
        """A text for the administrator, who answers it with another; what opens the answer stays in this object only.

        Raises:
            RecoveryRefused: ``recovery_not_set_up``.
        """
        asked = recovery.recovery_request(self._profile)
        self._asked = asked.private
        return asked.text

    def recoverable(self, response: str) -> tuple[r.Person, ...]:
        """The people of this device, once the administrator's answer is here: to ask who is asking.

        Raises:
            UserError: ``recovery_not_asked``.
        """
        cache = self._recovered(response)
        with closing(cache), cache.read() as conn:
            return people.members(conn)

    def recover(self, response: str, new_passphrase: str, person_id: str = "") -> Desk:
        """Give a person a new passphrase by the administrator's answer, and sign him in.

        Args:
            response: The administrator's text.
            new_passphrase: Chosen now.
            person_id: Whose; may be left out where the device has one person only.

        Raises:
            UserError: ``recovery_not_asked``, ``recovery_person_needed``, ``not_on_this_device``.
        """
        cache = self._recovered(response)
        try:
            with cache.read() as conn:
                members = people.members(conn)
            if not person_id and len(members) != 1:
                raise UserError("recovery_person_needed")
            desk = self._seated(cache, person_id or members[0].id)
            cache.change_passphrase(new_passphrase, desk.person.id)
        except BaseException:
            cache.close()
            raise
        self._asked = None
        return desk

    def rescue(self, passphrase: str) -> tuple[Desk, Rescued]:
        """Make a new cache of what can be read of a damaged one, which is set aside whole; and sign in.

        Raises:
            UserError: As ``unlock``.
        """
        cache, person_id, saved = damaged.recover(self._profile, passphrase, self._clock())
        try:
            desk = self._seated(cache, person_id)
        except BaseException:
            cache.close()
            raise
        rescued = Rescued(
            folder=saved.folder.name,
            events=saved.events,
            drafts=saved.drafts,
            evidence=saved.evidence,
            whole=not saved.lost,
        )
        return desk, rescued

    def set_aside(self) -> None:
        """Move a cache nobody can open out of the way, whole, so that the device can be enrolled again."""
        damaged.set_aside(self._profile, self._clock())
        self._profile.set_withdrawn(False)
        self._done()

    # ------------------------------------------------------------------------------------------------ steps

    def _begin(self, passphrase: str) -> Cache:
        """The cache to enrol in: a new one, or the one of an enrolment that was broken off."""
        if self.unfinished() and self._profile.has_cache:
            return Cache.unlock(self._profile, passphrase)[0]
        durable.write(self._profile.root / _MARK, b"")
        return Cache.create(self._profile, passphrase)

    def _known(
        self, cache: Cache, connection: Transport, said: wire.Hello, address: str, code: str, name: str
    ) -> devices.Device:
        """The device, made known at the centre if it is not yet."""
        with cache.write() as conn:
            device = devices.load(conn)
            if device is None or not device.enrolled:
                seed = device.seed if device else secrets.token_bytes(_SEED_BYTES)
                device = devices.Device(url=address, server_id=said.server_id, seed=seed, name=name)
                devices.save(conn, device)
        if device.server_id != said.server_id:
            raise UserError("wrong_server", name=said.name)
        if device.enrolled:
            return device
        reply = calls.enrol(connection, said, device.seed, code, name, CLIENT)
        if reply.server_id != said.server_id:
            raise UserError("wrong_server", name=said.name)
        cache.set_recovery(bytes.fromhex(reply.recovery_key))
        device = msgspec.structs.replace(
            device, device_id=reply.device_id, number=reply.device_number, committee=reply.committee
        )
        with cache.write() as conn:
            devices.save(conn, device)
        return device

    def _bind(
        self, cache: Cache, connection: Transport, device: devices.Device, username: str, password: str
    ) -> r.Person:
        with cache.read() as conn:
            caller = calls.Caller(devices.identity(conn), connection, SystemClock())
        request = wire.BindRequest(username=username, password=password)
        person = calls.post(caller, wire.BIND, request, wire.BindReply).person
        with cache.write() as conn:
            people.bind(conn, person, self._clock().isoformat())
        return person

    def _done(self) -> None:
        (self._profile.root / _MARK).unlink(missing_ok=True)

    def _recovered(self, response: str) -> Cache:
        if self._asked is None:
            raise UserError("recovery_not_asked")
        return Cache.open_with_key(self._profile, recovery.open_response(response, self._asked))

    def _seated(self, cache: Cache, person_id: str) -> Desk:
        with cache.read() as conn:
            device = _enrolled(devices.load(conn))
            members = people.members(conn)
        if not person_id:
            raise UserError("enrolment_unfinished")
        for member in members:
            if member.id == person_id:
                return self._desk(cache, member, device)
        raise UserError("not_on_this_device")

    def _desk(self, cache: Cache, person: r.Person, device: devices.Device) -> Desk:
        view = Device(
            id=device.device_id,
            number=device.number,
            name=device.name,
            server_url=device.url,
            server_id=device.server_id,
            committee=device.committee,
        )
        return Desk(cache, person, view, self._clock)


def _enrolled(device: devices.Device | None) -> devices.Device:
    if device is None or not device.enrolled:
        raise UserError("enrolment_unfinished")
    return device
