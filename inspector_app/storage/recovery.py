"""A way back in when every passphrase is forgotten: the key, sealed to the administrator who keeps his own key offline.

The device writes a request text; the administrator's own tool opens the seal with his private key and seals the cache
key again to a key that the request brought and that lives on the device only while it asks. So neither text, alone,
is of use to anybody who reads it, and the administrator's private key never comes to a device.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

import msgspec
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from inspector_app.storage import keyslots
from inspector_app.storage.errors import RecoveryRefused
from inspector_app.storage.profile import Profile

_MARK = b"midan-cache-key-1\n"
_REQUEST = "MIDAN-RECOVERY-REQUEST-1"
_RESPONSE = "MIDAN-RECOVERY-RESPONSE-1"
_WIDTH = 64
_LONGEST = 4096


class Request(NamedTuple):
    """What the user carries to the administrator, and what stays on the device to open the response."""

    text: str
    private: bytes

    def __repr__(self) -> str:
        """Say what it is, never the private half."""
        return "Request(...)"


class _Ask(msgspec.Struct, frozen=True):
    sealed: bytes
    reply_to: bytes


def set_up(profile: Profile, key: bytes, administrator: bytes) -> None:
    """Keep the cache key sealed to the administrator's X25519 public key (32 bytes)."""
    sealed = _seal(key, administrator)
    keyslots.write(profile, msgspec.structs.replace(keyslots.read(profile), recovery=sealed.hex()))


def is_set_up(profile: Profile) -> bool:
    """Whether the profile has a key that the administrator can open."""
    return bool(keyslots.read(profile).recovery)


def recovery_request(profile: Profile) -> Request:
    """Ask the administrator for the key of this cache.

    Raises:
        RecoveryRefused: ``recovery_not_set_up``.
        CacheMissing: There is no cache.
    """
    sealed = keyslots.read(profile).recovery
    if not sealed:
        raise RecoveryRefused("recovery_not_set_up")
    private = PrivateKey.generate()
    ask = _Ask(bytes.fromhex(sealed), bytes(private.public_key))
    return Request(_armour(_REQUEST, msgspec.msgpack.encode(ask)), bytes(private))


def answer_request(text: str, administrator_private: bytes) -> str:
    """The administrator's side: open the seal of a request and seal the key again to whoever asks.

    Raises:
        RecoveryRefused: ``recovery_unreadable`` or ``recovery_not_for_this_key``.
    """
    try:
        ask = msgspec.msgpack.decode(_strip(_REQUEST, text), type=_Ask)
    except msgspec.DecodeError as error:
        raise RecoveryRefused("recovery_unreadable") from error
    key = _open(ask.sealed, administrator_private)
    return _armour(_RESPONSE, _seal(key, ask.reply_to))


def open_response(response: str, private: bytes) -> bytes:
    """The key of the cache, from the administrator's response to the request that ``private`` belongs to.

    Raises:
        RecoveryRefused: ``recovery_unreadable`` or ``recovery_not_for_this_key``.
    """
    return _open(_strip(_RESPONSE, response), private)


def _seal(key: bytes, to: bytes) -> bytes:
    try:
        return bytes(SealedBox(PublicKey(to)).encrypt(_MARK + key))
    except (CryptoError, TypeError, ValueError) as error:  # not 32 bytes, or a point that seals nothing
        raise RecoveryRefused("recovery_unreadable") from error


def _open(sealed: bytes, private: bytes) -> bytes:
    try:
        opened = SealedBox(PrivateKey(private)).decrypt(sealed)
    except (CryptoError, TypeError, ValueError) as error:
        raise RecoveryRefused("recovery_not_for_this_key") from error
    key = opened.removeprefix(_MARK)
    if not opened.startswith(_MARK) or len(key) != keyslots.KEY_BYTES:
        raise RecoveryRefused("recovery_unreadable")
    return key


def _armour(title: str, data: bytes) -> str:
    text = base64.b64encode(data).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join((title, *lines, "")) + "\n"


def _strip(title: str, text: str) -> bytes:
    """The bytes of an armoured text, as mail programs may have wrapped and indented it."""
    first, _, rest = text.strip().partition("\n")
    if first.strip() != title or len(rest) > _LONGEST:
        raise RecoveryRefused("recovery_unreadable")
    try:
        return base64.b64decode("".join(rest.split()), validate=True)
    except ValueError as error:
        raise RecoveryRefused("recovery_unreadable") from error
