"""Making devices known: one-time codes, enrolment with a device's own key, another identity, revocation."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

import sqlalchemy as sa
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from sync.contract import records as r
from sync.contract import wire
from sync.contract.problems import Refused
from sync.server.services import known_devices
from sync.server.services.centre import Centre
from sync.server.services.clock import milliseconds
from sync.server.storage import audit, devices, meta
from sync.server.storage.devices import Device
from sync.server.storage.rows import Rows, writing

CODE_DAYS = 7
"""A code is good for this long."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
_GROUPS, _GROUP = 4, 4


def make_code(centre: Centre, committee: r.Committee | None) -> str:
    """Make a one-time enrolment code for a device of a committee, or (None) of none; it is stored by its hash only."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    add_code(centre, code, committee.id if committee else "")
    return code


def add_code(centre: Centre, code: str, committee_id: str) -> None:
    """Let a given code enrol one device."""
    expires = milliseconds(centre.clock() + timedelta(days=CODE_DAYS))
    with centre.database.write() as connection:
        devices.add_code(connection, _code_hash(code), committee_id, expires)
        audit.note(connection, centre.now_ms(), "code.made", committee_id)


def enrol(centre: Centre, request: wire.EnrolRequest) -> wire.EnrolReply:
    """Make a device known; the same code with the same key is answered the same again, as often as it takes.

    Raises:
        Refused: ``signature_wrong``, ``enrol_code_unknown``, ``enrol_code_used``, ``enrol_code_expired``.
    """
    verify(request.public_key, request.signature, _enrol_message(centre, request))
    with writing(centre.database) as rows:
        connection, code_hash = rows.connection, _code_hash(request.code)
        code = devices.code(connection, code_hash)
        if code is None:
            raise Refused("enrol_code_unknown")
        known = devices.by_key(connection, request.public_key)
        if code.used_by is not None or known is not None:
            if known is None or known.id != code.used_by:
                raise Refused("enrol_code_used")
            return _reply(centre, rows, known)
        if code.expires_ms <= centre.now_ms():
            raise Refused("enrol_code_expired")
        device = _new_device(connection, request, code.committee_id)
        devices.add(connection, device, request.client[:200], centre.now_ms())
        devices.use_code(connection, code_hash, device.id)
        audit.note(connection, centre.now_ms(), "device.enrolled", device.id, device_id=device.id)
        known_devices.renew(rows, device.id)
        return _reply(centre, rows, device)


def reidentify(centre: Centre, device: Device, request: wire.ReidentifyRequest) -> wire.EnrolReply:
    """Give a device that learned that another has its identity, too, one of its own; the other keeps the old one.

    It is of the same committee, has the same people, and stands as the old one stands. The same request again gets the
    same answer.

    Raises:
        Refused: ``signature_wrong``, or ``bad_request`` for a key that is some other device's.
    """
    message = wire.reidentify_message(centre.server_id, device.id, request.public_key)
    verify(request.public_key, request.signature, message)
    with writing(centre.database) as rows:
        connection, now = rows.connection, centre.now_ms()
        old = devices.lock(connection, device.id)
        known = devices.by_key(connection, request.public_key)
        if old is None or (known is not None and known.copy_of != device.id):
            raise Refused("bad_request", field="public_key")
        if known is None:
            number = devices.next_number(connection, old.committee_id)
            known = old._replace(id=str(uuid.uuid4()), number=number, public_key=request.public_key, copy_of=device.id)
            devices.add(connection, known, devices.client(connection, device.id), now)
            devices.take_users_along(connection, device.id, known.id)
            audit.note(connection, now, "device.reidentified", known.id, device_id=device.id)
            known_devices.renew(rows, known.id)
        return _reply(centre, rows, known)


def revoke(centre: Centre, device_id: str) -> None:
    """Shut a device out for good; what it still delivers is held back for a supervisor.

    Raises:
        Refused: ``device_unknown``.
    """
    with writing(centre.database) as rows:
        if not devices.revoke(rows.connection, device_id, centre.now_ms()):
            raise Refused("device_unknown")
        audit.note(rows.connection, centre.now_ms(), "device.revoked", device_id)
        known_devices.renew(rows, device_id)


def release(centre: Centre, device_id: str, person_id: str) -> None:
    """End a person's use of a device; what he made on it and was not received yet is held back for a supervisor.

    Raises:
        Refused: ``user_not_on_device``.
    """
    with writing(centre.database) as rows:
        if not devices.unbind(rows.connection, device_id, person_id, centre.now_ms()):
            raise Refused("user_not_on_device", user=person_id)
        audit.note(rows.connection, centre.now_ms(), "person.released", person_id, device_id=device_id)
        known_devices.renew(rows, device_id)


def verify(public_key: str, signature: str, message: bytes) -> None:
    """Check an Ed25519 signature; key and signature are hex.

    Raises:
        Refused: ``signature_wrong``, also when either is no hex of the right length.
    """
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(message, bytes.fromhex(signature))
    except (ValueError, BadSignatureError) as error:
        raise Refused("signature_wrong") from error


def _enrol_message(centre: Centre, request: wire.EnrolRequest) -> bytes:
    return wire.enrol_message(centre.server_id, request.code, request.public_key)


def _code_hash(code: str) -> str:
    """Codes are typed by hand: case, spaces and dashes do not matter. 80 random bits need no slow hash."""
    return hashlib.sha256("".join(filter(str.isalnum, code.upper())).encode()).hexdigest()


def _new_device(connection: sa.Connection, request: wire.EnrolRequest, committee_id: str) -> Device:
    number = devices.next_number(connection, committee_id)
    return Device(str(uuid.uuid4()), number, committee_id, request.device_name[:200], request.public_key, False)


def _reply(centre: Centre, rows: Rows, device: Device) -> wire.EnrolReply:
    committee = rows.get("committee", device.committee_id) if device.committee_id else None
    return wire.EnrolReply(
        device_id=device.id,
        device_number=device.number,
        committee=committee if isinstance(committee, r.Committee) else None,
        server_id=centre.server_id,
        recovery_key=meta.get(rows.connection, "recovery_key"),
    )
