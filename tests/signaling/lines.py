"""`make calls`, lines that lose, narrow, break and change."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.signaling.browsers import open_peer
from tests.signaling.calling import Sizes, chromium, flows, pair, row
from tests.signaling.lossy import ADDRESS, Narrow, Weather
from tests.signaling.peers import Server, token
from tests.signaling.test_chromium import shown, stats
from tests.signaling.test_live import Cable

WAY = 0.015  # seconds to the server, and as many from there
LARGE = "{ width: 960, height: 540, frameRate: 15 }"  # of which an encoder makes halves and quarters
FULL = 960  # dots across it
STILL = 1.0  # seconds after which a picture has been taken away
SMALL_PICTURE = 480  # dots across a picture of 270 lines
NARROW = 400_000  # bits per second


async def losses(sizes: Sizes) -> list[dict[str, Any]]:
    """A twentieth, then a seventh of all packets lost, each way."""
    server = Server(public=ADDRESS)
    found = []
    try:
        async with chromium() as (browser, address), Weather(server.udp) as weather:
            weather.delay = (WAY, WAY)
            people = await pair(browser, address, server.url, server.url, "losses")
            await asyncio.sleep(5)  # pictures grow to their full size
            fair = await passing(people, sizes.bad / 4)
            for loss, name in ((0.05, "5 %"), (0.15, "15 %")):
                weather.loss = loss
                await asyncio.sleep(5)
                bad = await passing(people, sizes.bad)
                slowest = min(bad[way]["frames"] / fair[way]["frames"] for way in fair)
                worst = max(one["concealed"] / max(one["samples"], 1) for one in bad.values())
                freezes = max(one["freezes"] for one in bad.values()) * 60
                if loss < 0.1:
                    found += [{**row(f"{name} lost, freezes a minute", freezes, 1, ""), "fair": fair, "bad": bad},
                              row(f"{name} lost, share of pictures missing", 1 - slowest, 0.1, "")]  # fmt: skip
                else:
                    found += [{**row(f"{name} lost, worst share of sound concealed", worst, 0.08, ""), "bad": bad},
                              row(f"{name} lost, share of pictures missing", 1 - slowest, 0.99, "")]  # fmt: skip
    finally:
        server.stop()
    return found


async def passing(people: dict[str, Any], seconds: float) -> dict[str, dict[str, float]]:
    """What comes of each way between people, by the second, while so many pass."""
    before, began = {who: await stats(page) for who, page in people.items()}, time.monotonic()
    await asyncio.sleep(seconds)
    after, lasted = {who: await stats(page) for who, page in people.items()}, time.monotonic() - began
    return {
        f"{who} of {other}": {name: (seen[name] - before[who][other][name]) / lasted for name in seen}
        for who, found in after.items()
        for other, seen in found.items()
    }


async def thin(sizes: Sizes) -> list[dict[str, Any]]:
    """One of three receives through a line that becomes narrow, and wide again."""
    server = Server(public=ADDRESS)
    try:
        async with chromium() as (browser, address), Weather(server.udp) as weather:
            weather.delay = (WAY, WAY)
            people: dict[str, Any] = {}
            for who in "xy":
                people[who] = await open_peer(browser, address)
                await people[who].evaluate(f"peer.join('{server.url}', '{token(who, 'thin')}')")
                await people[who].evaluate(f"peer.publish({LARGE})")
            others = set(weather.far)
            people["z"] = await open_peer(browser, address)
            await people["z"].evaluate(f"peer.join('{server.url}', '{token('z', 'thin')}')")
            for who in "xy":
                await shown(people["z"], who, 10)
            await until_wide(people["z"], 30)
            before = await stats(people["y"])
            for client in set(weather.far) - others:
                weather.narrow[client] = Narrow(NARROW)
            small = await until_wide(people["z"], 30, wide=False)
            sound = await passing({"z": people["z"]}, sizes.bad / 2)
            weather.narrow.clear()
            back = await until_wide(people["z"], 60)
            after = await stats(people["y"])
    finally:
        server.stop()
    concealed = max(one["concealed"] / max(one["samples"], 1) for one in sound.values())
    return [
        row("thin line, until its pictures are small", small, 5),
        {**row("thin line, worst share of sound concealed", concealed, 0.01, ""), "each": sound},
        row("thin line, freezes of the others", after["x"]["freezes"] - before["x"]["freezes"], 0, ""),
        row(
            "thin line, the others' pictures made smaller", before["x"]["width"] - after["x"]["width"], 0, ""
        ),
        row("wide again, until its pictures are large", back, 20),
    ]


async def until_wide(page: Any, seconds: float, wide: bool = True) -> float:
    """How long until all pictures of a page are of their full size, or none that moves is larger than a small one."""
    began, moved, frames = time.monotonic(), dict[str, float](), dict[str, int]()
    async with asyncio.timeout(seconds):
        while True:
            seen, now = await stats(page), time.monotonic()
            for who, one in seen.items():
                if one["frames"] != frames.get(who):
                    frames[who], moved[who] = one["frames"], now
            widths = [one["width"] for who, one in seen.items() if now - moved[who] < STILL]
            large = len(widths) == len(seen) and min(widths, default=0) >= FULL
            small = max(widths, default=0) <= SMALL_PICTURE
            if large if wide else small:
                return now - began
            await asyncio.sleep(0.1)


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
