"""The sample season: whole, from real places as they are, and only where nobody else can reach it."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import xforms
from sync.contract import attached, scopes
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.ids import uuid7
from sync.domain import findings
from sync.server.services import places, sample
from sync.server.services.centre import Centre, open_centre
from sync.server.storage import changes, sequence
from sync.server.storage.rows import writing
from tests.support import reports
from tests.support.server import CODES, device, running

SAMPLE = sample.RESOURCES / "sample"
EVERYTHING = [scopes.GLOBAL, *(scopes.region(code) for code in ("makkah", "madinah", "jeddah"))]


@pytest.fixture
def season(sample_season: Path, tmp_path: Path) -> Iterator[Centre]:
    shutil.copytree(sample_season, tmp_path / "centre")
    centre = open_centre(str(tmp_path / "centre" / "centre.db"), tmp_path / "centre" / "blobs")
    yield centre
    centre.close()


def rows_of(centre: Centre, kind: str) -> list[r.Record]:
    with writing(centre.database) as rows:
        found = changes.scan(rows.connection, 0, EVERYTHING, max_rows=100_000, max_bytes=10**9).changes
        records = [rows.get(kind, change.id) for change in found if change.kind == kind]
    return [record for record in records if record is not None]


def test_the_season_is_whole(season: Centre) -> None:
    sizes = {kind: len(rows_of(season, kind)) for kind in ("season", "committee", "company", "place", "checklist")}
    assert sizes == {"season": 1, "committee": 3, "company": 60, "place": 1801, "checklist": 2}
    people = [person for person in rows_of(season, "person") if isinstance(person, r.Person)]
    roles = [person.role for person in people]
    assert roles.count("inspector") >= 3
    assert {region for person in people if person.role == "supervisor" for region in person.regions} == {
        "makkah",
        "madinah",
        "jeddah",
    }
    assert len({person.name_ar for person in people}) == len(people)


def test_the_code_lists_of_the_catalogue_are_all_there(season: Centre) -> None:
    codes = [code for code in rows_of(season, "code") if isinstance(code, r.Code)]
    sizes = {name: sum(code.list == name for code in codes) for name in {code.list for code in codes}}
    catalogue = json.loads((sample.RESOURCES / "catalogue" / "domain_catalog.json").read_text())
    assert sizes["violation_type"] == len(catalogue["violation_types"]) == 45
    assert sizes["inspection_type"] == 16
    assert sum(code.list == "complaint_category" and not code.parent for code in codes) == 13
    assert {code.code for code in codes if code.parent == "CC02"} == {f"CC02-{number:02d}" for number in range(1, 7)}
    assert all(code.name_ar and code.name_en for code in codes)


def test_every_code_that_a_place_or_a_company_uses_has_a_name(season: Centre) -> None:
    known = {code.id for code in rows_of(season, "code")}
    used: set[str] = set()
    for place in rows_of(season, "place"):
        assert isinstance(place, r.Place)
        used |= {f"place_kind:{place.kind}", f"region:{place.region}", f"city:{place.city}"}
        used |= {f"place_flag:{flag}" for flag in place.flags}
    for company in rows_of(season, "company"):
        assert isinstance(company, r.Company)
        used |= {f"company_state:{company.state}", f"company_kind:{company.kind}", f"city:{company.city}"}
        used |= {f"country:{contract.country}" for contract in company.contracts}
        used |= {f"staff_role:{need.role}" for need in company.staff_required}
    assert used - known == set()


def test_every_item_of_the_published_checklists_has_a_violation_type_of_the_season(season: Centre) -> None:
    known = {code.id for code in rows_of(season, "code")}
    chunks = {chunk.id: chunk for chunk in rows_of(season, "chunk")}
    for checklist in rows_of(season, "checklist"):
        assert isinstance(checklist, r.Checklist)
        form = xforms.load(checklist.xform, attached.lists(checklist, chunks.get))
        named = [violation for _, violation in findings.violations(form)]
        assert len(named) >= 22
        assert {f"violation_type:{violation}" for violation in named} <= known
        assert not list(findings.unfit(form))


def test_places_outside_our_regions_are_assigned_to_one_and_say_so(season: Centre) -> None:
    assigned = {
        place.id: (place.city, place.region)
        for place in rows_of(season, "place")
        if isinstance(place, r.Place) and "region_assigned" in place.flags
    }
    assert assigned["SITE-TIF"] == ("taif", "makkah")
    assert assigned["SITE-LP_HALAT"] == ("tabuk", "madinah")
    assert len(assigned) == 13


def test_loading_again_changes_nothing(season: Centre) -> None:
    with season.database.read() as connection:
        before = sequence.last(connection)
    sample.load(season)
    with season.database.read() as connection:
        assert sequence.last(connection) == before


def test_a_centre_with_other_data_does_not_take_the_sample(tmp_path: Path) -> None:
    centre = open_centre(str(tmp_path / "centre.db"), tmp_path / "blobs")
    with writing(centre.database) as rows:
        rows.put([r.Code(id="l:a", list="l", code="a", name_ar="أ", name_en="a")], [scopes.GLOBAL])
    with pytest.raises(sample.SampleRefused):
        sample.load(centre)
    centre.close()


def test_the_season_runs_on_postgresql_too(empty_postgresql: str, tmp_path: Path) -> None:
    centre = open_centre(empty_postgresql, tmp_path / "blobs")
    sample.load(centre)
    with running(centre) as server, device(server, CODES["makkah"], "ahmad") as laptop:
        held, page = laptop.pull()
        opened = laptop.event("case", uuid7(), "open", "person-ahmad", reports.case("11-001-0001-2"))
        refused = laptop.event("case", uuid7(), "comment", "person-ahmad", e.CaseStep(text="تعليق"))
        assert [result.outcome for result in laptop.push(opened, refused)] == ["applied", "rejected"]
        assert [result.outcome for result in laptop.push(opened, refused)] == ["applied", "rejected"]
        news, _ = laptop.pull(page.next, page.epoch)
    centre.close()
    assert len(held) > 1500
    assert {kind for kind, _ in news} == {"case", "case_entry", "refusal"}


DIRTY = [
    ("empty", "", "", ["coordinate_missing"], "N"),
    ("equal", "21.4", "21.4", ["lat_equals_lon"], "D"),
    ("swapped", "39.8", "21.4", ["lat_lon_swapped"], "D"),
    ("nonsense", "60", "180", ["outside_kingdom"], "D"),
    ("words", "north", "39.8", ["figure_unreadable", "coordinate_missing"], "N"),
    ("infinite", "inf", "39.8", ["figure_unreadable", "coordinate_missing"], "N"),
    ("elsewhere", "24.47", "39.6", ["outside_region"], "D"),
    ("good", "21.42", "39.83", [], "B"),
]


@pytest.mark.parametrize(("name", "lat", "lon", "flags", "confidence"), DIRTY, ids=[row[0] for row in DIRTY])
def test_a_dirty_row_is_kept_and_flagged(
    tmp_path: Path, name: str, lat: str, lon: str, flags: list[str], confidence: str
) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(f"id,city,name_ar,name_en,lat,lon\n{name},makkah,فندق,Hotel,{lat},{lon}\n")
    [place] = places.read(feed, places.Feed("test", "id", kind="hotel", confidence="B"), {})
    assert (place.id, list(place.flags), place.confidence) == (name, flags, confidence)


@pytest.mark.parametrize(
    ("name_ar", "name_en", "flags"),
    [
        ("فندق اجیاد الذهبی", "Ajyad", ["name_letters"]),
        ("فنـدق", "Hotel", ["name_letters"]),
        ("فندق  مكة", "Hotel", ["name_letters"]),
        ("", "Hotel", ["name_ar_missing"]),
        ("فندق", "", ["name_en_missing"]),
        ("", "", ["name_missing"]),
    ],
)
def test_a_doubtful_name_is_kept_as_it_came_and_flagged(
    tmp_path: Path, name_ar: str, name_en: str, flags: list[str]
) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(f"id,city,name_ar,name_en,lat,lon,stars\n1,makkah,{name_ar},{name_en},21.42,39.83,\n")
    [place] = places.read(feed, places.Feed("test", "id", kind="hotel", confidence="B"), {})
    assert (place.name_ar, place.name_en, list(place.flags)) == (name_ar, name_en, flags)


def test_a_city_that_nobody_assigned_is_flagged_and_kept(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,city,name_ar,name_en,lat,lon,stars\n1,abha,فندق,Hotel,18.2,42.5,2.5\n")
    [place] = places.read(feed, places.Feed("test", "id", kind="hotel", confidence="B"), {})
    assert (place.region, place.stars, place.flags) == ("", None, ("region_unknown", "figure_unreadable"))


def test_the_committed_companies_are_what_their_generator_makes(tmp_path: Path) -> None:
    for name in ("make_companies.py", "hotels_makkah_madinah_osm.csv"):
        shutil.copy(SAMPLE / name, tmp_path)
    runpy.run_path(str(tmp_path / "make_companies.py"), run_name="__main__")
    for name in ("companies.json", "lodgings.json"):
        assert (tmp_path / name).read_text() == (SAMPLE / name).read_text()
