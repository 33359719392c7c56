"""The composition root: settings in, the ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from odr import schema, settings
from odr.db import Database
from odr.errors import NotFound, Refused, TooLarge, WrongMethod
from odr.settings import Settings
from odr.vault import Vault
from web import assets, courier, health, media, whip
from web.ask import Site
from web.gate import Guarded, SameOrigin, Sized, Slow
from web.routes import ROUTES
from web.table import turned_away


def create_app(given: Settings | None = None) -> Starlette:
    """The application on these settings (none: from the environment)."""
    chosen = given or settings.read()
    chosen.data.mkdir(parents=True, exist_ok=True)
    db = Database(chosen.database_url)
    schema.upgrade(db)
    app = Starlette(
        routes=_routes(),
        lifespan=_lifespan,
        middleware=[
            Middleware(health.Measured),
            Middleware(Guarded, secure=chosen.secure, media_url=chosen.media_url),
            Middleware(SameOrigin, origin=chosen.origin, refuse=turned_away),
            Middleware(Slow, refuse=turned_away),
        ],
        exception_handlers={HTTPException: no_row},
    )
    app.state.site = Site(chosen, db, Vault(chosen.vault))
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """While we serve: the courier between the court's rows and the media workers."""
    site: Site = app.state.site
    carrying = courier.Courier(site)
    await carrying.open()
    try:
        yield
    finally:
        await carrying.close()


def _routes() -> list[BaseRoute]:
    rows = [
        Route(row.path, row.endpoint, methods=[row.method], middleware=_limits(row.limit)) for row in ROUTES
    ]
    states = [
        Route(f"/{handler.__name__}", handler) for handler in (health.healthz, health.readyz, health.metrics)
    ]
    return [*rows, *states, *media.routes(), *whip.routes(), *assets.routes()]


def _limits(limit: int) -> list[Middleware]:
    """A page for who says how much they send, a plain stop for who does not say it or lies."""
    return [
        Middleware(Sized, limit=limit, refuse=turned_away),
        Middleware(RequestBodyLimitMiddleware, max_body_size=limit),
    ]


async def no_row(request: Request, error: Exception) -> Response:
    """The page for an address or method of no row; an unknown address looks like what one may not know of."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    kind = {404: NotFound, 405: WrongMethod, 413: TooLarge}.get(status, Refused)
    answer = await turned_away(request, kind())
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer
