"""The log that a form may want of its filling (``audit.csv``): written while a draft is open, and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import xforms
from sync.contract import records as r
from xforms.audit import AuditSettings, Event, Recorder

FILE_NAME: Final = "audit.csv"


class FillingLog:
    """The log of one draft while it is open.

    What is on the screen just now is written when it is left; ``text`` is everything before that.
    """

    def __init__(
        self,
        settings: AuditSettings,
        session: xforms.Session,
        now: Callable[[], datetime],
        person: r.Person,
        so_far: str = "",
    ) -> None:
        """Goes on with a log, or begins one with its header.

        Args:
            settings: What the form wants written.
            session: The sheet that is filled.
            now: The clock, with its zone.
            person: Who fills it.
            so_far: What was kept when the draft was closed, or the device died.
        """
        self._settings, self._session, self._now = settings, session, now
        self._parts = [so_far]
        self._looked_at: tuple[str, ...] = ()
        self._recorder = Recorder(settings, self._parts.append, self._value, now, f"{person.name_ar} ({person.id})")
        if so_far:
            self._recorder.resumed()
        else:
            self._recorder.started()

    @property
    def text(self) -> str:
        """All finished lines."""
        self._parts[:] = ["".join(self._parts)]
        return self._parts[0]

    def looked_at(self, refs: Sequence[str]) -> bool:
        """These questions are before the user now, in place of those before; none: he looks elsewhere.

        Returns:
            Whether a line was finished by that, and is to be kept.
        """
        if tuple(refs) == self._looked_at:
            return False
        finished = bool(self._looked_at)
        self._looked_at = tuple(refs)
        if refs:
            self._recorder.showed(refs)
        else:
            self._recorder.left()
        return finished

    def answering(self, ref: str) -> None:
        """A question is about to be answered: it is looked at, whatever has the cursor."""
        if ref not in self._looked_at:
            self.looked_at((ref,))

    def answered(self, ref: str) -> None:
        """A question was answered: one that its constraint refuses is noted."""
        problem = self._session.state(ref).problem
        if problem is not None and problem.kind == "constraint":
            self._recorder.noted(Event.CONSTRAINT_ERROR, ref)

    def added(self, ref: str) -> None:
        """An instance was added to a repeat."""
        self._recorder.noted(Event.ADD_REPEAT, ref)

    def removing(self, ref: str) -> None:
        """An instance is about to be taken away, with what is looked at in it perhaps."""
        self.looked_at(())
        self._recorder.noted(Event.DELETE_REPEAT, ref)

    def located(self, fix: r.Fix) -> None:
        """The visit has a position; one that was taken too long ago for this log, as that of a photo may be, is none.

        A position without an accuracy was typed; it counts as exact, as there is nothing else to write.
        """
        locating = self._settings.locating
        if locating is None:
            return
        age = timedelta() if fix.at is None else self._now() - datetime.fromisoformat(fix.at)
        if age <= timedelta(seconds=locating.max_age):
            self._recorder.located(fix.lat, fix.lon, fix.accuracy_m or 0.0)

    def ended(self) -> None:
        """The page after the last question came."""
        self.looked_at(())
        self._recorder.noted(Event.END_SCREEN)

    def closed(self) -> None:
        """The draft was saved and left."""
        self.looked_at(())
        self._recorder.saved()
        self._recorder.closed()

    def finished(self) -> None:
        """The report is about to be submitted."""
        self.looked_at(())
        self._recorder.saved()
        self._recorder.finalised()

    def refused(self) -> None:
        """It could not be submitted."""
        self._recorder.noted(Event.FINALIZE_ERROR)

    def _value(self, ref: str) -> str:
        try:
            return self._session.relevant_value(ref) or ""
        except xforms.AnswerError:  # its instance was taken away
            return ""
