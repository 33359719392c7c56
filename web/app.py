"""The composition root: settings in, the ASGI application out."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from odr import schema, settings
from odr.db import Database
from odr.settings import Settings
from odr.vault import Vault
from web import assets
from web.ask import Site
from web.gate import Guarded, SameOrigin, Slow
from web.routes import NOWHERE, ROUTES
from web.table import answer, ask_of


def create_app(given: Settings | None = None) -> Starlette:
    """The application on these settings (none: from the environment)."""
    chosen = given or settings.read()
    chosen.data.mkdir(parents=True, exist_ok=True)
    db = Database(chosen.database_url)
    schema.upgrade(db)
    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(Guarded, secure=chosen.secure),
            Middleware(SameOrigin, origin=chosen.origin),
            Middleware(Slow),
        ],
        exception_handlers={404: missing},
    )
    app.state.site = Site(chosen, db, Vault(chosen.vault))
    return app


def _routes() -> list[BaseRoute]:
    rows = [Route(row.path, row.endpoint, methods=[row.method], max_body_size=row.limit) for row in ROUTES]
    return [*rows, *assets.routes()]


async def missing(request: Request, _error: Exception) -> Response:
    """The page for an address that does not exist; the same as for what one may not know of."""
    return await run_in_threadpool(answer, NOWHERE, ask_of(request, NOWHERE, FormData()))
