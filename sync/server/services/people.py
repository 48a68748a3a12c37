"""People and their accounts, the committees they belong to, and the centre's own keys: what an administrator does."""

from __future__ import annotations

import secrets
import uuid

import msgspec
import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy.exc import IntegrityError

from sync.contract import records as r
from sync.contract import scopes
from sync.domain import geo
from sync.server.services import known_devices
from sync.server.services.access import hash_password
from sync.server.services.centre import Centre
from sync.server.storage import accounts, audit, committees, devices, meta
from sync.server.storage.rows import Rows, writing

MIN_PASSWORD = 10


class PasswordTooShort(ValueError):
    """A password has fewer than ``MIN_PASSWORD`` characters."""


class UsernameTaken(ValueError):
    """Somebody has this user name, or this person has an account; the message is the user name."""


class NoSuchRegion(LookupError):
    """Committees work in no region of this code; the message is the code."""


class NoSuchCommittee(LookupError):
    """No committee has this number; the message is the number."""


def committee_numbered(centre: Centre, number: int) -> r.Committee:
    """A committee by its number.

    Raises:
        NoSuchCommittee: There is none.
    """
    with centre.database.read() as connection:
        return _numbered(connection, number)


def move_committee(centre: Centre, number: int, region: str) -> None:
    """Have a committee work in another region from now on, with its people and its devices.

    What it recorded before stays with the supervisors of the region it was recorded in, also what arrives later.

    Raises:
        NoSuchCommittee: There is no committee with this number.
        NoSuchRegion: Committees work in no such region.
    """
    if region not in set(geo.Region):
        raise NoSuchRegion(region)
    with writing(centre.database) as rows:
        committee = _numbered(rows.connection, number)
        if committee.region == region:
            return
        committees.note_left(rows.connection, committee.id, committee.region, centre.now_ms())
        moved = msgspec.structs.replace(committee, region=region)
        rows.put([moved], scopes.of_register(moved))
        for person in committees.members(rows.connection, committee.id):
            kept = (known for known in person.regions if known not in (committee.region, region))
            changed = msgspec.structs.replace(person, regions=(region, *kept))
            rows.put([changed], scopes.of_register(changed))
        for device_id in devices.of_committee(rows.connection, committee.id):
            known_devices.renew(rows, device_id)
        audit.note(rows.connection, centre.now_ms(), "committee.moved", committee.id)


def _numbered(connection: sa.Connection, number: int) -> r.Committee:
    committee = committees.numbered(connection, number)
    if committee is None:
        raise NoSuchCommittee(str(number))
    return committee


def add_person(centre: Centre, person: r.Person, username: str, password: str) -> None:
    """Write a person with an account.

    Raises:
        PasswordTooShort: The password is too short.
        UsernameTaken: The user name is somebody's.
    """
    account = account_of(person, username, password)
    try:
        with writing(centre.database) as rows:
            put_person(rows, person, account)
            audit.note(rows.connection, centre.now_ms(), "person.added", person.id)
    except IntegrityError as error:
        raise UsernameTaken(username) from error


def new_person_id() -> str:
    """An id for a person who has none yet."""
    return str(uuid.uuid4())


def account_of(person: r.Person, username: str, password: str) -> accounts.Account:
    """A person's account, its password hashed.

    Raises:
        PasswordTooShort: The password is too short.
    """
    if len(password) < MIN_PASSWORD:
        raise PasswordTooShort
    return accounts.Account(person.id, username, hash_password(password))


def put_person(rows: Rows, person: r.Person, account: accounts.Account) -> None:
    """Write a person and his account in the transaction of ``rows``."""
    rows.put([person], scopes.of_register(person))
    accounts.add(rows.connection, account)


def set_recovery_key(centre: Centre, private: bytes | None = None) -> bytes:
    """Make the administrator's X25519 pair; the public half stays here, devices seal their recovery slots to it.

    Args:
        centre: The centre.
        private: The private half, where it was made elsewhere.

    Returns:
        The private half, which the centre does not keep.
    """
    pair = PrivateKey(private or secrets.token_bytes(PrivateKey.SIZE))
    with centre.database.write() as connection:
        meta.put(connection, "recovery_key", bytes(pair.public_key).hex())
        audit.note(connection, centre.now_ms(), "recovery_key.set", "")
    return bytes(pair)


def begin_new_epoch(centre: Centre) -> None:
    """Tell devices that the database was restored from a backup: each reads the feed again from its beginning."""
    with centre.database.write() as connection:
        meta.put(connection, "epoch", secrets.token_hex(8))
        audit.note(connection, centre.now_ms(), "epoch.begun", "")
