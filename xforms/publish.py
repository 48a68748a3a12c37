"""Workbooks (XLSForm) to forms: converted by pyxform, then loaded by this engine, so what is published can be run."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import quoteattr

from xforms import attachments, converting
from xforms.errors import FormError, Mistake, PublishError
from xforms.form import Form, load
from xforms.workbook import Place, Workbook

MAX_WORKBOOK = 8 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024

Found: TypeAlias = "tuple[Place | None, Mistake]"

_ROOT = re.compile(r"(<instance>\s*<[^\s/>]+)([^>]*?)(?=/?>)")
"""The start of what is filled in; it is the first instance of a form."""
_VERSION = re.compile(r"\sversion=\"[^\"]*\"")
_ALWAYS_DOUBLE = {'"': "&quot;"}
_PREFIX = re.compile(r"Namespace prefix (\S+)")
_SHEETS = ("survey", "choices", "external_choices", "entities", "osm", "settings", "")
"""In the order in which an author is told what is wrong in them."""


@dataclass(frozen=True, slots=True)
class Published:
    """A form made from a workbook, ready to be stored.

    Attributes:
        form_id: Identifier, the same in all versions.
        version: As the settings give it, or else the caller.
        title: In the language the author wrote it.
        xml: The form.
        warnings: The converter's own sentences, and of files that the form does not refer to.
        files: What the form refers to of the files that were given, by address such as ``jr://images/tent.jpg``.
        workbook: Where everything stands.
        unversioned: Whether the settings give no version.
    """

    form_id: str
    version: str
    title: str
    xml: str
    warnings: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    workbook: Workbook = field(default_factory=lambda: Workbook({}), repr=False)
    unversioned: bool = False


def publish(
    workbook: Path | str | bytes,
    resources: Mapping[str, str] | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    version: str = "",
) -> Published:
    """Makes a form of a workbook and proves that it loads.

    Args:
        workbook: An ``.xlsx`` file, as its path or its bytes. Columns such as ``bind::midan:severity`` need the
            setting ``namespaces`` in it. Where its settings give no ``form_id``, that is the name of the file.
        resources: Lists the workbook refers to, by address such as ``jr://file-csv/hotels.csv``.
        files: What lies beside the workbook, by file name: lists, pictures, sounds. All that the form refers to has to
            be among them; where None is given, only lists are asked for.
        version: Of a form whose settings give none.

    Raises:
        PublishError: ``not_a_workbook``, ``too_large``, ``refused`` with the converter's sentence unshortened, or the
            code and sentence of what this engine does not run. ``where`` names sheet, row and column; ``mistakes``
            has all that was found.
        OSError: The file cannot be read.
    """
    data = workbook if isinstance(workbook, bytes) else Path(workbook).read_bytes()
    _check_archive(data)
    sheets = converting.read(data)
    made = converting.convert(sheets, "" if isinstance(workbook, bytes) else Path(workbook).stem)
    found = made.mistakes
    if made.xml:
        beside = attachments.beside(made.xml, files, resources or {}, made.itemsets)
        found += (_told(_naming(sheets, name), mistake) for name, mistake in beside.mistakes)
        faults: list[FormError] = []
        form = _loaded(made.xml, beside.lists, faults)
        found += _in_words(faults, sheets, made.taken_out)
        unversioned = form is not None and not form.version
        if unversioned and not version:
            found.append(_at(Place("settings"), "no_version", "the settings sheet must give the form a version"))
        if form is not None and not found and _overruns(form):
            found.append((None, Mistake("too_much_work", "an empty sheet of the form already asks for too much work")))
        if form is not None and not found:
            slips = (f"{place}: nobody reads this column; is {meant} meant?" for place, meant in sheets.slips())
            warnings = (*made.warnings, *slips, *beside.warnings)
            xml = versioned(made.xml, version) if unversioned else made.xml
            named = version if unversioned else form.version
            return Published(form.id, named, form.title, xml, warnings, beside.files, sheets, unversioned)
    raise PublishError.of([mistake for _, mistake in sorted(_once(found), key=_order)])


def versioned(xml: str, version: str) -> str:
    """A published form as another version; nothing else of it changes."""

    def renamed(root: re.Match[str]) -> str:
        return f"{root[1]}{_VERSION.sub('', root[2])} version={quoteattr(version, _ALWAYS_DOUBLE)}"

    return _ROOT.sub(renamed, xml, count=1)


def _loaded(xml: str, lists: Mapping[str, str], faults: list[FormError]) -> Form | None:
    try:
        return load(xml, lists, faults=faults)
    except FormError as error:
        faults.append(error)
    return None


def _overruns(form: Form) -> bool:
    """Whether opening a sheet of it keeps a device busy for longer than anybody waits."""
    session = form.new()
    session.states()
    return session.overrun


def _in_words(faults: Sequence[FormError], sheets: Workbook, taken_out: set[Place]) -> Iterator[Found]:
    """What the engine says, at the cells it is about; not of what is wrong only because a cell was taken out."""
    for fault in faults:
        prefix = _PREFIX.search(fault.message) if fault.code == "malformed" else None
        if fault.code == "missing_resource":
            continue  # said by the file's name
        if prefix:
            place = sheets.prefixed(prefix[1])
        else:
            place = sheets.field(fault.where, fault.role) if fault.where.startswith("/") else None
        if place is None or not _touches(place, taken_out):
            yield place, Mistake(fault.code, fault.message, str(place) if place else fault.where)


def _touches(place: Place, taken_out: set[Place]) -> bool:
    return any(place[:2] == out[:2] and (not out.column or place.column in ("", out.column)) for out in taken_out)


def _naming(sheets: Workbook, name: str) -> Place | None:
    """The first cell that names a file: whole, or without its ending as ``pulldata()`` does."""
    stem = name.rpartition(".")[0] or name
    whole, called = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)"), re.compile(rf"['\"]{re.escape(stem)}['\"]")
    external = re.compile(rf"^\s*{re.escape(stem)}\s*$")  # the name of a csv-external row
    for pattern in (whole, called, external):
        for place in sheets.cells(pattern):
            return place
    return None


def _at(place: Place, code: str, message: str) -> Found:
    return place, Mistake(code, message, str(place))


def _told(place: Place | None, mistake: Mistake) -> Found:
    return _at(place, mistake.code, mistake.message) if place else (None, mistake)


def _once(found: Sequence[Found]) -> list[Found]:
    """A mistake in a text of two languages is one mistake."""
    return list(dict.fromkeys(found))


def _order(found: Found) -> tuple[int, int]:
    place = found[0] or Place("")
    return _SHEETS.index(place.sheet) if place.sheet in _SHEETS else len(_SHEETS), place.row


def _check_archive(data: bytes) -> None:
    """Refuses what is no workbook, unpacks to too much, or declares entities, before anything reads it."""
    if len(data) > MAX_WORKBOOK:
        raise PublishError("too_large", f"the workbook is larger than {MAX_WORKBOOK} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise PublishError("not_a_workbook", "this is not an .xlsx workbook")
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise PublishError("too_large", f"the workbook unpacks to more than {MAX_UNPACKED} bytes")
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(archive, entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise PublishError("not_a_workbook", f"this is not an .xlsx workbook: {error}") from error


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    # zipfile gives at most file_size bytes however much the entry really unpacks to, so the sum above holds.
    start = archive.read(entry)
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise PublishError("not_a_workbook", "document types and entity declarations are refused", entry.filename)
