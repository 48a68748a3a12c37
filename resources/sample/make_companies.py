"""Writes ``companies.json`` and ``lodgings.json``: made-up companies for the sample season, and whom they lodge where.

There is no public list of the licensed Umrah companies, so they are made, always the same ones:

    python resources/sample/make_companies.py
"""

from __future__ import annotations

import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
COUNT = 60
LODGINGS_EACH = 3
OPENING = date(2026, 6, 16)
"""1 Muharram 1448."""

_WORDS = (
    ("أنوار الحرمين", "Anwar Al-Haramain"),
    ("روابي مكة", "Rawabi Makkah"),
    ("طيبة المباركة", "Taibah Al-Mubarakah"),
    ("ركب الإيمان", "Rakb Al-Iman"),
    ("سفراء البيت", "Sufara Al-Bait"),
    ("دروب الخير", "Durub Al-Khair"),
    ("نسائم طيبة", "Nasaem Taibah"),
    ("وفد الرحمن", "Wafd Al-Rahman"),
    ("رحاب السكينة", "Rihab Al-Sakinah"),
    ("بوابة المعتمر", "Bawabat Al-Mutamir"),
    ("ضيافة الحجاز", "Diyafat Al-Hijaz"),
    ("قوافل النور", "Qawafil Al-Noor"),
    ("أفق المدينة", "Ufuq Al-Madinah"),
    ("مشارق الهدى", "Mashariq Al-Huda"),
    ("زهرة الوادي", "Zahrat Al-Wadi"),
    ("العهد الجديد", "Al-Ahd Al-Jadid"),
    ("بشائر اليسر", "Bashaer Al-Yusr"),
    ("منازل الكرام", "Manazil Al-Kiram"),
    ("درة أم القرى", "Durrat Umm Al-Qura"),
    ("صفوة الضيوف", "Safwat Al-Duyuf"),
)
_FORMS = (
    ("شركة {} لخدمات المعتمرين", "{} Umrah Services Company"),
    ("مؤسسة {} للعمرة والزيارة", "{} Establishment for Umrah and Visit"),
    ("{} لخدمات المعتمرين وزوار المسجد النبوي", "{} Services for Pilgrims and Visitors of the Prophet's Mosque"),
)
_PACKAGES = (
    ("economy", "الباقة الاقتصادية", "Economy package", 2200, 3400),
    ("standard", "الباقة المتوسطة", "Standard package", 3600, 5600),
    ("premium", "الباقة المميزة", "Premium package", 6200, 11800),
)
_AGENTS = (
    ("ID", "Nusantara Umrah Travel, Jakarta"),
    ("ID", "Sahabat Haramain, Surabaya"),
    ("PK", "Karwan-e-Rehmat, Karachi"),
    ("PK", "Safar-e-Haram Travels, Lahore"),
    ("ZA", "Cape Crescent Travel, Cape Town"),
    ("TR", "Yesil Kubbe Turizm, Istanbul"),
    ("KE", "Swahili Coast Pilgrimage, Mombasa"),
    ("US", "Crescent Journeys, Chicago"),
    ("EG", "رحلة النور للسياحة، القاهرة"),
    ("DZ", "الأصالة للأسفار، الجزائر"),
    ("IN", "Barakat Tours, Hyderabad"),
    ("BD", "Shapla Hajj Kafela, Dhaka"),
)
_STATES = ("active",) * 12 + ("suspended", "expired", "cancelled")
_STAFF = (("manager", 1, 1), ("supervisor", 1, 4), ("reception", 2, 6), ("guide", 2, 8))


def main() -> None:
    """Write both files."""
    chance = random.Random(1448)  # noqa: S311 - the same made-up data every time
    companies = [_company(number, chance) for number in range(1, COUNT + 1)]
    _write("companies.json", companies)
    _write("lodgings.json", _lodgings(companies, chance))


def _company(number: int, chance: random.Random) -> dict[str, Any]:
    word_ar, word_en = _WORDS[(number - 1) % len(_WORDS)]
    form_ar, form_en = _FORMS[(number - 1) // len(_WORDS)]
    state = chance.choice(_STATES)
    city = chance.choice(("makkah", "makkah", "madinah", "jeddah"))
    licence_ends = OPENING + timedelta(days=chance.randint(-90, -5) if state == "expired" else chance.randint(40, 700))
    return {
        "id": f"company-{number:03d}",
        "name_ar": form_ar.format(word_ar),
        "name_en": form_en.format(word_en),
        "licence": f"14{chance.randint(38, 47)}{number:04d}",
        "state": state,
        "licence_expires": licence_ends.isoformat(),
        "guarantee_expires": (OPENING + timedelta(days=chance.randint(-30, 500))).isoformat(),
        "grade": chance.choice("AABBBC"),
        "kind": chance.choice(("umrah",) * 6 + ("tawafa", "domestic")),
        "city": city,
        "phone": f"+966125{chance.randint(0, 999999):06d}",
        "staff_required": [
            {"role": role, "city": place, "required": chance.randint(low, high)}
            for place in sorted({city, "makkah", "madinah"})
            for role, low, high in _STAFF
        ],
        "packages": [_package(package, chance) for package in chance.sample(_PACKAGES, chance.randint(1, 3))],
        "contracts": [_contract(agent, chance) for agent in chance.sample(_AGENTS, chance.randint(1, 4))],
    }


def _package(package: tuple[str, str, str, int, int], chance: random.Random) -> dict[str, Any]:
    code, name_ar, name_en, low, high = package
    price = chance.randrange(low, high, 50)
    return {
        "code": code,
        "name_ar": name_ar,
        "name_en": name_en,
        "approved": chance.random() < 0.85,
        "price_sar": price,
    }


def _contract(agent: tuple[str, str], chance: random.Random) -> dict[str, Any]:
    country, name = agent
    expires = OPENING + timedelta(days=chance.randint(-20, 600))
    return {
        "agent": name,
        "country": country,
        "certified": chance.random() < 0.8,
        "expires": expires.isoformat(),
    }


def _lodgings(companies: list[dict[str, Any]], chance: random.Random) -> dict[str, dict[str, Any]]:
    with (FOLDER / "hotels_makkah_madinah_osm.csv").open(encoding="utf-8", newline="") as file:
        hotels = [row["id"] for row in csv.DictReader(file) if row["name_ar"]]
    lodgings: dict[str, dict[str, Any]] = {}
    for company in companies:
        for hotel in chance.sample(hotels, LODGINGS_EACH):
            made = {
                "capacity": chance.randrange(80, 1200, 20),
                "tourism_licence": str(chance.randrange(10**7, 10**8)),
            }
            lodging = lodgings.setdefault(hotel, {"companies": [], **made})
            lodging["companies"].append(company["id"])
    return dict(sorted(lodgings.items()))


def _write(name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
