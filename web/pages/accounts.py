"""Registering, logging in, the second factor, and everybody's own home."""

from __future__ import annotations

from starlette.responses import Response

from web.ask import Ask


def home(ask: Ask) -> Response:
    return ask.page("accounts/home.html")
