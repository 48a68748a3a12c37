"""``make kills``: the real application, killed with SIGKILL at random moments of typing, submitting and syncing.

Each round a worker process (``tests.chaos.typist``) opens the application on the same profile and works; it is killed
at a random moment; what the profile then holds is held against what the screen had shown. After the last round
everything is sent, and the centre must have all of it once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inspector_app.app.server_process import ServerProcess
from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage.profile import Profile
from tests.chaos import centre, held
from tests.chaos.held import Held
from tests.chaos.material import photograph, sentence
from tests.chaos.promises import Line, Promises
from tests.support.desks import fill_in, lodging_checklist, refuse_to_sign, synchronise
from tests.support.laptop import QUICK
from tests.support.server import CODES, password_of

ROOT: Final = Path(__file__).parents[2]
PASSPHRASE: Final = "نخلة باسقة في وادي فاطمة"
PATIENCE_S: Final = 45.0
MOMENTS: Final[dict[str, tuple[tuple[str, float, float], ...]]] = {
    "typing": (("typed", 0.2, 4.0),),
    "submitting": (
        ("photographing", 0.0, 0.5),
        ("signing", 0.0, 1.0),
        ("submitting", 0.0, 0.35),
        ("opening_case", 0.0, 0.25),
    ),
    "syncing": (("opening", 0.3, 0.8), ("in", 0.0, 0.3), ("in", 0.1, 1.0)),
}
"""For each phase what is waited for, and from when to when after it the death comes, in seconds."""


class Stuck(AssertionError):
    """The worker ended by itself, or came to no moment to be killed at; the message has its last words."""


class Worker:
    """The application in a process of its own, heard through its standard output."""

    def __init__(self, profile: Path, phase: str, seed: int, errors: Path) -> None:
        command = [sys.executable, "-m", "tests.chaos.typist", str(profile), PASSPHRASE, phase, str(seed)]
        self._errors = errors
        with errors.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=profile.parent,
                env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.lines: list[Line] = []
        self._heard = threading.Condition()
        self._listener = threading.Thread(target=self._listen, name="typist-output")
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            if raw.endswith(b"\n"):  # the last line may have been cut off with its speaker
                with self._heard:
                    self.lines.append(json.loads(raw))
                    self._heard.notify()

    def wait_for(self, step: str) -> None:
        """Wait until this step is said.

        Raises:
            Stuck: It was not.
        """

        def said() -> bool:
            return any(line["step"] == step for line in self.lines) or not self._listener.is_alive()

        with self._heard:
            heard = self._heard.wait_for(said, PATIENCE_S)
        if not heard or self._process.poll() is not None:
            self.kill()
            raise Stuck(f"no {step!r} was said after {self.lines[-1:]}: {self._errors.read_text()[-2000:]}")

    def kill_after(self, seconds: float) -> float:
        """Let it work on, then kill it; the moment of its death on the clock of its lines.

        Raises:
            Stuck: It ended by itself.
        """
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()
        self.kill()
        raise Stuck(f"it ended after {self.lines[-1:]}: {self._errors.read_text()[-2000:]}")

    def kill(self) -> float:
        """SIGKILL, and hear what it still had said."""
        killed_at = time.monotonic()
        self._process.kill()
        self._process.wait()
        self._listener.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return killed_at


@dataclass(frozen=True)
class Cut:
    """One round: when the application was cut off, what was lost, and every promise that was not kept."""

    phase: str
    moment: str
    after_ms: float
    loss_ms: float
    unsent: int
    unsent_pieces: int
    broken: list[str]


@dataclass
class Season:
    """One device and its centre through many deaths."""

    folder: Path
    address: str
    rng: random.Random
    cuts: list[Cut] = field(default_factory=list)
    _moments: dict[str, list[tuple[str, float, float]]] = field(default_factory=dict)

    @property
    def profile(self) -> Path:
        """The folder of the device."""
        return self.folder / "profile"

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The profile opened by its passphrase, as at the next start."""
        with Profile(self.profile) as profile:
            desk = Access(profile, HttpTransport).unlock(PASSPHRASE)
            try:
                yield desk
            finally:
                desk.lock()

    def enrol(self) -> None:
        """Make the profile, with a passphrase that is quick to try, and let the register come in."""
        with Profile(self.profile) as profile:
            access = Access(profile, HttpTransport)
            desk = access.enrol(self.address, CODES["makkah"], "ahmad", password_of("ahmad"), PASSPHRASE, "laptop")
            desk.cache.add_slot(PASSPHRASE, desk.person.id, QUICK)
            synchronise(desk)
            desk.lock()

    def cut_off(self, phase: str) -> Cut:
        """One round: prepare, let the application work, kill it, look."""
        with self.desk() as desk:
            self._prepare(desk, phase)
            before = held.read(desk)
        step, earliest, latest = self._moment(phase)
        worker = Worker(self.profile, phase, self.rng.randrange(2**32), self.folder / "typist.log")
        worker.wait_for(step)
        killed_at = worker.kill_after(self.rng.uniform(earliest, latest))
        with self.desk() as desk:
            after = held.read(desk)
        promises = Promises(before, worker.lines, killed_at)
        broken = [*before.faults, *after.faults, *promises.broken(after)]
        last = worker.lines[-1]
        loss_ms = promises.worst_loss_s * 1000
        cut = Cut(
            phase, last["step"], (killed_at - last["at"]) * 1000, loss_ms, after.unsent, after.unsent_pieces, broken
        )
        self.cuts.append(cut)
        return cut

    def _moment(self, phase: str) -> tuple[str, float, float]:
        """Every moment of a phase comes before one comes again, in an order of chance."""
        left = self._moments.setdefault(phase, [])
        if not left:
            left.extend(self.rng.sample(MOMENTS[phase], len(MOMENTS[phase])))
        return left.pop()

    # ----------------------------------------------------------------------------------------------------- preparing

    def _prepare(self, desk: Desk, phase: str) -> None:
        """What would take too long with hands: visits that are all but finished, and much to send."""
        if phase == "submitting":
            self._finish_drafts(desk)
        if phase == "syncing":
            for _ in range(3):
                self._submit(desk)
                fields = CaseFields(kind="complaint", category="CC01", priority="P3", text=sentence(self.rng))
                desk.cases.open(fields)

    def _finish_drafts(self, desk: Desk) -> None:
        while len(desk.visits.drafts()) < 2:
            self._start(desk)
        for row in desk.visits.drafts():
            opened = desk.visits.open_draft(row.id)
            said = {ref.rsplit("/", 1)[-1]: state.value for ref, state in opened.session.states().items()}
            fill_in(desk, row.id, **{code: value for code, value in said.items() if value == "nonconform"})

    def _submit(self, desk: Desk) -> None:
        draft_id = self._start(desk)
        fill_in(desk, draft_id)
        for _ in range(2):
            desk.visits.attach(draft_id, "", photograph(self.rng, 1600, 1200))
        refuse_to_sign(desk, draft_id)
        desk.visits.submit(draft_id)

    def _start(self, desk: Desk) -> str:
        hotel = self.rng.choice(desk.register.all("place", place_kind="hotel"))
        return desk.visits.start(hotel, checklist_id=lodging_checklist(desk))

    # ------------------------------------------------------------------------------------------------------- the end

    def send_everything(self) -> Held:
        """Sync to the end, without a death."""
        with self.desk() as desk:
            synchronise(desk)
            return held.read(desk)


@dataclass(frozen=True)
class Outcome:
    """What came of all rounds: each cut, what the device held in the end, and what was wrong at the centre."""

    cuts: list[Cut]
    held: Held
    at_centre: list[str]

    @property
    def broken(self) -> list[str]:
        """Everything that was not as it was promised."""
        at_rounds = [f"round {n} ({cut.phase}): {what}" for n, cut in enumerate(self.cuts, 1) for what in cut.broken]
        left = (self.held.unsent, self.held.unsent_pieces)
        unsent = [f"{left[0]} events and {left[1]} pieces of evidence stay unsent"] if any(left) else []
        return [*at_rounds, *self.held.faults, *unsent, *self.at_centre]


def run(folder: Path, rounds: int, seed: int, told: Callable[[int, Cut], None] = lambda number, cut: None) -> Outcome:
    """Kill the application so many times, then send everything and look at the centre.

    Args:
        folder: An empty one, for the device and the centre.
        rounds: How many.
        seed: Everything that is left to chance follows from it, but not how fast the machine is.
        told: Hears of each round.
    """
    rng = random.Random(seed)
    phases: list[str] = []
    with ServerProcess(folder / "server") as server:
        season = Season(folder, server.address, rng)
        season.enrol()
        for number in range(1, rounds + 1):
            phases = phases or rng.sample(list(MOMENTS), len(MOMENTS))
            told(number, season.cut_off(phases.pop()))
        in_the_end = season.send_everything()
    return Outcome(season.cuts, in_the_end, centre.faults(folder / "server", in_the_end))


def say(words: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _tell(number: int, cut: Cut) -> None:
    say(
        f"{number:5}  {cut.phase:10}  {cut.moment:14}  {cut.after_ms:6.0f} ms  {cut.loss_ms:6.0f} ms  "
        f"{cut.unsent:6}  {cut.unsent_pieces:6}  {'; '.join(cut.broken) or 'kept'}"
    )


def main() -> int:
    """Kill, and print what came of it.

    Returns:
        0 when every promise was kept.
    """
    parser = argparse.ArgumentParser(prog="kills")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    started = time.monotonic()
    say(f"{chosen.rounds} rounds, seed {chosen.seed}")
    say("round  phase       last seen       before it    typing lost  events  pieces  promises")
    with tempfile.TemporaryDirectory(prefix="midan-kills-") as folder:
        outcome = run(Path(folder), chosen.rounds, chosen.seed, _tell)
    say("\nphase       kills  worst typing loss")
    for phase in MOMENTS:
        cuts = [cut for cut in outcome.cuts if cut.phase == phase]
        if cuts:
            say(f"{phase:10}  {len(cuts):5}  {max(cut.loss_ms for cut in cuts):6.0f} ms")
    kinds = [report.kind for report in outcome.held.reports.values()]
    say(
        f"\nAt the centre, each once: {kinds.count('visit')} visits, {kinds.count('case')} cases, "
        f"{len(outcome.held.events)} events. {len(outcome.held.drafts)} drafts stay on the device. "
        f"{time.monotonic() - started:.0f} s."
    )
    for what in outcome.broken:
        say(f"BROKEN  {what}")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
