"""What was saved of a damaged cache."""

from __future__ import annotations

import msgspec


class Rescued(msgspec.Struct, frozen=True, kw_only=True):
    """What was saved of a damaged cache: unsent events, drafts, pieces of evidence, and whether that is all.

    ``folder`` is the name of the folder, below ``set-aside`` of the profile, that has the damaged files whole.
    """

    folder: str
    events: int
    drafts: int
    evidence: int
    whole: bool
