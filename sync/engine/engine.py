"""The machine itself: one step is one thing done with the centre; it says what it did and when to come back."""

from __future__ import annotations

from collections.abc import Callable

from sync.contract.problems import Refused
from sync.engine.calls import Caller, Session
from sync.engine.fetching import fetch as fetch
from sync.engine.ports import Clock, LinkDown, Random, Store, Transport
from sync.engine.pulling import Puller
from sync.engine.pushing import Pusher, Relayer
from sync.engine.reports import Backoff
from sync.engine.reports import Link as Link
from sync.engine.reports import Phase as Phase
from sync.engine.reports import Report as Report
from sync.engine.snapshot import Enough, Snapshot
from sync.engine.standing import Standing
from sync.engine.traffic import Traffic
from sync.engine.uploading import Uploader, Uploads

_POLL_S = 60.0
_WIPED_S = 3600.0

_ROUND = (Phase.PUSH, Phase.RELAY, Phase.PULL, Phase.EVIDENCE, Phase.REST)
"""A round; what is pulled is reported as ``snapshot``, ``pull`` or ``check``."""


class Engine:
    """Pushes events, relays those of others, pulls, sends evidence, one request a step, until nothing is left to do.

    Then the machine rests and begins again when it is woken or a minute has passed. Nothing here sleeps or starts a
    thread: whoever calls ``step`` waits ``Report.wait_s`` in its own way.

    Attributes:
        session: Who the device is to the centre, its token, and the costs; readable from any thread.
        uploads: Which evidence is under way.
        progress: Given a report of each frame of a snapshot, while the step that gets them is still under way.
    """

    def __init__(self, store: Store, transport: Transport, clock: Clock, random: Random, *, client: str = "") -> None:
        """Nothing is asked yet.

        Args:
            store: What the device keeps.
            transport: The connection; the engine's own.
            clock: The device's.
            random: For the jitter of waiting times.
            client: Name and version of this program, for the centre's overview.
        """
        self._store = store
        self._clock = clock
        self._random = random
        self.session = Session(store.identity(), clock, outstanding=store.outstanding, client=client)
        self._caller = Caller.sharing(self.session, transport)
        self.uploads = Uploads(store)
        self.progress: Callable[[Report], None] = lambda report: None
        self._standing = Standing(store, self._caller)
        self._pusher = Pusher(store, self._caller, self._standing)
        self._relayer = Relayer(store, self._caller, self._standing)
        snapshot = Snapshot(store, self._caller, clock, self._standing, lambda: self._pusher.wanted)
        snapshot.progress = self._progressed
        self._puller = Puller(store, self._caller, snapshot)
        self._uploader = Uploader(store, self._caller, self.uploads, clock, random)
        self._uploaders = 0
        self._backoff = Backoff(random)
        self._phase = Phase.PUSH
        self._link = Link.UNKNOWN
        self._refusal = ""
        self._wiped = False
        self._begun_at = clock.monotonic()
        self._steps: dict[Phase, Callable[[], Report | None]] = {
            Phase.PUSH: self._pusher.step,
            Phase.RELAY: self._relay,
            Phase.PULL: self._pull,
            Phase.EVIDENCE: self._evidence,
            Phase.REST: self._rest,
        }

    @property
    def traffic(self) -> Traffic:
        """What this machine and its uploaders have cost so far."""
        return self.session.meter.so_far

    @property
    def clock_offset_s(self) -> float | None:
        """How far this device's clock is ahead of the centre's, in seconds, as last seen."""
        return self.session.clock_offset_s

    def uploader(self, transport: Transport) -> Uploader:
        """Another machine that sends evidence over a connection of its own, beside this one.

        From the first call on the engine itself sends none, and ``Report.evidence`` of a rest says whether some waits.
        """
        self._uploaders += 1
        caller = Caller.sharing(self.session, transport)
        return Uploader(self._store, caller, self.uploads, self._clock, self._random)

    def wake(self) -> None:
        """There is something new to do, or the link may be back: begin a round; evidence under way goes on after."""
        self._backoff.progressed()
        self._begin()

    def step(self) -> Report:
        """Do the next thing. Never raises for what the centre or the link does."""
        if self._wiped:
            return Report(Phase.REST, Link.REFUSED, wait_s=_WIPED_S, problem="device_revoked")
        before = self.traffic
        try:
            report = self._turn()
        except LinkDown as error:
            report = self._backoff.after(self._phase, error)
            self._link = report.link
        except Refused as error:
            report = self._refused(error)
        else:
            if report.phase is not Phase.REST:
                self._link = Link.ONLINE
                self._backoff.progressed()
        if self._standing.revoked:
            report = report._replace(link=Link.REFUSED, problem=report.problem or "device_revoked")
        after = self.traffic
        sent, received = after.sent - before.sent, after.received - before.received
        clock = self.session.clock_offset_s
        return report._replace(sent=sent, received=received, traffic=after, clock_ahead_s=clock)

    def _turn(self) -> Report:
        if self._phase is Phase.PUSH:
            self._caller.sign_in()
        while True:
            self._standing.listen()
            if self._standing.reborn:
                self._standing.reborn = False
                self._begin()
            report = self._steps[self._phase]()
            if report is not None:
                return report
            if self._phase is Phase.PUSH and self._pusher.moved:
                self._pusher.moved = False
                self._relayer.begin()  # what was blocked there may have waited for what was just judged
            self._phase = _ROUND[_ROUND.index(self._phase) + 1]

    def _begin(self) -> None:
        self._phase = Phase.PUSH
        for part in (self._pusher, self._relayer, self._puller):
            part.begin()
        self._begun_at = self._clock.monotonic()

    def _relay(self) -> Report | None:
        """Relay a batch; what was judged may be what an event of our own waits for, which then goes in this round."""
        report = self._relayer.step()
        if report is not None and report.events:
            self._pusher.begin()
            self._phase = Phase.PUSH
        return report

    def _pull(self) -> Report | None:
        if self._standing.revoked:
            return None
        try:
            report = self._puller.step()
        except Enough:
            self._phase = Phase.PUSH
            return Report(Phase.SNAPSHOT, Link.ONLINE)
        self._refusal = ""
        return report

    def _evidence(self) -> Report | None:
        if self._uploaders:
            return None
        if self._clock.monotonic() - self._begun_at > _POLL_S:  # photos can take hours; reports and answers cannot
            self._begin()
            return self._turn()
        return self._uploader.turn()

    def _rest(self) -> Report:
        left = bool(self._uploaders) and self.uploads.wanted
        if self._standing.revoked and not left and self._delivered():
            self._store.wipe()
            self._wiped = True
            return Report(Phase.REST, Link.REFUSED, wait_s=_WIPED_S, problem="device_revoked")
        self._begin()
        link = Link.REFUSED if self._refusal else self._link
        wait = self._random.uniform(_POLL_S * 0.8, _POLL_S * 1.2)
        return Report(Phase.REST, link, wait_s=wait, problem=self._refusal, evidence=left)

    def _delivered(self) -> bool:
        """Whether nothing of a withdrawn device can be delivered any more.

        What it was to relay for others and still waits does not count: they have it themselves.
        """
        return not self._pusher.waits and not self.uploads.busy

    def _refused(self, error: Refused) -> Report:
        """Wait, and go on with what is next: a centre that refuses one thing may still take the others."""
        phase, was_in = self._phase, self.session.has_token
        self._link = Link.REFUSED
        self.session.forget()
        self._store.note("error", error.code, error.fields)
        wait = self._backoff.failed()
        if phase is Phase.PULL and error.code == "device_revoked":
            self._begin()  # the next token says where the device stands; then it delivers without delay
        elif was_in and phase in (Phase.PUSH, Phase.RELAY, Phase.PULL):
            self._refusal, self._phase = error.code, _ROUND[_ROUND.index(phase) + 1]
            wait = max(wait, _POLL_S / 2)
        else:
            self._begin()
            wait = max(wait, _POLL_S / 2)
        return Report(phase, Link.REFUSED, wait_s=wait, problem=error.code, detail=str(error))

    def _progressed(self, report: Report) -> None:
        self._backoff.progressed()
        self.progress(report._replace(traffic=self.traffic))
