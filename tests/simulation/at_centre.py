"""What must hold of the centre when everything has reached it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from sync.contract import effects
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.server.services.centre import Centre
from sync.server.storage import devices as registered
from sync.server.storage import tables as t
from tests.simulation import books
from tests.simulation.books import FIELD_KINDS, DictBook, Judged, Key
from tests.simulation.broken import hold
from tests.simulation.season import REGIONS


class Unheard(NamedTuple):
    """From a line of the ledger on, nothing of a device (or of one person at it) may have an effect by itself."""

    device_id: str
    person: str
    since: int


def unheard(centre: Centre, device_id: str, person: str = "") -> Unheard:
    """A device was withdrawn just now, or (``person``) somebody released from it."""
    with centre.database.read() as connection:
        return Unheard(device_id, person, len(books.ledger(connection)))


def holds_back(centre: Centre, lines: Mapping[str, bytes], what: Iterable[Unheard]) -> None:
    """Nothing had an effect by itself that came from a device or person that was not to be heard any more."""
    with centre.database.read() as connection:
        ledger = books.ledger(connection)
    for device_id, person, since in what:
        for entry in ledger[since:]:
            meant = entry.device_id == device_id and person in ("", e.decode(lines[entry.event_id]).user)
            hold(not meant or not entry.result.accepted, f"{entry.event_id} of {device_id} should have been held back")


def is_the_fold_of_its_ledger(centre: Centre, lines: Mapping[str, bytes]) -> None:
    """Every event in the ledger is one that was made, unchanged; its effect is there once; nothing else is there.

    An event in quarantine has none until a supervisor accepts it, and its words are there.
    """
    with centre.database.read() as connection:
        ledger = books.ledger(connection)
        there = books.records(connection)
    fold = DictBook({key: _unbound(record) for key, record in there.items() if key[0] not in FIELD_KINDS})
    for entry in ledger:
        hold(entry.event_id in lines, f"the centre judged an event nobody made: {entry.event_id}")
        hold(entry.sha256 == e.body_hash(lines[entry.event_id]), f"the centre judged another text of {entry.event_id}")
        if entry.result.accepted:
            _apply(fold, e.decode(lines[entry.event_id]))
        elif entry.result.outcome == "quarantined":
            _hold_back(fold, there, entry, lines[entry.event_id])
        else:
            hold(("refusal", entry.event_id) in there, f"{entry.event_id} was refused, and its words are not kept")
    for key in sorted({*fold.rows, *there}):
        if key[0] in FIELD_KINDS:
            hold(
                _unflagged(fold.rows.get(key)) == _unflagged(there.get(key)),
                f"at the centre {key} is not what the ledger comes to:\n"
                f"  fold  {fold.rows.get(key)}\n  there {there.get(key)}",
            )


def _unbound(record: r.Record) -> r.Record:
    """A person as if he worked everywhere: where he did when his event arrived is known no more."""
    return msgspec.structs.replace(record, regions=REGIONS) if isinstance(record, r.Person) else record


def _unflagged(record: r.Record | None) -> r.Record | None:
    """A record without what follows from where committees were when it came: its flags, and the region of a case."""
    if isinstance(record, r.Case):
        return msgspec.structs.replace(record, flags=(), region="")
    return msgspec.structs.replace(record, flags=()) if isinstance(record, r.Visit) else record


def _apply(fold: DictBook, event: e.Event) -> None:
    person = fold.rows["person", event.user]
    assert isinstance(person, r.Person)
    try:
        fold.take(effects.effect_of(event, effects.Actor(person, at_centre=True), fold).records)
    except Refused as refused:
        hold(False, f"the centre accepted {event.action} {event.id}, which was not legal: {refused}")


def _hold_back(fold: DictBook, there: Mapping[Key, r.Record], entry: Judged, line: bytes) -> None:
    kept = there.get(("quarantined", entry.event_id))
    hold(kept is not None, f"{entry.event_id} is in quarantine, and a supervisor cannot see it")
    assert isinstance(kept, r.Quarantined)
    body = kept.body.encode()
    if kept.event_kind == "contact":  # how to reach a reporter is kept until somebody has decided, and no longer
        hold(body in (line, b"") and (kept.state == "open" or not body), f"{entry.event_id}: a contact is kept")
        body = line if kept.state == "accepted" else body
    else:
        hold(body == line, f"{entry.event_id} is another text in quarantine")
    fold.take([msgspec.structs.replace(kept, body=body.decode(), state="open", decided_by="", decided_at="", note="")])


def numbers_are_given_once(centre: Centre) -> None:
    """No two reports or cases have one number, unless they say so."""
    with centre.database.read() as connection:
        given = [
            number
            for kind in ("visit", "case")
            for number, flags in connection.execute(sa.select(t.RECORDS[kind].c.number, t.RECORDS[kind].c.flags)).all()
            if "number_duplicate" not in flags
        ]
    twice = sorted({number for number in given if given.count(number) > 1})
    hold(not twice, f"numbers were given twice: {twice}")


def has_withdrawn(centre: Centre, device_id: str) -> bool:
    """Whether a device is revoked."""
    with centre.database.read() as connection:
        known = registered.get(connection, device_id)
    return known is not None and known.revoked
