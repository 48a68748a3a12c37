"""Two committees of five in Makkah: one on a single laptop, the other on three, and their supervisor on his own."""

from __future__ import annotations

from typing import Final

from sync.contract import records as r
from tests.simulation.season import Cast, Seat, place
from tests.support import desks

_ONE: Final = r.Committee(id="k11", number=11, region="makkah", name_ar="لجنة الحرم", name_en="Haram")
_THREE: Final = r.Committee(id="k12", number=12, region="makkah", name_ar="لجنة العزيزية", name_en="Aziziyah")
_PLACES: Final = 400


def _person(person_id: str, role: str, committee: r.Committee | None) -> r.Person:
    return r.Person(
        id=person_id,
        name_ar=f"الاسم {person_id}",
        name_en=person_id,
        role=role,
        committee_id=committee.id if committee else None,
        regions=("makkah",),
    )


def _members(committee: r.Committee, names: str) -> tuple[r.Person, ...]:
    head, *others = names.split()
    return _person(head, "committee_head", committee), *(_person(name, "inspector", committee) for name in others)


_PEOPLE: Final = (
    *_members(_ONE, "saad salem yasir fahd omar"),
    *_members(_THREE, "majid badr nasser talal ziyad"),
    _person("hind", "supervisor", None),
)
_SEATS: Final = (
    Seat("haram", 1, _ONE, ("saad", "salem", "yasir", "fahd", "omar")),
    Seat("aziziyah-1", 1, _THREE, ("majid", "badr")),
    Seat("aziziyah-2", 2, _THREE, ("nasser", "talal")),
    Seat("aziziyah-3", 3, _THREE, ("ziyad",)),
    Seat("office", 1, None, ("hind",)),
)


def cast() -> Cast:
    """The people, their devices, and a register of hotels with the real accommodation checklist."""
    known = (record for record in desks.season() if isinstance(record, r.Season | r.Code | r.Checklist))
    places = (place(f"hotel-{at:03}", "makkah", f"Makkah {at}") for at in range(_PLACES))
    return Cast({person.id: person for person in _PEOPLE}, _SEATS, (*known, _ONE, _THREE, *_PEOPLE, *places))
