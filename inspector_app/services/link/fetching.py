"""Evidence that another device sent: fetched from the centre when somebody wants to see it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from inspector_app.services.errors import UserError
from inspector_app.services.link.http import HttpTransport
from sync.contract.problems import Refused
from sync.engine import calls
from sync.engine.fetching import fetch
from sync.engine.ports import Clock, Identity, LinkDown


class Fetcher:
    """Asks the centre for pieces of evidence, one at a time; safe to use from several threads.

    Args:
        address: The centre.
        identity: Asked for when the first piece is wanted, so that making a fetcher costs nothing.
        clock: For the token's age.
    """

    def __init__(self, address: str, identity: Callable[[], Identity], clock: Clock) -> None:
        self._address, self._identity, self._clock = address, identity, clock
        self._caller: calls.Caller | None = None
        self._transport: HttpTransport | None = None
        self._turn = threading.Lock()
        self.allowed = False
        """Whether the centre can be reached and may be asked; while it is False nothing waits for a dead link."""

    def __call__(self, sha256: str) -> bytes:
        """The plain bytes of a piece, whole and with the right hash.

        Raises:
            UserError: ``evidence_missing``: it is not here, and the centre cannot be asked or does not have it yet.
        """
        with self._turn:
            if not self.allowed:
                raise UserError("evidence_missing")
            try:
                return fetch(self._connected(), sha256)
            except Refused as error:
                self._caller = None  # the device may be another one by now: a copy got an identity of its own
                raise UserError("evidence_missing") from error
            except LinkDown as error:
                raise UserError("evidence_missing") from error

    def close(self) -> None:
        """Drop the connection; nothing can be fetched any more."""
        self.allowed = False
        if self._transport is not None:
            self._transport.abort()
            self._transport.close()

    def _connected(self) -> calls.Caller:
        if self._transport is None:
            self._transport = HttpTransport(self._address)
        if self._caller is None:
            self._caller = calls.Caller(self._identity(), self._transport, self._clock)
        return self._caller
