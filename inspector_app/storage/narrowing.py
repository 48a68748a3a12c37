"""What lists of visits and lists of cases are narrowed by alike."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What both lists may be narrowed by; what is left as it is narrows nothing."""

    states: tuple[str, ...] = ()
    place_id: str = ""
    company_id: str = ""
    committee_id: str = ""
    region: str = ""

    def ids(self, table: sa.Table, *also: str) -> sa.Select[str]:
        """The ids that pass, in no order.

        Args:
            table: Whose.
            also: Further fields of the filter that name a column, which has to hold their value.
        """
        wanted = sa.select(table.c["id"])
        if self.states:
            wanted = wanted.where(table.c["state"].in_(self.states))
        for name in ("place_id", "company_id", "committee_id", "region", *also):
            if value := getattr(self, name):
                wanted = wanted.where(table.c[name] == value)
        return wanted
