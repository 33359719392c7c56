"""What the rows of `make calls` share: browsers that call each other, and how a figure is said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, async_playwright

from signaling.port import reachable
from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.peers import token
from tests.signaling.test_chromium import shown, stats

OWN = reachable("0.0.0.0")[0]
CAMERA = (
    "{ width: 640, height: 360, frameRate: 20 }"  # encoders of three browsers have to fit beside the worker
)


@dataclass(frozen=True)
class Sizes:
    joins: int = 20
    call: float = 60
    people: int = 18
    crowd: float = 30
    short: float = 5
    long: float = 40
    bad: float = 60


SMALL = Sizes(joins=3, call=4, people=4, crowd=3, short=2, long=8, bad=10)


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
