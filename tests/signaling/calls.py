"""`make calls`: how good calls between real browsers are, each figure beside what it must be, as JSON.

    make calls                                      every row, at its full size (some fifteen minutes)
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
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from signaling.mux import mux
from signaling.pool import Pool
from tests.signaling.browsers import open_peer
from tests.signaling.calling import OWN, SMALL, Sizes, chromium, enter, flows, pair, row
from tests.signaling.crowd import twenty
from tests.signaling.firefox import launch_firefox
from tests.signaling.lines import losses, outages, thin
from tests.signaling.peers import Server, token
from tests.signaling.test_chromium import stats
from tests.signaling.test_recorder import packets_of


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
    "first": first_frame, "clean": clean, "twenty": twenty, "losses": losses, "thin": thin,
    "outages": outages, "killed": killed,
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
