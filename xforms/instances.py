"""Secondary instances: the lists a form chooses from, held inside it or beside it as XML, CSV or GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from xforms import safexml
from xforms.data import Element, document_of
from xforms.errors import FormError

MAX_ROWS = 1_000_000


def from_resource(source: str, text: str) -> Element:
    """Reads an attached list by the kind its address names.

    Raises:
        FormError: ``unsupported_instance`` for a kind other than ``.xml``, ``.csv`` and ``.geojson``, ``bad_csv`` with
            the line, ``bad_geojson``, ``too_large``, or what reading XML raises.
    """
    lower = source.lower()
    if len(text) > safexml.MAX_BYTES:
        raise FormError("too_large", f"the list is larger than {safexml.MAX_BYTES} characters", source)
    if lower.endswith(".xml"):
        return document_of(safexml.read(text), local=True)
    if lower.endswith(".csv"):
        return _from_csv(source, text)
    if lower.endswith(".geojson"):
        return _from_geojson(source, text)
    raise FormError("unsupported_instance", f"attached lists of this kind are not supported: {source}", source)


def _table() -> tuple[Element, Element]:
    document = Element("", kind="document")
    root = Element("root", parent=document)
    document.children.append(root)
    return document, root


def _item(root: Element, cells: list[tuple[str, str]]) -> None:
    item = Element("item", parent=root)
    item.children = [Element(name, cell, item) for name, cell in cells]
    root.children.append(item)


def _from_csv(source: str, text: str) -> Element:
    document, root = _table()
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = lines.partition("\n")[0]
    comma = max(",;\t|", key=first.count) if "," not in first else ","
    rows = csv.reader(io.StringIO(lines), delimiter=comma, strict=True)
    try:
        header = next(rows, [])
        for row in rows:
            if not row:
                continue
            if len(row) > len(header):
                raise FormError("bad_csv", f"line {rows.line_num} has more cells than the header", source)
            _item(root, list(zip(header, row + [""] * (len(header) - len(row)), strict=True)))
    except csv.Error as error:
        raise FormError("bad_csv", f"line {rows.line_num}: {error}", source) from error
    return document


def _from_geojson(source: str, text: str) -> Element:
    document, root = _table()
    try:
        collection = json.loads(text)
        if collection["type"] != "FeatureCollection":
            raise FormError("bad_geojson", "a FeatureCollection is expected", source)
        for feature in collection["features"]:
            properties = {str(key): _plain(value) for key, value in (feature.get("properties") or {}).items()}
            identifier = feature.get("id")
            if identifier is not None:
                properties["id"] = _plain(identifier)
            _item(root, [("geometry", _geometry(feature["geometry"])), *properties.items()])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FormError("bad_geojson", f"not a collection of features: {error}", source) from error
    return document


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _geometry(geometry: Any) -> str:
    """As ODK writes it: latitude and longitude of each point, points divided by ``;``."""
    points = geometry["coordinates"]
    if geometry["type"] == "Point":
        points = [points]
    elif geometry["type"] == "Polygon":
        points = points[0]
    elif geometry["type"] != "LineString":
        raise ValueError(f"the geometry {geometry['type']} is not supported")
    written = [f"{_plain(point[1])} {_plain(point[0])} 0 0" for point in points]
    return written[0] if len(written) == 1 else "; ".join(written)
