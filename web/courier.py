"""The courier between the court's rows and the media workers; it lives in the web process's event loop.

It pushes what a sitting shall be after every commit that rings the bell, once a second when nobody does
(another process may have written), and again when a worker comes back. What the workers saw it writes down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from odr import clock, presence
from odr.actions import recordings, rooms, sittings
from odr.errors import NotFound, Refused
from odr.queries import sittings as query
from signaling.pool import CommandRefused, Pool, WorkerGone
from web.ask import Ask, Site
from web.cluster import Cluster
from web.media import desired, sockets
from web.table import Handler

log = logging.getLogger("odr.media")


class Courier:
    """Carries rows to the workers and events to the rows. Lives in the web process's event loop."""

    def __init__(self, site: Site) -> None:
        self.site = site
        elsewhere = bool(site.settings.media_url)
        self.pool = Cluster(site.settings) if elsewhere else Pool(sockets(site.settings), self._greeted)
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._pushed: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.watchers: set[asyncio.Event] = set()

    async def open(self) -> None:
        """Connect and begin."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._push())]
        await self.pool.open(patience=0.2)
        self.site.state["media"] = self.pool
        self.site.state["courier"] = self

    async def close(self) -> None:
        """End; the workers' sittings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pool.disconnect()

    def ring(self) -> None:
        """Something was committed; callable from any thread."""
        self._loop.call_soon_threadsafe(self._rung)

    def _rung(self) -> None:
        self._bell.set()
        for watcher in self.watchers:
            watcher.set()

    async def _greeted(self, worker: int) -> None:
        """A worker came (back): everything that lives there is pushed again."""
        for sitting in self.pool.places(worker):
            self._pushed.pop(sitting, None)
            await run_in_threadpool(self._restart, sitting)
        self._bell.set()

    def _restart(self, sitting: str) -> None:
        with self.site.db.transaction() as s:
            recordings.restart(s, sitting, at=clock.now())

    async def _push(self) -> None:
        while True:
            self._bell.clear()
            try:
                for sitting, wish in (await run_in_threadpool(self._wishes)).items():
                    await self._tell(sitting, wish)
                await self._end_others()
            except (WorkerGone, CommandRefused) as trouble:
                log.warning("a media worker could not be told: %s", trouble)
                await asyncio.sleep(0.2)
            except Exception:  # the courier must outlive a broken row
                log.exception("the courier found trouble")
            try:
                async with asyncio.timeout(1):
                    await self._bell.wait()
            except TimeoutError:
                self._watch()

    def _watch(self) -> None:
        for watcher in self.watchers:  # another process may have written
            watcher.set()

    def _wishes(self) -> dict[str, dict[str, Any]]:
        with self.site.db.reading() as s:
            return {one.id: desired(s, one, self.site.settings) for one in query.running(s)}

    async def _tell(self, sitting: str, wish: dict[str, Any]) -> None:
        if self._pushed.get(sitting) != wish["version"]:
            await self.pool.sync(sitting, wish)
            self._pushed[sitting] = wish["version"]

    async def _end_others(self) -> None:
        running = set(await run_in_threadpool(self._running))
        for sitting in [one for one in self._pushed if one not in running]:
            await self.pool.close(sitting)
            del self._pushed[sitting]

    def _running(self) -> list[str]:
        with self.site.db.reading() as s:
            return [one.id for one in query.running(s)]

    async def _listen(self) -> None:
        async for event in self.pool.events():
            try:
                if await run_in_threadpool(heard, self.site, event, clock.now()):
                    self._rung()
            except Refused as late:
                log.info("event %s came too late: %s", event.get("event"), late.code)
            except Exception:  # one bad event must not deafen us
                log.exception("an event of a media worker could not be kept")


def heard(site: Site, event: dict[str, Any], at: datetime) -> bool:
    """Bring what a worker saw into the rows; false when it does not concern them."""
    handler = _EVENTS.get(str(event.get("event")))
    if handler is None:
        return False
    with site.db.transaction() as s:
        handler(s, event, at)
    return True


def _joined(s: Session, event: dict[str, Any], at: datetime) -> None:
    rooms.connection(s, event["sitting"], event["identity"], at=at, on=True)


def _left(s: Session, event: dict[str, Any], at: datetime) -> None:
    if event.get("reason") != "duplicate_identity":  # the same person is already back
        rooms.connection(s, event["sitting"], event["identity"], at=at, on=False)


def _frozen(s: Session, event: dict[str, Any], at: datetime) -> None:
    sittings.freeze(s, event["sitting"], at=at)


def _recorded(s: Session, event: dict[str, Any], at: datetime) -> None:
    if event.get("on") and not event.get("error"):
        return
    folder = "/".join(str(event["dir"]).rsplit("/", 2)[-2:])
    recording = presence.recording_in(s, folder)
    if recording is None:
        raise NotFound(kind="recording")
    if event.get("error"):
        recordings.fail(s, recording.id, at=at)
    if event.get("on"):
        return
    recordings.keep(s, recording.id, head=event["head"], size=event["bytes"], at=at)


_EVENTS: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "joined": _joined,
    "left": _left,
    "frozen": _frozen,
    "recording": _recorded,
}


def told(handler: Handler) -> Handler:
    """A handler whose commit the media workers and the open pages hear of at once."""

    def answer(ask: Ask) -> Response:
        given = handler(ask)
        courier = ask.site.state.get("courier")
        if courier is not None:
            courier.ring()
        return given

    answer.__name__ = handler.__name__
    return answer
