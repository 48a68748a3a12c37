"""A signed-in person at a real encrypted cache with a small season in it, for every test above storage."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from inspector_app.services.desk import Desk
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.common import Device
from inspector_app.storage import device as devices
from inspector_app.storage import people, rows
from inspector_app.storage.cache import Cache
from inspector_app.storage.profile import Profile
from inspector_app.storage.rows import Row
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.contract.ids import checklist_id
from sync.domain import findings
from sync.engine.engine import Engine, Phase
from tests.support.laptop import DEVICE as DEVICE
from tests.support.laptop import PASSPHRASE as PASSPHRASE
from tests.support.laptop import QUICK as QUICK
from tests.support.season import COLLEAGUE as COLLEAGUE
from tests.support.season import COMMITTEE as COMMITTEE
from tests.support.season import INSPECTOR as INSPECTOR
from tests.support.season import SUPERVISOR as SUPERVISOR
from xforms import publish

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""12 Jumada al-Akhirah 1448, noon in Makkah."""

PLACE = r.Place(
    id="p1",
    kind="hotel",
    name_ar="فندق اجياد الذهبي",
    name_en="Ajyad Golden Hotel",
    region="makkah",
    city="makkah",
    lat=21.4200,
    lon=39.8260,
    confidence="A",
    tourism_licence="4031",
    lodged_companies=("co1",),
)
VAGUE_PLACE = r.Place(
    id="p2", kind="hotel", name_ar="دار الضيافة", name_en="", region="makkah", city="makkah", lat=21.5, lon=39.9,
    confidence="D",
)  # fmt: skip
COMPANY = r.Company(
    id="co1",
    name_ar="شركة العليان لخدمات المعتمرين",
    name_en="Al-Olayan",
    licence="L-100",
    state="active",
    licence_expires="2026-12-05",
    guarantee_expires="2027-06-01",
    grade="A",
    packages=(
        r.Package(code="P1", name_ar="اقتصادية", name_en="Economy", approved=True, price_sar=2100),
        r.Package(code="P2", name_ar="مميزة", name_en="Premium", approved=False),
    ),
    contracts=(r.AgentContract(agent="Nusantara", country="ID", certified=True, expires="2027-01-01"),),
)
OTHER_COMPANY = r.Company(
    id="co2", name_ar="مؤسسة الروضة للعمرة والزيارة", name_en="Al-Rawdah", licence="L-200", state="suspended",
    licence_expires="2026-11-01", grade="B",
)  # fmt: skip


class Clock:
    """A clock that a test can move on."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)  # no two moments of a test are the same
        return self.time

    def pass_(self, **spans: float) -> None:
        """Let time pass, in the units of ``timedelta``."""
        self.time += timedelta(**spans)


@lru_cache
def checklist() -> r.Checklist:
    """The accommodation checklist, published as the centre does it."""
    made = publish.publish(RESOURCES / "checklists" / "accommodation.xlsx")
    return r.Checklist(
        id=checklist_id(made.form_id, made.version),
        form_id=made.form_id,
        version=made.version,
        inspection_type="IT04",
        title_ar="تفقد سكن المعتمرين",
        title_en="Accommodation inspection",
        effective_from="2026-01-01",
        xform=made.xml,
    )


@lru_cache
def season() -> tuple[r.Record, ...]:
    """What a device has after its first sync."""
    rules = msgspec.json.decode((RESOURCES / "sample" / "season.json").read_bytes(), type=r.Season)
    catalogue = msgspec.json.decode((RESOURCES / "catalogue" / "domain_catalog.json").read_bytes())
    lists = {
        "violation_types": "violation_type",
        "complaint_categories": "complaint_category",
        "inquiry_categories": "inquiry_category",
        "inspection_types": "inspection_type",
    }
    codes = [_code(name, entry, at) for key, name in lists.items() for at, entry in enumerate(catalogue[key])]
    people_known = (INSPECTOR, COLLEAGUE, SUPERVISOR)
    return (rules, *codes, COMMITTEE, *people_known, checklist(), PLACE, VAGUE_PLACE, COMPANY, OTHER_COMPANY)


def _code(name: str, entry: dict[str, Any], position: int) -> r.Code:
    return r.Code(
        id=f"{name}:{entry['code']}",
        list=name,
        code=entry["code"],
        name_ar=entry["name_ar"],
        name_en=entry["name_en"],
        severity=entry.get("severity", ""),
        position=position,
    )


@contextmanager
def cache_in(folder: Path, records: Iterable[r.Record] | None = None) -> Iterator[Cache]:
    """A new encrypted cache with a season in it, and its people bound."""
    with Profile(folder) as profile:
        cache = Cache.create(profile, PASSPHRASE, INSPECTOR.id, QUICK)
        try:
            with cache.write() as conn:
                for record in season() if records is None else records:
                    rows.put(conn, r.KIND_OF[type(record)], [Row(record, rev=1)])
                for member in (INSPECTOR, COLLEAGUE, SUPERVISOR):
                    people.bind(conn, member, NOON.isoformat())
                devices.save(conn, DEVICE)
            yield cache
        finally:
            cache.close()


def seat(cache: Cache, person: r.Person, clock: Clock) -> Desk:
    """A person at the desk of a cache."""
    device = Device(
        id=DEVICE.device_id,
        number=DEVICE.number,
        name=DEVICE.name,
        server_url=DEVICE.url,
        server_id=DEVICE.server_id,
        committee=DEVICE.committee,
    )
    return Desk(cache, person, device, clock)


def fill_in(desk: Desk, draft_id: str, **answers: str) -> None:
    """Answer everything: every item conforms but those given by their code, which get a note; and save."""
    opened = desk.visits.open_draft(draft_id)
    session = opened.session
    for _ in range(3):  # some questions become relevant by the answers to others
        for ref, state in session.states().items():
            code = ref.rsplit("/", 1)[-1]
            if state.relevant and not state.readonly and (state.problem is not None or code in answers):
                session.answer(ref, answers.get(code) or _answer(state.choices))
    for item in findings.from_session(session, opened.form):
        assert item.answer == answers.get(item.code, "conform"), item
    desk.visits.save(draft_id, session.serialise())


def _answer(choices: tuple[Any, ...]) -> str:
    values = [choice.value for choice in choices]
    if "conform" in values:
        return "conform"
    return values[0] if values else "12"


def refuse_to_sign(desk: Desk, draft_id: str) -> None:
    """Keep that the representative did not sign, with reason and witness."""
    refused = r.Signature(status="refused", name="المناوب", reason="لا يملك صلاحية التوقيع", witness="ياسر الغامدي")
    desk.visits.sign(draft_id, refused)


def lodging_checklist(desk: Desk) -> str:
    """The accommodation checklist that is in force, among others."""
    [found] = [one.id for one in desk.visits.checklists() if one.form_id == "accommodation"]
    return found


def write_visit(desk: Desk, place_id: str = "p1", company_id: str | None = "co1", **answers: str) -> str:
    """A whole visit, from its start to its submission; returns the visit's id."""
    draft_id = desk.visits.start(place_id, company_id, lodging_checklist(desk))
    fill_in(desk, draft_id, **answers)
    refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id


def synchronise(desk: Desk) -> None:
    """Run the real engine over real HTTP until there is nothing left to do.

    Raises:
        AssertionError: The centre was not there, or refused.
    """
    transport = HttpTransport(desk.device.server_url)
    try:
        store = SyncStore(desk.cache, lambda: datetime.now(UTC))
        engine = Engine(store, transport, SystemClock(), random.SystemRandom())
        for _ in range(500):
            report = engine.step()
            assert not report.problem, report
            if report.phase is Phase.REST:
                return
        raise AssertionError("the engine found no end")
    finally:
        transport.close()
