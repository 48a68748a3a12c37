"""The centre as its services see it: database, folder of evidence, clock, compiled checklists, and who it is."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from sync.contract import records as r
from sync.server.services import known_devices
from sync.server.services.clock import Clock, milliseconds, text, utc_now
from sync.server.services.forms import Forms
from sync.server.storage import meta, schema
from sync.server.storage.database import Database
from sync.server.storage.rows import Rows

_NAME = "مركز ميدان · Midan centre"


@dataclass(frozen=True)
class Centre:
    """What every service is given.

    Attributes:
        database: Open and at the newest revision.
        evidence: The folder of the evidence files.
        clock: Tells the time.
        server_id: Which server this is, for ever.
        name: What a person reads when enrolling.
        forms: Compiled checklists.
    """

    database: Database
    evidence: Path
    clock: Clock
    server_id: str
    name: str
    forms: Forms = field(default_factory=Forms)

    def now_ms(self) -> int:
        """The time as the books keep it."""
        return milliseconds(self.clock())

    def now(self) -> r.Moment:
        """The time as it travels."""
        return text(self.clock())

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_centre(url: str, evidence: Path, clock: Clock = utc_now) -> Centre:
    """Open a centre, bringing its database to the newest revision; a new one is given its identity.

    Args:
        url: See ``Database``.
        evidence: A folder, made where missing, readable by its owner only.
        clock: Tells the time.

    Raises:
        DatabaseUrlRefused: The URL is of no database the centre can use.
        NewerDatabase: The database is of a newer centre.
    """
    evidence.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(url)
    try:
        schema.upgrade(database)
        with database.write() as connection:
            if not meta.get(connection, "server_id"):
                meta.put(connection, "server_id", str(uuid.uuid4()))
                meta.put(connection, "epoch", secrets.token_hex(8))
                meta.put(connection, "name", _NAME)
            rows = Rows(connection)
            known_devices.add_missing(rows)
            rows.settle()
            server_id, name = meta.get(connection, "server_id"), meta.get(connection, "name")
    except BaseException:
        database.close()
        raise
    return Centre(database, evidence, clock, server_id, name)
