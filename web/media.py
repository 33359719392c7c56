"""The court's rules told to the media workers, and what the workers saw told to the court.

`desired` is a pure reading of the rows: who sits in which room, who is hushed, what is recorded. The
courier pushes it after every commit that rings the bell, once a second when nobody does, and again when
a worker comes back. Tokens live a minute and are good only in the login they were made for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket

from odr import clock, db, presence
from odr.actions import rooms, sittings
from odr.digests import digest
from odr.errors import NotFound, Refused, WrongStage
from odr.queries import sittings as query
from odr.rules.rooms import home
from odr.rules.words import Room
from odr.settings import Settings
from odr.tables.mediations import Attendance, Recording, Sitting
from odr.tables.people import Account
from signaling.pool import CommandRefused, Pool, WorkerGone
from signaling.relay import relay
from web import logins
from web.ask import Ask, Site
from web.table import Handler

log = logging.getLogger("odr.media")
TOKEN_LIFE = 60
SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]
GRACE = 10


def desired(s: Session, sitting: Sitting, settings: Settings) -> dict[str, Any]:
    """What a sitting shall be, as the media worker enforces it."""
    seated = presence.seated(s, sitting.id)
    recording = presence.current_recording(s, sitting.id) if sitting.recording else None
    return {
        "version": sitting.version,
        "rooms": {room.value: {"record": _wish(recording, room, settings)} for room in Room},
        "seats": {one.account_id: _seat(s, one) for one in seated},
        "hosts": [one.account_id for one in seated if one.side is None],
        "fallback": {one.account_id: home(one.side).value for one in seated},
        "host_grace_s": GRACE,
    }


def _wish(recording: Recording | None, room: Room, settings: Settings) -> dict[str, Any] | None:
    if recording is None or recording.room is not room:
        return None
    folder = settings.recordings / recording.folder
    return {"dir": str(folder), "about": {"recording": recording.id, "zone": recording.zone.value}}


def _seat(s: Session, one: Attendance) -> dict[str, Any]:
    return {
        "room": one.room.value,
        "name": db.get(s, Account, one.account_id).name,
        "role": presence.side_name(one.side),
        "publish": True,
        "hushed": one.hushed,
        "camera": not one.camera_off,
    }


# ---- tokens


def ticket(ask: Ask, sitting: Sitting) -> dict[str, str]:
    """What the browser joins with: the address and a token for this login, this sitting, one minute."""
    now = int(ask.now.timestamp())
    claims = {
        "iss": ask.site.settings.media_key,
        "sub": ask.actor.ref,
        "name": ask.actor.name,
        "nbf": now - 5,
        "exp": now + TOKEN_LIFE,
        "attributes": {"login": _login_mark(ask.actor.login_id)},
        "video": {
            "roomJoin": True,
            "room": sitting.id,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": False,
            "canPublishSources": SOURCES,
        },
    }
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret(ask.site.settings)))
    return {"token": token, "identity": ask.actor.ref}


def secret(settings: Settings) -> str:
    """The secret shared with the media workers; `odr serve` gives both the same."""
    if not settings.media_secret:
        raise WrongStage(wanted="media")
    return settings.media_secret


def _login_mark(login_id: str | None) -> str:
    return digest((login_id or "").encode())[7:31]


async def signal(socket: WebSocket) -> None:
    """Relay a browser's signalling to the worker of its sitting, if the token is this login's own."""
    site: Site = socket.app.state.site
    pool: Pool | None = site.state.get("media")
    room = await run_in_threadpool(_admitted, site, socket)
    if pool is None or room is None:
        await socket.send_denial_response(PlainTextResponse("refused", 401 if pool else 503))
        return
    try:
        upstream = f"{pool.ws_url(room)}{socket.url.path}?{socket.url.query}"
    except WorkerGone:
        await socket.send_denial_response(PlainTextResponse("no media worker", 503))
        return
    await relay(socket.receive, socket.send, upstream)


async def validate(request: Request) -> Response:
    """Whether a token would be let in; livekit-client asks this when its socket was refused."""
    site: Site = request.app.state.site
    room = await run_in_threadpool(_admitted, site, request)
    if room is None:
        return PlainTextResponse("invalid token", 401)
    pool: Pool | None = site.state.get("media")
    state = await pool.state(room) if pool else None
    return PlainTextResponse("success") if state else PlainTextResponse("no such sitting here", 404)


def _admitted(site: Site, connection: Request | WebSocket) -> str | None:
    """The sitting of a valid token whose login is the cookie's; none otherwise."""
    try:
        key = OctKey.import_key(secret(site.settings))
        claims = jwt.decode(connection.query_params.get("access_token", ""), key, algorithms=["HS256"]).claims
    except (JoseError, ValueError, WrongStage):
        return None
    with site.db.reading() as s:
        actor, _login, _language = logins.who(s, connection.cookies, clock.now())
    mark = (claims.get("attributes") or {}).get("login")
    if actor.account_id is None or claims.get("sub") != actor.account_id:
        return None
    if mark != _login_mark(actor.login_id) or claims.get("exp", 0) < time.time() - 5:
        return None
    room = (claims.get("video") or {}).get("room")
    return room if isinstance(room, str) else None


# ---- the courier


class Courier:
    """Carries rows to the workers and events to the rows. Lives in the web process's event loop."""

    def __init__(self, site: Site, sockets: list[Any]) -> None:
        self.site = site
        self.pool = Pool(sockets, self._greeted)
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._pushed: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.watchers: set[asyncio.Event] = set()

    async def open(self) -> None:
        """Connect and begin."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._push())]
        await self.pool.open(patience=0.2)
        self.site.state["media"] = self.pool
        self.site.state["courier"] = self

    async def close(self) -> None:
        """End; the workers' sittings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pool.disconnect()

    def ring(self) -> None:
        """Something was committed; callable from any thread."""
        self._loop.call_soon_threadsafe(self._rung)

    def _rung(self) -> None:
        self._bell.set()
        for watcher in self.watchers:
            watcher.set()

    async def _greeted(self, worker: int) -> None:
        """A worker came (back): everything that lives there is pushed again."""
        for sitting in self.pool.places(worker):
            self._pushed.pop(sitting, None)
            await run_in_threadpool(self._restart, sitting)
        self._bell.set()

    def _restart(self, sitting: str) -> None:
        with self.site.db.transaction() as s:
            rooms.restart_recording(s, sitting, at=clock.now())

    async def _push(self) -> None:
        while True:
            self._bell.clear()
            try:
                for sitting, wish in (await run_in_threadpool(self._wishes)).items():
                    await self._tell(sitting, wish)
                await self._end_others()
            except (WorkerGone, CommandRefused) as trouble:
                log.warning("a media worker could not be told: %s", trouble)
                await asyncio.sleep(0.2)
            except Exception:  # the courier must outlive a broken row
                log.exception("the courier found trouble")
            try:
                async with asyncio.timeout(1):
                    await self._bell.wait()
            except TimeoutError:
                self._watch()

    def _watch(self) -> None:
        for watcher in self.watchers:  # another process may have written
            watcher.set()

    def _wishes(self) -> dict[str, dict[str, Any]]:
        with self.site.db.reading() as s:
            return {one.id: desired(s, one, self.site.settings) for one in query.running(s)}

    async def _tell(self, sitting: str, wish: dict[str, Any]) -> None:
        if self._pushed.get(sitting) != wish["version"]:
            await self.pool.sync(sitting, wish)
            self._pushed[sitting] = wish["version"]

    async def _end_others(self) -> None:
        running = set(await run_in_threadpool(self._running))
        for sitting in [one for one in self._pushed if one not in running]:
            await self.pool.close(sitting)
            del self._pushed[sitting]

    def _running(self) -> list[str]:
        with self.site.db.reading() as s:
            return [one.id for one in query.running(s)]

    async def _listen(self) -> None:
        async for event in self.pool.events():
            try:
                if await run_in_threadpool(heard, self.site, event, clock.now()):
                    self._rung()
            except Refused as late:
                log.info("event %s came too late: %s", event.get("event"), late.code)
            except Exception:  # one bad event must not deafen us
                log.exception("an event of a media worker could not be kept")


def heard(site: Site, event: dict[str, Any], at: datetime) -> bool:
    """Bring what a worker saw into the rows; false when it does not concern them."""
    handler = _EVENTS.get(str(event.get("event")))
    if handler is None:
        return False
    with site.db.transaction() as s:
        handler(s, event, at)
    return True


def _joined(s: Session, event: dict[str, Any], at: datetime) -> None:
    rooms.connection(s, event["sitting"], event["identity"], at=at, on=True)


def _left(s: Session, event: dict[str, Any], at: datetime) -> None:
    if event.get("reason") != "duplicate_identity":  # the same person is already back
        rooms.connection(s, event["sitting"], event["identity"], at=at, on=False)


def _frozen(s: Session, event: dict[str, Any], at: datetime) -> None:
    sittings.freeze(s, event["sitting"], at=at)


def _recorded(s: Session, event: dict[str, Any], at: datetime) -> None:
    if event.get("on"):
        return
    folder = "/".join(str(event["dir"]).rsplit("/", 2)[-2:])
    recording = presence.recording_in(s, folder)
    if recording is None:
        raise NotFound(kind="recording")
    rooms.keep_recording(s, recording.id, head=event["head"], size=event["bytes"], at=at)


_EVENTS: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "joined": _joined,
    "left": _left,
    "frozen": _frozen,
    "recording": _recorded,
}


def told(handler: Handler) -> Handler:
    """A handler whose commit the media workers and the open pages hear of at once."""

    def answer(ask: Ask) -> Response:
        given = handler(ask)
        courier = ask.site.state.get("courier")
        if courier is not None:
            courier.ring()
        return given

    answer.__name__ = handler.__name__
    return answer


__all__ = ["Courier", "desired", "heard", "signal", "ticket", "told", "validate"]
