"""Sounds, films and documents: what a file is by how it begins, whether a question takes it, and its ending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from inspector_app.services.errors import UserError

HEAD_BYTES: Final = 4096
_PART_BYTES: Final = 256 * 1024

ENDINGS: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/3gpp": ".3gp",
    "audio/webm": ".weba",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/3gpp": ".3gp",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "video/mpeg": ".mpg",
    "video/x-msvideo": ".avi",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.google-earth.kmz": ".kmz",
    "application/zip": ".zip",
    "application/json": ".json",
    "application/xml": ".xml",
    "text/csv": ".csv",
    "text/plain": ".txt",
}
"""The media types that are kept, each with the ending of the name that stands in the answers."""

SOUNDS: Final = ("ogg", "oga", "opus", "wav", "mp3", "aac", "flac", "amr", "m4a", "mp4", "3gp", "weba", "webm")
FILMS: Final = ("mp4", "m4v", "mov", "3gp", "webm", "mkv", "ogv", "mpg", "mpeg", "avi")
DOCUMENTS: Final = (
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "txt", "csv", "json", "geojson", "xml", "kml",
    "gpx", "kmz", "zip", "jpg", "jpeg", "png", "webp", *SOUNDS, *FILMS,
)  # fmt: skip
"""The endings of the files that are offered for each."""

_SOUND_OR_FILM: Final = (  # the same containers hold either: which one it is, the question says
    (b"OggS", 0, "ogg"),
    (b"ftyp3g", 4, "3gpp"),
    (b"ftyp", 4, "mp4"),
    (b"\x1a\x45\xdf\xa3", 0, "webm"),
)
_SOUND: Final = (
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"\xff\xf2", 0, "audio/mpeg"),
    (b"\xff\xfa", 0, "audio/mpeg"),
    (b"\xff\xf1", 0, "audio/aac"),
    (b"\xff\xf9", 0, "audio/aac"),
    (b"fLaC", 0, "audio/flac"),
    (b"#!AMR", 0, "audio/amr"),
)
_FILM: Final = (
    (b"ftypqt", 4, "video/quicktime"),
    (b"AVI ", 8, "video/x-msvideo"),
    (b"\x00\x00\x01\xba", 0, "video/mpeg"),
    (b"\x00\x00\x01\xb3", 0, "video/mpeg"),
)
_PICTURE: Final = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
)
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_ZIPPED: Final = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".kmz"})
_TEXTS: Final = {
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".json": "application/json",
    ".geojson": "application/json",
    ".xml": "application/xml",
    ".kml": "application/xml",
    ".gpx": "application/xml",
}
_BY_ENDING: Final = {ending: media_type for media_type, ending in ENDINGS.items()}


def begins_like(head: bytes) -> str:
    """What some bytes are by how they begin, where nobody says what was asked for; a container is taken for a sound."""
    known = _found(head, (*_PICTURE, *_SOUND, *_FILM))
    container = _found(head, _SOUND_OR_FILM)
    return known or (f"audio/{container}" if container else "application/octet-stream")


def media_type(head: bytes, role: str, name: str = "") -> str:
    """The media type of a file for a question that asks for a ``voice``, a ``video`` or a ``file``.

    Args:
        head: Its first bytes, ``HEAD_BYTES`` of them where it has so many.
        role: What is asked for.
        name: The file's own name, where it has one: its ending tells documents apart that begin alike.

    Raises:
        UserError: ``recording_unreadable``, ``video_unreadable``, ``file_unsupported``.
    """
    if role == "voice":
        return _wanted(head, _SOUND, "audio", "recording_unreadable")
    if role == "video":
        return _wanted(head, _FILM, "video", "video_unreadable")
    return _document(head, PurePath(name).suffix.lower())


def accepts(asked: str, name: str, of_type: str) -> bool:
    """Whether a file is one of those a form asks for: ``.pdf,.docx`` or ``image/*``; an empty text asks for any."""
    wanted = [word.strip().lower() for word in asked.split(",") if word.strip()]
    suffix, family = PurePath(name).suffix.lower() or ENDINGS.get(of_type, ""), of_type.partition("/")[0]
    return not wanted or any(word in (suffix, of_type, f"{family}/*", "*/*", "*") for word in wanted)


@contextmanager
def opened(source: Path | bytes) -> Iterator[BinaryIO]:
    """A file to read, or what would be in it.

    Raises:
        UserError: ``file_unreadable``: it is gone, or may not be read.
    """
    if isinstance(source, bytes):
        yield BytesIO(source)
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise UserError("file_unreadable", file=source.name) from error
    with file:
        yield file


def parts(head: bytes, file: BinaryIO, name: str = "") -> Iterator[bytes]:
    """The bytes of a file whose head was read already, a part at a time.

    Raises:
        UserError: ``file_unreadable``: the stick was pulled out while it was read.
    """
    part = head
    while part:
        yield part
        try:
            part = file.read(_PART_BYTES)
        except OSError as error:
            raise UserError("file_unreadable", file=name) from error


def _found(head: bytes, beginnings: tuple[tuple[bytes, int, str], ...]) -> str:
    return next((said for mark, at, said in beginnings if head[at : at + len(mark)] == mark), "")


def _wanted(head: bytes, own: tuple[tuple[bytes, int, str], ...], family: str, refusal: str) -> str:
    container = _found(head, _SOUND_OR_FILM)
    found = _found(head, own) or (f"{family}/{container}" if container else "")
    if not found:
        raise UserError(refusal)
    return found


def _document(head: bytes, suffix: str) -> str:
    """Only what can be told: a program renamed to a document is none, and whoever opens it is not the one to find out.

    Raises:
        UserError: ``file_unsupported``.
    """
    if head.startswith(b"%PDF"):
        return "application/pdf"
    if head.startswith(_ZIP):
        return _BY_ENDING[suffix] if suffix in _ZIPPED else "application/zip"
    if head.startswith(_OLD_OFFICE) and suffix in (".doc", ".xls", ".ppt"):
        return _BY_ENDING[suffix]
    known = _found(head, (*_PICTURE, *_SOUND, *_FILM))
    container = _found(head, _SOUND_OR_FILM)
    if known or container:
        family = "audio" if suffix.removeprefix(".") in SOUNDS and suffix not in (".mp4", ".3gp", ".webm") else "video"
        return known or f"{family}/{container}"
    if suffix in _TEXTS and _is_text(head):
        return _TEXTS[suffix]
    raise UserError("file_unsupported")


def _is_text(head: bytes) -> bool:
    """Whether bytes are the beginning of a text in UTF-8, whose last letter may have been cut through."""
    if not head or b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) >= HEAD_BYTES
    return True


def write_copy(data: bytes, path: Path) -> None:
    """Write a piece where the user wants a copy of it, for other programs to open.

    Raises:
        UserError: ``copy_unwritable``: there is no room, or nothing may be written there.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UserError("copy_unwritable", file=path.name) from error
