"""Secondary instances: the lists a form chooses from, held inside it or beside it as XML, CSV or GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lxml import etree

from xforms import safexml
from xforms.data import Element
from xforms.errors import FormError
from xforms.table import Table, list_of

MAX_ROWS = 250_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
LAST_SAVED = "jr://instance/last-saved"
ITEMSETS = "itemsets.csv"
"""The list beside a form that holds the choices of all its ``select_one_external``."""


class Lists(NamedTuple):
    """The secondary instances of a form by name; those ``saved`` are the answer sheet saved last."""

    found: Mapping[str, Element]
    saved: frozenset[str]


def secondary(elements: Iterable[etree._Element], resources: Mapping[str, str]) -> Lists:
    """Reads all secondary instances of a form.

    Args:
        elements: The elements ``instance`` behind the first.
        resources: Texts of lists beside the form, by address such as ``jr://file-csv/hotels.csv``.

    Raises:
        FormError: ``bad_instance`` (no name, a second one of it, or not one element), ``missing_resource``, or what is
            wrong in a list.
    """
    found: dict[str, Element] = {}
    saved: set[str] = set()
    for element in elements:
        identifier, source = element.get("id", ""), element.get("src")
        if not identifier or identifier in found:
            raise FormError("bad_instance", "every secondary instance needs an id of its own", identifier)
        if source is not None and source.startswith(LAST_SAVED) and source not in resources:
            saved.add(identifier)
            found[identifier] = Element("", kind="document")
        elif source is not None:
            found[identifier] = _attached(source, element, resources)
        elif len(element) == 1:
            found[identifier] = list_of(element[0])
        else:
            raise FormError("bad_instance", "a secondary instance must hold exactly one element", identifier)
    for name, document in _external(resources).items():
        found.setdefault(name, document)
    return Lists(found, frozenset(saved))


def attached_table(name: str, resources: Mapping[str, str]) -> Element | None:
    """The list ``name.csv`` beside the form, which the form need not declare; None where there is none."""
    address = _address(f"{name.removesuffix('.csv')}.csv", resources)
    return from_resource(address, resources[address]) if address is not None else None


def _address(name: str, resources: Mapping[str, str]) -> str | None:
    return next((address for address in resources if address.rpartition("/")[2] == name), None)


def _attached(source: str, element: etree._Element, resources: Mapping[str, str]) -> Element:
    if source in resources:
        return from_resource(source if "." in source.rpartition("/")[2] else f"{source}.xml", resources[source])
    if len(element) == 1:
        return list_of(element[0])
    raise FormError("missing_resource", f"the list {source} was not given with the form", source)


def _external(resources: Mapping[str, str]) -> dict[str, Element]:
    """The lists in ``itemsets.csv`` by the name in their first column."""
    address = _address(ITEMSETS, resources)
    if address is None:
        return {}
    header, rows = _cells(address, resources[address])
    if "list_name" not in header:
        raise FormError("bad_csv", "line 1: there is no column list_name", address)
    at = header.index("list_name")
    by_name: dict[str, list[list[str]]] = {}
    for row in rows:
        by_name.setdefault(row[at], []).append(row)
    return {name: Table(header, rows).document for name, rows in by_name.items()}


def from_resource(source: str, text: str) -> Element:
    """Reads an attached list by the kind its address names.

    Raises:
        FormError: ``unsupported_instance`` for a kind other than ``.xml``, ``.csv`` and ``.geojson``, ``bad_csv`` with
            the line, ``bad_geojson``, ``too_large``, or what reading XML raises; ``where`` is the address.
    """
    lower = source.lower()
    if len(text) > safexml.MAX_BYTES:
        raise FormError("too_large", f"the list is larger than {safexml.MAX_BYTES} characters", source)
    if lower.endswith(".xml"):
        try:
            return list_of(safexml.read(text))
        except FormError as error:
            raise FormError(error.code, error.message, source) from error
    if lower.endswith(".csv"):
        return Table(*_cells(source, text)).document
    if lower.endswith(".geojson"):
        return _from_geojson(source, text)
    raise FormError("unsupported_instance", f"attached lists of this kind are not supported: {source}", source)


def _cells(source: str, text: str) -> tuple[list[str], Iterator[list[str]]]:
    """The header, and the rows as they are read, each filled up to the header's length."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = lines.partition("\n")[0]
    comma = max(",;\t|", key=first.count) if "," not in first else ","
    rows = csv.reader(io.StringIO(lines), delimiter=comma, strict=True)
    try:
        header = next(rows, [])
    except csv.Error as error:
        raise FormError("bad_csv", f"line {rows.line_num}: {error}", source) from error
    if len(header) > MAX_COLUMNS:
        raise FormError("too_large", f"the list has more than {MAX_COLUMNS} columns", source)

    def filled() -> Iterator[list[str]]:
        try:
            for row in rows:
                if len(row) > len(header):
                    raise FormError("bad_csv", f"line {rows.line_num} has more cells than the header", source)
                if row:
                    yield row + [""] * (len(header) - len(row))
        except csv.Error as error:
            raise FormError("bad_csv", f"line {rows.line_num}: {error}", source) from error

    return header, _bounded(filled(), len(header), source)


def _bounded(rows: Iterator[list[str]], width: int, source: str) -> Iterator[list[str]]:
    most = min(MAX_ROWS, MAX_CELLS // max(width, 1))
    for count, row in enumerate(rows, 1):
        if count > most:
            raise FormError("too_large", f"the list has more than {most} rows of {width} columns", source)
        yield row


def _from_geojson(source: str, text: str) -> Element:
    try:
        collection = json.loads(text)
        if collection["type"] != "FeatureCollection":
            raise FormError("bad_geojson", "a FeatureCollection is expected", source)
        features = [_feature(feature) for feature in collection["features"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FormError("bad_geojson", f"not a collection of features: {error}", source) from error
    if len(features) > MAX_ROWS or sum(map(len, features)) > MAX_CELLS:
        raise FormError("too_large", f"the list has more than {MAX_ROWS} features or {MAX_CELLS} properties", source)
    header = list(dict.fromkeys(name for feature in features for name in feature))
    if len(header) > MAX_COLUMNS:
        raise FormError("too_large", f"the list has more than {MAX_COLUMNS} properties of different names", source)
    return Table(header, ([feature.get(name) for name in header] for feature in features)).document


def _feature(feature: Any) -> dict[str, str]:
    properties = {str(key): _plain(value) for key, value in (feature.get("properties") or {}).items()}
    identifier = feature.get("id")
    if identifier is not None:
        properties["id"] = _plain(identifier)
    return {"geometry": _geometry(feature["geometry"]), **properties}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _geometry(geometry: Any) -> str:
    """As ODK writes it: latitude and longitude of each point, points divided by ``;``."""
    points: Sequence[Any] = geometry["coordinates"]
    if geometry["type"] == "Point":
        points = [points]
    elif geometry["type"] == "Polygon":
        points = points[0]
    elif geometry["type"] != "LineString":
        raise ValueError(f"the geometry {geometry['type']} is not supported")
    written = [f"{_plain(point[1])} {_plain(point[0])} 0 0" for point in points]
    return written[0] if len(written) == 1 else "; ".join(written)
