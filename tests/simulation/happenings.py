"""What happens now and then in a run, beside the work and the faults of the link: each method is one such thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from inspector_app.storage import rows
from inspector_app.storage.rows import Row
from sync.contract import records as r
from sync.contract import scopes
from sync.server.services import enrolment, people, tombstones
from sync.server.storage import devices as registered
from sync.server.storage.rows import writing
from tests.simulation import at_centre
from tests.simulation.season import MADINAH, MAKKAH, REGIONS, SPARE_PLACES, VISITED_PLACES, place
from tests.simulation.work import Work

if TYPE_CHECKING:
    from tests.simulation.device import DeviceProcess
    from tests.simulation.world import World

Happening = Callable[[], None]
DAY = 86_400.0


class Happenings:
    """Everything rare that a run may have."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sticks: list[tuple[Path, frozenset[str]]] = []
        self._random = world.random

    def drawn(self) -> tuple[tuple[Happening, int], ...]:
        """What this run has, and how often."""
        rare = self._random.random
        bundles = self._random.choice((0, 0, 16))
        restores = self._random.choice((0, 0, 0, 1, 2, 3))
        if bundles:  # or there would be nothing to carry
            for device in self._random.sample(self._world.devices, self._random.randint(1, 2)):
                device.silent_until = self._world.time.seconds + self._random.uniform(300, 900)
        most = (
            (self._late_copy, 6),
            (self._back_up, 2 if restores else 0),
            (self._clone, 1),
            (self._clock_jump, 2),
            (self._silence, 2),
            (self._partition, 1),
            (self._days_pass, 1 if rare() < 0.3 else 0),
            (self._two_months_without_a_link, 1 if rare() < 0.15 else 0),
            (self._lock, 3),
            (self._add_person, 1),
            (self._release_person, 1),
            (self._revoke, 1 if rare() < 0.3 else 0),
            (self._move_committee, 1 if rare() < 0.2 else 0),
            (self._bundle_made, bundles),
            (self._bundle_taken, 2 * bundles),
            (self._register_changes, 3),
            (self._row_spoilt, 2 if rare() < 0.3 else 0),
        )
        return *((what, self._random.randint(0, count)) for what, count in most), (self._restore, restores)

    # ------------------------------------------------------------------------------------------- the link and the disk

    def _late_copy(self) -> None:
        if self._world.centre.is_up:
            self._world.link.deliver_late()

    def _partition(self) -> None:
        """Nobody reaches the centre for a while."""
        self._world.link.parted_until = self._world.time.seconds + self._random.uniform(30, 300)
        self._world.happens("partition")

    def _silence(self) -> None:
        device = self._anyone()
        device.silent_until = self._world.time.seconds + self._random.uniform(60, 600)
        self._world.happens("device silent", device.name)

    def _lock(self) -> None:
        device = self._anyone()
        device.close()
        self._world.happens("cache closed and opened", device.name)

    def _clone(self) -> None:
        """A laptop is copied, disk and all, and both go on."""
        original = self._anyone()
        if original.is_wiped:
            return
        folder = self._world.folder / f"copy-of-{original.name}"
        self._world.add(original.copy(f"{original.name}'s copy", folder))
        self._world.happens("device cloned", original.name)

    def _row_spoilt(self) -> None:
        """A row on a device is lost, or another one than the centre's; the check has to find it."""
        device = self._anyone()
        if not device.is_open or device.is_withdrawn:
            return
        with device.cache.write() as conn:
            known = conn.exec_driver_sql(_UNTOUCHED).all()
            if not known:
                return
            kind, record_id = self._random.choice(sorted((str(kind), str(name)) for kind, name in known))
            how = self._random.choice(("lost", "older", "newer", "invented"))
            if how == "lost":
                rows.delete(conn, kind, [record_id])
            elif how == "invented":
                kind, record_id = "place", f"nowhere-{self._random.randrange(1000)}"
                rows.put(conn, "place", [Row(place(record_id, "makkah", "nowhere"), rev=1)])
            else:
                by = -1 if how == "older" else 5
                conn.exec_driver_sql(f'UPDATE "{kind}" SET rev = rev + ? WHERE id = ?', (by, record_id))  # noqa: S608
        device.spoilt.add((kind, record_id))
        self._world.happens(f"row {how} on a device", f"{device.name} {kind} {record_id}")

    # ------------------------------------------------------------------------------------------------------------ time

    def _clock_jump(self) -> None:
        device = self._anyone()
        device.clock.wall_ahead += self._random.choice((-1, 1)) * self._random.choice((90, 7_200, 40 * DAY))
        device.clock.monotonic_ahead += self._random.choice((0, 600, 20_000))
        self._world.happens("device clock jumped", device.name)

    def _days_pass(self) -> None:
        """Nobody does anything for days: no token is good any more, and what was confirmed may have become old."""
        days = self._random.choice((1, 12, 45, 200))
        self._skip(days)
        self._world.happens("days passed", str(days))

    def _two_months_without_a_link(self) -> None:
        """A device is away for sixty days; then everybody goes on."""
        device = self._anyone()
        device.silent_until = self._world.time.seconds + 60 * DAY
        self._world.happens("device silent for 60 days", device.name)
        self._world.plan.at(self._random.uniform(60, 240), lambda: self._skip(60))

    def _skip(self, days: int) -> None:
        """Days in which nobody does anything; then everybody signs in, and the centre tidies up as it does daily."""
        self._centre_tidies()
        self._world.plan.skip(days * DAY)
        for device in self._world.devices:
            if device.is_open and not device.is_withdrawn:
                self._world.look(device)
                device.was_tidied = True
                self._world.act(device, Work(self._random, device).tidy)

        self._centre_tidies()

    def _centre_tidies(self) -> None:
        if self._world.centre.is_up:
            tombstones.tidy(self._world.centre.centre)

    # ------------------------------------------------------------------------------------------------------ the centre

    def _back_up(self) -> None:
        if self._world.centre.is_up:
            self._world.centre.back_up()
            self._world.say("the centre is backed up")

    def _restore(self) -> None:
        if self._world.centre.has_backup:
            self._world.centre.restore()
            self._world.restored = True
            self._world.happens("centre restored from a backup")

    def _register_changes(self) -> None:
        """The centre renames a place, moves it to another region, takes one out, or adds one."""
        if not self._world.centre.is_up:
            return
        at = self._random.randrange(1000)
        what = self._random.choice(("renamed", "moved", "taken out", "added"))
        region = self._random.choice(("makkah", "madinah"))
        known = self._random.choice(SPARE_PLACES if what == "taken out" else VISITED_PLACES)
        with writing(self._world.centre.centre.database) as centre_rows:
            if what == "taken out":
                centre_rows.delete("place", known.id)
            else:
                made = {
                    "renamed": place(known.id, known.region, f"renamed {at}"),
                    "moved": place(known.id, region, f"moved {at}"),
                    "added": place(f"new-{at}", region, f"new {at}"),
                }[what]
                centre_rows.put([made], scopes.of_register(made))
        self._world.happens(f"place {what}", known.id)

    # --------------------------------------------------------------------------------------------------------- bundles

    def _bundle_made(self) -> None:
        """Somebody writes what waits on his device to a stick, for one or two other devices."""
        devices = [one for one in self._world.devices if one.is_open and not one.is_withdrawn and one.has_work()]
        if not devices:
            return
        device = self._random.choice(devices)
        stick = self._world.folder / f"stick-{len(self._sticks)}.midan"
        work = Work(self._random, device)
        self._world.act(device, lambda: work.export(stick))
        if stick.exists():
            self._sticks.append((stick, work.given_to))
            self._world.happens("bundle made", device.name)

    def _bundle_taken(self) -> None:
        """A stick is put into a device, mostly one that it is for; sometimes once more, and sometimes it is damaged."""
        if not self._sticks:
            return
        stick, given_to = self._random.choice(self._sticks)
        devices = [one for one in self._world.devices if one.is_open and not one.is_withdrawn]
        meant = [one for one in devices if one.id in given_to]
        if not devices:
            return
        device = self._random.choice(meant if meant and self._random.random() < 0.85 else devices)
        if self._random.random() < 0.2:
            stick = self._damaged(stick)
        self._world.act(device, lambda: Work(self._random, device).take(stick))
        self._world.happens("bundle taken", device.name)

    def _damaged(self, stick: Path) -> Path:
        data = bytearray(stick.read_bytes())
        if self._random.random() < 0.5:
            del data[self._random.randrange(len(data)) :]
            self._world.happens("bundle cut off")
        else:
            data[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
            self._world.happens("bundle with a wrong bit")
        damaged = self._world.folder / "damaged.midan"
        damaged.write_bytes(data)
        return damaged

    # ---------------------------------------------------------------------------------------------------------- rights

    def _move_committee(self) -> None:
        committee, region = self._random.choice((MAKKAH, MADINAH)), self._random.choice(REGIONS)
        if self._world.centre.is_up:
            people.move_committee(self._world.centre.centre, committee.number, region)
            self._world.happens("committee moved", f"{committee.id} to {region}")

    def _add_person(self) -> None:
        device = self._anyone()
        if device.is_open and not device.is_withdrawn:
            self._world.act(device, Work(self._random, device).add_person)
            self._world.unheard = [
                one for one in self._world.unheard if (one.device_id, bool(one.person)) != (device.id, True)
            ]
            self._world.happens("person added to a device", device.name)

    def _release_person(self) -> None:
        device = self._anyone()
        if not self._world.centre.is_up:
            return
        with self._world.centre.centre.database.read() as connection:
            bound = sorted(registered.people(connection, device.id))
        if bound:
            person = self._random.choice(bound)
            enrolment.release(self._world.centre.centre, device.id, person)
            self._world.unheard.append(at_centre.unheard(self._world.centre.centre, device.id, person))
            self._world.happens("person removed from a device", f"{device.name}, {person}")

    def _revoke(self) -> None:
        device = self._anyone()
        if self._world.centre.is_up:
            enrolment.revoke(self._world.centre.centre, device.id)
            self._world.unheard.append(at_centre.unheard(self._world.centre.centre, device.id))
            self._world.happens("device revoked", device.name)

    def _anyone(self) -> DeviceProcess:
        return self._random.choice(self._world.devices)


_UNTOUCHED = " UNION ALL ".join(
    f"SELECT '{kind}', id FROM \"{kind}\" WHERE event_id IS NULL AND base IS NULL AND rev > 0"  # noqa: S608
    for kind in r.KINDS
    if kind in ("place", "company", "code", "decision", "case_entry", "finding")
)
"""Rows of a device that are just what the centre sent."""
