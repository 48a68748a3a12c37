"""Today's centre, set up as the one that the frozen devices spoke to, and all that they said, said to it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from inspector_app.services.link.http import HttpTransport
from sync.contract import records as r
from sync.contract import scopes, wire
from sync.engine.ports import Answer
from sync.server.services import enrolment, people
from sync.server.services.centre import Centre, open_centre
from sync.server.storage import accounts, devices, meta
from sync.server.storage import tables as t
from sync.server.storage.rows import writing
from tests.frozen.recording import Exchange, Recording
from tests.support.server import LiveServer, running

REGISTER = ("season", "code", "committee", "person", "checklist", "company", "place")
"""Kinds that no event makes: the centre had them before any device came."""


class Said(NamedTuple):
    """A recorded exchange, and what today's centre answers to the same bytes."""

    then: Exchange
    now: Answer


def page_of(body: bytes) -> wire.Page:
    """A page of changes, as today's device reads it."""
    return wire.read_page(wire.decompress(body, wire.MAX_PAGE_BYTES))


def rows_of(page: wire.Page) -> dict[tuple[str, str], r.Record | None]:
    """The records of a page by kind and id; None for a deleted one."""
    return {
        (change.kind, change.id): None
        if change.values is None
        else r.from_row(
            change.kind, {"id": change.id, **dict(zip(page.columns[change.kind], change.values, strict=True))}
        )
        for change in page.changes
    }


@contextmanager
def centre_of(folder: Path, recording: Recording) -> Iterator[LiveServer]:
    """Today's centre with the identity, the register, the accounts and the devices of the recorded one."""
    exchanges = list(recording.exchanges())
    [hello, *_] = [one for one in exchanges if one.is_("GET", wire.HELLO)]
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    with centre.database.write() as connection:
        meta.put(connection, "server_id", msgspec.json.decode(hello.answer, type=wire.Hello).server_id)
    centre.close()
    centre = open_centre(str(folder / "centre.db"), folder / "blobs")
    try:
        _put_register(centre, exchanges)
        for exchange in exchanges:
            if exchange.is_("POST", wire.ENROL):
                _know_device(centre, exchange)
            elif exchange.is_("POST", wire.BIND):
                _know_account(centre, exchange)
        with running(centre) as server:
            yield server
    finally:
        centre.close()


def _put_register(centre: Centre, exchanges: list[Exchange]) -> None:
    pages = [page_of(one.answer) for one in exchanges if one.is_("GET", wire.CHANGES)]
    found = {key: record for page in pages for key, record in rows_of(page).items() if key[0] in REGISTER}
    with writing(centre.database) as rows:
        for record in found.values():
            if record is not None:
                rows.put([record], scopes.of_register(record))


def _know_device(centre: Centre, exchange: Exchange) -> None:
    """Write a device down as one that has enrolled, with the code it used."""
    request = msgspec.json.decode(exchange.request, type=wire.EnrolRequest)
    reply = msgspec.json.decode(exchange.answer, type=wire.EnrolReply)
    committee = reply.committee.id if reply.committee else ""
    device = devices.Device(
        reply.device_id, reply.device_number, committee, request.device_name, request.public_key, revoked=False
    )
    enrolment.add_code(centre, request.code, committee)
    with centre.database.write() as connection:
        devices.add(connection, device, request.client, centre.now_ms())
        fresh = sa.select(t.enrol_code.c.hash).where(t.enrol_code.c.used_by.is_(None))
        devices.use_code(connection, connection.execute(fresh).scalar_one(), device.id)
        meta.put(connection, "recovery_key", reply.recovery_key)


def _know_account(centre: Centre, exchange: Exchange) -> None:
    request = msgspec.json.decode(exchange.request, type=wire.BindRequest)
    person = msgspec.json.decode(exchange.answer, type=wire.BindReply).person
    with centre.database.write() as connection:
        accounts.add(connection, people.account_of(person, request.username, request.password))


@dataclass
class _Speaker:
    """A recorded device as it speaks again: its token of today, and where it stands in the feed."""

    token: str = ""
    since: int = 0
    epoch: str = ""


def replay(server: LiveServer, recording: Recording) -> Iterator[Said]:
    """Say everything again in its order, byte for byte.

    Two things cannot be the same: the cursor of a device, which is this centre's own, and the nonce it signs, which
    this centre is made to know.
    """
    speakers: dict[str, _Speaker] = {}
    transport = HttpTransport(server.url)
    try:
        for exchange in recording.exchanges():
            speaker = speakers.setdefault(exchange.head.device, _Speaker())
            if exchange.is_("POST", wire.TOKEN):
                _lend_nonce(server.centre, exchange)
            headers = {**exchange.head.headers, "Authorization": f"Bearer {speaker.token}"}
            answer = transport.request(exchange.head.method, _path(exchange, speaker), exchange.request, headers)
            _follow(speaker, exchange, answer)
            yield Said(exchange, answer)
    finally:
        transport.close()


def _lend_nonce(centre: Centre, exchange: Exchange) -> None:
    request = msgspec.json.decode(exchange.request, type=wire.TokenRequest)
    with centre.database.write() as connection:
        now = centre.now_ms()
        devices.add_nonce(connection, request.nonce, request.device_id, now, now + 60_000)


def _path(exchange: Exchange, speaker: _Speaker) -> str:
    if exchange.is_("GET", wire.CHANGES):
        return f"{wire.CHANGES}?since={speaker.since}&epoch={speaker.epoch}"
    return exchange.head.path


def _follow(speaker: _Speaker, exchange: Exchange, answer: Answer) -> None:
    """What the device of today learns from an answer."""
    if answer.status != 200:
        return
    if exchange.is_("POST", wire.TOKEN):
        speaker.token = msgspec.json.decode(answer.body, type=wire.TokenReply).token
    elif exchange.is_("GET", wire.CHANGES):
        page = page_of(answer.body)
        speaker.since, speaker.epoch = page.next, page.epoch
