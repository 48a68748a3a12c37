"""The desk: everything a signed-in person can do, and locking it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Literal

from inspector_app.services import absence
from inspector_app.services.bundles import Bundles
from inspector_app.services.cases import Cases
from inspector_app.services.evidence import Evidence
from inspector_app.services.ground import Clock, Ground, system_clock
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.fetching import Fetcher
from inspector_app.services.outbox import Outbox
from inspector_app.services.quarantine import Quarantine
from inspector_app.services.register import Register
from inspector_app.services.review import Review
from inspector_app.services.settings import Settings
from inspector_app.services.today import TodayPage
from inspector_app.services.views.common import Device
from inspector_app.services.views.sync import Absence, Difference
from inspector_app.services.visits import Visits
from inspector_app.storage import delivery, evidence, keyslots, people, standing
from inspector_app.storage import device as devices
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import WrongPassphrase
from sync.contract import records as r
from sync.engine.ports import Identity


class Desk:
    """What a signed-in person can do; made by ``Access``, cheap to make, safe to use from several threads.

    Attributes:
        person: Who is signed in.
        device: This device as the centre knows it.
        cache: The open cache, for the sync store.
        register: Companies and places.
        visits: Visits and their drafts.
        cases: Complaints, notes and inquiries.
        review: Reports that wait for a supervisor.
        quarantine: What the centre holds back until a supervisor decides.
        today: What there is to do.
        outbox: What is on its way to the centre.
        bundles: What travels by hand.
        settings: What the person chose.
        evidence: Pictures, recordings and signatures.
        fetcher: Asks the centre for evidence of others; whoever knows the link allows it.
    """

    def __init__(self, cache: Cache, person: r.Person, device: Device, clock: Clock = system_clock) -> None:
        self.cache = cache
        self.person = person
        self.device = device
        self._clock = clock
        ground = Ground(cache, person, device, clock)
        self.settings = Settings(ground)
        self.fetcher = Fetcher(device.server_url, self._identity, SystemClock())
        self.evidence = Evidence(ground, self.fetcher)
        self.register = Register(ground)
        self.visits = Visits(ground, self.evidence)
        self.cases = Cases(ground, self.evidence)
        self.review = Review(ground)
        self.quarantine = Quarantine(ground)
        self.today = TodayPage(ground, self.visits)
        self.outbox = Outbox(ground)
        self.bundles = Bundles(ground)
        self._absence: Absence | None = None

    def people(self) -> tuple[r.Person, ...]:
        """Everybody who can unlock this device, the one signed in included."""
        with self.cache.read() as conn:
            return people.members(conn)

    def colleagues(self) -> tuple[r.Person, ...]:
        """The others of one's own committee, by name; nobody where there is no committee."""
        if self.person.committee_id is None:
            return ()
        with self.cache.read() as conn:
            known = people.of_committee(conn, self.person.committee_id)
        return tuple(one for one in known if one.id != self.person.id)

    def change_passphrase(self, old: str, new: str) -> None:
        """Another passphrase for the person signed in.

        Raises:
            StorageError: ``wrong_passphrase``, ``passphrase_weak``, ``passphrase_taken``.
        """
        if keyslots.unlock(self.cache.profile, old).person_id != self.person.id:
            raise WrongPassphrase
        self.cache.change_passphrase(new, self.person.id)

    def standing(self) -> Literal["good", "released", "withdrawn", "wiped"]:
        """How the device and the person signed in stand with the centre, as it last said; from any thread."""
        profile = self.cache.profile
        if profile.withdrawn:
            return "withdrawn" if profile.has_cache else "wiped"
        return "released" if self.person.id in standing.read(self.cache).released else "good"

    def notice_absence(self) -> None:
        """Remember what is here, where the device was away for long; before anything new comes."""
        self._absence = absence.noticed(self.cache, self._clock())

    @property
    def absence(self) -> Absence | None:
        """The long time without the centre that this device comes back from, or None."""
        return self._absence

    def changed_meanwhile(self) -> tuple[Difference, ...]:
        """What is different from when the device left; nothing where it was not away."""
        return () if self._absence is None else absence.differences(self.cache, self._absence)

    def tidy(self) -> None:
        """Let go of what the centre has had for a month, of what was fetched and is too much, and of stray files.

        Source: sync protocol: confirmed events and verified evidence are kept 30 days, so that a centre restored from
        a backup gets them again; what was fetched has a limit.
        """
        before = (self._clock() - timedelta(days=evidence.KEPT_DAYS)).astimezone(UTC).isoformat()
        with self.cache.write() as conn:
            delivery.forget_confirmed(conn, before)
        evidence.prune(self.cache, before)
        evidence.limit_fetched(self.cache)
        evidence.sweep(self.cache)

    def lock(self) -> None:
        """Forget the key; nothing of the desk may be used afterwards."""
        self.fetcher.close()
        self.cache.close()

    def _identity(self) -> Identity:
        with self.cache.read() as conn:
            return devices.identity(conn)
