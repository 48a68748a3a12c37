"""The audit log of a form: who saw which question when, where, and what was changed, as ODK writes ``audit.csv``.

A form asks for it by a field ``audit`` in its ``meta`` group; ``Form.audit`` tells how. A ``Recorder`` is told what
happens on the screen and hands each finished line on, so that it holds no more than what is on the screen just now.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from xforms.errors import FormError

ODK = "{http://www.opendatakit.org/xforms}"
PRIORITIES = ("no-power", "low-power", "balanced", "high-accuracy")
MAX_FIXES = 1_000
"""Fixes that are kept to choose the best from; a device that fixes its place each second fills a quarter of an hour."""


class Event(StrEnum):
    """What may happen, by the names of the ODK specification; the application notes the last ones as it sees fit."""

    FORM_START = "form start"
    FORM_RESUME = "form resume"
    FORM_SAVE = "form save"
    FORM_EXIT = "form exit"
    FORM_FINALIZE = "form finalize"
    SAVE_ERROR = "save error"
    FINALIZE_ERROR = "finalize error"
    CONSTRAINT_ERROR = "constraint error"
    QUESTION = "question"
    GROUP_QUESTIONS = "group questions"
    ADD_REPEAT = "add repeat"
    DELETE_REPEAT = "delete repeat"
    JUMP = "jump"
    END_SCREEN = "end screen"
    CHANGE_REASON = "change reason"
    LOCATION_ENABLED = "location tracking enabled"
    LOCATION_DISABLED = "location tracking disabled"
    PROVIDERS_ENABLED = "location providers enabled"
    PROVIDERS_DISABLED = "location providers disabled"
    PERMISSIONS_GRANTED = "location permissions granted"
    PERMISSIONS_NOT_GRANTED = "location permissions not granted"
    RECORDING_ENABLED = "background audio enabled"
    RECORDING_DISABLED = "background audio disabled"


class Locating(NamedTuple):
    """How a device is to look for its place: ``priority`` of ``PRIORITIES``, seconds between two looks, and for how
    many seconds a fix is good enough to be written.
    """

    priority: str
    min_interval: float
    max_age: float


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What a form wants written.

    Attributes:
        ref: The field that names the file, ``/data/meta/audit``; once there is one, answer it with ``audit.csv``.
        locating: How places are found; None for a log without them.
        tracks_changes: Whether values before and after are written.
        identifies_user: Whether each line names the user, whom the application has to ask.
        asks_reasons: Whether saving changes to a sheet that was submitted before needs a reason.
    """

    ref: str
    locating: Locating | None = None
    tracks_changes: bool = False
    identifies_user: bool = False
    asks_reasons: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log, in their order."""
        return (
            "event",
            "node",
            "start",
            "end",
            *(("latitude", "longitude", "accuracy") if self.locating else ()),
            *(("old-value", "new-value") if self.tracks_changes else ()),
            *(("user",) if self.identifies_user else ()),
            *(("change-reason",) if self.asks_reasons else ()),
        )


def read_settings(ref: str, attributes: Mapping[str, str]) -> AuditSettings:
    """Reads the parameters of an audit field from the attributes of its bind.

    Raises:
        FormError: ``bad_audit``: some parameters of the place without the others, an unknown priority, no number.
    """
    names = ("location-priority", "location-min-interval", "location-max-age")
    given = [attributes.get(f"{ODK}{name}") for name in names]
    locating = None
    if any(given):
        locating = _locating(ref, [value or "" for value in given])
    return AuditSettings(
        ref,
        locating,
        tracks_changes=attributes.get(f"{ODK}track-changes") == "true",
        identifies_user=attributes.get(f"{ODK}identify-user") == "true",
        asks_reasons=attributes.get(f"{ODK}track-changes-reasons") == "on-form-edit",
    )


def _locating(ref: str, given: Sequence[str]) -> Locating:
    try:
        locating = Locating(given[0], float(given[1]), float(given[2]))
    except ValueError as error:
        message = "location-min-interval and location-max-age must be seconds, with a location-priority"
        raise FormError("bad_audit", message, ref) from error
    if locating.priority not in PRIORITIES:
        raise FormError("bad_audit", f"location-priority must be one of {', '.join(PRIORITIES)}", ref)
    if not 0 <= locating.min_interval <= locating.max_age:
        raise FormError("bad_audit", "location-max-age must not be less than location-min-interval", ref)
    return locating


class Fix(NamedTuple):
    """Where the device was: degrees, metres, and when in milliseconds of the log."""

    latitude: float
    longitude: float
    accuracy: float
    at: int


@dataclass(slots=True)
class _Shown:
    """A question on the screen: what it held when it came there."""

    ref: str
    before: str


class Recorder:
    """Writes one log, while one sheet is open.

    Times never run backwards in it, whatever the device's clock does.
    """

    def __init__(
        self,
        settings: AuditSettings,
        write: Callable[[str], None],
        value: Callable[[str], str],
        now: Callable[[], datetime],
        user: str = "",
    ) -> None:
        """Writes nothing yet.

        Args:
            settings: What the form wants written.
            write: Takes each line as it is finished, with its line feed; the first one of a new log is the header.
            value: The value of a question now, ``""`` where it is not relevant or gone.
            now: The clock, with its zone.
            user: Who fills the form, where the log is to say so.

        Raises:
            ValueError: The log is to name the user, and there is none.
        """
        if settings.identifies_user and not user:
            raise ValueError("this log names its user, and none is given")
        self._settings = settings
        self._write = write
        self._value = value
        self._now = now
        self._user = user
        self._last = 0
        self._fixes: deque[Fix] = deque(maxlen=MAX_FIXES)
        self._shown: list[_Shown] = []
        self._group = ""
        self._since = 0

    # The form as a whole

    def started(self) -> None:
        """A new sheet was begun: the log begins with its header."""
        self._write(_line(self._settings.columns))
        self.noted(Event.FORM_START)

    def resumed(self) -> None:
        """A stored sheet was opened again: the log goes on."""
        self.noted(Event.FORM_RESUME)

    def saved(self, reason: str = "") -> None:
        """The sheet was saved, with the reason for the changes where the form wants one."""
        self.left()
        if self._settings.asks_reasons and reason:
            self.noted(Event.CHANGE_REASON, reason=reason)
        self.noted(Event.FORM_SAVE)

    def finalised(self) -> None:
        """The sheet was finished."""
        self.left()
        self.noted(Event.FORM_FINALIZE)

    def closed(self) -> None:
        """The sheet was left."""
        self.left()
        self.noted(Event.FORM_EXIT)

    # What is on the screen

    def showed(self, refs: Sequence[str], group: str = "") -> None:
        """Questions came on the screen, in place of those before.

        Args:
            refs: The questions by reference.
            group: The group they were shown as one page of, ``""`` for a question alone.
        """
        self.left()
        self._since = self._moment()
        self._group = group
        self._shown = [_Shown(ref, self._value(ref)) for ref in refs]

    def left(self) -> None:
        """The questions went from the screen, or the application in the background."""
        shown, self._shown = self._shown, []
        group, self._group = self._group, ""
        if not shown and not group:
            return
        end = self._moment()
        if group:
            self._entry(Event.GROUP_QUESTIONS, group, self._since, end)
        # One page of several questions tells of each only what was changed there.
        for each in shown if not group or self._settings.tracks_changes else ():
            after = self._value(each.ref)
            changed = (each.before, after) if after != each.before else ("", "")
            self._entry(Event.QUESTION, each.ref, self._since, end, changed)

    def noted(self, event: Event, ref: str = "", reason: str = "") -> None:
        """Something happened in a moment: an instance added, an answer refused, a jump.

        Args:
            event: What.
            ref: Where in the form, ``""`` for nowhere.
            reason: The reason of a ``CHANGE_REASON``.
        """
        self._entry(event, ref, self._moment(), None, reason=reason)

    def located(self, latitude: float, longitude: float, accuracy: float) -> None:
        """The device found its place; does nothing where the log is without places."""
        if self._settings.locating is not None:
            self._fixes.append(Fix(latitude, longitude, accuracy, self._moment()))

    # Lines

    def _moment(self) -> int:
        self._last = max(self._last, int(self._now().timestamp() * 1000))
        return self._last

    def _entry(
        self,
        event: Event,
        ref: str,
        start: int,
        end: int | None,
        changed: tuple[str, str] = ("", ""),
        reason: str = "",
    ) -> None:
        settings = self._settings
        self._write(
            _line(
                [
                    event.value,
                    ref,
                    str(start),
                    "" if end is None else str(end),
                    *(self._place() if settings.locating else ()),
                    *(changed if settings.tracks_changes else ()),
                    *((self._user,) if settings.identifies_user else ()),
                    *((reason,) if settings.asks_reasons else ()),
                ]
            )
        )

    def _place(self) -> tuple[str, str, str]:
        """The most accurate fix that is young enough; nothing where there is none."""
        locating = self._settings.locating
        oldest = self._last - (locating.max_age if locating else 0) * 1000
        while self._fixes and self._fixes[0].at < oldest:
            self._fixes.popleft()
        best = min(self._fixes, key=lambda fix: (fix.accuracy, -fix.at), default=None)
        if best is None:
            return "", "", ""
        return repr(best.latitude), repr(best.longitude), repr(best.accuracy)


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_escaped, cells)) + "\n"


def _escaped(cell: str) -> str:
    """As the specification has it: quotation marks only around commas and line breaks, and doubled only there."""
    if not any(mark in cell for mark in ",\n\r"):
        return cell
    return '"' + cell.replace('"', '""') + '"'
