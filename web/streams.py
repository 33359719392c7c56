"""Live pages: a stream that says that something the viewer can see has changed, never what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from odr import clock
from odr.errors import Refused
from odr.queries import drafting
from odr.queries import sittings as query
from odr.rules.words import Do
from web.ask import Ask
from web.table import Live, admit, ask_of

STILL_HERE = 15  # seconds after which a silent stream says that it lives
LOOK = 1.0  # seconds between two looks when no bell rings


def marks_of(ask: Ask) -> dict[str, str]:
    """The marks of every part of a sitting's page, for this viewer, now."""
    ask.now = clock.now()
    admit(ask, SITTING)
    with ask.reading() as s:
        view = query.show(s, ask.id("sitting"), by=ask.actor)
        panel = drafting.panel(s, ask.id("sitting"), by=ask.actor, on=clock.court_date(ask.now))
    return {"sitting": view.mark} | {part: panel.mark(part) for part in drafting.PARTS}


async def events(request: Request) -> Response:
    """Server-sent events of one sitting for one viewer."""
    ask = ask_of(request, SITTING, FormData())
    try:
        marks = await run_in_threadpool(marks_of, ask)
    except Refused as refused:
        return PlainTextResponse(refused.code, refused.status)
    return StreamingResponse(
        _changes(ask, marks),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _changes(ask: Ask, marks: dict[str, str]) -> AsyncIterator[str]:
    courier = ask.site.state.get("courier")
    bell = asyncio.Event()
    if courier is not None:
        courier.watchers.add(bell)
    seen, silent = -1, 0.0
    yield _event(marks)
    try:
        while True:
            pulse = await run_in_threadpool(_pulse, ask)
            if pulse != seen:
                seen, now = pulse, await run_in_threadpool(marks_of, ask)
                if now != marks:
                    marks, silent = now, 0.0
                    yield _event(marks)
            silent = 0.0 if await _rung(bell) else silent + LOOK
            if silent >= STILL_HERE:
                silent = 0.0
                yield ": still here\n\n"
    except Refused:
        yield "event: over\ndata: {}\n\n"
    finally:
        if courier is not None:
            courier.watchers.discard(bell)


async def _rung(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(LOOK):
            await bell.wait()
    except TimeoutError:
        return False
    bell.clear()
    return True


def _pulse(ask: Ask) -> int:
    with ask.reading() as s:
        return query.pulse(s, ask.id("sitting"))


def _event(marks: dict[str, str]) -> str:
    return f"event: marks\ndata: {json.dumps(marks)}\n\n"


SITTING = Live("GET", "/sittings/{sitting}/events", events, Do.JOIN_SITTING)
