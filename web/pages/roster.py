"""The public roster: who mediates for the court, today or on a day of the past."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from odr import clock
from odr.queries import roster
from odr.queries.roster import Wanted
from odr.rules import entries
from web import roster_words
from web.ask import Ask
from web.words import language

KINDS = ("mediator", "organisation")


def search(ask: Ask) -> Response:
    wanted = _wanted(ask)
    with ask.reading() as s:
        return ask.page(
            "roster/search.html",
            wanted=wanted,
            found=roster.search(s, wanted),
            court_options=[(key, face.title(language.get())) for key, face in roster.courts(s).items()],
            languages_spoken=roster_words.options("mediator", "languages"),
            words=roster_words,
            path=f"/roster?{urlencode(_filters(wanted))}",
        )


def organisation(ask: Ask) -> Response:
    return _entry(ask, "organisation", ask.id("organisation"))


def mediator(ask: Ask) -> Response:
    return _entry(ask, "mediator", ask.id("mediator"))


def _entry(ask: Ask, kind: str, key: str) -> Response:
    """An entry with its public columns, its court and its history; `on` asks for a day of the past."""
    on = _day(ask)
    columns = [c.key for c in (*entries.COLUMNS[kind], *entries.KEPT_BY_COURT) if c.public]
    with ask.reading() as s:
        row = roster.entry(s, kind, key, on)
        return ask.page(
            "roster/entry.html",
            entry=row,
            kind=kind,
            on=on,
            court=roster.courts(s)[row.court_id].title(language.get()),
            columns=[column for column in columns if column not in ("name", "about", "status")],
            members=roster.members(s, row, on) if kind == "organisation" else [],
            history=roster.history(s, row.id),
            words=roster_words,
        )


def _wanted(ask: Ask) -> Wanted:
    query, kind = ask.query, ask.query.get("kind", "")
    return Wanted(
        kind=kind if kind in KINDS else KINDS[0],
        text=query.get("text", "").strip()[:50],
        court_id=query.get("court", ""),
        cause=query.get("cause", ""),
        language=query.get("language", ""),
        free=bool(query.get("free")),
        video=bool(query.get("video")),
        on=_day(ask),
        page=ask.page_asked,
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


def _day(ask: Ask) -> date | None:
    """The day of the past that was asked for; none: the roster as it stands."""
    try:
        day = date.fromisoformat(ask.query.get("on", ""))
    except ValueError:
        return None
    return day if day < clock.court_date(ask.now) else None
