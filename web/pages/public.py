"""Pages that anybody may read."""

from __future__ import annotations

from starlette.responses import Response

from odr.errors import NotFound
from web.ask import Ask, redirect
from web.words import LANGUAGES


def start(ask: Ask) -> Response:
    return ask.page("public/start.html")


def language(ask: Ask) -> Response:
    """Remember the reader's language and go back to the page they were on."""
    if ask.id("name") not in LANGUAGES:
        raise NotFound()
    back = ask.query.get("back", "/")
    answer = redirect(back if back.startswith("/") and not back.startswith("//") else "/")
    answer.set_cookie("language", ask.id("name"), max_age=31536000, samesite="lax", httponly=True)
    return answer


def nothing_here(ask: Ask) -> Response:
    raise NotFound()
