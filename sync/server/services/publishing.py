"""Publishing a checklist: a workbook becomes a version that every device gets and that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import msgspec

import xforms
from sync.contract import attached, ids, scopes
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain import findings
from sync.domain.rules import Severity
from sync.server.services.centre import Centre
from sync.server.storage import audit
from sync.server.storage.rows import Rows, writing
from xforms.workbook import Workbook

VIOLATIONS = "violation_type"
"""The code list that a checklist's items name their violations from."""

_MEDIA_FOLDER = "-media"
"""What others call the folder of a form's files: the workbook's name with this after it."""

_SENTENCES = {
    "unknown_severity": "the severity {value!r} is none of: " + ", ".join(Severity),
    "unknown_answer": "{value!r} is not an answer that an item may have: " + ", ".join(filter(None, findings.Answer)),
    "not_a_choice": "an item is answered by select_one, not by {value}",
    "item_in_repeat": "{value!r} stands in a repeat, but a finding has one place: ask it once, outside of the repeat, "
    "or leave its midan columns empty",
    "unknown_item": "there is no item {value!r} that this could belong to",
    "unknown_violation": "the violation type {value!r} is not published at this centre",
}
_COLUMNS = {
    "unknown_severity": "midan:severity",
    "not_a_choice": "type",
    "unknown_answer": "type",
    "item_in_repeat": "midan:code",
    "unknown_item": "midan:of",
    "unknown_violation": "midan:violation",
}


class About(NamedTuple):
    """What a workbook does not say of its checklist; no title: the workbook's own; no day: that of publishing."""

    inspection_type: str
    effective_from: r.Day = ""
    title_ar: str = ""
    title_en: str = ""


class Prepared(NamedTuple):
    """A checklist that can be run, with the rows that carry its files, and the workbook to name its cells by.

    The version of an ``unversioned`` one, which its workbook does not give, is for the centre to choose; whether an
    ``undated`` one was published before does not depend on the day.
    """

    checklist: r.Checklist
    chunks: tuple[r.Chunk, ...]
    workbook: Workbook
    warnings: tuple[str, ...] = ()
    unversioned: bool = False
    undated: bool = False


def publish(centre: Centre, workbook: Path, about: About, beside: Iterable[Path] = ()) -> Prepared:
    """Publish a workbook; publishing the same version again, unchanged, changes nothing.

    Where the workbook gives no version, it is the next free number for its form at this centre; unless all is as in the
    last one of these, which it then is.

    Args:
        centre: Where.
        workbook: The ``.xlsx`` file.
        about: What it does not say itself.
        beside: Files that it refers to, or folders of them; the folder ``NAME-media`` beside ``NAME.xlsx`` is looked
            into anyhow.

    Raises:
        xforms.PublishError: The workbook is no checklist that can be run here; it says what and in which cells.
        OSError: A file cannot be read.
        Refused: ``record_exists`` when this version was published with another content.
    """
    dated = about._replace(effective_from=about.effective_from or centre.clock().astimezone(UTC).date().isoformat())
    prepared = read(workbook, dated, beside)._replace(undated=not about.effective_from)
    with writing(centre.database) as rows:
        prepared = put(rows, prepared)
        audit.note(rows.connection, centre.now_ms(), "checklist.published", prepared.checklist.id)
    return prepared


def read(workbook: Path, about: About, beside: Iterable[Path] = ()) -> Prepared:
    """The checklist that a workbook makes.

    Raises:
        xforms.PublishError: See ``publish``.
        OSError: See ``publish``.
    """
    # The converter is slow to import, and a serving centre has no use for it.
    from xforms.publish import publish as convert

    made = convert(workbook, files=_files(workbook, beside), version="1")
    files, chunks = _cut(made.files)
    checklist = r.Checklist(
        id=ids.checklist_id(made.form_id, made.version),
        form_id=made.form_id,
        version=made.version,
        inspection_type=about.inspection_type,
        title_ar=about.title_ar or made.title,
        title_en=about.title_en or made.title,
        effective_from=about.effective_from,
        xform=made.xml,
        files=files,
    )
    return Prepared(checklist, chunks, made.workbook, made.warnings, made.unversioned)


def put(rows: Rows, prepared: Prepared) -> Prepared:
    """Write a checklist, if it is new and its items can be read.

    Returns:
        The same as it is published, with its version and its day.

    Raises:
        xforms.PublishError: See ``publish``.
        Refused: See ``publish``.
    """
    checklist = _numbered(rows, prepared) if prepared.unversioned else prepared.checklist
    published = rows.get("checklist", checklist.id)
    if isinstance(published, r.Checklist):
        if not _same(published, checklist, prepared):
            raise Refused("record_exists", kind="checklist", record=checklist.id)
        return prepared._replace(checklist=published)
    chunks = {chunk.id: chunk for chunk in prepared.chunks}
    form = xforms.load(checklist.xform, attached.lists(checklist, chunks.get))
    mistakes = sorted((_mistake(prepared.workbook, wrong) for wrong in _unfit(rows, form)), key=lambda one: one[0])
    if mistakes:
        raise xforms.PublishError.of([mistake for _, mistake in mistakes])
    # The parts first: whoever gets the checklist has them. Those of an earlier version are everywhere already.
    rows.put([chunk for chunk in chunks.values() if rows.get("chunk", chunk.id) is None], [scopes.GLOBAL])
    rows.put([checklist], scopes.of_register(checklist))
    return prepared._replace(checklist=checklist)


def _numbered(rows: Rows, prepared: Prepared) -> r.Checklist:
    """A checklist with the number after the highest, or with that where nothing is new."""
    highest = max((int(one) for one in rows.versions(prepared.checklist.form_id) if one.isdecimal()), default=0)
    last = _versioned(prepared.checklist, str(highest))
    published = rows.get("checklist", last.id)
    if isinstance(published, r.Checklist) and _same(published, last, prepared):
        return last
    return _versioned(prepared.checklist, str(highest + 1))


def _versioned(checklist: r.Checklist, version: str) -> r.Checklist:
    from xforms.publish import versioned  # late, as in ``read``

    xform = versioned(checklist.xform, version)
    name = ids.checklist_id(checklist.form_id, version)
    return msgspec.structs.replace(checklist, id=name, version=version, xform=xform)


def _same(published: r.Checklist, checklist: r.Checklist, prepared: Prepared) -> bool:
    day = published.effective_from if prepared.undated else checklist.effective_from
    return published == msgspec.structs.replace(checklist, effective_from=day)


def _unfit(rows: Rows, form: xforms.Form) -> Iterator[findings.UnfitChecklist]:
    yield from findings.unfit(form)
    for ref, violation in findings.violations(form):
        if rows.get("code", f"{VIOLATIONS}:{violation}") is None:
            yield findings.UnfitChecklist("unknown_violation", field=ref, value=violation)


def _mistake(workbook: Workbook, wrong: findings.UnfitChecklist) -> tuple[int, xforms.Mistake]:
    """What is wrong with an item, in words, behind the row it is in."""
    place = workbook.field(wrong.params["field"])
    column = workbook.heading(place.sheet, place.row, _COLUMNS[wrong.code], f"bind::{_COLUMNS[wrong.code]}")
    where = str(place._replace(column=column))
    return place.row, xforms.Mistake(wrong.code, _SENTENCES[wrong.code].format(value=wrong.params["value"]), where)


def _files(workbook: Path, beside: Iterable[Path]) -> dict[str, bytes]:
    """The files beside a workbook by name; what is too large to be published is not even read."""
    named = list(beside)
    folder = workbook.with_name(workbook.stem + _MEDIA_FOLDER)
    if folder.is_dir():
        named.append(folder)
    found: dict[str, bytes] = {}
    for path in named:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.name.startswith(".") or (path.is_dir() and not file.is_file()):
                continue
            if file.stat().st_size > attached.MOST_BYTES:
                raise _too_large(file.name)
            found.setdefault(file.name, file.read_bytes())
    return found


def _cut(files: Mapping[str, bytes]) -> tuple[tuple[r.AttachedFile, ...], tuple[r.Chunk, ...]]:
    """The files of a form as its checklist names them, and the rows that carry them."""
    named: list[r.AttachedFile] = []
    carried: list[r.Chunk] = []
    for address, content in files.items():
        if not attached.media_type(address):
            message = "files of this kind are not taken along; known are " + ", ".join(attached.ENDINGS)
            raise xforms.PublishError("unsupported_file", message, address)
        file, chunks = attached.cut(address, content)
        named.append(file)
        carried += chunks
    if sum(file.size for file in named) > attached.MOST_BYTES:
        raise _too_large(max(named, key=lambda file: file.size).address)
    return tuple(named), tuple(carried)


def _too_large(name: str) -> xforms.PublishError:
    most = attached.MOST_BYTES // (1024 * 1024)
    return xforms.PublishError("files_too_large", f"the files of a checklist may have {most} MB together", name)
