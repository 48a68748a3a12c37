"""Down, in bulk: the frames of a snapshot by Range, each in as soon as it is whole, so that a cut costs one frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote

from sync.contract import snapshots, wire
from sync.contract.problems import Refused
from sync.engine import calls
from sync.engine.calls import Caller, NotTheCentre, UnknownRefusal
from sync.engine.ports import Clock, LinkDown, Store
from sync.engine.reports import Link, Phase, Report
from sync.engine.standing import Standing

_TRIES = 3
_LONGEST_S = 20.0
"""After so long, an event that waits goes before the rest of the frames."""
_WITH_FRAMES = (200, 206)
_GONE = {"snapshot_gone", "not_found", "bad_request"}


class Enough(Exception):
    """Frames are left, and something else goes first."""


class _Frames:
    """Takes the bytes of a run of frames as they arrive; hands each on when it is whole and its hash is right."""

    def __init__(
        self,
        manifest: snapshots.Manifest,
        numbers: Sequence[int],
        begun: bytes,
        put_in: Callable[[int, bytes], None],
    ) -> None:
        """``begun`` are the first bytes of the first frame, where they came before."""
        self._manifest = manifest
        self._left = list(reversed(numbers))
        self._put_in = put_in
        self._held = bytearray(begun)

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole."""
        return len(self._held)

    @property
    def cut(self) -> tuple[str, bytes]:
        """The hash of the frame that is not whole, and its bytes so far."""
        return (self._manifest.frames[self._left[-1]].sha256 if self._left else "", bytes(self._held))

    @property
    def complete(self) -> bool:
        """Whether every frame has come."""
        return not self._left

    def __call__(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            BadPage: A frame is not the one that the manifest names, or there is more than was asked for.
        """
        self._held += data
        while self._left and self.held >= (length := self._manifest.frames[self._left[-1]].length):
            frame = bytes(self._held[:length])
            del self._held[:length]
            self._put_in(self._left[-1], frame)
            self._left.pop()
        if self._held and not self._left:
            raise wire.BadPage("more bytes than frames were asked for")


class _Run(NamedTuple):
    """A run of frames under way: which they are, which frames are still missing, and how many bytes came before."""

    manifest: snapshots.Manifest
    numbers: Sequence[int]
    left: Sequence[int]
    taking: _Frames
    begun: int


class _SomeAreHere(Exception):
    """Frames of a snapshot that begins are here already: what comes behind its manifest is not taken."""

    def __init__(self, manifest: snapshots.Manifest) -> None:
        super().__init__("some frames are here")
        self.manifest = manifest


class _Coming:
    """Takes an answer of frames; where no run is under way yet, the manifest in front of them first.

    An older centre gives the manifest alone, as JSON: that is kept in ``text``.
    """

    def __init__(self, begun: Callable[[snapshots.Manifest], _Run], run: _Run | None = None) -> None:
        self._begun = begun
        self._head = bytearray()
        self.run = run

    @property
    def held(self) -> int:
        """Bytes that came to nothing yet."""
        return len(self._head) if self.run is None else self.run.taking.held

    @property
    def text(self) -> bytes:
        """What came without frames."""
        return bytes(self._head)

    def __call__(self, data: bytes) -> None:
        """Take the next bytes; raises ``BadPage`` for what is not right, and what its run does."""
        if self.run is not None:
            self.run.taking(data)
            return
        self._head += data
        if len(self._head) > snapshots.MAX_MANIFEST_BYTES:
            raise wire.BadPage("a manifest without an end")
        if self._head.startswith(b"{"):
            return
        line, newline, rest = self._head.partition(b"\n")
        if newline:
            self._head.clear()
            self.run = self._begun(snapshots.read_manifest_line(bytes(line)))
            self.run.taking(bytes(rest))


class Snapshot:
    """The first sync, and every one that begins again: a run of frames a step.

    Attributes:
        usable: False where the centre is too old for snapshots, or what comes between is never right: then the plain
            feed does it all.
        progress: Given a report of each frame, while a step is still under way.
    """

    def __init__(
        self, store: Store, caller: Caller, clock: Clock, standing: Standing, urgent: Callable[[], bool]
    ) -> None:
        """Nothing is asked yet.

        Args:
            store: What the device keeps.
            caller: The way to the centre.
            clock: For how long a run takes.
            standing: Told which life the centre's database is in.
            urgent: Whether something waits that goes before frames.
        """
        self._store = store
        self._caller = caller
        self._clock = clock
        self._standing = standing
        self._urgent = urgent
        self._failures = 0
        self._cut = ("", b"")
        """The beginning of a frame that a cut left behind: however often the link breaks, every byte counts."""
        self.usable = True
        self.progress: Callable[[Report], None] = lambda report: None

    def step(self) -> Report | None:
        """Get the manifest, or the longest run of frames that are missing; None where it is all in, or unusable.

        Raises:
            LinkDown: The link broke; the frames that came before are in.
            Refused: The centre says no.
            Enough: An event goes first.
        """
        manifest = self._store.manifest()
        if manifest is None:
            return self._begin()
        missing = self._store.missing_frames()
        if not missing:
            self._store.end_snapshot(complete=True)
            return None
        return self._fetch(manifest, missing)

    def _begin(self) -> Report | None:
        """Get the manifest, with the frames behind it where the centre can: one request less on the way."""
        coming = _Coming(self._begun)
        try:
            return self._receive(wire.SNAPSHOT, {"Accept": wire.FRAMES}, coming)
        except _SomeAreHere as here:
            return self._report(here.manifest, self._store.missing_frames())
        except Refused as error:
            if error.code != "not_found":
                raise
            self.usable = False
            return None

    def _begun(self, manifest: snapshots.Manifest) -> _Run:
        """The whole of a snapshot of which nothing is here yet.

        Raises:
            _SomeAreHere: Frames of an earlier one are here, and are not fetched again.
        """
        self._standing.met(manifest.epoch.partition(".")[0])
        self._store.begin_snapshot(manifest)
        missing = self._store.missing_frames()
        if len(missing) < len(manifest.frames):
            raise _SomeAreHere(manifest)
        return self._run(manifest, missing)

    def _fetch(self, manifest: snapshots.Manifest, missing: Sequence[int]) -> Report:
        numbers = _longest(manifest, missing)
        first, last = manifest.frames[numbers[0]], manifest.frames[numbers[-1]]
        begun = self._cut[1] if self._cut[0] == first.sha256 else b""
        run = self._run(manifest, missing, begun)
        asked = f"bytes={first.offset + run.taking.held}-{last.offset + last.length - 1}"
        path = f"{wire.SNAPSHOT}/{quote(manifest.id, safe='')}"
        try:
            return self._receive(path, {"Range": asked}, _Coming(self._begun, run))
        except Refused as error:
            if error.code not in _GONE or isinstance(error, UnknownRefusal):
                raise
            self._failed(gone=True)
            return Report(Phase.SNAPSHOT, Link.ONLINE, problem=error.code, detail=str(error))

    def _run(self, manifest: snapshots.Manifest, missing: Sequence[int], begun: bytes = b"") -> _Run:
        """The longest run of missing frames, ready to take their bytes; ``begun`` are those that came before."""
        self._cut = ("", b"")
        started = self._clock.monotonic()
        left = list(missing)

        def put_in(number: int, data: bytes) -> None:
            frame = snapshots.read_frame(data, manifest.frames[number].sha256)
            self._store.apply_frame(number, frame)
            left.remove(number)
            self._failures = 0
            self.progress(self._report(manifest, left))
            if left and self._clock.monotonic() - started > _LONGEST_S and self._urgent():
                raise Enough

        numbers = _longest(manifest, missing)
        return _Run(manifest, numbers, left, _Frames(manifest, numbers, begun, put_in), len(begun))

    def _receive(self, path: str, headers: Mapping[str, str], coming: _Coming) -> Report:
        """Send a request whose answer is frames, and take them in as they arrive."""
        try:
            answer = self._caller.call("GET", path, headers=headers, take=coming)
        except (LinkDown, Enough):
            if coming.run is not None:
                self._keep_cut(coming.run)
            raise
        except (wire.BadPage, wire.TooLarge) as error:
            self._caller.session.meter.count(wasted=coming.held)
            self._failed()
            raise LinkDown(f"frames that are not right: {error}") from error
        run = coming.run
        if run is None:  # a centre older than this: the manifest alone
            manifest = calls.reply(answer._replace(body=coming.text), snapshots.Manifest)
            with suppress(_SomeAreHere):
                self._begun(manifest)
            return self._report(manifest, self._store.missing_frames())
        if not run.taking.complete:
            self._caller.session.meter.count(wasted=coming.held)
            if answer.status not in _WITH_FRAMES:
                raise NotTheCentre(f"an answer {answer.status} where a part was asked for")
            self._failed()  # a whole answer: the manifest says otherwise, and may itself be wrong
            raise LinkDown("fewer bytes than frames were asked for")
        rows = sum(run.manifest.frames[number].rows for number in run.numbers)
        return self._report(run.manifest, run.left)._replace(rows=rows)

    def _keep_cut(self, run: _Run) -> None:
        """Keep the beginning of the frame that did not come whole."""
        self._cut = run.taking.cut
        if len(self._cut[1]) > run.begun:
            so_far = self._report(run.manifest, run.left)
            self.progress(so_far._replace(done_bytes=so_far.done_bytes + run.taking.held))

    def _failed(self, *, gone: bool = False) -> None:
        """What goes wrong three times without one good frame between is left to the plain feed."""
        self._failures += 1
        if gone or self._failures >= _TRIES:
            self._store.end_snapshot(complete=False)
        self.usable = self._failures < _TRIES

    def _report(self, manifest: snapshots.Manifest, missing: Sequence[int]) -> Report:
        size, rows = sum(frame.length for frame in manifest.frames), sum(frame.rows for frame in manifest.frames)
        return Report(
            Phase.SNAPSHOT,
            Link.ONLINE,
            done_bytes=size - sum(manifest.frames[number].length for number in missing),
            total_bytes=size,
            done_rows=rows - sum(manifest.frames[number].rows for number in missing),
            total_rows=rows,
        )


def _longest(manifest: snapshots.Manifest, missing: Sequence[int]) -> Sequence[int]:
    """The longest run of missing frames, from the first, whose bytes lie one behind the other."""
    count = 1
    for before, number in pairwise(missing):
        frame = manifest.frames[before]
        if number != before + 1 or manifest.frames[number].offset != frame.offset + frame.length:
            break
        count += 1
    return missing[:count]
