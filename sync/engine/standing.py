"""What the centre has decided about this device, told to the store; and another identity for a copied device."""

from __future__ import annotations

from nacl.signing import SigningKey

from sync.contract import wire
from sync.engine import calls
from sync.engine.calls import Caller
from sync.engine.ports import Store


class Standing:
    """Tells the store the life of the centre's database and the standing of the device; the engine's thread only.

    Attributes:
        revoked: The device is withdrawn: it delivers what it has, and pulls nothing.
        reborn: The centre was restored while this engine ran: whoever notices begins again with what waits.
    """

    def __init__(self, store: Store, caller: Caller) -> None:
        self._store = store
        self._caller = caller
        self._life = ""
        self.revoked = self.reborn = False

    def listen(self) -> None:
        """Write down what came with the last token, if there is a new one."""
        told = self._caller.session.news()
        if told is None:
            return
        self.met(told.life)
        if told.revoked and not self.revoked:
            self._store.note("warning", "device_revoked", {})
        self.revoked = told.revoked
        self._store.standing(told.revoked, told.people)

    def met(self, life: str) -> None:
        """The centre named the life of its database; an older one names none."""
        if life and life != self._life:
            self._store.met(life)
            self._life, self.reborn = life, bool(self._life)


def reidentify(store: Store, caller: Caller) -> None:
    """Leave an identity that another device has too, and go on as the one that the centre gives.

    The key of the new one is on disk before it is asked for, and the centre answers the same key alike: an answer
    that was lost costs nothing.

    Raises:
        LinkDown: No whole answer.
        Refused: The centre gives none; ``not_found``: it is older than this and knows no such request.
    """
    device, server, _ = caller.session.identity
    key = SigningKey(store.next_seed())
    public = bytes(key.verify_key).hex()
    signature = key.sign(wire.reidentify_message(server, device, public)).signature.hex()
    request = wire.ReidentifyRequest(public_key=public, signature=signature)
    given = calls.post(caller, wire.REIDENTIFY, request, wire.EnrolReply)
    if given.server_id != server:
        raise calls.NotTheCentre("another identity at another server")
    store.reidentified(given)
    caller.session.become(store.identity())
    store.note("warning", "device_copied", {"number": str(given.device_number)})
