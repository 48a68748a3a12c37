"""Evidence down: one whole piece from the centre, going on after a cut, with its hash as the last word."""

from __future__ import annotations

import hashlib

from sync.contract import wire
from sync.engine.calls import Caller, TryLater
from sync.engine.ports import LinkDown

_TRIES = 3


def fetch(caller: Caller, sha256: str) -> bytes:
    """Fetch one whole piece of evidence from the centre.

    After a cut the rest is asked for by ``Range``; a centre that does not know it sends everything once more.

    Raises:
        LinkDown: The link broke three times without one byte between, or the piece never came right.
        Refused: ``not_found`` or ``upload_incomplete``: it has not arrived there yet.
    """
    held = bytearray()
    silent = wrong = 0
    while True:
        came = bytearray()
        cut: LinkDown | None = None
        try:
            if _ask(caller, sha256, len(held), came):
                held.clear()
        except TryLater:
            raise
        except LinkDown as error:
            cut = error
        held += came
        if hashlib.sha256(held).hexdigest() == sha256:
            return bytes(held)
        silent = silent + 1 if cut is not None and not came else 0
        if cut is None or len(held) > wire.MAX_EVIDENCE_BYTES:
            caller.session.meter.count(wasted=len(held), retries=1)
            held.clear()
            wrong += 1
        if _TRIES in (silent, wrong):
            raise cut or LinkDown("the centre's copy never has the hash of its name")


def _ask(caller: Caller, sha256: str, offset: int, came: bytearray) -> bool:
    """Ask for a piece from ``offset`` on and let what comes be added to ``came``; whether it is the whole piece."""

    def take(data: bytes) -> None:
        if len(came) + len(data) > wire.MAX_EVIDENCE_BYTES:
            raise LinkDown("more bytes than any piece of evidence has")
        came.extend(data)

    headers = {"Range": f"bytes={offset}-"} if offset else {}
    return caller.call("GET", f"{wire.BLOBS}/{sha256}", headers=headers, take=take).status != 206
