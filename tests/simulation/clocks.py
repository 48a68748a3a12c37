"""Time that only the simulation moves: one true time, and the clocks of devices that may be wrong about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

RIYADH = timezone(timedelta(hours=3))
BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC).timestamp()


class Time:
    """The true time, in seconds since 1970."""

    def __init__(self) -> None:
        self.seconds = BEGINNING

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds

    def reach(self, seconds: float) -> None:
        """Go to a moment; one that is gone already changes nothing."""
        self.seconds = max(self.seconds, seconds)

    def utc(self) -> datetime:
        """The centre's clock, which is right."""
        return datetime.fromtimestamp(self.seconds, UTC)


class DeviceClock:
    """``sync.engine.ports.Clock`` of one machine; its wall clock may jump anywhere, the other one only ahead."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.wall_ahead = 0.0
        self.monotonic_ahead = 0.0

    def monotonic(self) -> float:
        return self._time.seconds - BEGINNING + self.monotonic_ahead

    def now(self) -> float:
        return self._time.seconds + self.wall_ahead

    def moment(self) -> datetime:
        """What the machine shows, with the field's offset."""
        return datetime.fromtimestamp(self.now(), RIYADH)
