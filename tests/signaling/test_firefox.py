"""Unmodified livekit-client in Debian's Firefox."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.signaling.browsers import launch, open_peer, pages
from tests.signaling.firefox import launch_firefox
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_chromium import shown

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def test_firefox_chromium_and_a_plain_client_meet(beside: Server, tmp_path: Path) -> None:
    with pages() as address:
        async with launch_firefox(tmp_path) as other, async_playwright() as playwright:
            browser = await launch(playwright)
            fox, chromium = await other.open_peer(address), await open_peer(browser, address)
            plain = await Client("p").join(beside.url, "kinds")
            await plain.publish()
            for page, identity in ((fox, "f"), (chromium, "x")):
                await page.evaluate(f"peer.join('{beside.url}', '{token(identity, 'kinds')}')")
                await page.evaluate("peer.publish()")

            for page, identity in ((fox, "x"), (fox, "p"), (chromium, "f")):
                assert (await shown(page, identity, 30))["lost"] == 0
            await until(lambda: plain.frames["f"] > 10 and plain.sound["f"] > 10, what="pictures and sound")

            await fox.evaluate("peer.say('reliable', true)")
            await fox.evaluate("peer.say('lossy', false)")
            await chromium.evaluate("peer.say('back', true)")
            await chromium.wait_for_function("peer.seen.data.length == 2")
            assert sorted(await chromium.evaluate("peer.seen.data")) == [["f", "lossy"], ["f", "reliable"]]
            await fox.wait_for_function("peer.seen.data.length == 1")
            assert await fox.evaluate("peer.seen.data") == [["x", "back"]]

            await fox.evaluate("peer.room.localParticipant.setMicrophoneEnabled(false).then(() => 0)")
            await chromium.evaluate("peer.room.localParticipant.setCameraEnabled(false).then(() => 0)")
            await chromium.wait_for_function("peer.mutedOf('f').join() == 'audio'")
            await fox.wait_for_function("peer.mutedOf('x').join() == 'video'")
            await fox.evaluate("peer.room.localParticipant.setMicrophoneEnabled(true).then(() => 0)")
            await chromium.wait_for_function("peer.mutedOf('f').length == 0")
            await asyncio.sleep(0.5)  # sound that was on its way when the microphone closed
            plain.sound.clear()
            await until(lambda: plain.sound["f"] > 10, what="sound again")

            for scenario in ("signal-reconnect", "full-reconnect"):
                reconnected = await fox.evaluate("peer.seen.reconnected")
                await fox.evaluate(f"peer.room.simulateScenario('{scenario}').then(() => 0)")
                await fox.wait_for_function(f"peer.seen.reconnected > {reconnected}")
                plain.frames.clear()
                await until(lambda: plain.frames["f"] > 5, what=scenario)
                await shown(fox, "p", 10)
            assert await fox.evaluate("peer.seen.disconnected") is None
            await plain.leave()
            await browser.close()
