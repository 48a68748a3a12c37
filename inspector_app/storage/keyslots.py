"""The key of the cache, wrapped once for each person by his passphrase; the file says nothing about who they are."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import NamedTuple

import msgspec
from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from inspector_app.storage import durable
from inspector_app.storage.errors import CacheDamaged, CacheMissing, PassphraseTaken, PassphraseWeak, WrongPassphrase
from inspector_app.storage.profile import Profile

KEY_BYTES = 32
LEAST_CHARACTERS = 10
_FORMAT = 1
_MOST_SLOTS = 32


class Cost(NamedTuple):
    """What one guess at a passphrase costs: Argon2id passes and bytes of memory."""

    passes: int
    memory: int


COST = Cost(passes=3, memory=64 * 1024 * 1024)
_MOST_COST = Cost(passes=16, memory=1024 * 1024 * 1024)
"""A file that asks for more was not written by this program."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One wrapping of the key, all bytes in hex; ``owner`` is a keyed hash that only the open cache can compare."""

    owner: str
    salt: str
    passes: int
    memory: int
    box: str


class KeySlots(msgspec.Struct, frozen=True, kw_only=True):
    """The file: the slots, last used first, and the key sealed to the administrator (hex, empty: not set up)."""

    format: int
    slots: tuple[Slot, ...]
    recovery: str = ""


class Opened(NamedTuple):
    """What a passphrase gives: the key of the cache and the person it belongs to (empty: not known yet)."""

    key: bytes
    person_id: str

    def __repr__(self) -> str:
        """Name the person, never the key."""
        return f"Opened(person_id={self.person_id!r})"


def new_key() -> bytes:
    """A random key for a new cache."""
    return secrets.token_bytes(KEY_BYTES)


def read(profile: Profile) -> KeySlots:
    """The key slots of a profile.

    Raises:
        CacheMissing: There are none.
        CacheDamaged: The file is not what this program writes.
    """
    try:
        slots = msgspec.json.decode(profile.keyslots.read_bytes(), type=KeySlots)
    except FileNotFoundError as error:
        raise CacheMissing from error
    except ValueError as error:  # msgspec.DecodeError, or bytes that are no text
        raise CacheDamaged(profile.keyslots.name) from error
    usable = all(0 < slot.passes <= _MOST_COST.passes and 0 < slot.memory <= _MOST_COST.memory for slot in slots.slots)
    if slots.format != _FORMAT or not usable or len(slots.slots) > _MOST_SLOTS:
        raise CacheDamaged(profile.keyslots.name)
    return slots


def write(profile: Profile, slots: KeySlots) -> None:
    """Replace the file, whole or not at all."""
    durable.write(profile.keyslots, msgspec.json.encode(slots))


def create(profile: Profile, passphrase: str, person_id: str, cost: Cost = COST) -> bytes:
    """Make a new key and the first slot, in place of any the profile has. Returns the key.

    Raises:
        PassphraseWeak: It is too short.
    """
    check_strength(passphrase)
    key = new_key()
    write(profile, KeySlots(format=_FORMAT, slots=(_wrap(key, passphrase, person_id, cost),)))
    return key


def unlock(profile: Profile, passphrase: str) -> Opened:
    """Open the slot of a passphrase and put it first for the next time.

    Raises:
        WrongPassphrase: No slot opens.
        CacheMissing: There are no slots.
        CacheDamaged: The file is not what this program writes.
    """
    known = read(profile)
    for place, slot in enumerate(known.slots):
        opened = _unwrap(profile, slot, passphrase)
        if opened is not None:
            if place:
                others = tuple(other for other in known.slots if other is not slot)
                write(profile, msgspec.structs.replace(known, slots=(slot, *others)))
            return opened
    raise WrongPassphrase


def put(profile: Profile, key: bytes, passphrase: str, person_id: str, cost: Cost = COST) -> None:
    """Give a person this passphrase, in place of any he had.

    A slot that nobody owns yet and that this passphrase opens becomes the person's.

    Raises:
        PassphraseWeak: It is too short.
        PassphraseTaken: It opens the slot of somebody else.
        CacheMissing: There are no slots.
        CacheDamaged: The file is not what this program writes.
    """
    check_strength(passphrase)
    known = read(profile)
    owner = owner_tag(key, person_id)
    kept = []
    for slot in known.slots:
        if slot.owner == owner:
            continue
        opened = _unwrap(profile, slot, passphrase)
        if opened is None:
            kept.append(slot)
        elif opened.person_id:
            raise PassphraseTaken
    write(profile, msgspec.structs.replace(known, slots=(_wrap(key, passphrase, person_id, cost), *kept)))


def remove(profile: Profile, key: bytes, person_id: str) -> None:
    """Take a person's slot away; the other slots stay as they are, and a slot that is the only one stays too.

    Without any slot nobody could open the cache again, and what waits in it would never reach the centre.
    """
    known = read(profile)
    owner = owner_tag(key, person_id)
    left = tuple(slot for slot in known.slots if slot.owner != owner)
    if left and len(left) < len(known.slots):
        write(profile, msgspec.structs.replace(known, slots=left))


def owner_tag(key: bytes, person_id: str) -> str:
    """How a slot says whose it is to whoever has the key, and to nobody else."""
    return hashlib.blake2b(person_id.encode(), key=key, digest_size=16, person=b"midan-slot").hexdigest()


def check_strength(passphrase: str) -> None:
    """Refuse a passphrase that is too short, counted in characters as they are normalised.

    Raises:
        PassphraseWeak: It is.
    """
    if len(_normal(passphrase).strip()) < LEAST_CHARACTERS:
        raise PassphraseWeak(LEAST_CHARACTERS)


def _normal(passphrase: str) -> str:
    # The same word typed on another keyboard or system may come in another Unicode form.
    return unicodedata.normalize("NFKC", passphrase)


def _box(passphrase: str, salt: bytes, cost: Cost) -> SecretBox:
    word = _normal(passphrase).encode()
    return SecretBox(pwhash.argon2id.kdf(SecretBox.KEY_SIZE, word, salt, opslimit=cost.passes, memlimit=cost.memory))


def _wrap(key: bytes, passphrase: str, person_id: str, cost: Cost) -> Slot:
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    sealed = _box(passphrase, salt, cost).encrypt(key + person_id.encode())
    return Slot(
        owner=owner_tag(key, person_id), salt=salt.hex(), passes=cost.passes, memory=cost.memory, box=sealed.hex()
    )


def _unwrap(profile: Profile, slot: Slot, passphrase: str) -> Opened | None:
    try:
        salt, sealed = bytes.fromhex(slot.salt), bytes.fromhex(slot.box)
        opened = _box(passphrase, salt, Cost(slot.passes, slot.memory)).decrypt(sealed)
    except ValueError as error:  # not hex, or of the wrong length; libsodium's is a CryptoError too
        raise CacheDamaged(profile.keyslots.name) from error
    except CryptoError:
        return None
    return Opened(opened[:KEY_BYTES], opened[KEY_BYTES:].decode())
