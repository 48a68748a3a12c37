"""What a form refers to outside of itself: lists to choose from, pictures and sounds beside its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from xforms import safexml
from xforms.errors import FormError, Mistake
from xforms.instances import ITEMSETS, from_resource
from xforms.itext import MEDIA, XF

_LAST_SAVED = "jr://instance/"
_NO_ROWS = {".csv": "name,label\n", ".xml": "<root/>", ".geojson": '{"type": "FeatureCollection", "features": []}'}
"""What stands in for a list that is missing, so that whatever else is wrong with its form can be told too."""
_SEARCH = re.compile(r"search\s*\(\s*['\"]([^'\"]+)['\"]")


@dataclass(slots=True)
class Beside:
    """The files that belong to a form, of those that were given.

    Attributes:
        files: Their bytes, by address.
        lists: The texts of the lists among them, by address, as ``load`` takes them.
        mistakes: What is missing or cannot be read, each with the name of its file.
        warnings: What was given and nothing refers to.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    mistakes: list[tuple[str, Mistake]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def addresses(xml: str) -> tuple[str, ...]:
    """Every file that a form refers to, by its address such as ``jr://file-csv/hotels.csv``, in its order.

    Raises:
        FormError: It is no XML.
    """
    return tuple(dict.fromkeys(_addresses(safexml.read(xml))))


def _addresses(root: etree._Element) -> Iterator[str]:
    for instance in root.iter(f"{XF}instance"):
        source = instance.get("src", "")
        if source.startswith("jr://") and not source.startswith(_LAST_SAVED) and not len(instance):
            yield source
    for value in root.iter(f"{XF}value"):
        if value.get("form") in MEDIA and (address := (value.text or "").strip()).startswith("jr://"):
            yield address
    for control in root.iter():
        search = _SEARCH.search(str(control.get("appearance", "")))
        if search:
            yield f"jr://file-csv/{search[1].removesuffix('.csv')}.csv"
        if control.get("query") is not None:
            yield f"jr://file-csv/{ITEMSETS}"


def beside(xml: str, files: Mapping[str, bytes] | None, resources: Mapping[str, str], itemsets: str = "") -> Beside:
    """Finds what a form refers to among files.

    Args:
        xml: The form.
        files: By name, what lies beside its workbook; None where nobody has looked: then only lists are missed.
        resources: Lists that are known by their address.
        itemsets: The list of external choices that the workbook holds itself; it goes before a file of that name.
    """
    found = Beside(lists=dict(resources))
    try:
        wanted = addresses(xml)
    except FormError:
        return found  # reading the form says what is wrong with it
    here = {**(files or {}), ITEMSETS: itemsets.encode()} if itemsets else files or {}
    given = {name.casefold(): name for name in here}
    used = set()
    for address in wanted:
        name = address.rpartition("/")[2]
        listed = not address.startswith(("jr://images", "jr://audio", "jr://video"))
        if address in resources or (files is None and not listed):
            continue
        match = given.get(name.casefold())
        if match is None:
            what = "list" if listed else "file"
            message = f"the {what} {name}, to which the form refers, is not beside the workbook"
            found.mistakes.append((name, Mistake("missing_resource", message, address)))
            if listed:
                found.lists[address] = _no_rows(name)
            continue
        used.add(match)
        found.files[address] = here[match]
        if listed:
            _take_list(found, address, name, here[match])
    unused = sorted(set(here) - used)
    found.warnings += [f"the form does not refer to the file {name}" for name in unused]
    return found


def _take_list(found: Beside, address: str, name: str, content: bytes) -> None:
    found.lists[address] = _no_rows(name)
    try:
        text = content.decode("utf-8-sig")
        from_resource(address if "." in name else f"{address}.xml", text)
    except UnicodeDecodeError:
        message = f"the list {name} is not UTF-8: save it as CSV UTF-8"
        found.mistakes.append((name, Mistake("bad_encoding", message, name)))
    except FormError as error:
        found.mistakes.append((name, Mistake(error.code, f"the list {name}: {error.message}", name)))
    else:
        found.lists[address], found.files[address] = text, text.encode()


def _no_rows(name: str) -> str:
    """A list without rows, of the kind that a name says."""
    return _NO_ROWS.get(name[name.rfind(".") :].lower(), _NO_ROWS[".xml"])
