"""Today: what there is to finish, to mend, to watch and to send."""

from __future__ import annotations

from inspector_app.services.ground import Ground
from inspector_app.services.views import Today


class TodayPage:
    """The first page of the day."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def summary(self) -> Today:
        """Everything on it, in one read."""
        raise NotImplementedError
