"""A camera of the venue: its token, and WHIP and WHEP on the court's own address (RFC 9725).

A device has no login. Its token is shown once to the host who asks for it, is good for one sitting until
the host puts the device out, and leads to its own seat in the joint room; the worker enforces the rest as
for everybody.
"""

from __future__ import annotations

import http.client
import time
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from odr import presence
from odr.errors import WrongStage
from odr.tables.mediations import Sitting, VenueDevice
from signaling.access import Refused
from signaling.entrance import body
from signaling.pool import Pool, WorkerGone
from web import legible
from web.ask import Ask, Site
from web.media import secret

LIFE = 12 * 3600
BODY = 512_000
PATIENCE = 10.0  # seconds the worker may take
PASSED = ("authorization", "content-type", "if-match")
RETURNED = ("content-type", "location", "etag", "link", "accept-post", "accept-patch", "retry-after",
            "www-authenticate")  # fmt: skip


def token(ask: Ask, device: VenueDevice) -> str:
    """What a device shows at the door."""
    now = int(ask.now.timestamp())
    claims = {
        "iss": ask.site.settings.media_key,
        "sub": device.id,
        "nbf": now - 5,
        "exp": now + LIFE,
        "attributes": {"device": device.sitting_id},
        "video": {"roomJoin": True, "room": device.sitting_id, "canPublish": True, "canSubscribe": True,
                  "canPublishData": False, "canPublishSources": ["camera", "microphone"]},
    }  # fmt: skip
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret(ask.site.settings)))


def routes() -> list[BaseRoute]:
    """What `web.app` mounts."""
    return [
        Route("/whip/{room}", begin, methods=["POST"]),
        Route("/whip/{room}/{stay}", pass_on, methods=["PATCH", "DELETE"]),
        Route("/whep/{room}/{participant}", begin, methods=["POST"]),
        Route("/whep/{room}/{participant}/{stay}", pass_on, methods=["PATCH", "DELETE"]),
    ]


async def begin(request: Request) -> Response:
    """Let a device in whose token is for this sitting, while the sitting goes on."""
    site: Site = request.app.state.site
    if not await run_in_threadpool(_may_begin, site, request):
        return PlainTextResponse("refused", 401, headers={"WWW-Authenticate": "Bearer"})
    return await pass_on(request)


async def pass_on(request: Request) -> Response:
    """Ask the worker of the sitting and give its answer."""
    site: Site = request.app.state.site
    pool = site.state.get("media")
    room = room_of(request)
    if not isinstance(pool, Pool) or not await run_in_threadpool(_goes_on, site, room):
        return PlainTextResponse("no such sitting here", 404)
    try:
        carried = await body(request, BODY)
        return await run_in_threadpool(_ask_worker, pool.ws_url(room), request, carried)
    except Refused as refused:
        return PlainTextResponse(str(refused), refused.status)
    except (WorkerGone, OSError, http.client.HTTPException):
        return PlainTextResponse("no media worker", 503, headers={"Retry-After": "2"})


def _ask_worker(url: str, request: Request, body: bytes) -> Response:
    worker = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        worker.request(request.method, request.scope["raw_path"].decode("ascii"), body, headers)
        answer = worker.getresponse()
        response = Response(answer.read(), answer.status)
        for name, value in answer.getheaders():
            if name.lower() in RETURNED:
                response.headers.append(name, value)
        return response
    finally:
        worker.close()


def _may_begin(site: Site, request: Request) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    try:
        key = OctKey.import_key(secret(site.settings))
        claims = jwt.decode(shown.strip(), key, algorithms=["HS256"]).claims
    except (JoseError, ValueError, WrongStage):
        return False
    mine = (claims.get("attributes") or {}).get("device") == room_of(request)
    current = scheme.lower() == "bearer" and mine and claims.get("exp", 0) > time.time()
    return current and _attached(site, room_of(request), str(claims.get("sub", "")))


def _attached(site: Site, sitting_id: str, device_id: str) -> bool:
    with site.db.reading() as s:
        return any(one.id == device_id for one in presence.devices(s, sitting_id))


def room_of(request: Request) -> str:
    """The sitting that the address names, as a database can be asked for it."""
    return legible.params(request.path_params)["room"]


def _goes_on(site: Site, sitting_id: str) -> bool:
    with site.db.reading() as s:
        sitting = s.get(Sitting, sitting_id)
        return sitting is not None and sitting.stage in presence.LIVE
