"""The public roster: who mediates for the court, today or on a day of the past."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from odr.queries import roster
from odr.queries.roster import Wanted
from odr.rules import entries
from web import roster_words
from web.ask import Ask

KINDS = ("mediator", "organisation")


def search(ask: Ask) -> Response:
    wanted = _wanted(ask)
    with ask.reading() as s:
        return ask.page(
            "roster/search.html",
            wanted=wanted,
            found=roster.search(s, wanted),
            court_options=[(court.id, court.name) for court in roster.courts(s)],
            languages_spoken=roster_words.options("mediator", "languages"),
            words=roster_words,
            path=f"/roster?{urlencode(_filters(wanted))}",
        )


def organisation(ask: Ask) -> Response:
    on = _day(ask.query.get("on", ""))
    with ask.reading() as s:
        row = roster.entry(s, "organisation", ask.id("organisation"), on)
        return _entry(
            ask, "organisation", row, on, roster.members(s, row, on), s_history=roster.history(s, row.id)
        )


def mediator(ask: Ask) -> Response:
    on = _day(ask.query.get("on", ""))
    with ask.reading() as s:
        row = roster.entry(s, "mediator", ask.id("mediator"), on)
        return _entry(ask, "mediator", row, on, [], s_history=roster.history(s, row.id))


def _entry(
    ask: Ask,
    kind: str,
    row: roster.Listed,
    on: date | None,
    members: list[roster.Listed],
    *,
    s_history: list[roster.Step],
) -> Response:
    columns = [c.key for c in (*entries.COLUMNS[kind], *entries.KEPT_BY_COURT) if c.public]
    return ask.page(
        "roster/entry.html",
        entry=row,
        kind=kind,
        on=on,
        columns=[key for key in columns if key not in ("name", "about", "status")],
        members=members,
        history=s_history,
        words=roster_words,
    )


def _wanted(ask: Ask) -> Wanted:
    query, kind = ask.query, ask.query.get("kind", "")
    page = query.get("page", "1")
    return Wanted(
        kind=kind if kind in KINDS else KINDS[0],
        text=query.get("text", "").strip()[:50],
        court_id=query.get("court", ""),
        cause=query.get("cause", ""),
        language=query.get("language", ""),
        free=bool(query.get("free")),
        video=bool(query.get("video")),
        on=_day(query.get("on", "")),
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )


def _filters(wanted: Wanted) -> dict[str, str]:
    """The search as an address, ready for a page number."""
    given = {
        "kind": wanted.kind,
        "text": wanted.text,
        "court": wanted.court_id,
        "cause": wanted.cause,
        "language": wanted.language,
        "free": "1" if wanted.free else "",
        "video": "1" if wanted.video else "",
        "on": wanted.on.isoformat() if wanted.on else "",
    }
    return {key: value for key, value in given.items() if value} | {"page": ""}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
