"""Pages that anybody may read."""

from __future__ import annotations

from starlette.responses import Response

from odr.errors import NotFound
from web.ask import Ask, local, redirect
from web.words import LANGUAGES

SIZES = ("normal", "large")
YEAR = 31_536_000


def start(ask: Ask) -> Response:
    return ask.page("public/start.html")


def language(ask: Ask) -> Response:
    """Remember the reader's language and go back to the page they were on."""
    if ask.id("name") not in LANGUAGES:
        raise NotFound()
    return _remember(ask, "language", ask.id("name"))


def type_size(ask: Ask) -> Response:
    """Remember whether the reader wants large type."""
    if ask.id("size") not in SIZES:
        raise NotFound()
    return _remember(ask, "type", ask.id("size"))


def _remember(ask: Ask, name: str, value: str) -> Response:
    answer = redirect(local(ask.query.get("back", "/"), "/"))
    answer.set_cookie(name, value, max_age=YEAR, samesite="lax", httponly=True, secure=True)
    return answer


def nothing_here(ask: Ask) -> Response:
    raise NotFound()
