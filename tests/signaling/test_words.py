"""Reliable data of real clients: said while somebody is cut off or not quite there, it arrives, once and in order."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import async_playwright

from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_live import Cable

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

SAY_WHILE_RECONNECTING = """async () => {
  for (const number of [0, 1, 2]) await peer.say(`${number}`, true);
  peer.room.on('signalReconnecting', async () => {
    peer.away = true;
    for (let number = 3; number < 13; number += 1) await peer.say(`${number}`, true);
  });
}"""


async def say(client: Client, *numbers: int) -> None:
    for number in numbers:
        await client.room.local_participant.publish_data(b"%d" % number, reliable=True)


async def test_what_is_said_while_the_line_is_cut_arrives_once_and_in_order(server: Server) -> None:
    async with Cable(server.http) as cable:
        first, second = (
            await Client("a").join(cable.url, "words"),
            await Client("b").join(server.url, "words"),
        )
        cut, back = asyncio.Event(), asyncio.Event()
        first.room.on("reconnecting", cut.set)
        first.room.on("reconnected", back.set)
        await until(lambda: first.room.remote_participants and second.room.remote_participants)
        await say(first, *range(5))
        await until(lambda: len(second.data) == 5)
        cable.cut()
        await asyncio.wait_for(cut.wait(), 15)
        saying = asyncio.create_task(say(first, *range(5, 15)))
        await say(second, *range(5))
        await asyncio.wait_for(back.wait(), 15)
        await asyncio.wait_for(saying, 5)
        await say(first, 15)
        await until(lambda: ("a", b"15") in second.data and len(first.data) == 5, what="everything")
        assert second.data == [("a", b"%d" % number) for number in range(16)]
        assert first.data == [("b", b"%d" % number) for number in range(5)]
        await asyncio.gather(first.leave(), second.leave())


async def test_what_a_browser_says_and_hears_while_it_reconnects_arrives_once_and_in_order(
    server: Server,
) -> None:
    other = await Client("b").join(server.url, "browser-words")
    with pages() as address:
        async with async_playwright() as playwright, Cable(server.http) as cable:
            browser = await launch(playwright)
            page = await open_peer(browser, address)
            await page.evaluate(f"peer.join('{cable.url}', '{token('x', 'browser-words')}')")
            await until(lambda: "x" in other.room.remote_participants)
            await page.evaluate(SAY_WHILE_RECONNECTING)
            await until(lambda: len(other.data) == 3, what="before")
            await say(other, *range(3))
            cable.cut()
            await page.wait_for_function("peer.away")
            await say(other, *range(3, 8))
            await page.wait_for_function("peer.seen.reconnected && peer.seen.data.length >= 8")
            await page.evaluate("peer.say('13', true)")
            await until(lambda: ("x", b"13") in other.data, what="after")
            assert other.data == [("x", b"%d" % number) for number in range(14)]
            assert await page.evaluate("peer.seen.data") == [["b", str(number)] for number in range(8)]
            await browser.close()
    await other.leave()


async def test_what_is_said_to_somebody_who_has_just_come_in_is_not_lost(server: Server) -> None:
    first = await Client("a").join(server.url, "greeting")
    await say(first, 0)
    greeted: list[asyncio.Task[None]] = []
    first.room.on(
        "participant_connected", lambda _: greeted.append(asyncio.create_task(say(first, *range(1, 11))))
    )
    second = await Client("b").join(server.url, "greeting")
    await until(lambda: len(second.data) >= 10, what="the greeting")
    assert second.data == [("a", b"%d" % number) for number in range(1, 11)]
    await asyncio.gather(first.leave(), second.leave())
