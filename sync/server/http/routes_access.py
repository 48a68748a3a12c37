"""Addresses by which a device and its people become known: hello, enrol, nonce, token, bind, reidentify."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.datastructures import State

from sync.contract import events as e
from sync.contract import wire
from sync.server.http import reading
from sync.server.http.reading import HttpRequest
from sync.server.services import access, enrolment
from sync.server.services.centre import Centre


@get(wire.HELLO)
async def hello(request: HttpRequest, state: State) -> Response[bytes]:
    """Say who answers; and give a device that says who it is something to sign."""
    centre: Centre = state.centre
    life = await reading.run(access.life, centre)
    device_id = request.headers.get(wire.DEVICE)
    nonce = await reading.run(access.nonce_for, centre, device_id) if device_id else ""
    return reading.reply(
        wire.Hello(
            server_id=centre.server_id,
            name=centre.name,
            versions=(wire.VERSION,),
            schema=e.SCHEMA,
            time=centre.now(),
            life=life,
            nonce=nonce,
        )
    )


@post(wire.ENROL)
async def enrol(request: HttpRequest, state: State) -> Response[bytes]:
    """Make a device known."""
    asked = await reading.json(request, wire.EnrolRequest)
    return reading.reply(await reading.run(enrolment.enrol, state.centre, asked))


@post(wire.NONCE)
async def nonce(request: HttpRequest, state: State) -> Response[bytes]:
    """Give a device something to sign."""
    asked = await reading.json(request, wire.NonceRequest)
    return reading.reply(await reading.run(access.give_nonce, state.centre, asked))


@post(wire.TOKEN)
async def token(request: HttpRequest, state: State) -> Response[bytes]:
    """Give a device a token for its signature."""
    asked = await reading.json(request, wire.TokenRequest)
    return reading.reply(await reading.run(access.give_token, state.centre, asked))


@post(wire.BIND)
async def bind(request: HttpRequest, state: State) -> Response[bytes]:
    """Let a person use the device that asks."""
    device = await reading.device(request, state.centre)
    asked = await reading.json(request, wire.BindRequest)
    return reading.reply(await reading.run(access.bind, state.centre, device, asked))


@post(wire.REIDENTIFY)
async def reidentify(request: HttpRequest, state: State) -> Response[bytes]:
    """Give a device that is one of two an identity of its own."""
    device = await reading.sender(request, state.centre)
    asked = await reading.json(request, wire.ReidentifyRequest)
    return reading.reply(await reading.run(enrolment.reidentify, state.centre, device, asked))


ROUTES = (hello, enrol, nonce, token, bind, reidentify)
