"""What must hold between a device and the centre when the link was fine long enough."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from inspector_app.storage import carried, evidence, outbox
from sync.server.services.centre import Centre
from sync.server.storage.rows import Rows
from tests.simulation import books
from tests.simulation.broken import hold
from tests.simulation.device import DeviceProcess


def device_is_level(device: DeviceProcess, centre: Centre) -> None:
    """The device holds exactly the rows of its scopes, as the centre has them."""
    with device.cache.read() as conn:
        base = books.base_rows(conn)
        held_back = _held_back(conn)
        laid = {(kind, name) for kind, name in conn.exec_driver_sql("SELECT kind, record_id FROM event WHERE laid")}
    with centre.database.read() as connection:
        numbered = books.numbered_rows(connection, books.granted(connection, device.id))
        there = Rows(connection)
        wanted = {key: (there.get(*key), row.rev) for key, row in numbered.items() if row.living}
    for key in sorted({*wanted, *base}):
        if key in base and key not in wanted and (key[0] in held_back or key in laid):
            continue  # a person is asked before so much goes; what waits in the tray keeps its record
        hold(
            base.get(key) == wanted.get(key),
            f"{device.name}: {key}\n  here  {base.get(key)}\n  there {wanted.get(key)}",
        )


def _held_back(conn: sa.Connection) -> set[str]:
    found = conn.exec_driver_sql("SELECT params ->> '$.kind' FROM sync_log WHERE code = 'sweep_held_back'").scalars()
    return set(found.all())


def events_are_settled(device: DeviceProcess, centre: Centre, *, restored: bool) -> None:
    """Every event is confirmed or held by a ledger row, or stands in the tray with its words; nothing waits.

    What came from other devices is settled alike. A restored centre forgets what it refused.
    """
    with device.cache.read() as conn:
        own = outbox.entries(conn, limit=_ALL)
        tray = {entry.id for entry in outbox.entries(conn, outbox.ATTENTION, limit=_ALL)}
        words = {event_id: outbox.words(conn, event_id) for event_id in tray}
        others = carried.entries(conn, limit=_ALL)
    with centre.database.read() as connection:
        ledger = {entry.event_id: entry.result for entry in books.ledger(connection)}
    for entry in (*own, *others):
        if entry.state == outbox.EventState.CARRIED and device.is_withdrawn:
            continue  # its maker has sent it himself under another identity, and this device learns nothing more
        what = f"{device.name}: {entry.action} {entry.id} is {entry.state}"
        judged = ledger.get(entry.id)
        said = f"{what}, and the centre says {judged}; here {entry.result}"
        if entry.state in _BY_OUTCOME:
            outcomes = _BY_OUTCOME[entry.state]
            forgotten = restored and entry.state == outbox.EventState.REFUSED
            hold(forgotten or (judged is not None and judged.outcome in outcomes), said)
        else:
            hold(entry.id in tray, f"{what}, although the link is fine")
        reused = entry.result is not None and entry.result.code == "number_reused"
        hold(not reused, f"{what}: the device has no identity of its own")
        if entry.id in tray:
            hold(entry.text in words[entry.id], f"{what}, and its words are lost: {entry.text!r}")


_ALL = 100_000
_BY_OUTCOME = {
    outbox.EventState.CONFIRMED: ("applied", "merged", "quarantined"),
    outbox.EventState.REFUSED: ("rejected", "conflict", "quarantined"),
    outbox.EventState.HELD: ("quarantined",),
}
"""What the centre has said to an event in one of these states; about what was held a supervisor has decided since."""


_GIVEN_UP = frozenset({"upload_hash_wrong", "bad_request"})
"""How a piece ends that wrong bits met at every try; it is shown as given up."""


def evidence_is_there(device: DeviceProcess, centre: Centre, *, damaging: bool) -> None:
    """What the device believes complete is at the centre with its hash; nothing confirmed waits; every file reads."""
    with device.cache.read() as conn:
        pieces = conn.exec_driver_sql("SELECT sha256, state, problem FROM evidence").all()
        due = conn.exec_driver_sql(
            "SELECT sha256 FROM event_evidence JOIN event ON event.id = event_id WHERE event.state = 'confirmed'"
        )
        confirmed = frozenset(due.scalars())
    for sha256, state, problem in pieces:
        hold(
            hashlib.sha256(evidence.read(device.cache, sha256)).hexdigest() == sha256,
            f"{device.name}: {sha256} is damaged",
        )
        given_up = damaging and state == "failed" and problem in _GIVEN_UP
        if sha256 in confirmed and state != "draft" and not given_up:
            hold(
                state == "complete",
                f"{device.name}: evidence {sha256[:8]} is {state} {problem}, its event is confirmed",
            )
        if state == "complete":
            file = centre.evidence / sha256[:2] / sha256
            whole = file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256
            hold(whole, f"{device.name} believes {sha256[:8]} complete, and the centre does not have it")
