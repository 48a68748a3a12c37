"""A season as small as the rules allow, and who sits at which device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from sync.contract import records as r
from sync.contract.ids import checklist_id
from sync.domain.findings import MIDAN_NS
from sync.server.services.sample import RESOURCES

_XFORM: Final = f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:midan="{MIDAN_NS}"><h:head><h:title>Lodging</h:title><model>
<instance><data xmlns="" id="small" version="1"><A01/><A01_note/><A02/></data></instance>
<bind nodeset="/data/A01" type="string" required="true()" midan:code="A01" midan:severity="critical"
 midan:violation="V03"/>
<bind nodeset="/data/A01_note" type="string" relevant="/data/A01 = 'nonconform'" midan:of="A01" midan:role="note"/>
<bind nodeset="/data/A02" type="string" required="true()" midan:code="A02" midan:severity="minor"/>
</model></h:head><h:body>
<input ref="/data/A01"><label>Licensed</label></input>
<input ref="/data/A01_note"><label>What was seen</label></input>
<input ref="/data/A02"><label>Clean</label></input>
</h:body></h:html>"""

CHECKLIST: Final = r.Checklist(
    id=checklist_id("small", "1"),
    form_id="small",
    version="1",
    inspection_type="IT04",
    title_ar="تفقد",
    title_en="Inspection",
    effective_from="2026-01-01",
    xform=_XFORM,
)

REGIONS: Final = ("makkah", "madinah")
MAKKAH: Final = r.Committee(id="k11", number=11, region="makkah", name_ar="لجنة مكة", name_en="Makkah")
MADINAH: Final = r.Committee(id="k21", number=21, region="madinah", name_ar="لجنة المدينة", name_en="Madinah")


def _person(person_id: str, role: str, committee: r.Committee | None, *regions: str) -> r.Person:
    where = regions or ((committee.region,) if committee else ())
    return r.Person(
        id=person_id,
        name_ar=f"الاسم {person_id}",
        name_en=person_id,
        role=role,
        committee_id=committee.id if committee else None,
        regions=where,
    )


PEOPLE: Final = {
    person.id: person
    for person in (
        _person("salem", "inspector", MAKKAH),
        _person("yasir", "inspector", MAKKAH),
        _person("fahd", "inspector", MAKKAH),
        _person("head", "committee_head", MAKKAH),
        _person("hind", "supervisor", None, "makkah"),
        _person("noura", "supervisor", None, "makkah", "madinah"),
        _person("badr", "inspector", MADINAH),
    )
}


class Seat(NamedTuple):
    """A device as it was enrolled: its committee, who was bound to it, and who else may be."""

    name: str
    number: int
    committee: r.Committee | None
    members: tuple[str, ...]
    others: tuple[str, ...] = ()


class Cast(NamedTuple):
    """Who there is, the devices they sit at, and the rows that no event makes."""

    people: Mapping[str, r.Person]
    seats: tuple[Seat, ...]
    register: tuple[r.Record, ...]


SEATS: Final = (
    Seat("alpha", 1, MAKKAH, ("salem", "yasir"), ("fahd", "head", "noura")),
    Seat("bravo", 1, None, ("hind",), ("noura",)),
    Seat("charlie", 2, MAKKAH, ("fahd", "head"), ("salem", "hind")),
    Seat("delta", 1, MADINAH, ("badr",), ("noura",)),
)


def place(place_id: str, region: str, name: str) -> r.Place:
    return r.Place(id=place_id, kind="hotel", name_ar=f"فندق {name}", name_en=name, region=region, city=region)


VISITED_PLACES: Final = (
    *(place(f"hotel-{at}", "makkah", f"Makkah {at}") for at in range(3)),
    *(place(f"inn-{at}", "madinah", f"Madinah {at}") for at in range(2)),
)
SPARE_PLACES: Final = (place("hotel-spare", "makkah", "Makkah spare"), place("inn-spare", "madinah", "Madinah spare"))
"""Places nobody visits, so that they can be taken out of the register."""
COMPANY: Final = r.Company(id="co1", name_ar="شركة العليان", name_en="Al-Olayan", licence="L-1", state="active")


def _register() -> tuple[r.Record, ...]:
    """The rows that no event makes."""
    rules = msgspec.json.decode((RESOURCES / "sample" / "season.json").read_bytes(), type=r.Season)
    codes = (
        r.Code(id="violation_type:V03", list="violation_type", code="V03", name_ar="مخالفة", name_en="Violation"),
        r.Code(
            id="complaint_category:CC01", list="complaint_category", code="CC01", name_ar="شكوى", name_en="Complaint"
        ),
    )
    return (rules, *codes, MAKKAH, MADINAH, *PEOPLE.values(), CHECKLIST, COMPANY, *VISITED_PLACES, *SPARE_PLACES)


SMALL: Final = Cast(PEOPLE, SEATS, _register())
