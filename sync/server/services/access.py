"""Who may speak: nonces and tokens for devices, passwords for the people who use them."""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import timedelta
from functools import cache

import nacl.exceptions
import nacl.pwhash
import sqlalchemy as sa

from sync.contract import records as r
from sync.contract import scopes, wire
from sync.contract.acting import moment
from sync.contract.problems import Refused
from sync.domain.workflow import Role
from sync.server.services import known_devices
from sync.server.services.centre import Centre
from sync.server.services.clock import milliseconds
from sync.server.services.enrolment import verify
from sync.server.storage import accounts, audit, devices, meta
from sync.server.storage.devices import Device
from sync.server.storage.rows import Rows, writing

NONCE_SECONDS = 120
PEOPLE_PER_DEVICE = 5
"""Source: domain catalogue, "Who": a laptop may be shared by up to five members of a committee."""
ATTEMPTS = 5
"""Wrong passwords of one user on one device before the next try has to wait."""
DEVICE_ATTEMPTS = 20
"""The same for all users of a device together."""
ATTEMPT_WINDOW = timedelta(minutes=15)

_hashing = threading.BoundedSemaphore(2)
"""Each password check takes 64 MiB for a tenth of a second; a crowd of them must not take the machine."""


def give_nonce(centre: Centre, request: wire.NonceRequest) -> wire.NonceReply:
    """Give a device something to sign.

    Raises:
        Refused: ``device_unknown``.
    """
    nonce = nonce_for(centre, request.device_id)
    if not nonce:
        raise Refused("device_unknown")
    return wire.NonceReply(nonce=nonce)


def nonce_for(centre: Centre, device_id: str) -> str:
    """Something to sign, good for two minutes and once; empty for a device that nobody knows."""
    with centre.database.write() as connection:
        if devices.get(connection, device_id) is None:
            return ""
        nonce = secrets.token_urlsafe(24)
        expires = milliseconds(centre.clock() + timedelta(seconds=NONCE_SECONDS))
        devices.add_nonce(connection, nonce, device_id, centre.now_ms(), expires)
    return nonce


def give_token(centre: Centre, request: wire.TokenRequest) -> wire.TokenReply:
    """Give a device that signed its nonce a token; only the token's hash is stored.

    Raises:
        Refused: ``device_unknown``, ``nonce_unknown``, ``signature_wrong``.
    """
    message = wire.token_message(centre.server_id, request.device_id, request.nonce)
    token = secrets.token_urlsafe(32)
    with centre.database.write() as connection:
        device = _known(devices.get(connection, request.device_id))
        if not devices.take_nonce(connection, request.nonce, device.id, centre.now_ms()):
            raise Refused("nonce_unknown")
    # The nonce is gone now, whatever the signature is.
    verify(device.public_key, request.signature, message)
    with centre.database.write() as connection:
        expires = milliseconds(centre.clock() + timedelta(seconds=wire.TOKEN_SECONDS))
        devices.add_token(connection, _token_hash(token), device.id, centre.now_ms(), expires)
        said = _said(centre, request)
        devices.note_said(connection, device.id, said)
        people = tuple(sorted(devices.people(connection, device.id)))
    standing = "revoked" if device.revoked else "good"
    return wire.TokenReply(token=token, expires_in=wire.TOKEN_SECONDS, standing=standing, people=people)


def _said(centre: Centre, request: wire.TokenRequest) -> devices.Said:
    """What a device says of itself; a time that is none is as if it had said nothing of its clock."""
    its_time, ours = moment(request.time), centre.clock()
    ahead_s = None if its_time is None else round((its_time - ours).total_seconds())
    return devices.Said(milliseconds(ours), request.waiting, request.waiting_since[:64], request.client[:200], ahead_s)


def device_of(centre: Centre, token: str) -> Device:
    """The device that a token was given to; a revoked one has a token to deliver with, and may do nothing else.

    Raises:
        Refused: ``token_expired`` (also for one that never was).
    """
    with centre.database.read() as connection:
        device = devices.by_token(connection, _token_hash(token), centre.now_ms())
    if device is None:
        raise Refused("token_expired")
    return device


def life(centre: Centre) -> str:
    """Which life of the database this is: another after each restoration from a backup."""
    with centre.database.read() as connection:
        return meta.get(connection, "epoch")


def scopes_of(connection: sa.Connection, device: Device) -> frozenset[str]:
    """What a device may hold now: what the people bound to it may."""
    return scopes.granted_to_device(devices.people(connection, device.id).values())


def bind(centre: Centre, device: Device, request: wire.BindRequest) -> wire.BindReply:
    """Let a person use a device, against his password.

    Raises:
        Refused: ``too_many_attempts`` (``retry_after`` in seconds), ``password_wrong`` (also for an unknown user),
            ``user_not_allowed`` (``reason``: ``other_committee``, ``other_region`` or ``device_full``).
    """
    with centre.database.read() as connection:
        _check_attempts(centre, connection, device, request.username)
        account = accounts.by_username(connection, request.username)
    # An unknown user costs the same time, so that time tells nobody which names exist.
    right = _password_fits(account.password if account else _nobody(), request.password)
    with writing(centre.database) as rows:
        if account is None or not right:
            _note_attempt(centre, rows.connection, device, request.username)
            person = None
        else:
            accounts.forget_attempts(rows.connection, device.id, request.username)
            person = _bind(centre, rows, device, account.person_id)
    if person is None:
        raise Refused("password_wrong")
    return wire.BindReply(person=person)


def hash_password(password: str) -> str:
    """The argon2id string under which a password is stored."""
    with _hashing:
        return nacl.pwhash.argon2id.str(
            password.encode(),
            opslimit=nacl.pwhash.argon2id.OPSLIMIT_INTERACTIVE,
            memlimit=nacl.pwhash.argon2id.MEMLIMIT_INTERACTIVE,
        ).decode()


def _bind(centre: Centre, rows: Rows, device: Device, person_id: str) -> r.Person:
    connection = rows.connection
    devices.lock(connection, device.id)
    person = rows.get("person", person_id)
    if not isinstance(person, r.Person):
        raise Refused("user_not_allowed", reason="no_person")
    bound = devices.people(connection, device.id)
    if person.id in bound:
        return person
    _check_place(rows, device, person)
    if len(bound) >= PEOPLE_PER_DEVICE:
        raise Refused("user_not_allowed", reason="device_full")
    devices.bind(connection, device.id, person.id, centre.now_ms())
    audit.note(connection, centre.now_ms(), "person.bound", person.id, device_id=device.id, person_id=person.id)
    known_devices.renew(rows, device.id)
    return person


def _check_place(rows: Rows, device: Device, person: r.Person) -> None:
    """A committee's device is for its members, and for others only if they work in its region."""
    if person.role in (Role.INSPECTOR, Role.COMMITTEE_HEAD):
        if person.committee_id != device.committee_id:
            raise Refused("user_not_allowed", reason="other_committee")
    elif device.committee_id:
        committee = rows.get("committee", device.committee_id)
        if not isinstance(committee, r.Committee) or committee.region not in person.regions:
            raise Refused("user_not_allowed", reason="other_region")


def _check_attempts(centre: Centre, connection: sa.Connection, device: Device, username: str) -> None:
    since = centre.now_ms() - _window_ms()
    for who, limit in ((username, ATTEMPTS), (None, DEVICE_ATTEMPTS)):
        tried = accounts.attempts(connection, device.id, who, since)
        if tried.wrong >= limit:
            wait = (tried.first_ms - since) // 1000 + 1
            raise Refused("too_many_attempts", retry_after=str(wait))


def _note_attempt(centre: Centre, connection: sa.Connection, device: Device, username: str) -> None:
    now = centre.now_ms()
    accounts.note_attempt(connection, device.id, username[:200], now, now - _window_ms())
    audit.note(connection, now, "password.wrong", "", device_id=device.id)


def _window_ms() -> int:
    return int(ATTEMPT_WINDOW.total_seconds() * 1000)


def _known(device: Device | None) -> Device:
    if device is None:
        raise Refused("device_unknown")
    return device


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _password_fits(stored: str, password: str) -> bool:
    with _hashing:
        try:
            return nacl.pwhash.verify(stored.encode(), password.encode())
        except nacl.exceptions.InvalidkeyError:
            return False


@cache
def _nobody() -> str:
    """The hash that an unknown user's password is compared with; nobody knows a password for it."""
    return hash_password(secrets.token_urlsafe(32))
