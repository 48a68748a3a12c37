"""Workbooks (XLSForm) to forms: converted by pyxform, then loaded by this engine, so what is published can be run.

The only module that knows pyxform, and only when it is called: importing the converter takes 160 ms.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xforms.errors import FormError, PublishError
from xforms.form import load
from xforms.model import Layout, Question, Repeat

MAX_WORKBOOK = 8 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024

UNSHOWN = frozenset({"repeat", "rank", "geotrace", "geoshape"})
"""What the engine runs and the application's screens do not show yet."""

_ROW = re.compile(r"\[?row\s*:?\s*(\d+)\]?", re.IGNORECASE)
_SHEET = re.compile(r"\b(survey|choices|settings|external_choices|entities|osm)\b")


@dataclass(frozen=True, slots=True)
class Published:
    """A form made from a workbook, ready to be stored. ``warnings`` are the converter's own sentences."""

    form_id: str
    version: str
    title: str
    xml: str
    warnings: tuple[str, ...]


def publish(
    workbook: Path | str | bytes, resources: Mapping[str, str] | None = None, unshown: frozenset[str] = UNSHOWN
) -> Published:
    """Makes a form of a workbook and proves that it loads.

    Args:
        workbook: An ``.xlsx`` file, as its path or its bytes. Columns such as ``bind::midan:severity`` need the
            setting ``namespaces`` in it.
        resources: Lists the workbook refers to, by address such as ``jr://file-csv/hotels.csv``.
        unshown: What those who will fill the form cannot show: ``repeat``, controls and types of questions.

    Raises:
        PublishError: ``not_a_workbook``, ``too_large``, ``refused`` with the converter's sentence unshortened, or the
            code and sentence of what this engine does not run. ``where`` names sheet and row, or the field.
        OSError: The file cannot be read.
    """
    data = workbook if isinstance(workbook, bytes) else Path(workbook).read_bytes()
    _check_archive(data)
    xml, warnings = _converted(data)
    try:
        form = load(xml, resources)
    except FormError as error:
        raise PublishError(error.code, error.message, error.where) from error
    _check_shown(form.layout, unshown)
    if not form.version:
        raise PublishError("no_version", "the settings sheet must give the form a version", "settings")
    return Published(form.id, form.version, form.title, xml, warnings)


def _check_shown(layout: Layout, unshown: frozenset[str]) -> None:
    for part in layout:
        if isinstance(part, Question):
            kinds = {part.control, part.type}
        else:
            kinds = {"repeat"} if isinstance(part, Repeat) else set()
            _check_shown(part.children, unshown)
        for kind in sorted(kinds & unshown):
            raise PublishError(f"unsupported_{kind}", f"no screen shows a {kind} yet: {part.ref}", part.ref)


def _converted(data: bytes) -> tuple[str, tuple[str, ...]]:
    from openpyxl.utils.exceptions import InvalidFileException
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        result = convert(data, validate=False, file_type=".xlsx")
    except PyXFormError as error:
        message = str(error)
        raise PublishError("refused", message, _place(message)) from error
    except (InvalidFileException, LookupError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        # The converter reports some broken workbooks by whatever its own code stumbles over.
        message = f"the workbook cannot be converted: {type(error).__name__}: {error}"
        raise PublishError("not_a_workbook", message) from error
    return str(result.xform), tuple(str(warning) for warning in result.warnings)


def _place(message: str) -> str:
    """Sheet and row, as far as the converter's sentence tells them."""
    sheet, row = _SHEET.search(message), _ROW.search(message)
    return " ".join(part for part in (sheet[1] if sheet else "", f"row {row[1]}" if row else "") if part)


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
