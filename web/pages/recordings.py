"""Playing a recording: who may see its zone sees it, and everybody sees who looked."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from odr.errors import NotFound
from odr.queries import recordings as query
from web import moments
from web.ask import Ask
from web.looks import looked

TYPES = {".webm": "video/webm", ".mp4": "video/mp4"}


def show(ask: Ask) -> Response:
    with ask.reading() as s:
        view = query.show(s, ask.id("recording"), by=ask.actor)
    looked(ask, view.dispute_id, "播放录像")
    names = {reel.identity: reel.label for reel in view.files}
    told = moments.read(ask.site.settings.recordings / view.folder, names)
    return ask.page("sittings/recording.html", recording=view, moments=told)


def file(ask: Ask) -> Response:
    """One person's file, or the film of all, in the ranges a player asks for."""
    with ask.reading() as s:
        view = query.show(s, ask.id("recording"), by=ask.actor)
    known = next((reel for reel in view.files if reel.name == ask.id("name")), None)
    path = ask.site.settings.recordings / view.folder / known.name if known else None
    if path is None or not path.is_file():
        raise NotFound(kind="file")
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"}
    return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)
