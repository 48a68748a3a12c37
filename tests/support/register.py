"""A register of any size from a seed: companies and places with names such as they have, about 600 bytes a row."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final, NamedTuple

from sync.contract import records as r
from sync.contract import scopes
from sync.server.services import enrolment, people
from sync.server.services.centre import Centre
from sync.server.storage.rows import writing
from tests.support import desks

CODE: Final = "REGI-STER-2345-{:04d}"
"""The codes by which devices of the committee are enrolled, by their number from 0."""
PASSWORD: Final = "register-1448-{}"
"""The password of each person of the committee; his id is his user name."""
_AT_ONCE: Final = 4_000


class Word(NamedTuple):
    """One word of a name in both scripts."""

    ar: str
    en: str


def _words(text: str) -> tuple[Word, ...]:
    pairs = (pair.strip().split("=") for pair in text.split(","))
    return tuple(Word(ar, en) for ar, en in pairs)


_FIRST: Final = _words(
    "أنوار=Anwar,درة=Durrat,واحة=Wahat,بوابة=Bawabat,نسائم=Nasaim,ريحانة=Rayhanat,مشكاة=Mishkat,جوهرة=Jawharat,"
    "قناديل=Qanadil,ضيافة=Diyafat,منارة=Manarat,روافد=Rawafid,سنابل=Sanabil,غيمة=Ghaymat,ظلال=Zilal,ميثاق=Mithaq,"
    "وفادة=Wifadat,رواسي=Rawasi,أجنحة=Ajnihat,نبراس=Nibras,مرافئ=Marafi,سحاب=Sahab,خيمة=Khaymat,طيوب=Tuyub"
)
_SECOND: Final = _words(
    "الحرمين=Al-Haramayn,الميقات=Al-Miqat,المسعى=Al-Masa,البطحاء=Al-Batha,العزيزية=Al-Aziziyah,الشبيكة=Ash-Shubaikah,"
    "أجياد=Ajyad,المسفلة=Al-Misfalah,الحجون=Al-Hujun,كدي=Kudai,النوارية=An-Nawwariyah,العقيق=Al-Aqiq,قباء=Quba,"
    "سلع=Sal,الزاهر=Az-Zahir,التنعيم=At-Tanim,الرصيفة=Ar-Rusayfah,المعابدة=Al-Maabidah,جرول=Jarwal,الهجرة=Al-Hijrah"
)
_THIRD: Final = _words(
    "الذهبي=Golden,الكبير=Grand,الأول=First,الجديد=New,الهادئ=Quiet,الشرقي=East,الغربي=West,الملكي=Royal,الأخضر=Green,"
    "المبارك=Blessed,العالمي=International,الدولي=Global,الحديث=Modern,الراقي=Fine,الوسيط=Middle,الأصيل=Authentic"
)
_FAMILIES: Final = _words(
    "الغامدي=Al-Ghamdi,القرشي=Al-Qurashi,الزهراني=Az-Zahrani,الحازمي=Al-Hazmi,الثقفي=Ath-Thaqafi,السلمي=As-Sulami,"
    "الجهني=Al-Juhani,المطيري=Al-Mutairi,البلوي=Al-Balawi,الهذلي=Al-Hudhali,الخزاعي=Al-Khuzai,الفاسي=Al-Fasi"
)
_BUSINESSES: Final = _words(
    "لخدمات المعتمرين=Umrah Services,للعمرة والزيارة=for Umrah and Visits,لضيافة الزوار=Visitor Hospitality,"
    "لنقل المعتمرين=Pilgrim Transport,للسياحة الدينية=Religious Tourism,لإعاشة المعتمرين=Pilgrim Catering"
)
_LODGINGS: Final = _words("فندق=Hotel,برج=Tower,دار=House,نزل=Inn,أجنحة=Suites,شقق=Apartments")
_PACKAGES: Final = (
    ("economy", Word("الباقة الاقتصادية", "Economy package")),
    ("standard", Word("الباقة المتوسطة", "Standard package")),
    ("premium", Word("الباقة المميزة", "Premium package")),
)
_AGENTS: Final = {
    "ID": "نوسانتارا للأسفار، جاكرتا",
    "PK": "قراقرم للعمرة، لاهور",
    "EG": "النيل للسياحة، القاهرة",
    "DZ": "الأصالة للأسفار، الجزائر",
    "TR": "بوسفور للعمرة، إسطنبول",
    "IN": "ملبار للحج، كاليكوت",
}
_ROLES: Final = ("manager", "supervisor", "reception", "guide", "driver")
_CITIES: Final = {"makkah": (21.4225, 39.8262), "madinah": (24.4672, 39.6112), "jeddah": (21.5433, 39.1728)}
_LONG: Final = date(2026, 6, 16)


def rows(count: int, seed: int = 1448, regions: tuple[str, ...] = ("makkah",)) -> Iterator[r.Record]:
    """So many rows of a register, the same for the same seed, and the first of a longer one the same too.

    Args:
        count: How many; companies and places by turns.
        seed: Of everything in them.
        regions: Where the places are.
    """
    return islice(_endless(random.Random(seed), regions), count)


def _endless(rng: random.Random, regions: tuple[str, ...]) -> Iterator[r.Record]:
    number = 0
    while True:
        number += 1
        yield _company(rng, number)
        yield _place(rng, number, number, rng.choice(regions))


def _company(rng: random.Random, number: int) -> r.Company:
    first, second, family, business = (rng.choice(some) for some in (_FIRST, _SECOND, _FAMILIES, _BUSINESSES))
    form = rng.choice((Word("شركة", "Company"), Word("مؤسسة", "Establishment")))
    countries = rng.sample(tuple(_AGENTS), rng.randint(1, 3))
    return r.Company(
        id=f"RC-{number:06d}",
        name_ar=f"{form.ar} {first.ar} {second.ar} {family.ar} {business.ar}",
        name_en=f"{first.en} {second.en} {family.en} {business.en} {form.en}",
        licence=str(14_380_000 + number),
        state=rng.choices(("active", "suspended", "withdrawn"), (12, 2, 1))[0],
        licence_expires=_day(rng),
        guarantee_expires=_day(rng),
        grade=rng.choice("ABCD"),
        kind=rng.choice(("umrah", "tawafa", "transport")),
        city=rng.choice(tuple(_CITIES)),
        phone=f"+9661{rng.randrange(10**8, 10**9)}",
        staff_required=tuple(
            r.StaffNeed(role=role, city=city, required=rng.randint(1, 9))
            for city in rng.sample(tuple(_CITIES), 2)
            for role in rng.sample(_ROLES, rng.randint(2, 4))
        ),
        packages=tuple(
            r.Package(
                code=code, name_ar=name.ar, name_en=name.en, approved=rng.random() < 0.8,
                price_sar=rng.randrange(1500, 12_000, 100),
            )
            for code, name in _PACKAGES[: rng.randint(1, 3)]
        ),
        contracts=tuple(
            r.AgentContract(agent=_AGENTS[one], country=one, certified=rng.random() < 0.9, expires=_day(rng))
            for one in countries
        ),
    )  # fmt: skip


def _place(rng: random.Random, number: int, companies: int, region: str) -> r.Place:
    form, first, second, third = (rng.choice(some) for some in (_LODGINGS, _FIRST, _SECOND, _THIRD))
    lat, lon = _CITIES[region]
    wing = rng.randint(1, 60)
    return r.Place(
        id=f"RP-{number:06d}",
        kind=rng.choices(("hotel", "camp", "kitchen", "office"), (12, 1, 2, 3))[0],
        name_ar=f"{form.ar} {first.ar} {second.ar} {third.ar} {wing}",
        name_en=f"{first.en} {second.en} {third.en} {form.en} {wing}",
        region=region,
        city=region,
        lat=round(lat + rng.uniform(-0.09, 0.09), 6),
        lon=round(lon + rng.uniform(-0.09, 0.09), 6),
        confidence=rng.choice("AABBBCD"),
        capacity=rng.randrange(40, 2400, 10),
        stars=rng.choice((None, 2, 3, 4, 5)),
        tourism_licence=str(rng.randrange(10**7, 10**8)),
        distance_haram_m=rng.randrange(80, 9000),
        lodged_companies=tuple(dict.fromkeys(f"RC-{rng.randint(1, companies):06d}" for _ in range(rng.randint(0, 3)))),
        source="register",
        flags=("region_assigned",) if rng.random() < 0.1 else (),
    )


def _day(rng: random.Random) -> str:
    return (_LONG + timedelta(days=rng.randrange(30, 1400))).isoformat()


# ------------------------------------------------------------------------------------------------------- at a centre


def found(centre: Centre, count: int, devices: int = 4, seed: int = 1448) -> None:
    """Give an empty centre a season, one committee, and a register: all in all so many rows for a device of it.

    Args:
        centre: Empty.
        count: How many rows such a device receives (besides the rows of devices, which grow with their number).
        devices: How many codes there are to enrol one with.
        seed: Of the register.
    """
    base = [record for record in desks.season() if not isinstance(record, r.Place | r.Company)]
    with writing(centre.database) as unit:
        for record in base:
            if isinstance(record, r.Person):
                people.put_person(unit, record, people.account_of(record, record.id, PASSWORD.format(record.id)))
            else:
                unit.put([record], scopes.of_register(record))
    put(centre, rows(count - len(base), seed))
    people.set_recovery_key(centre)
    for number in range(devices):
        enrolment.add_code(centre, CODE.format(number), desks.COMMITTEE.id)


def put(centre: Centre, records: Iterable[r.Record]) -> None:
    """Write rows of a register, new or changed, some thousand a transaction."""
    waiting = iter(records)
    while some := list(islice(waiting, _AT_ONCE)):
        with writing(centre.database) as unit:
            for record in some:
                unit.put([record], scopes.of_register(record))
