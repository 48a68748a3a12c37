"""A small share of the sample season, as a folder of resources: a whole register would only make the fixture heavy."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any


def cut(resources: Path, into: Path) -> Path:
    """Copy what a centre loads, with fewer rows; returns the folder to load from."""
    for folder in ("sample", "catalogue", "checklists"):
        shutil.copytree(resources / folder, into / folder)
    sample = into / "sample"
    # A stretch that has lodgings of several companies in it.
    _rows(sample / "hotels_makkah_madinah_osm.csv", lambda row: "HTL-MK-0131" <= row["id"] <= "HTL-MK-0200")
    _rows(sample / "poi_makkah_madinah_osm.csv", _some(20))
    _rows(sample / "haram_gates_osm.csv", _some(10))
    _rows(sample / "countries_ar_en.csv", lambda row: row["alpha2"] in {"SA", "EG", "ID", "PK", "IN", "BD", "TR", "NG"})
    with (sample / "hotels_makkah_madinah_osm.csv").open(encoding="utf-8", newline="") as file:
        kept = {row["id"] for row in csv.DictReader(file)}
    lodgings: dict[str, dict[str, Any]] = json.loads((sample / "lodgings.json").read_text())
    lodgings = {place: lodging for place, lodging in lodgings.items() if place in kept}
    lodged = {company for lodging in lodgings.values() for company in lodging["companies"]}
    companies = json.loads((sample / "companies.json").read_text())
    _write(sample / "lodgings.json", lodgings)
    _write(sample / "companies.json", [one for one in companies if one["id"] in lodged or one["state"] != "active"])
    return into


def _some(count: int) -> Callable[[dict[str, str]], bool]:
    """The first rows of Makkah, so many of them."""
    left = iter(range(count))
    return lambda row: row["city"] == "makkah" and next(left, None) is not None


def _rows(path: Path, wanted: Callable[[dict[str, str]], bool]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if wanted(row)]
        names = reader.fieldnames or ()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False))
