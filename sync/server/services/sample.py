"""The sample season: a centre to try everything with, from the project's own files, with passwords all can read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

import sync
from sync.contract import records as r
from sync.contract import scopes
from sync.domain import geo
from sync.server.services import enrolment, people, places, publishing
from sync.server.services.centre import Centre
from sync.server.storage import accounts, meta
from sync.server.storage import tables as t
from sync.server.storage.rows import Rows, writing

RESOURCES = Path(sync.__file__).resolve().parent.parent / "resources"
_NAME = "1448"

_FEEDS = {
    "hotels_makkah_madinah_osm.csv": places.Feed("osm", "id", kind="hotel", confidence="B"),
    "poi_makkah_madinah_osm.csv": places.Feed("osm", "osm_ref", prefix="OSM-", confidence="B"),
    "haram_gates_osm.csv": places.Feed("osm", "osm_ref", prefix="GATE-", kind="gate", confidence="B"),
    "holy_sites_ports.csv": places.Feed("midan", "code", prefix="SITE-"),
}

_CATALOGUE_LISTS = {
    "inspection_types": "inspection_type",
    "violation_types": publishing.VIOLATIONS,
    "complaint_categories": "complaint_category",
    "inquiry_categories": "inquiry_category",
    "note_categories": "note_category",
}


class SampleRefused(Exception):
    """The sample season may not be loaded here; the message says why."""


class _Account(msgspec.Struct, frozen=True):
    username: str
    password: str
    person: r.Person


class _EnrolCode(msgspec.Struct, frozen=True):
    code: str
    committee_id: str


class _Access(msgspec.Struct, frozen=True):
    committees: tuple[r.Committee, ...]
    accounts: tuple[_Account, ...]
    enrol_codes: tuple[_EnrolCode, ...]


class _Lodging(msgspec.Struct, frozen=True):
    companies: tuple[str, ...]
    capacity: int
    tourism_licence: str


class _Published(msgspec.Struct, frozen=True):
    workbook: str
    inspection_type: str
    effective_from: str
    title_ar: str
    title_en: str


def load(centre: Centre, resources: Path = RESOURCES) -> None:
    """Load the sample season into an empty centre; one that has it already is left as it is.

    Args:
        centre: A centre that answers on a loopback address only.
        resources: The project's resources.

    Raises:
        SampleRefused: The centre has other data.
    """
    with centre.database.read() as connection:
        if meta.get(connection, "sample") == _NAME:
            return
        if connection.execute(sa.select(t.feed.c.id).limit(1)).one_or_none() is not None:
            raise SampleRefused("the database has other data in it")
    folder = resources / "sample"
    access = _json(folder / "accounts.json", _Access)
    with ThreadPoolExecutor(2) as pool:  # each password costs a tenth of a second
        hashed = pool.map(lambda one: people.account_of(one.person, one.username, one.password), access.accounts)
        checklists = list(_checklists(resources))
        with writing(centre.database) as rows:
            _put_register(rows, resources, access)
            _put_people(rows, access, hashed)
            for checklist in checklists:
                publishing.put(rows, checklist)
            meta.put(rows.connection, "sample", _NAME)
    for given in access.enrol_codes:
        enrolment.add_code(centre, given.code, given.committee_id)
    people.set_recovery_key(centre, bytes.fromhex((folder / "recovery-key.hex").read_text().strip()))


def _put_register(rows: Rows, resources: Path, access: _Access) -> None:
    folder = resources / "sample"
    everybody = [scopes.GLOBAL]
    rows.put([_json(folder / "season.json", r.Season)], everybody)
    rows.put(_codes(resources), everybody)
    rows.put(access.committees, everybody)
    rows.put(_json(folder / "companies.json", tuple[r.Company, ...]), everybody)
    found = list(_places(folder))
    for region in {place.region for place in found}:
        # A place of no known region is shown to nobody but stewards of all regions: nobody visits it by mistake.
        where = [scopes.region(code) for code in geo.Region] if not region else [scopes.region(region)]
        rows.put([place for place in found if place.region == region], where)


def _put_people(rows: Rows, access: _Access, hashed: Iterable[accounts.Account]) -> None:
    for one, account in zip(access.accounts, hashed, strict=True):
        people.put_person(rows, one.person, account)


def _places(folder: Path) -> Iterator[r.Place]:
    assigned = _json(folder / "assigned_regions.json", dict[str, str])
    lodgings = _json(folder / "lodgings.json", dict[str, _Lodging])
    for name, feed in _FEEDS.items():
        for place in places.read(folder / name, feed, assigned):
            lodging = lodgings.get(place.id)
            yield (
                place
                if lodging is None
                else msgspec.structs.replace(
                    place,
                    lodged_companies=lodging.companies,
                    capacity=lodging.capacity,
                    tourism_licence=lodging.tourism_licence,
                )
            )


def _codes(resources: Path) -> Iterator[r.Code]:
    catalogue = _json(resources / "catalogue" / "domain_catalog.json", dict[str, Any])
    for key, name in _CATALOGUE_LISTS.items():
        for position, entry in enumerate(catalogue[key]):
            yield _code(name, entry, position)
            for number, sub in enumerate(entry.get("sub", ()), start=1):
                named = {"code": f"{entry['code']}-{number:02d}", "name_ar": sub["ar"], "name_en": sub["en"]}
                yield _code(name, named, number, parent=entry["code"])
    own = _json(resources / "sample" / "codes.json", dict[str, list[dict[str, str]]])
    for name, entries in own.items():
        for position, entry in enumerate(entries):
            yield _code(name, entry, position)
    with (resources / "sample" / "countries_ar_en.csv").open(encoding="utf-8-sig", newline="") as file:
        for position, row in enumerate(csv.DictReader(file)):
            yield _code("country", {"code": row["alpha2"], **row}, position)


def _code(name: str, entry: dict[str, Any], position: int, parent: str = "") -> r.Code:
    return r.Code(
        id=f"{name}:{entry['code']}",
        list=name,
        code=entry["code"],
        name_ar=entry["name_ar"],
        name_en=entry["name_en"],
        severity=entry.get("severity", ""),
        parent=parent,
        position=position,
    )


def _checklists(resources: Path) -> Iterator[publishing.Prepared]:
    for said in _json(resources / "sample" / "checklists.json", tuple[_Published, ...]):
        about = publishing.About(said.inspection_type, said.effective_from, said.title_ar, said.title_en)
        yield publishing.read(resources / "checklists" / said.workbook, about)


def _json(path: Path, shape: type[Any]) -> Any:
    return msgspec.json.decode(path.read_bytes(), type=shape)
