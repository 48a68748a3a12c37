"""Numbers of reports: each is given once; one that two reports have is flagged, never refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from sync.contract import events as e
from sync.contract import records as r
from sync.contract.effects import NUMBER_DUPLICATE, Effect, Group
from sync.server.storage import reports
from sync.server.storage.rows import Rows


class Numbers:
    """The numbers that the reports of one batch give themselves."""

    def __init__(self, rows: Rows) -> None:
        """Over the rows of a transaction; nothing is read yet."""
        self._rows = rows
        self._holders: defaultdict[str, set[str]] = defaultdict(set)

    def read(self, events: Iterable[e.Event]) -> None:
        """Read which reports have the numbers that some events give."""
        given = {number for event in events if isinstance(number := event.data.get("number"), str)}
        for number, record_id in reports.holders(self._rows.connection, given):
            self._holders[number].add(record_id)

    def flagged(self, effect: Effect) -> Effect:
        """An effect, not put yet, with a flag on each new report whose number another has already."""
        if not any(map(self._is_taken, effect.records)):
            return effect
        groups = tuple(Group(tuple(map(self._flagged, group.records)), group.scopes) for group in effect.groups)
        return effect._replace(groups=groups, flags=(*effect.flags, NUMBER_DUPLICATE))

    def _flagged(self, record: r.Record) -> r.Record:
        if isinstance(record, r.Visit | r.Case) and self._is_taken(record):
            return msgspec.structs.replace(record, flags=(*record.flags, NUMBER_DUPLICATE))
        return record

    def _is_taken(self, record: r.Record) -> bool:
        if not isinstance(record, r.Visit | r.Case) or self._rows.get(r.KIND_OF[type(record)], record.id) is not None:
            return False
        holders = self._holders[record.number]
        holders.add(record.id)
        return len(holders) > 1
