"""What today holds."""

from __future__ import annotations

from typing import Literal

import msgspec

from inspector_app.services.views.cases import CaseRow
from inspector_app.services.views.drafts import DraftRow
from inspector_app.services.views.visits import VisitRow
from sync.contract import records as r


class Expiring(msgspec.Struct, frozen=True, kw_only=True):
    """A licence or guarantee that ends soon or has ended; ``what`` is ``licence`` or ``guarantee``; days may be < 0."""

    company: r.Company
    what: Literal["licence", "guarantee"]
    day: str
    days_left: int
    today: bool


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """What today holds. ``waiting`` counts unsent events; ``unsent_since`` is when the oldest of them was made."""

    drafts: tuple[DraftRow, ...]
    returned: tuple[VisitRow, ...]
    cases_near: tuple[CaseRow, ...]
    expiring: tuple[Expiring, ...]
    to_review: int
    waiting: int
    unsent_since: str | None
