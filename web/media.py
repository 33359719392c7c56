"""The court's rules as the media workers are told them, and the way in to the workers.

`desired` is a pure reading of the rows: who sits in which room, who is hushed, what is recorded. Tokens
live a minute and are good only in the login they were made for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from odr import clock, db, presence, standing
from odr.digests import digest
from odr.errors import WrongStage
from odr.rules import access
from odr.rules.moves import SittingStage
from odr.rules.rooms import home
from odr.rules.words import Do, Room
from odr.settings import Settings
from odr.tables.mediations import Attendance, Recording, Sitting
from odr.tables.people import Account
from signaling.pool import Pool, WorkerGone
from signaling.relay import Message, Receive, relay
from web import cluster, logins
from web.ask import Ask, Site

log = logging.getLogger("odr.media")
TOKEN_LIFE = 60
GRACE = 10
PATIENCE = 5.0  # seconds a browser is kept waiting for a worker that is just being replaced
LOOK_AGAIN = 2.0  # seconds after which a right that was taken away ends what it opened
DEVICE = "现场摄像机"  # of the venue; the first of a sitting needs no number
DEVICE_SEAT = {
    "room": Room.JOINT.value,
    "role": "device",
    "publish": True,
    "hushed": False,
    "camera": True,
}
LEAVE = b"\x42\x00"  # SignalRequest with an empty leave; the web process needs no more of the protocol


def desired(s: Session, sitting: Sitting, settings: Settings) -> dict[str, Any]:
    """What a sitting shall be, as the media worker enforces it."""
    seated = presence.seated(s, sitting.id)
    recording = presence.current_recording(s, sitting.id) if sitting.recording else None
    return {
        "version": sitting.version,
        "rooms": {room.value: {"record": _wish(recording, room, settings)} for room in Room},
        "seats": {one.account_id: _seat(s, one) for one in seated} | _devices(s, sitting),
        "hosts": [one.account_id for one in seated if one.is_host],
        "fallback": {one.account_id: home(one.side, one.part).value for one in seated},
        "host_grace_s": GRACE,
    }


def _wish(recording: Recording | None, room: Room, settings: Settings) -> dict[str, Any] | None:
    if recording is None or recording.room is not room:
        return None
    folder = settings.recordings / recording.folder
    return {"dir": str(folder), "about": {"recording": recording.id, "zone": recording.zone.value}}


def _devices(s: Session, sitting: Sitting) -> dict[str, Any]:
    """A seat for each camera of the venue; only its own token leads there."""
    if sitting.stage not in presence.LIVE or sitting.stage is SittingStage.GATHERING:
        return {}
    return {
        one.id: {**DEVICE_SEAT, "name": DEVICE if one.ordinal == 1 else f"{DEVICE}{one.ordinal}"}
        for one in presence.devices(s, sitting.id)
    }


def _seat(s: Session, one: Attendance) -> dict[str, Any]:
    return {
        "room": one.room.value,
        "name": db.get(s, Account, one.account_id).name,
        "role": one.part.value if one.part else presence.side_name(one.side),
        "publish": True,
        "hushed": one.hushed,
        "camera": not one.camera_off,
    }


# ---- tokens


def ticket(ask: Ask, s: Session, sitting: Sitting) -> dict[str, str]:
    """What the browser joins with: the address and a token for this login, this sitting, one minute."""
    now = int(ask.now.timestamp())
    settings = ask.site.settings
    place: dict[str, Any] = {"room": sitting.id, "canPublishSources": list(cluster.SOURCES)}
    attributes = {"login": _login_mark(ask.actor.login_id)}
    if settings.media_url:  # a cluster knows no seats: the token says where and what
        seat = _seat(s, presence.of(s, sitting.id, ask.actor.account_id))
        attributes["role"] = seat["role"]
        place = {
            "room": cluster.name_of(sitting.id, seat["room"]),
            "canPublishSources": cluster.sources(seat),
        }
    claims = {
        "iss": settings.media_key,
        "sub": ask.actor.ref,
        "name": ask.actor.name,
        "nbf": now - 5,
        "exp": now + TOKEN_LIFE,
        "attributes": attributes,
        "video": {
            "roomJoin": True,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": False,
            **place,
        },
    }
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret(settings)))
    return {"token": token, "identity": ask.actor.ref, "url": settings.media_url}


def secret(settings: Settings) -> str:
    """The secret shared with the media workers; `odr serve` gives both the same."""
    if not settings.media_secret:
        raise WrongStage(wanted="media")
    return settings.media_secret


def _login_mark(login_id: str | None) -> str:
    return digest((login_id or "").encode())[7:31]


def sockets(settings: Settings) -> list[Path]:
    """The control socket of each media worker, as `odr serve` names them."""
    return [settings.run / f"media-{index}.sock" for index in range(settings.media_workers)]


def routes() -> list[BaseRoute]:
    """What `web.app` mounts: signalling and its check, in both spellings of the protocol."""
    return [
        route
        for path in ("/rtc", "/rtc/v1")
        for route in (WebSocketRoute(path, signal), Route(f"{path}/validate", validate))
    ]


async def signal(socket: WebSocket) -> None:
    """Relay a browser's signalling to the worker of its sitting, if the token is this login's own."""
    site: Site = socket.app.state.site
    pool: Pool | None = site.state.get("media")
    room, login = await run_in_threadpool(_admitted, site, socket)
    if pool is None or room is None:
        await socket.send_denial_response(PlainTextResponse("refused", 401 if pool else 503))
        return
    try:
        upstream = f"{await pool.ready(room, PATIENCE)}{socket.url.path}?{socket.url.query}"
    except WorkerGone:
        await socket.send_denial_response(PlainTextResponse("no media worker", 503))
        return
    with suppress(WebSocketDisconnect):  # the browser was gone before the worker
        await relay(
            while_they_may(socket.receive, partial(_may_stay, site, login, room)), socket.send, upstream
        )


def while_they_may(receive: Receive, may_stay: Callable[[], bool]) -> Receive:
    """What the browser says, as long as its login lives and its place is theirs; then that it leaves.

    The worker hears a leave, not a lost line: nobody's seat waits for somebody who may not come back.
    """
    looked, left = time.monotonic(), False

    async def said() -> Message:
        nonlocal looked, left
        if left:
            return {"type": "websocket.disconnect", "code": 1008}
        heard = asyncio.ensure_future(receive())
        try:
            while not heard.done() or time.monotonic() - looked >= LOOK_AGAIN:
                if time.monotonic() - looked >= LOOK_AGAIN:
                    looked = time.monotonic()
                    if not await run_in_threadpool(may_stay):
                        left = True
                        return {"type": "websocket.receive", "bytes": LEAVE}
                await asyncio.wait({heard}, timeout=LOOK_AGAIN)
            return heard.result()
        finally:
            heard.cancel()

    return said


def _may_stay(site: Site, login_id: str, room: str) -> bool:
    """Whether this login still has its place in the sitting; being in one keeps it from idling out."""
    now = clock.now()
    with site.db.reading() as s:
        actor, login, _language = logins.again(s, login_id, now)
        sitting = s.get(Sitting, room)
        stays = sitting is not None and access.may(Do.JOIN_SITTING, standing.hats(s, actor, sitting))
    if stays:
        logins.keep(site.db, login, now)
    return stays


async def validate(request: Request) -> Response:
    """Whether a token would be let in; livekit-client asks this when its socket was refused."""
    site: Site = request.app.state.site
    room, _login = await run_in_threadpool(_admitted, site, request)
    if room is None:
        return PlainTextResponse("invalid token", 401)
    pool: Pool | None = site.state.get("media")
    state = await pool.state(room) if pool else None
    return PlainTextResponse("success") if state else PlainTextResponse("no such sitting here", 404)


def _admitted(site: Site, connection: Request | WebSocket) -> tuple[str | None, str]:
    """The sitting of a valid token whose login is the cookie's, and that login; no sitting otherwise."""
    try:
        key = OctKey.import_key(secret(site.settings))
        claims = jwt.decode(connection.query_params.get("access_token", ""), key, algorithms=["HS256"]).claims
    except (JoseError, ValueError, WrongStage):
        return None, ""
    with site.db.reading() as s:
        actor, _login, _language = logins.who(s, connection.cookies, clock.now())
    mark = (claims.get("attributes") or {}).get("login")
    if actor.account_id is None or claims.get("sub") != actor.account_id:
        return None, ""
    if mark != _login_mark(actor.login_id) or claims.get("exp", 0) < time.time() - 5:
        return None, ""
    room = (claims.get("video") or {}).get("room")
    return room if isinstance(room, str) else None, actor.login_id or ""
