"""`make calls`: how good calls between real browsers are, each figure beside what it must be, as JSON.

    make calls                                      every row, at its full size (some ten minutes)
    python -m tests.signaling.calls --quick         small sizes, to see that everything works
    python -m tests.signaling.calls --row clean     one row only; may be repeated

Debian's Chromium and Firefox show false cameras to each other through a worker of their own process. The
figures mean little while the machine does something else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
from playwright.async_api import Browser, async_playwright

from signaling import wire
from signaling.access import Access, Gate
from signaling.batch import Outlet
from signaling.bench import ours
from signaling.bench.descriptions import VP8
from signaling.bench.load import MARK, Load, Publisher
from signaling.bench.scene import Member, Scene
from signaling.lane import translated
from signaling.mux import mux
from signaling.pool import Pool
from signaling.port import reachable
from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.firefox import launch_firefox
from tests.signaling.lossy import ADDRESS, Weather
from tests.signaling.peers import Server, token
from tests.signaling.test_chromium import shown, stats
from tests.signaling.test_live import Cable
from tests.signaling.test_recorder import packets_of

OWN = reachable("0.0.0.0")[0]
CAMERA = (
    "{ width: 640, height: 360, frameRate: 20 }"  # encoders of three browsers have to fit beside the worker
)
PART = 1080  # bytes of a picture in one packet
SHARE = 0.6  # of the benchmark's usual load: 15 pictures a second, each a tile of 180 lines


@dataclass(frozen=True)
class Sizes:
    joins: int = 20
    call: float = 60
    people: int = 18
    crowd: float = 30
    short: float = 5
    long: float = 40


SMALL = Sizes(joins=3, call=4, people=4, crowd=3, short=2, long=8)


def row(name: str, got: float, most: float, unit: str = "s") -> dict[str, Any]:
    """A figure and the most it may be."""
    return {"row": name, "got": round(got, 4), "must": most, "unit": unit, "holds": got <= most}


@asynccontextmanager
async def chromium() -> AsyncIterator[tuple[Browser, str]]:
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            yield browser, address
            await browser.close()


async def enter(page: Any, url: str, room: str, identity: str) -> Any:
    """Join and publish."""
    await page.evaluate(f"peer.join('{url}', '{token(identity, room, 600)}')")
    await page.evaluate(f"peer.publish({CAMERA})")
    return page


async def pair(browser: Browser, address: str, first: str, second: str, room: str) -> dict[str, Any]:
    """Two pages that see each other, each on its own way to the server."""
    found = {}
    for identity, url in (("x", first), ("y", second)):
        found[identity] = await enter(await open_peer(browser, address), url, room, identity)
    await shown(found["x"], "y", 30)
    await shown(found["y"], "x", 30)
    return found


async def flows(people: dict[str, Any], seconds: float = 60, fresh: bool = False) -> float:
    """How long until everybody decodes new pictures of everybody else; fresh when the counts began anew."""

    async def one(identity: str, page: Any) -> None:
        before = {} if fresh else await stats(page)
        others = people.keys() - {identity}
        while True:
            now = await stats(page)
            if all(
                now.get(other, {}).get("frames", 0) > before.get(other, {}).get("frames", 0) + 1
                for other in others
            ):
                return
            # whoever joined anew counts from nothing
            before = {
                who: seen for who, seen in before.items() if now.get(who, seen)["frames"] >= seen["frames"]
            }
            await asyncio.sleep(0.02)

    began = time.monotonic()
    async with asyncio.timeout(seconds):
        await asyncio.gather(*(one(identity, page) for identity, page in people.items()))
    return time.monotonic() - began


async def first_frame(sizes: Sizes) -> list[dict[str, Any]]:
    """From `connect` to the first picture on the screen."""
    server, taken = Server(), []
    try:
        async with chromium() as (browser, address):
            await enter(await open_peer(browser, address), server.url, "first", "x")
            for number in range(sizes.joins):
                page = await open_peer(browser, address)
                words = f"'{server.url}', '{token(f'y{number}', 'first')}'"
                taken.append(await page.evaluate(f"peer.firstFrame({words})") / 1000)
                await page.evaluate("peer.room.disconnect()")
                await page.context.close()
    finally:
        server.stop()
    worst = sorted(taken)[max(0, -(-95 * len(taken) // 100) - 1)]
    return [row("first frame after join, p50", statistics.median(taken), 0.6),
            row("first frame after join, p95", worst, 1.5)]  # fmt: skip


async def clean(sizes: Sizes) -> list[dict[str, Any]]:
    """Two Chromium and a Firefox on a good line."""
    server = Server(public=OWN, more=("--udp-host", OWN))
    try:
        with tempfile.TemporaryDirectory() as profile:
            async with chromium() as (browser, address), launch_firefox(Path(profile)) as firefox:
                people: dict[str, Any] = await pair(browser, address, server.url, server.url, "clean")
                people["f"] = await enter(await firefox.open_peer(address), server.url, "clean", "f")
                await flows(people)
                await asyncio.sleep(2)  # the picture grows to its full size
                before = {who: await stats(page) for who, page in people.items()}
                await asyncio.sleep(sizes.call)
                after = {who: await stats(page) for who, page in people.items()}
    finally:
        server.stop()
    pairs = {f"{who} of {other}": {name: seen[name] - before[who][other][name] for name in seen}
             for who, found in after.items() for other, seen in found.items()}  # fmt: skip
    concealed = {names: one["concealed"] / max(one["samples"], 1) for names, one in pairs.items()}
    freezes = {names: one["freezes"] for names, one in pairs.items()}
    lost = {names: one["lost"] for names, one in pairs.items()}
    return [{**row("clean call, freezes", sum(freezes.values()), 0, ""), "each": freezes},
            {**row("clean call, packets lost", sum(lost.values()), 0, ""), "each": lost},
            {**row("clean call, worst share of sound concealed", max(concealed.values()), 0.005, ""),
             "each": concealed}]  # fmt: skip


class Painter(Publisher):
    """Sends pictures that a decoder takes."""

    def __init__(self, member: Member, random: Random, pictures: Sequence[bytes]) -> None:
        super().__init__(member, random)
        self._pictures = pictures

    def frame(self, outlet: Outlet) -> int:
        """The next picture, in as many packets as it needs; behind its end stands the mark, which no decoder reads."""
        picture = self._pictures[self.frames % len(self._pictures)]
        parts = [picture[at : at + PART] for at in range(0, len(picture), PART)]
        self.picture = self.picture + 1 & 0x7FFF
        for number, part in enumerate(parts):
            descriptor = bytes(
                (0x80 if number else 0x90, 0x80, 0x80 | self.picture >> 8, self.picture & 0xFF)
            )
            start, last = self._frame_extension + descriptor + part, number == len(parts) - 1
            size = wire.HEADER.size + len(start) + (MARK.size if last else 0)
            self._lay(outlet, number, 1, last, VP8, self.frames * 3600, self.video, start, size)
        self.frames += 1
        return len(parts)


def encoded() -> list[bytes]:
    """Two seconds of small pictures that a decoder takes, some 180 kb/s of them, the first of them whole."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.bit_rate = 320, 180, "yuv420p", 180_000
    encoder.time_base, encoder.gop_size = Fraction(1, 15), 1000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1"}
    pictures = []
    for number in range(30):
        frame = av.VideoFrame(320, 180, "yuv420p")
        luma, *chroma = frame.planes
        width = luma.line_size
        line = bytes(96 + (at + 3 * number) % width // 2 & 255 for at in range(width))
        luma.update(
            b"".join(line[7 * (row // 4) % width :] + line[: 7 * (row // 4) % width] for row in range(180))
        )
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts = number
        pictures += [bytes(packet) for packet in encoder.encode(frame)]
    return pictures + [bytes(packet) for packet in encoder.encode(None)]


async def twenty(sizes: Sizes) -> list[dict[str, Any]]:
    """A full room: synthetic people who send small pictures, and two Chromium."""
    wide = ("--line", "100000000")  # synthetic people have no need to be taken gently
    own = ("--key", ours.KEY, "--secret", ours.SECRET)
    translated()  # the first time takes longer than a start may
    server = Server(public=OWN, more=("--compiled", "--udp-host", OWN, *wide, *own))
    scene = Scene(OWN, ours.certificate(), [Member(number, "twenty") for number in range(sizes.people)])
    seats = [ours.Seat(member, scene, server.http) for member in scene.members]
    gate = Gate(ours.KEY, ours.SECRET)

    def cpu() -> float:
        return time.clock_gettime((~server.process.pid << 3) | 2)

    try:
        for seat in seats:
            await seat.join()
        await asyncio.gather(*(seat.complete() for seat in seats))
        async with chromium() as (browser, address):
            people = {}
            for who in ("x", "y"):
                people[who] = await open_peer(browser, address)
                bearer = gate.issue(Access(who, "twenty"), time.time())
                await people[who].evaluate(f"peer.join('{server.url}', '{bearer}')")
                await people[who].evaluate(f"peer.publish({CAMERA})")
            await flows(people)
            before = [await stats(people[who]) for who in "xy"]
            pictures = encoded()
            load = Load(scene, lambda member, random: Painter(member, random, pictures))
            figures = await asyncio.to_thread(load.run, SHARE, sizes.crowd, cpu)
            after = [await stats(people[who]) for who in "xy"]
            load.close()
        for seat in seats:
            await seat.close()
        passed = server.counts()["datagrams_passed"]
    finally:
        server.stop()
    freezes = sum(now[who]["freezes"] - past[who]["freezes"]
                  for past, now, who in zip(before, after, "yx", strict=True))  # fmt: skip
    return [{**row("full room, share of a core", figures.cpu / figures.seconds, 0.35, ""),
             "passed by compiled code": passed},
            row("full room, freezes", freezes, 0, "")]  # fmt: skip


async def outages(sizes: Sizes) -> list[dict[str, Any]]:
    """No packet for a while, another address, the signalling cut."""
    server = Server(public=ADDRESS)
    found = []
    try:
        async with (
            chromium() as (browser, address),
            Weather(server.udp) as weather,
            Cable(server.http) as cable,
        ):
            people = await pair(browser, address, cable.url, server.url, "outages")
            sessions = "[peer.room.localParticipant.sid, ...Array.from(peer.room.remoteParticipants.values(), (one) => one.sid)]"
            seats = "[...peer.room.remoteParticipants.keys()]"
            at = await people["x"].evaluate(sessions)
            for name, seconds, most in (("short", sizes.short, 1.0), ("long", sizes.long, 5.0)):
                weather.loss = 1.0
                await asyncio.sleep(seconds)
                weather.loss = 0.0
                found.append(
                    row(f"outage of {seconds:g} s, until pictures ({name})", await flows(people), most)
                )
                await asyncio.sleep(3)
                if name == "short":
                    kept = await people["x"].evaluate(sessions) == at
                    found.append(row("short outage, sessions lost", 2 * (not kept), 0, ""))
            seen = [await people[who].evaluate(seats) for who in "xy"]
            found.append(row("long outage, seats lost or doubled", int(seen != [["y"], ["x"]]), 0, ""))
            for end in weather.far.values():
                end.transport.close()
            weather.far.clear()
            found.append(row("another address, until pictures", await flows(people), 3.0))
            await asyncio.sleep(3)
            before = [await stats(people[who]) for who in "xy"]
            reconnected = await people["x"].evaluate("peer.seen.reconnected")
            cable.cut()
            await people["x"].wait_for_function(f"peer.seen.reconnected > {reconnected}")
            await asyncio.sleep(1)
            after = [await stats(people[who]) for who in "xy"]
            freezes = sum(now[who]["freezes"] - past[who]["freezes"]
                          for past, now, who in zip(before, after, "yx", strict=True))  # fmt: skip
            found.append(row("signalling cut, freezes", freezes, 0, ""))
    finally:
        server.stop()
    return found


async def killed(sizes: Sizes) -> list[dict[str, Any]]:
    """kill -9 of the worker; its spare takes its place, as under `odr serve`."""
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "media.sock"
        turns = ("--after", f"{folder}/media.lock")
        server = Server(control, more=turns)
        film = Path(folder) / "film"
        rooms = {"joint": {"record": {"dir": str(film), "about": {}}}}
        wish = {"version": 1, "rooms": rooms, "seats": {who: {"room": "joint"} for who in "xy"}}
        lost = asyncio.Event()

        async def push(worker: int) -> None:
            for sitting in pool.places(worker):
                await pool.sync(sitting, wish)

        async def follow() -> None:
            async for event in pool.events():
                if event["event"] == "worker_lost":
                    lost.set()

        spare: Server | None = None
        pool = Pool([control], push)
        await pool.open()
        following = asyncio.create_task(follow())
        try:
            await pool.sync("killed", wish)
            async with chromium() as (browser, address):
                spare = Server(control, given=(server.http, server.udp), more=turns)
                people = await pair(browser, address, server.url, server.url, "killed")
                await asyncio.sleep(5)  # it has loaded everything
                began, at = time.monotonic(), time.time()
                server.kill()
                await asyncio.wait_for(lost.wait(), 20)
                noticed = time.monotonic() - began
                server = spare
                for page in people.values():
                    await page.wait_for_function("peer.seen.reconnected > 0", timeout=60000)
                await flows(people, fresh=True)
                again = time.monotonic() - began
        finally:
            following.cancel()
            await pool.disconnect()
            server.stop()
            if spare is not None and spare is not server:
                spare.stop()
        played = mux(film, film).files
        lost_film = at - packets_of(film)[-1].at_ns / 1e9
    return [
        row("worker killed, end of the recording lost", lost_film, 1.0),
        row("worker killed, people whose recording does not play", 2 - len(played), 0, ""),
        row("worker killed, until noticed", noticed, 1.0),
        row("worker killed, until all decode", again, 6.0),
    ]


ROWS: dict[str, Callable[[Sizes], Awaitable[list[dict[str, Any]]]]] = {
    "first": first_frame, "clean": clean, "twenty": twenty, "outages": outages, "killed": killed,
}  # fmt: skip


async def take(names: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    """The rows one after the other; one that breaks does not take the others with it."""
    found: list[dict[str, Any]] = []
    for name in names:
        print(name, file=sys.stderr)
        try:
            found += await ROWS[name](sizes)
        except (AssertionError, RuntimeError, TimeoutError, OSError) as broken:
            found.append({"row": name, "holds": False, "broken": f"{type(broken).__name__}: {broken}"[:300]})
    machine = {"cores": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg()[0]}
    return {"machine": machine, "sizes": vars(sizes), "rows": found}


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--row", choices=ROWS, action="append", help="default: all")
    chosen = parser.parse_args(list(words))
    if missing := [one for one in ("chromium", "firefox-esr") if not shutil.which(one)]:
        print(f"please install {' and '.join(missing)}: calls between browsers are measured", file=sys.stderr)
        return 2
    result = asyncio.run(take(chosen.row or list(ROWS), SMALL if chosen.quick else Sizes()))
    print(json.dumps(result, indent=1))
    return 0 if all(one["holds"] for one in result["rows"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
