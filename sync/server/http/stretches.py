"""Answering with bytes of files: all of them, or the stretch that a Range names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from sync.contract.problems import Refused
from sync.server.http import reading
from sync.server.http.reading import HttpRequest

_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})", re.ASCII)
_PIECE = 256 * 1024


class Stretch(ASGIResponse):
    """Files one after the other as one body, from a first byte to a last, read as they are sent."""

    _should_set_content_length = False

    def __init__(
        self,
        request: HttpRequest,
        files: Sequence[tuple[Path, int]],
        media_type: str,
        headers: Mapping[str, str] | None = None,
        before: bytes = b"",
    ) -> None:
        """Find out which bytes are asked for.

        Args:
            request: May have a Range of one stretch.
            files: Each with how many bytes of it, from its beginning, belong to the body.
            media_type: Of the body.
            headers: To send beside those of every body.
            before: Sent in front of all the files; then no Range may be asked for.

        Raises:
            Refused: ``bad_request`` for a range that is none, or lies behind the end.
        """
        total = sum(length for _, length in files)
        asked = request.headers.get("range")
        if before and asked is not None:
            raise Refused("bad_request", header="Range")
        first, end = (0, total) if asked is None else _stretch(asked, total)
        said = {**(headers or {}), "content-length": str(len(before) + end - first), "accept-ranges": "bytes"}
        if asked is not None:
            said["content-range"] = f"bytes {first}-{end - 1}/{total}"
        super().__init__(headers=said, media_type=media_type, status_code=200 if asked is None else 206)
        self._before = before
        self._pieces = _pieces(files, first, end)

    async def send_body(self, send: Send, receive: Receive) -> None:
        """Send the bytes, never more than a piece of them in memory."""
        if self._before:
            await send({"type": "http.response.body", "body": self._before, "more_body": True})
        for path, offset, length in self._pieces:
            data = await reading.run(_read, path, offset, length)
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _stretch(asked: str, total: int) -> tuple[int, int]:
    """The first byte and the one behind the last."""
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None:
        raise Refused("bad_request", header="Range")
    first = int(found[1])
    last = min(int(found[2]) if found[2] else total, total - 1)
    if first > last:
        raise Refused("bad_request", header="Range", length=str(total))
    return first, last + 1


def _pieces(files: Sequence[tuple[Path, int]], first: int, end: int) -> Iterator[tuple[Path, int, int]]:
    """Path, offset and length of what lies between, none longer than is read at once."""
    begin = 0
    for path, length in files:
        here, stop = max(first - begin, 0), min(end - begin, length)
        for offset in range(here, stop, _PIECE):
            yield path, offset, min(_PIECE, stop - offset)
        begin += length


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(length)
    if len(data) != length:
        raise EOFError(f"{path.name} ends before {offset + length}")
    return data
