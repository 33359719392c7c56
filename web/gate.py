"""What stands before every handler: body limits, same-origin guard, response headers, rate limits."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from odr.errors import CrossSite, Refused, TooLarge, TooMany
from web.logins import COOKIE

# makes the page that says why not; given by `web.app`
Refuse = Callable[[Request, Refused], Awaitable[Response]]

SAFE = {"GET", "HEAD", "OPTIONS"}
DOOR = ("/login", "/register", "/i")
ENTRIES, WRITES, HOUSE = parse("20/minute"), parse("120/minute"), parse("1200/minute")
OUTSIDE = ("/whip/", "/whep/", "/twirp/")  # called by devices with their own bearer token


class SameOrigin:
    """Refuses writes and sockets that another site's page started (Sec-Fetch-Site, else Origin)."""

    def __init__(self, app: ASGIApp, *, origin: str, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse
        self.origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._ok(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            answer = await self.refuse(Request(scope), CrossSite())
            await answer(scope, receive, send)
        else:
            await WebSocket(scope, receive, send).close(1008)

    def _ok(self, scope: Scope) -> bool:
        if scope["type"] == "http" and (scope["method"] in SAFE or scope["path"].startswith(OUTSIDE)):
            return True
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site in ("same-origin", "none")
        if origin is not None:
            return origin == self.origin or _place(origin) == headers.get("host")
        return "cookie" not in headers  # no browser of ours omits both


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # no address at all
        return None


class Guarded:
    """Response headers of every page; a fresh nonce for scripts and styles."""

    def __init__(self, app: ASGIApp, *, secure: bool, media_url: str = "") -> None:
        self.app = app
        self.secure = secure
        self._beside = f" {media_url} {media_url.replace('ws', 'http', 1)}" if media_url else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), nonce, scope["path"])
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, nonce: str, path: str) -> None:
        headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; "
            f"img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'{self._beside}; "
            "worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'self'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        here = "(self)" if path.startswith(("/sittings/", "/device-test")) else "()"
        headers.setdefault(
            "Permissions-Policy",
            f"camera={here}, microphone={here}, display-capture={here}, geolocation=(), payment=(), usb=()",
        )
        if not path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
        if self.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


class Slow:
    """Ceilings a minute: at the door for one address, writes for one login, both for a whole house.

    A house with one address holds a whole court, so whoever is logged in is counted apart; a made-up
    cookie gets no further than the house's ceiling and never to a password.
    """

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            for limit, *key in _ceilings(scope):
                if not self._limiter.hit(limit, *key):
                    reset = self._limiter.get_window_stats(limit, *key).reset_time
                    wait = max(1, int(reset - time.time()))
                    answer = await self.refuse(Request(scope), TooMany(wait=wait))
                    await answer(scope, receive, send)
                    return
        await self.app(scope, receive, send)


def _ceilings(scope: Scope) -> Iterator[tuple[RateLimitItem, str, str]]:
    """What is counted for this write, and under whose name."""
    address = (scope.get("client") or ("",))[0]
    login = Request(scope).cookies.get(COOKIE, "")
    if scope["path"].startswith(DOOR):
        yield ENTRIES, "entry", address
    elif login:
        yield HOUSE, "house", address
        yield WRITES, "login", hashlib.sha256(login.encode()).hexdigest()
    else:
        yield WRITES, "address", address


class Sized:
    """Refuses a body that announces itself as too large, in words and before any of it is read."""

    def __init__(self, app: ASGIApp, *, limit: int, refuse: Refuse) -> None:
        self.app = app
        self.limit = limit
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdecimal() and int(told) > self.limit:
            answer = await self.refuse(Request(scope), TooLarge())
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)
