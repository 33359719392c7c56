"""Unmodified livekit-client in Chromium."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.peers import Client, Controller, Server, token, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def stats(page: Page) -> Any:
    return await page.evaluate("peer.stats()")


async def shown(page: Page, identity: str, frames: int) -> Any:
    """Wait until a page decodes somebody's pictures; what it decoded."""
    for _ in range(200):
        person = (await stats(page)).get(identity)
        if person and person["frames"] >= frames and person["sound"] > 0:
            return person
        await asyncio.sleep(0.05)
    raise AssertionError(f"{identity} was not shown: {await stats(page)}")


async def test_two_browsers_meet_and_one_comes_into_a_caucus(court: Server) -> None:
    assert court.control is not None
    control = Controller(court.control)
    rooms: dict[str, Any] = {"joint": {}, "caucus-a": {}}
    seats = {"x": {"room": "joint", "role": "mediator"}, "y": {"room": "joint", "role": "party"},
             "p": {"room": "caucus-a", "role": "party"}}  # fmt: skip
    control.ask("sync", sitting="web", version=1, rooms=rooms, seats=seats)
    third = await Client("p").join(court.url, "web")
    await third.publish()
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            first, second = await open_peer(browser, address), await open_peer(browser, address)
            for page, identity in ((first, "x"), (second, "y")):
                name = await page.evaluate(f"peer.join('{court.url}', '{token(identity, 'web')}')")
                assert name == "web.joint"
                await page.evaluate("peer.publish()")
            seen = await shown(first, "y", 30)
            assert seen["lost"] == 0
            await shown(second, "x", 30)
            seats["x"]["room"] = "caucus-a"
            control.ask("sync", sitting="web", version=2, rooms=rooms, seats=seats)
            await shown(first, "p", 10)
            assert await first.evaluate("peer.seen.moved") == ["web.caucus-a"]
            assert list(await stats(first)) == ["p"]
            await until(lambda: third.frames["x"] > 3, what="the caucus is mutual")
            assert await stats(second) == {}
            assert not await second.evaluate("document.querySelectorAll('video').length")
            seats["x"]["room"] = "joint"
            control.ask("sync", sitting="web", version=3, rooms=rooms, seats=seats)
            await shown(first, "y", 10)
            await shown(second, "x", 10)
            await browser.close()
    await third.leave()
    control.close()


async def test_a_browser_reconnects_by_itself_and_shows_what_it_shares(server: Server) -> None:
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            await page.evaluate(f"peer.join('{server.url}', '{token('x', 'again')}')")
            await page.evaluate("peer.publish()")
            other = await Client("p").join(server.url, "again")
            await other.publish()
            await shown(page, "p", 10)
            await until(lambda: other.frames["x"] > 5, what="camera")
            assert await page.evaluate("peer.seen.speakers") == ["p"]
            for scenario in ("signal-reconnect", "full-reconnect"):
                reconnected = await page.evaluate("peer.seen.reconnected")
                await page.evaluate(f"peer.room.simulateScenario('{scenario}')")
                await page.wait_for_function(f"peer.seen.reconnected > {reconnected}")
                other.frames.clear()
                await until(lambda: other.frames["x"] > 5, what=scenario)
                await shown(page, "p", 10)
            for _ in range(3):
                await page.evaluate("peer.room.localParticipant.setCameraEnabled(false)")
                await page.evaluate("peer.room.localParticipant.setCameraEnabled(true)")
            other.frames.clear()
            await until(lambda: other.frames["x"] > 5, what="camera again")
            assert await page.evaluate("peer.seen.disconnected") is None
            await other.leave()
            await browser.close()


async def test_browsers_of_the_older_form_meet_and_come_back(server: Server) -> None:
    with pages() as address:
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            first, second = await open_peer(browser, f"{address}#older"), await open_peer(browser, address)
            for page, identity in ((first, "x"), (second, "y")):
                await page.evaluate(f"peer.join('{server.url}', '{token(identity, 'older')}')")
                await page.evaluate("peer.publish()")
            assert (await shown(first, "y", 30))["lost"] == 0
            await shown(second, "x", 30)
            for scenario in ("signal-reconnect", "full-reconnect"):
                reconnected = await first.evaluate("peer.seen.reconnected")
                await first.evaluate(f"peer.room.simulateScenario('{scenario}')")
                await first.wait_for_function(f"peer.seen.reconnected > {reconnected}")
                await shown(first, "y", 10)
                await shown(second, "x", 10)
            assert await first.evaluate("peer.seen.disconnected") is None
            await browser.close()
