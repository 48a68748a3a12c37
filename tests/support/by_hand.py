"""Laptops of one centre that have never met it together: each knows the others' keys, and there is no link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace
from nacl.signing import SigningKey

from inspector_app.services.bundles import Bundles
from inspector_app.services.desk import Desk
from inspector_app.services.ground import Ground
from inspector_app.services.views.common import Device
from inspector_app.storage import device as devices
from inspector_app.storage import people as members
from inspector_app.storage import rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.storage.rows import Row
from sync.contract import records as r
from tests.support import desks

OTHER_COMMITTEE = r.Committee(
    id="k12", number=12, region="makkah", name_ar="لجنة مكة الثانية", name_en="Second Makkah committee"
)
STRANGER = r.Person(
    id="str", name_ar="ماجد السلمي", name_en="Majed", role="inspector", committee_id="k12", regions=("makkah",)
)
_SEEDS = {"field": bytes([1]) * 32, "desk": bytes([2]) * 32, "other": bytes([3]) * 32, "away": bytes([4]) * 32}


def seed(name: str) -> bytes:
    """The seed of the key of one of the devices."""
    return _SEEDS[name]


def row(name: str, **changes: object) -> r.Device:
    """A device as the centre describes it to the others: a committee's, a supervisor's, another's, one far away."""
    made = {
        "field": r.Device(
            id="field", name="حاسوب الميدان", number=1, committee_id="k11", regions=("makkah",), public_key=""
        ),
        "desk": r.Device(
            id="desk",
            name="مكتب المشرف",
            number=2,
            committee_id="",
            regions=("makkah",),
            public_key="",
            supervises=True,
        ),
        "other": r.Device(
            id="other", name="حاسوب آخر", number=3, committee_id="k12", regions=("makkah",), public_key=""
        ),
        "away": r.Device(
            id="away", name="بعيد", number=4, committee_id="", regions=("madinah",), public_key="", supervises=True
        ),
    }[name]
    public = bytes(SigningKey(_SEEDS[name]).verify_key).hex()
    return replace(made, **{"public_key": public, **changes})


@contextmanager
def laptop(folder: Path, name: str, person: r.Person, *people: r.Person) -> Iterator[Desk]:
    """A laptop at which one person sits, and which the others may use; enrolled earlier, now without any link."""
    with Profile(folder / name) as profile:
        cache = Cache.create(profile, desks.PASSPHRASE, person.id, desks.QUICK)
        try:
            yield _seated(cache, name, person, people)
        finally:
            cache.close()


def _seated(cache: Cache, name: str, person: r.Person, others: tuple[r.Person, ...]) -> Desk:
    committees = {"k11": desks.COMMITTEE, "k12": OTHER_COMMITTEE}
    known = (*desks.season(), OTHER_COMMITTEE, STRANGER, *map(row, _SEEDS))
    own = row(name)
    with cache.write() as conn:
        for record in known:
            rows.put(conn, r.KIND_OF[type(record)], [Row(record, rev=1)])
        for member in (person, *others):
            members.bind(conn, member, desks.NOON.isoformat())
        devices.save(
            conn,
            devices.Device(
                url="http://127.0.0.1:9",
                server_id="centre",
                seed=_SEEDS[name],
                name=own.name,
                device_id=name,
                number=own.number,
                committee=committees.get(own.committee_id),
            ),
        )
    device = Device(
        id=name,
        number=own.number,
        name=own.name,
        server_url="http://127.0.0.1:9",
        server_id="centre",
        committee=committees.get(own.committee_id),
    )
    return Desk(cache, person, device, desks.Clock())


def bundles(desk: Desk) -> Bundles:
    """What a desk does by hand."""
    return Bundles(Ground(desk.cache, desk.person, desk.device, desks.Clock()))
